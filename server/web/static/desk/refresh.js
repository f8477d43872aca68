/**
 * Fetch the truth often enough and not more: wishes that come close together become one fetch, at
 * most about three in a second, and never two at a time.
 */

/** Least time between the starts of two fetches. */
export const GAP_MS = 350;

export class Refresher {
  /**
   * @param {object} how
   * @param {() => Promise<void>} how.load fetches and paints; must not throw
   * @param {() => number} [how.now] any clock that does not go back
   * @param {(fn: () => void, ms: number) => any} [how.later]
   * @param {(timer: any) => void} [how.never]
   */
  constructor({
    load,
    now = () => performance.now(),
    later = (fn, ms) => setTimeout(fn, ms),
    never = (timer) => clearTimeout(timer),
  }) {
    this.load = load;
    this.now = now;
    this.later = later;
    this.never = never;
    this.startedAt = -Infinity;
    /** @type {Promise<void> | null} */
    this.running = null;
    this.again = false;
    /** @type {{timer: any, due: number} | null} */
    this.planned = null;
  }

  /**
   * Fetch within `delayMs`, or sooner when somebody else wishes so.
   *
   * @param {number} [delayMs]
   */
  soon(delayMs = 0) {
    const due = Math.max(this.now() + delayMs, this.startedAt + GAP_MS);
    if (this.planned) {
      if (this.planned.due <= due) return;
      this.never(this.planned.timer);
    }
    const timer = this.later(() => {
      this.planned = null;
      void this.start();
    }, due - this.now());
    this.planned = { timer, due };
  }

  /** Fetch at once and wait for it: after a command, what comes back must be younger than it. */
  async fresh() {
    if (this.running) await this.running;
    await this.start();
  }

  async start() {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.startedAt = this.now();
    this.running = this.load();
    await this.running;
    this.running = null;
    if (this.again) {
      this.again = false;
      this.soon();
    }
    return undefined;
  }
}
