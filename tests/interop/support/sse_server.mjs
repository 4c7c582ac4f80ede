// tests/support/sse_server.cpp as a child process.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './server.mjs';
import { until } from './until.mjs';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const program = path.join(process.env.UNISONO_BUILD_DIR ?? path.join(repository, 'build/dev'), 'tests/sse_server');

export async function start_sse_server(owner) {
  const child = run(owner, [], program);
  await until(() => child.over || child.stdout.includes('\n'), `${program} starts`, 20_000);
  const port = Number(/:(\d+)\n/.exec(child.stdout)[1]);
  const http = `http://127.0.0.1:${port}`;
  return {
    port,
    http,
    publish: (room, text) => fetch(`${http}/publish/${room}`, { method: 'POST', body: text }),
    active: async () => (await (await fetch(`${http}/status`)).json()).active,
  };
}
