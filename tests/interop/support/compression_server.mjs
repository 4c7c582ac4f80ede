// tests/support/compression_server.cpp as a child process.
import path from 'node:path';
import { program, run } from './server.mjs';
import { until } from './until.mjs';

const file = path.join(path.dirname(program), '../../tests/compression_server');

export async function start_compression_server(owner) {
  const child = run(owner, [], file);
  await until(() => child.over || child.stdout.includes('\n'), `${file} starts`, 20_000);
  if (child.over) throw new Error(`${file} does not start: ${child.stderr}`);
  const port = Number(/:(\d+)\n/.exec(child.stdout)[1]);
  return { port, http: `http://127.0.0.1:${port}`, ws: `ws://127.0.0.1:${port}` };
}
