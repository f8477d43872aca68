/** Paints a view into the board's markup. Computes nothing but which page of rows is on. */

import { fillWords, fromTemplate, renderRows } from "/kit/rows.js";
import { fit } from "./fit.js";
import { turn } from "./turn.js";

/** @typedef {import("./view").BoardView} BoardView */
/** @typedef {import("./view").CallRow} CallRow */

/** A page of calls stays so long, a page of queues a little longer: it is read, not only looked at. */
export const CALLS_PAGE_MS = 8000;
export const QUEUES_PAGE_MS = 10000;
/** Longer names are written smaller from the start. */
const LONG_TICKET = 5;
const LONG_COUNTER = 6;

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`#${id} is not on the page`);
  return found;
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {boolean} on
 */
function mark(element, name, on) {
  if (element.hasAttribute(name) !== on) element.toggleAttribute(name, on);
}

export class Painter {
  constructor() {
    this.parts = {
      head: part("head"),
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
      notice: part("notice"),
      cover: part("cover"),
    };
    const template = (/** @type {string} */ id) => fromTemplate(/** @type {HTMLTemplateElement} */ (part(id)));
    this.makeCall = template("call-row");
    this.makeQueue = template("queue-row");
    this.makeFact = template("fact-row");
    /** @type {BoardView | null} */
    this.view = null;
    this.pageZeroAt = 0;
    this.slide = "";
  }

  /**
   * Paint `view`.
   * @param {BoardView} view
   * @param {ReadonlySet<string>} flash calls that have just been made
   */
  paint(view, flash) {
    const p = this.parts;
    this.view = view;
    document.body.dataset.state = view.state;
    document.body.dataset.day = view.day;
    document.documentElement.dataset.orientation = view.orientation;
    if (flash.size > 0) this.pageZeroAt = view.now_ms;
    const { hall, zone, day_words, date, weekday, time, seconds } = view;
    fillWords(p.head, { hall, zone, day_words, date, weekday, time, seconds });
    this.paintCalls(view, flash);
    renderRows(p.queues, view.queues, {
      key: (row) => row.code,
      make: this.makeQueue,
      fill: (element, row) => {
        element.dataset.state = row.state;
        fillWords(element, { ...row });
      },
    });
    p.sum.textContent = `共 ${view.waiting} 人等候`;
    this.paintSlide(view);
    fillWords(p.notice, { notice: view.notice, notice_place: view.notice_place });
    mark(p.notice, "data-empty", view.notice === "");
    fillWords(p.cover, { problem: view.problem, emergency: view.emergency });
    this.turnPages(view.now_ms);
  }

  /**
   * @param {BoardView} view
   * @param {ReadonlySet<string>} flash
   */
  paintCalls(view, flash) {
    const p = this.parts;
    p.area.dataset.calls = String(view.calls.length);
    mark(p.area, "data-set-rows", view.rows > 0);
    renderRows(p.calls, view.calls, {
      key: (row) => row.call,
      make: this.makeCall,
      fill: (element, row, index) => {
        element.dataset.state = row.state;
        element.dataset.times = String(row.times);
        mark(element, "data-hero", index === 0);
        mark(element, "data-long-ticket", row.ticket.length > LONG_TICKET);
        mark(element, "data-long-counter", row.counter.length > LONG_COUNTER);
        fillWords(element, { ...row });
        if (flash.has(row.call)) flashThrice(element);
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
        if (!first) enter(element);
      },
    });
    const picture = p.qr.querySelector("img");
    p.qr.hidden = slide.qr === "";
    if (picture && slide.qr && picture.getAttribute("src") !== slide.qr) picture.setAttribute("src", slide.qr);
  }

  /**
   * Show the pages of rows that are due; called each second as well.
   * @param {number} nowMs
   */
  turnPages(nowMs) {
    const p = this.parts;
    const view = this.view;
    if (!view) return;
    const others = view.rows > 0 ? view.rows - 1 : room(p.calls, "--room");
    if (view.rows > 0) p.calls.style.setProperty("--lines", String(Math.max(1, Math.ceil(others / 2))));
    const calls = turn({
      count: Math.max(0, view.calls.length - 1),
      room: Math.max(1, others),
      nowMs,
      sinceMs: this.pageZeroAt,
      everyMs: CALLS_PAGE_MS,
    });
    Array.from(p.calls.children).forEach((element, index) => {
      /** @type {HTMLElement} */ (element).hidden = index > 0 && !calls.shows(index - 1);
    });
    showPage(p.callsPager, calls);
    const queues = turn({
      count: view.queues.length,
      room: room(p.queues, "--room"),
      nowMs,
      sinceMs: 0,
      everyMs: QUEUES_PAGE_MS,
    });
    Array.from(p.queues.children).forEach((element, index) => {
      /** @type {HTMLElement} */ (element).hidden = !queues.shows(index);
    });
    showPage(p.queuesPager, queues);
    this.fitAll();
  }

  /** Shrink what does not fit; nothing is measured that has not changed. */
  fitAll() {
    for (const box of document.querySelectorAll(".call, .queue, .fact, .five__title, .notice__text, .head, .cover p")) {
      const element = /** @type {HTMLElement} */ (box);
      if (element.offsetParent !== null || element.clientWidth > 0) fit(element, element.textContent ?? "");
    }
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

/**
 * @param {HTMLElement} list
 * @param {string} name
 */
function room(list, name) {
  return Number.parseInt(getComputedStyle(list).getPropertyValue(name), 10) || 6;
}

/**
 * @param {HTMLElement} pager
 * @param {import("./turn.js").Turn} now
 */
function showPage(pager, { page, pages }) {
  pager.hidden = pages < 2;
  const words = pages < 2 ? "" : `${page + 1}/${pages}`;
  if (pager.textContent !== words) pager.textContent = words;
}

/**
 * Flash three times from the start, even when the row still flashes from the call before.
 * @param {HTMLElement} element
 */
function flashThrice(element) {
  restart(element, "data-flash");
}

/** @param {HTMLElement} element */
function enter(element) {
  restart(element, "data-enter");
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 */
function restart(element, name) {
  element.removeAttribute(name);
  void element.offsetWidth; // ends the animation under way
  element.setAttribute(name, "");
  element.addEventListener("animationend", (event) => {
    if (event.target === element) element.removeAttribute(name);
  }, { once: true });
}
