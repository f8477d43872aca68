/**
 * A sheet that asks for a choice: by touch, by digit, by arrow keys, by typing. It lies over the
 * lower part of the page, so that the current number stays in sight.
 */

/**
 * @typedef {object} Option
 * @property {string} value
 * @property {string} words
 * @property {string} [hint]
 * @property {string} [find] what typing finds it by, besides its words
 */

/**
 * @typedef {object} Answer
 * @property {string} value of the option, or what was written
 * @property {boolean} written true when it was written, not chosen
 */

/**
 * Ask.
 *
 * @param {object} how
 * @param {string} how.title
 * @param {ReadonlyArray<Option>} how.options
 * @param {string} [how.other] label of a field for words of one's own; empty: none
 * @param {boolean} [how.filter] many options: a field finds them, digits do not choose
 * @param {HTMLElement} [how.extra] stands above the options; the caller reads its fields
 * @param {HTMLElement} [how.root]
 * @returns {Promise<Answer | null>} null: thought better of
 */
export function choose({ title, options, other = "", filter = false, extra, root = document.body }) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const veil = make("div", "sheet-veil");
  const box = make("form", "sheet");
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-modal", "true");
  box.setAttribute("aria-labelledby", "sheet-title");
  const head = make("p", "sheet__head");
  const heading = make("b", "", title);
  heading.id = "sheet-title";
  const out = /** @type {HTMLButtonElement} */ (make("button", "link", "不选了 Esc"));
  out.type = "button";
  head.append(heading, out);
  box.append(head);
  if (extra) box.append(extra);
  const find = filter ? field(box, "按字母或名称找", "sheet__find") : null;
  const list = make("div", "sheet__options");
  box.append(list);
  const own = other ? field(box, other, "sheet__own") : null;
  if (own) {
    const send = /** @type {HTMLButtonElement} */ (make("button", "key", "确定"));
    own.parentElement?.append(send);
  }
  veil.append(box);

  return new Promise((resolve) => {
    /** @param {Answer | null} answer */
    const close = (answer) => {
      document.removeEventListener("keydown", onKey, true);
      veil.remove();
      before?.focus?.();
      resolve(answer);
    };
    const buttons = options.map((option, index) => {
      const button = /** @type {HTMLButtonElement} */ (make("button", "option"));
      button.type = "button";
      button.dataset.value = option.value;
      const key = filter ? option.value : index < 9 ? String(index + 1) : "";
      button.append(make("kbd", "", key), make("span", "", option.words));
      if (option.hint) button.append(make("small", "", option.hint));
      button.addEventListener("click", () => close({ value: option.value, written: false }));
      list.append(button);
      return button;
    });
    const shown = () => buttons.filter((b) => !b.hidden);
    const sift = () => {
      const wanted = (find?.value ?? "").trim().toLowerCase();
      options.forEach((option, index) => {
        const button = buttons[index];
        const text = `${option.value} ${option.words} ${option.find ?? ""}`.toLowerCase();
        if (button) button.hidden = wanted !== "" && !text.includes(wanted);
      });
      // One letter means the queue of that letter before a name that happens to contain it.
      const exact = options.findIndex((o) => o.value.toLowerCase() === wanted);
      const first = buttons[exact] ?? shown()[0];
      for (const b of buttons) b.toggleAttribute("data-first", b === first && wanted !== "");
    };
    /** @param {KeyboardEvent} event */
    const onKey = (event) => {
      const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
      const writing = document.activeElement === own || document.activeElement === find;
      if (/^F\d+$/.test(event.key) && event.key !== "F5") {
        event.preventDefault();
        event.stopPropagation();
      } else if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        close(null);
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const here = shown();
        const from = here.indexOf(/** @type {HTMLButtonElement} */ (buttons[at]));
        const step = event.key === "ArrowDown" ? 1 : -1;
        here[(from + step + here.length) % here.length]?.focus();
      } else if (!filter && !writing && /^[1-9]$/.test(event.key) && !event.repeat) {
        if (document.activeElement instanceof HTMLInputElement && document.activeElement.type === "time") return;
        const picked = buttons[Number(event.key) - 1];
        if (picked) {
          event.preventDefault();
          picked.click();
        }
      } else if (event.key === "Tab") {
        keepInside(box, event);
      }
    };
    box.addEventListener("submit", (event) => {
      event.preventDefault();
      const words = own?.value.trim() ?? "";
      if (find && document.activeElement === find) {
        /** @type {HTMLElement | null} */ (list.querySelector("[data-first]"))?.click();
      } else if (words) {
        close({ value: words, written: true });
      }
    });
    find?.addEventListener("input", sift);
    out.addEventListener("click", () => close(null));
    veil.addEventListener("pointerdown", (event) => {
      if (event.target === veil) close(null);
    });
    document.addEventListener("keydown", onKey, true);
    root.append(veil);
    (find ?? buttons[0] ?? own ?? out).focus();
  });
}

/** Whether a sheet is open: keys belong to it then. */
export function isAsking() {
  return document.querySelector(".sheet-veil, .dialog-veil") !== null;
}

/**
 * @param {HTMLElement} box
 * @param {string} label
 * @param {string} className
 */
function field(box, label, className) {
  const row = make("p", className);
  const input = /** @type {HTMLInputElement} */ (make("input", ""));
  input.type = "text";
  input.maxLength = 60;
  input.autocomplete = "off";
  input.placeholder = label;
  input.setAttribute("aria-label", label);
  row.append(input);
  box.append(row);
  return input;
}

/**
 * @param {HTMLElement} box
 * @param {KeyboardEvent} event
 */
function keepInside(box, event) {
  const all = /** @type {HTMLElement[]} */ ([...box.querySelectorAll("button, input")]).filter(
    (one) => !one.hidden,
  );
  const here = document.activeElement;
  const [first, last] = [all[0], all[all.length - 1]];
  const outside = !box.contains(here);
  if (event.shiftKey ? here === first || outside : here === last || outside) {
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  }
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {string} [words]
 * @returns {HTMLElement}
 */
export function make(tag, className, words = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (words) made.textContent = words;
  return made;
}
