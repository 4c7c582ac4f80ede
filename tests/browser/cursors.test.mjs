// The shared canvas: what two people see of each other, and of each other's coming and going.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { start_server } from '../interop/support/server.mjs';
import { start_proxy } from '../interop/support/tcp_proxy.mjs';
import { until } from '../interop/support/until.mjs';
import { by_id, launch_browser, launch_mortal_browser, leave, new_person, open_page, says } from './support/browser.mjs';

const browser = await launch_browser({ after });

async function join(owner, server, name, { of = browser, ...options } = {}) {
  const page = await open_page(await new_person(owner, of, { name, ...options }), `${server.http}/cursors/lobby`);
  await says(page, 'cursors-status', 'connected');
  return page;
}

const people = (page) => by_id(page, 'person').locator('.who').allTextContents();
const sees = (page, ...names) => until(async () => String(await people(page)) === String(names), `${names} are here`, 8_000);

/** The cursor of somebody, as this page shows it. */
const cursor_of = (page, name) => by_id(page, 'cursor').filter({ hasText: name });

/** Where its tip stands on the stage, in hundredths. */
const tip_of = (page, name) =>
  cursor_of(page, name).evaluate((node) => {
    const { m41, m42 } = new DOMMatrix(getComputedStyle(node).transform);
    const { clientWidth, clientHeight } = node.parentNode;
    return [Math.round((m41 / clientWidth) * 100), Math.round((m42 / clientHeight) * 100)];
  });

async function point(page, x, y, options) {
  const { left, top, width, height } = await by_id(page, 'stage').evaluate((node) => {
    const { left, top } = node.getBoundingClientRect();
    return { left: left + node.clientLeft, top: top + node.clientTop, width: node.clientWidth, height: node.clientHeight };
  });
  await page.mouse.move(left + (width * x) / 100, top + (height * y) / 100, options);
}

const rests_at = (page, name, place) =>
  until(async () => String(await tip_of(page, name)) === String(place), `${name} points at ${place}`, 8_000).catch(async (error) => {
    assert.deepEqual(await tip_of(page, name), place, error.message);
  });

/** Notes from now on whose name or cursor disappears from this page, also for a moment; the result reads the notes. */
const watch_removals = (page) =>
  page.evaluate(() => {
    window.removed = [];
    const observer = new MutationObserver((changes) => {
      for (const { removedNodes } of changes)
        for (const node of removedNodes) if (/^(person|cursor)$/.test(node.dataset?.testid)) window.removed.push(node.textContent);
    });
    observer.observe(document.body, { childList: true, subtree: true });
  }).then(() => () => page.evaluate(() => window.removed));

test('everybody sees everybody’s cursor, at the same place of a stage of any size', async (t) => {
  const server = await start_server(t, { threads: 2 });
  const ada = await join(t, server, 'Ada');
  assert.ok(await ada.locator('#alone').isVisible());
  const ben = await join(t, server, 'Ben', { viewport: { width: 500, height: 900 } });
  for (const [page, ...names] of [[ada, 'Ada (you)', 'Ben'], [ben, 'Ben (you)', 'Ada']]) await sees(page, ...names);
  assert.equal(await by_id(ada, 'news').textContent(), 'Ben came');
  assert.ok(!(await ada.locator('#alone').isVisible()));

  await point(ada, 20, 30);
  await point(ada, 75, 60, { steps: 10 });
  for (const page of [ada, ben]) await rests_at(page, 'Ada', [75, 60]);
  const cleo = await join(t, server, 'Cleo');
  await rests_at(cleo, 'Ada', [75, 60]);
  await leave(cleo);
  await cleo.close();

  await ada.mouse.down();
  await ada.mouse.up();
  await by_id(ben, 'ripple').waitFor({ state: 'attached' });
  await point(ben, 40, 50);
  await leave(ben, 'cursors-narrow');
  await leave(ada, 'cursors');

  await by_id(ada, 'name-input').fill('Adele');
  await sees(ben, 'Ben (you)', 'Adele');
  await by_id(ada, 'name-input').hover();
  await until(async () => (await by_id(ben, 'cursor').count()) === 1, 'a mouse that leaves the stage takes its cursor along', 8_000);
  await leave(ada);
});

test('keys and fingers point, too', async (t) => {
  const server = await start_server(t);
  const [ada, ben] = await Promise.all([join(t, server, 'Ada'), join(t, server, 'Ben', { hasTouch: true })]);
  await by_id(ada, 'stage').focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowUp', 'ArrowUp', 'Shift+ArrowLeft']) await ada.keyboard.press(key);
  await rests_at(ben, 'Ada', [47, 47]);
  await ada.keyboard.press('Enter');
  await by_id(ben, 'ripple').waitFor({ state: 'attached' });

  const { x, y, width, height } = await by_id(ben, 'stage').boundingBox();
  await ben.touchscreen.tap(x + width / 4, y + height / 4);
  await ada.locator('[data-testid=ripple][style*="left: 25"]').waitFor({ state: 'attached' });
  await rests_at(ada, 'Ben', [25, 25]);
  for (const page of [ada, ben]) await leave(page);
});

test('who asks for less motion sees places, not movement', async (t) => {
  const server = await start_server(t);
  const [ada, ben] = await Promise.all([join(t, server, 'Ada'), join(t, server, 'Ben', { reducedMotion: 'reduce', colorScheme: 'dark' })]);
  await point(ada, 10, 10);
  await rests_at(ben, 'Ada', [10, 10]);
  await ben.evaluate(() => {
    window.places = new Set();
    const node = document.querySelector('[data-testid=cursor]');
    new MutationObserver(() => window.places.add(node.style.transform)).observe(node, { attributeFilter: ['style'] });
  });
  await point(ada, 90, 90);
  await rests_at(ben, 'Ada', [90, 90]);
  assert.equal(await ben.evaluate(() => window.places.size), 1);
  for (const page of [ada, ben]) await leave(page, 'cursors-calm');
});

test('a page that is loaded again never left: nothing flickers for others', async (t) => {
  const server = await start_server(t, { threads: 2 });
  const [ada, ben] = await Promise.all([join(t, server, 'Ada'), join(t, server, 'Ben')]);
  await point(ben, 30, 30);
  await rests_at(ada, 'Ben', [30, 30]);
  const id = await ben.evaluate(() => window.unisono.client.id);
  const removed = await watch_removals(ada);
  for (let i = 0; i < 3; i++) {
    await ben.reload();
    await says(ben, 'cursors-status', 'connected');
    await sees(ben, 'Ben (you)', 'Ada');
  }
  assert.equal(await ben.evaluate(() => window.unisono.client.id), id);
  await ada.waitForTimeout(1_000); // longer than the server keeps diffs back
  assert.deepEqual([await removed(), await people(ada)], [[], ['Ada (you)', 'Ben']]);
  await point(ben, 70, 70);
  await rests_at(ada, 'Ben', [70, 70]);

  const copy = await open_page(ben.context(), ben.url());
  await copy.evaluate((stored) => Object.entries(stored).forEach(([key, value]) => sessionStorage.setItem(key, value)), await ben.evaluate(() => ({ ...sessionStorage })));
  await copy.reload();
  await says(copy, 'cursors-status', 'connected');
  assert.notEqual(await copy.evaluate(() => window.unisono.client.id), id, 'but a copy of the tab is somebody of its own');
  for (const page of [ada, ben, copy]) await leave(page);
});

test('who closes the window is gone, cursor and all', async (t) => {
  const server = await start_server(t, { args: ['--grace', '60'] });
  const [ada, ben] = await Promise.all([join(t, server, 'Ada'), join(t, server, 'Ben')]);
  await point(ben, 30, 30);
  await cursor_of(ada, 'Ben').waitFor();
  await leave(ben);
  const since = performance.now();
  await ben.close({ runBeforeUnload: true }); // as people do
  const is_gone = async () => !(await cursor_of(ada, 'Ben').count()) && String(await people(ada)) === 'Ada (you)';
  await until(is_gone, 'Ben is gone as soon as his page could have been loaded again, not after the grace window', 30_000);
  t.diagnostic(`gone after ${Math.round(performance.now() - since)} ms`);
  await until(async () => (await by_id(ada, 'news').textContent()) === 'Ben left', 'it is said');
  await leave(ada);
});

test('whose browser is killed is gone after the grace window', async (t) => {
  const server = await start_server(t, { args: ['--grace', '2'] });
  const { browser: other, kill } = await launch_mortal_browser(t);
  const [ada, ben] = await Promise.all([join(t, server, 'Ada'), join(t, server, 'Ben', { of: other })]);
  await point(ben, 30, 30);
  await cursor_of(ada, 'Ben').waitFor();
  const since = performance.now();
  await kill();
  await cursor_of(ada, 'Ben').waitFor({ state: 'detached' });
  await sees(ada, 'Ada (you)');
  const took = performance.now() - since;
  t.diagnostic(`gone after ${Math.round(took)} ms`);
  assert.ok(took > 1_900 && took < 5_000, `${took} ms`);
  await leave(ada);
});

test('a page that was frozen goes on where it was', async (t) => {
  const server = await start_server(t);
  const [ada, ben] = await Promise.all([join(t, server, 'Ada'), join(t, server, 'Ben')]);
  const devtools = await ben.context().newCDPSession(ben);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await point(ada, 20, 20);
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await rests_at(ben, 'Ada', [20, 20]);
  await point(ben, 60, 60);
  await rests_at(ada, 'Ben', [60, 60]);
  for (const page of [ada, ben]) await leave(page);
});

test('a computer that sleeps loses its network, and is back at once when it wakes', async (t) => {
  const server = await start_server(t);
  const proxy = await start_proxy(t, server.port);
  const [ada, ben] = await Promise.all([join(t, server, 'Ada'), join(t, proxy, 'Ben')]);
  await point(ben, 30, 30);
  await rests_at(ada, 'Ben', [30, 30]);
  const removed = await watch_removals(ada);
  await ben.context().setOffline(true);
  proxy.cut();
  await says(ben, 'cursors-status', 'offline');
  await ben.context().setOffline(false);
  await says(ben, 'cursors-status', 'connected', 3_000);
  await point(ben, 50, 50);
  await rests_at(ada, 'Ben', [50, 50]);
  assert.deepEqual([await removed(), await people(ada)], [[], ['Ada (you)', 'Ben']]);
  for (const page of [ada, ben]) await leave(page);
});
