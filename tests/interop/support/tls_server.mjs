// tests/support/tls_server.cpp as a child process.
import path from 'node:path';
import { build, run, temporary_folder } from './server.mjs';
import { until } from './until.mjs';

const file = path.join(build, 'tests/tls_server');

export async function start_tls_server(owner) {
  const child = run(owner, [temporary_folder(owner)], file);
  const names = () => child.stdout.split('\n').slice(1, -1);
  await until(() => child.over || names().length, `${file} starts`, 20_000);
  if (child.over) throw new Error(`${file} does not start: ${child.stderr}`);
  const port = Number(/:(\d+)\n/.exec(child.stdout)[1]);
  return {
    https: `https://127.0.0.1:${port}`,
    wss: `wss://127.0.0.1:${port}`,
    certificate: () => names().at(-1), // by its name
    async renew_certificate() {
      const before = names().length;
      child.signal('SIGHUP');
      await until(() => child.over || names().length > before, 'a new certificate');
    },
  };
}
