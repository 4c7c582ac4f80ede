// Odd events, many rooms and foreign pages, as npm eventsource sees them.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { EventSource } from 'eventsource';
import { odd_events } from './support/odd_events.mjs';
import { random_source } from './support/random.mjs';
import { start_sse_server } from './support/sse_server.mjs';
import { start_proxy } from './support/tcp_proxy.mjs';
import { until } from './support/until.mjs';

const server = await start_sse_server({ after });

test('threat C1: whatever stands in an event, npm eventsource sees exactly that event', async (t) => {
  const { events, expected } = odd_events(random_source('C1'), 5_000);
  await fetch(`${server.http}/events`, { method: 'POST', body: JSON.stringify(events) });
  const source = new EventSource(`${server.http}/play`);
  t.after(() => source.close());
  const seen = [];
  source.addEventListener('odd', ({ data, lastEventId }) => seen.push({ data, id: lastEventId }));
  source.addEventListener('message', ({ data }) => assert.fail(`forged: ${JSON.stringify(data)}`));
  await new Promise((resolve) => source.addEventListener('end', resolve));
  // This client forgets an id that an event does not repeat; browsers do not (tests/browser).
  const as_seen = expected.map(({ data, own_id }) => ({ data, id: own_id }));
  assert.ok(isDeepStrictEqual(seen, as_seen), `event ${seen.findIndex((event, i) => !isDeepStrictEqual(event, as_seen[i]))}`);
});

test('threat C2: a stream of many rooms cut at random loses nothing and repeats nothing', async (t) => {
  const random = random_source('C2');
  const rooms = ['alpha', 'beta', 'gamma'];
  const say = (text) => Promise.all(rooms.map((room) => server.publish(room, text)));
  await say('before');
  const proxy = await start_proxy(t, server.port);
  const source = new EventSource(`${proxy.http}/feed?${rooms.map((room) => `room=${room}`).join('&')}`);
  t.after(() => source.close());
  const seen = Object.fromEntries(rooms.map((room) => [room, []]));
  for (const room of rooms) source.addEventListener(room, ({ data }) => seen[room].push(Number(data)));
  source.addEventListener('reset', ({ data }) => assert.fail(data));
  await new Promise((resolve) => source.addEventListener('open', resolve, { once: true }));
  await say('0'); // and with it the first id
  await until(() => rooms.every((room) => seen[room].length === 1), 'all rooms are heard');
  const total = 300;
  const publish = async () => {
    for (let n = 1; n <= total; n++) await say(String(n));
  };
  let busy = true;
  const published = publish().finally(() => (busy = false));
  let cuts = 0;
  while (busy) {
    await sleep(random.below(60));
    proxy.cut();
    cuts++;
  }
  await published;
  await until(() => rooms.every((room) => seen[room].at(-1) === total), 'all has arrived');
  for (const room of rooms) assert.deepEqual(seen[room], Array.from({ length: total + 1 }, (_, i) => i));
  t.diagnostic(`${cuts} cuts`);
  assert.ok(cuts > 3);
});

test('threat C4: pages of allowed origins may read streams, others get nothing', async () => {
  const ask = async (path, method, headers) => {
    const controller = new AbortController();
    const response = await fetch(`${server.http}${path}`, { method, headers, signal: controller.signal });
    const of = (name) => response.headers.get(name);
    const seen = [response.status, of('access-control-allow-origin'), of('access-control-allow-credentials'), of('vary')];
    controller.abort();
    return seen;
  };
  const friend = 'https://friend.example';
  const preflight = { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'last-event-id' };
  for (const path of ['/feed?room=a', '/play']) {
    assert.deepEqual(await ask(path, 'GET', { Origin: friend }), [200, friend, 'true', 'Origin']);
    assert.deepEqual(await ask(path, 'GET', {}), [200, null, null, 'Origin']);
    assert.deepEqual(await ask(path, 'OPTIONS', { Origin: friend, ...preflight }), [204, friend, 'true', 'Origin']);
    for (const stranger of ['https://evil.example', 'null', `${friend}.evil.example`])
      for (const method of ['GET', 'OPTIONS'])
        assert.deepEqual(await ask(path, method, { Origin: stranger, ...preflight }), [403, null, null, null]);
  }
  const answer = await fetch(`${server.http}/feed`, { method: 'OPTIONS', headers: { Origin: friend, ...preflight } });
  assert.match(answer.headers.get('access-control-allow-headers'), /Last-Event-ID/);
  assert.equal(answer.headers.get('access-control-allow-methods'), 'GET');
});
