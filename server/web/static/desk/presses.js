/**
 * One press, one command: held keys, double taps and double clicks do nothing more, and what cannot
 * be undone wants a second press. Pure; the time comes in.
 */

/** A second press of the same place, nothing between, within so many ms is a double tap, not a wish. */
export const DOUBLE_MS = 500;
/** So long a first press of something that cannot be undone stays valid. */
export const ARMED_MS = 4000;

export class Presses {
  constructor() {
    this.last = { place: "", at: -Infinity };
    /** @type {{verb: string, at: number} | null} */
    this.armed = null;
  }

  /**
   * Judge a press.
   *
   * @param {object} press
   * @param {string} press.verb what it asks for
   * @param {string} press.place the key or button; two verbs may share one, such as the large button
   * @param {boolean} [press.repeat] the keyboard's own repetition of a held key
   * @param {boolean} [press.twice] cannot be undone
   * @param {number} nowMs any clock that does not go back
   * @returns {"go" | "arm" | "ignore"}
   */
  judge({ verb, place, repeat = false, twice = false }, nowMs) {
    if (repeat) return "ignore";
    if (place === this.last.place && nowMs - this.last.at < DOUBLE_MS) return "ignore";
    const ready = this.isArmed(verb, nowMs);
    // A double tap that began at the key and ended at the button is one, too.
    if (ready && this.armed && nowMs - this.armed.at < DOUBLE_MS) return "ignore";
    this.last = { place, at: nowMs };
    this.armed = null;
    if (!twice || ready) return "go";
    this.armed = { verb, at: nowMs };
    return "arm";
  }

  /**
   * @param {string} verb
   * @param {number} nowMs
   */
  isArmed(verb, nowMs) {
    return this.armed !== null && this.armed.verb === verb && nowMs - this.armed.at <= ARMED_MS;
  }

  /** Forget a first press: the ticket it was about has changed. */
  disarm() {
    this.armed = null;
  }
}
