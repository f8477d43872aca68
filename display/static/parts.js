/** What the painters of all roles share: finding marked parts, marks, pagers, motion. */

import { fit } from "./fit.js";

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`#${id} is not on the page`);
  return found;
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {boolean} on
 */
export function mark(element, name, on) {
  if (element.hasAttribute(name) !== on) element.toggleAttribute(name, on);
}

/**
 * Set the words of an element, once.
 * @param {Element} element
 * @param {string} words
 */
export function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * Set a `data-` attribute, once: even the same value again makes a browser look for what it styles.
 * @param {HTMLElement} element
 * @param {string} name
 * @param {string} value
 */
export function put(element, name, value) {
  if (element.dataset[name] !== value) element.dataset[name] = value;
}

/**
 * Show `2/3` where there is more than one page.
 * @param {HTMLElement} pager
 * @param {{page: number, pages: number}} now
 */
export function showPage(pager, { page, pages }) {
  pager.hidden = pages < 2;
  say(pager, pages < 2 ? "" : `${page + 1}/${pages}`);
}

/**
 * Begin an animation from its start, even while it runs.
 * @param {HTMLElement} element
 * @param {string} name the attribute its rule is bound to
 */
export function restart(element, name) {
  if (element.hasAttribute(name)) {
    element.removeAttribute(name);
    void element.offsetWidth; // ends the animation under way
  }
  element.setAttribute(name, "");
  element.addEventListener("animationend", (event) => {
    if (event.target === element) element.removeAttribute(name);
  }, { once: true });
}

/** What each box was last measured for. @type {WeakMap<Element, string>} */
const measured = new WeakMap();

/**
 * Shrink what does not fit in the shown boxes of `selector`. A box whose words, place and window are
 * those of the last time is not measured: measuring lays the page out.
 * @param {string} selector
 * @param {string} [more] what else their size depends on
 */
export function fitAll(selector, more = "") {
  const window_ = `${window.innerWidth}×${window.innerHeight} ${document.documentElement.dataset.shape} ${document.body.dataset.regions} ${more}`;
  for (const box of document.querySelectorAll(selector)) {
    const element = /** @type {HTMLElement} */ (box);
    const { state, hero } = element.dataset;
    const stamp = `${window_} ${state} ${hero} ${element.textContent}`;
    if (element.hidden || measured.get(element) === stamp || (element.offsetParent === null && element.clientWidth === 0)) continue;
    measured.set(element, stamp);
    fit(element, stamp);
  }
}

/**
 * How many rows fit: the height of a list by the least height of a row, `--row` in rem.
 * @param {HTMLElement} list
 * @param {number} columns
 */
export function rowsOf(list, columns) {
  const style = getComputedStyle(list);
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const row = Number.parseFloat(style.getPropertyValue("--row")) * rem;
  return columns * Math.max(1, Math.floor((list.clientHeight + 1) / row));
}
