/**
 * A question over the page: focus goes in, stays in, and returns to where it was; Escape is the
 * harmless answer. Works where `<dialog>` is missing or half done (Chromium 90 has it, older
 * browsers of 信创 machines do not).
 */

/**
 * @typedef {object} Choice
 * @property {string} value what `ask` answers
 * @property {string} words
 * @property {boolean} [danger] cannot be undone: never the focused one
 */

/** @type {string} */
const FOCUSABLE = "button, input, select, textarea, a[href], [tabindex]:not([tabindex='-1'])";
let serial = 0;

/**
 * Ask, and wait for the answer.
 *
 * @param {object} how
 * @param {string} how.title the question
 * @param {string} [how.text] one or two plain sentences
 * @param {Node} [how.body] anything more, e.g. a form; its fields are read by the caller
 * @param {ReadonlyArray<Choice>} how.choices the first harmless one has the focus
 * @param {string | null} [how.escape] answer of the Escape key and of a press beside the dialog; null: neither works
 * @param {HTMLElement} [how.root]
 * @returns {Promise<string>}
 */
export function ask({ title, text = "", body, choices, escape = null, root = document.body }) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  serial += 1;
  const veil = element("div", "dialog-veil");
  const box = element("div", "dialog");
  const heading = element("h2", "", title);
  heading.id = `dialog-title-${serial}`;
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-modal", "true");
  box.setAttribute("aria-labelledby", heading.id);
  box.append(heading);
  if (text) box.append(element("p", "dialog__text", text));
  if (body) box.append(body);
  const buttons = element("div", "dialog__buttons");
  box.append(buttons);
  veil.append(box);

  return new Promise((resolve) => {
    /** @param {string} value */
    const close = (value) => {
      document.removeEventListener("keydown", onKey, true);
      veil.remove();
      before?.focus?.();
      resolve(value);
    };
    /** @param {KeyboardEvent} event */
    const onKey = (event) => {
      if (event.key === "Escape" && escape !== null) {
        event.preventDefault();
        event.stopPropagation();
        close(escape);
      } else if (event.key === "Tab") {
        keepInside(box, event);
      }
    };
    /** @type {HTMLElement | null} */
    let focus = null;
    for (const choice of choices) {
      const button = element("button", choice.danger ? "button button--danger" : "button", choice.words);
      button.setAttribute("type", "button");
      button.dataset.value = choice.value;
      button.addEventListener("click", () => close(choice.value));
      buttons.append(button);
      if (!focus && !choice.danger) focus = button;
    }
    veil.addEventListener("pointerdown", (event) => {
      if (event.target === veil && escape !== null) close(escape);
    });
    document.addEventListener("keydown", onKey, true);
    root.append(veil);
    const field = /** @type {HTMLElement | null} */ (body ? box.querySelector("input, select, textarea") : null);
    (field ?? focus ?? box).focus();
  });
}

/**
 * @param {HTMLElement} box
 * @param {KeyboardEvent} event
 */
function keepInside(box, event) {
  const all = /** @type {HTMLElement[]} */ ([...box.querySelectorAll(FOCUSABLE)]).filter(
    (one) => !one.hasAttribute("disabled"),
  );
  const firstOne = all[0];
  const lastOne = all[all.length - 1];
  if (!firstOne || !lastOne) return;
  const here = document.activeElement;
  const outside = !box.contains(here);
  if (event.shiftKey && (here === firstOne || outside)) {
    event.preventDefault();
    lastOne.focus();
  } else if (!event.shiftKey && (here === lastOne || outside)) {
    event.preventDefault();
    firstOne.focus();
  }
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {string} [words]
 * @returns {HTMLElement}
 */
function element(tag, className, words = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (words) made.textContent = words;
  return made;
}
