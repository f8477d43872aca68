/**
 * Last resort against words that are longer than anybody thought: the box's own size factor goes
 * down until nothing is cut. CSS multiplies its font sizes by `--fit`.
 */

/** Line boxes of hanzi reach a little beyond their line height; nothing of a glyph is cut by that. */
const SLACK_PX = 2;
const STEPS = ["1", "0.92", "0.84", "0.76", "0.68", "0.6"];

/**
 * Make the words of `box` fit into it.
 *
 * @param {HTMLElement} box has a fixed size of its own, or one given by its grid
 * @param {string} [words] measured again only when this changes
 */
export function fit(box, words) {
  if (words !== undefined) {
    const mark = `${box.clientWidth}×${box.clientHeight} ${words}`;
    if (box.dataset.fitted === mark) return;
    box.dataset.fitted = mark;
  }
  for (const step of STEPS) {
    box.style.setProperty("--fit", step);
    if (box.scrollWidth <= box.clientWidth && box.scrollHeight <= box.clientHeight + SLACK_PX) return;
  }
}
