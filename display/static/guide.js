/** Paints the guide 导览屏: one zone at a time, as many counters as can be read, page by page. */

import { fillWords, fromTemplate, renderRows } from "/kit/rows.js";
import { HANZI, leastPx, mmOfPx } from "./legible.js";
import { guidePages } from "./pages.js";
import { fitAll, mark, part, rowsOf, say, showPage } from "./parts.js";

/** Each page is read, not only looked at. */
const PAGE_MS = 12000;
/** Longer names of counters are written smaller from the start. */
const LONG_COUNTER = 7;

/** @typedef {import("./view").BoardView} BoardView */
/** @typedef {import("./view").GuideZone} GuideZone */

export class GuidePainter {
  constructor() {
    this.list = part("guide-list");
    this.make = fromTemplate(/** @type {HTMLTemplateElement} */ (part("spot-row")));
    /** @type {BoardView | null} */
    this.view = null;
  }

  /** @param {BoardView} view */
  paint(view) {
    this.view = view;
    const guide = view.guide;
    if (!guide) return;
    const picture = part("guide-qr").querySelector("img");
    part("guide-qr").hidden = guide.qr === "";
    if (picture && guide.qr && picture.getAttribute("src") !== guide.qr) picture.setAttribute("src", guide.qr);
    renderRows(part("floors"), guide.zones, {
      key: (zone) => zone.code,
      make: () => {
        const row = document.createElement("li");
        row.className = "floors__zone";
        for (const name of ["floor", "name", "sum"]) {
          const words = document.createElement("span");
          words.className = `floors__${name}`;
          words.dataset.f = name;
          row.append(words);
        }
        return row;
      },
      fill: (element, zone) => fillWords(element, { floor: floorWords(zone), name: zone.name, sum: `${zone.waiting} 人等候` }),
    });
    this.turnPages(view.now_ms);
  }

  /** @param {number} nowMs */
  turnPages(nowMs) {
    const view = this.view;
    if (!view?.guide) return;
    const mm = mmOfPx(view.screen_inch, window.innerWidth, window.innerHeight);
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const least = Math.min(leastPx(view.distance_m, mm) / HANZI, 4 * rem);
    this.list.style.setProperty("--least", `${least}px`);
    const base = Number.parseFloat(getComputedStyle(this.list).getPropertyValue("--base"));
    this.list.style.setProperty("--row", String(Math.max(base, (least * 2.1) / rem)));
    const columns = Number.parseInt(getComputedStyle(this.list).getPropertyValue("--columns"), 10) || 1;
    const lines = rowsOf(this.list, 1);
    const pages = guidePages(view.guide.zones, lines * columns);
    // The fullest page fills the screen, as far as its words can use the room.
    const most = Math.max(1, ...pages.map((p) => p.rows.length));
    this.list.style.setProperty("--lines", String(Math.max(Math.ceil(most / columns), Math.ceil(lines * 0.7))));
    const page = pages[Math.floor(nowMs / PAGE_MS) % Math.max(1, pages.length)];
    if (!page) return;
    say(part("guide-floor"), floorWords(page.zone));
    say(part("guide-zone"), page.zone.name);
    say(part("guide-sum"), `${page.zone.waiting} 人等候`);
    showPage(part("guide-pager"), page);
    for (const zone of part("floors").children) {
      mark(/** @type {HTMLElement} */ (zone), "data-on", /** @type {HTMLElement} */ (zone).dataset.key === page.zone.code);
    }
    renderRows(this.list, page.rows, {
      key: (row) => row.code,
      make: this.make,
      fill: (element, row) => {
        element.dataset.state = row.state;
        mark(element, "data-long", row.counter.length > LONG_COUNTER);
        fillWords(element, { ...row });
      },
    });
    fitAll(".spot, .guide__title, .floors__zone");
  }

  visibleCalls() {
    return [];
  }
}

/** @param {GuideZone} zone */
function floorWords(zone) {
  return /^\d+$/.test(zone.floor) ? `${zone.floor} 楼` : zone.floor;
}
