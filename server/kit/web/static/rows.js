/**
 * Keyed rows: an element lives as long as its row, so that CSS can animate what really is new and
 * nothing flickers when a list is painted again. Rows that the server wrote into the first HTML are
 * adopted when they carry `data-key`.
 */

/**
 * Paint `rows` into `list`, in order.
 *
 * @template T
 * @param {Element} list the element whose children are the rows; it holds nothing else
 * @param {ReadonlyArray<T>} rows
 * @param {object} how
 * @param {(row: T) => string} how.key unique within the list, stable while the row lives
 * @param {() => Element} how.make a new, empty row; called once for each key that is not there yet
 * @param {(element: HTMLElement, row: T, index: number) => void} how.fill writes the row's words; called each time
 * @returns {HTMLElement[]} the elements that are new since the last call
 */
export function renderRows(list, rows, { key, make, fill }) {
  const keep = new Set(rows.map(key));
  /** @type {Map<string, HTMLElement>} */
  const old = new Map();
  // Rows that left go first, so that those that stay need not move: moving one ends its animation.
  for (const child of Array.from(list.children)) {
    const element = /** @type {HTMLElement} */ (child);
    const k = element.dataset.key;
    if (k === undefined || !keep.has(k) || old.has(k)) element.remove();
    else old.set(k, element);
  }
  /** @type {HTMLElement[]} */
  const added = [];
  rows.forEach((row, index) => {
    const k = key(row);
    let element = old.get(k);
    if (!element) {
      element = /** @type {HTMLElement} */ (make());
      element.dataset.key = k;
      old.set(k, element);
      added.push(element);
    }
    const here = list.children[index] ?? null;
    if (here !== element) list.insertBefore(element, here);
    fill(element, row, index);
  });
  return added;
}

/**
 * Write the words of `values` into the parts of `element` marked `data-f="name"`, text only.
 * A part whose word is empty is hidden, so that no empty box keeps its gap; one that `values`
 * does not name is left alone.
 *
 * @param {ParentNode} element
 * @param {Readonly<Record<string, unknown>>} values
 */
export function fillWords(element, values) {
  for (const part of element.querySelectorAll("[data-f]")) {
    const target = /** @type {HTMLElement} */ (part);
    const name = target.dataset.f ?? "";
    if (!(name in values)) continue;
    const value = values[name];
    const words = value === undefined || value === null ? "" : String(value);
    if (target.textContent !== words) target.textContent = words;
    target.hidden = words === "";
  }
}

/**
 * Return a maker of rows from a `<template>` that holds one element.
 *
 * @param {HTMLTemplateElement} template
 * @returns {() => HTMLElement}
 */
export function fromTemplate(template) {
  const first = template.content.firstElementChild;
  if (!first) throw new Error(`template #${template.id} is empty`);
  return () => /** @type {HTMLElement} */ (first.cloneNode(true));
}
