// A client of the unisono protocol (docs/protocol.md) for browsers and Node.js: one module, no dependency.
// unisono.d.ts documents what it offers, README.md shows how to use it.

const connect_id = 1;
const max_lines = 64; // of one message
const max_in_flight = 16; // requests: what a server works on at a time
const max_batch = 65_536; // bytes of one message, unless a single line is longer
const stable_after_ms = 5_000;
const retry_ms = 1_000;
const beat_ms = 2_000;
const proof_ms = 3_000; // for a sign of life after we slept
const most_return_ms = 5_000; // for a page that loads again

// States of the client.
const disconnected = 'disconnected';
const connecting = 'connecting';
const connected = 'connected';

const error_of = (payload) => Object.assign(Error(), payload);

/** What the server did not say, but the client found. */
const failure = (name, temporary = true) => error_of({ code: 0, name, message: name, temporary });

const allows_reconnect = (code) => /^(1001|1005|1006|101[1-4]|[34][0-4]..)$/.test(code);

/** crypto.randomUUID() exists only on https and localhost, this everywhere. */
const random_id = () => crypto.getRandomValues(new Uint8Array(16)).join('.');

const size_of = (text) => new TextEncoder().encode(text).length;

const page = globalThis;

const later = (ms, action) => setTimeout(action, Math.min(ms, 1e9)); // beyond 2^31 it would fire at once

const cancel = (...timers) => timers.forEach((timer) => clearTimeout(timer));

/** Takes from the front of `lines` what fits into one message. */
function take_batch(lines) {
  let count = 0;
  for (let size = 0; count < max_lines && count < lines.length; count++) {
    size += size_of(lines[count]) + 1;
    if (count && size > max_batch) break;
  }
  return lines.splice(0, count).join('\n');
}

/** For modules on top of this one: [on(type, listener), emit(type, detail)]. */
export function make_events() {
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

// Carriers take {url, WebSocket, fetch}, tell open(), text(text), close(code, reason) and offer send(lines), close(words):
// what is to be said last, if anything, although nobody waits for it.

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
    close(words) {
      if (words) socket.send(words);
      socket.close(1000);
    },
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

  /** Known from the reply to `connect`; until then nothing else is said. */
  function session_url() {
    const to = new URL(target);
    to.searchParams.set('sid', carrier.session);
    return to;
  }

  async function write() {
    posting = true;
    while (waiting.length) await post(session_url());
    posting = false;
  }

  const carrier = {
    send(lines) {
      waiting.push(...lines);
      if (!posting) (begun ? write : read)().catch(({ message }) => close(1006, message));
      begun = true;
    },
    close(words) {
      // `keepalive`: also when the page is gone by then.
      const end = () => stop.abort();
      if (words) fetch(session_url(), { method: 'POST', body: words, keepalive: true }).then(end, end);
      else end();
    },
  };
  queueMicrotask(open);
  return carrier;
}

const carriers = { websocket: websocket_carrier, sse: sse_carrier };

// A channel. `client` is what the client lets only its channels do: {request, ask, write, publish, unheard, remove}.

function make_channel(channel, options, client) {
  const [on, emit] = make_events();
  let state = 'unsubscribed';
  let position = options.recover;
  let turn = 0; // counts what makes late answers and loops stale
  let retry;
  const own = new Set(); // offsets of our publications that the server does not send us

  const request = (type, payload, done = () => {}) => client.request(type, channel, payload, done);
  const ask = (type, payload) => client.ask(type, channel, payload);

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
    cancel(retry);
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
    if (presence) emit('presence', presence);
    for (const message of messages) if (mine === turn) deliver(message);
    if (mine === turn) position = { epoch, offset };
  }

  function receive({ type, offset, payload }) {
    if (state !== 'subscribed') return;
    if (type === 'message') {
      const missing = offset - position.offset - 1; // NaN for what has no place
      if (missing > 0 && missing > client.unheard()) restart();
      else deliver({ offset, ...payload });
    } else if (type === 'unsubscribed') {
      if (payload.code >= 2500) start();
      else end(payload);
    } else emit(type, payload);
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

  function publish(data, options = {}) {
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
    unsubscribe,
    ask,
    tell: (type, payload) => state === 'subscribed' && client.write({ type, channel, payload }),
    history: (range) => ask('history', range),
    get state() { return state; },
    get position() { return position; },
  };
  return { room, start, receive };
}

// The connection.

export function create_client(address, options = {}) {
  const { get_token, name, data, transports = ['websocket', 'sse'], timeout_ms = 10_000 } = options;
  // The server remembers idempotency keys for five minutes: after that, sending again could say it twice.
  const { queue_count = 1_000, queue_bytes = 1 << 20, queue_ms = 300_000 } = options;
  const { WebSocket = page.WebSocket, fetch = page.fetch } = options;
  const url = new URL(address, page.location?.href).href;
  const [on, emit] = make_events();
  const channels = new Map(); // by name
  const requests = new Map(); // by id, in the order of asking: what has no answer yet
  let state = disconnected;
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
  let session; // the last one: what it was in its channels is taken over by the next
  let return_ms; // how long to wait for a page that loads again
  let beat_at; // time of day when the next beat is due
  let retry, life, stable, expiry, pause, pulse; // timers

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
    if (state === disconnected || (payload.ephemeral && state !== connected)) return done(failure(disconnected));
    let count = 1;
    let total = bytes;
    for (const other of unanswered())
      if (key && key === other.key && channel === other.channel && kept === other.kept && !other.sent) {
        // Of what waits under one key only the latest counts; the earlier one shares its fate.
        take(other.id);
        asked.done = (...outcome) => (other.done(...outcome), done(...outcome));
      } else if (other.kept) {
        total += other.bytes;
        count++;
      }
    if (kept && (count > queue_count || total > queue_bytes)) return asked.done(failure('overflow'));
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
    if (asked.sent || pause || in_flight >= most_in_flight || state !== connected) return;
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
    cancel(asked?.timer);
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
    cancel(pause);
    pause = later(error.retry_after_ms ?? retry_ms, () => {
      pause = 0;
      flush();
    });
  }

  // Coming and going

  async function open() {
    cancel(retry);
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
    write(JSON.stringify({ type: 'connect', id: connect_id, payload: { v: 1, token, name, data, resume: session } }));

  function welcome(reply) {
    client.id = reply.client;
    client.user = reply.user;
    carrier.session = session = reply.session;
    take_left();
    // It takes about as long as the first time.
    return_ms ??= Math.min(Math.ceil(2 * performance.now()), most_return_ms);
    ({ min_ms: least_ms, max_ms: limit_ms } = reply.reconnect);
    most_ms = Math.max(most_ms, least_ms);
    largest = reply.limits.message + 65_536;
    silence_ms += reply.ping * 1_000;
    watch();
    proven = Math.min(choice, proven);
    failures = 0;
    stable = later(stable_after_ms, () => (most_ms = least_ms * 2)); // a connection that dies young is no success
    expires(reply);
    state = connected;
    // First the subscriptions, then what is to be said in them.
    const waiting = unanswered();
    requests.clear();
    channels.forEach(({ start }) => start());
    waiting.forEach((asked) => requests.set(asked.id, asked));
    flush();
    emit_state();
  }

  function expires({ expires_in }) {
    cancel(expiry);
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

  function lost(code, reason, again = allows_reconnect(code), words) {
    if (!again) return end(code, reason);
    if (code === 3005 && get_token) token = undefined; // expired
    if (state === connected) choice = proven;
    else if (++failures % 2 === 0) choice = (choice + 1) % transports.length;
    // Full jitter: after a restart clients come back spread out, not in waves.
    const retry_in = least_ms + Math.random() * (most_ms - least_ms);
    most_ms = Math.min(most_ms * 2, limit_ms);
    drop(connecting, { code, reason, retry_in }, words);
    retry = later(retry_in, open);
  }

  /** Until connect() is called again. Nothing is kept: who connects next may be somebody else. */
  function end(code, reason, words) {
    each_page_event('removeEventListener');
    cancel(retry, pulse);
    drop(disconnected, { code, reason }, words);
    session = undefined;
    take_left();
  }

  function drop(next, detail, words) {
    current = undefined; // on a dead network the goodbye can take minutes
    cancel(life, stable, expiry, pause);
    pause = 0;
    carrier?.close(state === connected && words);
    carrier = undefined;
    lines = [];
    state = next;
    channels.forEach(({ start }) => start());
    for (const asked of unanswered()) {
      if (next === disconnected || (asked.sent && !asked.kept)) settle(asked.id, failure(disconnected));
      asked.sent = false;
    }
    in_flight = 0;
    emit_state(detail);
  }

  function watch(ms = silence_ms) {
    cancel(life);
    life = later(ms, () => lost(1006, 'silence'));
  }

  // The page

  /** Timers that come late tell of a computer that slept, which is no event of its own. */
  function beat() {
    if (Date.now() > beat_at + beat_ms) wake();
    beat_at = Date.now() + beat_ms;
    pulse = later(beat_ms, beat);
  }

  /** There may be a network again, and what looks like a connection may be none. */
  function wake() {
    if (retry) return open();
    if (state !== connected) return;
    request('ping', undefined, {}, () => {});
    watch(proof_ms);
  }

  /**
   * This page goes: for ever, or it is loaded again, which nobody can tell yet. So the server keeps our places for that
   * long, and the page that comes next in this tab takes them over. Nobody else does: what is in sessionStorage would be
   * copied along with the tab.
   */
  function leave() {
    if (state !== connected) return;
    try {
      sessionStorage.setItem(url, session);
    } catch {}
    lost(1001, 'page hidden', true, goodbye({ return_ms }));
  }

  /** What a page that went has left. Not for a copy of a tab whose page came back, nor for who connects later. */
  function take_left() {
    try {
      const left = sessionStorage.getItem(url);
      sessionStorage.removeItem(url);
      return left ?? undefined;
    } catch {} // not in Node.js, and not where storage is forbidden
  }

  const goodbye = (payload) => JSON.stringify({ type: 'disconnect', payload });

  function each_page_event(act) {
    for (const [type, listener] of [['online', wake], ['visibilitychange', wake], ['pagehide', leave]]) page[act]?.(type, listener);
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
      if (state !== disconnected) return;
      each_page_event('addEventListener');
      session = take_left();
      beat_at = Infinity;
      beat();
      open();
    },
    disconnect: () => state === disconnected || end(1000, '', goodbye()),
    subscribe(channel, wanted = {}) {
      const made = channels.get(channel);
      if (made) return made.room;
      const added = make_channel(channel, wanted, {
        ask,
        publish,
        request: (...what) => state === connected && request(...what),
        write: (message) => write(JSON.stringify(message)),
        unheard: () => unanswered().filter((asked) => asked.kept && asked.channel === channel && asked.payload.exclude_self).length,
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
