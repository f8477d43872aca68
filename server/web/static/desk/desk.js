/** The clerk's page: presses become commands, the line says when to look again, the painter paints. */

import { ServerClock, everySecond } from "/kit/clock.js";
import { Bar } from "./bar.js";
import { Line, LATE_MS } from "./line.js";
import { Painter, byId } from "./paint.js";
import { Presses, ARMED_MS } from "./presses.js";
import { Refresher } from "./refresh.js";
import { Commander } from "./send.js";
import { choose, isAsking } from "./sheet.js";
import { openSmall, rememberPlace } from "./small.js";
import { KEYS, concerns, mainOf, verbOf, whyNot } from "./state.js";
import { TWICE, ticketOf, wishFor } from "./wishes.js";

/** @typedef {import("hallqueue/contract").DeskView} DeskView */

/** Looks at whether a call arrived: acknowledgements make no event. */
const LOOKS_MS = [1500, 6000];
/** Changes elsewhere in the hall are not worth a look of their own. */
const LATER_MS = 10_000;
/** Without the live line the truth is asked for by HTTP, and seldom once it is known to be in vain. */
const ALONE_MS = 2000;
const SELDOM_MS = 15_000;
/** An answer that takes longer is worth a word. */
const PATIENCE_MS = 1500;

/** @type {DeskView} */
let view = JSON.parse(byId("first").textContent ?? "");
const csrf = /** @type {HTMLMetaElement} */ (document.querySelector("meta[name=csrf-token]")).content;
const code = view.counter.code;
const clock = new ServerClock();
const presses = new Presses();
const painter = new Painter();
const commander = new Commander({ csrf });
const bar = new Bar(code);
let busy = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let disarming;

clock.set(Date.parse(view.now));
const now = () => clock.now() ?? Date.parse(view.now);

const refresher = new Refresher({ load });
const line = new Line({
  csrf,
  counter: code,
  since: () => view.seq,
  told: {
    onEvent(event) {
      if (event.seq <= view.seq) return;
      const urgent = concerns(event, view);
      if (urgent) refresher.soon(urgent === "now" ? 0 : LATER_MS);
    },
    onBeat(seq, at) {
      clock.set(Date.parse(at));
      if (seq > view.seq) refresher.soon(LATER_MS);
    },
    onJoin: () => refresher.soon(),
    onAlone: () => refresher.soon(bar.trouble ? SELDOM_MS : ALONE_MS),
    // Asking once more by HTTP tells apart a session that ended and a page that is too old.
    onTurned: () => refresher.soon(),
  },
});

async function load() {
  const outcome = await commander.get(`/desk?counter=${encodeURIComponent(code)}`);
  if (outcome.kind === "done") {
    line.heard();
    bar.mended();
    if (outcome.body.seq < view.seq) return; // an answer overtaken by a younger one
    if (outcome.body.current?.uid !== view.current?.uid) disarm();
    view = outcome.body;
    clock.set(Date.parse(view.now));
  } else {
    bar.turned(outcome);
  }
  paint();
}

function paint() {
  painter.paint(view, now());
  bar.paint(view, line.silentMs() > LATE_MS);
}

/**
 * Say something beside what was pressed.
 *
 * @param {Element | null} pressed
 * @param {string} words
 * @param {"" | "ok" | "bad" | "ask"} tone
 */
function say(pressed, words, tone) {
  const row = pressed?.closest(".row, .alert");
  const own = row && tone !== "ok" ? row.querySelector(".says") : null;
  for (const old of document.querySelectorAll(".says")) old.toggleAttribute("hidden", old !== own);
  for (const old of document.querySelectorAll("[data-refused]")) old.removeAttribute("data-refused");
  const place = /** @type {HTMLElement} */ (own ?? byId("say"));
  place.textContent = words;
  place.dataset.tone = tone;
  if (own) byId("say").textContent = "";
  if (tone === "bad") pressed?.setAttribute("data-refused", "");
}

function disarm() {
  clearTimeout(disarming);
  presses.disarm();
  for (const key of document.querySelectorAll("[data-armed]")) key.removeAttribute("data-armed");
}

/**
 * The first press of something that cannot be undone.
 *
 * @param {string} verb
 * @param {Element} pressed
 * @param {string} number
 */
function arm(verb, pressed, number) {
  pressed.setAttribute("data-armed", "");
  const asked = {
    no_show: `再按一次 F6，${number} 就过号了。`,
    cancel: `再按一次，${number} 就取消了，不能恢复。`,
    close: "再按一次就关窗。",
  };
  say(pressed, asked[/** @type {keyof typeof asked} */ (verb)], "ask");
  disarming = setTimeout(() => {
    disarm();
    say(pressed, "", "");
    paint();
  }, ARMED_MS);
  paint();
}

/**
 * What a press means now: two keys change with the state of the counter.
 *
 * @param {string} verb
 */
function meant(verb) {
  if (verb === "main") return mainOf(view).verb;
  const state = view.counter.state;
  if (verb === "pause" && state !== "open") return state === "paused" ? "resume_counter" : "open";
  if (verb === "hold" && !view.current && view.held.length) return "resume";
  return verb;
}

/**
 * @param {string} asked `data-do` of the button, or the verb of a key
 * @param {HTMLElement} pressed
 * @param {{place?: string, repeat?: boolean}} [how]
 */
async function press(asked, pressed, { place = "", repeat = false } = {}) {
  if (busy || isAsking()) return;
  const row = /** @type {HTMLElement | null} */ (pressed.closest(".row"));
  const device = /** @type {HTMLElement | null} */ (pressed.closest(".alert"))?.dataset.device;
  let uid = row?.dataset.key ?? device ?? "";
  const verb = meant(asked);
  const where = place || `${asked} ${uid}`;
  const why = Object.values(KEYS).some((v) => v === verb)
    ? whyNot(view, /** @type {import("./state.js").KeyVerb} */ (verb))
    : "";
  const twice = why === "" && TWICE.has(verb);
  const judged = presses.judge({ verb: `${verb} ${uid}`, place: where, repeat, twice }, performance.now());
  if (judged === "ignore") return;
  for (const key of document.querySelectorAll("[data-armed]")) key.removeAttribute("data-armed");
  clearTimeout(disarming);
  if (why) {
    say(pressed, why, "bad");
    refresher.soon();
    return;
  }
  if (judged === "arm") {
    arm(verb, pressed, ticketOf(view, uid || (view.current?.uid ?? ""))?.number ?? "");
    return;
  }
  say(pressed, "", "");
  if (verb === "resume" && !uid) uid = await whichHeld();
  if (verb === "resume" && !uid) return;
  await act(verb, uid, pressed);
}

async function whichHeld() {
  if (view.held.length === 1) return view.held[0]?.uid ?? "";
  const options = view.held.map((t) => ({ value: t.uid, words: `${t.number} ${t.item_name}`, hint: t.note }));
  return (await choose({ title: "回呼哪个号码？", options }))?.value ?? "";
}

/**
 * @param {string} verb
 * @param {string} uid
 * @param {HTMLElement} pressed
 */
async function act(verb, uid, pressed) {
  const wish = await wishFor(verb, view, { uid, now });
  if (!wish) return;
  const outcome = await sent(wish, pressed);
  if (outcome.kind === "done") {
    say(pressed, wish.said(outcome.body), "ok");
    if (wish.calls) for (const ms of LOOKS_MS) setTimeout(() => refresher.soon(), ms);
  } else if (outcome.code === "people_waiting" && verb === "close") {
    await act("close_anyway", uid, pressed);
  } else {
    // A refusal is about this press; only these two are about the page.
    if (outcome.kind === "signed_out" || outcome.code === "csrf") bar.turned(outcome);
    say(pressed, outcome.words, "bad");
  }
  paint();
}

/**
 * Send, and fetch what is true after it; nothing else is pressed meanwhile.
 *
 * @param {import("./wishes.js").Wish} wish
 * @param {HTMLElement} pressed
 */
async function sent(wish, pressed) {
  busy = true;
  document.body.setAttribute("data-busy", "");
  const slow = setTimeout(() => say(pressed, "正在等服务器答复…", ""), PATIENCE_MS);
  try {
    const outcome = await commander.post(wish.path, wish.body);
    clearTimeout(slow);
    await refresher.fresh();
    return outcome;
  } finally {
    clearTimeout(slow);
    busy = false;
    document.body.removeAttribute("data-busy");
  }
}

document.addEventListener("keydown", (event) => {
  const verb = verbOf(event);
  if (!verb) return;
  event.preventDefault();
  const key = document.querySelector(`.keys [data-do="${verb}"]`);
  if (key instanceof HTMLElement) void press(verb, key, { place: event.key, repeat: event.repeat });
});
document.addEventListener("click", (event) => {
  const from = event.target instanceof Element ? event.target.closest("[data-do]") : null;
  if (!(from instanceof HTMLElement)) return;
  const asked = from.dataset.do ?? "";
  if (asked === "window") {
    if (!openSmall(code)) say(from, "浏览器没有允许打开小窗，请允许本站弹出窗口。", "bad");
  } else {
    void press(asked, from);
  }
});
// One row is open at a time: a bar has no room for more.
document.addEventListener(
  "toggle",
  (event) => {
    const opened = /** @type {HTMLDetailsElement} */ (event.target);
    if (!opened.open) return;
    for (const other of document.querySelectorAll("details[open]")) {
      if (other !== opened) other.removeAttribute("open");
    }
  },
  true,
);

if (document.body.hasAttribute("data-bar")) rememberPlace();
else /** @type {HTMLElement} */ (document.querySelector("[data-do=window]")).hidden = false;
document.body.setAttribute("data-live", "");
everySecond(clock, paint);
