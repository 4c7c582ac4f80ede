// The page for Prometheus as a strict reader sees it, and what attacks leave on it.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { read_metrics } from './support/prometheus_text.mjs';
import { RawWebSocket, frame, opcode, status_of } from './support/raw_socket.mjs';
import { start_server } from './support/server.mjs';
import { until } from './support/until.mjs';

const server = await start_server({ after }, { threads: 2 });

async function scrape() {
  const response = await fetch(`${server.http}/metrics`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  return read_metrics(await response.text());
}

async function value(name, labels = {}) {
  const samples = (await scrape()).get(name).samples;
  const wanted = JSON.stringify(labels);
  return samples.find((sample) => JSON.stringify(sample.labels) === wanted)?.value ?? 0;
}

test('the page follows the format, and labels come from fixed sets', async (t) => {
  await (await fetch(`${server.http}/chat/a-room-nobody-else-knows`)).text();
  const raw = await RawWebSocket.open(t, server, '/ws', 'Sec-WebSocket-Protocol: unisono.v1.json\r\n');
  raw.send(frame(opcode.text, Buffer.from('{"type":"connect","id":1,"payload":{"v":1,"subs":{"a-secret-room":{}}}}')));
  await until(() => raw.received.length > 0, 'the answer');
  const metrics = await scrape();
  assert.ok(metrics.size > 20);
  for (const { samples } of metrics.values())
    for (const { labels } of samples)
      for (const [name, text] of Object.entries(labels)) {
        assert.ok(['code', 'kind', 'reason', 'direction', 'outcome', 'policy', 'le'].includes(name), name);
        assert.ok(!/secret|nobody/.test(text));
      }
});

test('threat E9: refusals are on the page, by reason', async (t) => {
  const before = await value('unisono_http_refused_requests_total', { code: '400' });
  assert.equal(await status_of(t, server, 'GET / HTTP/1.1\r\n\r\n'), 400);
  assert.equal(await value('unisono_http_refused_requests_total', { code: '400' }), before + 1);

  const raw = await RawWebSocket.open(t, server, '/ws', 'Sec-WebSocket-Protocol: unisono.v1.json\r\n');
  raw.send(frame(opcode.text, [], { length: 1024 * 1024 * 1024 }));
  await raw.rest();
  await until(async () => (await value('unisono_websocket_closes_total', { code: '1009' })) === 1, 'the close is counted');

  const foreign = await fetch(`${server.http}/events/demo`, { headers: { Origin: 'https://evil.example' } });
  assert.equal(foreign.status, 403);
  assert.equal(await value('unisono_origins_refused_total'), 1);
});

test('health answers', async () => {
  for (const path of ['/healthz', '/readyz']) assert.equal((await fetch(server.http + path)).status, 200);
});
