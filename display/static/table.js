/**
 * The touch table 触摸公示台: departments, search, an item whole, on paper or by QR. Nothing is scrolled:
 * what does not fit is turned with large keys. What a citizen looked at goes away by itself.
 */

import { fillWords } from "/kit/rows.js";
import { element, fact } from "./facts.js";
import { leaves } from "./leaf.js";
import { mmOfPx } from "./legible.js";
import { search } from "./pages.js";
import { mark, part, say } from "./parts.js";

/** Untouched for so long, the table goes back to its first page. */
const IDLE_MS = 60000;
/** The least size of a key, and its distance to the next. */
const TOUCH_MM = 20;
const KEYS = ["QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"];

/** @typedef {import("./view").BoardView} BoardView */
/** @typedef {import("./view").WallItem} WallItem */
/** @typedef {import("./view").WallDepartment} WallDepartment */

export class TouchTable {
  constructor() {
    /** @type {WallItem[]} */
    this.items = [];
    /** @type {WallDepartment[]} */
    this.departments = [];
    this.department = "";
    this.page = 0;
    this.bodiesPage = 0;
    this.sheetPage = 0;
    this.touchedAt = 0;
    this.now = 0;
    this.size = "";
    this.words = /** @type {HTMLInputElement} */ (part("find-words"));
    /** @type {WallItem | null} */
    this.open = null;
    this.wire();
    document.addEventListener("pointerdown", () => (this.touchedAt = this.now));
    document.addEventListener("keydown", () => (this.touchedAt = this.now));
  }

  wire() {
    part("find").addEventListener("submit", (event) => event.preventDefault());
    this.words.addEventListener("input", () => this.find());
    this.words.addEventListener("focus", () => this.type(true));
    this.words.addEventListener("click", () => this.type(true));
    part("bodies-back").addEventListener("click", () => this.turnBodies(-1));
    part("bodies-next").addEventListener("click", () => this.turnBodies(1));
    part("find-clear").addEventListener("click", () => this.home());
    part("back-page").addEventListener("click", () => this.turn(-1));
    part("next-page").addEventListener("click", () => this.turn(1));
    part("sheet-back").addEventListener("click", () => this.close());
    part("sheet-less").addEventListener("click", () => this.turnSheet(-1));
    part("sheet-more").addEventListener("click", () => this.turnSheet(1));
    part("sheet-print").addEventListener("click", () => window.print());
    window.addEventListener("beforeprint", () => this.whole(true));
    window.addEventListener("afterprint", () => this.whole(false));
    const rows = KEYS.map((letters) => {
      const row = element("div", "keys__row");
      for (const letter of letters) row.append(this.key(letter, () => (this.words.value += letter)));
      return row;
    });
    rows[2]?.append(this.key("⌫", () => (this.words.value = this.words.value.slice(0, -1)), "删除一个字母"));
    part("keys").append(...rows);
  }

  /**
   * @param {string} words
   * @param {() => void} press
   * @param {string} [label]
   */
  key(words, press, label = words) {
    const key = /** @type {HTMLButtonElement} */ (element("button", "button button--soft keys__key", words));
    key.type = "button";
    key.setAttribute("aria-label", label);
    key.addEventListener("click", () => {
      press();
      this.find();
    });
    return key;
  }

  /**
   * @param {WallItem[]} items
   * @param {WallDepartment[]} departments
   * @param {BoardView | null} view
   */
  take(items, departments, view) {
    this.items = items;
    this.departments = departments;
    this.measure(view);
    // An item that was changed while somebody reads it is shown anew, not taken away.
    const open = items.find((i) => i.code === this.open?.code) ?? null;
    this.list();
    if (this.open) open ? this.show(open) : this.close();
  }

  /** @param {BoardView | null} view */
  measure(view) {
    if (!view) return;
    const mm = mmOfPx(view.screen_inch, window.innerWidth, window.innerHeight);
    part("wall").style.setProperty("--touch", `${Math.ceil(TOUCH_MM / mm)}px`);
  }

  /**
   * @param {number} nowMs
   * @param {BoardView | null} view
   */
  tick(nowMs, view) {
    this.now = nowMs;
    const size = `${window.innerWidth}×${window.innerHeight} ${view?.screen_inch ?? 0}`;
    if (size !== this.size) {
      this.size = size;
      this.measure(view);
      this.list();
      if (this.open) this.show(this.open);
    }
    const away = this.open !== null || part("table").dataset.typing !== undefined || this.bodiesPage > 0 || this.words.value !== "" || this.department !== "" || this.page > 0;
    if (away && nowMs - this.touchedAt > IDLE_MS) {
      this.close();
      this.home();
    }
  }

  home() {
    this.words.value = "";
    this.words.blur();
    this.bodiesPage = 0;
    mark(part("table"), "data-typing", false);
    part("find-clear").hidden = true;
    this.department = "";
    this.page = 0;
    this.list();
  }

  /**
   * Show the letters, or put them away.
   * @param {boolean} on
   */
  type(on) {
    if (on === (part("table").dataset.typing !== undefined)) return;
    mark(part("table"), "data-typing", on);
    part("find-clear").hidden = !on;
    this.list();
  }

  find() {
    this.department = "";
    this.page = 0;
    this.list();
  }

  /** @param {number} by */
  turn(by) {
    this.page += by;
    this.list();
  }

  /** @param {number} by */
  turnBodies(by) {
    this.bodiesPage += by;
    this.list();
  }

  /** Paint departments and the items found. */
  list() {
    const bodies = [{ code: "", name: "全部部门", count: this.items.length }, ...this.departments];
    part("bodies").replaceChildren(...bodies.map((d) => {
      const row = element("li", "bodies__row");
      const key = /** @type {HTMLButtonElement} */ (element("button", "body"));
      key.type = "button";
      key.append(element("span", "body__name", d.name), element("span", "body__count", String(d.count)));
      key.setAttribute("aria-pressed", String(d.code === this.department && this.words.value === ""));
      key.addEventListener("click", () => {
        this.words.value = "";
        this.department = d.code;
        this.page = 0;
        this.list();
      });
      row.append(key);
      return row;
    }));
    this.bodiesPage = this.shownPage("bodies", this.bodiesPage, "bodies-back", "bodies-next", "bodies-place");
    part("bodies-leaf").hidden = part("bodies-next").hidden;
    const typed = this.words.value;
    const found = search(this.items, typed).filter((i) => this.department === "" || i.department === this.department);
    const name = bodies.find((d) => d.code === this.department)?.name ?? "";
    say(part("found-head"), typed ? `“${typed}” 找到 ${found.length} 项` : `${name} · ${found.length} 项`);
    part("found-none").hidden = found.length > 0 || this.items.length === 0;
    const list = part("found");
    list.replaceChildren(...found.map((item) => {
      const row = element("li", "found__row");
      const key = /** @type {HTMLButtonElement} */ (element("button", "item"));
      key.type = "button";
      key.append(element("span", "item__name", item.name), element("span", "item__department", item.department_name));
      key.addEventListener("click", () => this.show(item));
      row.append(key);
      return row;
    }));
    this.page = this.shownPage("found", this.page, "back-page", "next-page", "leaf-place");
  }

  /**
   * Show one page of a list and its keys; return which it is.
   * @param {string} id
   * @param {number} wanted
   * @param {string} back
   * @param {string} next
   * @param {string} place
   */
  shownPage(id, wanted, back, next, place) {
    const list = part(id);
    const rows = /** @type {HTMLElement[]} */ (Array.from(list.children));
    this.leaf(back, next, place, 0, 2); // the keys take their room before it is measured
    if (id === "bodies") part("bodies-leaf").hidden = false;
    let pages = leaves(rows, list.clientHeight);
    if (id === "bodies" && list.scrollHeight <= list.clientHeight + part("bodies-leaf").offsetHeight) pages = [rows.map((_, n) => n)];
    const page = Math.min(Math.max(0, wanted), pages.length - 1);
    rows.forEach((row, index) => (row.hidden = !pages[page]?.includes(index)));
    this.leaf(back, next, place, page, pages.length);
    return page;
  }

  /**
   * @param {string} back
   * @param {string} next
   * @param {string} place
   * @param {number} page
   * @param {number} pages
   */
  leaf(back, next, place, page, pages) {
    /** @type {HTMLButtonElement} */ (part(back)).disabled = page <= 0;
    /** @type {HTMLButtonElement} */ (part(next)).disabled = page >= pages - 1;
    part(back).hidden = part(next).hidden = pages < 2;
    say(part(place), pages < 2 ? "" : `${page + 1} / ${pages}`);
  }

  /**
   * Open the sheet of an item.
   * @param {WallItem} item
   */
  show(item) {
    if (this.open?.code !== item.code) this.sheetPage = 0;
    this.open = item;
    const sheet = part("sheet");
    fillWords(sheet, { name: item.name, department_name: item.department_name, revision: `${item.revision}` });
    part("sheet-facts").replaceChildren(...[...item.facts, ...item.more].map((each) => {
      const row = element("li", "sheet__fact");
      row.append(fact(each));
      return row;
    }));
    const picture = part("sheet-qr").querySelector("img");
    part("sheet-qr").hidden = item.qr === "";
    if (picture && item.qr && picture.getAttribute("src") !== item.qr) picture.setAttribute("src", item.qr);
    part("table").hidden = true;
    sheet.hidden = false;
    this.turnSheet(0);
  }

  /** @param {number} by */
  turnSheet(by) {
    this.sheetPage = this.shownPage("sheet-facts", this.sheetPage + by, "sheet-less", "sheet-more", "sheet-place");
  }

  /**
   * Paper has room for all of it.
   * @param {boolean} on
   */
  whole(on) {
    for (const row of part("sheet-facts").children) mark(/** @type {HTMLElement} */ (row), "hidden", false);
    if (!on && this.open) this.turnSheet(0);
  }

  close() {
    this.open = null;
    part("sheet").hidden = true;
    part("table").hidden = false;
    this.list();
  }
}
