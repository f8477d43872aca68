/** Paints the 五公开公示屏: all items, department by department, page by page; nothing is cut. */

import { element, fact } from "./facts.js";
import { wallPages } from "./pages.js";
import { fitAll, part, say, showPage } from "./parts.js";
import { TouchTable } from "./table.js";

/** A page is read by several people who come and go. */
const PAGE_MS = 18000;

/** @typedef {import("./view").BoardView} BoardView */
/** @typedef {import("./view").WallItem} WallItem */

export class WallPainter {
  constructor() {
    this.list = part("wall-list");
    /** @type {BoardView | null} */
    this.view = null;
    /** @type {WallItem[]} */
    this.items = [];
    this.key = "";
    this.asking = "";
    this.measured = "";
    /** @type {number[][]} */
    this.pages = [];
    this.table = part("wall").dataset.touch === undefined ? null : new TouchTable();
  }

  /** @param {BoardView} view */
  paint(view) {
    this.view = view;
    const wall = view.wall;
    if (!wall) return;
    if (this.key !== wall.key) {
      if (wall.items.length > 0) this.take(wall.key, wall.items);
      else if (this.asking !== wall.key) void this.ask(wall.key);
    }
    this.turnPages(view.now_ms);
  }

  /**
   * Fetch the items of the catalogue `key`; what cannot be had is asked for again with a later view.
   * @param {string} key
   */
  async ask(key) {
    this.asking = key;
    try {
      const answer = await fetch("/items.json", { cache: "no-cache" });
      if (!answer.ok) throw new Error(String(answer.status));
      this.take(key, await answer.json());
    } catch {
      // The agent is away: the old items stay.
    }
    this.asking = "";
  }

  /**
   * @param {string} key
   * @param {WallItem[]} items
   */
  take(key, items) {
    this.key = key;
    this.items = items;
    this.measured = "";
    part("wall-empty").hidden = items.length > 0;
    say(part("wall-sum"), items.length > 0 ? `共 ${items.length} 项` : "");
    if (this.table) {
      this.table.take(items, this.view?.wall?.departments ?? [], this.view);
      return;
    }
    /** @type {HTMLElement[]} */
    const rows = [];
    let department = "";
    for (const item of items) {
      if (item.department !== department) {
        department = item.department;
        const heading = element("li", "wall__department", item.department_name);
        heading.dataset.heading = "";
        rows.push(heading);
      }
      rows.push(row(item));
    }
    this.list.replaceChildren(...rows);
    if (this.view) this.turnPages(this.view.now_ms);
  }

  /** @param {number} nowMs */
  turnPages(nowMs) {
    if (this.table) {
      this.table.tick(nowMs, this.view);
      return;
    }
    const rows = /** @type {HTMLElement[]} */ (Array.from(this.list.children));
    if (rows.length === 0) return;
    const mark = `${this.key} ${this.list.clientWidth}×${this.list.clientHeight} ${getComputedStyle(document.documentElement).fontSize}`;
    if (mark !== this.measured && this.list.clientHeight > 0) {
      this.measured = mark;
      for (const each of rows) each.hidden = false;
      const room = this.list.clientHeight;
      for (const each of rows) each.style.setProperty("--size", "1");
      // An item longer than the wall itself is written smaller, as far as it must be.
      for (const each of rows) {
        for (const size of ["0.9", "0.8", "0.7", "0.6"]) {
          if (each.offsetHeight <= room * 0.9) break;
          each.style.setProperty("--size", size);
        }
      }
      const heights = rows.map((each) => ({ height: each.offsetHeight, heading: each.dataset.heading !== undefined }));
      this.pages = wallPages(heights, room);
    }
    const page = Math.floor(nowMs / PAGE_MS) % Math.max(1, this.pages.length);
    const shown = new Set(this.pages[page]);
    rows.forEach((each, index) => (each.hidden = !shown.has(index)));
    showPage(part("wall-pager"), { page, pages: this.pages.length });
    fitAll(".wall__head");
  }

  visibleCalls() {
    return [];
  }
}

/** @param {WallItem} item */
function row(item) {
  const made = element("li", "wall__row");
  const name = element("div", "wall__item");
  name.append(element("strong", "wall__name", item.name), element("span", "wall__revision", item.revision));
  made.append(name, ...item.facts.map((each) => fact(each, true)));
  return made;
}
