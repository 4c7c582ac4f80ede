// What no proper client would send: each ends its own connection and bothers nobody else.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { EventSource } from 'eventsource';
import { WebSocket } from 'ws';
import { RawSocket, RawWebSocket, frame, opcode, status_of } from './support/raw_socket.mjs';
import { random_source } from './support/random.mjs';
import { start_server } from './support/server.mjs';
import { until } from './support/until.mjs';
import { open_document } from './support/yjs_client.mjs';

const mebibyte = 1024 * 1024;
const server = await start_server({ after }, { threads: 2 });

/** A client of the native protocol in a room, which hears itself. */
function enter_room(owner, channel) {
  const socket = new WebSocket(`${server.ws}/ws`, 'unisono.v1.json');
  owner.after(() => socket.terminate());
  const say = (...objects) => socket.send(objects.map((object) => JSON.stringify(object)).join('\n'));
  const client = { socket, say, heard: [], joined: false };
  socket.on('open', () => say({ type: 'connect', id: 1, payload: { v: 1 } }, { type: 'subscribe', id: 2, channel }));
  socket.on('message', (data) => {
    for (const { type, id, payload } of data.toString().split('\n').map((line) => JSON.parse(line))) {
      if (type === 'ack' && id === 2) client.joined = true;
      if (type === 'message') client.heard.push(payload.data);
    }
  });
  return client;
}

// The witnesses: two people in the attacked document, one in the attacked room, and a reader of the feed.
const ada = open_document({ after }, server, 'attacked', { person: 'Ada' });
const bob = open_document({ after }, server, 'attacked', { person: 'Bob' });
let interruptions = 0;
for (const { provider } of [ada, bob]) provider.on('connection-close', () => interruptions++);
const heard = [];
const feed = new EventSource(`${server.http}/events/demo`);
feed.addEventListener('message', ({ data }) => heard.push(JSON.parse(data).n));
feed.addEventListener('error', () => interruptions++);
after(() => feed.close());
const in_room = enter_room({ after }, 'lobby');
in_room.socket.on('close', () => interruptions++);
await until(() => ada.provider.synced && bob.provider.synced && heard.length > 0 && in_room.joined, 'the witnesses are there');

let turn = 0;
async function nobody_else_noticed() {
  const mark = `<${turn++}>`;
  ada.text.insert(0, mark);
  in_room.say({ type: 'publish', channel: 'lobby', payload: { data: mark } });
  await until(() => bob.text.toString().startsWith(mark), 'an edit still reaches the other', 1_000);
  await until(() => in_room.heard.at(-1) === mark, 'a message still reaches the room', 1_000);
  assert.equal(interruptions, 0, 'a witness was disconnected');
}

const sync = (type, body) => [0, type, body.length, ...body];
const awareness = (state, { id = 7, clock = 1 } = {}) => [1, 1, id, clock, state.length, ...Buffer.from(state)];
const binary = (body) => frame(opcode.binary, body);
const update = 2;
const close = (code) => frame(opcode.close, [code >> 8, code & 255]);

const attacks = [
  ['an unmasked frame', frame(opcode.binary, [3], { mask: false }), 1002],
  ['a reserved bit', frame(opcode.binary, [3], { rsv: 4 }), 1002],
  ['an unknown opcode', frame(3, [3]), 1002],
  ['an unknown control opcode', frame(11), 1002],
  ['a continuation of nothing', frame(opcode.continuation, [3]), 1002],
  ['a message inside a message', Buffer.concat([frame(opcode.binary, [3], { fin: false }), binary([3])]), 1002],
  ['a fragmented ping', frame(opcode.ping, [], { fin: false }), 1002],
  ['a ping of 126 bytes', frame(opcode.ping, new Uint8Array(126)), 1002],
  ['a close frame of one byte', frame(opcode.close, [3]), 1002],
  ['close code 1005', close(1005), 1002],
  ['close code 999', close(999), 1002],
  ['close code 5000', close(5000), 1002],
  ['a close reason that is not UTF-8', frame(opcode.close, [3, 232, 0xff]), 1007],
  ['a frame that announces 17 MiB', frame(opcode.binary, [], { length: 17 * mebibyte }), 1009],
  ['a frame that announces 2^62 bytes', frame(opcode.binary, [], { length: 2 ** 62 }), 1009],
  ['text that is not UTF-8', frame(opcode.text, [0xc3, 0x28]), 1007],
  ['a text frame', frame(opcode.text, Buffer.from('hello')), 1003],
  ['an empty message', binary([]), 1007],
  ['a message type that never ends', binary(new Array(12).fill(0xff)), 1007],
  ['a sync message without a body', binary([0, update]), 1007],
  ['an unknown sync message', binary(sync(9, [])), 1007],
  ['an update shorter than it says', binary([0, update, 200, 1, 0]), 1007],
  ['an empty update', binary(sync(update, [])), 1007],
  ['an update of noise', binary(sync(update, Buffer.from('this is no update at all'))), 1007],
  ['an update with 2^49 structs', binary(sync(update, [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 0])), [1007, 1009]],
  ['an update from 2^49 clients', binary(sync(update, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])), [1007, 1009]],
  ['an update with something behind it', binary(sync(update, [0, 0, 1, 2, 3])), 1007],
  ['a state vector shorter than it says', binary(sync(0, [5, 1])), 1007],
  ['a state vector of 2^49 entries', binary(sync(0, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])), [1007, 1009]],
  ['awareness shorter than it says', binary([1, 40, 1, 7]), 1007],
  ['an awareness state that is not JSON', binary([1, 7, ...awareness('nul').slice(1)]), 1007],
  ['an awareness state nested 1000 times', binary([1, 0xd4, 0x0f, 1, 7, 1, 0xd0, 0x0f, ...Buffer.from('['.repeat(1000) + ']'.repeat(1000))]), [1007, 1009]],
];

for (const [what, bytes, expected] of attacks)
  test(`${what} closes that connection with ${[expected].flat().join(' or ')}`, async (t) => {
    const attacker = await RawWebSocket.open(t, server, '/yjs/attacked');
    attacker.send(bytes);
    const end = await attacker.closed();
    assert.ok([expected].flat().includes(end?.code), `closed with ${end?.code} (${end?.reason})`);
    await nobody_else_noticed();
  });

const object = (value) => frame(opcode.text, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
const connect = object({ type: 'connect', id: 1, payload: { v: 1 } });
const connected = (...frames) => Buffer.concat([connect, ...frames]);

const room_attacks = [
  ['no JSON', object('hello'), 3501],
  ['JSON that is no object', object('[1]'), 3501],
  ['a subscription before the connect', object({ type: 'subscribe', id: 1, channel: 'lobby' }), 3501],
  ['version 99', object({ type: 'connect', id: 1, payload: { v: 99 } }), 3506],
  ['half an object', connected(object('{"type":"publish","channel":"lobby"')), 3501],
  ['one key twice', connected(object('{"type":"ping","type":"publish"}')), 3501],
  ['nesting without end', connected(object('{"type":"publish","payload":' + '['.repeat(5_000))), 3501],
  ['65 objects in a message', connected(object(Array(65).fill('{"type":"pong"}').join('\n'))), 3501],
  ['a binary message', connected(binary([1, 2, 3])), 1003],
  ['text that is not UTF-8', connected(frame(opcode.text, [0xff])), 1007],
  ['a message of 10 MiB', connected(frame(opcode.text, [], { length: 10 * mebibyte })), 1009],
];

for (const [what, bytes, expected] of room_attacks)
  test(`in a room, ${what} closes that connection with ${[expected].flat().join(' or ')}`, async (t) => {
    const attacker = await RawWebSocket.open(t, server, '/ws', 'Sec-WebSocket-Protocol: unisono.v1.json\r\n');
    attacker.send(bytes);
    const end = await attacker.closed();
    assert.ok([expected].flat().includes(end?.code), `closed with ${end?.code} (${end?.reason})`);
    await nobody_else_noticed();
  });

test('random bytes in well-formed messages never hurt anybody else', async (t) => {
  const random = random_source('noise');
  for (let round = 0; round < 100; round++) {
    const attacker = await RawWebSocket.open(t, server, '/yjs/attacked');
    const noise = Array.from({ length: random.below(60) }, () => random.below(256));
    attacker.send(binary(random.pick([noise, sync(random.below(3), noise), [1, noise.length, ...noise]])));
    attacker.send(frame(opcode.close));
    await attacker.closed();
  }
  await nobody_else_noticed();
});

const host = 'Host: a\r\n';
const requests = [
  ['an empty line first', `\r\nGET / HTTP/1.1\r\n${host}\r\n`, 400],
  ['two blanks', `GET  / HTTP/1.1\r\n${host}\r\n`, 400],
  ['bare line feeds', 'GET / HTTP/1.1\nHost: a\n\n', 400],
  ['a TLS hello', Buffer.from('1603010200010001fc03030a', 'hex'), 400],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['two hosts', `GET / HTTP/1.1\r\n${host}${host}\r\n`, 400],
  ['a proxy request', `GET http://a/ HTTP/1.1\r\n${host}\r\n`, 400],
  ['a tunnel', `CONNECT a:80 HTTP/1.1\r\n${host}\r\n`, 400],
  ['a blank before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', 400],
  ['a folded line', `GET / HTTP/1.1\r\n${host}X: a\r\n b\r\n\r\n`, 400],
  ['NUL in a field', `GET / HTTP/1.1\r\n${host}X: \0\r\n\r\n`, 400],
  ['a length and chunks', `POST /chat/stream HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
  ['two lengths', `POST /chat/stream HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, 400],
  ['a negative length', `POST /chat/stream HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`, 400],
  ['a coding nobody knows', `POST /chat/stream HTTP/1.1\r\n${host}Transfer-Encoding: gzip\r\n\r\n`, [400, 501]],
  ['a malformed chunk', `POST /chat/stream HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n0x1\r\n`, 400],
  ['a body of 1 TB', `POST /chat/stream HTTP/1.1\r\n${host}Content-Length: 1000000000000\r\n\r\n`, 413],
  ['a long target', `GET /${'a'.repeat(9_000)} HTTP/1.1\r\n${host}\r\n`, 414],
  ['a hundred fields', `GET / HTTP/1.1\r\n${host}${'X: y\r\n'.repeat(100)}\r\n`, 431],
  ['a path that does not decode', `GET /%zz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`, 400],
  ['a path out of the folder', `GET /../main.cpp HTTP/1.1\r\n${host}Connection: close\r\n\r\n`, [400, 404]],
  ['an encoded path out of the folder', `GET /%2e%2e/%2e%2e/main.cpp HTTP/1.1\r\n${host}Connection: close\r\n\r\n`, [400, 404]],
  ['a strange origin', `GET /events/demo HTTP/1.1\r\n${host}Origin: http://evil.example\r\nConnection: close\r\n\r\n`, 403],
];

test('malformed requests are refused', async (t) => {
  for (const [what, request, expected] of requests) {
    const status = await status_of(t, server, request);
    assert.ok([expected].flat().includes(status), `${what}: ${status}`);
  }
  await nobody_else_noticed();
});

test('a prompt that is not one is refused', async () => {
  for (const body of ['', '{', 'null', '[]', '{"prompt":1}', '{"prompt":"a"', '{"prompt":"\\ud800"}', '['.repeat(100_000), `{"prompt":"${'a'.repeat(4001)}"}`]) {
    const response = await fetch(`${server.http}/chat/stream`, { method: 'POST', body });
    assert.equal(response.status, 400, body.slice(0, 30));
    assert.match((await response.json()).error, /prompt/);
  }
});

test('connections that promise much and send little cost next to nothing', async (t) => {
  const before = server.resident_bytes();
  for (let i = 0; i < 200; i++) {
    const half = new RawSocket(t, server);
    half.send(`POST /chat/stream HTTP/1.1\r\n${host}Content-Length: 1000000\r\n\r\n`);
    const frame_head = await RawWebSocket.open(t, server, '/yjs/attacked');
    frame_head.send(frame(opcode.binary, [], { length: 16 * mebibyte - 1 }));
  }
  await nobody_else_noticed();
  const grown = server.resident_bytes() - before;
  assert.ok(grown < 32 * mebibyte, `${Math.round(grown / 1024)} kB for 400 connections`);
});

test('who never reads is disconnected, and the others are not held up', async (t) => {
  const own = await start_server(t, { threads: 2 }); // its open files and memory are counted
  const [writer, reader] = ['Ada', 'Bob'].map((person) => open_document(t, own, 'busy', { person }));
  await until(() => writer.provider.synced && reader.provider.synced, 'the readers are in sync');
  const open_before = own.open_files();
  const memory_before = own.resident_bytes();
  const stuck = await RawWebSocket.open(t, own, '/yjs/busy');
  assert.equal(own.open_files(), open_before + 1);
  stuck.socket.pause();
  // Cursors take room on the wire only, so that what the server keeps must be for who does not read.
  const cursor = 'x'.repeat(15 * 1024);
  for (let n = 1; n <= 2_000; n++) {
    writer.awareness.setLocalStateField('cursor', n + cursor);
    if (n % 50 !== 0) continue;
    writer.text.insert(0, `${n},`);
    await until(() => reader.text.toString().startsWith(`${n},`), `edit ${n} arrives`, 3_000);
  }
  await until(() => own.open_files() === open_before, 'the server lets go of who never reads', 20_000);
  const grown = own.resident_bytes() - memory_before;
  assert.ok(grown < 16 * mebibyte, `${Math.round(grown / mebibyte)} MiB`);
});

test('through all of it the feed came without a gap', async () => {
  const count = heard.length;
  await until(() => heard.length > count, 'the feed goes on', 3_000);
  assert.deepEqual(heard, heard.map((_, i) => heard[0] + i));
  assert.equal(server.process.over, false);
});
