/** Paints a desk view into the page: words by `data-f`, keyed rows, keys and their hints. */

import { fillWords, fromTemplate, renderRows } from "/kit/rows.js";
import { keepTicks, ticksOf } from "./papers.js";
import { keysOf, mainOf, moodOf } from "./state.js";
import { alertsOf, face, heardOf, materialOf, rowOf } from "./words.js";

/** @typedef {import("hallqueue/contract").DeskView} DeskView */
/** @typedef {import("hallqueue/contract").DeskTicket} DeskTicket */

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** @param {string} name */
const maker = (name) => fromTemplate(/** @type {HTMLTemplateElement} */ (byId(`row-${name}`)));

/** @returns {Storage | null} */
function session() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

export class Painter {
  constructor() {
    this.make = {
      waiting: maker("waiting"),
      held: maker("held"),
      no_show: maker("no_show"),
      alert: maker("alert"),
      paper: maker("paper"),
      other: maker("other"),
    };
    this.spokenFor = "";
    this.paperFor = "";
    byId("papers").addEventListener("change", () => this.ticked());
  }

  /**
   * @param {DeskView} view
   * @param {number} nowMs the server's time
   */
  paint(view, nowMs) {
    const mood = moodOf(view);
    const words = face(view, nowMs);
    document.body.dataset.mood = mood;
    fillWords(/** @type {HTMLElement} */ (document.querySelector(".top")), words);
    const now = /** @type {HTMLElement} */ (document.querySelector(".now"));
    fillWords(now, words);
    const heard = /** @type {HTMLElement} */ (now.querySelector("[data-f=heard]"));
    heard.dataset.tone = heardOf(view).tone;
    fillWords(byId("line-title"), words);
    this.keys(view, nowMs);
    this.list("waiting", "waiting", view.waiting, nowMs);
    this.list("held", "held", view.held, nowMs);
    this.list("no-shows", "no_show", view.no_shows, nowMs);
    const rest = view.waiting_count - view.waiting.length;
    byId("waiting-more").hidden = rest <= 0;
    byId("waiting-more").textContent = `后面还有 ${rest} 人`;
    byId("held-card").hidden = view.held.length === 0;
    byId("no-shows-card").hidden = view.no_shows.length === 0;
    this.alerts(view, nowMs);
    this.papers(view.current);
    this.others(view);
    this.title(view, words);
  }

  /**
   * @param {DeskView} view
   * @param {number} nowMs
   */
  keys(view, nowMs) {
    const main = mainOf(view);
    const button = /** @type {HTMLElement} */ (document.querySelector(".main"));
    button.dataset.verb = main.verb;
    button.toggleAttribute("data-idle", main.verb === "next" && view.waiting_count === 0);
    write(button.querySelector(".main__words"), main.words);
    write(button.querySelector(".main__key"), main.key);
    for (const look of keysOf(view, nowMs)) {
      const key = document.querySelector(`.keys [data-do="${look.verb}"]`);
      if (!(key instanceof HTMLElement)) continue;
      key.toggleAttribute("data-idle", !look.possible);
      key.toggleAttribute("data-main", look.key === main.key);
      write(key.querySelector(".key__words"), look.words);
      const armed = key.hasAttribute("data-armed");
      write(key.querySelector(".key__hint"), armed ? "再按一次" : look.hint);
    }
    const back = document.querySelector(".seldom [data-do=send_back]");
    back?.toggleAttribute("hidden", moodOf(view) !== "called");
    const reprint = document.querySelector(".seldom [data-do=reprint]");
    reprint?.toggleAttribute("hidden", view.current === null);
    const close = document.querySelector(".seldom [data-do=close]");
    close?.toggleAttribute("hidden", view.counter.state === "closed" || view.current !== null);
  }

  /**
   * @param {string} id
   * @param {"waiting" | "held" | "no_show"} kind
   * @param {ReadonlyArray<DeskTicket>} tickets
   * @param {number} nowMs
   */
  list(id, kind, tickets, nowMs) {
    renderRows(byId(id), tickets, {
      key: (t) => t.uid,
      make: this.make[kind],
      fill: (element, t) => fillWords(element, rowOf(t, nowMs, kind)),
    });
  }

  /**
   * @param {DeskView} view
   * @param {number} nowMs
   */
  alerts(view, nowMs) {
    renderRows(byId("alerts"), alertsOf(view, nowMs), {
      key: (a) => a.key,
      make: this.make.alert,
      fill: (element, a) => {
        element.dataset.tone = a.tone;
        element.dataset.device = a.device;
        fillWords(element, { words: a.words });
        const button = /** @type {HTMLElement} */ (element.querySelector("button"));
        button.hidden = a.device === "";
      },
    });
  }

  /** @param {DeskTicket | null} ticket */
  papers(ticket) {
    const materials = ticket?.materials ?? [];
    byId("papers").hidden = materials.length === 0;
    const uid = ticket?.uid ?? "";
    const list = /** @type {HTMLElement} */ (byId("papers").querySelector("ul"));
    // The same place in another ticket's list is another paper: its tick must not stay.
    if (uid !== this.paperFor && this.paperFor !== "") list.textContent = "";
    const fresh = uid !== this.paperFor;
    const ticks = ticksOf(session(), uid);
    if (fresh && ticks.size === 0) keepTicks(session(), "", ticks);
    this.paperFor = uid;
    renderRows(list, materials.map((m, i) => ({ key: String(i), words: materialOf(m) })), {
      key: (m) => m.key,
      make: this.make.paper,
      fill: (element, m) => {
        fillWords(element, { words: m.words });
        if (!fresh) return;
        const box = /** @type {HTMLInputElement} */ (element.querySelector("input"));
        box.checked = ticks.has(m.key);
      },
    });
    this.counted();
  }

  ticked() {
    const boxes = /** @type {HTMLInputElement[]} */ ([...byId("papers").querySelectorAll("input")]);
    const ticks = new Set(boxes.flatMap((b, i) => (b.checked ? [String(i)] : [])));
    keepTicks(session(), this.paperFor, ticks);
    this.counted();
  }

  counted() {
    const boxes = /** @type {HTMLInputElement[]} */ ([...byId("papers").querySelectorAll("input")]);
    const have = boxes.filter((b) => b.checked).length;
    write(byId("papers-count"), `${have}/${boxes.length}`);
    byId("papers").toggleAttribute("data-complete", boxes.length > 0 && have === boxes.length);
  }

  /** @param {DeskView} view */
  others(view) {
    const busy = view.queues.filter((q) => !q.here && q.waiting > 0);
    busy.sort((a, b) => b.waiting - a.waiting || a.code.localeCompare(b.code));
    renderRows(byId("others"), busy.slice(0, 8), {
      key: (q) => q.code,
      make: this.make.other,
      fill: (element, q) => {
        const where = q.open_counters ? `${q.open_counters} 个窗口` : "没有窗口";
        fillWords(element, { code: q.code, name: q.name, detail: `${q.waiting} 人 · ${where}` });
      },
    });
    byId("others").parentElement?.toggleAttribute("data-empty", busy.length === 0);
  }

  /**
   * @param {DeskView} view
   * @param {Record<string, string>} words
   */
  title(view, words) {
    const t = view.current;
    const state = t ? `${t.number} ${moodOf(view) === "serving" ? "办理中" : "已呼叫"}` : words.count;
    document.title = `${state} · ${view.counter.name}`;
    // Heard once for each step of a ticket, not with every second.
    const key = t ? `${t.uid} ${t.state} ${t.calls}` : view.counter.state;
    if (key === this.spokenFor) return;
    const first = this.spokenFor === "";
    this.spokenFor = key;
    if (!first) write(byId("spoken"), t ? `${state}，${words.what}` : `${words.state}，${words.count}`);
  }
}

/**
 * @param {Element | null} element
 * @param {string} words
 */
function write(element, words) {
  if (element && element.textContent !== words) element.textContent = words;
}
