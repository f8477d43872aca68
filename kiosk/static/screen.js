/**
 * How large things are on this screen: a millimetre in pixels, from the diagonal the kiosk declares.
 */

const MM_PER_INCH = 25.4;

/**
 * @param {number} width in pixels
 * @param {number} height in pixels
 * @param {number} inch the diagonal
 * @returns {number} pixels of one millimetre
 */
export function millimetre(width, height, inch) {
  return Math.hypot(width, height) / (inch * MM_PER_INCH);
}

/**
 * Tell the style sheets how large a millimetre is.
 * @param {HTMLElement} screen with `data-inch`
 */
export function measure(screen) {
  const inch = Number(screen.dataset.inch);
  if (!(inch > 0)) return;
  const px = millimetre(window.innerWidth, window.innerHeight, inch);
  document.documentElement.style.setProperty("--mm", `${px.toFixed(3)}px`);
}
