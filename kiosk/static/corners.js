/**
 * The way staff reach the staff page: the four corners touched in turn, clockwise from the top left.
 */

/** The whole gesture takes at most so long. */
export const WITHIN_MS = 8000;
/** A corner is so much of the shorter side. */
export const CORNER = 0.045;

export class Corners {
  constructor() {
    /** @type {number} corners touched so far */
    this.done = 0;
    this.since = 0;
  }

  /**
   * Take a touch.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {number} now in ms
   * @returns {boolean} true when the gesture is complete
   */
  touch(x, y, width, height, now) {
    const size = Math.min(width, height) * CORNER;
    const left = x <= size;
    const right = x >= width - size;
    const top = y <= size;
    const bottom = y >= height - size;
    const corner = [left && top, right && top, right && bottom, left && bottom].indexOf(true);
    if (now - this.since > WITHIN_MS || corner !== this.done) this.done = 0;
    if (corner !== this.done) return false;
    if (corner === 0) this.since = now;
    this.done += 1;
    if (this.done < 4) return false;
    this.done = 0;
    return true;
  }
}
