// The JavaScript client's presence: members, who is typing, cursors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create_presence } from '../../examples/web/presence.js';
import { fake_subscription, message, turn_over } from './support/fake_socket.mjs';
import { fake_time } from './support/fake_time.mjs';

const meta = (ref, client, state = null, more) => ({ ref, client, state, at: 1, ...more });
const of_ann = { ann: { metas: [meta('1', 'c1')] } };

/** A presence whose room told `members` when it was entered, and what it emits. */
async function fake_presence(t, { rev = 4, members = of_ann, state } = {}) {
  const fake = await fake_subscription(t, {}, {});
  const [subscribe] = await resubscribe(fake);
  const presence = create_presence(fake.room, state);
  const events = [];
  for (const type of ['join', 'leave']) presence.on(type, ({ user, client, first, last }) => events.push([type, user, client, first ?? last]));
  fake.socket.ack(subscribe.id, { epoch: 'e1', offset: 10, recovered: true, presence: { rev, members } });
  const seen = () => presence.members.map(({ user, client, state }) => [user, client, state]);
  const diff = (rev, joins = {}, leaves = {}) => fake.socket.say({ type: 'presence', channel: 'room', payload: { op: 'diff', rev, joins, leaves } });
  return { ...fake, presence, events, seen, diff };
}

/** Ends the subscription for a moment; takes the question for the next. */
async function resubscribe(fake) {
  fake.socket.say({ type: 'unsubscribed', channel: 'room', payload: { code: 2500 } });
  return fake.socket.taken();
}

async function told(fake, type) {
  return (await fake.socket.taken()).filter((said) => said.type === type).map(({ payload }) => payload);
}

// Members ------------------------------------------------------------------------------------

test('members follow the server’s changes; who came and who went is told once', async (t) => {
  const fake = await fake_presence(t);
  const { diff, seen, events } = fake;
  let changes = 0;
  fake.presence.on('change', (members) => (changes += members.length));
  assert.deepEqual([seen(), events], [[['ann', 'c1', null]], []], 'who is there already did not come');
  diff(5, { ann: { metas: [meta('5', 'c1', 'hi', { prev_ref: '1' })] }, ben: { first: true, metas: [meta('6', 'c2')] } });
  diff(5, {}, { ann: { metas: [meta('5', 'c1')] } });
  diff(4, {}, { ann: { metas: [meta('5', 'c1')] } });
  assert.deepEqual(seen(), [['ann', 'c1', 'hi'], ['ben', 'c2', null]]);
  diff(6, { ben: { metas: [meta('7', 'c3')] } });
  diff(7, {}, { ben: { metas: [meta('6', 'c2')] } });
  diff(8, {}, { ben: { last: true, metas: [meta('7', 'c3')] } });
  assert.deepEqual(seen(), [['ann', 'c1', 'hi']]);
  assert.deepEqual(events, [['join', 'ben', 'c2', true], ['join', 'ben', 'c3', false], ['leave', 'ben', 'c2', false], ['leave', 'ben', 'c3', true]]);
  assert.equal(changes, 2 + 3 + 2 + 1);
});

test('of two connections that come or go together, one is the user’s first, one the last', async (t) => {
  const { diff, events } = await fake_presence(t);
  diff(5, { ben: { first: true, metas: [meta('5', 'c2'), meta('6', 'c3')] } });
  diff(6, {}, { ben: { last: true, metas: [meta('5', 'c2'), meta('6', 'c3')] } });
  assert.deepEqual(events.map(([type, , , flag]) => [type, flag]), [['join', true], ['join', false], ['leave', true], ['leave', false]]);
});

test('a lost change is made up for by asking, again if the answer is old already', async (t) => {
  const fake = await fake_presence(t);
  const { diff, seen, events } = fake;
  diff(6);
  diff(8);
  const [get, ...none] = await fake.socket.taken();
  assert.deepEqual([get.type, get.payload, none], ['presence', { op: 'get' }, []]);
  fake.socket.ack(get.id, { rev: 7, members: { ...of_ann, ben: { metas: [meta('7', 'c2')] } } });
  const [again, ...more] = await fake.socket.taken();
  assert.deepEqual([again.payload, more], [{ op: 'get' }, []]);
  fake.socket.ack(again.id, { rev: 8, members: { ben: { metas: [meta('7', 'c2')] } } });
  await turn_over();
  diff(9, { cleo: { metas: [meta('9', 'c4')] } });
  assert.deepEqual(seen().map(([user]) => user), ['ben', 'cleo']);
  assert.deepEqual(events, [['join', 'ben', 'c2', true], ['leave', 'ann', 'c1', true], ['join', 'cleo', 'c4', true]]);
  assert.deepEqual(await fake.socket.taken(), []);
});

test('after a reconnect only the difference is told', async (t) => {
  const fake = await fake_presence(t);
  fake.diff(6);
  const [get] = await fake.socket.taken();
  const [subscribe] = await resubscribe(fake);
  assert.equal(fake.seen().length, 1, 'those of before are shown meanwhile');
  const members = { ann: { metas: [meta('3', 'c1')] }, ben: { metas: [meta('2', 'c2')] } };
  fake.socket.ack(subscribe.id, { epoch: 'e1', offset: 10, recovered: true, presence: { rev: 3, members } });
  assert.deepEqual(fake.events, [['join', 'ben', 'c2', true]]);
  fake.diff(4, {}, { ben: { metas: [meta('2', 'c2')] } });
  assert.deepEqual(fake.seen().map(([user]) => user), ['ann'], 'revisions count anew');
  fake.socket.ack(get.id, { rev: 4, members: of_ann });
  assert.deepEqual(await fake.socket.taken(), [], 'what was missed before is no matter');
});

test('what we say about ourselves is said again with each subscription', async (t) => {
  const fake = await fake_presence(t, { state: { name: 'Me' } });
  assert.deepEqual(await told(fake, 'presence'), [{ op: 'set', state: { name: 'Me' } }]);
  fake.presence.enter({ name: 'You' });
  assert.deepEqual(await told(fake, 'presence'), [{ op: 'set', state: { name: 'You' } }]);
  fake.presence.leave();
  assert.deepEqual(await told(fake, 'presence'), [{ op: 'clear' }]);
  const [subscribe] = await resubscribe(fake);
  fake.presence.enter('in between');
  fake.socket.ack(subscribe.id, { epoch: 'e1', offset: 10, recovered: true });
  assert.deepEqual(await told(fake, 'presence'), [{ op: 'set', state: 'in between' }]);
});

test('a state that the server refuses is reported', async (t) => {
  const fake = await fake_presence(t);
  const errors = [];
  fake.presence.on('error', ({ name }) => errors.push(name));
  fake.presence.enter('long');
  const [{ id }] = await fake.socket.taken();
  fake.socket.say({ type: 'error', id, payload: { code: 121, name: 'payload_too_large', message: 'too large', temporary: false } });
  await turn_over();
  assert.deepEqual(errors, ['payload_too_large']);
});

test('who looks late asks for the list', async (t) => {
  const fake = await fake_subscription(t);
  const presence = create_presence(fake.room);
  const [get] = await fake.socket.taken();
  assert.deepEqual(get.payload, { op: 'get' });
  fake.socket.ack(get.id, { rev: 4, members: of_ann });
  await turn_over();
  assert.equal(presence.members.length, 1);
});

// Typing -------------------------------------------------------------------------------------

test('typing is told at most every three seconds', async (t) => {
  let now = 1_000;
  t.mock.method(performance, 'now', () => now);
  const fake = await fake_presence(t);
  const { presence } = fake;
  const said = async () => (await told(fake, 'typing')).map(({ on }) => on);
  presence.typing(false);
  for (const key of 'hello') presence.typing(Boolean(key));
  assert.deepEqual(await said(), [true]);
  now += 3_000;
  presence.typing(true);
  presence.typing(false);
  presence.typing(false);
  assert.deepEqual(await said(), [true, false]);
  now += 999;
  presence.typing(true);
  assert.deepEqual(await said(), [], 'the server would drop it');
  now += 1;
  presence.typing(true);
  await said();
  const [{ id }] = await resubscribe(fake);
  presence.typing(true);
  assert.deepEqual(await said(), [], 'nothing without a subscription');
  fake.socket.ack(id, { epoch: 'e1', offset: 10, recovered: true });
  presence.typing(true);
  assert.deepEqual(await said(), [true], 'a new subscription begins without it');
});

test('who is typing is known by name, and forgotten with the subscription', async (t) => {
  const fake = await fake_presence(t, { members: { ann: { metas: [meta('1', 'c1', { name: 'Ann' })] } } });
  const heard = [];
  fake.presence.on('typing', (typists) => heard.push(typists.map(({ client, user, state }) => [client, user, state?.name])));
  const typing = (payload) => fake.socket.say({ type: 'typing', channel: 'room', payload });
  typing({ client: 'c1', user: 'ann', on: true, ttl_ms: 6_000 });
  typing({ client: 'c9', on: true, ttl_ms: 6_000 });
  typing({ client: 'c1', user: 'ann', on: false, ttl_ms: 6_000 });
  const [ann, stranger] = [['c1', 'ann', 'Ann'], ['c9', 'c9', undefined]];
  assert.deepEqual(heard.splice(0), [[ann], [ann, stranger], [stranger]]);
  assert.equal(fake.presence.typists.length, 1);
  await resubscribe(fake);
  assert.deepEqual([heard, fake.presence.typists], [[[]], []]);
});

// Cursors ------------------------------------------------------------------------------------

const cursor = (client, data) => message(undefined, data, { key: `cursor:${client}`, from: { client } });

test('a cursor is told at once, then its latest place every 50 ms, and never stored', async (t) => {
  const tick = fake_time(t);
  const fake = await fake_presence(t);
  const said = async () => (await told(fake, 'publish')).map(({ data }) => data);
  for (const x of [1, 2, 3]) fake.presence.point({ x });
  const [{ key, ...first }] = await told(fake, 'publish');
  assert.deepEqual(first, { data: { x: 1 }, ephemeral: true, exclude_self: true });
  assert.match(key, /^cursor:./);
  tick(49);
  assert.deepEqual(await said(), []);
  tick(1);
  assert.deepEqual(await said(), [{ x: 3 }]);
  tick(1_000);
  assert.deepEqual(await said(), [], 'who rests says nothing');
  fake.presence.point(null);
  assert.deepEqual(await said(), [null]);
});

test('two cursors have two keys: for a slow reader one must not stand for the other', async (t) => {
  const keys = new Set();
  for (let i = 0; i < 2; i++) {
    const fake = await fake_presence(t);
    fake.presence.point(i);
    keys.add((await told(fake, 'publish'))[0].key);
  }
  assert.equal(keys.size, 2);
});

test('whoever comes hears of our cursor, and everybody after a break', async (t) => {
  const tick = fake_time(t);
  const fake = await fake_presence(t);
  const said = async () => (await told(fake, 'publish')).map(({ data }) => data);
  fake.diff(5, { ben: { metas: [meta('5', 'c2')] } });
  assert.deepEqual(await said(), [], 'if we have one');
  fake.presence.point(7);
  await said();
  tick(50);
  for (const n of [6, 7]) fake.diff(n, { ben: { metas: [meta(String(n), `c${n}`)] } });
  assert.deepEqual(await said(), [7], 'many at once hear it once');
  tick(50);
  assert.deepEqual(await said(), [7]);
  tick(50);
  const [{ id }] = await resubscribe(fake);
  fake.presence.point(8);
  assert.deepEqual(await said(), []);
  fake.socket.ack(id, { epoch: 'e1', offset: 10, recovered: true });
  assert.deepEqual(await said(), [8]);
});

test('cursors of others go with their owners', async (t) => {
  const fake = await fake_presence(t, { members: { ann: { metas: [meta('1', 'c1'), meta('2', 'c2')] } } });
  const heard = [];
  fake.presence.on('cursor', ({ client, place }) => heard.push([client, place]));
  fake.socket.say(cursor('c1', { x: 1 }), cursor('c1', { x: 2 }), cursor('c2', { x: 3 }), cursor('stranger', { x: 4 }), message(11, 'other'));
  fake.socket.say(message(undefined, { x: 5 }, { key: 'cursor:host' }));
  assert.deepEqual(heard.splice(0), [['c1', { x: 1 }], ['c1', { x: 2 }], ['c2', { x: 3 }]]);
  assert.deepEqual([...fake.presence.cursors], [['c1', { x: 2 }], ['c2', { x: 3 }]]);
  fake.diff(5, {}, { ann: { metas: [meta('1', 'c1')] } });
  fake.socket.say(cursor('c1', { x: 9 }), cursor('c2', null), cursor('c2', null));
  assert.deepEqual(heard, [['c1', undefined], ['c2', null]], 'for good, also for what comes late');
  assert.equal(fake.presence.cursors.size, 0);
});
