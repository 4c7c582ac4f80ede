/**
 * Who is in a room: members, who is typing, live cursors. On top of unisono.js; the server keeps none of it.
 */
import type { Off, Subscription, UnisonoError } from './unisono.js';

/** One connection that is present. */
export interface Member<State = any> {
  client: string;
  /** Equals `client` when the user is unknown. */
  user: string;
  /** What it says about itself; null at first. */
  state: State;
  /** Since when, milliseconds since 1970 UTC. */
  at: number;
  /** Unique in the room, new with every change. */
  ref: string;
}

/** Who is typing: a member, or somebody who is here without having entered. */
export type Typist<State = any> = Pick<Member<State>, 'client' | 'user'> & Partial<Member<State>>;

export interface Presence<State = any, Place = any> {
  /** Everybody who is listed, this client included. While there is no connection, those of before. */
  readonly members: Member<State>[];
  readonly typists: Typist<State>[];
  /** Of others, by client. */
  readonly cursors: Map<string, Place>;

  /** Anything about the members is different. */
  on(type: 'change', listener: (members: Member<State>[]) => void): Off;
  /** Came since the first list. `first`: so the user came; else it is another of their connections. */
  on(type: 'join', listener: (member: Member<State> & { first: boolean }) => void): Off;
  /** `last`: so the user has gone. */
  on(type: 'leave', listener: (member: Member<State> & { last: boolean }) => void): Off;
  on(type: 'typing', listener: (typists: Typist<State>[]) => void): Off;
  /** No place: the cursor is gone, with its owner or because they hide it. */
  on(type: 'cursor', listener: (cursor: { client: string; place?: Place | null }) => void): Off;
  /** The server refuses for good what was said with enter(). */
  on(type: 'error', listener: (error: UnisonoError) => void): Off;

  /** Enters, or changes the state others see (at most 1 KiB of JSON); again after every reconnect. */
  enter(state: State): void;
  /** Leaves at once, and goes on watching. */
  leave(): void;
  /** For every key stroke: sends no more than the protocol allows. */
  typing(on: boolean): void;
  /**
   * Moves the own cursor, `null` hides it. For every pointer event: sends the latest place at most every 50 ms, again
   * for whoever comes, and never what is out of date. Goes as an ephemeral publication with a `key` that begins with
   * `cursor:`, which listeners to the room's messages see, too.
   */
  point(place: Place | null): void;
}

/**
 * `room` should be subscribed to with `presence: true`, else nobody is listed. With a `state` it enters. One per room;
 * it lives as long as the subscription.
 */
export function create_presence<State = any, Place = any>(room: Subscription, state?: State): Presence<State, Place>;
