// How the program starts, fails to start, and ends.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { run, start_server, temporary_folder } from './support/server.mjs';
import { until } from './support/until.mjs';
import { open_document } from './support/yjs_client.mjs';

/** {code, signal} of a program that must end by itself. */
async function end_of(process_) {
  await until(() => process_.over, 'the program ends', 10_000);
  return process_.exited;
}

test('a wrong command line is explained and ends with 2', async (t) => {
  const wrong = [
    [['--nonsense'], /unknown option --nonsense/],
    [['extra'], /unknown option extra/],
    [['--port'], /--port needs a value/],
    [['--port', '65536'], /--port wants a number/],
    [['--port', '80x'], /--port wants a number/],
    [['--port', '-1'], /--port wants a number/],
    [['--threads', '0'], /--threads wants a number/],
    [['--threads', '1000'], /--threads wants a number/],
  ];
  await Promise.all(
    wrong.map(async ([args, message]) => {
      const process_ = run(t, args);
      assert.deepEqual(await end_of(process_), { code: 2, signal: null }, args.join(' '));
      assert.match(process_.stderr, message);
      assert.equal(process_.stdout, '');
    }),
  );
});

test('--help is an answer, not an error', async (t) => {
  const process_ = run(t, ['--help']);
  assert.deepEqual(await end_of(process_), { code: 0, signal: null });
  assert.match(process_.stdout, /^usage: /);
  assert.equal(process_.stderr, '');
});

test('--port 0 tells where it listens, in one line, and nothing else', async (t) => {
  const server = await start_server(t);
  assert.equal((await fetch(server.http)).status, 200);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  assert.match(server.process.stdout, /^listening on http:\/\/127\.0\.0\.1:\d+\n$/);
  assert.equal(server.process.stderr, '');
});

for (const signal of ['SIGTERM', 'SIGINT'])
  test(`${signal} under load says goodbye to 200 clients and ends with 0 within 5 s`, async (t) => {
    const server = await start_server(t, { threads: 4 });
    const codes = [];
    const clients = Array.from({ length: 200 }, (_, i) => {
      const client = new WebSocket(`${server.ws}/yjs/room-${i % 10}`);
      client.on('error', () => {});
      client.on('close', (code) => codes.push(code));
      t.after(() => client.terminate());
      return client;
    });
    await until(() => clients.every(({ readyState }) => readyState === WebSocket.OPEN), 'all are connected');
    const load = setInterval(() => clients.forEach((client) => client.send(Uint8Array.of(3))), 5);
    t.after(() => clearInterval(load));
    const [editor, reader] = [open_document(t, server, 'room-0'), open_document(t, server, 'room-0')];
    await until(() => editor.provider.synced && reader.provider.synced, 'the editors are in sync');
    editor.text.insert(0, 'last words');
    await until(() => reader.text.length > 0, 'the last words are heard');

    const start = performance.now();
    server.process.signal(signal);
    assert.deepEqual(await end_of(server.process), { code: 0, signal: null });
    assert.ok(performance.now() - start < 5_000, `it took ${performance.now() - start} ms`);
    await until(() => codes.length === clients.length, 'everybody was told');
    assert.deepEqual([...new Set(codes)], [1001]);
    editor.close();
    reader.close();

    await server.start();
    const later = open_document(t, server, 'room-0');
    await until(() => later.text.toString() === 'last words', 'the last words are kept');
  });

test('a port in use is said to be in use', async (t) => {
  const first = await start_server(t);
  const second = run(t, ['--port', String(first.port), '--data', temporary_folder(t)]);
  assert.deepEqual(await end_of(second), { code: 1, signal: null });
  assert.match(second.stderr, new RegExp(`cannot listen on 127\\.0\\.0\\.1 port ${first.port}: .*in use`, 'i'));
  assert.equal(second.stdout, '');
});

test('an address that is none is refused', async (t) => {
  const process_ = run(t, ['--address', 'nowhere', '--port', '0', '--data', temporary_folder(t)]);
  assert.deepEqual(await end_of(process_), { code: 1, signal: null });
  assert.match(process_.stderr, /nowhere/);
});

test('data that cannot be used is refused, and left as it is', async (t) => {
  const garbage = temporary_folder(t);
  writeFileSync(path.join(garbage, 'documents.db'), 'this is not a database. '.repeat(1_000));
  const occupied = path.join(temporary_folder(t), 'file');
  writeFileSync(occupied, '');
  const folder = temporary_folder(t);
  mkdirSync(path.join(folder, 'documents.db'));
  for (const data of [garbage, occupied, folder]) {
    const process_ = run(t, ['--port', '0', '--data', data]);
    assert.deepEqual(await end_of(process_), { code: 1, signal: null }, data);
    const message = process_.stderr.trimEnd().split('\n').at(-1);
    assert.ok(message.startsWith('showcase: ') && message.includes(data), process_.stderr);
    assert.equal(process_.stdout, '');
  }
});

test('pages that are missing are refused', async (t) => {
  const process_ = run(t, ['--port', '0', '--data', temporary_folder(t), '--web', path.join(temporary_folder(t), 'none')]);
  assert.deepEqual(await end_of(process_), { code: 1, signal: null });
  assert.match(process_.stderr, /none/);
});
