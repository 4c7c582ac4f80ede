// A real browser, and pages whose complaints become test failures.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

function find_browser() {
  const asked = process.env.UNISONO_BROWSER ?? process.env.CHROMIUM;
  if (asked) return asked;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'])
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    } catch {
      // Not this one.
    }
  return undefined; // the one Playwright itself installed, if any
}

const launch_options = () => ({
  executablePath: find_browser(),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

export async function launch_browser(owner) {
  const browser = await chromium.launch(launch_options());
  owner.after(() => browser.close());
  return browser;
}

/** A browser of one's own, and `kill()`: as a crash or the end of memory does. */
export async function launch_mortal_browser(owner) {
  const server = await chromium.launchServer(launch_options());
  const kill = () => server.kill(); // by SIGKILL, with all processes of this browser
  owner.after(kill);
  return { browser: await chromium.connect(server.wsEndpoint()), kill };
}

/** A person: a context of their own. Options: {name: shown to others}, and those of Playwright's contexts. */
export async function new_person(owner, browser, { name, ...options } = {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(15_000);
  owner.after(() => context.close());
  if (name) await context.addInitScript((value) => localStorage.setItem('unisono.name', value), name);
  await context.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`content security policy: ${violatedDirective} ${blockedURI}`),
    ),
  );
  return context;
}

// What a browser writes by itself when the server is away is what several tests are about.
const expected_offline = /ERR_CONNECTION_|ERR_INTERNET_DISCONNECTED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|status of 502|WebSocket connection to/;

export async function open_page(context, url) {
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected_offline.test(message.text())) page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  const response = await page.goto(url);
  assert.equal(response.status(), 200, url);
  return page;
}

export const by_id = (page, id) => page.locator(`[data-testid="${id}"]`);

/** Waits until the element with this test id says exactly that. */
export const says = (page, id, text, timeout = 15_000) =>
  page.waitForFunction(([id, text]) => document.querySelector(`[data-testid="${id}"]`)?.textContent === text, [id, text], { timeout });

/** At the end of a test: nothing went wrong that nobody looked at. With SCREENSHOTS=<folder> also a picture. */
export async function leave(page, picture) {
  if (picture && process.env.SCREENSHOTS) {
    mkdirSync(process.env.SCREENSHOTS, { recursive: true });
    await page.screenshot({ path: path.join(process.env.SCREENSHOTS, `${picture}.png`) });
  }
  assert.deepEqual(page.complaints, []);
}
