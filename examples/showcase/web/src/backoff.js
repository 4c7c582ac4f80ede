// How long to wait before the next attempt to connect.

const stable_after_ms = 5_000;

/** Exponential backoff with full jitter: after a restart, clients come back spread out instead of in waves. */
export class Backoff {
  constructor({ min_ms = 500, max_ms = 20_000 } = {}) {
    this.attempt = 0;
    this.window = null;
    this.timer = 0;
    this.limits = { min_ms, max_ms };
  }

  /** What the server asks for: the first ceiling and the cap. */
  set_limits({ min_ms, max_ms } = {}) {
    if (min_ms > 0) this.limits.min_ms = min_ms;
    if (max_ms > 0) this.limits.max_ms = Math.max(max_ms, this.limits.min_ms);
  }

  /** A server that is going away names the window for this one return. */
  set_window({ min_ms, max_ms }) {
    if (min_ms >= 0 && max_ms >= min_ms) this.window = { min_ms, max_ms };
  }

  /** A connection that dies young does not count as success: only a stable one resets the attempts. */
  connected() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.attempt = 0), stable_after_ms);
  }

  next() {
    clearTimeout(this.timer);
    const { min_ms, max_ms } = this.window ?? {
      min_ms: 0,
      max_ms: Math.min(this.limits.max_ms, this.limits.min_ms * 2 ** this.attempt),
    };
    this.window = null;
    // 2^30 half seconds are past every cap; the bound keeps the power finite.
    this.attempt = Math.min(this.attempt + 1, 30);
    return min_ms + Math.random() * (max_ms - min_ms);
  }
}
