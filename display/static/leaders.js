/** Paints 今日坐班领导. */

import { fillWords, fromTemplate, renderRows } from "/kit/rows.js";
import { fitAll, part, rowsOf, showPage } from "./parts.js";
import { turn } from "./turn.js";

const PAGE_MS = 12000;

/** @typedef {import("./view").BoardView} BoardView */

export class LeadersPainter {
  constructor() {
    this.list = part("roster-list");
    this.empty = part("roster-empty");
    this.pager = part("roster-pager");
    this.make = fromTemplate(/** @type {HTMLTemplateElement} */ (part("leader-row")));
    /** @type {BoardView | null} */
    this.view = null;
  }

  /** @param {BoardView} view */
  paint(view) {
    this.view = view;
    this.empty.hidden = view.leaders.length > 0;
    this.list.hidden = view.leaders.length === 0;
    renderRows(this.list, view.leaders, {
      key: (row) => row.key,
      make: this.make,
      fill: (element, row) => fillWords(element, { ...row }),
    });
    this.turnPages(view.now_ms);
  }

  /** @param {number} nowMs */
  turnPages(nowMs) {
    const room = rowsOf(this.list, 1);
    this.list.style.setProperty("--lines", String(Math.min(room, Math.max(3, this.view?.leaders.length ?? 0))));
    const page = turn({ count: this.view?.leaders.length ?? 0, room, nowMs, sinceMs: 0, everyMs: PAGE_MS });
    Array.from(this.list.children).forEach((element, index) => {
      /** @type {HTMLElement} */ (element).hidden = !page.shows(index);
    });
    showPage(this.pager, page);
    fitAll(".leader");
  }

  visibleCalls() {
    return [];
  }
}
