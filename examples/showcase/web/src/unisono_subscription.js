// One channel of a UnisonoClient: position, presence, typing.

const typing_every_ms = 3_000;
const retry_ms = 2_000;
const state_expired = 2500;

/** A publication as the page sees it: {offset, data, from, ts}. */
const publication = ({ offset, payload }) => ({ offset, ...payload });

/**
 * Events: 'subscribed' {messages, reset}, 'message' {offset, data, from, ts}, 'presence' [member],
 * 'typing' {client, user, on, ttl_ms}, 'ended' {code, reason}. With `reset` the messages replace
 * everything shown so far, without it they continue it.
 */
export class Subscription extends EventTarget {
  constructor(client, channel, { last = 0, presence = false, state } = {}) {
    super();
    this.client = client;
    this.channel = channel;
    this.options = { last, presence };
    this.state = state; // what others see of us in presence
    this.position = null; // {epoch, offset} of the last publication seen
    this.presence = { rev: 0, users: new Map() };
    this.active = false;
    this.ended = false;
    this.typing_at = -Infinity;
    this.typing_on = false;
    this.typing_timer = 0;
    this.retry = 0;
  }

  publish(data, options) {
    this.typing(false);
    return this.client.publish(this.channel, data, options);
  }

  /** Call it on every key stroke: it sends what the protocol allows. */
  typing(on) {
    clearTimeout(this.typing_timer);
    if (!this.active || (!on && !this.typing_on)) return;
    const now = performance.now();
    const wait = this.typing_at + typing_every_ms - now;
    if (on && wait > 0) {
      // Taken back a moment ago and begun again: others should still learn of it.
      if (!this.typing_on) this.typing_timer = setTimeout(() => this.typing(true), wait);
      return;
    }
    if (on) this.typing_at = now;
    this.typing_on = on;
    this.client.send({ type: 'typing', channel: this.channel, payload: { on } });
  }

  set_state(state) {
    this.state = state;
    if (this.active) this.client.request('presence', this.channel, { op: 'set', state });
  }

  /** Present connections: [{ref, client, state, at, user}]. */
  get members() {
    return [...this.presence.users].flatMap(([user, metas]) => metas.map((meta) => ({ ...meta, user })));
  }

  start() {
    if (this.ended) return;
    const { last, presence } = this.options;
    const recover = this.position ?? undefined;
    this.client.request(
      'subscribe',
      this.channel,
      { presence, ...(recover ? { recover } : { last }) },
      (reply) => this.started(reply, recover),
      (error) => this.refused(error),
    );
  }

  started(reply, recover) {
    this.active = true;
    if (this.state !== undefined) this.set_state(this.state);
    if (reply.presence) this.presence_state(reply.presence);
    if (recover && !reply.recovered) this.reload(reply);
    else this.publications(reply, !recover);
  }

  refused(error) {
    if (error.temporary) this.retry = setTimeout(() => this.start(), error.retry_after_ms ?? retry_ms);
    else this.end({ code: error.code, reason: error.message });
  }

  /** The connection is gone. The position stays: it is what recovery starts from. */
  stop() {
    clearTimeout(this.retry);
    clearTimeout(this.typing_timer);
    this.active = false;
    this.typing_on = false;
    this.typing_at = -Infinity;
  }

  /** What was missed is no longer known: start over from the recent history, where there is one. */
  reload(reply) {
    this.client.request(
      'history',
      this.channel,
      { limit: this.options.last, reverse: true },
      (history) => this.publications(history, true),
      () => this.publications(reply, false),
    );
  }

  publications({ epoch, offset, messages = [] }, reset) {
    const seen = reset ? -1 : this.position.offset;
    const fresh = messages.filter((message) => !(message.offset <= seen)).sort((a, b) => a.offset - b.offset);
    this.position = epoch === undefined ? null : { epoch, offset };
    this.emit('subscribed', { messages: fresh, reset });
  }

  end(detail) {
    this.stop();
    this.ended = true;
    this.emit('ended', detail);
  }

  handle(message) {
    const { type, payload } = message;
    if (type === 'message') this.message(message);
    else if (type === 'presence') this.presence_push(payload);
    else if (type === 'typing') this.emit('typing', payload);
    else if (type === 'unsubscribed') {
      this.stop();
      if (payload.code >= state_expired) this.start();
      else this.end(payload);
    }
  }

  message(message) {
    if (message.offset !== undefined && this.position) {
      if (message.offset <= this.position.offset) return;
      this.position.offset = message.offset;
    }
    this.emit('message', publication(message));
  }

  // Presence -----------------------------------------------------------------------------------

  presence_push({ op, rev, members, joins, leaves }) {
    if (op === 'state') return this.presence_state({ rev, members });
    if (rev <= this.presence.rev) return;
    if (rev !== this.presence.rev + 1) return this.presence_get();
    for (const [user, { metas }] of Object.entries(leaves ?? {})) {
      const gone = new Set(metas.map(({ ref }) => ref));
      this.keep(user, (meta) => !gone.has(meta.ref), []);
    }
    for (const [user, { metas }] of Object.entries(joins ?? {})) {
      const replaced = new Set(metas.flatMap(({ ref, prev_ref }) => [ref, prev_ref]));
      this.keep(user, (meta) => !replaced.has(meta.ref), metas);
    }
    this.presence.rev = rev;
    this.emit('presence', this.members);
  }

  keep(user, stays, added) {
    const metas = (this.presence.users.get(user) ?? []).filter(stays).concat(added);
    if (metas.length) this.presence.users.set(user, metas);
    else this.presence.users.delete(user);
  }

  presence_state({ rev, members }) {
    this.presence = { rev, users: new Map(Object.entries(members ?? {}).map(([user, { metas }]) => [user, metas])) };
    this.emit('presence', this.members);
  }

  /** A revision was skipped. */
  presence_get() {
    this.client.request('presence', this.channel, { op: 'get' }, (state) => this.presence_state(state));
  }

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
