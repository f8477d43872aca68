/**
 * What a clerk can do now: pure functions of the desk view. The server decides; this only says
 * which key is next, which keys are of use, and which events are worth a look.
 */

/** @typedef {import("hallqueue/contract").DeskView} DeskView */
/** @typedef {"closed" | "paused" | "free" | "called" | "serving"} Mood */
/** @typedef {"next" | "recall" | "start" | "finish" | "no_show" | "hold" | "transfer" | "pause"} KeyVerb */
/** @typedef {"open" | "resume_counter" | "next" | "start" | "finish"} MainVerb */

/**
 * @typedef {object} Face how a key of the deck looks
 * @property {KeyVerb} verb
 * @property {string} key `F1`
 * @property {string} words
 * @property {string} hint a few characters: `12 秒`, `1/3 次`
 * @property {boolean} possible false: pressing it explains why it does nothing now
 * @property {boolean} danger cannot be undone
 */

/** F-key → verb; the keys that this page takes from the browser. */
export const KEYS = Object.freeze(
  /** @type {Record<string, KeyVerb>} */ ({
    F1: "next",
    F2: "recall",
    F3: "start",
    F4: "finish",
    F6: "no_show",
    F7: "hold",
    F8: "transfer",
    F9: "pause",
  }),
);

/**
 * The verb of a key press, or null when the press belongs to the browser: with Ctrl, Alt or Meta it
 * does (Alt+F4 closes a window and must stay that).
 *
 * @param {{key: string, ctrlKey?: boolean, altKey?: boolean, metaKey?: boolean, shiftKey?: boolean}} press
 * @returns {KeyVerb | null}
 */
export function verbOf(press) {
  if (press.ctrlKey || press.altKey || press.metaKey || press.shiftKey) return null;
  return Object.prototype.hasOwnProperty.call(KEYS, press.key) ? (KEYS[press.key] ?? null) : null;
}

/**
 * Where the counter stands. A ticket at the counter counts before a pause: it is served to its end.
 *
 * @param {DeskView} view
 * @returns {Mood}
 */
export function moodOf(view) {
  if (view.current) return view.current.state === "serving" ? "serving" : "called";
  if (view.counter.state === "paused") return "paused";
  return view.counter.state === "open" ? "free" : "closed";
}

const MAIN = Object.freeze(
  /** @type {Record<Mood, {verb: MainVerb, words: string, key: string}>} */ ({
    closed: { verb: "open", words: "开窗", key: "F9" },
    paused: { verb: "resume_counter", words: "恢复服务", key: "F9" },
    free: { verb: "next", words: "呼叫下一位", key: "F1" },
    called: { verb: "start", words: "开始办理", key: "F3" },
    serving: { verb: "finish", words: "办结", key: "F4" },
  }),
);

/**
 * The next possible action: the only large button.
 *
 * @param {DeskView} view
 */
export function mainOf(view) {
  return MAIN[moodOf(view)];
}

/**
 * Seconds until a recall is allowed; 0 when it is.
 *
 * @param {DeskView} view
 * @param {number} nowMs the server's time
 */
export function recallWait(view, nowMs) {
  const called = view.current?.called_at;
  if (!called || moodOf(view) !== "called") return 0;
  const left = view.recall_min_s - (nowMs - Date.parse(called)) / 1000;
  return left > 0 ? Math.ceil(left) : 0;
}

/**
 * Why a key does nothing now, in words; empty when it is worth asking the server.
 *
 * @param {DeskView} view
 * @param {KeyVerb} verb
 */
export function whyNot(view, verb) {
  const mood = moodOf(view);
  const ticket = view.current;
  if (verb === "next" || verb === "pause") return "";
  if (verb === "hold" && !ticket && view.held.length > 0) return "";
  if (!ticket) {
    if (mood === "closed") return "窗口还没有开，请先开窗（F9）。";
    if (mood === "paused") return "正在暂停服务，请先恢复（F9）。";
    return "窗口现在没有号码，请先呼叫下一位（F1）。";
  }
  if (verb === "no_show" && mood === "serving") {
    return `${ticket.number} 已在办理，不能过号；办完请按办结（F4）。`;
  }
  if (verb === "no_show" && ticket.calls < view.min_calls) {
    return `过号前要呼叫满 ${view.min_calls} 次（已呼叫 ${ticket.calls} 次），请重呼（F2）。`;
  }
  return "";
}

/**
 * The eight keys, in their order on the keyboard.
 *
 * @param {DeskView} view
 * @param {number} nowMs the server's time
 * @returns {Face[]}
 */
export function keysOf(view, nowMs) {
  const mood = moodOf(view);
  const ticket = view.current;
  const called = mood === "called";
  const wait = recallWait(view, nowMs);
  const enough = ticket !== null && ticket.calls >= view.min_calls;
  const back = !ticket && view.held.length > 0;
  const on = { closed: "开窗", paused: "恢复" };
  const off = view.counter.state === "closed" || view.counter.state === "paused";
  /** @type {Record<KeyVerb, Omit<Face, "verb" | "key">>} */
  const faces = {
    next: { words: "呼叫", hint: "", possible: mood === "free", danger: false },
    recall: { words: "重呼", hint: wait ? `${wait} 秒` : "", possible: called, danger: false },
    start: { words: "开始", hint: "", possible: called, danger: false },
    finish: { words: "办结", hint: "", possible: mood === "serving", danger: false },
    no_show: {
      words: "过号",
      hint: called && !enough && ticket ? `${ticket.calls}/${view.min_calls} 次` : "",
      possible: called && enough,
      danger: true,
    },
    hold: {
      words: back ? "回呼" : "挂起",
      hint: view.held.length ? `${view.held.length} 个` : "",
      possible: ticket !== null || back,
      danger: false,
    },
    transfer: { words: "转移", hint: "", possible: ticket !== null, danger: false },
    pause: {
      words: off ? on[/** @type {"closed" | "paused"} */ (view.counter.state)] : "暂停",
      hint: "",
      possible: true,
      danger: false,
    },
  };
  return Object.entries(KEYS).map(([key, verb]) => ({ verb, key, ...faces[verb] }));
}

/**
 * How urgently an event asks for a fresh look: "now" when it is about this counter or its lines,
 * "later" when only the hall's overview may have changed, null for none.
 *
 * @param {{type: string, data?: Readonly<Record<string, unknown>>}} event
 * @param {DeskView} view
 * @returns {"now" | "later" | null}
 */
export function concerns(event, view) {
  const data = event.data ?? {};
  if (event.type === "event.withheld" || event.type === "slip.requested") return null;
  if (data.counter === view.counter.code) return "now";
  const here = view.queues.some(
    (q) => q.here && (q.code === data.queue || q.code === data.from_queue),
  );
  if (here) return "now";
  if (/^(help|hall|device|catalogue|disclosure|notice)\./.test(event.type)) return "now";
  if (event.type === "ticket.printed") {
    const known = [view.current, ...view.waiting, ...view.held, ...view.no_shows];
    return known.some((t) => t?.uid === data.uid) ? "now" : null;
  }
  return "later";
}
