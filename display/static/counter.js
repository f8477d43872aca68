/** Paints the 窗口屏 of one counter. */

import { fillWords } from "/kit/rows.js";
import { fitAll, part, restart } from "./parts.js";

/** @typedef {import("./view").BoardView} BoardView */

export class CounterPainter {
  constructor() {
    this.box = part("own");
    this.now = part("own-now");
    this.please = part("own-please");
    /** @type {BoardView | null} */
    this.view = null;
  }

  /**
   * @param {BoardView} view
   * @param {ReadonlySet<string>} flash
   */
  paint(view, flash) {
    this.view = view;
    const own = view.own;
    if (!own) return;
    this.box.dataset.state = own.state;
    fillWords(this.box, { ...own, name: own.number ? own.name.replace(own.number, "") : own.name });
    this.please.hidden = own.state !== "called";
    if (own.call && flash.has(own.call)) restart(this.now, "data-flash");
    this.turnPages();
  }

  turnPages() {
    fitAll(".own__who, .own__now", this.box.dataset.state);
  }

  visibleCalls() {
    const own = this.view?.own;
    if (!own || this.view?.state !== "board" || own.state !== "called") return [];
    return [{ call: own.call, times: own.times }];
  }
}
