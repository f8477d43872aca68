/**
 * What script adds to 管理: facts that follow the hall by themselves, and small comforts of forms.
 * Everything can be changed without it.
 */

/** So often the page asks anew for its facts. */
export const EVERY_MS = 5000;
/** A page that could not ask for so long says so. */
export const QUIET_MS = 6000;

/**
 * Put the newest facts in the place of the old ones, where the page marks them.
 *
 * What somebody has the focus in is left alone.
 *
 * @param {Document} page the page as it is
 * @param {Document} fresh the same page, asked for anew
 */
export function refresh(page, fresh) {
  for (const old of page.querySelectorAll("[data-live]")) {
    const name = /** @type {HTMLElement} */ (old).dataset.live ?? "";
    const now = fresh.querySelector(`[data-live="${name}"]`);
    if (!now || now.isEqualNode(old) || old.contains(page.activeElement)) continue;
    old.replaceWith(page.importNode(now, true));
  }
}

/** Ask for this page's facts again and again; say quietly when nobody answers. */
function follow() {
  const bar = document.getElementById("lost");
  let heard = performance.now();
  /** @param {string} words */
  const tell = (words) => {
    if (!bar || bar.textContent === words) return;
    bar.textContent = words;
    bar.hidden = !words;
  };
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(window.location.href, { headers: { Accept: "text/html" }, redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect") {
        tell("登录已过期，请重新登录；没有保存的内容请先抄下来。");
        return;
      }
      if (!answer.ok) throw new Error("no answer");
      const text = await answer.text();
      heard = performance.now();
      tell("");
      refresh(document, new DOMParser().parseFromString(text, "text/html"));
    } catch {
      if (performance.now() - heard > QUIET_MS) tell("连不上服务器，这里显示的是断开前的情况；连上后自动更新。");
    }
  };
  // A page that was the answer to a form would be asked for by GET, which shows the same place.
  if (document.querySelector("[data-live]")) setInterval(() => void ask(), EVERY_MS);
}

/** Ask before a page with something typed is left. */
function guard() {
  let typed = false;
  document.addEventListener("input", (event) => {
    const from = event.target instanceof Element ? event.target.closest("form.form[method=post]") : null;
    if (from) typed = true;
  });
  document.addEventListener("submit", (event) => {
    const submit = /** @type {SubmitEvent} */ (event).submitter;
    if (!(submit instanceof HTMLElement) || !submit.hasAttribute("formtarget")) typed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!typed) return;
    event.preventDefault();
    event.returnValue = "";
  });
}

/** Show what is typed where it will stand. */
function mirror() {
  for (const place of document.querySelectorAll("[data-mirror]")) {
    const from = document.getElementById(/** @type {HTMLElement} */ (place).dataset.mirror ?? "");
    const line = place.querySelector("p");
    if (!(from instanceof HTMLTextAreaElement) || !line) continue;
    const empty = line.textContent;
    from.addEventListener("input", () => {
      line.textContent = from.value.trim() || empty;
    });
  }
}

/** A day of the roster always has an empty line, up to its most. */
function lengthen() {
  document.addEventListener("input", (event) => {
    const day = event.target instanceof Element ? event.target.closest(".day") : null;
    if (!(day instanceof HTMLElement)) return;
    const lines = day.querySelectorAll(".duty");
    const last = lines[lines.length - 1];
    if (!last || lines.length >= Number(day.dataset.most)) return;
    const filled = [...last.querySelectorAll("input")].some((i) => i.value.trim());
    if (!filled) return;
    const next = /** @type {HTMLElement} */ (last.cloneNode(true));
    for (const control of next.querySelectorAll("input, select")) {
      const one = /** @type {HTMLInputElement | HTMLSelectElement} */ (control);
      const name = one.name.replace(/_\d+$/, `_${lines.length}`);
      one.name = name;
      one.id = name;
      if (one instanceof HTMLInputElement) one.value = "";
      one.removeAttribute("aria-invalid");
      one.removeAttribute("aria-describedby");
    }
    for (const wrong of next.querySelectorAll(".field__wrong")) wrong.remove();
    last.after(next);
  });
}

/** One press saves once. */
function once() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    const submit = /** @type {SubmitEvent} */ (event).submitter;
    if (submit instanceof HTMLElement && submit.hasAttribute("formtarget")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
}

if (typeof document !== "undefined" && document.getElementById("lost")) {
  follow();
  guard();
  mirror();
  lengthen();
  once();
}
