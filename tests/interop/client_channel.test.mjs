// The JavaScript client's channels: nothing lost, nothing doubled, and what waits for a connection.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fake_client, fake_subscription, message, turn_over } from './support/fake_socket.mjs';
import { fake_time } from './support/fake_time.mjs';

/** Loses the connection and comes back; takes what the client says then. */
async function come_back(tick, fake) {
  fake.newest().end(1006);
  tick(fake.states.at(-1).retry_in);
  await turn_over();
  return fake.newest().welcome();
}

const outcome = (promise) => promise.then((reply) => reply.offset, (error) => error.name);

// Positions ----------------------------------------------------------------------------------

test('what was missed is asked for by position, and handed out once', async (t) => {
  const tick = fake_time(t);
  const fake = await fake_subscription(t);
  fake.socket.say(message(11, 'a'), message(12, 'b'), message(12, 'b'), message(11, 'a'), message(undefined, 'now'));
  assert.deepEqual(fake.room.position, { epoch: 'e1', offset: 12 });
  const [again] = await come_back(tick, fake);
  assert.deepEqual(again, { type: 'subscribe', id: again.id, channel: 'room', payload: { recover: { epoch: 'e1', offset: 12 } } });
  fake.newest().say({ type: 'ack', id: again.id, payload: { epoch: 'e1', offset: 14, recovered: true, messages: [{ offset: 13, data: 'c' }, { offset: 14, data: 'd' }] } }, message(15, 'e'));
  assert.deepEqual(fake.messages, ['a', 'b', 'now', 'c', 'd', 'e']);
  assert.deepEqual(fake.changes, [{ state: 'subscribed', recovered: false }, { state: 'subscribing' }, { state: 'subscribed', recovered: true }]);
});

test('what cannot be recovered is said, and the new position kept', async (t) => {
  const tick = fake_time(t);
  const fake = await fake_subscription(t);
  const [again] = await come_back(tick, fake);
  fake.newest().ack(again.id, { epoch: 'e2', offset: 3, recovered: false, messages: [] });
  assert.deepEqual(fake.changes.at(-1), { state: 'subscribed', recovered: false });
  assert.deepEqual(fake.room.position, { epoch: 'e2', offset: 3 });
  fake.newest().say(message(4, 'new'));
  assert.deepEqual(fake.messages, ['new']);
});

test('who shows the latest messages begins anew with them', async (t) => {
  const tick = fake_time(t);
  const fake = fake_client(t);
  const room = fake.client.subscribe('room', { last: 2 });
  const shown = [];
  room.on('state', ({ recovered }) => recovered === false && shown.splice(0));
  room.on('message', ({ data }) => shown.push(data));
  const [first] = await fake.connected();
  assert.deepEqual(first.payload, { last: 2 });
  fake.socket.ack(first.id, { epoch: 'e1', offset: 2, recovered: false, messages: [{ offset: 1, data: 'a' }, { offset: 2, data: 'b' }] });
  const [recover] = await come_back(tick, { ...fake, newest: () => fake.socket });
  assert.deepEqual(recover.payload, { recover: { epoch: 'e1', offset: 2 } });
  fake.socket.say({ type: 'ack', id: recover.id, payload: { epoch: 'e2', offset: 8, recovered: false, messages: [] } }, message(9, 'of the old subscription'));
  const [out, back] = await fake.socket.taken();
  assert.deepEqual([out.type, back.type, back.payload], ['unsubscribe', 'subscribe', { last: 2 }]);
  fake.socket.ack(out.id);
  fake.socket.ack(back.id, { epoch: 'e2', offset: 9, recovered: false, messages: [{ offset: 8, data: 'x' }, { offset: 9, data: 'y' }] });
  assert.deepEqual(shown, ['x', 'y']);
});

test('a gap is closed by subscribing again from the last position', async (t) => {
  const fake = await fake_subscription(t);
  fake.socket.say(message(11, 'a'), message(13, 'too early'), message(14, 'too early'));
  assert.deepEqual(fake.messages, ['a']);
  const [out, back] = await fake.socket.taken();
  assert.deepEqual([out.type, back.type, back.payload], ['unsubscribe', 'subscribe', { recover: { epoch: 'e1', offset: 11 } }]);
  fake.socket.ack(out.id);
  fake.socket.ack(back.id, { epoch: 'e1', offset: 13, recovered: true, messages: [{ offset: 12, data: 'b' }, { offset: 13, data: 'c' }] });
  assert.deepEqual(fake.messages, ['a', 'b', 'c']);
});

test('what is ephemeral has no place, so it explains no gap', async (t) => {
  const fake = await fake_subscription(t);
  fake.room.publish('cursor', { ephemeral: true, exclude_self: true }).catch(() => {});
  await fake.socket.taken();
  fake.socket.say(message(12, 'too early'));
  assert.deepEqual([fake.messages, (await fake.socket.taken()).map(({ type }) => type)], [[], ['unsubscribe', 'subscribe']]);
});

test('the answer to a publication counts before the message behind it', async (t) => {
  const fake = await fake_subscription(t);
  fake.room.publish('x', { exclude_self: true });
  const [{ id }] = await fake.socket.taken();
  fake.socket.say({ type: 'ack', id, payload: { epoch: 'e1', offset: 11 } }, message(12, 'a'));
  assert.deepEqual([fake.messages, fake.room.position.offset], [['a'], 12]);
});

test('what we do not get of our own leaves no gap, and does not come back', async (t) => {
  const tick = fake_time(t);
  const fake = await fake_subscription(t);
  const sent = ['x', 'y', 'z'].map((data) => fake.room.publish(data, { exclude_self: true }));
  const [x, y, z] = await fake.socket.taken();
  // The answer may come before, with or after the message that follows the publication.
  fake.socket.say({ type: 'ack', id: x.id, payload: { epoch: 'e1', offset: 11 } }, message(12, 'a'));
  fake.socket.say(message(14, 'b'));
  fake.socket.ack(y.id, { epoch: 'e1', offset: 13 });
  fake.socket.ack(z.id, { epoch: 'e1', offset: 16 });
  assert.deepEqual(await Promise.all(sent.map(outcome)), [11, 13, 16]);
  assert.deepEqual(fake.messages, ['a', 'b']);
  const [again] = await come_back(tick, fake);
  assert.deepEqual(again.payload.recover, { epoch: 'e1', offset: 14 });
  fake.newest().ack(again.id, { epoch: 'e1', offset: 17, recovered: true, messages: [{ offset: 15, data: 'c' }, { offset: 16, data: 'z' }, { offset: 17, data: 'd' }] });
  assert.deepEqual(fake.messages, ['a', 'b', 'c', 'd']);
});

test('a listener that throws or leaves disturbs nobody', async (t) => {
  const thrown = [];
  t.mock.method(globalThis, 'setTimeout', (action) => thrown.push(action));
  const fake = await fake_subscription(t);
  fake.room.on('message', () => { throw new Error('bug'); });
  const heard = [];
  const off = fake.room.on('message', ({ data }) => {
    heard.push(data);
    off();
  });
  thrown.length = 0;
  fake.socket.say(message(11, 'a'));
  fake.socket.say(message(12, 'b'));
  assert.deepEqual([fake.messages, heard], [['a', 'b'], ['a']]);
  assert.equal(thrown.filter((action) => { try { action(); } catch { return true; } }).length, 2, 'and is reported');
});

test('the server can end a subscription, for good or for a moment', async (t) => {
  const fake = await fake_subscription(t);
  fake.socket.say({ type: 'unsubscribed', channel: 'room', payload: { code: 2500, reason: 'gap' } });
  const [again] = await fake.socket.taken();
  assert.deepEqual([again.type, again.payload.recover.offset], ['subscribe', 10]);
  fake.socket.ack(again.id, { epoch: 'e1', offset: 10, recovered: true });
  fake.socket.say({ type: 'unsubscribed', channel: 'room', payload: { code: 2001, reason: 'kicked' } });
  assert.deepEqual(fake.changes.at(-1), { state: 'unsubscribed', code: 2001, reason: 'kicked' });
  assert.deepEqual(await fake.socket.taken(), []);
  assert.notEqual(fake.client.subscribe('room'), fake.room, 'but asking again is possible');
});

test('a refused subscription is over; a refusal for now is asked again', async (t) => {
  const tick = fake_time(t);
  const fake = fake_client(t);
  const rooms = ['no', 'later'].map((name) => fake.client.subscribe(name));
  const [no, later] = await fake.connected();
  fake.socket.say({ type: 'error', id: no.id, payload: { code: 103, name: 'permission_denied', message: 'denied', temporary: false } });
  fake.socket.say({ type: 'error', id: later.id, payload: { code: 111, name: 'too_many_requests', message: 'wait', temporary: true, retry_after_ms: 300 } });
  assert.deepEqual(rooms.map(({ state }) => state), ['unsubscribed', 'subscribing']);
  tick(300);
  const asked = await fake.socket.taken();
  assert.deepEqual(asked.map(({ type, channel }) => [type, channel]), [['unsubscribe', 'later'], ['subscribe', 'later']]);
});

test('unsubscribe() and subscribe() in one breath', async (t) => {
  const fake = await fake_subscription(t);
  fake.room.unsubscribe();
  const second = fake.client.subscribe('room');
  const heard = [];
  second.on('message', ({ data }) => heard.push(data));
  fake.socket.say(message(11, 'of the first'));
  const [out, back] = await fake.socket.taken();
  assert.deepEqual([out.type, back.type, back.payload], ['unsubscribe', 'subscribe', {}]);
  fake.socket.ack(out.id);
  fake.socket.ack(back.id, { epoch: 'e1', offset: 11, recovered: false });
  fake.socket.say(message(12, 'of the second'));
  assert.deepEqual([fake.messages, heard, fake.room.state], [[], ['of the second'], 'unsubscribed']);
  fake.room.unsubscribe();
  assert.deepEqual([await fake.socket.taken(), second.state], [[], 'subscribed'], 'the first has nothing to say any more');
});

test('unsubscribe() counts at once', async (t) => {
  const fake = fake_client(t);
  const early = fake.client.subscribe('early');
  const [{ id }] = await fake.connected();
  early.unsubscribe();
  fake.socket.ack(id, { epoch: 'e', offset: 0, recovered: false });
  assert.equal(early.state, 'unsubscribed');
  const heard = [];
  const late = fake.client.subscribe('late');
  late.on('message', ({ data }) => {
    heard.push(data);
    late.unsubscribe();
  });
  const asked = await fake.socket.taken();
  const past = [1, 2].map((offset) => ({ offset, data: offset }));
  fake.socket.ack(asked.find(({ channel }) => channel === 'late').id, { epoch: 'e', offset: 2, recovered: false, messages: past });
  assert.deepEqual([heard, late.state], [[1], 'unsubscribed']);
});

// What waits ---------------------------------------------------------------------------------

test('publications wait for the connection, in order, behind their subscription', async (t) => {
  const tick = fake_time(t);
  const fake = fake_client(t);
  fake.client.connect();
  const room = fake.client.subscribe('room');
  const sent = [1, 2, 3].map((n) => outcome(room.publish(n)));
  const now = outcome(room.publish('now', { ephemeral: true }));
  await turn_over();
  const said = await fake.socket.welcome();
  assert.deepEqual(said.map(({ type, payload }) => payload.data ?? type), ['subscribe', 1, 2, 3]);
  assert.equal(await now, 'disconnected', 'what is for those who are here now does not wait');
  assert.equal(new Set(said.map(({ payload }) => payload.idempotency_key)).size, 4);
  fake.socket.ack(said[1].id, { epoch: 'e', offset: 1 });
  const again = await come_back(tick, { ...fake, newest: () => fake.socket });
  assert.deepEqual(again.slice(1), said.slice(2), 'what has no answer is sent again, with its key');
  for (const { id } of again.slice(1)) fake.socket.ack(id, { epoch: 'e', offset: id });
  assert.deepEqual(await Promise.all(sent), [1, ...again.slice(1).map(({ id }) => id)]);
  assert.equal(fake.client.unconfirmed, 0);
});

test('the queue is bounded in number, bytes and time, and says so', async (t) => {
  const tick = fake_time(t);
  const fake = fake_client(t, { queue_count: 3, queue_bytes: 1_000, queue_ms: 60_000 });
  fake.client.connect();
  const first = [1, 2, 3].map((n) => outcome(fake.client.publish('a', n)));
  assert.equal(await outcome(fake.client.publish('a', 4)), 'overflow');
  assert.equal(fake.client.unconfirmed, 3);
  tick(59_999);
  assert.equal(fake.client.unconfirmed, 3);
  tick(1);
  assert.deepEqual(await Promise.all(first), ['timeout', 'timeout', 'timeout']);
  assert.equal(fake.client.unconfirmed, 0);
  const long = outcome(fake.client.publish('a', 'é'.repeat(350)));
  assert.equal(await outcome(fake.client.publish('a', 'é'.repeat(150))), 'overflow', 'bytes of UTF-8');
  fake.client.disconnect();
  assert.equal(await long, 'disconnected');
});

test('of what waits under one key only the latest is sent, and answers for the others', async (t) => {
  const fake = fake_client(t);
  fake.client.connect();
  const sent = [['x', 1], ['y', 1], ['x', 2], ['x', 3]].map(([key, data]) => outcome(fake.client.publish('a', data, { key })));
  const other = outcome(fake.client.publish('b', 0, { key: 'x' }));
  await turn_over();
  const said = await fake.socket.welcome();
  assert.deepEqual(said.map(({ channel, payload }) => [channel, payload.data]), [['a', 1], ['a', 3], ['b', 0]]);
  said.forEach(({ id }, at) => fake.socket.ack(id, { epoch: 'e', offset: at }));
  assert.deepEqual(await Promise.all([...sent, other]), [1, 0, 1, 1, 2]);
  const live = [1, 2].map((data) => outcome(fake.client.publish('a', data, { key: 'x' })));
  const both = await fake.socket.taken();
  assert.deepEqual(both.map(({ payload }) => payload.data), [1, 2], 'what is on its way is left alone');
  both.forEach(({ id }, at) => fake.socket.ack(id, { epoch: 'e', offset: 5 + at }));
  assert.deepEqual(await Promise.all(live), [5, 6]);
  fake.client.publish('a', 'here', { key: 'x', ephemeral: true }).catch(() => {});
  const [{ payload }] = await fake.socket.taken();
  assert.deepEqual(payload, { data: 'here', key: 'x', ephemeral: true });
  assert.ok(both.every((asked) => !('key' in asked.payload)), 'for the server it belongs to what is ephemeral');
});

test('of what is ephemeral and waits for earlier answers, too, only the latest of a key is sent', async (t) => {
  const fake = await fake_subscription(t);
  const sent = Array.from({ length: 20 }, (_, n) => outcome(fake.room.publish(n, { key: 'cursor', ephemeral: true })));
  const kept = outcome(fake.room.publish('kept', { key: 'cursor' }));
  const first = await fake.socket.taken();
  assert.deepEqual(first.map(({ payload }) => payload.data), [...Array(16).keys()]);
  for (const { id } of first) fake.socket.ack(id, { offset: id });
  const rest = await fake.socket.taken();
  assert.deepEqual(rest.map(({ payload }) => payload.data), [19, 'kept'], 'but never instead of what is kept');
  for (const { id } of rest) fake.socket.ack(id, { offset: id });
  assert.deepEqual((await Promise.all(sent)).slice(15), [first[15].id, ...Array(4).fill(rest[0].id)]);
  await kept;
});

test('a refusal for now holds everything back, so that nothing overtakes', async (t) => {
  const tick = fake_time(t);
  const fake = await fake_subscription(t);
  const sent = [1, 2].map((n) => outcome(fake.room.publish(n)));
  const [one, two] = await fake.socket.taken();
  const busy = { code: 111, name: 'too_many_requests', message: 'wait', temporary: true, retry_after_ms: 700 };
  fake.socket.say({ type: 'error', id: one.id, payload: busy }, { type: 'error', id: two.id, payload: busy });
  sent.push(outcome(fake.room.publish(3)));
  tick(699);
  assert.deepEqual(await fake.socket.taken(), []);
  tick(1);
  assert.deepEqual(await fake.socket.taken(), [one], 'carefully');
  fake.socket.ack(one.id, { epoch: 'e1', offset: 11 });
  const [next, three] = await fake.socket.taken();
  assert.deepEqual([next, three.payload.data], [two, 3]);
  fake.socket.say({ type: 'error', id: two.id, payload: { code: 103, name: 'permission_denied', message: 'no', temporary: false } });
  fake.socket.ack(three.id, { epoch: 'e1', offset: 12 });
  assert.deepEqual(await Promise.all(sent), [11, 'permission_denied', 12]);
});

test('a message holds at most 64 KiB; what the server would not take is not sent', async (t) => {
  fake_time(t);
  const fake = fake_client(t, { queue_bytes: 1e7 });
  fake.client.connect();
  const sent = [1, 2, 'x'.repeat(50_000), 'é'.repeat(20_000), 'y'.repeat(90_000), 'z'.repeat(200_000)].map((data) => outcome(fake.client.publish('a', data)));
  await turn_over();
  fake.socket.onopen();
  const [{ id }] = await fake.socket.taken();
  fake.socket.ack(id, { client: 'me', ping: 25, limits: { message: 65_536 }, reconnect: { min_ms: 1, max_ms: 1 } });
  await turn_over();
  const frames = fake.socket.frames.map((text) => [text.split('\n').length, Buffer.byteLength(text)]);
  assert.deepEqual(frames.map(([count]) => count), [3, 1, 1]);
  assert.ok(frames.slice(0, -1).every(([, bytes]) => bytes <= 65_536));
  assert.equal(await sent.at(-1), 'payload_too_large');
});

test('at most 16 requests wait for answers, the next go as those come', async (t) => {
  const tick = fake_time(t);
  const fake = fake_client(t);
  fake.client.connect();
  const sent = Array.from({ length: 40 }, (_, n) => outcome(fake.client.publish('a', n)));
  await turn_over();
  const said = [];
  assert.equal((await fake.socket.welcome()).length, 16);
  const again = await come_back(tick, { ...fake, newest: () => fake.socket });
  for (let asked = again; asked.length; asked = await fake.socket.taken()) {
    said.push(asked.map(({ payload }) => payload.data));
    asked.forEach(({ id, payload }) => fake.socket.ack(id, { epoch: 'e', offset: payload.data }));
  }
  assert.deepEqual(said.map(({ length }) => length), [16, 16, 8]);
  assert.deepEqual(said.flat(), await Promise.all(sent));
  assert.deepEqual(said.flat(), [...Array(40).keys()]);
});

test('what was said in the moment of the loss waits like the rest', async (t) => {
  const tick = fake_time(t);
  const fake = await fake_subscription(t);
  const sent = outcome(fake.room.publish(1));
  const [, again] = await come_back(tick, fake);
  assert.equal(again.payload.data, 1);
  fake.newest().ack(again.id, { epoch: 'e1', offset: 11 });
  assert.equal(await sent, 11);
});

test('other requests are sent once, and settle once', async (t) => {
  const tick = fake_time(t);
  const fake = fake_client(t);
  assert.equal(await outcome(fake.client.rpc('early')), 'disconnected');
  fake.client.connect();
  const waiting = fake.client.rpc('sum', [1, 2]);
  await turn_over();
  const [asked] = await fake.socket.welcome();
  assert.deepEqual([asked.type, asked.payload], ['rpc', { method: 'sum', data: [1, 2] }]);
  fake.socket.ack(asked.id, { data: 3 });
  fake.socket.say({ type: 'error', id: asked.id, payload: { code: 100 } });
  assert.equal(await waiting, 3);
  const failing = fake.client.rpc('fail').catch((error) => error);
  const [{ id }] = await fake.socket.taken();
  fake.socket.say({ type: 'error', id, payload: { code: 400, name: 'mine', message: 'my own', temporary: false } });
  const { name, code, message: text, temporary } = await failing;
  assert.deepEqual([name, code, text, temporary], ['mine', 400, 'my own', false]);
  const lost = outcome(fake.client.rpc('lost'));
  await turn_over();
  fake.socket.end(1006);
  assert.equal(await lost, 'disconnected');
  const slow = outcome(fake.client.rpc('slow'));
  tick(9_999);
  await turn_over();
  tick(1);
  assert.equal(await slow, 'timeout');
  fake.client.disconnect();
});
