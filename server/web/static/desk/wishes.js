/**
 * From a verb to a command: what must be asked first, where it goes, and what is said when it is
 * done. Versions are those of the view that the clerk saw.
 */

import { choose } from "./sheet.js";
import { untilField } from "./until.js";

/** @typedef {import("hallqueue/contract").DeskView} DeskView */
/** @typedef {import("hallqueue/contract").DeskTicket} DeskTicket */

/**
 * @typedef {object} Wish
 * @property {string} path below `/api/v1`
 * @property {Readonly<Record<string, unknown>>} body
 * @property {(done: any) => string} said what the page says when the server has done it
 * @property {boolean} [calls] a call goes out: whether it arrived is worth a look soon after
 */

/** What cannot be undone: asks once more by a second press. */
export const TWICE = Object.freeze(new Set(["no_show", "cancel", "close"]));

const SEND_BACK = ["叫错了", "材料还没带齐", "临时离开"];
const CALL = ["老人或行动不便", "军人优先", "预约时间到", "约好回来的人"];
const CANCEL = ["本人不办了", "重复取号", "取错号"];
const REPRINT = ["小票丢了", "打印不清", "没有打出来"];
const CLOSE = ["下班", "换人", "设备故障"];

/** @param {ReadonlyArray<string>} words */
const options = (words) => words.map((w) => ({ value: w, words: w }));

/**
 * @param {string} title
 * @param {ReadonlyArray<string>} reasons
 */
async function reason(title, reasons) {
  const answer = await choose({ title, options: options(reasons), other: "其他原因" });
  return answer?.value ?? null;
}

/**
 * Any ticket that the page shows.
 *
 * @param {DeskView} view
 * @param {string} uid
 * @returns {DeskTicket | undefined}
 */
export function ticketOf(view, uid) {
  const all = [...(view.current ? [view.current] : []), ...view.waiting, ...view.held, ...view.no_shows];
  return all.find((t) => t.uid === uid);
}

/**
 * Ask what has to be asked and return the command, or null when the clerk thought better of it.
 *
 * @param {string} verb
 * @param {DeskView} view
 * @param {object} [more]
 * @param {string} [more.uid] ticket of the row, or the kiosk that asks for help
 * @param {() => number} [more.now] the server's time
 * @returns {Promise<Wish | null>}
 */
export async function wishFor(verb, view, { uid = "", now = () => Date.parse(view.now) } = {}) {
  const at = `/counters/${encodeURIComponent(view.counter.code)}`;
  const expected = view.counter.version;
  const name = view.counter.name;
  switch (verb) {
    case "open":
      return { path: `${at}/open`, body: {}, said: () => `${name}已开，可以叫号了。` };
    case "resume_counter":
      return { path: `${at}/resume`, body: { expected }, said: () => "已恢复服务。" };
    case "next":
      return { path: `${at}/call-next`, body: { expected }, said: (d) => `已呼叫 ${d.number}。`, calls: true };
    case "close":
      return { path: `${at}/close`, body: { expected }, said: () => `${name}已关。` };
    case "close_anyway": {
      const why = await reason("还有人在等候，为什么关窗？", CLOSE);
      return why ? { path: `${at}/close`, body: { expected, reason: why }, said: () => `${name}已关。` } : null;
    }
    case "pause": {
      const until = untilField();
      const answer = await choose({
        title: `${name}暂停服务，原因`,
        options: options(view.pause_reasons),
        other: "其他原因",
        extra: until.element,
      });
      if (!answer) return null;
      const back = until.read(now(), view.tz);
      const body = { expected, reason: answer.value, until: back };
      return { path: `${at}/pause`, body, said: () => `已暂停：${answer.value}。` };
    }
    case "answer":
      return { path: `/help/${uid}/answer`, body: {}, said: () => "已告诉取号机：有人过来。" };
    default: {
      const ticket = ticketOf(view, uid || (view.current?.uid ?? ""));
      return ticket ? ticketWish(verb, view, ticket) : null;
    }
  }
}

/**
 * @param {string} verb
 * @param {DeskView} view
 * @param {DeskTicket} t
 * @returns {Promise<Wish | null>}
 */
async function ticketWish(verb, view, t) {
  const at = `/tickets/${t.uid}`;
  const { version } = t;
  const n = t.number;
  switch (verb) {
    case "recall":
      return { path: `${at}/recall`, body: { version }, said: () => `已重呼 ${n}。`, calls: true };
    case "start":
      return { path: `${at}/start`, body: { version }, said: () => `${n} 开始办理。` };
    case "finish":
      return {
        path: `${at}/finish`,
        body: { version },
        said: (d) => (d.state === "waiting" ? `${n} 已办完，回到原来的队列。` : `${n} 已办结。`),
      };
    case "no_show":
      return { path: `${at}/no-show`, body: { version }, said: () => `${n} 已过号，来了可以在“过号”里恢复。` };
    case "hold": {
      const why = await reason(`挂起 ${n}，原因`, view.hold_reasons);
      return why ? { path: `${at}/hold`, body: { version, reason: why }, said: () => `${n} 已挂起：${why}。` } : null;
    }
    case "resume": {
      const body = { version, counter: view.counter.code };
      return { path: `${at}/resume`, body, said: () => `已回呼 ${n}。`, calls: true };
    }
    case "transfer":
      return transferWish(view, t);
    case "send_back": {
      const why = await reason(`${n} 退回等候，原因`, SEND_BACK);
      const said = () => `${n} 已退回等候，位置不变。`;
      return why ? { path: `${at}/send-back`, body: { version, reason: why }, said } : null;
    }
    case "call": {
      const why = await reason(`先叫 ${n}，原因`, CALL);
      if (!why) return null;
      const body = { expected: view.counter.version, ticket: t.uid, reason: why };
      const path = `/counters/${encodeURIComponent(view.counter.code)}/call`;
      return { path, body, said: () => `已呼叫 ${n}。`, calls: true };
    }
    case "cancel": {
      const why = await reason(`取消 ${n}，原因`, CANCEL);
      return why ? { path: `${at}/cancel`, body: { version, reason: why }, said: () => `${n} 已取消。` } : null;
    }
    case "reinstate":
      return { path: `${at}/reinstate`, body: { version }, said: () => `${n} 已恢复，排回队里。` };
    case "reprint":
      return reprintWish(view, t);
    default:
      throw new Error(`no such verb: ${verb}`);
  }
}

/**
 * @param {DeskView} view
 * @param {DeskTicket} t
 * @returns {Promise<Wish | null>}
 */
async function transferWish(view, t) {
  const label = document.createElement("label");
  const back = document.createElement("input");
  back.type = "checkbox";
  label.className = "sheet__extra";
  label.append(back, " 那边办完后再回到本队列");
  const answer = await choose({
    title: `${t.number} 转到哪个队列？`,
    options: view.queues
      .filter((q) => q.code !== t.queue)
      .map((q) => ({
        value: q.code,
        words: q.name,
        find: q.department,
        hint: q.open_counters ? `${q.waiting} 人等 · ${q.open_counters} 个窗口` : "没有窗口在服务",
      })),
    filter: true,
    extra: label,
  });
  if (!answer) return null;
  const target = view.queues.find((q) => q.code === answer.value);
  const body = { version: t.version, queue: answer.value, come_back: back.checked };
  return {
    path: `/tickets/${t.uid}/transfer`,
    body,
    said: () => `${t.number} 已转到${target?.name ?? answer.value}。`,
  };
}

/**
 * @param {DeskView} view
 * @param {DeskTicket} t
 * @returns {Promise<Wish | null>}
 */
async function reprintWish(view, t) {
  const well = view.kiosks.filter((k) => k.online);
  const device = await choose({
    title: `${t.number} 在哪台取号机补打？`,
    options: well.map((k) => ({ value: k.uid, words: k.name, hint: k.faults.some((f) => f !== "near_end") ? "打印机有故障" : "" })),
  });
  if (!device) return null;
  const why = await reason(`补打 ${t.number}，原因`, REPRINT);
  if (!why) return null;
  const kiosk = well.find((k) => k.uid === device.value);
  const body = { device: device.value, reason: why };
  return { path: `/tickets/${t.uid}/reprint`, body, said: () => `${t.number} 正在${kiosk?.name ?? "取号机"}补打。` };
}
