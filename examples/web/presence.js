// Who is in a room of unisono.js: members, who is typing, live cursors. presence.d.ts documents what it offers.
import { make_events } from './unisono.js';

const typing_every_ms = 3_000;
const typing_again_ms = 1_000; // what comes sooner the server drops
const cursor_every_ms = 50;
const cursor_prefix = 'cursor:';

/** Of a presence by user: its entries. */
const listed = (users) => Object.entries(users).flatMap(([user, { metas }]) => metas.map((meta) => ({ ...meta, user })));

export function create_presence(room, state) {
  const [on, emit] = make_events();
  const key = cursor_prefix + Math.random().toString(36).slice(2);
  let said; // the last we said about ourselves
  let members; // by client; undefined until the server told
  let revision = 0; // of them
  let behind = 0; // a later revision that was heard of
  let asking = false;
  let typed = false; // what others were told
  let typing_pause = 0; // end of it
  let place; // of our cursor
  let moved = false; // since others were told
  let cursor_pause; // timer
  const typists = new Map(); // by client
  const cursors = new Map(); // by client

  const is_here = () => room.state === 'subscribed';

  // Members

  function take_presence({ rev, members: all, joins, leaves = {} }) {
    if (!all && (!members || rev !== revision + 1)) return catch_up(rev);
    const before = members;
    members = new Map(all ? [] : before);
    revision = rev;
    for (const { client } of listed(leaves)) members.delete(client);
    for (const member of listed(all ?? joins)) members.set(member.client, member);
    if (before) {
      tell_difference('join', 'first', members, before);
      tell_difference('leave', 'last', before, members);
    }
    emit('change', presence.members);
  }

  /** Tells who of `some` is not among `others`; flagged when that goes for the whole user, once. */
  function tell_difference(type, flag, some, others) {
    const alone = [...some.values()].filter(({ client }) => !others.has(client));
    if (!alone.length) return;
    const users = new Set([...others.values()].map(({ user }) => user));
    for (const member of alone) {
      emit(type, { ...member, [flag]: !users.has(member.user) });
      users.add(member.user);
    }
  }

  /** Diffs may be lost on a slow connection; the whole makes up for it. */
  async function catch_up(rev) {
    behind = Math.max(rev, behind);
    if (asking || behind <= revision || !is_here()) return;
    asking = true;
    await room.ask('presence', { op: 'get' }).then(take_presence, () => (behind = 0));
    asking = false;
    catch_up(revision);
  }

  function say(about_us) {
    said = about_us;
    // Else with the subscription. What fails with a connection is said again with the next.
    if (is_here()) room.ask('presence', said).catch((error) => error.temporary || emit('error', error));
  }

  // Typing

  function typing(is_typing) {
    const now = performance.now();
    if (!is_here() || (is_typing ? now < typing_pause : !typed)) return;
    typed = is_typing;
    typing_pause = now + (typed ? typing_every_ms : typing_again_ms);
    room.tell('typing', { on: typed });
  }

  function take_typing({ on: is_typing, client, user = client }) {
    if (is_typing) typists.set(client, { client, user });
    else typists.delete(client);
    emit('typing', presence.typists);
  }

  // Cursors

  function point(where) {
    place = where;
    moved = true;
    send_cursor();
  }

  /** The first move at once, after it the latest at most every so often. */
  function send_cursor() {
    if (!moved || cursor_pause || !is_here()) return;
    moved = false;
    room.publish(place, { key, ephemeral: true, exclude_self: true }).catch(() => {});
    cursor_pause = setTimeout(() => {
      cursor_pause = 0;
      send_cursor();
    }, cursor_every_ms);
  }

  /** To those who were not here when it moved. */
  function repeat_cursor() {
    moved ||= place != null;
    send_cursor();
  }

  function take_message({ key: of, data, from }) {
    // The host speaks for nobody. What comes late, of somebody who has left, would stay for ever.
    if (from && of?.startsWith(cursor_prefix) && (!members || members.has(from.client))) set_cursor(from.client, data);
  }

  function set_cursor(client, where) {
    if (where != null) cursors.set(client, where);
    else if (!cursors.delete(client)) return;
    emit('cursor', { client, place: where });
  }

  function take_state() {
    behind = typing_pause = 0;
    typed = false;
    if (typists.size) {
      typists.clear(); // who stops while we are away is not told to us
      emit('typing', []);
    }
    if (!is_here()) return;
    if (said) say(said);
    repeat_cursor();
  }

  const presence = {
    on,
    typing,
    point,
    enter: (value) => say({ op: 'set', state: value }),
    leave: () => say({ op: 'clear' }),
    get members() { return [...(members?.values() ?? [])]; },
    get typists() { return [...typists.values()].map((who) => members?.get(who.client) ?? who); },
    get cursors() { return new Map(cursors); },
  };
  on('join', repeat_cursor);
  on('leave', ({ client }) => set_cursor(client));
  room.on('presence', take_presence);
  room.on('typing', take_typing);
  room.on('message', take_message);
  room.on('state', take_state);
  if (state !== undefined) presence.enter(state);
  catch_up(1); // a subscription that is there already told its members before
  return presence;
}
