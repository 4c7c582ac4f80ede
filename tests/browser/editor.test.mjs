// The collaborative editor, used by two people in two browsers.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { random_source } from '../interop/support/random.mjs';
import { start_server } from '../interop/support/server.mjs';
import { start_proxy } from '../interop/support/tcp_proxy.mjs';
import { until } from '../interop/support/until.mjs';
import { by_id, launch_browser, leave, new_person, open_page, says } from './support/browser.mjs';

const browser = await launch_browser({ after });

async function open_editor(owner, server, document, name) {
  const page = await open_page(await new_person(owner, browser, { name }), `${server.http}/editor/${document}`);
  await says(page, 'editor-status', 'connected');
  await page.waitForFunction(() => window.unisono.provider.synced);
  return page;
}

const text_of = (page) => page.evaluate(() => window.unisono.text.toString());

/** What stands on the sheet, without the names of others' cursors. */
const sheet_of = (page) =>
  page.$$eval('.cm-line', (lines) =>
    lines
      .map((line) => {
        const copy = line.cloneNode(true);
        copy.querySelectorAll('.cm-ySelectionCaret, .cm-placeholder').forEach((node) => node.remove());
        return copy.textContent.replaceAll('\u2060', ''); // around a caret, so that it does not break a word
      })
      .join('\n'),
  );

async function type(page, text, options) {
  await page.locator('.cm-content').focus();
  await page.keyboard.type(text, options);
}

async function agree(...pages) {
  await until(async () => new Set(await Promise.all(pages.map(text_of))).size === 1, 'the documents agree');
  const text = await text_of(pages[0]);
  for (const page of pages) await until(async () => (await sheet_of(page)) === text, 'the sheet shows the document', 8_000);
  return text;
}

test('two people type at once and read the same', async (t) => {
  const server = await start_server(t, { threads: 2 });
  const [ada, ben] = await Promise.all([open_editor(t, server, 'plan', 'Ada'), open_editor(t, server, 'plan', 'Ben')]);
  const [by_ada, by_ben] = ['The quick brown fox\njumps over the lazy dog.\n', '0123456789 and so on, 😀\n9876543210\n'];
  await Promise.all([type(ada, by_ada, { delay: 5 }), type(ben, by_ben, { delay: 5 })]);
  const text = await agree(ada, ben);
  assert.deepEqual([...text].sort(), [...(by_ada + by_ben)].sort(), 'no character is lost or doubled');

  await type(ada, 'x');
  await ada.keyboard.press('Backspace');
  await ada.keyboard.press('Control+z');
  await agree(ada, ben);
  await leave(ada, 'editor');
  await leave(ben);
});

test('people see who is there and where, and who has left', async (t) => {
  const server = await start_server(t);
  const ada = await open_editor(t, server, 'plan', 'Ada');
  await until(async () => (await by_id(ada, 'person').count()) === 1, 'Ada sees herself');
  const ben = await open_editor(t, server, 'plan', 'Ben');
  for (const page of [ada, ben]) await until(async () => (await by_id(page, 'person').count()) === 2, 'both see two people', 8_000);
  assert.match(await by_id(ada, 'editor-people').textContent(), /Ada \(you\).*Ben/);

  await type(ben, 'here I am');
  const cursor = ada.locator('.cm-ySelectionInfo');
  await cursor.waitFor();
  assert.equal(await cursor.textContent(), 'Ben');

  await by_id(ben, 'name-input').fill('Benjamin');
  await until(async () => (await by_id(ada, 'editor-people').textContent()).includes('Benjamin'), 'a new name arrives', 8_000);
  await until(async () => (await cursor.textContent()) === 'Benjamin', 'also at the cursor', 8_000);
  await leave(ada, 'editor-two-people');

  await leave(ben);
  await ben.context().close();
  await until(async () => (await by_id(ada, 'person').count()) === 1, 'who closes the page has left', 8_000);
  await cursor.waitFor({ state: 'detached' });
  await leave(ada);
});

test('whoever loads the page again is there all the time for others', async (t) => {
  const server = await start_server(t);
  const [ada, ben] = await Promise.all([open_editor(t, server, 'plan', 'Ada'), open_editor(t, server, 'plan', 'Ben')]);
  for (const page of [ada, ben]) await until(async () => (await by_id(page, 'person').count()) === 2, 'both see two people', 8_000);
  const id = await ben.evaluate(() => window.unisono.doc.clientID);
  const seen = await by_id(ada, 'editor-people').evaluateHandle((list) => {
    const counts = new Set();
    new MutationObserver(() => counts.add(list.childElementCount)).observe(list, { childList: true, subtree: true });
    return counts;
  });
  await ben.reload();
  await says(ben, 'editor-status', 'connected');
  const renewed = `[data-testid=person][data-id="${await ben.evaluate(() => window.unisono.doc.clientID)}"]`;
  await ada.locator(renewed).waitFor();
  assert.equal(await ada.locator(`[data-testid=person][data-id="${id}"]`).count(), 0);
  assert.deepEqual(await seen.evaluate((counts) => [...counts]), [2]);
  for (const page of [ada, ben]) await leave(page);
});

test('kill -9 loses nothing that both had seen', async (t) => {
  const random = random_source('editor');
  const server = await start_server(t);
  let [ada, ben] = await Promise.all([open_editor(t, server, 'plan', 'Ada'), open_editor(t, server, 'plan', 'Ben')]);
  await type(ada, 'before the crash, ');
  await agree(ada, ben);

  // In the middle of a word, and both pages stay.
  const typing = type(ada, 'in the middle of a sentence, ', { delay: 20 });
  await ben.waitForTimeout(random.below(400));
  await server.kill();
  await typing;
  await says(ada, 'editor-status', 'offline');
  await server.start();
  for (const page of [ada, ben]) await says(page, 'editor-status', 'connected');
  assert.equal(await agree(ada, ben), 'before the crash, in the middle of a sentence, ');

  // And with nobody left who could bring it back.
  await type(ben, 'B'.repeat(10));
  const seen = await agree(ada, ben);
  await server.kill();
  for (const page of [ada, ben]) {
    await leave(page);
    await page.context().close();
  }
  await server.start();
  const cleo = await open_editor(t, server, 'plan', 'Cleo');
  assert.equal(await agree(cleo), seen);
  await leave(cleo);
});

test('who was offline comes back with their edits and gets those of others', async (t) => {
  const server = await start_server(t);
  const proxy = await start_proxy(t, server.port);
  const [ada, ben] = await Promise.all([open_editor(t, proxy, 'plan', 'Ada'), open_editor(t, server, 'plan', 'Ben')]);
  await type(ada, 'together ');
  await agree(ada, ben);

  await ada.context().setOffline(true);
  proxy.cut(); // a WebSocket that is open stays so in an emulated offline
  await says(ada, 'editor-status', 'offline');
  await until(async () => (await by_id(ben, 'person').count()) === 1, 'Ben sees that Ada is gone', 8_000);
  await type(ada, 'from afar ');
  await type(ben, 'at home ');
  assert.notEqual(await text_of(ada), await text_of(ben));

  await ada.context().setOffline(false);
  await says(ada, 'editor-status', 'connected');
  const text = await agree(ada, ben);
  for (const part of ['together ', 'from afar ', 'at home ']) assert.equal(text.split(part).length, 2, part);
  await until(async () => (await by_id(ben, 'person').count()) === 2, 'Ben sees Ada again', 8_000);
  await leave(ada);
  await leave(ben);
});
