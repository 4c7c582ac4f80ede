// Pages over TLS: Chromium's own https, wss and EventSource, and a certificate that is replaced meanwhile.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { start_tls_server } from '../interop/support/tls_server.mjs';
import { launch_browser, leave, new_person, open_page } from './support/browser.mjs';

const server = await start_tls_server({ after });
const browser = await launch_browser({ after });

/** A page whose WebSocket and event stream are open. Each has connections of its own. */
async function enter(t) {
  const context = await new_person(t, browser, { ignoreHTTPSErrors: true });
  const loaded = context.waitForEvent('response');
  const page = await open_page(context, server.https);
  const { protocol, subjectName } = await (await loaded).securityDetails();
  assert.equal(protocol, 'TLS 1.3');
  page.certificate = subjectName;
  await page.evaluate(async (wss) => {
    globalThis.seen = { said: [], heard: [], sockets: 0, streams: 0, ends: 0 };
    globalThis.socket = new WebSocket(`${wss}/say`);
    socket.onopen = () => ++seen.sockets;
    socket.onmessage = ({ data }) => seen.said.push(data);
    socket.onclose = () => ++seen.ends;
    globalThis.stream = new EventSource('/feed/said');
    stream.onopen = () => ++seen.streams;
    stream.onmessage = ({ data }) => seen.heard.push(data);
    stream.onerror = () => ++seen.ends;
  }, server.wss);
  await page.waitForFunction(() => seen.sockets && seen.streams);
  return page;
}

const say = (page, text) => page.evaluate((text) => socket.send(text), text);
const has = (page, what, text) => page.waitForFunction(([what, text]) => seen[what].at(-1) === text, [what, text]);

test('threat A11: a page over TLS goes on as before while the certificate is replaced', async (t) => {
  const first = await enter(t);
  assert.equal(first.certificate, server.certificate());
  const large = 'ü🙂'.repeat(10_000); // several records of TLS
  for (const text of ['hello', large]) {
    await say(first, text);
    await Promise.all([has(first, 'said', text), has(first, 'heard', text)]);
  }

  for (let renewal = 1; renewal <= 3; ++renewal) {
    const before = server.certificate();
    await server.renew_certificate();
    assert.notEqual(server.certificate(), before);
    const newcomer = await enter(t);
    assert.equal(newcomer.certificate, server.certificate());
    const text = `after renewal ${renewal}`;
    await say(newcomer, text);
    await Promise.all([has(newcomer, 'said', text), has(newcomer, 'heard', text), has(first, 'heard', text)]);
    await say(first, `${text}, too`);
    await Promise.all([has(first, 'said', `${text}, too`), has(newcomer, 'heard', `${text}, too`)]);
    await leave(newcomer);
  }
  // With the connections it had from the start.
  assert.deepEqual(
    await first.evaluate(() => [seen.sockets, seen.streams, seen.ends]),
    [1, 1, 0],
  );
  await leave(first);
});
