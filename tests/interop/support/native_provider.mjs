// A Yjs provider over the native protocol, as docs/protocol.md tells to write one.
import { fromBase64, toBase64 } from 'lib0/buffer';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { WebSocket } from 'ws';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import * as Y from 'yjs';

const kinds = [null, 'message', 'update', 'sync1', 'sync2', 'awareness'];

export class NativeProvider {
  synced = false;
  acknowledged = []; // updates the server says it has stored
  #last_id = 0;
  #waiting = new Map(); // id -> what to do with the answer
  #changes = []; // not sent yet
  #sending = false;

  constructor(url, channel, doc, { binary = false } = {}) {
    Object.assign(this, { url, channel, doc, binary, awareness: new Awareness(doc) });
    doc.on('update', (update, origin) => {
      if (origin === this) return;
      this.#changes.push(update);
      this.#send_changes();
    });
    this.awareness.on('update', ({ added, updated, removed }, origin) => {
      const changed = [...added, ...updated, ...removed];
      // Told that we are gone (we were away), awareness overtakes that: then it is news.
      const news = origin === this ? changed.filter((id) => id === this.doc.clientID) : changed;
      if (news.length > 0) this.#say_who(news);
    });
    this.connect();
  }

  connect() {
    this.#forget_connection();
    this.wanted = true;
    const socket = new WebSocket(this.url, 'unisono.v1.json');
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('open', () => {
      const payload = { v: 1, caps: this.binary ? ['bin'] : [], subs: { [this.channel]: {} } };
      this.#request({ type: 'connect', payload }, (error, reply) => this.#on_subscribed(reply.subs[this.channel]));
    });
    socket.on('message', (data, is_binary) => {
      if (is_binary) this.#on_frame(data);
      else String(data).split('\n').forEach((line) => this.#on_message(JSON.parse(line)));
    });
    socket.on('close', () => {
      if (socket !== this.socket) return;
      this.#forget_connection();
      const others = [...this.awareness.getStates().keys()].filter((id) => id !== this.doc.clientID);
      removeAwarenessStates(this.awareness, others, this);
      if (this.wanted) this.timer = setTimeout(() => this.connect(), 50);
    });
  }

  disconnect() {
    this.wanted = false;
    clearTimeout(this.timer);
    this.socket.terminate();
  }

  #forget_connection() {
    clearTimeout(this.timer);
    Object.assign(this, { synced: false, subscribed: false });
    this.#sending = false;
    this.#waiting.clear();
  }

  destroy() {
    this.disconnect();
    this.awareness.destroy();
  }

  #on_subscribed({ alias }) {
    Object.assign(this, { alias, subscribed: true });
    this.#tell('sync1', Y.encodeStateVector(this.doc), (error, reply) => {
      if (error) return this.socket.terminate(); // and again from the start
      if (alias) return; // what it brings came as frames
      if (reply.awareness) applyAwarenessUpdate(this.awareness, fromBase64(reply.awareness), this);
      this.#on_missing(fromBase64(reply.sync2));
      this.#offer(fromBase64(reply.sync1));
    });
    if (this.awareness.getLocalState() !== null) this.#say_who([this.doc.clientID]);
  }

  /** All that the server lacks; with it go the changes that wait. */
  #offer(vector) {
    this.#changes = [Y.encodeStateAsUpdate(this.doc, vector)];
    this.#send_changes();
  }

  #on_missing(update) {
    Y.applyUpdate(this.doc, update, this);
    this.synced = true;
  }

  /** One at a time: what is typed until the answer comes goes together. */
  #send_changes() {
    if (!this.synced || this.#sending || this.#changes.length === 0) return;
    const update = Y.mergeUpdates(this.#changes.splice(0));
    this.#sending = true;
    this.#tell('update', update, (error) => {
      this.#sending = false;
      if (!error) this.acknowledged.push(update);
      else if (!error.temporary) throw new Error(`refused: ${error.message}`);
      else this.#changes.unshift(update);
      setTimeout(() => this.#send_changes(), error ? (error.retry_after_ms ?? 500) : 0);
    });
  }

  #say_who(clients) {
    if (this.subscribed) this.#tell('awareness', encodeAwarenessUpdate(this.awareness, clients));
  }

  #request(message, then) {
    const id = then ? ++this.#last_id : undefined;
    if (then) this.#waiting.set(id, then);
    this.socket.send(JSON.stringify({ ...message, id }));
  }

  #tell(kind, data, then) {
    if (!this.alias) {
      return this.#request({ type: 'update', channel: this.channel, payload: { kind, data: toBase64(data) } }, then);
    }
    const id = then ? ++this.#last_id : 0;
    if (then) this.#waiting.set(id, then);
    const frame = encoding.createEncoder();
    encoding.writeUint8(frame, 1);
    encoding.writeUint8(frame, kinds.indexOf(kind));
    for (const number of [this.alias, id, 0]) encoding.writeVarUint(frame, number);
    encoding.writeUint8Array(frame, data);
    this.socket.send(encoding.toUint8Array(frame));
  }

  #answered(id, error, reply) {
    const then = this.#waiting.get(id);
    this.#waiting.delete(id);
    then?.(error, reply);
  }

  #on_message({ type, id, payload }) {
    if (type === 'ack') this.#answered(id, null, payload);
    else if (type === 'error') this.#answered(id, payload);
    else if (type === 'update') this.#on_said(payload.kind, fromBase64(payload.data));
    else if (type === 'ping') this.socket.send('{"type":"pong"}');
  }

  #on_frame(bytes) {
    const frame = decoding.createDecoder(bytes);
    decoding.readUint8(frame); // version
    const kind = kinds[decoding.readUint8(frame)];
    const [, id] = [0, 0, 0].map(() => decoding.readVarUint(frame)); // alias, id, offset
    this.#on_said(kind, decoding.readTailAsUint8Array(frame).slice());
    if (id) this.#answered(id);
  }

  #on_said(kind, data) {
    if (kind === 'update') Y.applyUpdate(this.doc, data, this);
    else if (kind === 'awareness') applyAwarenessUpdate(this.awareness, data, this);
    else if (kind === 'sync2') this.#on_missing(data);
    else if (kind === 'sync1') queueMicrotask(() => this.#offer(data));
  }
}
