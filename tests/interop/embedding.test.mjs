// unisono inside other servers: the examples that host rooms on Boost.Beast and on cpp-httplib.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, test } from 'node:test';
import WebSocket from 'ws';
import { build, run } from './support/server.mjs';
import { until } from './support/until.mjs';

async function start(name) {
  const process_ = run({ after }, ['0'], path.join(build, `examples/${name}/${name}`));
  await until(() => process_.over || process_.stdout.includes('\n'), `${name} starts`);
  assert.ok(!process_.over, process_.stderr);
  process_.http = process_.stdout.trim();
  process_.announce = (json) => fetch(`${process_.http}/announce`, { method: 'POST', body: json });
  return process_;
}

const hello = (subs) => JSON.stringify({ type: 'connect', id: 1, payload: { v: 1, subs } });

/** What both kinds of client share: messages by line. */
class Client {
  seen = [];
  take(text) {
    for (const line of text.split('\n')) if (line) this.seen.push(JSON.parse(line));
  }
  data() {
    return this.seen.filter(({ type }) => type === 'message').map(({ payload }) => payload.data);
  }
  answer(id) {
    return until(() => this.seen.find((message) => message.id === id), `the answer to ${id}`);
  }
}

class SocketClient extends Client {
  constructor(owner, host, subs) {
    super();
    this.socket = new WebSocket(`${host.http.replace('http', 'ws')}/rooms`, ['unisono.v1.json']);
    this.socket.on('open', () => this.socket.send(hello(subs)));
    this.socket.on('message', (text) => this.take(String(text)));
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.on('close', (code) => resolve(code)));
    owner.after(() => this.socket.terminate());
  }
  say(message) {
    this.socket.send(JSON.stringify(message));
  }
}

class StreamClient extends Client {
  constructor(owner, host, subs) {
    super();
    this.url = `${host.http}/rooms`;
    this.abort = new AbortController();
    this.closed = this.read(subs).catch(() => {});
    owner.after(() => this.abort.abort());
  }
  async read(subs) {
    const response = await fetch(this.url, { method: 'POST', body: hello(subs), signal: this.abort.signal });
    this.status = response.status;
    let rest = '';
    for await (const bytes of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + bytes).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) if (block.startsWith('data: ')) this.take(block.slice(6));
    }
  }
  say(message) {
    const sid = this.seen.find(({ id }) => id === 1).payload.session;
    return fetch(`${this.url}?sid=${sid}`, { method: 'POST', body: JSON.stringify(message) });
  }
}

for (const [name, kind] of [['beast_host', SocketClient], ['httplib_host', StreamClient]]) {
  test(`${name}: publish, hear, come back and recover`, async (t) => {
    const host = await start(name);
    const ann = new kind(t, host, { news: {} });
    const ben = new kind(t, host, { news: {} });
    const { payload } = await ann.answer(1);
    await ben.answer(1);
    await ann.say({ type: 'publish', id: 2, channel: 'news', payload: { data: 'hi' } });
    assert.equal((await ann.answer(2)).payload.offset, 1);
    await host.announce('{"from":"the host"}');
    for (const who of [ann, ben]) {
      await until(() => who.data().length === 2, 'both messages');
      assert.deepEqual(who.data(), ['hi', { from: 'the host' }]);
    }
    const recover = { epoch: payload.subs.news.epoch, offset: 1 };
    const again = new kind(t, host, { news: { recover } });
    const { payload: back } = await again.answer(1);
    assert.equal(back.subs.news.recovered, true);
    assert.deepEqual(back.subs.news.messages.map(({ data }) => data), [{ from: 'the host' }]);
  });

  test(`${name}: a nonsense client is told so and closed, others stay`, async (t) => {
    const host = await start(name);
    const good = new kind(t, host, { news: {} });
    await good.answer(1);
    await new kind(t, host, 'nonsense').closed;
    await host.announce('1');
    await until(() => good.data().length === 1, 'the message');
  });

  test(`${name}: shutdown says when to come back, and ends`, async (t) => {
    const host = await start(name);
    const clients = [new kind(t, host, {}), new kind(t, host, {})];
    for (const client of clients) await client.answer(1);
    host.signal('SIGTERM');
    for (const client of clients) {
      await client.closed;
      const last = client.seen.at(-1);
      assert.equal(last.type, 'disconnect');
      assert.equal(last.payload.code, 3001);
      assert.equal(last.payload.reconnect, true);
    }
    assert.equal((await host.exited).code, 0);
  });
}

test('beast_host: the close code is that of the protocol', async (t) => {
  const host = await start('beast_host');
  const client = new SocketClient(t, host, {});
  await client.answer(1);
  client.socket.send('not JSON');
  assert.equal(await client.closed, 3501);
});

test('httplib_host: a client that went is noticed, and one too many is refused', async (t) => {
  const host = await start('httplib_host');
  const gone = new StreamClient(t, host, {});
  const { payload } = await gone.answer(1);
  gone.abort.abort();
  const pong = () =>
    fetch(`${host.http}/rooms?sid=${payload.session}`, { method: 'POST', body: '{"type":"pong"}' });
  await until(async () => (await pong()).status === 404, 'the session is over');

  const clients = Array.from({ length: 48 }, () => new StreamClient(t, host, {}));
  for (const client of clients) await client.answer(1);
  const refused = await fetch(`${host.http}/rooms`, { method: 'POST', body: hello({}) });
  assert.equal(refused.status, 503);
  assert.ok(refused.headers.get('retry-after'));
});
