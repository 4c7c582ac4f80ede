// Unmodified Hocuspocus clients against the server: convergence, permissions, acknowledgements, awareness.
//
//   [UNISONO_BUILD_DIR=<folder>] [UNISONO_SEED=<n>] node --test <this file>
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as version_2 from 'hocuspocus-provider-2';
import * as version_3 from 'hocuspocus-provider-3';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { open_hocuspocus, open_socket } from './support/hocuspocus_client.mjs';
import { NativeProvider } from './support/native_provider.mjs';
import { random_source } from './support/random.mjs';
import { start_hocuspocus_server } from './support/server.mjs';
import { until } from './support/until.mjs';
import { edit_randomly, open_document, same_content, state_of } from './support/yjs_client.mjs';

const edits_each = 600;

const converge = (clients, what = 'everybody converges') =>
  until(
    () =>
      clients.every(({ provider }) => provider.synced) &&
      clients.every(({ settled }) => !settled || settled()) &&
      clients.every(({ doc }) => same_content(doc, clients[0].doc)),
    what,
    30_000,
  );

async function type_with_bad_network(client, random) {
  for (let done = 0; done < edits_each;) {
    for (let burst = random.between(1, 20); burst > 0 && done < edits_each; burst--, done++) edit_randomly(client, random);
    if (random.chance(0.05)) client.cut();
    await sleep(random.below(4));
  }
}

for (const threads of [1, 4])
  test(`Hocuspocus, y-websocket and native clients agree on one document (${threads} threads)`, async (t) => {
    const server = await start_hocuspocus_server(t, { threads });
    const native = new NativeProvider(`${server.ws}/ws`, 'notes', new Y.Doc(), { binary: true });
    t.after(() => native.destroy());
    const clients = [
      open_hocuspocus(t, server, 'notes'),
      open_hocuspocus(t, server, 'notes', { token: 'late bob' }),
      open_document(t, server, 'notes'),
      { doc: native.doc, provider: native, text: native.doc.getText('content'), cut: () => native.socket.terminate() },
    ];
    await Promise.all(clients.map((client, i) => type_with_bad_network(client, random_source(`hocuspocus${i}${threads}`))));
    await converge(clients);
    const late = open_hocuspocus(t, server, 'notes');
    await converge([...clients, late]);
    const expected = state_of(clients[0].doc);
    assert.ok(expected.text.length > 0);
    for (const { doc } of [...clients, late]) assert.deepEqual(state_of(doc), expected);
  });

for (const [name, { HocuspocusProvider: Provider, HocuspocusProviderWebsocket: Socket }] of Object.entries({ version_2, version_3 }))
  test(`providers of ${name.replace('_', ' ')} edit with those of version 4`, async (t) => {
    const server = await start_hocuspocus_server(t);
    const [older, newer] = [open_hocuspocus(t, server, 'notes', { Provider, Socket, person: 'Old' }), open_hocuspocus(t, server, 'notes', { person: 'New' })];
    await converge([older, newer]); // those of version 2 count wrong when they write earlier
    older.text.insert(0, 'from then');
    newer.text.insert(0, 'from now');
    await converge([older, newer]);
    await until(() => newer.awareness.getStates().get(older.doc.clientID)?.user.name === 'Old', 'awareness arrives');
    older.provider.sendStateless('echo hello');
    await until(() => older.heard.stateless.join() === 'hello', 'stateless messages work');
    older.close();
    await until(() => !newer.awareness.getStates().has(older.doc.clientID), 'and so does leaving');
    older.socket.destroy(); // after the server has gone, it would look for it for ever
  });

test('what was written offline arrives, and is acknowledged', async (t) => {
  const server = await start_hocuspocus_server(t);
  const [ann, bob] = [open_hocuspocus(t, server, 'notes'), open_hocuspocus(t, server, 'notes')];
  await converge([ann, bob]);
  ann.socket.disconnect();
  await until(() => !ann.provider.synced, 'ann is offline');
  ann.text.insert(0, 'on the train ');
  bob.text.insert(0, 'meanwhile ');
  await until(() => bob.settled(), "bob's change is stored");
  assert.ok(ann.provider.hasUnsyncedChanges);
  ann.socket.connect();
  await converge([ann, bob]);
  assert.match(bob.text.toString(), /on the train/);
});

test('changes count as unsynced until the store has them, and none is lost that does not', async (t) => {
  const server = await start_hocuspocus_server(t);
  const [writer, control] = [open_hocuspocus(t, server, 'notes'), open_hocuspocus(t, server, 'control')];
  await converge([writer]);
  await converge([control]);
  control.provider.sendStateless('hold');
  control.provider.sendStateless('echo held');
  await until(() => control.heard.stateless.includes('held'), 'the store holds changes');
  for (let i = 0; i < 5; i++) writer.text.insert(0, 'x');
  writer.provider.forceSync(); // the way around the updates
  await sleep(100);
  assert.ok(writer.provider.hasUnsyncedChanges);
  control.provider.sendStateless('release');
  await until(() => writer.settled(), 'all is stored');

  const random = random_source('hocuspocus kill');
  for (let round = 0; round < 5; round++) {
    const ledger = open_hocuspocus(t, server, 'ledger');
    await until(() => ledger.settled(), 'the ledger is open');
    let stored = Y.encodeStateAsUpdate(ledger.doc);
    let writing = true;
    ledger.provider.on('unsyncedChanges', ({ number }) => {
      if (number === 0) stored = Y.encodeStateAsUpdate(ledger.doc);
    });
    const from = ledger.heard.unsynced.length;
    const typing = (async () => {
      while (writing) {
        edit_randomly(ledger, random);
        await sleep(random.below(6));
      }
    })();
    await until(() => ledger.heard.unsynced.slice(from).filter((n) => n === 0).length >= 10, 'changes are acknowledged');
    await server.kill();
    writing = false;
    await typing;
    ledger.socket.destroy();
    await server.start();
    const fresh = open_hocuspocus(t, server, 'ledger');
    await until(() => fresh.settled(), 'a new client is in sync');
    const before = Y.snapshot(fresh.doc);
    Y.applyUpdate(fresh.doc, stored, fresh.provider);
    assert.ok(Y.equalSnapshots(before, Y.snapshot(fresh.doc)), `round ${round}: something acknowledged is lost`);
    fresh.close();
    fresh.socket.destroy();
  }
});

test('who is refused is told why, and comes in with a better token', async (t) => {
  const server = await start_hocuspocus_server(t);
  const socket = open_socket(t, server);
  const fine = open_hocuspocus(t, server, 'fine', { socket });
  for (const token of ['bad', 'late bad']) {
    const name = `by ${token}`;
    const late = open_hocuspocus(t, server, name, { socket, token });
    late.text.insert(0, 'not yet');
    await until(() => late.heard.denied.join() === 'this token is bad', 'it is refused');
    assert.ok(!late.provider.isAuthenticated);
    late.provider.configuration.token = 'good';
    await late.provider.sendToken();
    late.provider.startSync();
    await until(() => late.settled(), 'it is in sync');
    const other = open_hocuspocus(t, server, name);
    await converge([late, other]);
    assert.equal(other.text.toString(), 'not yet');
  }

  // The other way to try again: a new provider in the place of the refused one.
  const refused = open_hocuspocus(t, server, 'again', { socket, token: 'bad' });
  await until(() => refused.heard.denied.length === 1, 'it is refused');
  const second = open_hocuspocus(t, server, 'again', { socket });
  await until(() => second.settled(), 'the second one is in sync');
  fine.text.insert(0, 'nobody else was bothered');
  await until(() => fine.settled(), 'another document of that WebSocket is fine');
  assert.equal(fine.heard.closed.length, 0);
});

test('who may only read sees everything, changes nothing and is not told otherwise', async (t) => {
  const server = await start_hocuspocus_server(t);
  const [writer, reader] = [open_hocuspocus(t, server, 'notes'), open_hocuspocus(t, server, 'notes', { token: 'read', person: 'Reader' })];
  writer.text.insert(0, 'written');
  await converge([writer, reader]);
  assert.equal(reader.provider.authorizedScope, 'readonly');
  assert.equal(writer.provider.authorizedScope, 'read-write');
  reader.text.insert(0, 'scribbled');
  reader.provider.sendStateless('echo done');
  await until(() => reader.heard.stateless.includes('done'), 'the update was looked at');
  assert.ok(reader.provider.hasUnsyncedChanges);
  reader.cut();
  await until(() => !reader.provider.synced, 'it drops out');
  await until(() => reader.provider.synced, 'it is back');
  reader.provider.sendStateless('echo again');
  await until(() => reader.heard.stateless.includes('again'), 'its document was looked at');
  assert.ok(reader.provider.hasUnsyncedChanges);
  assert.equal(writer.text.toString(), 'written');
  assert.equal(writer.awareness.getStates().get(reader.doc.clientID).user.name, 'Reader');
});

test('a token is renewed on a live connection, also when the program asks for it', async (t) => {
  const server = await start_hocuspocus_server(t);
  const client = open_hocuspocus(t, server, 'notes', { token: () => client?.token ?? 'ann' });
  await until(() => client.settled(), 'it is in sync');
  client.token = 'read';
  client.provider.sendStateless('token');
  await until(() => client.heard.scopes.join() === 'read-write,readonly', 'it may only read now');
  client.text.insert(0, 'too late');
  client.provider.sendStateless('echo done');
  await until(() => client.heard.stateless.includes('done'), 'the update was looked at');
  assert.ok(client.provider.hasUnsyncedChanges);
  client.token = 'bad';
  await client.provider.sendToken();
  await until(() => client.heard.closed.join() === 'this token is bad', 'its document is closed');
  assert.equal(client.socket.status, 'connected');
});

const people_at = ({ awareness, doc }) => [...awareness.getStates().keys()].filter((id) => id !== doc.clientID);

for (const threads of [1, 4])
  test(`fifty people see each other, and none stays behind (${threads} threads)`, async (t) => {
    const server = await start_hocuspocus_server(t, { threads });
    const watcher = open_hocuspocus(t, server, 'party', { person: 'Watcher' });
    const y_watcher = open_document(t, server, 'party');
    const crowd = Array.from({ length: 50 }, (_, i) => open_hocuspocus(t, server, 'party', { person: `Guest ${i}` }));
    await until(() => [watcher, ...crowd].every((one) => people_at(one).length >= 50), 'everybody sees everybody');
    crowd.slice(0, 10).forEach((guest) => guest.close()); // with a goodbye
    crowd.slice(10, 20).forEach((guest) => guest.awareness.setLocalState(null)); // invisible
    await until(() => people_at(watcher).length === 30, 'who leaves or hides is gone', 8_000);
    for (const guest of crowd.slice(20)) {
      guest.socket.shouldConnect = false; // dead
      guest.cut();
    }
    await until(() => people_at(watcher).length === 0 && people_at(y_watcher).join() === String(watcher.doc.clientID), 'nobody stays behind', 8_000);
    crowd.at(-1).socket.connect();
    await until(() => people_at(watcher).join() === String(crowd.at(-1).doc.clientID), 'who comes back is seen at once', 8_000);
  });

test('stateless messages go to the program and come from it, to one or to all', async (t) => {
  const server = await start_hocuspocus_server(t, { threads: 2 });
  const clients = ['ann', 'bob', 'cleo'].map((token) => open_hocuspocus(t, server, 'notes', { token }));
  const elsewhere = open_hocuspocus(t, server, 'other');
  await until(() => [...clients, elsewhere].every((client) => client.settled()), 'all are in sync');
  clients[1].provider.sendStateless('echo {"only":"me 😀"}');
  await until(() => clients[1].heard.stateless.length === 1, 'the program answers');
  clients[0].provider.sendStateless('all hello');
  await until(() => clients.every(({ heard }) => heard.stateless.at(-1) === 'ann: hello'), 'everybody in the document hears it');
  assert.deepEqual(clients.map(({ heard }) => heard.stateless.length), [1, 2, 1]);
  assert.equal(elsewhere.heard.stateless.length, 0);
});

test('many documents on one WebSocket, one of them twice', async (t) => {
  const server = await start_hocuspocus_server(t, { threads: 4 });
  const socket = open_socket(t, server);
  const names = [...Array.from({ length: 20 }, (_, i) => `notes/${i}`), '日本語 😀', 'a?b#c&d=e'];
  const mine = names.map((name) => open_hocuspocus(t, server, name, { socket }));
  const twins = [1, 2].map(() => open_hocuspocus(t, server, 'twice', { socket, sessionAwareness: true, person: 'Twin' }));
  const plain = open_hocuspocus(t, server, 'twice', { socket });
  mine.forEach(({ text }, i) => text.insert(0, names[i]));
  twins[0].text.insert(0, 'seen by the other');
  await converge([...twins, plain]);
  assert.equal(plain.text.toString(), 'seen by the other');
  for (const [i, name] of names.entries()) {
    const reader = open_hocuspocus(t, server, name);
    await converge([mine[i], reader]);
    assert.equal(reader.text.toString(), name);
  }
  twins[0].close();
  await until(() => people_at(twins[1]).length === 1, 'one twin leaves'); // the plain one stays
  twins[1].text.insert(0, 'still ');
  await converge([twins[1], plain]);
  plain.provider.sendStateless('close that is enough');
  await until(() => plain.heard.closed.join() === 'that is enough', 'one document is closed');
  mine[0].text.insert(0, 'x');
  await until(() => mine[0].settled(), 'the others are not');
});

test('clients come back to a restarted server with everything', async (t) => {
  const server = await start_hocuspocus_server(t);
  const [ann, bob] = [open_hocuspocus(t, server, 'notes', { person: 'Ann' }), open_hocuspocus(t, server, 'notes', { person: 'Bob' })];
  ann.text.insert(0, 'before ');
  await converge([ann, bob]);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  await until(() => !ann.provider.synced && !bob.provider.synced, 'both notice');
  ann.text.insert(0, 'during ');
  await server.start();
  await converge([ann, bob]);
  assert.equal(bob.text.toString(), 'during before ');
  // y-protocols forgets the others but not their clocks: they show again with the next thing they say.
  bob.awareness.setLocalStateField('cursor', 3);
  await until(() => people_at(ann).join() === String(bob.doc.clientID), 'who moves is seen', 8_000);
});

test('nonsense ends its own document or connection', async (t) => {
  const server = await start_hocuspocus_server(t);
  const socket = open_socket(t, server);
  const [broken, fine] = ['broken', 'fine'].map((name) => open_hocuspocus(t, server, name, { socket }));
  await until(() => broken.settled() && fine.settled(), 'both are in sync');
  socket.send(Uint8Array.of(6, ...Buffer.from('broken'), 0, 2, 3, 1, 2, 3)); // no update
  await until(() => broken.heard.closed.length === 1, 'its document is closed');
  assert.match(broken.heard.closed[0], /update refused/);
  fine.text.insert(0, 'x');
  await until(() => fine.settled(), 'the other one goes on');

  const hostile = new WebSocket(`${server.ws}/hocuspocus`);
  const code = new Promise((resolve) => hostile.on('close', resolve));
  hostile.on('open', () => hostile.send(Uint8Array.of(255)));
  assert.equal(await code, 4401);
});
