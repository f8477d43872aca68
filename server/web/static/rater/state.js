/**
 * What the rating page says: pure functions of the counter's state, of how long ago a service ended,
 * and of whether the server is heard. What is not known is not said.
 */

/**
 * @typedef {object} RaterView as `GET /rater/view` answers
 * @property {"unset" | "closed" | "idle" | "called" | "serving" | "paused" | "emergency"} state
 * @property {string} hall_name
 * @property {number} seq
 * @property {string} now
 * @property {number} utc_offset_s
 * @property {string} counter
 * @property {string} counter_name
 * @property {string} clerk_label
 * @property {string} number
 * @property {string} reason
 * @property {string} until
 * @property {string} text
 */

/**
 * @typedef {object} Face what stands on the page
 * @property {RaterView["state"] | "thanks" | "lost" | "revoked"} state
 * @property {string} above a line above the large one
 * @property {string} large a number, or the few words that matter
 * @property {boolean} number whether `large` is a ticket's number
 * @property {string} words what to do now
 */

/** So long thanks stand after a service has ended. */
export const THANKS_MS = 12_000;

/**
 * Whether an event may change what stands on the page of *counter*: most of a hall's do not.
 *
 * @param {{type?: string, data?: {counter?: string}}} event
 * @param {string} counter its code
 */
export function concerns(event, counter) {
  return event.data?.counter === counter || /^(hall|catalogue|device\.assigned)\b/.test(event.type ?? "");
}

/**
 * Whether an event says that a service at this counter has ended. A ticket that was passed on, set
 * aside or passed over has not been served to its end.
 *
 * @param {{type?: string, data?: {counter?: string, reason?: string}}} event
 * @param {string} counter its code
 */
export function isEnd(event, counter) {
  const data = event.data ?? {};
  return event.type === "ticket.left" && data.counter === counter && data.reason === "done";
}

/**
 * @param {RaterView} view the last truth
 * @param {object} how
 * @param {string} how.lostAt clock of the last sign of the server, `10:24`; empty while it is heard
 * @param {boolean} how.revoked
 * @param {boolean} how.thanks a service has just ended
 * @returns {Face}
 */
export function faceOf(view, { lostAt, revoked, thanks }) {
  if (revoked) {
    const words = "请管理员在“管理 → 设备 → 登记新设备”里选评价器，再用这台平板扫新的二维码。";
    return face("revoked", "这台评价器", "已停用", words);
  }
  if (lostAt) {
    return face("lost", "评价器", "连接中断", `从 ${lostAt} 起连不上服务器，正在重新连接。办理不受影响。`);
  }
  if (view.state === "emergency") {
    const more = view.text.includes("工作人员") ? "" : "请听从工作人员指引";
    return face("emergency", "紧急情况", view.text, more);
  }
  if (thanks && view.state !== "called" && view.state !== "serving") {
    return face("thanks", "办理结束", "谢谢", "请带好您的证件和材料");
  }
  switch (view.state) {
    case "called":
      return { ...face("called", "请", view.number, `到${view.counter_name}办理`), number: true };
    case "serving":
      return { ...face("serving", "正在办理", view.number, "请您稍候"), number: true };
    case "paused": {
      const back = view.until ? `预计 ${view.until} 恢复。` : "";
      return face("paused", view.reason || "请稍候", "暂停服务", `${back}您的号码不会作废，请留意叫号。`);
    }
    case "closed":
      return face("closed", "本窗口", "未开放", "请留意叫号屏上的窗口，或问导办台");
    case "idle":
      return face("idle", "您好", "欢迎", "听到叫号后请到本窗口办理");
    default:
      return face("unset", "这台评价器", "没有窗口", "请管理员停用后重新登记，登记时选好窗口。");
  }
}

/**
 * @param {Face["state"]} state
 * @param {string} above
 * @param {string} large
 * @param {string} words
 * @returns {Face}
 */
function face(state, above, large, words) {
  return { state, above, large, number: false, words };
}
