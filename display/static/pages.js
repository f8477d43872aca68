/** What stands on which page of a wall or guide, and what a search finds. Pure. */

/** @typedef {import("./view").GuideZone} GuideZone */
/** @typedef {import("./view").GuideRow} GuideRow */
/** @typedef {import("./view").WallItem} WallItem */
/** @typedef {{zone: GuideZone, rows: GuideRow[], page: number, pages: number}} Page */

/**
 * Cut rows into pages: as many as fit, at least one each, a heading never alone at the foot, and once
 * more on a page that begins in its midst.
 * @param {ReadonlyArray<{height: number, heading: boolean}>} rows
 * @param {number} room
 * @returns {number[][]} indexes of the rows of each page
 */
export function wallPages(rows, room) {
  /** @type {number[][]} */
  const pages = [];
  let page = /** @type {number[]} */ ([]);
  let used = 0;
  let heading = -1;
  rows.forEach((row, index) => {
    const next = rows[index + 1];
    const wanted = row.heading && next ? row.height + next.height : row.height;
    if (page.length > 0 && used + wanted > room + 1) {
      pages.push(page);
      page = row.heading || heading < 0 ? [] : [heading];
      used = page.length > 0 ? (rows[heading]?.height ?? 0) : 0;
    }
    if (row.heading) heading = index;
    page.push(index);
    used += row.height;
  });
  if (page.length > 0) pages.push(page);
  return pages;
}

/**
 * The pages of all zones, in order; a zone without counters has none.
 * @param {readonly GuideZone[]} zones
 * @param {number} room rows on one page
 * @returns {Page[]}
 */
export function guidePages(zones, room) {
  return zones.flatMap((zone) => {
    const pages = Math.ceil(zone.rows.length / room);
    return Array.from({ length: pages }, (_, page) => ({ zone, page, pages, rows: zone.rows.slice(page * room, (page + 1) * room) }));
  });
}

/**
 * The items in whose names, pinyin or initials `words` are found, those that begin with them first; all
 * of them when it is empty.
 * @param {readonly WallItem[]} items
 * @param {string} words
 */
export function search(items, words) {
  const wanted = words.trim().toLowerCase();
  if (wanted === "") return [...items];
  /** @type {WallItem[]} */
  const first = [];
  /** @type {WallItem[]} */
  const then = [];
  for (const item of items) {
    const parts = item.find.split(" ");
    if (parts.some((part) => part.startsWith(wanted))) first.push(item);
    else if (parts.some((part) => part.includes(wanted))) then.push(item);
  }
  return [...first, ...then];
}
