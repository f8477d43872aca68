/**
 * The on-screen keyboard: a letter stands in the box the moment it is touched, the search follows.
 */

/** As many characters as the box takes. */
export const LONGEST = 24;

/**
 * Return the text after a key.
 *
 * @param {string} text
 * @param {string} key a letter or digit, `delete` or `clear`
 */
export function keyed(text, key) {
  if (key === "delete") return Array.from(text).slice(0, -1).join("");
  if (key === "clear") return "";
  return Array.from(text + key).slice(0, LONGEST).join("");
}

/**
 * Answer a touch on a key.
 *
 * @param {Element} target what was touched
 * @returns {string | null} the new text, or null when it was no key
 */
export function typed(target) {
  const key = target.closest("[data-keys] button, [data-key]");
  const box = key?.closest("form")?.querySelector("[data-query]");
  if (!(key instanceof HTMLButtonElement) || !(box instanceof HTMLInputElement)) return null;
  box.value = keyed(box.value, key.value.replace(/^key /, ""));
  return box.value;
}
