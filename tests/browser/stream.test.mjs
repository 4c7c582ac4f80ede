// Streamed answers and the live feed, as a browser's own fetch and EventSource see them.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { start_server } from '../interop/support/server.mjs';
import { start_proxy } from '../interop/support/tcp_proxy.mjs';
import { until } from '../interop/support/until.mjs';
import { by_id, launch_browser, leave, new_person, open_page, says } from './support/browser.mjs';

const browser = await launch_browser({ after });

const answers_active = async (server) => (await (await fetch(`${server.http}/status`)).json()).answers;
const received = (page) => page.evaluate(() => window.unisono.received);
const offsets = (ids) => ids.map((id) => Number(id.split(':').at(-1)));
const in_a_row = (numbers) => numbers.map((_, i) => numbers[0] + i);

test('an answer flows and ends, and another is stopped', async (t) => {
  const server = await start_server(t);
  const page = await open_page(await new_person(t, browser), `${server.http}/stream`);
  await says(page, 'answer-state', 'idle');
  await by_id(page, 'prompt-input').fill('Why is the sky <b>blue</b>?');
  await by_id(page, 'prompt-send').click();
  await says(page, 'answer-state', 'streaming');
  const lengths = new Set();
  await until(async () => {
    lengths.add((await by_id(page, 'answer').textContent()).length);
    return (await by_id(page, 'answer-state').textContent()) === 'done';
  }, 'the answer is done');
  assert.ok(lengths.size > 5, 'it came bit by bit');
  const answer = await by_id(page, 'answer').textContent();
  assert.ok(answer.startsWith('You asked about "Why is the sky <b>blue</b>?"'), answer.slice(0, 80));
  assert.ok(answer.endsWith('stays as it is.'), answer.slice(-80));

  await by_id(page, 'prompt-send').click();
  await until(async () => {
    const { length } = await by_id(page, 'answer').textContent();
    return length > 20 && length < answer.length;
  }, 'the next one flows');
  assert.equal(await answers_active(server), 1);
  await by_id(page, 'prompt-stop').click();
  await says(page, 'answer-state', 'stopped');
  await until(async () => (await answers_active(server)) === 0, 'the server stops producing', 1_000);
  const kept = await by_id(page, 'answer').textContent();
  assert.ok(kept.length > 20 && kept.length < answer.length);
  await leave(page, 'stream');
});

test('an answer survives a reload, shows in two windows, and stops in both', async (t) => {
  const server = await start_server(t, { threads: 2 });
  const person = await new_person(t, browser);
  const page = await open_page(person, `${server.http}/stream`);
  await by_id(page, 'prompt-input').fill('Reload me');
  await by_id(page, 'prompt-send').click();
  const text = (of) => by_id(of, 'answer').textContent();
  await until(async () => (await text(page)).length > 30, 'it flows');
  const before = await text(page);
  await page.reload();
  await until(async () => (await text(page)).length > before.length, 'it goes on', 5_000);
  assert.ok((await text(page)).startsWith(before), 'from its beginning');
  const second = await open_page(person, page.url());
  await until(async () => (await text(second)).length > before.length, 'the second window shows it', 5_000);
  assert.equal(await answers_active(server), 1);
  await leave(page, 'stream-resumed');
  const stranger = await open_page(await new_person(t, browser), page.url());
  await says(stranger, 'answer-state', 'error');
  await by_id(page, 'prompt-stop').click();
  for (const each of [page, second]) await says(each, 'answer-state', 'stopped', 1_000);
  await until(async () => (await answers_active(server)) === 0, 'the server stops producing', 1_000);
  assert.equal(await text(page), await text(second));

  // One that runs to its end is the same wherever it was cut.
  await by_id(page, 'prompt-send').click();
  await says(page, 'answer-state', 'streaming');
  await page.reload();
  await says(page, 'answer-state', 'done');
  await page.reload();
  await says(page, 'answer-state', 'done');
  assert.match(await text(page), /^You asked about "How does.*stays as it is\.$/s);
  await leave(second);
});

test('the feed continues through broken connections without a gap or a duplicate', async (t) => {
  const server = await start_server(t, { threads: 2 });
  const proxy = await start_proxy(t, server.port);
  const page = await open_page(await new_person(t, browser), `${proxy.http}/stream`);
  for (let cut = 0; cut < 2; cut++) {
    const count = (await received(page)).length;
    await until(async () => (await received(page)).length >= count + 2, 'the feed flows');
    proxy.cut();
    await says(page, 'feed-state', 'reconnecting');
    await says(page, 'feed-state', 'open');
  }
  const count = (await received(page)).length;
  await until(async () => (await received(page)).length > count, 'the feed goes on');
  const numbers = offsets(await received(page));
  assert.deepEqual(numbers, in_a_row(numbers));
  assert.equal(await page.locator('#missed').textContent(), '0');
  await leave(page);
});

test('after a restart of the server the feed begins a new series by itself', async (t) => {
  const server = await start_server(t);
  const page = await open_page(await new_person(t, browser), `${server.http}/stream`);
  await until(async () => (await received(page)).length >= 2, 'the feed flows');
  const before = await received(page);
  await server.kill();
  await says(page, 'feed-state', 'reconnecting');
  await server.start();
  await until(async () => (await received(page)).length > before.length + 1, 'the feed flows again', 20_000);
  const all = await received(page);
  assert.equal(new Set(all).size, all.length, 'nothing came twice');
  const epoch = (id) => id.split(':')[0];
  const series = [...new Set(all.map(epoch))];
  assert.equal(series.length, 2);
  for (const one of series) {
    const numbers = offsets(all.filter((id) => epoch(id) === one));
    assert.deepEqual(numbers, in_a_row(numbers));
  }
  await leave(page);
});
