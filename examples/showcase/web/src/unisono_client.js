// A small client of the unisono v1 JSON protocol over WebSocket, with no dependency but its three neighbours.
//
//   const client = new UnisonoClient('wss://example.org/ws', { name: 'Ada' });
//   const room = client.subscribe('chat/lobby', { last: 50, presence: true });
//   room.addEventListener('message', ({ detail }) => console.log(detail.data));
//   client.connect();
//   await room.publish({ text: 'hello' });
//
// It reconnects by itself, recovers what was missed by {epoch, offset}, and keeps publications made
// while offline. A publication may be sent twice but counts once: the server knows its idempotency key.
//
// Events of the client: 'state' {state, attempt, code?, reason?}, 'notice' {code, name, message}.
// States: 'connecting', 'connected', 'waiting' (for the next attempt), 'closed' (for good).
import { Backoff } from './backoff.js';
import { random_id } from './random_id.js';
import { Subscription } from './unisono_subscription.js';

const subprotocol = 'unisono.v1.json';
const max_objects_per_frame = 64;
const handshake_ms = 10_000;
const grace_ms = 10_000;
const retry_ms = 1_000;
const message_too_big = 1009;

/** Close codes that say: the same attempt would fail again. */
export const is_terminal = (code) =>
  code === message_too_big || (code >= 3500 && code <= 3999) || (code >= 4500 && code <= 4999);

/** An `error` reply: code, name and message are the server's. */
export class UnisonoError extends Error {
  constructor({ code, name, message, temporary = false, retry_after_ms } = {}) {
    super(message || name || `error ${code}`);
    Object.assign(this, { code, error_name: name, temporary, retry_after_ms });
  }
}

export class UnisonoClient extends EventTarget {
  constructor(url, { name, data } = {}) {
    super();
    this.url = url;
    this.name = name;
    this.data = data;
    this.state = 'closed';
    /** This connection's id, from the connect reply. */
    this.id = null;
    this.subscriptions = new Map();
    this.socket = null;
    this.next_id = 1;
    this.replies = new Map(); // id -> request: dies with its connection
    this.outbox = new Map(); // id -> publication: outlives connections until the server answers
    this.backoff = new Backoff();
    this.timers = { retry: 0, life: 0 };
    this.on_online = () => {
      if (this.state === 'waiting') this.open();
    };
  }

  /** Publications that have no answer yet. */
  get pending() {
    return this.outbox.size;
  }

  connect() {
    if (this.state !== 'closed') return;
    globalThis.addEventListener?.('online', this.on_online);
    this.open();
  }

  /** Ends the connection for good, until connect() is called again. The outbox is kept. */
  close() {
    globalThis.removeEventListener?.('online', this.on_online);
    this.drop(1000);
    this.set_state('closed');
  }

  /** The subscription of a channel; made on first use, renewed on every connection. */
  subscribe(channel, options = {}) {
    let subscription = this.subscriptions.get(channel);
    if (!subscription) {
      subscription = new Subscription(this, channel, options);
      this.subscriptions.set(channel, subscription);
      if (this.state === 'connected') subscription.start();
    }
    return subscription;
  }

  /** Resolves with {epoch, offset} once the server has it, rejects with UnisonoError when it refuses. */
  publish(channel, data, { idempotency_key = random_id() } = {}) {
    return new Promise((resolve, reject) => {
      const id = this.next_id++;
      const frame = { type: 'publish', id, channel, payload: { data, idempotency_key } };
      this.outbox.set(id, { frame, resolve, reject });
      if (this.state === 'connected') this.send(frame);
    });
  }

  /**
   * A request whose answer only matters on this connection; without one, neither function is called.
   * Functions, not a promise: the lines after an answer in the same frame must see its effect.
   */
  request(type, channel, payload, on_ack = () => {}, on_error = () => {}) {
    const id = this.next_id++;
    this.replies.set(id, { resolve: on_ack, reject: on_error });
    this.send({ type, id, channel, payload });
  }

  send(...objects) {
    for (let at = 0; at < objects.length; at += max_objects_per_frame) {
      const frame = objects.slice(at, at + max_objects_per_frame).map((object) => JSON.stringify(object));
      this.socket.send(frame.join('\n'));
    }
  }

  // The connection -----------------------------------------------------------------------------

  open() {
    clearTimeout(this.timers.retry);
    this.alive_ms = handshake_ms;
    this.pong = false;
    const socket = new WebSocket(this.url, subprotocol);
    this.socket = socket;
    socket.onopen = () => this.greet();
    socket.onmessage = ({ data }) => this.receive(data);
    socket.onclose = ({ code, reason }) => this.lost(code, reason);
    this.watch();
    this.set_state('connecting');
  }

  greet() {
    this.request(
      'connect',
      undefined,
      { v: 1, name: this.name, data: this.data },
      (reply) => this.welcomed(reply),
      (error) => this.lost(error.temporary ? 3004 : 3500, error.message),
    );
  }

  welcomed(reply) {
    this.id = reply.client;
    this.pong = reply.pong === true;
    if (reply.ping > 0) this.alive_ms = reply.ping * 1000 + grace_ms;
    this.backoff.set_limits(reply.reconnect);
    this.backoff.connected();
    this.watch();
    this.set_state('connected');
    for (const subscription of this.subscriptions.values()) subscription.start();
    this.send(...Array.from(this.outbox.values(), ({ frame }) => frame));
  }

  lost(code, reason) {
    this.drop();
    if (is_terminal(code)) {
      globalThis.removeEventListener?.('online', this.on_online);
      return this.set_state('closed', { code, reason });
    }
    this.timers.retry = setTimeout(() => this.open(), this.backoff.next());
    this.set_state('waiting', { code, reason });
  }

  /** Lets go of the socket at once: on a dead network its 'close' event can take minutes. */
  drop(code) {
    clearTimeout(this.timers.retry);
    clearTimeout(this.timers.life);
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(code);
    }
    this.replies.clear();
    for (const subscription of this.subscriptions.values()) subscription.stop();
  }

  /** Anything that arrives is a sign of life; silence for longer than ping + grace is a dead connection. */
  watch() {
    clearTimeout(this.timers.life);
    this.timers.life = setTimeout(() => this.lost(1006, 'no sign of life'), this.alive_ms);
  }

  // What arrives -------------------------------------------------------------------------------

  receive(frame) {
    this.watch();
    const socket = this.socket;
    for (const line of frame.split('\n')) {
      if (line) this.handle(JSON.parse(line));
      if (this.socket !== socket) return; // a `disconnect` inside the frame
    }
  }

  handle(message) {
    const { type, id, channel, payload = {} } = message;
    if (id !== undefined) {
      if (type === 'ack') this.settle(id, payload);
      else if (type === 'error') this.refuse(id, new UnisonoError(payload));
    } else if (type === 'ping') {
      if (this.pong) this.send({ type: 'pong' });
    } else if (type === 'disconnect') {
      this.backoff.set_window(payload);
      this.lost(payload.reconnect === false ? 3503 : payload.code, payload.reason);
    } else if (channel !== undefined) {
      this.subscriptions.get(channel)?.handle(message);
    } else if (type === 'error') {
      this.emit('notice', payload);
    }
  }

  settle(id, payload) {
    const waiting = this.outbox.get(id) ?? this.replies.get(id);
    this.outbox.delete(id);
    this.replies.delete(id);
    waiting?.resolve(payload);
  }

  refuse(id, error) {
    const publication = this.outbox.get(id);
    if (publication && error.temporary) {
      const socket = this.socket;
      const again = () => {
        if (this.socket === socket) this.send(publication.frame); // a newer one has resent it already
      };
      setTimeout(again, error.retry_after_ms ?? retry_ms);
      return;
    }
    const waiting = publication ?? this.replies.get(id);
    this.outbox.delete(id);
    this.replies.delete(id);
    waiting?.reject(error);
  }

  set_state(state, detail = {}) {
    this.state = state;
    this.emit('state', { state, attempt: this.backoff.attempt, ...detail });
  }

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
