/** The duty manager's keys on the home page: the business day, and the emergency text. */

import { Presses, ARMED_MS } from "./desk/presses.js";
import { Commander } from "./desk/send.js";
import { choose } from "./desk/sheet.js";

const csrf = /** @type {HTMLMetaElement} */ (document.querySelector("meta[name=csrf-token]")).content;
const commander = new Commander({ csrf });
const presses = new Presses();
const line = /** @type {HTMLElement} */ (document.getElementById("say"));
let busy = false;

/** Each of these changes what the whole hall sees: one more press. */
const ASKED = Object.freeze(
  /** @type {Record<string, string>} */ ({
    open: "再按一次，取号机就恢复取号。",
    stop: "再按一次，今天就不再取号；已取的号照常办。",
    close: "再按一次，今天的营业日就结束，没办的号码作废。",
    emergency: "再按一次，所有屏幕都会换成疏散通知，并停止取号。",
    calm: "再按一次，所有屏幕恢复正常。",
  }),
);
const LEAVING = ["请听从工作人员指引，有序离开大厅", "请到大厅外空地集合，不要乘坐电梯"];
const CLOSING = ["下班", "停电", "系统维护"];

/**
 * @param {string} words
 * @param {"" | "ask" | "bad"} tone
 */
function say(words, tone) {
  line.textContent = words;
  line.dataset.tone = tone;
}

/**
 * @param {string} verb
 * @param {string} reason
 * @returns {{path: string, body: Readonly<Record<string, unknown>>}}
 */
function command(verb, reason) {
  if (verb === "emergency") return { path: "/emergency", body: { text: reason } };
  if (verb === "calm") return { path: "/emergency", body: { text: null } };
  return { path: `/day/${verb}`, body: reason ? { reason } : {} };
}

/**
 * @param {string} title
 * @param {ReadonlyArray<string>} words
 * @param {string} other
 */
async function asked(title, words, other) {
  const options = words.map((w) => ({ value: w, words: w }));
  return (await choose({ title, options, other }))?.value ?? "";
}

/**
 * @param {string} verb
 * @param {string} [reason]
 * @returns {Promise<void>}
 */
async function act(verb, reason = "") {
  let text = reason;
  if (verb === "emergency") {
    text = await asked("各屏幕显示什么？", LEAVING, "另写一句");
    if (!text) return;
  }
  const { path, body } = command(verb, text);
  busy = true;
  const outcome = await commander.post(path, body);
  busy = false;
  if (outcome.kind === "done") {
    window.location.reload();
  } else if (outcome.code === "people_waiting") {
    const why = await asked("还有人没有办完，为什么结束？", CLOSING, "其他原因");
    if (why) await act(verb, why);
  } else {
    say(outcome.words, "bad");
  }
}

document.addEventListener("click", (event) => {
  const from = event.target instanceof Element ? event.target.closest("[data-do]") : null;
  if (!(from instanceof HTMLElement) || busy) return;
  const verb = from.dataset.do ?? "";
  const now = performance.now();
  const judged = presses.judge({ verb, place: verb, twice: true }, now);
  if (judged === "go") void act(verb);
  if (judged !== "arm") return;
  const words = ASKED[verb] ?? "再按一次。";
  say(words, "ask");
  setTimeout(() => {
    if (line.textContent === words && !presses.isArmed(verb, performance.now())) say("", "");
  }, ARMED_MS + 50);
});
