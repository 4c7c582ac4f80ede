// The JavaScript client as a thing to ship: its size, its types, its examples.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { temporary_folder } from './support/server.mjs';

const folder = fileURLToPath(new URL('../../examples/web/', import.meta.url));
const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', import.meta.url));
const run = promisify(execFile);

for (const [module, limit] of [['unisono.js', 8_000], ['presence.js', 2_100]])
  test(`${module} has at most ${limit} bytes, minified, and needs nothing else`, async () => {
    const options = { bundle: true, external: ['./unisono.js'], minify: true, format: 'esm', target: 'es2022', write: false, metafile: true };
    const { outputFiles, metafile } = await build({ entryPoints: [folder + module], ...options });
    assert.equal(Object.keys(metafile.inputs).length, 1);
    const bytes = outputFiles[0].contents.length;
    console.log(`${bytes} bytes`);
    assert.ok(bytes <= limit, `${bytes} bytes`);
  });

/** What the compiler says about these modules. */
async function complaints(owner, ...sources) {
  const home = temporary_folder(owner);
  const files = sources.map((_, at) => path.join(home, `uses${at}.mts`));
  for (const [at, file] of files.entries()) await writeFile(file, sources[at]);
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom'];
  return run(process.execPath, [tsc, ...options, ...files], { cwd: home }).then(
    () => [],
    ({ stdout }) => stdout.split('\n').filter((line) => line.includes('error TS')),
  );
}

// On one line, so that the mistakes below begin on the second.
const importing = `import { create_client, type UnisonoError } from '${folder}unisono.js'; import { create_presence } from '${folder}presence.js';\n`;

test('its types describe it, refuse mistakes, and agree with the examples of the README', async (t) => {
  const uses = `
    const client = create_client('/ws', { token: 't', get_token: async () => null, transports: ['sse'], timeout_ms: 1, queue_count: 1, name: 'n', data: {} });
    const room = client.subscribe<{ text: string }>('a', { last: 3, presence: true, recover: { epoch: 'e', offset: 1 } });
    room.on('message', ({ data, offset, from }) => [data.text.length, offset?.toFixed(), from?.client.length]);
    const presence = create_presence<{ name: string }, [x: number, y: number]>(room, { name: 'x' });
    presence.on('change', (members) => members.map(({ state, user }) => state.name + user));
    presence.on('join', ({ first, state }) => [first === true, state.name]), presence.on('leave', ({ last }) => last === true);
    presence.on('cursor', ({ client, place }) => [client.length, place?.[0].toFixed()]);
    presence.typing(true), presence.point([1, 2]), presence.enter({ name: 'y' }), presence.leave(), presence.cursors.size;
    presence.on('typing', (typists) => typists.map(({ client, state }) => client + state?.name)), presence.typists.length;
    const off: () => void = client.on('state', ({ state, retry_in, transport }) => [state === 'connected', retry_in?.toFixed(), transport === 'sse']);
    const { offset, duplicate }: { offset: number; duplicate?: boolean } = await room.publish({ text: 'x' }, { key: 'k', exclude_self: true });
    const n: number = await client.rpc<number>('f', [1]);
    client.connect(), off(), room.unsubscribe(), client.disconnect(), client.unconfirmed.toFixed();
    room.ask('presence', { op: 'count' }).then(({ users }) => users), room.tell('typing', { on: true }), room.position?.epoch.length, room.state === 'subscribed', client.id?.length;
    try { await room.history({ limit: 1 }); } catch (error) { (error as UnisonoError).code.toFixed(); }
    export { offset, duplicate, n };
  `;
  const mistakes = [
    `create_client();`,
    `create_client('/ws', { transports: ['carrier pigeon'] });`,
    `create_client('/ws').on('message', () => {});`,
    `create_client('/ws').subscribe<{ text: string }>('a').publish({ txt: 'x' });`,
    `create_client('/ws').subscribe('a', { last: 'all' });`,
    `create_client('/ws').state = 'connected';`,
    `create_presence<{ name: string }>(create_client('/ws').subscribe('a')).enter({ nam: 'x' });`,
    `create_presence(create_client('/ws').subscribe('a')).on('first', () => {});`,
  ];
  const readme = await readFile(`${folder}README.md`, 'utf8');
  const examples = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
  assert.ok(examples.length >= 5);
  const given = `declare const client: import('${folder}unisono.js').Client; declare const room: import('${folder}unisono.js').Subscription;
    declare const presence: import('${folder}presence.js').Presence;
    declare const [show, clear]: ((...what: any[]) => any)[];\n`;
  const modules = examples.map((code) => `${importing}${given}{\n${code.replace(/^import .*\n/gm, '')}}\nexport {};`);
  const found = await complaints(t, importing + mistakes.join('\n'), importing + uses, ...modules);
  const expected = mistakes.map((_, at) => `uses0.mts(${at + 2}`);
  assert.deepEqual(found.map((line) => line.split(',')[0]), expected, found.join('\n'));
});

test('the types name exactly what is there', async () => {
  const { create_client } = await import(`${folder}unisono.js`);
  const { create_presence } = await import(`${folder}presence.js`);
  const types = (await Promise.all(['unisono', 'presence'].map((module) => readFile(`${folder}${module}.d.ts`, 'utf8')))).join('');
  const client = create_client('ws://server.test');
  const room = client.subscribe('a');
  for (const [name, object] of [['Client', client], ['Subscription', room], ['Presence', create_presence(room)]]) {
    const [, body] = new RegExp(`interface ${name}\\b[^{]*\\{(.*?)\\n\\}`, 's').exec(types);
    const described = [...body.matchAll(/^ {2}(?:readonly )?(\w+)[?(:<]/gm)].map(([, member]) => member);
    assert.deepEqual([...new Set(described)].sort(), Object.keys(object).sort(), name);
  }
});
