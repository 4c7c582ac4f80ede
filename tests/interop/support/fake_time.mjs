// Time that passes when the test says so. (mock.timers of node:test differs between the versions of Node.js.)

/**
 * Takes over setTimeout and Date.now for this test; the result lets so many milliseconds pass, of which the last
 * `asleep` are slept through: timers do not count them.
 */
export function fake_time(t) {
  const timers = new Map(); // id -> {at, action}
  let now = 0;
  let slept = 0;
  let next_id = 1;
  t.mock.method(globalThis, 'setTimeout', (action, ms, ...values) => {
    timers.set(next_id, { at: now + ms, action: () => action(...values) });
    return next_id++;
  });
  t.mock.method(globalThis, 'clearTimeout', (id) => timers.delete(id));
  t.mock.method(Date, 'now', () => now + slept);
  return (ms, { asleep = 0 } = {}) => {
    const end = now + ms - asleep;
    for (;;) {
      const [id, due] = [...timers].reduce((first, one) => (one[1].at < first[1].at ? one : first), [0, { at: Infinity }]);
      if (due.at > end) break;
      timers.delete(id);
      now = due.at;
      due.action();
    }
    now = end;
    slept += asleep;
  };
}
