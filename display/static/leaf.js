/** Leaves of a list that is turned by hand: rows as they lie, in one or several columns. */

/**
 * Cut the rows of a list into leaves of `room` pixels, by where they lie when all are shown.
 *
 * @param {readonly HTMLElement[]} rows
 * @param {number} room
 * @returns {number[][]} indexes of each leaf's rows; one empty leaf when there are none
 */
export function leaves(rows, room) {
  for (const row of rows) row.hidden = false;
  return cut(rows.map((row) => ({ top: row.offsetTop, bottom: row.offsetTop + row.offsetHeight })), room);
}

/**
 * @param {ReadonlyArray<{top: number, bottom: number}>} rows in order, rows of one line have one top
 * @param {number} room
 * @returns {number[][]}
 */
export function cut(rows, room) {
  /** @type {number[][]} */
  const pages = [[]];
  let begins = rows[0]?.top ?? 0;
  rows.forEach(({ top, bottom }, index) => {
    const page = /** @type {number[]} */ (pages[pages.length - 1]);
    const before = page.length > 0 ? rows[/** @type {number} */ (page[page.length - 1])] : undefined;
    if (before && before.top !== top && bottom - begins > room + 1) {
      begins = top;
      pages.push([index]);
      return;
    }
    page.push(index);
  });
  return pages;
}
