// Odd events in Chromium's own EventSource.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { odd_events } from '../interop/support/odd_events.mjs';
import { random_source } from '../interop/support/random.mjs';
import { start_sse_server } from '../interop/support/sse_server.mjs';
import { launch_browser, new_person, open_page } from './support/browser.mjs';

const browser = await launch_browser({ after });
const server = await start_sse_server({ after });

test('threat C1: whatever stands in an event, Chromium sees exactly that event', async (t) => {
  const { events, expected } = odd_events(random_source('C1 Chromium'), 5_000);
  await fetch(`${server.http}/events`, { method: 'POST', body: JSON.stringify(events) });
  const page = await open_page(await new_person(t, browser), server.http);
  const { seen, forged } = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const source = new EventSource('/play');
        const seen = [];
        const forged = [];
        source.addEventListener('odd', ({ data, lastEventId }) => seen.push({ data, id: lastEventId }));
        source.addEventListener('message', ({ data }) => forged.push(data));
        source.addEventListener('end', () => {
          source.close();
          resolve({ seen, forged });
        });
      }),
  );
  assert.deepEqual(forged, []);
  const as_seen = expected.map(({ data, id }) => ({ data, id }));
  assert.ok(isDeepStrictEqual(seen, as_seen), `event ${seen.findIndex((event, i) => !isDeepStrictEqual(event, as_seen[i]))}`);
});
