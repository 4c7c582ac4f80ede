// A client of the unisono protocol (docs/protocol.md) for browsers and Node.js: one module, no dependency.
// unisono.d.ts documents what it offers, README.md shows how to use it.

const connect_id = 1;
const max_lines = 64; // of one message
const max_in_flight = 16; // requests: what a server works on at a time
const max_batch = 65_536; // bytes of one message, unless a single line is longer
const stable_after_ms = 5_000;
const typing_every_ms = 3_000;
const retry_ms = 1_000;

const error_of = (payload) => Object.assign(Error(), payload);

/** What the server did not say, but the client found. */
const failure = (name, temporary = true) => error_of({ code: 0, name, message: name, temporary });

const allows_reconnect = (code) => /^(1001|1005|1006|101[1-4]|[34][0-4]..)$/.test(code);

/** crypto.randomUUID() exists only on https and localhost, this everywhere. */
const random_id = () => crypto.getRandomValues(new Uint8Array(16)).join('.');

const size_of = (text) => new TextEncoder().encode(text).length;

const later = (ms, action) => setTimeout(action, Math.min(ms, 1e9)); // beyond 2^31 it would fire at once

/** Takes from the front of `lines` what fits into one message. */
function take_batch(lines) {
  let count = 0;
  for (let size = 0; count < max_lines && count < lines.length; count++) {
    size += size_of(lines[count]) + 1;
    if (count && size > max_batch) break;
  }
  return lines.splice(0, count).join('\n');
}

function make_events() {
  const listeners = {};
  const on = (type, listener) => {
    const all = (listeners[type] ??= new Set());
    all.add(listener);
    return () => all.delete(listener);
  };
  const emit = (type, detail) => {
    for (const listener of listeners[type] ?? [])
      try {
        listener(detail);
      } catch (error) {
        setTimeout(() => { throw error; }); // reported like that of any event handler, and no concern of the protocol
      }
  };
  return [on, emit];
}

// Carriers take {url, WebSocket, fetch}, tell open(), text(text), close(code, reason) and offer send(lines), close().

function websocket_carrier({ url, WebSocket }, open, text, close) {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'unisono.v1.json');
  socket.onopen = open;
  socket.onmessage = ({ data }) => text(data);
  socket.onclose = ({ code, reason }) => close(code, reason);
  socket.onerror = () => {}; // 'close' follows; npm ws throws an error that nobody listens to
  return {
    send(lines) {
      while (lines.length) socket.send(take_batch(lines));
    },
    close: () => socket.close(1000),
  };
}

/** Down: the event stream that answers the POST of `connect`. Up: further POSTs, one at a time to keep the order. */
function sse_carrier({ url, fetch }, open, text, close) {
  const target = url.replace(/^ws/, 'http');
  const stop = new AbortController();
  const waiting = [];
  let begun;
  let posting;

  async function post(to) {
    // Plain text and no header of our own: other origins are asked without a preflight.
    const response = await fetch(to, { method: 'POST', body: take_batch(waiting), signal: stop.signal });
    if (!response.ok) throw Error(`HTTP ${response.status}`);
    return response.body;
  }

  async function read() {
    const reader = (await post(target)).pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ''; ; ) {
      const { done, value } = await reader.read();
      if (done) throw Error('ended');
      const lines = (rest + value).split(/\r?\n/);
      rest = lines.pop();
      // A JSON object has no line break, so a line of data is a whole one, however the events are cut.
      text(lines.map((line) => (line.startsWith('data:') ? line.slice(5) : '')).join('\n'));
    }
  }

  async function write() {
    posting = true;
    const to = new URL(target);
    // Known from the reply to `connect`; until then nothing else is said.
    to.searchParams.set('sid', carrier.session);
    while (waiting.length) await post(to);
    posting = false;
  }

  const carrier = {
    send(lines) {
      waiting.push(...lines);
      if (!posting) (begun ? write : read)().catch(({ message }) => close(1006, message));
      begun = true;
    },
    close: () => stop.abort(),
  };
  queueMicrotask(open);
  return carrier;
}

const carriers = { websocket: websocket_carrier, sse: sse_carrier };

/** Of a presence by user: its entries. */
const listed = (users) => Object.entries(users).flatMap(([user, { metas }]) => metas.map((meta) => ({ ...meta, user })));

// A channel. `client` is what the client lets only its channels do: {request, ask, write, publish, unheard, remove}.

function make_channel(channel, options, client) {
  const [on, emit] = make_events();
  let state = 'unsubscribed';
  let position = options.recover;
  let turn = 0; // counts what makes late answers and loops stale
  let retry;
  const own = new Set(); // offsets of our publications that the server does not send us
  let me; // our state in presence
  let revision = 0;
  let members = [];
  let typed; // what others were told
  let typing_pause = 0;

  const request = (type, payload, done = () => {}) => client.request(type, channel, payload, done);

  function set_state(next, detail) {
    if (next === state) return;
    state = next;
    emit('state', { state, ...detail });
  }

  function start() {
    halt();
    const mine = turn;
    const recover = position;
    set_state('subscribing');
    request('subscribe', { ...options, recover, last: recover ? undefined : options.last }, (error, reply) => {
      if (mine !== turn) return;
      if (!error) subscribed(reply, recover);
      else if (error.temporary) retry = setTimeout(restart, error.retry_after_ms ?? retry_ms);
      else end(error);
    });
  }

  /** What was asked before does not count any more. The position stays: recovery starts from it. */
  function halt() {
    turn++;
    clearTimeout(retry);
    typed = false;
    typing_pause = 0;
  }

  function restart() {
    request('unsubscribe');
    start();
  }

  function end({ code, message, reason = message } = {}) {
    halt();
    client.remove();
    set_state('unsubscribed', { code, reason });
  }

  function subscribed({ epoch, offset, messages = [], recovered = false, presence }, recover) {
    if (recover && !recovered && options.last) {
      position = undefined; // the latest are what to start anew from
      return restart();
    }
    if (!recovered) {
      own.clear();
      position = { epoch, offset: messages.length ? messages[0].offset - 1 : offset };
    }
    const mine = turn;
    set_state('subscribed', { recovered });
    if (presence) changed_members(presence);
    if (me !== undefined) enter(me);
    for (const message of messages) if (mine === turn) deliver(message);
    if (mine === turn) position = { epoch, offset };
  }

  function receive({ type, offset, payload }) {
    if (state !== 'subscribed') return;
    if (type === 'message') {
      const missing = offset - position.offset - 1; // NaN for what has no place
      if (missing > 0 && missing > client.unheard()) restart();
      else deliver({ offset, ...payload });
    } else if (type === 'presence') {
      changed_members(payload);
    } else if (type === 'typing') {
      emit(type, payload);
    } else if (type === 'unsubscribed') {
      if (payload.code >= 2500) start();
      else end(payload);
    }
  }

  function deliver(message) {
    const { offset } = message;
    if (offset <= position.offset) return;
    if (offset) advance(offset);
    emit('message', message);
  }

  /** What the server does not send us counts as handled once everything before it is. */
  function advance(offset) {
    while (own.delete(offset + 1)) offset++;
    position = { ...position, offset };
  }

  function set_members(rev, list) {
    revision = rev;
    members = list;
    emit('presence', members);
  }

  /** Takes the whole of it or a change. */
  function changed_members({ rev, members: all, joins, leaves }) {
    if (all) return set_members(rev, listed(all));
    if (rev <= revision) return;
    if (rev > revision + 1) return request('presence', { op: 'get' }, (error, reply) => error || changed_members(reply));
    const came = listed(joins);
    const gone = listed(leaves).concat(came).flatMap(({ ref, prev_ref }) => [ref, prev_ref]);
    set_members(rev, members.filter(({ ref }) => !gone.includes(ref)).concat(came));
  }

  function enter(value) {
    me = value;
    if (state === 'subscribed') request('presence', { op: 'set', state: me });
  }

  function typing(on) {
    const now = performance.now();
    if (state !== 'subscribed' || (on ? now < typing_pause : !typed)) return;
    typed = on;
    if (on) typing_pause = now + typing_every_ms;
    client.write({ type: 'typing', channel, payload: { on } });
  }

  function publish(data, options = {}) {
    typed = false; // for the server a publication ends it
    return client.publish(channel, data, options, ({ offset }) => {
      if (!options.exclude_self || !(offset > position?.offset)) return;
      own.add(offset);
      advance(position.offset);
    });
  }

  function unsubscribe() {
    if (state === 'unsubscribed') return; // the channel may have another subscription by now
    request('unsubscribe');
    end();
  }

  const room = {
    on,
    channel,
    publish,
    enter,
    typing,
    unsubscribe,
    history: (range) => client.ask('history', channel, range),
    get state() { return state; },
    get position() { return position; },
    get members() { return members; },
  };
  return { room, start, receive };
}

// The connection.

export function create_client(address, options = {}) {
  const { get_token, name, data, transports = ['websocket', 'sse'], timeout_ms = 10_000 } = options;
  // The server remembers idempotency keys for five minutes: after that, sending again could say it twice.
  const { queue_count = 1_000, queue_bytes = 1 << 20, queue_ms = 300_000 } = options;
  const { WebSocket = globalThis.WebSocket, fetch = globalThis.fetch } = options;
  const url = new URL(address, globalThis.location?.href).href;
  const [on, emit] = make_events();
  const channels = new Map(); // by name
  const requests = new Map(); // by id, in the order of asking: what has no answer yet
  let state = 'disconnected';
  let { token } = options;
  let next_id = connect_id + 1;
  let carrier;
  let current; // identity of the attempt to connect: what comes from an earlier one is late
  let in_flight = 0; // of the requests
  let most_in_flight = max_in_flight; // for them: small after a refusal, growing with success
  let lines = []; // leave together at the end of this turn
  let choice = 0; // of the transports
  let proven = Infinity; // the first transport that ever worked
  let failures = 0; // in a row
  let least_ms = 500; // to wait before the next attempt to connect
  let most_ms = 1_000; // doubles with every failure
  let limit_ms = 20_000;
  let silence_ms; // the longest that a living server may be silent
  let largest = Infinity; // line that the server takes
  let retry, life, stable, expiry, pause; // timers

  // Requests

  const unanswered = () => [...requests.values()];

  /**
   * done(error, reply) is called exactly once, and while the answer is handled: what follows it must see its effect.
   * A publication outlives connections until the server has answered; the rest fails with the one it was sent on.
   */
  function request(type, channel, payload = {}, done, key) {
    const id = next_id++;
    const text = JSON.stringify({ type, id, channel, payload });
    const kept = type === 'publish' && !payload.ephemeral;
    const bytes = size_of(text);
    const asked = { id, channel, payload, text, bytes, kept, key, done };
    if (state === 'disconnected' || (payload.ephemeral && state !== 'connected')) return done(failure('disconnected'));
    if (kept) {
      let count = 1;
      let total = bytes;
      for (const other of unanswered()) {
        if (!other.kept) continue;
        if (key && key === other.key && channel === other.channel && !other.sent) {
          // Of what waits under one key only the latest counts; the earlier one shares its fate.
          take(other.id);
          asked.done = (...outcome) => (other.done(...outcome), done(...outcome));
          continue;
        }
        total += other.bytes;
        count++;
      }
      if (count > queue_count || total > queue_bytes) return asked.done(failure('overflow'));
    }
    asked.timer = later(kept ? queue_ms : timeout_ms, () => settle(id, failure('timeout')));
    requests.set(id, asked);
    flush();
  }

  /** `seen` is called before anything that follows the answer is looked at; who awaits the promise comes later. */
  const ask = (type, channel, payload, seen, key) =>
    new Promise((resolve, reject) =>
      request(
        type,
        channel,
        payload,
        (error, reply) => {
          if (error) return reject(error);
          seen?.(reply);
          resolve(reply);
        },
        key,
      ),
    );

  /** For the server a key belongs to what is ephemeral, which never waits here. */
  const publish = (channel, data, { key, ...more } = {}, seen) =>
    ask('publish', channel, { data, ...(more.ephemeral ? { key } : { idempotency_key: random_id() }), ...more }, seen, key);

  const flush = () => requests.forEach(transmit);

  function transmit(asked) {
    // Not all at once: servers count what comes in a second, and end connections of which they had to refuse much.
    if (asked.sent || pause || in_flight >= most_in_flight || state !== 'connected') return;
    // The server would close the connection for good.
    if (asked.bytes > largest) return settle(asked.id, failure('payload_too_large', false));
    asked.sent = true;
    in_flight++;
    write(asked.text);
  }

  function write(line) {
    if (lines.push(line) === 1) queueMicrotask(() => lines.length && carrier.send(lines.splice(0)));
  }

  function take(id) {
    const asked = requests.get(id);
    clearTimeout(asked?.timer);
    if (asked?.sent) in_flight--;
    requests.delete(id);
    return asked;
  }

  function settle(id, error, reply) {
    most_in_flight = Math.min(most_in_flight + 0.25, max_in_flight);
    take(id)?.done(error, reply);
    flush();
  }

  function refuse(id, error) {
    const asked = requests.get(id);
    if (!asked?.kept || !error.temporary) return settle(id, error);
    asked.sent = false;
    in_flight--;
    most_in_flight = 1;
    clearTimeout(pause);
    pause = later(error.retry_after_ms ?? retry_ms, () => {
      pause = 0;
      flush();
    });
  }

  // Coming and going

  async function open() {
    clearTimeout(retry);
    retry = 0;
    const attempt = (current = {});
    const ours = (action) => (...details) => attempt === current && action(...details);
    silence_ms = timeout_ms;
    watch();
    state = 'connecting';
    emit_state();
    try {
      if (get_token) token ??= await get_token();
      if (attempt !== current) return;
      if (get_token && !token) return end(3500, 'signed out');
      carrier = carriers[transports[choice]]({ url, WebSocket, fetch }, ours(greet), ours(receive), ours(lost));
    } catch ({ message }) {
      ours(lost)(1006, message);
    }
  }

  const greet = () =>
    write(JSON.stringify({ type: 'connect', id: connect_id, payload: { v: 1, token, name, data } }));

  function welcome(reply) {
    client.id = reply.client;
    client.user = reply.user;
    carrier.session = reply.session;
    ({ min_ms: least_ms, max_ms: limit_ms } = reply.reconnect);
    most_ms = Math.max(most_ms, least_ms);
    largest = reply.limits.message + 65_536;
    silence_ms += reply.ping * 1_000;
    watch();
    proven = Math.min(choice, proven);
    failures = 0;
    stable = later(stable_after_ms, () => (most_ms = least_ms * 2)); // a connection that dies young is no success
    expires(reply);
    state = 'connected';
    // First the subscriptions, then what is to be said in them.
    const waiting = unanswered();
    requests.clear();
    channels.forEach(({ start }) => start());
    waiting.forEach((asked) => requests.set(asked.id, asked));
    flush();
    emit_state();
  }

  function expires({ expires_in }) {
    clearTimeout(expiry);
    if (get_token && expires_in) expiry = later(expires_in * 800, refresh);
  }

  async function refresh() {
    const attempt = current;
    let reply = { expires_in: 5 }; // try again soon
    try {
      token = await get_token();
      reply = await ask('refresh', undefined, { token });
    } catch (error) {
      emit('error', error);
    }
    if (attempt === current) expires(reply);
  }

  function lost(code, reason, again = allows_reconnect(code)) {
    if (!again) return end(code, reason);
    if (code === 3005 && get_token) token = undefined; // expired
    if (state === 'connected') choice = proven;
    else if (++failures % 2 === 0) choice = (choice + 1) % transports.length;
    // Full jitter: after a restart clients come back spread out, not in waves.
    const retry_in = least_ms + Math.random() * (most_ms - least_ms);
    most_ms = Math.min(most_ms * 2, limit_ms);
    drop('connecting', { code, reason, retry_in });
    retry = later(retry_in, open);
  }

  /** Until connect() is called again. Nothing is kept: who connects next may be somebody else. */
  function end(code, reason) {
    globalThis.removeEventListener?.('online', online);
    clearTimeout(retry);
    drop('disconnected', { code, reason });
  }

  function drop(next, detail) {
    current = undefined; // on a dead network the goodbye can take minutes
    [life, stable, expiry, pause].forEach(clearTimeout);
    pause = 0;
    carrier?.close();
    carrier = undefined;
    lines = [];
    state = next;
    channels.forEach(({ start }) => start());
    for (const asked of unanswered()) {
      if (next === 'disconnected' || (asked.sent && !asked.kept)) settle(asked.id, failure('disconnected'));
      asked.sent = false;
    }
    in_flight = 0;
    emit_state(detail);
  }

  const online = () => retry && open();

  function watch() {
    clearTimeout(life);
    life = later(silence_ms, () => lost(1006, 'silence'));
  }

  // What arrives

  function receive(text) {
    const attempt = current;
    watch();
    try {
      for (const line of text.split('\n')) if (line && attempt === current) handle(JSON.parse(line));
    } catch ({ message }) {
      lost(1006, message);
    }
  }

  function handle(message) {
    const { type, id, channel, payload = {} } = message;
    if (type === 'ack') id === connect_id ? welcome(payload) : settle(id, null, payload);
    else if (type === 'error') id ? refuse(id, error_of(payload)) : emit('error', error_of(payload));
    else if (type === 'ping') write('{"type":"pong"}');
    else if (type === 'disconnect') {
      if (payload.max_ms >= payload.min_ms) ({ min_ms: least_ms, max_ms: most_ms } = payload);
      lost(payload.code, payload.reason, payload.reconnect);
    } else channels.get(channel)?.receive(message);
  }

  function emit_state(detail) {
    emit('state', { state, transport: transports[choice], ...detail });
  }

  const client = {
    on,
    publish,
    id: undefined,
    user: undefined,
    get state() { return state; },
    /** Publications without an answer. */
    get unconfirmed() { return unanswered().filter(({ kept }) => kept).length; },
    connect() {
      if (state !== 'disconnected') return;
      globalThis.addEventListener?.('online', online);
      open();
    },
    disconnect: () => state === 'disconnected' || end(1000),
    subscribe(channel, wanted = {}) {
      const made = channels.get(channel);
      if (made) return made.room;
      const added = make_channel(channel, wanted, {
        ask,
        publish,
        request: (...what) => state === 'connected' && request(...what),
        write: (message) => write(JSON.stringify(message)),
        unheard: () => unanswered().filter((asked) => asked.channel === channel && asked.payload.exclude_self).length,
        remove: () => channels.delete(channel),
      });
      channels.set(channel, added);
      added.start();
      return added.room;
    },
    rpc: (method, data) => ask('rpc', undefined, { method, data }).then((reply) => reply.data),
  };
  return client;
}
