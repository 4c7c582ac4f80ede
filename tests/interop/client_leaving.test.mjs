// The JavaScript client against a real server: what others see of its coming and going.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create_presence } from '../../examples/web/presence.js';
import { join_room, join_rooms } from './support/rooms_client.mjs';
import { start_protocol_server } from './support/server.mjs';
import { start_proxy } from './support/tcp_proxy.mjs';
import { until } from './support/until.mjs';

const grace_ms = 1_500;

const every_carrier = (name, body) => {
  for (const transport of ['websocket', 'sse']) test(`${name} (${transport})`, (t) => body(t, { transports: [transport] }));
};

/** Ben, who watches, and Ann behind a proxy; `seen` is what Ben is told of others, in his own words. */
async function two_people(t, options, server_options) {
  const server = await start_protocol_server(t, { 'presence-grace-ms': grace_ms, 'reconnect-max-ms': 100, ...server_options });
  const proxy = await start_proxy(t, server.port);
  const ben = create_presence(await join_room(await join_rooms(t, server), 'room', { presence: true }));
  const seen = [];
  for (const type of ['join', 'leave']) ben.on(type, ({ state }) => seen.push(`${type} ${state?.name ?? ''}`.trim()));
  ben.on('cursor', ({ place }) => seen.push(place ? `cursor ${place.x}` : 'no cursor'));
  const client = await join_rooms(t, proxy, options);
  const ann = create_presence(await join_room(client, 'room', { presence: true }), { name: 'Ann' });
  ann.point({ x: 1 });
  await until(() => ben.members.some(({ state }) => state?.name === 'Ann') && ben.cursors.size === 1, 'Ben sees Ann');
  seen.splice(0);
  return { server, proxy, client, ann, ben, seen };
}

every_carrier('who says goodbye is gone at once', async (t, options) => {
  const { client, ben, seen } = await two_people(t, options, { 'presence-grace-ms': 60_000 });
  client.disconnect();
  await until(() => ben.members.length === 1, 'Ann has gone', 2_000);
  assert.deepEqual(seen, ['no cursor', 'leave Ann']);
});

every_carrier('whose connection is lost and who comes back in time never left', async (t, options) => {
  const { client, proxy, ben, seen, ann } = await two_people(t, options, { 'presence-grace-ms': 60_000 });
  const { id } = client;
  for (let i = 0; i < 3; i++) {
    proxy.cut();
    await until(() => client.state !== 'connected', 'the loss is noticed');
    await until(() => client.state === 'connected' && ann.members.length === 2, 'Ann is back');
  }
  assert.equal(client.id, id);
  ann.point({ x: 2 });
  await until(() => seen.at(-1) === 'cursor 2', 'her cursor moves on');
  assert.deepEqual(seen.filter((what) => !what.startsWith('cursor')), []);
  assert.equal(ben.members.length, 2);
});

every_carrier('who does not come back is gone after the grace window, and not before', async (t, options) => {
  const { proxy, ben, seen } = await two_people(t, options);
  proxy.shut = true;
  const since = performance.now();
  proxy.cut();
  await until(() => ben.members.length === 1, 'Ann has gone', grace_ms + 4_000);
  const took = performance.now() - since;
  assert.ok(took >= grace_ms - 50, `${took} ms`);
  assert.deepEqual(seen, ['no cursor', 'leave Ann']);
});
