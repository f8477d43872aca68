/** The board page: follows the agent's views, paints them, tells the agent what was painted. */

import { ServerClock, everySecond, hallTime } from "/kit/clock.js";
import { follow } from "/kit/live.js";
import { fillWords } from "/kit/rows.js";
import { Painter } from "./paint.js";

/** @typedef {import("./view").BoardView} BoardView */

/** Silence of the server after which the dot changes, and after which the bar covers the notices. */
const DOT_S = 5;
const BAR_S = 30;

const painter = new Painter();
const clock = new ServerClock();
const beat = /** @type {HTMLElement} */ (document.getElementById("beat"));
const head = /** @type {HTMLElement} */ (document.getElementById("head"));
const bar = /** @type {HTMLElement} */ (document.getElementById("bar"));
/** Cues this page has met; those that left the view are forgotten. @type {Set<string>} */
let met = new Set();
/** Calls the agent was told of on this connection. @type {Set<string>} */
let told = new Set();
/** @type {BoardView | null} */
let view = null;

const line = follow({
  onView(/** @type {BoardView} */ next, first) {
    view = next;
    clock.set(next.now_ms);
    // After a (re)connect nothing is news: what was called meanwhile is shown, not flashed.
    const flash = new Set(next.cues.filter((c) => !first && !met.has(c.id)).map((c) => c.call));
    met = new Set(next.cues.map((c) => c.id));
    if (first) told = new Set();
    painter.paint(next, flash);
    freshness();
    tellPainted();
  },
  onStatus: () => freshness(),
});

everySecond(clock, (now) => {
  if (!view) return;
  fillWords(head, hallTime(now, view.utc_offset_s));
  painter.turnPages(now);
  freshness();
  tellPainted();
});

window.addEventListener("resize", () => {
  const now = clock.now();
  if (now !== null) requestAnimationFrame(() => painter.turnPages(now));
});

/** Say how old the picture is; the same rule whether the server or our own agent is silent. */
function freshness() {
  const now = clock.now();
  if (!view || now === null) return;
  const age = view.truth_ms === null ? Infinity : Math.max(0, (now - view.truth_ms) / 1000);
  const state = age > BAR_S ? "lost" : age > DOT_S ? "late" : "live";
  document.body.dataset.fresh = view.problem ? "lost" : state;
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
      const alive = new Set(view?.calls.map((c) => `${c.call}/${c.times}`));
      told = new Set([...told].filter((id) => alive.has(id)));
    }),
  );
}
