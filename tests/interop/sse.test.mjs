// Event streams: their bytes, resuming over a bad network, answers that can be cancelled, the orderly end.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventSource } from 'eventsource';
import { dechunk, parse_events } from './support/event_stream.mjs';
import { RawSocket } from './support/raw_socket.mjs';
import { random_source } from './support/random.mjs';
import { start_server } from './support/server.mjs';
import { start_proxy } from './support/tcp_proxy.mjs';
import { until } from './support/until.mjs';

const server = await start_server({ after }, { threads: 2 });

function open_raw(owner, request, to = server) {
  const raw = new RawSocket(owner, to);
  raw.send(`${request}\r\nHost: 127.0.0.1:${to.port}\r\n\r\n`);
  raw.response = () => {
    const head_end = raw.received.indexOf('\r\n\r\n');
    if (head_end < 0) return undefined;
    return { head: raw.received.subarray(0, head_end).toString('latin1'), content: raw.received.subarray(head_end + 4) };
  };
  raw.events = () => parse_events(dechunk(raw.response()?.content ?? Buffer.alloc(0)).body);
  return raw;
}

const messages_of = (events) => events.filter(({ data, event }) => data !== undefined && !event);

test('the feed is a well-formed event stream', async (t) => {
  const raw = open_raw(t, 'GET /events/demo HTTP/1.1');
  await until(() => messages_of(raw.events()).length >= 2, 'two events');
  const { head } = raw.response();
  assert.match(head, /^HTTP\/1\.1 200 /);
  assert.match(head, /^content-type: text\/event-stream(?:; ?charset=utf-8)?$/im);
  assert.match(head, /^cache-control: .*no-(?:store|cache)/im);
  assert.match(head, /^x-accel-buffering: no$/im);
  assert.match(head, /^transfer-encoding: chunked$/im);
  assert.doesNotMatch(head, /^content-(?:length|encoding):/im);
  const [first, second] = messages_of(raw.events());
  for (const { id, data } of [first, second]) {
    assert.match(id, /^[^:]+:\d+$/);
    assert.ok(Number.isInteger(JSON.parse(data).n));
  }
  assert.equal(JSON.parse(second.data).n, JSON.parse(first.data).n + 1);
});

test('HTTP/1.0 gets the same stream without chunks', async (t) => {
  const raw = open_raw(t, 'GET /events/demo HTTP/1.0');
  const events = () => {
    const text = raw.response()?.content ?? Buffer.alloc(0);
    return parse_events(text.subarray(0, text.lastIndexOf('\n\n') + 2));
  };
  await until(() => messages_of(events()).length >= 1, 'an event');
  assert.doesNotMatch(raw.response().head, /^transfer-encoding:/im);
});

test('HEAD gets the head alone', async (t) => {
  for (const path of ['/', '/events/demo']) {
    const raw = open_raw(t, `HEAD ${path} HTTP/1.1\r\nConnection: close`);
    await raw.rest();
    const { head, content } = raw.response();
    assert.match(head, /^HTTP\/1\.1 200 /);
    assert.equal(content.toString('latin1'), '', path);
  }
});

/** One client whose network breaks `cuts` times; each time it waits 3 s before it tries again. */
async function follow_through_cuts(owner, cuts, random) {
  const proxy = await start_proxy(owner, server.port);
  const source = new EventSource(`${proxy.http}/events/demo`);
  owner.after(() => source.close());
  const events = [];
  let opened = 0;
  let resets = 0;
  source.addEventListener('open', () => opened++);
  source.addEventListener('reset', () => resets++);
  source.addEventListener('message', ({ lastEventId, data }) => events.push({ id: lastEventId, n: JSON.parse(data).n }));
  await until(() => events.length > 0, 'the feed is open');
  for (let cut = 0; cut < cuts; cut++) {
    await sleep(random.below(900));
    proxy.cut();
    await until(() => source.readyState !== EventSource.OPEN, 'the client notices', 2_000);
    await until(() => source.readyState === EventSource.OPEN, 'the client is back');
  }
  const count = events.length;
  await until(() => events.length > count, 'the feed goes on');
  assert.equal(opened, 1 + cuts);
  assert.equal(resets, 0);
  const first_offset = Number(events[0].id.split(':').at(-1));
  assert.deepEqual(
    events.map(({ id, n }) => [Number(id.split(':').at(-1)), n]),
    events.map((_, i) => [first_offset + i, events[0].n + i]),
  );
}

test('the npm eventsource client misses nothing and gets nothing twice over networks that break 20 times', async (t) => {
  await Promise.all(Array.from({ length: 5 }, (_, i) => follow_through_cuts(t, 4, random_source(`cuts ${i}`))));
});

test('an id that the server does not know is answered with a reset', async (t) => {
  const check = async (id) => {
    const raw = open_raw(t, `GET /events/demo HTTP/1.1\r\nLast-Event-ID: ${id}`);
    const events = await until(() => messages_of(raw.events()).length > 0 && raw.events(), 'the stream goes on');
    const reset = events.find(({ event }) => event === 'reset');
    assert.ok(reset, id);
    assert.match(reset.id, /:\d+$/);
    assert.ok(events.indexOf(reset) < events.findIndex(({ data, event }) => data && !event), 'the reset comes first');
  };
  await Promise.all(['nonsense', 'other-epoch:3', ':', 'a:b', '99999999999999999999999:1'].map(check));
});

const ask = (prompt, options) =>
  fetch(`${server.http}/chat/stream`, { method: 'POST', body: JSON.stringify({ prompt }), headers: { 'Content-Type': 'application/json' }, ...options });

const answers_active = async () => (await (await fetch(`${server.http}/status`)).json()).answers;

test('an answer comes as tokens and ends with [DONE]', async () => {
  const response = await ask('Grüße, 世界 😀 "quoted"\nand more');
  assert.match(response.headers.get('content-type'), /^text\/event-stream/);
  const events = parse_events(Buffer.from(await response.arrayBuffer())).filter(({ data }) => data !== undefined);
  const last = events.pop();
  assert.deepEqual([last.event, last.data], ['done', '[DONE]']);
  assert.ok(events.length > 50);
  assert.ok(events.every(({ event }) => event === 'token'));
  const text = events.map(({ data }) => JSON.parse(data).text).join('');
  assert.ok(text.startsWith('You asked about "Grüße, 世界 😀 "quoted"\nand more".'), text.slice(0, 80));
  await until(async () => (await answers_active()) === 0, 'the producer is done', 1_000);
});

test('closing the request stops the producer within a second', async () => {
  const controllers = Array.from({ length: 10 }, () => new AbortController());
  for (const { signal } of controllers) await (await ask('stop me', { signal })).body.getReader().read();
  assert.equal(await answers_active(), 10);
  controllers.forEach((controller) => controller.abort());
  await until(async () => (await answers_active()) === 0, 'nothing is produced any more', 1_000);
});

test('SIGTERM ends streams in order and says when to come back', async (t) => {
  const leaving = await start_server(t, { threads: 2 });
  const feed = open_raw(t, 'GET /events/demo HTTP/1.1', leaving);
  const body = '{"prompt":"x"}';
  const answer = open_raw(t, `POST /chat/stream HTTP/1.1\r\nContent-Length: ${body.length}`, leaving);
  answer.send(body);
  await until(() => messages_of(feed.events()).length > 0 && answer.events().some(({ event }) => event === 'token'), 'both flow');
  assert.deepEqual(await leaving.stop(), { code: 0, signal: null });
  for (const raw of [feed, answer]) {
    await raw.rest();
    const { body: content, ended } = dechunk(raw.response().content);
    assert.ok(ended, 'the last chunk came');
    const last = parse_events(content).at(-1);
    assert.ok(Number(last.retry) >= 1_000, `retry: ${last.retry}`);
  }
});
