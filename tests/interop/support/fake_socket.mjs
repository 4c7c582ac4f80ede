// A WebSocket whose other end is the test itself.
import assert from 'node:assert/strict';
import { create_client } from '../../../examples/web/unisono.js';
import './web_crypto.mjs';

/** What the client does at the end of a turn is done. */
export const turn_over = () => new Promise((resolve) => setImmediate(resolve));

/** A client and its connections: `sockets`, the newest last. */
export function fake_client(owner, options) {
  const sockets = [];
  class FakeSocket {
    constructor(url, protocol) {
      Object.assign(this, { url, protocol, frames: [], closed: undefined });
      sockets.push(this);
    }

    send(text) {
      this.frames.push(text);
    }

    close(code) {
      this.closed = code;
    }

    /** Takes what the client has sent: its objects. */
    async taken() {
      await turn_over();
      return this.frames.splice(0).flatMap((frame) => frame.split('\n').map((line) => JSON.parse(line)));
    }

    say(...objects) {
      this.onmessage({ data: objects.map((object) => JSON.stringify(object)).join('\n') });
    }

    ack(id, payload = {}) {
      this.say({ type: 'ack', id, payload });
    }

    end(code, reason = '') {
      this.onclose({ code, reason });
    }

    /** Lets the client in, and takes what it then sends. */
    async welcome(payload = {}) {
      this.onopen();
      const [{ type, id }] = await this.taken();
      assert.equal(type, 'connect');
      const reconnect = { min_ms: 500, max_ms: 20_000 };
      this.ack(id, { client: 'me', user: 'ann', ping: 25, pong: true, limits: { message: 65_536, channels: 128 }, reconnect, ...payload });
      return this.taken();
    }
  }

  const client = create_client('ws://server.test/ws', { WebSocket: FakeSocket, transports: ['websocket'], ...options });
  owner.after(() => client.disconnect());
  const states = [];
  client.on('state', (change) => states.push(change));
  return {
    client,
    sockets,
    states,
    get socket() {
      return sockets.at(-1);
    },
    /** Connected; takes what was said on the occasion. */
    async connected(payload) {
      client.connect();
      await turn_over();
      return sockets.at(-1).welcome(payload);
    },
  };
}

/** A client in one channel at this position. */
export async function fake_subscription(owner, options, { epoch = 'e1', offset = 10, ...reply } = {}) {
  const fake = fake_client(owner, options);
  const room = fake.client.subscribe('room');
  const [{ id }] = await fake.connected();
  const messages = [];
  const changes = [];
  room.on('message', (message) => messages.push(message.data));
  room.on('state', (change) => changes.push(change));
  fake.socket.ack(id, { epoch, offset, recovered: false, ...reply });
  return { ...fake, room, messages, changes, socket: fake.socket, newest: () => fake.sockets.at(-1) };
}

export const message = (offset, data, more) => ({ type: 'message', channel: 'room', offset, payload: { data, ts: 1, ...more } });
