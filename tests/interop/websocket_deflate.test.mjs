// permessage-deflate with npm ws, whose compressor and negotiation are not ours.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { WebSocket } from 'ws';
import { start_compression_server } from './support/compression_server.mjs';
import { RawWebSocket, opcode } from './support/raw_socket.mjs';
import { until } from './support/until.mjs';

const server = await start_compression_server({ after });

async function open(t, path, perMessageDeflate) {
  const socket = new WebSocket(server.ws + path, { perMessageDeflate });
  t.after(() => socket.terminate());
  const client = { socket, received: [], ended: undefined };
  socket.on('message', (data, binary) => client.received.push(binary ? data : data.toString()));
  socket.on('close', (code) => (client.ended = code));
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  return client;
}

const messages = [
  '',
  'short',
  'ü'.repeat(10_000),
  JSON.stringify(Array.from({ length: 500 }, (_, id) => ({ id, name: `person ${id % 7}` }))),
  '🙂 and words '.repeat(4_000),
  Buffer.alloc(60_000),
  randomBytes(60_000),
  Buffer.concat([randomBytes(1_000), Buffer.alloc(20_000), randomBytes(1_000)]),
];

const offers = {
  'its defaults': true,
  'everything compressed': { threshold: 0 },
  'no context asked for': { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 0 },
  'a window of 512 bytes for both': { serverMaxWindowBits: 9, clientMaxWindowBits: 9, threshold: 0 },
  'a window of 256 bytes for us': { serverMaxWindowBits: 8, threshold: 0 },
  'a small window for us': { serverMaxWindowBits: 12, threshold: 0 },
  'stored blocks only': { threshold: 0, zlibDeflateOptions: { level: 0 } },
  'little memory': { threshold: 0, zlibDeflateOptions: { level: 9, memLevel: 1 } },
  'fixed codes': { threshold: 0, zlibDeflateOptions: { strategy: 4 } },
};

for (const [what, offer] of Object.entries(offers))
  test(`npm ws with ${what} gets back what it sent`, async (t) => {
    const client = await open(t, '/echo', offer);
    assert.match(client.socket.extensions, /^permessage-deflate/);
    for (const message of messages) client.socket.send(message);
    await until(() => client.ended || client.received.length === messages.length, 'all come back');
    assert.equal(client.ended, undefined);
    assert.deepEqual(client.received, messages);
  });

test('npm ws without compression gets back what it sent', async (t) => {
  const client = await open(t, '/echo', false);
  assert.equal(client.socket.extensions, '');
  for (const message of messages) client.socket.send(message);
  await until(() => client.received.length === messages.length, 'all come back');
  assert.deepEqual(client.received, messages);
});

test('a compressed message in fragments of any size comes back', async (t) => {
  const client = await open(t, '/echo', { threshold: 0 });
  const text = messages[3];
  for (const size of [30, 100, 20_000]) {
    for (let at = 0; at < text.length; at += size)
      client.socket.send(text.slice(at, at + size), { fin: at + size >= text.length, compress: true });
    await until(() => client.received.length, 'it comes back');
    assert.equal(client.received.pop(), text);
  }
});

test('everybody in a room gets the same compressed bytes, and who has no compression the plain ones', async (t) => {
  const offer = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n';
  const raw = await Promise.all([offer, offer, ''].map((fields) => RawWebSocket.open(t, server, '/room', fields)));
  const speaker = await open(t, '/room', true);
  speaker.socket.send(messages[3]);
  await until(() => speaker.received.length, 'the speaker hears it');
  assert.equal(speaker.received[0], messages[3]);
  const frames = await Promise.all(raw.map((socket) => until(() => socket.frames()[0], 'everybody hears it')));
  assert.ok(frames.every(({ type }) => type === opcode.text));
  assert.ok(frames[0].body.length < messages[3].length / 4);
  assert.deepEqual(frames[0].body, frames[1].body);
  assert.equal(frames[2].body.toString(), messages[3]);
});

test('threat B4: a message that grows over the limit ends its connection with 1009', async (t) => {
  const client = await open(t, '/echo', { threshold: 0 });
  client.socket.send(Buffer.alloc(64 * 1024));
  await until(() => client.received.length, 'the limit itself passes');
  client.socket.send(Buffer.alloc(64 * 1024 + 1));
  await until(() => client.ended, 'the connection ends');
  assert.equal(client.ended, 1009);
});
