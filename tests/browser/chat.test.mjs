// The chat, used by two people in two browsers.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { start_http_proxy } from '../interop/support/http_proxy.mjs';
import { start_server } from '../interop/support/server.mjs';
import { start_proxy } from '../interop/support/tcp_proxy.mjs';
import { until } from '../interop/support/until.mjs';
import { by_id, launch_browser, leave, new_person, open_page, says } from './support/browser.mjs';

const browser = await launch_browser({ after });

async function enter(owner, server, name) {
  const page = await open_page(await new_person(owner, browser, { name }), `${server.http}/chat/lobby`);
  await says(page, 'chat-status', 'connected');
  return page;
}

async function say(page, text) {
  await by_id(page, 'chat-input').fill(text);
  await by_id(page, 'chat-send').click();
}

const messages = (page) => page.$$eval('[data-testid=message][data-state=sent] .bubble', (bubbles) => bubbles.map((node) => node.textContent));

const in_order = (texts) => texts;
const sorted = (texts) => [...texts].sort();

const shows = (page, expected, what, arrange = in_order) =>
  until(async () => JSON.stringify(arrange(await messages(page))) === JSON.stringify(expected), what).catch(async (error) => {
    assert.deepEqual(arrange(await messages(page)), expected, error.message);
  });

const online = (page, count, within_ms = 8_000) =>
  until(async () => (await page.locator('#online').textContent()) === `${count} online`, `${count} online`, within_ms);

test('two people talk, and see each other come, write and go', async (t) => {
  const server = await start_server(t, { threads: 2 });
  const ada = await enter(t, server, 'Ada');
  await online(ada, 1);
  const ben = await enter(t, server, 'Ben');
  for (const page of [ada, ben]) await online(page, 2);
  await until(async () => /Ada \(you\).*Ben/.test(await by_id(ada, 'chat-presence').textContent()), 'and their names', 8_000);

  await by_id(ben, 'chat-input').pressSequentially('Hello');
  await says(ada, 'chat-typing', 'Ben is typing…', 8_000);
  await by_id(ben, 'chat-input').press('Enter');
  await says(ada, 'chat-typing', '', 3_000);
  await say(ada, '<b>Hi</b> & 😀\nsecond line');
  const said = ['Hello', '<b>Hi</b> & 😀\nsecond line'];
  await shows(ada, said, 'Ada sees both messages');
  await shows(ben, said, 'Ben sees both messages');
  assert.equal(await ada.locator('.message.own').count(), 1);
  await leave(ada, 'chat');

  await by_id(ben, 'name-input').fill('Benjamin');
  await until(async () => (await by_id(ada, 'chat-presence').textContent()).includes('Benjamin'), 'a new name arrives', 8_000);
  await leave(ben);
  await ben.context().close();
  await online(ada, 1, 20_000); // a page that goes is shown as long as it might take to load again: on a busy machine 5 s and more
  await leave(ada);
});

test('a reload brings the last 50 messages back', async (t) => {
  const server = await start_server(t);
  const ada = await enter(t, server, 'Ada');
  const said = Array.from({ length: 60 }, (_, i) => `message ${i}`);
  await ada.evaluate(async (texts) => {
    const room = window.unisono.client.subscribe('chat/lobby');
    for (const text of texts) await room.publish({ text, name: 'Ada' }).catch(() => {});
  }, said);
  await shows(ada, said, 'all are shown');
  await ada.reload();
  await says(ada, 'chat-status', 'connected');
  await shows(ada, said.slice(-50), 'the last 50 are shown');
  await leave(ada);
});

test('a break of the network loses and doubles nothing', async (t) => {
  const server = await start_server(t, { threads: 2 });
  const proxy = await start_proxy(t, server.port);
  const [ada, ben] = await Promise.all([enter(t, proxy, 'Ada'), enter(t, server, 'Ben')]);
  await say(ada, 'one');
  for (const page of [ada, ben]) await shows(page, ['one'], 'Ben hears Ada, and she is told');
  await ada.context().setOffline(true);
  proxy.cut();
  await says(ada, 'chat-status', 'offline');
  await say(ben, 'two');
  await shows(ben, ['one', 'two'], 'Ben goes on');
  await say(ada, 'three');
  assert.equal(await ada.locator('[data-testid=message][data-state=pending]').count(), 1);
  await ada.context().setOffline(false);
  await shows(ada, ['one', 'two', 'three'], 'Ada is up to date');
  await shows(ben, ['one', 'two', 'three'], 'Ben hears what waited');
  await leave(ada);
  await leave(ben);
});

test('a message whose receipt was lost is not said twice', async (t) => {
  const server = await start_server(t);
  const proxy = await start_proxy(t, server.port);
  const [ada, ben] = await Promise.all([enter(t, proxy, 'Ada'), enter(t, server, 'Ben')]);
  proxy.silence_server();
  await say(ada, 'only once');
  await shows(ben, ['only once'], 'Ben hears Ada');
  await shows(ada, [], 'Ada does not know yet');
  proxy.cut();
  await shows(ada, ['only once'], 'Ada learns of it');
  await say(ben, 'heard you');
  for (const page of [ada, ben]) {
    await shows(page, ['only once', 'heard you'], 'once, and in order');
    await leave(page);
  }
});

test('a message written while the server is down is delivered exactly once', async (t) => {
  const server = await start_server(t);
  const [ada, ben] = await Promise.all([enter(t, server, 'Ada'), enter(t, server, 'Ben')]);
  await server.stop();
  for (const page of [ada, ben]) await says(page, 'chat-status', 'offline');
  await say(ada, 'are you there?');
  await server.start();
  // After a restart clients come back spread over 20 s; a network that returns is worth an attempt at once.
  for (const page of [ada, ben]) await page.evaluate(() => window.dispatchEvent(new Event('online')));
  for (const page of [ada, ben]) await says(page, 'chat-status', 'connected');
  await shows(ben, ['are you there?'], 'Ben gets it');
  await shows(ada, ['are you there?'], 'Ada sees that it was sent');
  await say(ben, 'yes');
  for (const page of [ada, ben]) {
    await shows(page, ['are you there?', 'yes'], 'once, and in order');
    await online(page, 2);
    await leave(page);
  }
});

const hint = (page, expected) => page.waitForFunction((source) => new RegExp(source).test(document.querySelector('#chat-hint').textContent), expected.source, { timeout: 15_000 });

test('where WebSocket is blocked, the chat goes over an event stream', async (t) => {
  const server = await start_server(t, { threads: 2 });
  const proxy = await start_http_proxy(t, server.port);
  proxy.websockets = false;
  const [ada, ben] = await Promise.all([enter(t, proxy, 'Ada'), enter(t, server, 'Ben')]);
  await hint(ada, /over an event stream/);
  await hint(ben, /over WebSocket/);
  await by_id(ada, 'chat-input').pressSequentially('Hello');
  await says(ben, 'chat-typing', 'Ada is typing…', 8_000);
  await by_id(ada, 'chat-input').press('Enter');
  await say(ben, 'through the wall');
  for (const page of [ada, ben]) {
    await shows(page, ['Hello', 'through the wall'], 'both say and hear');
    await online(page, 2);
  }
  await leave(ada, 'chat_event_stream');
  await leave(ben);
});

for (const websockets of [true, false])
  test(`ask 9: a proxy answers 502 for some seconds, the page recovers (${websockets ? 'WebSocket' : 'event stream'})`, async (t) => {
    const server = await start_server(t);
    const proxy = await start_http_proxy(t, server.port);
    proxy.websockets = websockets;
    const [ada, ben] = await Promise.all([enter(t, proxy, 'Ada'), enter(t, server, 'Ben')]);
    await say(ada, 'before');
    for (const page of [ada, ben]) await shows(page, ['before'], 'it works');
    proxy.broken = true;
    proxy.cut();
    await says(ada, 'chat-status', 'offline');
    await say(ben, 'meanwhile');
    await say(ada, 'later');
    await hint(ada, /trying again.* · 1 unsent/);
    await until(() => proxy.refused >= 3, 'it keeps trying', 10_000);
    await leave(ada, 'chat_offline');
    proxy.broken = false;
    await says(ada, 'chat-status', 'connected');
    for (const page of [ada, ben]) {
      await shows(page, ['before', 'meanwhile', 'later'], 'nothing lost, nothing doubled');
      await leave(page);
    }
  });

test('the server is killed under two open windows', async (t) => {
  const server = await start_server(t);
  const [ada, ben] = await Promise.all([enter(t, server, 'Ada'), enter(t, server, 'Ben')]);
  await say(ada, 'before');
  // Ada's page, too, before the end: what nobody has confirmed to it is said again, to the new server.
  for (const page of [ada, ben]) await shows(page, ['before'], 'it works');
  await server.kill();
  for (const page of [ada, ben]) await says(page, 'chat-status', 'offline');
  await say(ada, 'from Ada');
  await say(ben, 'from Ben');
  await server.start();
  for (const page of [ada, ben]) {
    await says(page, 'chat-status', 'connected');
    await shows(page, ['from Ada', 'from Ben'], 'both, of a new beginning: its rooms are kept in memory', sorted);
    await online(page, 2);
    await leave(page);
  }
});
