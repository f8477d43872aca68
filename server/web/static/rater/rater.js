/** The rating page: asks what is true at its counter whenever something may have changed, and paints it. */

import { ServerClock, everySecond, hallTime } from "/kit/clock.js";
import { THANKS_MS, concerns, faceOf, isEnd } from "./state.js";
import { LATE_MS, Wire } from "./wire.js";

/** @typedef {import("./state.js").RaterView} RaterView */

/** The truth is fetched at most so often; a busy hall makes many events. */
const LOOK_MS = 250;
const PATIENCE_MS = 4000;

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {RaterView} */
let view = JSON.parse(byId("first").textContent ?? "");
const clock = new ServerClock();
let revoked = false;
let thanksUntil = 0;
let lostAt = "";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let looking;
let again = false;
/** Answers older than this were overtaken; after a reconnect nothing is known of the log. */
let floor = view.seq;
/** Number of the last event that was heard of. */
let known = view.seq;

clock.set(Date.parse(view.now));

const wire = new Wire({
  seq: () => known,
  told: {
    onJoin() {
      floor = known = 0;
      look();
    },
    onEvent(event) {
      known = Math.max(known, event.seq);
      if (isEnd(event, view.counter)) thanksUntil = performance.now() + THANKS_MS;
      if (concerns(event, view.counter)) look();
    },
    onNews: look,
    onBeat(now) {
      clock.set(Date.parse(now));
    },
    onRevoked() {
      revoked = true;
      paint();
    },
  },
});

/** Look again soon; several reasons within a moment are one. */
function look() {
  if (looking !== undefined) {
    again = true;
    return;
  }
  again = false;
  looking = setTimeout(async () => {
    await fetched();
    looking = undefined;
    if (again) look();
  }, LOOK_MS);
}

async function fetched() {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const response = await fetch("/rater/view", { signal: stop.signal, credentials: "same-origin" });
    if (response.status === 401) revoked = true;
    if (!response.ok) return;
    revoked = false;
    const fresh = /** @type {RaterView} */ (await response.json());
    if (fresh.seq < floor) return;
    floor = fresh.seq;
    known = Math.max(known, fresh.seq);
    if (fresh.state === "called" || fresh.state === "serving") thanksUntil = 0;
    view = fresh;
  } catch {
    again = wire.silentMs() < LATE_MS; // no answer: the wire says whether the server is there
  } finally {
    clearTimeout(timer);
    paint();
  }
}

function paint() {
  const now = clock.now() ?? Date.parse(view.now);
  const silent = wire.silentMs();
  if (silent <= LATE_MS) lostAt = "";
  else if (!lostAt) lostAt = hallTime(now - silent, view.utc_offset_s).time;
  const face = faceOf(view, { lostAt, revoked, thanks: performance.now() < thanksUntil });
  document.body.dataset.state = face.state;
  write(byId("above"), face.above);
  write(byId("large"), face.large);
  write(byId("words"), face.words);
  byId("large").toggleAttribute("data-number", face.number);
  byId("large").dataset.size = face.large.length > 12 ? "s" : face.large.length > 6 ? "m" : "l";
  write(byId("counter"), view.counter_name);
  write(byId("clerk"), view.clerk_label);
  byId("who").hidden = view.clerk_label === "" || face.state === "lost" || face.state === "revoked";
  // A clock that nobody sets any more is not shown as if it were right.
  write(byId("time"), face.state === "lost" ? "" : hallTime(now, view.utc_offset_s).time);
}

/**
 * @param {HTMLElement} element
 * @param {string} words
 */
function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

everySecond(clock, paint);
document.body.setAttribute("data-live", "");
