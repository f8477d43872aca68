/** The page of every screen: follows the agent's views, has its role painted, tells what was painted. */

import { ServerClock, everySecond, hallTime } from "/kit/clock.js";
import { follow } from "/kit/live.js";
import { fillWords } from "/kit/rows.js";
import { CounterPainter } from "./counter.js";
import { GuidePainter } from "./guide.js";
import { LeadersPainter } from "./leaders.js";
import { Painter } from "./paint.js";
import { fitAll, mark, part, put } from "./parts.js";
import { peek } from "./peek.js";
import { showTest } from "./testing.js";
import { WallPainter } from "./wall.js";

/** @typedef {import("./view").BoardView} BoardView */
/** @typedef {{call: string, times: number}} Shown */

/**
 * @typedef {object} RolePainter
 * @property {(view: BoardView, flash: ReadonlySet<string>) => void} paint
 * @property {(nowMs: number) => void} turnPages called each second, and when the window changes
 * @property {() => Shown[]} visibleCalls
 * @property {(legible: boolean, words: string) => void} [onLegible]
 */

/** Silence of the server after which the dot changes, and after which the bar covers the notices. */
const DOT_S = 5;
const BAR_S = 30;
/** A page that has to load again waits so long: the agent may just be changing its mind. */
const RELOAD_MS = 300;

/** @type {Record<string, () => RolePainter>} */
const PAINTERS = {
  board: () => new Painter(),
  disclosures: () => new WallPainter(),
  counter: () => new CounterPainter(),
  guide: () => new GuidePainter(),
  leaders: () => new LeadersPainter(),
};

const { role = "board", preview } = document.body.dataset;
const painter = /** @type {() => RolePainter} */ (PAINTERS[role])();
const clock = new ServerClock();
const beat = part("beat");
const head = part("head");
const bar = part("bar");
const notice = part("notice");
const cover = part("cover");
const test = part("test");
/** Cues this page has met; those that left the view are forgotten. @type {Set<string>} */
let met = new Set();
/** Calls the agent was told of on this connection. @type {Set<string>} */
let told = new Set();
/** @type {BoardView | null} */
let view = null;
let legible = { legible: true, words: "" };

const line = preview ? peek(preview, onView) : follow({ onView, onStatus: () => freshness() });

painter.onLegible = (/** @type {boolean} */ ok, /** @type {string} */ words) => {
  legible = { legible: ok, words };
  tellLegible();
};

/**
 * @param {BoardView} next
 * @param {boolean} first
 */
function onView(next, first) {
  if (next.role !== role || touchOf(next) !== touchOf(view ?? next)) {
    setTimeout(() => location.reload(), RELOAD_MS);
    return;
  }
  view = next;
  clock.set(next.now_ms);
  // After a (re)connect nothing is news: what was called meanwhile is shown, not flashed.
  const flash = new Set(next.cues.filter((c) => !first && !met.has(c.id)).map((c) => c.call));
  met = new Set(next.cues.map((c) => c.id));
  if (first) told = new Set();
  frame(next);
  showTest(test, next);
  painter.paint(next, flash);
  fitAll(".head, .notice__text, .cover p");
  freshness();
  tellPainted();
  if (first) tellLegible();
}

/** @param {BoardView} of */
function touchOf(of) {
  return of.wall?.touch ?? false;
}

/**
 * Paint what every role has: head, theme, notices, covers.
 * @param {BoardView} now
 */
function frame(now) {
  const { body, documentElement } = document;
  put(body, "state", now.state);
  put(body, "day", now.day);
  put(documentElement, "orientation", now.orientation);
  if (!body.classList.contains(now.theme)) {
    body.classList.remove("hall", "light");
    body.classList.add(now.theme);
  }
  const { hall, zone, day_words, date, weekday, time, seconds } = now;
  fillWords(head, { hall, zone, day_words, date, weekday, time, seconds });
  const logo = /** @type {HTMLImageElement} */ (part("logo"));
  logo.hidden = now.logo === "";
  if (now.logo && logo.getAttribute("src") !== now.logo) logo.src = now.logo;
  fillWords(notice, { notice: now.notice, notice_place: now.notice_place });
  mark(notice, "data-empty", now.notice === "");
  fillWords(cover, { problem: now.problem, emergency: now.emergency });
}

everySecond(clock, (now) => {
  if (!view) return;
  fillWords(head, hallTime(now, view.utc_offset_s));
  painter.turnPages(now);
  freshness();
  tellPainted();
});

window.addEventListener("resize", () => {
  const now = clock.now();
  if (now === null) return;
  requestAnimationFrame(() => {
    painter.turnPages(now);
    fitAll(".head, .notice__text, .cover p");
  });
});
part("logo").addEventListener("error", () => (part("logo").hidden = true));

/** Say how old the picture is; the same rule whether the server or our own agent is silent. */
function freshness() {
  const now = clock.now();
  if (!view || now === null) return;
  const age = view.truth_ms === null ? Infinity : Math.max(0, (now - view.truth_ms) / 1000);
  const state = age > BAR_S ? "lost" : age > DOT_S ? "late" : "live";
  put(document.body, "fresh", view.problem ? "lost" : state);
  const words = { live: "画面为最新", late: "正在重新连接", lost: "连接已断开" }[state];
  fillWords(beat, { beat: words });
  fillWords(bar, {
    bar: view.problem ||
      (view.truth_time
        ? `网络连接异常，画面停在 ${view.truth_time}，请留意窗口人工叫号。恢复后自动更新。`
        : "正在连接服务器，画面可能不是最新的，请留意窗口人工叫号。"),
  });
}

/** Tell the agent which calls are painted: two frames later the compositor has them. */
function tellPainted() {
  const now = painter.visibleCalls().filter((c) => !told.has(`${c.call}/${c.times}`));
  if (now.length === 0) return;
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (line.state() === "lost") return;
      for (const c of now) told.add(`${c.call}/${c.times}`);
      line.send("painted", { calls: now });
      const alive = new Set([...(view?.calls ?? []), ...(view?.own ? [view.own] : [])].map((c) => `${c.call}/${c.times}`));
      told = new Set([...told].filter((id) => alive.has(id)));
    }),
  );
}

/** Tell the agent, or the manager's page around a preview, whether all can be read. */
function tellLegible() {
  line.send("legible", legible);
  if (preview && window.parent !== window) {
    window.parent.postMessage({ source: "hall-screen", ...legible }, location.origin);
  }
}
