/** Paints a view into the board's markup. Computes nothing but which page of rows is on. */

import { fillWords, fromTemplate, renderRows } from "/kit/rows.js";
import { leastPx, mmOfPx, plan, wordsOf } from "./legible.js";
import { fitAll, mark, part, put, restart, rowsOf, say, showPage } from "./parts.js";
import { Promotion } from "./promo.js";
import { turn } from "./turn.js";

/** @typedef {import("./view").BoardView} BoardView */
/** @typedef {import("./view").CallRow} CallRow */

/** A page of calls stays so long, a page of queues a little longer: it is read, not only looked at. */
export const CALLS_PAGE_MS = 8000;
export const QUEUES_PAGE_MS = 10000;
export const LEADERS_PAGE_MS = 8000;
/** Sizes of the rows as designed, in rem: what the plan starts from. */
const DESIGNED = {
  wide: { number: 5.125, counter: 3, heroNumber: 12.75, heroCounter: 7.25, lines: 3, edges: 5.7 },
  square: { number: 3.75, counter: 2.125, heroNumber: 11.25, heroCounter: 4.25, lines: 3, edges: 3.2 },
  tall: { number: 4.75, counter: 2.5, heroNumber: 12.5, heroCounter: 5.5, lines: 3, edges: 3.9 },
};
/** Longer names are written smaller from the start. */
const LONG_TICKET = 5;
const LONG_COUNTER = 6;

export class Painter {
  constructor() {
    this.parts = {
      area: part("calls-area"),
      calls: part("calls"),
      welcome: part("welcome"),
      callsPager: part("calls-pager"),
      queues: part("queues"),
      queuesPager: part("queues-pager"),
      sum: part("sum"),
      five: part("five"),
      words: part("five-words"),
      facts: part("facts"),
      qr: part("qr"),
      duty: part("duty-list"),
    };
    this.promotion = new Promotion(part("promo"));
    /** Where the page says whether it can be read. @type {(legible: boolean, words: string) => void} */
    this.onLegible = () => {};
    const template = (/** @type {string} */ id) => fromTemplate(/** @type {HTMLTemplateElement} */ (part(id)));
    this.makeCall = template("call-row");
    this.makeQueue = template("queue-row");
    this.makeFact = template("fact-row");
    this.makeLeader = template("leader-row");
    /** @type {BoardView | null} */
    this.view = null;
    this.pageZeroAt = 0;
    this.slide = "";
    this.planned = "";
    this.others = 6;
    this.queuesRoom = 6;
    this.dutyRoom = 1;
  }

  /**
   * Paint `view`.
   * @param {BoardView} view
   * @param {ReadonlySet<string>} flash calls that have just been made
   */
  paint(view, flash) {
    const p = this.parts;
    this.view = view;
    if (flash.size > 0) this.pageZeroAt = view.now_ms;
    const regions = view.regions.join(" ");
    put(document.body, "regions", regions);
    this.paintCalls(view, flash);
    renderRows(p.queues, view.queues, {
      key: (row) => row.code,
      make: this.makeQueue,
      fill: (element, row) => {
        put(element, "state", row.state);
        fillWords(element, { ...row });
      },
    });
    say(p.sum, `共 ${view.waiting} 人等候`);
    this.paintSlide(view);
    renderRows(p.duty, view.leaders, {
      key: (row) => row.key,
      make: this.makeLeader,
      fill: (element, row) => fillWords(element, { ...row }),
    });
    this.promotion.paint(view.regions.includes("promotion") ? view.promotion : []);
    this.promotion.mute();
    this.turnPages(view.now_ms);
  }

  /**
   * @param {BoardView} view
   * @param {ReadonlySet<string>} flash
   */
  paintCalls(view, flash) {
    const p = this.parts;
    put(p.area, "calls", String(view.calls.length));
    renderRows(p.calls, view.calls, {
      key: (row) => row.call,
      make: this.makeCall,
      fill: (element, row, index) => {
        put(element, "state", row.state);
        put(element, "times", String(row.times));
        mark(element, "data-hero", index === 0);
        mark(element, "data-long-ticket", row.ticket.length > LONG_TICKET);
        mark(element, "data-long-counter", row.counter.length > LONG_COUNTER);
        fillWords(element, { ...row });
        if (flash.has(row.call)) restart(element, "data-flash");
      },
    });
    const [title, ...steps] = view.welcome;
    const heading = p.welcome.querySelector(".welcome__title");
    const list = p.welcome.querySelector(".welcome__steps");
    if (heading && heading.textContent !== title) heading.textContent = title ?? "";
    if (list) {
      renderRows(list, steps, {
        key: (step) => step,
        make: () => document.createElement("li"),
        fill: (element, step) => {
          if (element.textContent !== step) element.textContent = step;
        },
      });
    }
  }

  /** @param {BoardView} view */
  paintSlide(view) {
    const p = this.parts;
    const slide = view.slide;
    p.five.hidden = slide === null;
    if (slide === null || this.slide === slide.key) return;
    const first = this.slide === "";
    this.slide = slide.key;
    p.five.dataset.facts = slide.facts.map((f) => f.kind).join(" ");
    fillWords(p.five, { department: slide.department, name: slide.name });
    for (const word of p.words.children) {
      const kind = /** @type {HTMLElement} */ (word).dataset.kind ?? "";
      mark(/** @type {HTMLElement} */ (word), "data-on", slide.kinds.includes(kind));
    }
    renderRows(p.facts, slide.facts, {
      key: (row) => row.kind,
      make: this.makeFact,
      fill: (element, row) => {
        element.dataset.kind = row.kind;
        mark(element, "data-large", row.large);
        fillWords(element, { ...row, example: row.example ? "示例" : "" });
        if (!first) restart(element, "data-enter");
      },
    });
    const picture = p.qr.querySelector("img");
    p.qr.hidden = slide.qr === "";
    if (picture && slide.qr && picture.getAttribute("src") !== slide.qr) picture.setAttribute("src", slide.qr);
  }

  /** Give the rows of calls the size that can be read from the seats; see legible.js. */
  planRows() {
    const p = this.parts;
    const view = this.view;
    if (!view) return;
    // What the room depends on, without asking the browser to lay the page out.
    const stamp = [
      window.innerWidth, window.innerHeight, document.documentElement.dataset.shape, view.regions, view.rows,
      view.screen_inch, view.distance_m, view.state === "board",
    ].join(" ");
    if (stamp === this.planned) return;
    const box = p.area;
    const style = getComputedStyle(box);
    const rem = px(getComputedStyle(document.documentElement).fontSize);
    const width = box.clientWidth - px(style.paddingLeft) - px(style.paddingRight);
    const height = box.clientHeight - px(style.paddingTop) - px(style.paddingBottom);
    if (width <= 0) return;
    this.planned = stamp;
    const shape = /** @type {keyof typeof DESIGNED} */ (document.documentElement.dataset.shape ?? "wide");
    const sizes = DESIGNED[shape];
    const mmPx = mmOfPx(view.screen_inch, window.innerWidth, window.innerHeight);
    const how = { distanceM: view.distance_m, mmPx, rows: view.rows };
    const found = plan({
      width, height, rem, gap: px(style.getPropertyValue("--gap")) * rem, stacked: shape !== "wide", lines: sizes.lines, edges: sizes.edges * rem,
      number: sizes.number * rem, counter: sizes.counter * rem,
      heroNumber: sizes.heroNumber * rem, heroCounter: sizes.heroCounter * rem,
    }, how);
    this.others = found.columns * found.lines;
    const set = (/** @type {string} */ name, /** @type {number} */ value) => box.style.setProperty(name, `${Math.round(value * 10) / 10}px`);
    set("--hero", found.hero);
    set("--hero-number", found.heroNumber);
    set("--hero-counter", found.heroCounter);
    set("--row-number", found.number);
    set("--row-counter", found.counter);
    set("--row-words", wordsOf(found.counter));
    box.style.setProperty("--lines", String(found.lines));
    box.style.setProperty("--columns", String(found.columns));
    box.dataset.lines = String(found.lines);
    mark(box, "data-roomy", found.lines > 2 && found.columns === 2);
    const columns = Number.parseInt(getComputedStyle(p.queues).getPropertyValue("--columns"), 10) || 1;
    this.queuesRoom = rowsOf(p.queues, columns);
    p.queues.style.setProperty("--lines", String(this.queuesRoom / columns));
    this.dutyRoom = rowsOf(p.duty, 1);
    const need = Math.ceil(leastPx(view.distance_m, mmPx) * mmPx);
    this.onLegible(
      found.legible && !found.fewer,
      !found.legible ? `屏幕太小或太远：字高不到 ${need} 毫米。请靠近、换大屏，或减少区域。`
        : found.fewer ? `一页只能看清 ${this.others + 1} 行，其余翻页显示。` : "",
    );
  }

  /**
   * Show the pages of rows that are due; called each second as well.
   * @param {number} nowMs
   */
  turnPages(nowMs) {
    const p = this.parts;
    const view = this.view;
    if (!view) return;
    this.planRows();
    const calls = turn({
      count: Math.max(0, view.calls.length - 1),
      room: this.others,
      nowMs,
      sinceMs: this.pageZeroAt,
      everyMs: CALLS_PAGE_MS,
    });
    Array.from(p.calls.children).forEach((element, index) => {
      hide(element, index > 0 && !calls.shows(index - 1));
    });
    showPage(p.callsPager, calls);
    const queues = turn({ count: view.queues.length, room: this.queuesRoom, nowMs, sinceMs: 0, everyMs: QUEUES_PAGE_MS });
    Array.from(p.queues.children).forEach((element, index) => {
      hide(element, !queues.shows(index));
    });
    showPage(p.queuesPager, queues);
    const duty = turn({ count: view.leaders.length, room: this.dutyRoom, nowMs, sinceMs: 0, everyMs: LEADERS_PAGE_MS });
    Array.from(p.duty.children).forEach((element, index) => {
      hide(element, !duty.shows(index));
    });
    this.fitAll();
  }

  /** Shrink what does not fit. */
  fitAll() {
    fitAll(".call", this.planned);
    fitAll(".queue, .fact, .five__title, .leader, .promo__honour");
  }

  /**
   * The calls whose rows are on the screen now and say "come".
   * @returns {{call: string, times: number}[]}
   */
  visibleCalls() {
    const view = this.view;
    if (!view || view.state !== "board") return [];
    return view.calls
      .filter((row, index) => row.state === "called" && !(/** @type {HTMLElement | undefined} */ (
        this.parts.calls.children[index])?.hidden ?? true))
      .map(({ call, times }) => ({ call, times }));
  }
}

/** @param {string} length */
function px(length) {
  return Number.parseFloat(length) || 0;
}

/**
 * @param {Element} element
 * @param {boolean} hidden
 */
function hide(element, hidden) {
  mark(/** @type {HTMLElement} */ (element), "hidden", hidden);
}
