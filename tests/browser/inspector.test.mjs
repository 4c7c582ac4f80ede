// The inspector page beside real traffic.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { RawSocket } from '../interop/support/raw_socket.mjs';
import { start_server } from '../interop/support/server.mjs';
import { start_proxy } from '../interop/support/tcp_proxy.mjs';
import { until } from '../interop/support/until.mjs';
import { by_id, launch_browser, leave, new_person, open_page, says } from './support/browser.mjs';

const browser = await launch_browser({ after });

const text = (page, id) => by_id(page, id).textContent();
const tile = (page, id) => by_id(page, `tile-${id}`).locator('.value').textContent();
const seen = (page) => page.evaluate(() => window.unisono.seen);
const rows = (page, id) => by_id(page, id).locator('tr').evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));

test('it shows connections, rooms and rates as they change', async (t) => {
  const server = await start_server(t, { threads: 2 });
  const page = await open_page(await new_person(t, browser), `${server.http}/inspector`);
  await says(page, 'inspector-state', 'open');
  await until(async () => (await text(page, 'uptime')) !== '–', 'the first snapshot');
  assert.equal((await rows(page, 'shards')).length, 2);

  const chat = await new_person(t, browser, { name: 'Ada' });
  await open_page(chat, `${server.http}/chat/quiet`);
  const stream = await new_person(t, browser);
  await open_page(stream, `${server.http}/stream`);
  await until(async () => (await text(page, 'kinds')).includes('native1'), 'the chat is a connection');
  await until(async () => (await rows(page, 'rooms')).some(([name, subscribers]) => name === 'demo' && subscribers === '1'), 'the feed is a room');
  await until(async () => (await rows(page, 'rooms')).some(([name]) => name.includes('quiet')), 'the chat is a room');
  await until(async () => (await tile(page, 'deliveries')) !== '0', 'the feed delivers');
  await until(async () => (await tile(page, 'bytes-out')) !== '0 B', 'and sends');

  await stream.close();
  await until(async () => (await rows(page, 'rooms')).every(([name, subscribers]) => name !== 'demo' || subscribers === '0'), 'its reader has left');
  await leave(page, 'inspector');
});

/** Lets the page publish to a room: a function that sends so many large messages. */
async function publisher(page, channel) {
  await page.evaluate(
    (channel) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`ws://${location.host}/ws`, 'unisono.v1.json');
        const say = (command) => socket.send(JSON.stringify(command));
        socket.onopen = () => say({ type: 'connect', id: 1, payload: { v: 1, subs: { [channel]: {} } } });
        socket.onmessage = () => resolve();
        socket.onerror = reject;
        let id = 1;
        window.flood = (messages) => {
          while (messages-- > 0) say({ type: 'publish', id: ++id, channel, payload: { data: 'x'.repeat(60_000) } });
        };
      }),
    channel,
  );
  return (messages) => page.evaluate((messages) => window.flood(messages), messages);
}

test('who does not read is shown, and is gone once it has caught up', async (t) => {
  const server = await start_server(t);
  const page = await open_page(await new_person(t, browser), `${server.http}/inspector`);
  await says(page, 'inspector-state', 'open');
  const reader = new RawSocket(t, server);
  reader.send(`GET /events/flood HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
  await until(() => reader.received.length > 0, 'the reader is subscribed');
  reader.socket.pause();
  const publish = await publisher(page, 'flood');
  await until(async () => {
    const now = await (await fetch(`${server.http}/inspect`)).json();
    if (now.slowest.length === 0) await publish(4); // the operating systems buffer much
    return (await rows(page, 'slowest')).length === 1;
  }, 'a slow reader appears');
  const [[connection, kind, address, waiting]] = await rows(page, 'slowest');
  assert.match(connection, /^0\/\d+$/);
  assert.deepEqual([kind, address], ['sse', '127.0.0.1']);
  assert.match(waiting, /^\S+ [kM]B of 1 MB$/);
  assert.ok((await seen(page)).queued_max > 0);
  reader.socket.resume();
  await until(async () => (await rows(page, 'slowest')).length === 0, 'it has caught up');
  await leave(page, 'inspector-slow');
});

test('it finds the server again after a break', async (t) => {
  const server = await start_server(t);
  const proxy = await start_proxy(t, server.port);
  const page = await open_page(await new_person(t, browser), `${proxy.http}/inspector`);
  await says(page, 'inspector-state', 'open');
  proxy.cut();
  await says(page, 'inspector-state', 'reconnecting');
  await says(page, 'inspector-state', 'open');
  const { uptime } = await seen(page);
  await until(async () => (await seen(page)).uptime > uptime, 'snapshots go on');
  await leave(page);
});
