/**
 * A client of the unisono protocol (docs/protocol.md): channels that recover by themselves what they missed,
 * publications that arrive exactly once, calls; presence.js adds who is there. No dependency; browsers, Node.js 18 and
 * newer.
 *
 * A page that is loaded again takes over what it was in its channels, as does a client that lost its connection; others
 * are told nothing. Who closes the page has left as soon as it could have been loaded again, at most 5 seconds later;
 * disconnect() and unsubscribe() leave at once. Two clients of one page for one URL share that memory (sessionStorage),
 * so only one of them is found again.
 */

/** A place in a channel. */
export interface Position {
  epoch: string;
  offset: number;
}

/** A publication. */
export interface Message<Data = any> {
  /** Its place in the channel; absent: it was ephemeral. */
  offset?: number;
  data: Data;
  /** Absent: the server itself published it. */
  from?: { client: string; user?: string };
  /** When the server accepted it, milliseconds since 1970 UTC. */
  ts: number;
  key?: string;
}

/** What promises are rejected with. */
export interface UnisonoError extends Error {
  /**
   * The server's error code, or 0 with a `name` of the client's own: `timeout`, `disconnected` (the connection ended
   * before the answer came, or there is none to send over), `overflow` (too much waits for the server already),
   * `payload_too_large`.
   */
  code: number;
  name: string;
  /** The same request may succeed later. */
  temporary: boolean;
  retry_after_ms?: number;
}

export interface ClientState {
  /** `connecting` includes the waiting between two attempts. */
  state: 'disconnected' | 'connecting' | 'connected';
  transport: Transport;
  /** Milliseconds until the next attempt begins. Absent: it has begun. */
  retry_in?: number;
  /** Why the last connection ended: its close code, and the server's reason. */
  code?: number;
  reason?: string;
}

export interface SubscriptionState {
  /** `subscribing` until the server has answered, also while there is no connection. */
  state: 'unsubscribed' | 'subscribing' | 'subscribed';
  /**
   * With `subscribed`. True: the messages that were missed follow, all of them. False: what follows is a new beginning
   * (always so the first time): load anew what was shown before.
   */
  recovered?: boolean;
  /** With `unsubscribed`, when it was the server's decision. */
  code?: number;
  reason?: string;
}

export type Transport = 'websocket' | 'sse';

export interface ClientOptions {
  /** For the server's authentication. */
  token?: string;
  /**
   * Fetches a token: before the first connection unless `token` is given, before it expires and after it has expired.
   * Nothing (null, '') ends the connection for good; an exception leads to another attempt.
   */
  get_token?: () => string | null | Promise<string | null>;
  /** Of the program, for the server's logs. */
  name?: string;
  /** Any JSON for the server's authentication. */
  data?: unknown;
  /** In order of preference; after two failures in a row the next one is tried. Default: ['websocket', 'sse'] */
  transports?: Transport[];
  /**
   * How long to wait for an opening connection, for the answer to a request, and for a sign of life in addition to the
   * server's ping interval. Default: 10000
   */
  timeout_ms?: number;
  /** Bounds of what waits for the server's confirmation. Defaults: 1000 publications, 1 MiB, 5 minutes each */
  queue_count?: number;
  queue_bytes?: number;
  queue_ms?: number;
  /** For environments without them. */
  WebSocket?: new (url: string, protocol: string) => any;
  fetch?: typeof fetch;
}

export interface SubscribeOptions {
  /** The first time, or after a loss that cannot be recovered, begin with the latest so many messages. */
  last?: number;
  /** Begin after this position: that of a snapshot the application has loaded. */
  recover?: Position;
  /** Enter the presence, and hear of it; see presence.js. */
  presence?: boolean;
  /** For the server's decision. */
  token?: string;
}

export interface PublishOptions {
  /** For those who are here now: not kept, not queued while there is no connection. */
  ephemeral?: boolean;
  /** Not to this client. */
  exclude_self?: boolean;
  /**
   * Of what waits here under the same key only the latest is sent, and its answer is that of the others, too. If
   * ephemeral, also of what waits for a slow reader, whoever published it.
   */
  key?: string;
  /** Chosen by the client unless given. A second publication with the same key counts as the first. */
  idempotency_key?: string;
}

export interface Published extends Position {
  /** It was there already: the confirmation of an earlier attempt had been lost. */
  duplicate?: boolean;
}

export interface HistoryOptions {
  limit?: number;
  since?: Position;
  reverse?: boolean;
}

export interface History<Data = any> extends Position {
  messages: Message<Data>[];
}

/** Takes the listener away again. */
export type Off = () => void;

export interface Subscription<Data = any> {
  readonly channel: string;
  readonly state: SubscriptionState['state'];
  /** Everything up to here has been handed to the listeners. */
  readonly position?: Position;

  on(type: 'state', listener: (change: SubscriptionState) => void): Off;
  /** In the order of offsets, each exactly once. */
  on(type: 'message', listener: (message: Message<Data>) => void): Off;
  /** What else the server tells this channel, the payloads of docs/protocol.md: see presence.js. */
  on(type: 'presence' | 'typing' | 'update', listener: (payload: any) => void): Off;

  /**
   * Resolves once the server has it. Outlives lost connections, is sent in order, and counts once however often it had
   * to be sent. Rejects when the server refuses for good, when its time is up, and when too much waits already.
   */
  publish(data: Data, options?: PublishOptions): Promise<Published>;
  history(options?: HistoryOptions): Promise<History<Data>>;
  /** Any other request of docs/protocol.md. Sent once: rejects when the connection ends before the answer. */
  ask(type: string, payload?: object): Promise<any>;
  /** The same without an answer; nothing is sent unless subscribed. */
  tell(type: string, payload: object): void;
  unsubscribe(): void;
}

export interface Client {
  readonly state: ClientState['state'];
  /** What others know this client by, once it is connected; kept by a client that comes back in time. */
  readonly id?: string;
  /** Who the server says this is; '' when unknown. */
  readonly user?: string;
  /** How many publications wait for the server's confirmation. */
  readonly unconfirmed: number;

  on(type: 'state', listener: (change: ClientState) => void): Off;
  /** What went wrong and was nobody's request: the server's notices, tokens that could not be renewed. */
  on(type: 'error', listener: (error: Error | UnisonoError) => void): Off;

  connect(): void;
  /** Rejects everything that waits: who connects next may be somebody else. */
  disconnect(): void;
  /** The subscription of this channel; made on first use, renewed on every connection. */
  subscribe<Data = any>(channel: string, options?: SubscribeOptions): Subscription<Data>;
  /** For servers that let publish who is not subscribed. */
  publish(channel: string, data: unknown, options?: PublishOptions): Promise<Published>;
  /** Calls a method of the server. Sent once: after `disconnected` nobody knows whether it ran. */
  rpc<Reply = any>(method: string, data?: unknown): Promise<Reply>;
}

/** `url`: where the server offers rooms, absolute or relative to the page; http(s) and ws(s) are the same. */
export function create_client(url: string, options?: ClientOptions): Client;

/** For modules on top of this one: `on` as above, and what calls the listeners. One that throws disturbs nobody. */
export function make_events(): [on: (type: string, listener: (detail: any) => void) => Off, emit: (type: string, detail?: any) => void];
