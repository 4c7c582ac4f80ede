// Unmodified y-websocket clients against the server: convergence, durability, awareness.
//
//   [SHOWCASE=<program>] [UNISONO_SEED=<n>] node --test <this file>
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import * as decoding from 'lib0/decoding';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { random_source } from './support/random.mjs';
import { start_server } from './support/server.mjs';
import { until } from './support/until.mjs';
import { edit_randomly, open_document, same_content, state_of } from './support/yjs_client.mjs';

const edits_each = 2_000;
const keep_alive = '010100'; // an awareness update about nobody

// Runs beside the other tests: the frame comes after 15 to 20 s of silence.
const quiet_server = await start_server({ after });
const silence = new Promise((resolve) => {
  const idle = new WebSocket(`${quiet_server.ws}/yjs/idle`);
  const start = performance.now();
  idle.on('error', resolve);
  idle.on('message', (data) => {
    if (data.toString('hex') !== keep_alive) return;
    idle.terminate();
    resolve(performance.now() - start);
  });
});

async function type_on_and_off(client, random) {
  const { provider } = client;
  for (let done = 0; done < edits_each;) {
    for (let burst = random.between(1, 20); burst > 0 && done < edits_each; burst--, done++) edit_randomly(client, random);
    if (random.chance(0.02)) client.cut();
    else if (random.chance(0.02)) provider.disconnect();
    if (!provider.shouldConnect && random.chance(0.2)) provider.connect();
    await turn();
  }
  provider.connect();
}

async function converged(clients, what) {
  await until(
    () => clients.every(({ provider }) => provider.synced) && clients.every(({ doc }) => same_content(doc, clients[0].doc)),
    `${what} converge`,
    30_000,
  );
  const expected = state_of(clients[0].doc);
  for (const { doc } of clients.slice(1)) assert.deepEqual(state_of(doc), expected);
}

for (const threads of [1, 4]) {
  test(`three editors with bad connections, a late one and one after a restart agree (${threads} threads)`, async (t) => {
    const server = await start_server(t, { threads });
    const editors = ['a', 'b', 'c'].map((name) => ({ ...open_document(t, server, 'notes'), random: random_source(`${name}${threads}`) }));
    await Promise.all(editors.map((editor) => type_on_and_off(editor, editor.random)));
    await converged(editors, 'the editors');
    const late = open_document(t, server, 'notes');
    await converged([...editors, late], 'the editors and a late client');

    for (const client of [...editors, late]) client.close();
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
    await server.start();
    const fresh = open_document(t, server, 'notes');
    await converged([editors[0], fresh].map((client) => ({ ...client, provider: fresh.provider })), 'the old and the restarted document');
  });
}

/** The bytes themselves: what a document reports also depends on edits of its own that nobody has seen. */
function on_update_received(provider, tell) {
  const handle = provider.messageHandlers[0];
  provider.messageHandlers[0] = (encoder, decoder, ...rest) => {
    const ahead = decoding.clone(decoder);
    const is_update = decoding.readVarUint(ahead) !== 0;
    if (is_update) tell(decoding.readVarUint8Array(ahead).slice());
    handle(encoder, decoder, ...rest);
  };
}

test('what anybody was shown survives kill -9, even when every client is thrown away', async (t) => {
  const random = random_source('kill');
  const server = await start_server(t, { threads: 4 });
  const seen = [];
  for (let round = 0; round < 10; round++) {
    const writers = ['a', 'b', 'c'].map(() => open_document(t, server, 'ledger'));
    const before = seen.length;
    for (const { provider } of writers) on_update_received(provider, (update) => seen.push(update));
    await until(() => writers.every(({ provider }) => provider.synced), 'the writers are in sync');

    let writing = true;
    const typing = writers.map(async (writer) => {
      while (writing) {
        for (let burst = random.between(1, 5); burst > 0; burst--) edit_randomly(writer, random);
        await sleep(random.below(3));
      }
    });
    await until(() => seen.length >= before + 20, 'the writers see each other');
    await sleep(random.below(150));
    await server.kill();
    writing = false;
    await Promise.all(typing);
    await until(() => writers.every(({ provider }) => !provider.wsconnected), 'the writers notice');
    for (const writer of writers) writer.close();

    await server.start();
    const fresh = open_document(t, server, 'ledger');
    await until(() => fresh.provider.synced, 'a new client is in sync');
    const stored = Y.snapshot(fresh.doc);
    Y.applyUpdate(fresh.doc, Y.mergeUpdates(seen));
    assert.equal(fresh.doc.store.pendingStructs, null, `round ${round}: a change is missing that others build on`);
    assert.ok(Y.equalSnapshots(stored, Y.snapshot(fresh.doc)), `round ${round}: something that was shown is lost`);
    fresh.close();
  }
});

const names_at = ({ awareness, doc }) =>
  [...awareness.getStates()].filter(([id, { user }]) => id !== doc.clientID && user).map(([, { user }]) => user.name).sort();

for (const threads of [1, 4]) {
  test(`people appear, move, vanish at once and come back (${threads} threads)`, async (t) => {
    const server = await start_server(t, { threads });
    const ada = open_document(t, server, 'people', { person: 'Ada' });
    const bob = open_document(t, server, 'people', { person: 'Bob' });
    await until(() => names_at(ada).join() === 'Bob' && names_at(bob).join() === 'Ada', 'both see each other', 2_000);

    bob.awareness.setLocalStateField('cursor', { anchor: 3, head: 5 });
    await until(() => ada.awareness.getStates().get(bob.doc.clientID)?.cursor?.head === 5, 'a cursor arrives', 2_000);

    const cleo = open_document(t, server, 'people', { person: 'Cleo' });
    await until(() => names_at(cleo).join() === 'Ada,Bob', 'a newcomer sees everybody', 2_000);

    bob.provider.shouldConnect = false; // stays away until told
    bob.cut();
    await until(() => names_at(ada).join() === 'Cleo' && names_at(cleo).join() === 'Ada', 'who drops out vanishes', 1_000);

    bob.provider.connect();
    await until(() => names_at(ada).join() === 'Bob,Cleo', 'who returns is back', 2_000);
    // y-protocols forgets the others but not their clocks: they show again with the next thing they say.
    ada.awareness.setLocalStateField('cursor', { anchor: 1, head: 1 });
    await until(() => names_at(bob).includes('Ada'), 'and sees who moves', 2_000);

    cleo.provider.disconnect();
    await until(() => names_at(ada).join() === 'Bob', 'who says goodbye vanishes', 1_000);
  });
}

test('a question for awareness is answered', async (t) => {
  const server = await start_server(t);
  open_document(t, server, 'people', { person: 'Ada' });
  const asking = new WebSocket(`${server.ws}/yjs/people`);
  t.after(() => asking.terminate());
  const answers = [];
  asking.on('message', (data) => data[0] === 1 && answers.push(data.toString()));
  await new Promise((resolve) => asking.on('open', resolve));
  await until(() => answers.length > 0, 'the newcomer is told who is here');
  const told = answers.length;
  asking.send(Uint8Array.of(3));
  await until(() => answers.length > told, 'the question is answered', 2_000);
  assert.match(answers.at(-1), /"name":"Ada"/);
});

test('any text names a document', async (t) => {
  const server = await start_server(t, { threads: 4 });
  const names = ['日本語 😀', 'a/b/c', 'a%2Fb%2Fc', '100%', 'x y+z&?#', 'a/../b', '%', 'ü'.repeat(127)];
  for (const name of names) {
    const writer = open_document(t, server, name);
    writer.text.insert(0, `this is ${name}`);
    await until(() => writer.provider.synced, `${name} is in sync`);
  }
  await server.stop();
  await server.start();
  for (const name of names) {
    const reader = open_document(t, server, name);
    await until(() => reader.provider.synced, `${name} is in sync`);
    assert.equal(reader.text.toString(), `this is ${name}`);
  }
});

test('an idle connection hears something before y-websocket gives it up after 30 s', async () => {
  const waited = await Promise.race([silence, sleep(25_000, Infinity, { ref: false })]);
  assert.ok(waited > 10_000 && waited <= 21_000, `the keep-alive came after ${waited} ms`);
});
