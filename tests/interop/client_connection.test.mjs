// The JavaScript client's connection: when it comes back, when it gives up, how it proves who it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fake_client, turn_over } from './support/fake_socket.mjs';
import { fake_time } from './support/fake_time.mjs';

/** Loses the connection (or the attempt) and begins the next; returns how long that took. */
async function lose(fake, tick, code = 1006) {
  fake.socket.end(code);
  const { retry_in } = fake.states.at(-1);
  const before = fake.sockets.length;
  tick(Math.ceil(retry_in) - 1);
  await turn_over();
  assert.equal(fake.sockets.length, before, 'not earlier than told');
  tick(1);
  await turn_over();
  assert.equal(fake.sockets.length, before + 1);
  return retry_in;
}

test('ask 8: clients come back spread evenly over a window that doubles up to the limit', async (t) => {
  const tick = fake_time(t);
  const waits = Array.from({ length: 8 }, () => []);
  for (let i = 0; i < 500; i++) {
    const fake = fake_client(t);
    await fake.connected();
    for (const row of waits) row.push(await lose(fake, tick));
    fake.client.disconnect();
  }
  for (const [n, row] of waits.entries()) {
    const most = Math.min(20_000, 500 * 2 ** (n + 1));
    assert.ok(row.every((wait) => wait >= 500 && wait <= most), `attempt ${n} waits between 500 and ${most} ms`);
    const tenths = Array(10).fill(0);
    for (const wait of row) tenths[Math.min(9, Math.floor(((wait - 500) / (most - 500)) * 10))]++;
    // 50 expected in each; the chance of fewer than 20 anywhere is below one in a million.
    assert.ok(tenths.every((count) => count >= 20), `attempt ${n} is spread: ${tenths}`);
  }
});

test('only a connection that lasts five seconds counts as success', async (t) => {
  const tick = fake_time(t);
  const fake = fake_client(t);
  await fake.connected({ reconnect: { min_ms: 100, max_ms: 10_000 } });
  const window = async () => {
    t.mock.method(Math, 'random', () => 1);
    const wait = await lose(fake, tick);
    await fake.socket.welcome({ reconnect: { min_ms: 100, max_ms: 10_000 } });
    return wait;
  };
  tick(5_000);
  assert.equal(await window(), 200);
  tick(4_999);
  assert.equal(await window(), 400);
  assert.equal(await window(), 800);
  tick(5_000);
  assert.equal(await window(), 200);
});

test('ask 8: the server names the window of the return', async (t) => {
  fake_time(t);
  for (const random of [0, 0.5, 1]) {
    t.mock.method(Math, 'random', () => random);
    const fake = fake_client(t);
    await fake.connected();
    fake.socket.say({ type: 'disconnect', payload: { code: 3001, reason: 'deploy', reconnect: true, min_ms: 3_000, max_ms: 9_000 } });
    assert.deepEqual(fake.states.at(-1), { state: 'connecting', transport: 'websocket', code: 3001, reason: 'deploy', retry_in: 3_000 + random * 6_000 });
    assert.equal(fake.socket.closed, 1000);
    fake.client.disconnect();
  }
});

test('close codes say whether to come back', async (t) => {
  const again = [1001, 1005, 1006, 1011, 1012, 1013, 1014, 3000, 3001, 3005, 3499, 4000, 4499];
  const over = [1000, 1002, 1003, 1007, 1008, 1009, 1010, 1015, 3500, 3501, 3507, 3999, 4500, 4999];
  for (const code of [...again, ...over]) {
    const fake = fake_client(t);
    await fake.connected();
    fake.socket.end(code, 'because');
    const { state, code: told, reason } = fake.states.at(-1);
    assert.deepEqual([state, told, reason], [again.includes(code) ? 'connecting' : 'disconnected', code, 'because']);
    fake.client.disconnect();
  }
  const fake = fake_client(t);
  await fake.connected();
  fake.socket.say({ type: 'disconnect', payload: { code: 3001, reconnect: false } });
  assert.equal(fake.client.state, 'disconnected', 'the message itself decides');
});

test('ask 21: a connection is dead after ping + 10 seconds without a sign of life', async (t) => {
  const tick = fake_time(t);
  const fake = fake_client(t);
  await fake.connected({ ping: 25 });
  for (let i = 0; i < 3; i++) {
    tick(34_999);
    fake.socket.say({ type: 'ping' });
    assert.deepEqual(await fake.socket.taken(), [{ type: 'pong' }]);
  }
  tick(34_999);
  assert.equal(fake.client.state, 'connected');
  tick(1);
  // The close handshake may never end: nobody waits for it.
  assert.equal(fake.client.state, 'connecting');
  assert.equal(fake.states.at(-1).reason, 'silence');
  const [dead] = fake.sockets;
  dead.say({ type: 'ping' });
  dead.end(3500);
  assert.equal(fake.client.state, 'connecting', 'what comes late is nobody’s');
});

test('an opening that takes too long is given up', async (t) => {
  const tick = fake_time(t);
  const fake = fake_client(t);
  fake.client.connect();
  await turn_over();
  tick(9_999);
  assert.equal(fake.states.length, 1);
  tick(1);
  assert.ok(fake.states.at(-1).retry_in >= 500);
});

test('two failures in a row lead to the next carrier, and a loss back to the best that ever worked', async (t) => {
  const tick = fake_time(t);
  const posts = [];
  const fetch = (url) => {
    posts.push(url);
    return Promise.reject(new Error('blocked'));
  };
  const fake = fake_client(t, { transports: ['websocket', 'sse'], fetch });
  const next = async () => {
    tick(fake.states.at(-1).retry_in);
    await turn_over();
    await turn_over();
    return fake.states.findLast(({ retry_in }) => retry_in === undefined).transport;
  };
  fake.client.connect();
  await turn_over();
  fake.socket.end(1006);
  assert.equal(await next(), 'websocket');
  fake.socket.end(1006);
  assert.equal(await next(), 'sse');
  assert.equal(await next(), 'sse');
  assert.deepEqual(posts, ['http://server.test/ws', 'http://server.test/ws']);
  assert.equal(await next(), 'websocket');
  await fake.socket.welcome();
  fake.socket.end(1006);
  assert.equal(await next(), 'websocket');
  fake.socket.end(1006);
  assert.equal(await next(), 'websocket', 'one failure is none');
});

test('garbage from the server costs the connection, never more', async (t) => {
  fake_time(t);
  for (const data of ['{', '[]\nnull', '"text"', 'null', '{"type":"ack","id":99}\n{"type":"what"}\n{"type":"ping"']) {
    const fake = fake_client(t);
    await fake.connected();
    fake.socket.onmessage({ data });
    assert.ok(['connecting', 'connected'].includes(fake.client.state), data);
    fake.client.disconnect();
  }
});

// Tokens -------------------------------------------------------------------------------------

test('tokens are fetched, renewed before they expire, and fetched again when they did', async (t) => {
  const tick = fake_time(t);
  let made = 0;
  const get_token = async () => `token ${++made}`;
  const fake = fake_client(t, { get_token });
  fake.client.connect();
  await turn_over();
  fake.socket.onopen();
  const [{ payload, id }] = await fake.socket.taken();
  assert.equal(payload.token, 'token 1');
  fake.socket.ack(id, { client: 'me', ping: 25, limits: { message: 1 }, reconnect: { min_ms: 1, max_ms: 1 }, expires_in: 20 });
  tick(15_999);
  assert.deepEqual(await fake.socket.taken(), []);
  tick(1);
  const [refresh] = await fake.socket.taken();
  assert.deepEqual([refresh.type, refresh.payload], ['refresh', { token: 'token 2' }]);
  fake.socket.ack(refresh.id, { expires_in: 10 });
  await turn_over();
  tick(8_000);
  assert.equal((await fake.socket.taken())[0].payload.token, 'token 3');
  fake.socket.end(1006);
  tick(fake.states.at(-1).retry_in);
  await turn_over();
  fake.socket.onopen();
  assert.equal((await fake.socket.taken())[0].payload.token, 'token 3', 'still good');
  fake.socket.end(3005);
  tick(fake.states.at(-1).retry_in);
  await turn_over();
  fake.socket.onopen();
  assert.equal((await fake.socket.taken())[0].payload.token, 'token 4');
  fake.client.disconnect();
});

test('a token that cannot be fetched is asked for again; none at all ends it', async (t) => {
  const tick = fake_time(t);
  const answers = [() => Promise.reject(new Error('offline')), () => { throw new Error('bug'); }, () => new Promise(() => {}), () => null];
  let asked = 0;
  const fake = fake_client(t, { get_token: () => answers[asked++]() });
  fake.client.connect();
  for (const reason of ['offline', 'bug']) {
    await turn_over();
    assert.equal(fake.states.at(-1).reason, reason);
    tick(fake.states.at(-1).retry_in);
  }
  await turn_over();
  tick(10_000);
  assert.equal(fake.states.at(-1).reason, 'silence');
  tick(fake.states.at(-1).retry_in);
  await turn_over();
  assert.equal(fake.client.state, 'disconnected');
  assert.equal(fake.sockets.length, 0);
});

test('a token that comes after the goodbye opens nothing', async (t) => {
  let give;
  const fake = fake_client(t, { get_token: () => new Promise((resolve) => (give = resolve)) });
  fake.client.connect();
  fake.client.disconnect();
  give('token');
  await turn_over();
  assert.deepEqual([fake.sockets.length, fake.client.state], [0, 'disconnected']);
});

test('a failing refresh is reported and tried again', async (t) => {
  const tick = fake_time(t);
  let failing = false;
  const fake = fake_client(t, { get_token: async () => (failing ? Promise.reject(new Error('down')) : 'fine') });
  const errors = [];
  fake.client.on('error', ({ message }) => errors.push(message));
  await fake.connected({ expires_in: 100 });
  failing = true;
  for (let i = 0; i < 4; i++) {
    assert.deepEqual(errors, []);
    fake.socket.say({ type: 'ping' });
    tick(20_000);
    await turn_over();
  }
  assert.deepEqual(errors, ['down']);
  failing = false;
  tick(4_000); // soon, but not at once
  const asked = (await fake.socket.taken()).filter(({ type }) => type === 'refresh');
  assert.deepEqual(asked.map(({ payload }) => payload), [{ token: 'fine' }]);
  fake.client.disconnect();
});
