// Who may do what, and what the server itself does with documents, as unmodified clients see it.
//
//   [UNISONO_BUILD_DIR=<folder>] node --test <this file>
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as Y from 'yjs';
import { open_hocuspocus } from './support/hocuspocus_client.mjs';
import { start_hocuspocus_server } from './support/server.mjs';
import { until } from './support/until.mjs';
import { open_document } from './support/yjs_client.mjs';

const open_guarded = (t, server, token, name = 'notes') => {
  const client = open_document(t, server, name, { path: '/guarded', params: { token } });
  client.closed = [];
  client.provider.on('connection-close', (event) => client.closed.push(event?.code));
  return client;
};
const synced = (client) => until(() => client.provider.synced, 'the client is synced');
const reads = (client, text) => until(() => client.text.toString() === text, `the client reads "${text}"`);

/** Nothing more is coming: what was asked before has been answered. */
async function round_trip(host) {
  const before = host.heard.stateless.length;
  host.provider.sendStateless('echo here');
  await until(() => host.heard.stateless.length > before, 'the server answers');
}

test('y-websocket: who may not open a document stays away', async (t) => {
  const server = await start_hocuspocus_server(t);
  const stranger = open_guarded(t, server, 'bad');
  await until(() => stranger.closed.length > 0, 'the stranger is turned away');
  assert.deepEqual(stranger.closed, [4403]);
  await sleep(600); // longer than its longest wait
  assert.equal(stranger.closed.length, 1);
  assert.equal(stranger.provider.shouldConnect, false);
});

for (const token of ['read', 'late read'])
  test(`y-websocket: who may only read reads, and changes nothing (token "${token}")`, async (t) => {
    const server = await start_hocuspocus_server(t);
    const writer = open_guarded(t, server, 'ann');
    await synced(writer);
    writer.text.insert(0, 'hello');
    const reader = open_guarded(t, server, token);
    await synced(reader);
    await reads(reader, 'hello');
    reader.text.insert(0, 'not ');
    writer.text.insert(5, ' world');
    await reads(reader, 'not hello world');
    assert.equal(writer.text.toString(), 'hello world');
    assert.deepEqual(reader.closed, []);
    const late = open_document(t, server, 'notes');
    await reads(late, 'hello world');
  });

test('rights change while clients are connected', async (t) => {
  const server = await start_hocuspocus_server(t, { threads: 2 });
  const host = open_hocuspocus(t, server, 'notes', { token: 'host' });
  const ann = open_guarded(t, server, 'ann');
  const bob = open_hocuspocus(t, server, 'notes', { token: 'bob' });
  await Promise.all([host, ann, bob].map(synced));
  ann.text.insert(0, 'a');
  await reads(host, 'a');

  host.provider.sendStateless('read ann');
  host.provider.sendStateless('read bob');
  await until(() => bob.heard.scopes.at(-1) === 'readonly', 'bob hears of it');
  await round_trip(host);
  ann.text.insert(1, 'x');
  bob.text.insert(1, 'y');
  await until(() => bob.provider.unsyncedChanges > 0, "bob's change is not taken");
  await round_trip(host);
  assert.equal(host.text.toString(), 'a');

  host.provider.sendStateless('none ann');
  host.provider.sendStateless('none bob');
  await until(() => ann.closed.length > 0 && bob.heard.closed.length > 0, 'both are put out');
  assert.deepEqual(ann.closed, [4403]);
  assert.deepEqual(bob.heard.closed, ['put out']);
  assert.equal(ann.provider.shouldConnect, false);
  assert.equal(host.text.toString(), 'a');
});

test('what the server writes reaches every client, and is there after a restart', async (t) => {
  const server = await start_hocuspocus_server(t);
  const host = open_hocuspocus(t, server, 'live-notes', { token: 'host' });
  const reader = open_guarded(t, server, 'read', 'live-notes');
  await Promise.all([host, reader].map(synced));
  host.text.insert(0, 'By hand.');
  host.provider.sendStateless('append  By the server.');
  await reads(host, 'By hand. By the server.');
  await reads(reader, 'By hand. By the server.');
  await server.kill();
  await server.start();
  const late = open_document(t, server, 'live-notes');
  await reads(late, 'By hand. By the server.');
});

for (const name of ['notes', 'live-notes'])
  test(`a document that is removed everywhere empties the copy of who was away ("${name}")`, async (t) => {
    const server = await start_hocuspocus_server(t);
    const host = open_hocuspocus(t, server, name, { token: 'host' });
    const away = open_document(t, server, name);
    await Promise.all([host, away].map(synced));
    away.text.insert(0, 'the old text');
    away.text.format(0, 3, { bold: true });
    away.text.delete(4, 4);
    away.doc.getMap('map').set('key', new Y.Text('nested'));
    await reads(host, 'the text');
    away.provider.disconnect();
    host.provider.sendStateless('erase');
    await until(() => host.heard.closed.length > 0, 'who is there is put out');
    const fresh = open_document(t, server, name);
    await synced(fresh);
    fresh.text.insert(0, 'anew');
    away.text.insert(0, 'offline ');
    away.provider.connect();
    await until(() => !away.text.toString().includes('text'), 'the old copy is emptied');
    await until(() => fresh.text.toString().includes('offline'), 'what was written offline comes along');
    await until(() => away.text.toString() === fresh.text.toString(), 'both are the same');
    assert.deepEqual(away.text.toString().replace('offline ', ''), 'anew');
    assert.equal(away.doc.getMap('map').size, 0);
    assert.equal(fresh.doc.getMap('map').size, 0);
    const late = open_document(t, server, name);
    await reads(late, fresh.text.toString());
  });

test('a document that is removed is gone, and who had it open stays away', async (t) => {
  const server = await start_hocuspocus_server(t);
  const host = open_hocuspocus(t, server, 'notes', { token: 'host' });
  const ann = open_guarded(t, server, 'ann');
  await Promise.all([host, ann].map(synced));
  ann.text.insert(0, 'secret');
  await reads(host, 'secret');
  host.provider.sendStateless('remove');
  await until(() => ann.closed.length > 0 && host.heard.closed.length > 0, 'both are put out');
  assert.deepEqual(ann.closed, [4410]);
  assert.deepEqual(host.heard.closed, ['the document was removed']);
  await sleep(600); // longer than its longest wait
  assert.equal(ann.provider.shouldConnect, false);
  const late = open_document(t, server, 'notes');
  await synced(late);
  assert.equal(late.text.toString(), '');
});
