/**
 * Pages with big arrows in place of scrolling: nothing is hidden that does not say so.
 *
 *     <div data-pager data-pager-key="what is shown">
 *       <div class="pager__rows"> rows </div>
 *       <div class="pager__bar" hidden> [data-turn="-1"] [data-where] [data-turn="1"] </div>
 *     </div>
 */

/**
 * Say which rows belong to which page.
 *
 * @param {ReadonlyArray<{top: number, bottom: number}>} rows in reading order, in pixels
 * @param {number} height of a page
 * @returns {number[]} the page of each row, from 0; rows side by side share one
 */
export function pagesOf(rows, height) {
  let page = 0;
  let start = rows[0]?.top ?? 0;
  let lastTop = start;
  return rows.map((row) => {
    if (row.bottom - start > height + 1 && row.top > start && row.top >= lastTop) {
      page += 1;
      start = row.top;
    }
    lastTop = row.top;
    return page;
  });
}

const WHERE = "第 {n} 页，共 {of} 页";

/** Lays out the pagers of a screen and turns their pages. */
export class Pagers {
  constructor() {
    /** @type {Map<string, number>} page by pager key */
    this.at = new Map();
  }

  /** Begin at the first page everywhere: another screen is shown. */
  forget() {
    this.at.clear();
  }

  /** @param {ParentNode} root */
  layOut(root) {
    for (const pager of root.querySelectorAll("[data-pager]")) {
      this.one(/** @type {HTMLElement} */ (pager));
    }
  }

  /**
   * Turn a page when *target* lies in an arrow.
   * @param {Element} target
   * @returns {boolean} whether it did
   */
  turn(target) {
    const button = target.closest("[data-turn]");
    const pager = /** @type {HTMLElement | null} */ (button?.closest("[data-pager]") ?? null);
    if (!button || !pager) return false;
    const key = keyOf(pager);
    this.at.set(key, (this.at.get(key) ?? 0) + Number(button.getAttribute("data-turn")));
    this.one(pager);
    return true;
  }

  /** @param {HTMLElement} pager */
  one(pager) {
    const rows = pager.querySelector(".pager__rows");
    const bar = /** @type {HTMLElement | null} */ (pager.querySelector(".pager__bar"));
    if (!(rows instanceof HTMLElement) || !bar) return;
    const all = /** @type {HTMLElement[]} */ (Array.from(rows.children));
    for (const row of all) row.hidden = false;
    bar.hidden = true;
    if (rows.scrollHeight <= rows.clientHeight + 1) {
      this.at.delete(keyOf(pager));
      return;
    }
    bar.hidden = false;
    const where = bar.querySelector("[data-where]");
    // The bar must be as high as it will be before the room above it is measured.
    const words = where?.getAttribute("data-where-words") ?? WHERE;
    if (where) where.textContent = whereWords(words, 0, 1);
    const places = pagesOf(
      all.map((r) => ({ top: r.offsetTop, bottom: r.offsetTop + r.offsetHeight })),
      rows.clientHeight,
    );
    const last = places[places.length - 1] ?? 0;
    const key = keyOf(pager);
    const page = Math.min(Math.max(this.at.get(key) ?? 0, 0), last);
    this.at.set(key, page);
    all.forEach((row, i) => {
      row.hidden = places[i] !== page;
    });
    if (where) where.textContent = whereWords(words, page, last);
    for (const button of bar.querySelectorAll("[data-turn]")) {
      const to = page + Number(button.getAttribute("data-turn"));
      /** @type {HTMLButtonElement} */ (button).disabled = to < 0 || to > last;
    }
  }
}

/**
 * @param {string} words with `{n}` and `{of}`
 * @param {number} page
 * @param {number} last
 */
function whereWords(words, page, last) {
  return words.replace("{n}", String(page + 1)).replace("{of}", String(last + 1));
}

/** @param {HTMLElement} pager */
function keyOf(pager) {
  return pager.dataset.pagerKey ?? "";
}
