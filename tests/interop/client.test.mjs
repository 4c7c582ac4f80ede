// The JavaScript client against a real server, over networks that fail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create_presence } from '../../examples/web/presence.js';
import { random_source } from './support/random.mjs';
import { join_room, join_rooms } from './support/rooms_client.mjs';
import { start_protocol_server } from './support/server.mjs';
import { start_proxy } from './support/tcp_proxy.mjs';
import { until } from './support/until.mjs';

const every_carrier = (name, body) => {
  for (const transport of ['websocket', 'sse']) test(`${name} (${transport})`, (t) => body(t, { transports: [transport] }));
};

const count_to = (n) => Array.from({ length: n }, (_, i) => i);

every_carrier('two clients say, hear, look back, come and go', async (t, options) => {
  const server = await start_protocol_server(t, { threads: 2 });
  const [ann, ben] = await Promise.all(['ann', 'ben'].map((user) => join_rooms(t, server, { ...options, token: `${user}:${Date.now() + 1e6}` })));
  assert.deepEqual([ann.user, ben.user], ['ann', 'ben']);
  const [from_ann, from_ben] = await Promise.all([ann, ben].map((client) => join_room(client, 'room', { presence: true })));

  const presence = create_presence(from_ann, { colour: 'red' });
  const seen = create_presence(from_ben);
  await until(() => seen.members.find(({ user }) => user === 'ann')?.state?.colour === 'red', 'Ben sees Ann');
  const typing = [];
  seen.on('typing', (typists) => typing.push(typists.map(({ state }) => state?.colour)));
  presence.typing(true);
  const places = await Promise.all(count_to(20).map((n) => from_ann.publish(n)));
  assert.deepEqual(places.map(({ offset }) => offset), count_to(20).map((n) => n + 1));
  await from_ann.publish('for others', { exclude_self: true, key: 'any' });
  await from_ben.publish('now', { ephemeral: true, key: 'cursor' });
  await until(() => from_ben.heard.length === 22 && from_ann.heard.length === 21, 'both have heard all');
  assert.deepEqual(from_ben.heard, [...count_to(20), 'for others', 'now']);
  assert.deepEqual(from_ann.heard, [...count_to(20), 'now']);
  assert.deepEqual(from_ann.position, from_ben.position);
  assert.deepEqual(typing, [['red'], []]);
  const { messages } = await from_ben.history({ limit: 2, reverse: true });
  assert.deepEqual(messages.map(({ data, from }) => [data, from.user]), [['for others', 'ann'], [19, 'ann']]);

  from_ann.unsubscribe();
  await until(() => seen.members.length === 1, 'Ann has gone');
  await assert.rejects(from_ann.history(), { code: 120 });
  const later = await join_room(ann, 'room', { last: 2 });
  assert.deepEqual(later.heard, [19, 'for others']);
  const closed = ann.subscribe('closed');
  await until(() => closed.state === 'unsubscribed', 'a door stays shut');
});

every_carrier('calls are answered, refused, or given up', async (t, options) => {
  const server = await start_protocol_server(t);
  const client = await join_rooms(t, server, { ...options, timeout_ms: 500 });
  const data = { list: [1, 2.5, '😀', null] };
  const never = assert.rejects(client.rpc('never'), { code: 0, name: 'timeout' });
  assert.deepEqual(await client.rpc('echo', data), data);
  await assert.rejects(client.rpc('fail'), { code: 400, temporary: false });
  await assert.rejects(client.rpc('no such thing'), { code: 104 });
  await never;
});

every_carrier('requests need not wait for each other', async (t, options) => {
  const server = await start_protocol_server(t);
  const client = await join_rooms(t, server, options);
  const heard = [];
  const sent = [];
  for (let i = 0; i < 8; i++) {
    const room = client.subscribe('room');
    room.on('message', ({ data }) => heard.push(data));
    sent.push(room.publish(i));
    if (i < 7) room.unsubscribe();
  }
  assert.deepEqual((await Promise.all(sent)).map(({ offset }) => offset), count_to(8).map((n) => n + 1));
  await until(() => heard.includes(7), 'the last subscription hears');
  assert.deepEqual(heard, [7], 'and only the last: the others had ended');
});

every_carrier('a server that is killed and started again loses nothing that waits', async (t, options) => {
  const server = await start_protocol_server(t, { 'reconnect-max-ms': 500 });
  const [from, to] = await Promise.all([0, 0].map(async () => join_room(await join_rooms(t, server, options), 'room', { last: 256 })));
  await Promise.all(count_to(10).map((n) => from.publish(n)));
  await until(() => to.heard.length === 10, 'it works');
  await server.kill();
  const waiting = count_to(10).map((n) => from.publish(10 + n));
  await until(() => to.state === 'subscribing', 'the loss is noticed');
  await server.start();
  await Promise.all(waiting);
  // And nothing else: these rooms are kept in memory, so it is a new beginning.
  const arrived = () => to.heard.at(-1) === 19;
  await until(arrived, 'what waited arrives');
  assert.deepEqual(to.heard, count_to(10).map((n) => 10 + n));
  assert.ok(to.changes.some(({ recovered }, at) => at > 0 && recovered === false));
});

every_carrier('who was away for too long is told so, and begins anew', async (t, options) => {
  const server = await start_protocol_server(t, { history: 5 });
  const proxy = await start_proxy(t, server.port);
  const [from, to] = [await join_rooms(t, server, options), await join_rooms(t, proxy, options)];
  const near = await join_room(from, 'room');
  const far = await join_room(to, 'room', { last: 3 });
  await near.publish('before');
  await until(() => far.heard.length === 1, 'it works');
  proxy.shut = true;
  proxy.cut();
  await Promise.all(count_to(4).map((n) => near.publish(n)));
  proxy.shut = false;
  await until(() => far.heard.length === 5, 'a short absence is bridged');
  assert.deepEqual([far.heard, far.changes.at(-1)], [['before', 0, 1, 2, 3], { state: 'subscribed', recovered: true }]);
  proxy.shut = true;
  proxy.cut();
  await Promise.all(count_to(6).map((n) => near.publish(4 + n)));
  proxy.shut = false;
  await until(() => far.changes.at(-1).recovered === false, 'a long one is not');
  assert.deepEqual(far.heard, [7, 8, 9]);
});

every_carrier('ask 21: a server that has stopped is noticed', async (t, options) => {
  const server = await start_protocol_server(t, { 'ping-ms': 1_000 });
  const client = await join_rooms(t, server, { ...options, timeout_ms: 1_500 });
  await until(() => false, 'nothing', 3_000).catch(() => {});
  assert.equal(client.state, 'connected', 'pings keep a silent connection alive');
  server.process.signal('SIGSTOP');
  t.after(() => server.process.signal('SIGCONT'));
  const since = performance.now();
  await until(() => client.state !== 'connected', 'it is noticed', 4_000);
  const took = performance.now() - since;
  assert.ok(took < 2_800, `${took} ms`);
  assert.equal(client.states.at(-1).reason, 'silence');
  server.process.signal('SIGCONT');
  await until(() => client.state === 'connected', 'and when it goes on, too');
});

test('tokens are renewed while the connection goes on', async (t) => {
  const server = await start_protocol_server(t, { 'grace-ms': 300, 'reconnect-max-ms': 300 });
  let made = 0;
  let lifetime = 2_500;
  const get_token = async () => {
    made++;
    return `ann:${Date.now() + lifetime}`;
  };
  const client = await join_rooms(t, server, { get_token });
  const { id } = client;
  await until(() => made >= 3, 'two renewals', 6_000);
  assert.deepEqual([client.id, client.state], [id, 'connected']);
  lifetime = -1_000; // a source that gives out old tokens: the connection expires
  await until(() => client.states.at(-1).code === 3005, 'the end of a connection', 6_000);
  lifetime = 1e6;
  await until(() => client.state === 'connected', 'a new token, a new connection');
  assert.equal(client.id, id, 'to others it is who it was');
});

test('an invalid token is the end', async (t) => {
  const server = await start_protocol_server(t);
  const client = await join_rooms(t, server, { token: 'nonsense' }, 'disconnected');
  const { code, retry_in } = client.states.at(-1);
  assert.deepEqual([code, retry_in], [3500, undefined]);
});

test('a long queue is sent as fast as the server takes it', async (t) => {
  const server = await start_protocol_server(t, { requests: 60 });
  const proxy = await start_proxy(t, server.port);
  const [from, to] = [await join_rooms(t, proxy), await join_rooms(t, server)];
  const near = await join_room(from, 'room');
  const far = await join_room(to, 'room');
  proxy.cut();
  await until(() => from.state !== 'connected', 'the loss is noticed');
  const sent = count_to(150).map((n) => near.publish(n));
  await Promise.all(sent);
  await until(() => far.heard.length === 150, 'all arrive');
  assert.deepEqual([...far.heard].sort((a, b) => a - b), count_to(150));
  assert.equal(from.states.filter(({ state }) => state === 'connected').length, 2, 'and nobody is thrown out');
});

// Two clients publish at random while their links are cut after random numbers of bytes: whatever was confirmed, and
// in the end that is everything, has arrived once at both, in the same order.
every_carrier('nothing is lost, nothing doubled, whenever the link is cut', async (t, options) => {
  const random = random_source(`cuts ${options.transports}`);
  const server = await start_protocol_server(t, { threads: 2, history: 10_000, 'reconnect-max-ms': 100, requests: 100_000 });
  const rooms = [];
  for (const name of ['ann', 'ben']) {
    const proxy = await start_proxy(t, server.port);
    const room = await join_room(await join_rooms(t, proxy, options), 'room');
    proxy.budget = () => random.between(1, 4_000);
    rooms.push({ name, proxy, room, sent: [] });
  }
  for (let i = 0; i < 300; i++) {
    const { name, proxy, room, sent } = random.pick(rooms);
    sent.push(room.publish(`${name} ${i} ${'.'.repeat(random.below(200))}`));
    if (random.chance(0.03)) proxy.cut();
    if (random.chance(0.4)) await new Promise((resolve) => setTimeout(resolve, random.below(30)));
  }
  for (const { proxy } of rooms) proxy.budget = () => Infinity;
  const offsets = (await Promise.all(rooms.flatMap(({ sent }) => sent))).map(({ offset }) => offset);
  assert.deepEqual(offsets.sort((a, b) => a - b), count_to(300).map((n) => n + 1), 'each confirmed in a place of its own');
  const [ann, ben] = rooms.map(({ room }) => room.heard);
  await until(() => ann.length >= 300 && ben.length >= 300, 'all arrive');
  assert.equal(new Set(ann).size, 300);
  assert.deepEqual(ann, ben);
  for (const { name } of rooms) {
    const own = ann.filter((text) => text.startsWith(name)).map((text) => Number(text.split(' ')[1]));
    assert.deepEqual(own, [...own].sort((a, b) => a - b), 'in the order they were said');
  }
  assert.ok(rooms.every(({ room }) => room.changes.every(({ recovered }, at) => at === 0 || recovered !== false)), 'always recovered');
  console.log(`cut ${rooms.map(({ proxy }) => proxy.accepted).join(' and ')} times`);
});
