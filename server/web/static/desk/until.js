/** When a paused counter is expected back: nothing, some minutes from now, or a time of the day. */

import { make } from "./sheet.js";

const MINUTES = Object.freeze([0, 10, 30, 60]);

/**
 * The moment, in UTC, at which the hall's clock next shows `hhmm` today; null when that has passed
 * or the text is no time.
 *
 * @param {string} hhmm `14:30`
 * @param {number} nowMs the server's time
 * @param {string} tz of the hall
 */
export function momentAt(hhmm, nowMs, tz) {
  const found = /^(\d{2}):(\d{2})/.exec(hhmm);
  if (!found) return null;
  const parts = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: tz };
  const shown = new Intl.DateTimeFormat("en-GB", /** @type {Intl.DateTimeFormatOptions} */ (parts));
  const [h = 0, m = 0, s = 0] = shown.format(new Date(nowMs)).split(":").map(Number);
  const passed = (h * 60 + m) * 60 + s;
  const wanted = (Number(found[1]) * 60 + Number(found[2])) * 60;
  if (wanted <= passed) return null;
  return new Date(nowMs - (nowMs % 1000) + (wanted - passed) * 1000).toISOString();
}

/**
 * A row of choices for a sheet.
 *
 * @returns {{element: HTMLElement, read: (nowMs: number, tz: string) => string | null}}
 */
export function untilField() {
  const element = make("fieldset", "until");
  element.append(make("legend", "", "预计多久恢复"));
  let minutes = 0;
  const buttons = MINUTES.map((n) => {
    const button = /** @type {HTMLButtonElement} */ (make("button", "chip", n ? `${n} 分` : "不定"));
    button.type = "button";
    button.setAttribute("aria-pressed", String(n === 0));
    button.addEventListener("click", () => {
      minutes = n;
      time.value = "";
      mark();
    });
    element.append(button);
    return button;
  });
  const time = /** @type {HTMLInputElement} */ (make("input", ""));
  time.type = "time";
  time.setAttribute("aria-label", "恢复的钟点");
  time.addEventListener("input", () => mark());
  element.append(time);
  const mark = () => {
    MINUTES.forEach((n, i) => {
      buttons[i]?.setAttribute("aria-pressed", String(!time.value && n === minutes));
    });
  };
  return {
    element,
    read(nowMs, tz) {
      if (time.value) return momentAt(time.value, nowMs, tz);
      return minutes ? new Date(nowMs + minutes * 60_000).toISOString() : null;
    },
  };
}
