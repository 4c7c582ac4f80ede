// Documents over the native protocol, as JSON and as binary messages, beside unmodified y-websocket clients.
//
//   [SHOWCASE=<program>] [UNISONO_SEED=<n>] node --test <this file>
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as Y from 'yjs';
import { NativeProvider } from './support/native_provider.mjs';
import { random_source } from './support/random.mjs';
import { start_server } from './support/server.mjs';
import { until } from './support/until.mjs';
import { edit_randomly, open_document, same_content, state_of } from './support/yjs_client.mjs';

const edits_each = 600;

function open_natively(owner, server, name, { binary = false, person } = {}) {
  const doc = new Y.Doc();
  const provider = new NativeProvider(`${server.ws}/ws`, name, doc, { binary });
  if (person) provider.awareness.setLocalStateField('user', { name: person });
  owner.after(() => provider.destroy());
  return { doc, provider, text: doc.getText('content'), awareness: provider.awareness, cut: () => provider.socket.terminate() };
}

async function type_on_and_off(client, random) {
  for (let done = 0; done < edits_each;) {
    for (let burst = random.between(1, 20); burst > 0 && done < edits_each; burst--, done++) edit_randomly(client, random);
    if (random.chance(0.05)) client.cut();
    else if (random.chance(0.05)) client.provider.disconnect();
    await sleep(random.below(4));
    if (random.chance(0.3)) client.provider.connect_again?.();
  }
}

const converge = (clients) =>
  until(
    () => clients.every(({ provider }) => provider.synced) && clients.every(({ doc }) => same_content(doc, clients[0].doc)),
    'everybody converges',
    30_000,
  );

for (const threads of [1, 4])
  test(`JSON, binary and y-websocket clients with bad connections agree on one document (${threads} threads)`, async (t) => {
    const server = await start_server(t, { threads });
    const clients = [
      open_natively(t, server, 'notes'),
      open_natively(t, server, 'notes', { binary: true }),
      open_document(t, server, 'notes'),
    ];
    for (const { provider } of clients)
      provider.connect_again = () => {
        const away = provider instanceof NativeProvider ? !provider.wanted : !provider.shouldConnect;
        if (away) provider.connect();
      };
    await Promise.all(clients.map((client, i) => type_on_and_off(client, random_source(`native${i}${threads}`))));
    for (const { provider } of clients) provider.connect_again();
    await converge(clients);
    const late = [open_natively(t, server, 'notes'), open_natively(t, server, 'notes', { binary: true })];
    await converge([...clients, ...late]);
    const expected = state_of(clients[0].doc);
    assert.ok(expected.text.length > 0);
    for (const { doc } of [...clients, ...late]) assert.deepEqual(state_of(doc), expected);
    assert.ok(clients[1].provider.alias > 0, 'binary messages were agreed on');
  });

for (const binary of [false, true])
  test(`people see each other across protocols and vanish at once (${binary ? 'binary' : 'JSON'})`, async (t) => {
    const server = await start_server(t, { threads: 2 });
    const names_at = ({ awareness, doc }) =>
      [...awareness.getStates()].filter(([id, { user }]) => id !== doc.clientID && user).map(([, { user }]) => user.name).sort().join();
    const ada = open_document(t, server, 'people', { person: 'Ada' });
    const bob = open_natively(t, server, 'people', { person: 'Bob', binary });
    await until(() => names_at(ada) === 'Bob' && names_at(bob) === 'Ada', 'both see each other', 5_000);
    bob.awareness.setLocalStateField('cursor', 5);
    await until(() => ada.awareness.getStates().get(bob.doc.clientID)?.cursor === 5, 'a cursor arrives', 5_000);
    bob.provider.disconnect();
    await until(() => names_at(ada) === '', 'who drops out vanishes', 2_000);
    bob.provider.connect();
    await until(() => names_at(ada) === 'Bob', 'who returns is back', 5_000);
  });

for (const binary of [false, true])
  test(`what was acknowledged survives kill -9 (${binary ? 'binary' : 'JSON'})`, async (t) => {
    const random = random_source(`native kill ${binary}`);
    const server = await start_server(t, { threads: 4 });
    const acknowledged = [];
    for (let round = 0; round < 5; round++) {
      const writers = [0, 1].map(() => open_natively(t, server, 'ledger', { binary }));
      const count = () => writers.reduce((sum, { provider }) => sum + provider.acknowledged.length, 0);
      await until(() => writers.every(({ provider }) => provider.synced), 'the writers are in sync');
      let writing = true;
      const typing = writers.map(async (writer) => {
        while (writing) {
          edit_randomly(writer, random);
          await sleep(random.below(3));
        }
      });
      await until(() => count() >= 20, 'changes are acknowledged');
      await server.kill();
      writing = false;
      await Promise.all(typing);
      for (const { provider } of writers) {
        provider.destroy();
        acknowledged.push(...provider.acknowledged);
      }
      await server.start();
      const fresh = open_natively(t, server, 'ledger', { binary });
      await until(() => fresh.provider.synced, 'a new client is in sync');
      const stored = Y.snapshot(fresh.doc);
      Y.applyUpdate(fresh.doc, Y.mergeUpdates(acknowledged), fresh.provider);
      assert.equal(fresh.doc.store.pendingStructs, null, `round ${round}: a change is missing that others build on`);
      assert.ok(Y.equalSnapshots(stored, Y.snapshot(fresh.doc)), `round ${round}: something acknowledged is lost`);
      fresh.provider.destroy();
    }
  });
