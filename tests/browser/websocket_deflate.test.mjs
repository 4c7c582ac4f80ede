// permessage-deflate as browsers speak it: they always offer it, and inflate by themselves.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { start_compression_server } from '../interop/support/compression_server.mjs';
import { launch_browser, new_person, open_page } from './support/browser.mjs';

const server = await start_compression_server({ after });
const browser = await launch_browser({ after });

test('a browser gets back what it sent, compressed', async (t) => {
  const page = await open_page(await new_person(t, browser), server.http);
  const { extensions, same } = await page.evaluate(async (url) => {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
    const ask = (message) =>
      new Promise((resolve, reject) => {
        Object.assign(socket, { onmessage: ({ data }) => resolve(data), onclose: reject });
        socket.send(message);
      });
    const messages = ['', 'short', 'ü🙂 '.repeat(5_000), JSON.stringify(Array(2_000).fill({ a: 1 })), 'x'.repeat(65_536)];
    const same = [];
    for (const message of messages) same.push((await ask(message)) === message);
    return { extensions: socket.extensions, same };
  }, `${server.ws}/echo`);
  assert.match(extensions, /^permessage-deflate; server_no_context_takeover; client_no_context_takeover/);
  assert.deepEqual(same, Array(5).fill(true));
});
