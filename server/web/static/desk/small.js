/**
 * The page as a small window of its own, to stand beside or over the program the clerk works in;
 * size and place are remembered on this machine.
 */

const PLACE = "hall-desk-window";

/** @typedef {{x: number, y: number, w: number, h: number}} Place */

/** @type {Readonly<Place>} */
export const FIRST = Object.freeze({ x: 40, y: 40, w: 390, h: 860 });

/**
 * @param {string | null} kept
 * @returns {Place} where the window was, or where it stands the first time
 */
export function placeOf(kept) {
  try {
    const found = JSON.parse(kept ?? "null");
    const well = ["x", "y", "w", "h"].every((k) => Number.isFinite(found?.[k]));
    if (!well || found.w < 300 || found.h < 300) return { ...FIRST };
    return { x: found.x, y: found.y, w: found.w, h: found.h };
  } catch {
    return { ...FIRST };
  }
}

/**
 * Open the small window, or bring it to the front.
 *
 * @param {string} counter
 * @returns {boolean} false: the browser did not allow it
 */
export function openSmall(counter) {
  const p = placeOf(read());
  const size = `popup=1,width=${p.w},height=${p.h},left=${p.x},top=${p.y}`;
  const address = `/desk?counter=${encodeURIComponent(counter)}&bar=1`;
  const opened = window.open(address, `hall-desk-${counter}`, size);
  opened?.focus();
  return opened !== null;
}

/** Remember where this small window stands, now and then: no event tells of a move. */
export function rememberPlace() {
  let last = "";
  const keep = () => {
    const place = { x: window.screenX, y: window.screenY, w: window.innerWidth, h: window.innerHeight };
    const text = JSON.stringify(place);
    if (text === last) return;
    last = text;
    try {
      localStorage.setItem(PLACE, text);
    } catch {
      // Without storage it opens at its first place.
    }
  };
  setInterval(keep, 2000);
  window.addEventListener("resize", keep);
  window.addEventListener("pagehide", keep);
}

function read() {
  try {
    return localStorage.getItem(PLACE);
  } catch {
    return null;
  }
}
