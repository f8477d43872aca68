/**
 * The hall's time on a page: the agent's or server's clock, never the machine's, in the hall's zone.
 */

const DAYS = ["日", "一", "二", "三", "四", "五", "六"];

/**
 * A clock that is set by messages and runs by the browser's monotonic timer in between, so that a
 * wrong or corrected date of the machine changes nothing.
 */
export class ServerClock {
  /** @param {() => number} [monotonic] milliseconds from any start, never going back */
  constructor(monotonic = () => performance.now()) {
    this.monotonic = monotonic;
    /** @type {number | null} */
    this.offset = null;
  }

  /**
   * Set the clock.
   * @param {number} nowMs the server's time, milliseconds since 1970 UTC
   */
  set(nowMs) {
    this.offset = nowMs - this.monotonic();
  }

  /** The server's time in milliseconds since 1970 UTC, or null before the first message. */
  now() {
    return this.offset === null ? null : this.offset + this.monotonic();
  }
}

/**
 * Return hall time in words: `11月23日`, `星期一`, `09:41` and `07`.
 *
 * @param {number} nowMs milliseconds since 1970 UTC
 * @param {number} utcOffsetS the hall's distance from UTC in seconds, east positive
 */
export function hallTime(nowMs, utcOffsetS) {
  const d = new Date(nowMs + utcOffsetS * 1000);
  return {
    date: `${d.getUTCMonth() + 1}月${d.getUTCDate()}日`,
    weekday: `星期${DAYS[d.getUTCDay()]}`,
    time: `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`,
    seconds: two(d.getUTCSeconds()),
  };
}

/** @param {number} n */
function two(n) {
  return String(n).padStart(2, "0");
}

/**
 * Call `tick` now and then at the start of each second of the server's clock.
 *
 * @param {ServerClock} clock
 * @param {(nowMs: number) => void} tick called only once the clock is set
 * @returns {() => void} stops it
 */
export function everySecond(clock, tick) {
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  const run = () => {
    const now = clock.now();
    if (now !== null) tick(now);
    timer = setTimeout(run, now === null ? 200 : 1000 - (now % 1000) + 5);
  };
  run();
  return () => clearTimeout(timer);
}
