import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `holds` returns something true, and returns that. */
export async function until(holds, what, timeout_ms = 15_000) {
  const deadline = performance.now() + timeout_ms;
  for (;;) {
    const result = await holds();
    if (result) return result;
    if (performance.now() > deadline) throw new Error(`not within ${timeout_ms} ms: ${what}`);
    await sleep(10);
  }
}
