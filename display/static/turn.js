/** Pages of rows: nothing is ever dropped, what does not fit waits for its turn. Pure. */

/**
 * @typedef {object} Turn
 * @property {number} page from 0
 * @property {number} pages
 * @property {(index: number) => boolean} shows
 */

/**
 * Say which rows are on the screen now.
 *
 * @param {object} how
 * @param {number} how.count rows there are
 * @param {number} how.room rows that fit at once
 * @param {number} how.nowMs
 * @param {number} how.sinceMs when page 0 was shown last on purpose, e.g. at a new call
 * @param {number} how.everyMs how long a page stays
 * @returns {Turn}
 */
export function turn({ count, room, nowMs, sinceMs, everyMs }) {
  const size = Math.max(1, room);
  const pages = Math.max(1, Math.ceil(count / size));
  const page = Math.floor(Math.max(0, nowMs - sinceMs) / everyMs) % pages;
  return { page, pages, shows: (index) => Math.floor(index / size) === page };
}
