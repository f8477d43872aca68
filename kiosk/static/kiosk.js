/**
 * The kiosk's page. The server draws every screen; this script sends touches without a reload,
 * keeps the screen true, counts down and turns pages. It holds nothing of a citizen.
 */

import { follow } from "/kit/live.js";
import { Corners } from "./corners.js";
import { typed } from "./keyboard.js";
import { morph } from "./morph.js";
import { Pagers } from "./pager.js";
import { measure } from "./screen.js";
import { Speech } from "./speech.js";

/** A new screen takes no touch for so long: the second tap of a double tap was for the old one. */
const SETTLE_MS = 350;
/** Touches that press nothing are told at most so often, to say that somebody is here. */
const ALIVE_MS = 5000;
/** An answer that takes longer is not waited for; the server's own time-outs are shorter. */
const ANSWER_MS = 15000;
/** The GONE of pages.py. */
const GONE = 204;

const pagers = new Pagers();
const corners = new Corners();
const speech = new Speech(
  new Audio(),
  (silent) => document.body.classList.toggle("no-sound", silent),
  () => touch("alive"),
);
/** Whether the page is used by keys: then the focus follows it. */
let byKeys = false;
/** @type {"" | "touch" | "refresh"} */
let busy = "";
/** @type {(() => void) | null} a touch that waits for a refresh */
let waiting = null;
/** @type {string[]} digits of a code, typed faster than the kiosk answers */
let digits = [];
let stale = false;
let endsAt = 0;
let aliveAt = 0;
/** @type {string | null} the text to search next; null when the last one is answered */
let wanted = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let alarm;

/** @returns {HTMLFormElement} */
function screen() {
  return /** @type {HTMLFormElement} */ (document.getElementById("kiosk"));
}

/** @returns {string} */
function page() {
  return /** @type {HTMLInputElement} */ (screen().elements.namedItem("page")).value;
}

/**
 * Ask this kiosk and show its answer.
 * @param {string} path
 * @param {RequestInit} request
 */
async function ask(path, request) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ANSWER_MS);
  try {
    const answer = await fetch(path, {
      ...request,
      headers: { "X-Page": page() },
      signal: stop.signal,
      cache: "no-store",
    });
    if (answer.status === GONE) {
      location.replace("/");
      return;
    }
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    show(await answer.text());
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Take a touch: what it says is fixed now, on the screen it was made on. While another touch is
 * under way none is taken; while the screen is being fetched it waits for that.
 * @param {string} act
 * @param {HTMLElement} [button]
 */
function touch(act, button) {
  if (busy === "touch") {
    if (act.startsWith("digit ") && digits.length < 16) digits.push(act);
    return;
  }
  const body = new FormData(screen());
  body.set("act", act);
  if (busy === "refresh") waiting ??= () => void send(body, button);
  else void send(body, button, act === "alive" ? "refresh" : "touch");
}

/**
 * @param {FormData} body
 * @param {HTMLElement} [button]
 * @param {"touch" | "refresh"} as a sign of life holds up no touch that follows it
 */
async function send(body, button, as = "touch") {
  busy = as;
  if (as === "touch") screen().classList.add("kiosk--busy");
  button?.classList.add("is-pressed");
  try {
    await ask("/act", { method: "POST", body });
  } catch {
    stalled(true);
    stale = true;
  }
  busy = "";
  screen().classList.remove("kiosk--busy");
  button?.classList.remove("is-pressed");
  next();
}

/** Fetch the screen as it is now. */
async function refresh() {
  stale = busy !== "";
  if (stale) return;
  busy = "refresh";
  try {
    await ask("/screen", {});
    stalled(false);
  } catch {
    stalled(true);
    setTimeout(refresh, 1000);
  }
  busy = "";
  next();
}

/** Do what came up meanwhile, a citizen's touch first. */
function next() {
  const first = waiting;
  const digit = digits.shift();
  waiting = null;
  if (first) first();
  else if (digit !== undefined) touch(digit);
  else if (wanted !== null) search();
  else if (stale) void refresh();
}

/** Search for what stands in the box; while an answer is awaited only the newest text counts. */
function search() {
  if (busy) return;
  wanted = null;
  touch("type");
}

/** @param {string} html a whole page */
function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("kiosk");
  if (!fresh) throw new Error("no screen in the answer");
  const old = screen();
  if (old.dataset.serial === fresh.dataset.serial && old.dataset.screen === fresh.dataset.screen) {
    const asked = old.querySelector("[role=alertdialog]") !== null;
    morph(old, fresh);
    document.documentElement.lang = old.lang;
    if (!asked) /** @type {HTMLElement | null} */ (old.querySelector("[role=alertdialog] button"))?.focus();
  } else {
    pagers.forget();
    wanted = null;
    digits = [];
    old.replaceWith(fresh);
    document.documentElement.lang = fresh.lang;
    if (byKeys) fresh.querySelector("main")?.focus();
    fresh.classList.add("kiosk--settling");
    setTimeout(() => fresh.classList.remove("kiosk--settling"), SETTLE_MS);
  }
  drawn();
}

/** What follows every drawing: pages, time-out, countdown. */
function drawn() {
  const now = screen();
  measure(now);
  pagers.layOut(now);
  speech.follow(now.dataset.clip, now.dataset.step ?? "");
  clearTimeout(alarm);
  const left = now.dataset.leftMs;
  endsAt = left === undefined ? 0 : performance.now() + Number(left);
  if (left !== undefined) alarm = setTimeout(refresh, Number(left) + 80);
  count();
}

function count() {
  if (!endsAt) return;
  const seconds = String(Math.max(0, Math.ceil((endsAt - performance.now()) / 1000)));
  for (const place of screen().querySelectorAll("[data-countdown]")) {
    if (place.textContent !== seconds) place.textContent = seconds;
  }
}

/** @param {boolean} is */
function stalled(is) {
  const words = document.getElementById("stalled");
  if (words) words.hidden = !is;
}

function alive() {
  const now = performance.now();
  if (now - aliveAt < ALIVE_MS || screen().dataset.leftMs === undefined) return;
  aliveAt = now;
  touch("alive");
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (pagers.turn(target)) {
    alive();
    return;
  }
  const button = target.closest("button[name=act]");
  if (!(button instanceof HTMLButtonElement)) return;
  event.preventDefault();
  const text = typed(target);
  if (text !== null) {
    wanted = text;
    search();
    return;
  }
  const word = button.value.startsWith("type ") ? button.value.slice(5) : null;
  const box = screen().querySelector("[data-query]");
  if (word !== null && box instanceof HTMLInputElement) {
    box.value = word;
    wanted = word;
    search();
    return;
  }
  touch(button.value, button);
});
document.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("input", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || !box.hasAttribute("data-query")) return;
  wanted = box.value;
  search();
});
document.addEventListener("keydown", () => {
  byKeys = true;
});
document.addEventListener("pointerdown", (event) => {
  byKeys = false;
  speech.hush();
  const { clientX: x, clientY: y } = event;
  if (corners.touch(x, y, window.innerWidth, window.innerHeight, performance.now())) {
    touch("staff");
    return;
  }
  if (!(/** @type {Element} */ (event.target).closest("button"))) alive();
});
// A kiosk has no use for a menu, and a long touch must not open one.
document.addEventListener("contextmenu", (event) => event.preventDefault());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void refresh();
});
window.addEventListener("resize", () => {
  measure(screen());
  pagers.layOut(screen());
});

follow({
  onView(/** @type {{stamp: number}} */ view, first) {
    if (first || String(view.stamp) !== screen().dataset.stamp) void refresh();
  },
  onStatus(state) {
    stalled(state === "lost" || state === "late");
  },
});
setInterval(count, 200);
drawn();
void document.fonts?.ready.then(() => pagers.layOut(screen()));
