/**
 * Last resort against words that are longer than anybody thought: the box's own size factor goes
 * down until nothing is cut. CSS multiplies its font sizes by `--fit`.
 */

const STEPS = ["1", "0.92", "0.84", "0.76", "0.68", "0.6"];

/**
 * Make the words of `box` fit into it.
 *
 * @param {HTMLElement} box has a fixed size of its own, or one given by its grid
 * @param {string} [words] measured again only when this or the box's size changes
 */
export function fit(box, words) {
  if (words !== undefined) {
    const mark = `${box.clientWidth}×${box.clientHeight} ${words}`;
    if (box.dataset.fitted === mark) return;
    box.dataset.fitted = mark;
  }
  for (const step of STEPS) {
    box.style.setProperty("--fit", step);
    if (box.scrollWidth <= box.clientWidth && !overflows(box)) return;
  }
}

/**
 * Whether a part of `box` reaches out of it, or words out of their part. Heights are those of the
 * parts' own boxes: `scrollHeight` counts the whole em box of a glyph, which in hanzi fonts is half
 * as high again as what is drawn.
 *
 * @param {HTMLElement} box
 */
function overflows(box) {
  const children = box.querySelectorAll("*:not(.visually-hidden)");
  if (children.length === 0) {
    const line = Number.parseFloat(getComputedStyle(box).lineHeight) || 0;
    return box.scrollHeight > box.clientHeight + Math.ceil(line * 0.12);
  }
  const end = box.getBoundingClientRect();
  for (const child of children) {
    const rect = child.getBoundingClientRect();
    if (rect.height === 0 || getComputedStyle(child).display === "inline") continue;
    if (rect.bottom > end.bottom + 1 || rect.right > end.right + 1) return true;
    if (child.scrollWidth > child.clientWidth + 1 && child.textContent) return true;
  }
  return false;
}
