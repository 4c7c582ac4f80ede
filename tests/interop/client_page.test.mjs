// The JavaScript client in a page that comes, goes, sleeps and is loaded again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fake_page } from './support/fake_page.mjs';
import { fake_client, fake_subscription, turn_over } from './support/fake_socket.mjs';
import { fake_time } from './support/fake_time.mjs';

/** What the client says first on its newest connection. */
async function greeting(fake) {
  fake.socket.onopen();
  const [{ payload }] = await fake.socket.taken();
  return payload;
}

// Coming back --------------------------------------------------------------------------------

test('a client that comes back names its last session', async (t) => {
  const tick = fake_time(t);
  const fake = fake_client(t);
  fake.client.connect();
  await turn_over();
  assert.equal((await greeting(fake)).resume, undefined);
  fake.socket.ack(1, { client: 'me', session: 's1', ping: 25, limits: { message: 1 }, reconnect: { min_ms: 1, max_ms: 1 } });
  for (let i = 0; i < 2; i++) {
    fake.socket.end(1006);
    tick(fake.states.at(-1).retry_in);
    await turn_over();
    assert.equal((await greeting(fake)).resume, 's1', 'also after an attempt that failed');
  }
  fake.client.disconnect();
  fake.client.connect();
  await turn_over();
  assert.equal((await greeting(fake)).resume, undefined, 'who connects after a goodbye may be somebody else');
});

test('disconnect() says goodbye, so that nobody waits', async (t) => {
  const fake = fake_client(t);
  fake.client.connect();
  await turn_over();
  fake.client.disconnect();
  assert.deepEqual(fake.socket.frames, [], 'not before it was let in');
  await fake.connected({ session: 's1' });
  fake.client.disconnect();
  assert.deepEqual(await fake.socket.taken(), [{ type: 'disconnect' }]);
  assert.equal(fake.socket.closed, 1000);
});

// Loaded again -------------------------------------------------------------------------------

test('a page that is loaded again goes on with its session, but a copy of its tab does not', async (t) => {
  fake_time(t);
  t.mock.method(performance, 'now', () => 400);
  const page = fake_page(t);
  const before = fake_client(t);
  await before.connected({ session: 's1' });
  assert.equal(page.storage.size, 0, 'nothing is there that could be copied');
  page.happens('pagehide');
  assert.deepEqual(await before.socket.taken(), [{ type: 'disconnect', payload: { return_ms: 800 } }]);
  assert.equal(before.socket.closed, 1000);

  const after = fake_client(t);
  after.client.connect();
  await turn_over();
  assert.equal((await greeting(after)).resume, 's1');
  const copy = fake_client(t);
  copy.client.connect();
  await turn_over();
  assert.equal((await greeting(copy)).resume, undefined);
});

test('the server waits for a page at most five seconds', async (t) => {
  fake_time(t);
  t.mock.method(performance, 'now', () => 60_000);
  const page = fake_page(t);
  const fake = fake_client(t);
  await fake.connected({ session: 's1' });
  page.happens('pagehide');
  assert.equal((await fake.socket.taken())[0].payload.return_ms, 5_000);
});

test('over an event stream the goodbye outlives the page', async (t) => {
  fake_time(t);
  const page = fake_page(t);
  const posts = [];
  let stream;
  const fetch = (url, { body, keepalive = false }) => {
    posts.push([String(url), body, keepalive]);
    return Promise.resolve({ ok: true, body: new ReadableStream({ start: (controller) => (stream = controller) }) });
  };
  const { client } = fake_client(t, { transports: ['sse'], fetch });
  client.connect();
  await turn_over();
  const reply = { client: 'me', session: 's 1', ping: 25, limits: { message: 1 }, reconnect: { min_ms: 1, max_ms: 1 } };
  stream.enqueue(new TextEncoder().encode(`data: ${JSON.stringify({ type: 'ack', id: 1, payload: reply })}\n\n`));
  while (client.state !== 'connected') await turn_over();
  page.happens('pagehide');
  const [url, body, keepalive] = posts.at(-1);
  assert.deepEqual([posts.length, url, JSON.parse(body).type, keepalive], [2, 'http://server.test/ws?sid=s+1', 'disconnect', true]);
});

test('a page that went nowhere comes back by itself', async (t) => {
  const tick = fake_time(t);
  const page = fake_page(t);
  const fake = fake_client(t);
  await fake.connected({ session: 's1' });
  page.happens('pagehide');
  page.happens('visibilitychange');
  await turn_over();
  assert.equal(fake.sockets.length, 2);
  tick(2_000);
  fake.client.disconnect();
  assert.equal(page.listeners, 0);
});

test('a page that comes back after all leaves nothing for others', async (t) => {
  const tick = fake_time(t);
  const page = fake_page(t);
  const fake = fake_client(t);
  await fake.connected({ session: 's1' });
  page.happens('pagehide');
  assert.equal(page.storage.size, 1);
  page.happens('visibilitychange');
  await turn_over();
  assert.equal((await greeting(fake)).resume, 's1');
  fake.socket.ack(1, { client: 'me', session: 's1', ping: 25, limits: { message: 1 }, reconnect: { min_ms: 1, max_ms: 1 } });
  assert.equal(page.storage.size, 0, 'a copy of the tab would take it');
  page.happens('pagehide');
  fake.client.disconnect();
  assert.equal(page.storage.size, 0, 'who connects now may be somebody else');
  tick(2_000);
});

test('where storage is forbidden, all else works', async (t) => {
  fake_time(t);
  const page = fake_page(t);
  Object.defineProperty(globalThis, 'sessionStorage', { get: () => { throw new Error('SecurityError'); }, configurable: true });
  const fake = fake_client(t);
  await fake.connected({ session: 's1' });
  page.happens('pagehide');
  assert.equal((await fake.socket.taken())[0].type, 'disconnect');
});

// Sleeping and waking ------------------------------------------------------------------------

for (const event of ['online', 'visibilitychange'])
  test(`${event} is worth an attempt at once`, async (t) => {
    const tick = fake_time(t);
    const page = fake_page(t);
    const fake = fake_client(t);
    await fake.connected();
    fake.socket.end(1006);
    page.happens(event);
    await turn_over();
    assert.equal(fake.sockets.length, 2);
    tick(9_000);
    await turn_over();
    assert.equal(fake.sockets.length, 2, 'the attempt that was due is not made as well');
    fake.client.disconnect();
    assert.equal(page.listeners, 0);
  });

test('who was asleep asks whether the connection still lives', async (t) => {
  const tick = fake_time(t);
  const fake = await fake_subscription(t);
  tick(3_000);
  assert.deepEqual(await fake.socket.taken(), [], 'timers on time ask nothing');
  tick(40_000, { asleep: 39_000 });
  tick(2_000);
  const [ping] = await fake.socket.taken();
  assert.equal(ping.type, 'ping');
  fake.socket.say({ type: 'error', id: ping.id, payload: { code: 104, name: 'unknown_type', message: 'unknown', temporary: false } });
  tick(9_000);
  assert.deepEqual([fake.client.state, fake.sockets.length], ['connected', 1], 'any answer is one');

  tick(600_000, { asleep: 599_000 });
  tick(2_000);
  assert.equal((await fake.socket.taken())[0].type, 'ping');
  tick(2_999);
  assert.equal(fake.client.state, 'connected');
  tick(1);
  const { reason, retry_in } = fake.states.at(-1);
  assert.equal(reason, 'silence');
  assert.ok(retry_in <= 1_000, 'and the next attempt comes soon');
  fake.client.disconnect();
});

test('waking ends a long wait for the next attempt', async (t) => {
  const tick = fake_time(t);
  t.mock.method(Math, 'random', () => 1);
  const fake = fake_client(t);
  await fake.connected();
  for (let i = 0; i < 8; i++) {
    fake.socket.end(1006);
    if (i < 7) tick(fake.states.at(-1).retry_in);
    await turn_over();
  }
  assert.equal(fake.states.at(-1).retry_in, 20_000);
  const attempts = fake.sockets.length;
  tick(60_000, { asleep: 59_000 });
  tick(2_000);
  await turn_over();
  assert.equal(fake.sockets.length, attempts + 1);
  fake.client.disconnect();
});
