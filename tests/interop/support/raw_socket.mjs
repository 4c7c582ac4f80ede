// HTTP and WebSocket written by hand, for what no proper client would send.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { until } from './until.mjs';

export class RawSocket {
  constructor(owner, server) {
    this.received = Buffer.alloc(0);
    this.over = false;
    this.socket = connect(server.port, '127.0.0.1');
    this.socket.on('data', (bytes) => (this.received = Buffer.concat([this.received, bytes])));
    this.socket.on('end', () => (this.over = true)).on('close', () => (this.over = true));
    this.socket.on('error', () => {}); // a reset is one way to be thrown out
    owner.after(() => this.socket.destroy());
  }

  send(bytes) {
    this.socket.write(bytes);
  }

  /** Everything received until the server ends the connection. */
  async rest(timeout_ms = 8_000) {
    await until(() => this.over, 'the server ends the connection', timeout_ms);
    return this.received;
  }
}

/** Status code of the one response to these bytes, after which the server must end the connection. */
export async function status_of(owner, server, request) {
  const raw = new RawSocket(owner, server);
  raw.send(request);
  const response = (await raw.rest()).toString('latin1');
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(response)?.[1]);
}

export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

/** A client's frame; `length` and `first` let it lie. */
export function frame(type, body = [], { fin = true, rsv = 0, mask = true, length = body.length } = {}) {
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | type];
  const masked = mask ? 0x80 : 0;
  if (length < 126) head.push(masked | length);
  else if (length < 65536) head.push(masked | 126, length >> 8, length & 255);
  else {
    const long = Buffer.alloc(8);
    long.writeBigUInt64BE(BigInt(length));
    head.push(masked | 127, ...long);
  }
  const key = randomBytes(4);
  const content = Buffer.from(body);
  if (!mask) return Buffer.concat([Buffer.from(head), content]);
  return Buffer.concat([Buffer.from(head), key, content.map((byte, i) => byte ^ key[i % 4])]);
}

export class RawWebSocket extends RawSocket {
  static async open(owner, server, path, headers = '') {
    const raw = new RawWebSocket(owner, server);
    raw.send(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n${headers}\r\n`,
    );
    const end = await until(() => raw.received.indexOf('\r\n\r\n') + 1, 'the opening handshake is answered');
    const head = raw.received.subarray(0, end - 1).toString('latin1');
    if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(head);
    raw.received = raw.received.subarray(end + 3);
    return raw;
  }

  /** Takes the complete frames received so far: [{type, body}]. */
  frames() {
    const taken = [];
    for (;;) {
      const bytes = this.received;
      if (bytes.length < 2) return taken;
      let length = bytes[1];
      let head = 2;
      if (length === 126) [length, head] = bytes.length < 4 ? [Infinity, 4] : [bytes.readUInt16BE(2), 4];
      else if (length === 127) [length, head] = bytes.length < 10 ? [Infinity, 10] : [Number(bytes.readBigUInt64BE(2)), 10];
      if (bytes.length < head + length) return taken;
      taken.push({ type: bytes[0] & 15, body: bytes.subarray(head, head + length) });
      this.received = bytes.subarray(head + length);
    }
  }

  /** The server's close frame, once it has ended the connection: {code, reason}, or nothing if it sent none. */
  async closed(timeout_ms) {
    let last;
    await until(() => {
      last = this.frames().find(({ type }) => type === opcode.close) ?? last;
      return last || this.over;
    }, 'the server closes', timeout_ms);
    if (last && !this.over) this.send(frame(opcode.close, last.body.subarray(0, 2)));
    await this.rest(timeout_ms);
    return last && { code: last.body.length < 2 ? 1005 : last.body.readUInt16BE(0), reason: last.body.subarray(2).toString() };
  }
}
