// Repeatable randomness: UNISONO_SEED=<n> repeats a run.
export const seed = Number(process.env.UNISONO_SEED ?? Math.floor(Math.random() * 2 ** 31));
console.log(`UNISONO_SEED=${seed}`);

/** mulberry32 from a state. */
export function random_from(state) {
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n) => Math.floor(next() * n);
  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (p) => next() < p,
    pick: (list) => list[below(list.length)],
  };
}

/** Of this run's seed, and independent of other sources by its name. */
export function random_source(name) {
  let state = seed;
  for (const character of name) state = Math.imul(state ^ character.codePointAt(0), 0x01000193);
  return random_from(state);
}
