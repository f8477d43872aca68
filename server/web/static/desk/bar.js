/** The quiet bar at the foot: what is wrong with the page itself, and the way out. */

import { byId } from "./paint.js";
import { clockOf } from "./words.js";

/** @typedef {import("hallqueue/contract").DeskView} DeskView */

export class Bar {
  /** @param {string} code of the counter */
  constructor(code) {
    this.here = `/desk?counter=${encodeURIComponent(code)}`;
    /** @type {"" | "signed_out" | "expired" | "lost_counter"} */
    this.trouble = "";
    this.words = "";
  }

  /**
   * The server does not talk to this page any more, and says why.
   *
   * @param {import("./send.js").Outcome} outcome
   */
  turned(outcome) {
    if (outcome.kind === "signed_out") this.trouble = "signed_out";
    else if (outcome.code === "csrf") this.trouble = "expired";
    else if (outcome.kind === "refused") [this.trouble, this.words] = ["lost_counter", outcome.words];
  }

  /** It does again. A page that is too old stays so until it is loaded anew. */
  mended() {
    if (this.trouble !== "expired") this.trouble = "";
  }

  /**
   * @param {DeskView} view the last truth
   * @param {boolean} late nothing was heard for too long
   */
  paint(view, late) {
    const [words, link, href] = this.say(view, late);
    write(byId("late-words"), words);
    byId("late").hidden = words === "";
    const a = /** @type {HTMLAnchorElement} */ (byId("late-link"));
    a.hidden = link === "";
    write(a, link);
    if (href) a.href = href;
    document.body.toggleAttribute("data-late", words !== "");
    const beat = /** @type {HTMLElement} */ (document.querySelector(".beat"));
    beat.setAttribute("aria-label", words ? "没有连接" : "已连接");
  }

  /**
   * @param {DeskView} view
   * @param {boolean} late
   * @returns {[words: string, link: string, href: string]}
   */
  say(view, late) {
    const again = `/sign-in?next=${encodeURIComponent(this.here)}`;
    switch (this.trouble) {
      case "signed_out":
        return ["登录已到期，窗口和号码都还在。", "重新登录", again];
      case "expired":
        return ["页面已过期，窗口和号码都还在。", "刷新页面", this.here];
      case "lost_counter":
        return [this.words, "选择窗口", "/desk"];
      default: {
        const seen = clockOf(view.now, view.tz);
        return [late ? `连不上服务器，正在重连。现在显示的是 ${seen} 的情况。` : "", "", ""];
      }
    }
  }
}

/**
 * @param {Element} element
 * @param {string} words
 */
function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
