/**
 * Every word that changes on the clerk's page: pure functions of the desk view and the server's
 * time. `server/web/desk/words.py` says the same for the first HTML; a test compares both.
 */

import { moodOf } from "./state.js";

/** @typedef {import("hallqueue/contract").DeskView} DeskView */
/** @typedef {import("hallqueue/contract").DeskTicket} DeskTicket */
/** @typedef {import("hallqueue/contract").Material} Material */

const MODES = Object.freeze({ instant: "即办件", promised: "承诺件", joint: "联办件" });
const FAULTS = Object.freeze({
  paper_out: "缺纸",
  paper_low: "纸快用完",
  near_end: "纸快用完",
  cover_open: "盖子没关",
  cutter: "切刀故障",
  jam: "卡纸",
  offline: "打印机断开",
  silent: "打印机没有应答",
  no_port: "没有接打印机",
  muted: "静音",
  no_sound: "声音设备故障",
});
/** The mark of a ticket whose citizen may stand there without a slip, by its print state. */
const NO_PAPER = Object.freeze({ failed: "没出票", unknown: "可能没出票" });

/**
 * A length of time in words: `40 秒`, `26 分钟`, `1 小时 5 分`.
 *
 * @param {number} ms
 */
export function span(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} 秒`;
  if (s < 3600) return `${Math.floor(s / 60)} 分钟`;
  const minutes = Math.floor((s % 3600) / 60);
  return `${Math.floor(s / 3600)} 小时${minutes ? ` ${minutes} 分` : ""}`;
}

/**
 * How long somebody has waited; below a minute nobody needs the seconds.
 *
 * @param {number} ms
 */
export function waited(ms) {
  return ms < 60_000 ? "刚到" : `等了 ${span(ms)}`;
}

/**
 * Hall time of a moment, `09:41`.
 *
 * @param {string | null} moment UTC
 * @param {string} tz of the hall
 */
export function clockOf(moment, tz) {
  if (!moment) return "";
  const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: tz };
  return new Intl.DateTimeFormat("zh-CN", /** @type {Intl.DateTimeFormatOptions} */ (parts)).format(
    new Date(moment),
  );
}

/** @param {string} code */
export function faultWords(code) {
  return FAULTS[/** @type {keyof typeof FAULTS} */ (code)] ?? "打印机故障";
}

/** @param {DeskTicket} t */
export function subOf(t) {
  const mode = MODES[/** @type {keyof typeof MODES} */ (t.mode)] ?? "";
  const revision = t.revision ? `第 ${t.revision} 版公开` : "";
  return [mode, t.promise, t.fee, revision].filter(Boolean).join(" · ");
}

/** @param {DeskTicket} t */
export function priorityOf(t) {
  if (!t.priority) return "";
  return t.priority_reason ? `优先 ${t.priority}（${t.priority_reason}）` : `优先 ${t.priority}`;
}

/** @param {DeskTicket} t */
export function paperOf(t) {
  if (t.print_state === "failed") {
    return `小票没有打出来${t.print_fault ? `：${faultWords(t.print_fault)}` : ""}`;
  }
  return t.print_state === "unknown" ? "小票是否打出来不清楚" : "";
}

/** @param {Material} m */
export function materialOf(m) {
  return `${m.name}${m.form ? ` ${m.form}` : ""}${m.example ? "（示例）" : ""}`;
}

/**
 * Whether the call reached people, in words; nothing is said of a voice before one exists.
 *
 * @param {DeskView} view
 * @returns {{words: string, tone: "" | "ok" | "wait" | "bad"}}
 */
export function heardOf(view) {
  const h = view.heard;
  if (!h || moodOf(view) !== "called") return { words: "", tone: "" };
  const voice = h.spoken ? "已播报 · " : "";
  if (h.shown > 0) {
    const all = Math.max(h.screens, h.shown);
    return { words: `✓ ${voice}大屏已显示 ${h.shown}/${all}`, tone: "ok" };
  }
  if (h.screens === 0) return { words: "！没有大屏在线，请口头叫号", tone: "bad" };
  if (h.late) return { words: "！大屏未送达（重呼？F2）", tone: "bad" };
  return { words: "… 正在送到大屏", tone: "wait" };
}

/**
 * The words of the page's single parts, by the name of their `data-f`.
 *
 * @param {DeskView} view
 * @param {number} nowMs the server's time
 * @returns {Record<string, string>}
 */
export function face(view, nowMs) {
  const c = view.counter;
  const t = view.current;
  const first = view.waiting[0];
  const since = view.longest_since ? nowMs - Date.parse(view.longest_since) : 0;
  const longest = since < 60_000 ? "" : span(since);
  const heard = heardOf(view);
  const opened = clockOf(c.opened_at, view.tz);
  const mood = moodOf(view);
  const line = view.waiting_count ? `${view.waiting_count} 人等候` : "现在没有人等候";
  const base = {
    since: opened ? `${opened} 起` : "",
    done: `已办 ${view.done_today}`,
    count: line,
    longest: longest ? `最久 ${longest}` : "",
    heard: heard.words,
    serves: c.clerk_label && c.clerk_label !== view.clerk_label ? `${c.clerk_label} 在此服务` : "",
    waited: "",
    unit: "",
    sub: "",
    priority: "",
    note: "",
    paper: "",
  };
  if (t) {
    const at = (mood === "serving" ? t.serving_at : t.called_at) ?? view.now;
    const state =
      mood === "serving"
        ? `办理中 ${span(nowMs - Date.parse(at))}`
        : `已呼叫 ${span(nowMs - Date.parse(at))}${t.calls > 1 ? ` · 第 ${t.calls} 次` : ""}`;
    return {
      ...base,
      state: c.state === "paused" ? `${state} · 本号后暂停` : state,
      waited: `等了 ${span(Date.parse(t.called_at ?? at) - Date.parse(t.queued_at))}`,
      number: t.number,
      what: t.item_name || t.queue_name,
      sub: subOf(t),
      priority: priorityOf(t),
      note: t.note,
      paper: paperOf(t),
    };
  }
  const wait = longest ? `${line}，最久 ${longest}` : line;
  if (mood === "closed") {
    return { ...base, state: "窗口未开", number: "未开窗", what: "开窗后就可以叫号", sub: wait };
  }
  if (mood === "paused") {
    const until = clockOf(c.until, view.tz);
    const back = until ? `预计 ${until} 恢复` : "恢复时间未定";
    return { ...base, state: "暂停服务", number: c.reason || "暂停", what: back, sub: wait };
  }
  if (!view.waiting_count || !first) {
    return { ...base, state: "空闲", number: "0", unit: "人等候", what: "有人取号时这里会显示" };
  }
  return {
    ...base,
    state: "空闲",
    number: String(view.waiting_count),
    unit: "人等候",
    what: `下一位 ${first.number} · ${first.item_name || first.queue_name}`,
    sub: waited(nowMs - Date.parse(first.queued_at)),
    priority: priorityOf(first),
  };
}

/**
 * The words of a ticket in a list.
 *
 * @param {DeskTicket} t
 * @param {number} nowMs the server's time
 * @param {"waiting" | "held" | "no_show"} list
 * @returns {Record<string, string>}
 */
export function rowOf(t, nowMs, list) {
  const from = list === "waiting" ? t.queued_at : (t.left_at ?? t.queued_at);
  const long = nowMs - Date.parse(from);
  return {
    number: t.number,
    what: t.item_name || t.queue_name,
    mark: [
      t.priority ? `优先 ${t.priority}` : "",
      list === "held" ? t.note : "",
      NO_PAPER[/** @type {keyof typeof NO_PAPER} */ (t.print_state)] ?? "",
    ]
      .filter(Boolean)
      .join(" · "),
    time: list === "waiting" && long < 60_000 ? "刚到" : span(long),
  };
}

/**
 * @typedef {object} Alert something besides the ticket that the clerk should know
 * @property {string} key
 * @property {"alarm" | "help" | "fault" | "info"} tone
 * @property {string} words
 * @property {string} device uid of the kiosk that waits for an answer; else empty
 */

/**
 * @param {DeskView} view
 * @param {number} nowMs the server's time
 * @returns {Alert[]}
 */
export function alertsOf(view, nowMs) {
  /** @type {Alert[]} */
  const found = [];
  if (view.emergency) {
    found.push({ key: "emergency", tone: "alarm", words: `紧急：${view.emergency}`, device: "" });
  }
  for (const h of view.help) {
    const ms = nowMs - Date.parse(h.at);
    const since = ms < 60_000 ? "" : `，${span(ms)}了`;
    const words = `${h.name}有群众找工作人员${since}`;
    found.push({ key: `help-${h.device}`, tone: "help", words, device: h.device });
  }
  if (view.day_state === "closing") {
    found.push({ key: "day", tone: "info", words: "今天已停止取号，已取的号照常办", device: "" });
  } else if (view.day_state === "closed") {
    found.push({ key: "day", tone: "info", words: "今天的营业日已结束", device: "" });
  }
  for (const k of view.kiosks) {
    if (!k.online) {
      found.push({ key: `kiosk-${k.uid}`, tone: "fault", words: `${k.name}没有连接`, device: "" });
    } else if (k.faults.length) {
      const words = `${k.name}：${[...new Set(k.faults.map(faultWords))].join("、")}`;
      found.push({ key: `kiosk-${k.uid}`, tone: "fault", words, device: "" });
    }
  }
  const unprinted = view.waiting.filter((t) => t.print_state === "failed").map((t) => t.number);
  if (unprinted.length) {
    const some = unprinted.slice(0, 4).join("、") + (unprinted.length > 4 ? " 等" : "");
    const words = `${some}的小票没有打出来，群众手里可能没有纸`;
    found.push({ key: "paper", tone: "fault", words, device: "" });
  }
  return found;
}
