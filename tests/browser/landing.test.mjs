// The pages as they are served: links that lead somewhere, and a browser with nothing to complain about.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { start_server } from '../interop/support/server.mjs';
import { launch_browser, leave, new_person, open_page } from './support/browser.mjs';

const server = await start_server({ after });
const browser = await launch_browser({ after });

test('every link of every page leads somewhere, and no page needs anything from elsewhere', async (t) => {
  const context = await new_person(t, browser);
  const elsewhere = [];
  context.on('request', (request) => {
    if (!request.url().startsWith(server.http) && !request.url().startsWith('data:')) elsewhere.push(request.url());
  });
  const links = new Set();
  for (const path of ['/', '/editor/welcome', '/chat/lobby', '/cursors/lobby', '/stream']) {
    const page = await open_page(context, server.http + path);
    await page.waitForSelector('main h1');
    for (const href of await page.$$eval('a[href]', (anchors) => anchors.map(({ href }) => href))) links.add(href.split('#')[0]);
    await leave(page, path === '/' ? 'landing' : undefined);
    await page.close();
  }
  assert.ok(links.size >= 4);
  for (const link of links) {
    assert.ok(link.startsWith(server.http), link);
    assert.equal((await fetch(link)).status, 200, link);
  }
  assert.deepEqual(elsewhere, []);
});

test('the cards open their demos', async (t) => {
  const context = await new_person(t, browser);
  const page = await open_page(context, server.http);
  for (const [card, path] of [['Write together', /\/editor\/.+/], ['Talk', /\/chat\/lobby$/], ['Point together', /\/cursors\/lobby$/], ['Stream', /\/stream$/]]) {
    await page.goto(server.http);
    await page.locator('.card', { hasText: card }).click();
    await page.waitForURL(path);
    await page.waitForSelector('[role=status]');
  }
  await leave(page);
});

test('pages carry a content security policy that forbids inline scripts', async () => {
  for (const path of ['/', '/editor/x', '/chat/x', '/cursors/x', '/stream']) {
    const policy = (await fetch(server.http + path)).headers.get('content-security-policy');
    assert.match(policy, /default-src 'self'/, path);
    assert.doesNotMatch(policy, /script-src[^;]*unsafe/, path);
  }
  assert.equal((await fetch(`${server.http}/nowhere`)).status, 404);
});
