/**
 * How large the calls must be written to be read from the last seat, and how many then fit. Pure: all
 * sizes in CSS pixels. Rule: a character is at least distance ÷ 250 high, better ÷ 200 (Chinese
 * signage practice, assumed).
 */

/** Height of a digit and of a hanzi as a part of the font size, Noto Sans CJK SC. */
export const DIGIT = 0.73;
export const HANZI = 0.88;
/** Width of `M012` and of `11号窗口` in font sizes. */
const TICKET_EM = 2.66;
const COUNTER_EM = 4.15;
const MINIMUM = 250;
const COMFORT = 200;
/** So many calls beside the newest are worth more than comfort. */
const ENOUGH = 5;
/** Rows may grow by this much to fill their place. */
const GROW = 1.3;

/**
 * @typedef {object} Room
 * @property {number} width of the list of calls
 * @property {number} height
 * @property {number} gap between rows
 * @property {number} rem
 * @property {number} edges of a row and the gap within it
 * @property {boolean} stacked the newest call has its words above the counter, not before it
 * @property {number} number font size of a row's number as designed
 * @property {number} counter font size of a row's counter as designed
 * @property {number} heroNumber
 * @property {number} heroCounter
 * @property {number} lines of rows as designed
 */

/**
 * @typedef {object} Plan
 * @property {number} columns
 * @property {number} lines
 * @property {number} hero height of the newest call
 * @property {number} heroNumber font sizes
 * @property {number} heroCounter
 * @property {number} number
 * @property {number} counter
 * @property {boolean} legible whether all of it can be read from the distance
 * @property {boolean} fewer whether fewer rows are shown than were asked for
 */

/**
 * Millimetres of one CSS pixel on a screen of `inch`, whose window fills it.
 * @param {number} inch
 * @param {number} width
 * @param {number} height
 */
export function mmOfPx(inch, width, height) {
  return (inch * 25.4) / Math.hypot(width, height);
}

/**
 * Least height of a character in pixels.
 * @param {number} distanceM
 * @param {number} mmPx
 * @param {number} [part] distance ÷ this
 */
export function leastPx(distanceM, mmPx, part = MINIMUM) {
  return (distanceM * 1000) / part / mmPx;
}

/**
 * Plan the rows of calls.
 *
 * @param {Room} room
 * @param {object} how
 * @param {number} how.distanceM
 * @param {number} how.mmPx
 * @param {number} how.rows asked for, the newest included; 0 = as many as fit
 * @returns {Plan}
 */
export function plan(room, { distanceM, mmPx, rows }) {
  const least = leastPx(distanceM, mmPx);
  const comfort = arranged(room, leastPx(distanceM, mmPx, COMFORT), rows);
  const others = comfort.columns * comfort.lines;
  if (comfort.legible && !comfort.fewer && others >= (rows ? rows - 1 : ENOUGH)) return comfort;
  return arranged(room, least, rows);
}

/**
 * @param {Room} room
 * @param {number} least height of a character
 * @param {number} rows
 * @returns {Plan}
 */
function arranged(room, least, rows) {
  const { width, height, gap, rem, edges } = room;
  const need = { number: least / DIGIT, counter: least / HANZI };

  // The newest call: as designed or as large as it must be, and no wider than its row.
  const before = room.stacked ? 4.5 * rem : 20 * rem; // edges, gaps and 请 … 到
  let heroNumber = Math.max(room.heroNumber, need.number);
  let heroCounter = Math.max(room.heroCounter, need.counter);
  const over = (width - before) / (heroNumber * TICKET_EM + heroCounter * COUNTER_EM);
  if (over < 1) {
    heroNumber *= over;
    heroCounter *= over;
  }
  const hero = Math.max(heroNumber * 1.19, heroCounter * 1.2 + (room.stacked ? 5.5 : 3.25) * rem);
  const heroReads = heroNumber >= need.number - 0.5 && heroCounter >= need.counter - 0.5;

  // The others: two columns where their words fit, else one.
  const rest = Math.max(0, height - hero);
  const asked = rows > 0 ? rows - 1 : 0;
  const half = (width - gap) / 2;
  const columns = half >= rowWidth(need.number, need.counter) + edges ? 2 : 1;
  const space = columns === 2 ? half : width;
  let number = Math.max(room.number, need.number);
  let counter = Math.max(room.counter, need.counter);
  const wide = (space - edges) / rowWidth(number, counter);
  if (wide < 1) {
    number = Math.max(need.number, number * wide);
    counter = Math.max(need.counter, counter * wide);
  }
  const mostLines = Math.max(0, Math.floor((rest + 0.5) / (rowHeight(number, counter, rem) + gap)));
  let lines = asked ? Math.ceil(asked / columns) : Math.max(1, mostLines);
  if (!asked && mostLines > room.lines) lines = room.lines + Math.floor((mostLines - room.lines) / 2);
  let fewer = false;
  if (asked && lines > mostLines) {
    // So many rows were asked for: written smaller as long as they can be read, else fewer of them.
    const smaller = rest / lines - gap;
    const fixed = 0.75 * rem; // does not shrink with the words
    const scale = Math.min(1, (smaller - fixed) / (rowHeight(number, counter, rem) - fixed));
    number = Math.max(need.number, number * scale);
    counter = Math.max(need.counter, counter * scale);
    const possible = Math.max(1, Math.floor((rest + 0.5) / (rowHeight(number, counter, rem) + gap)));
    fewer = possible < lines;
    lines = Math.min(lines, possible);
  }
  // They fill their place, but do not shout; where even the least does not fit, they shrink and say so.
  const each = rest / lines - gap;
  const fill = (space - edges) / rowWidth(number, counter);
  const scale = Math.max(0, Math.min(GROW, fill, each / rowHeight(number, counter, rem)));
  number *= scale;
  counter *= scale;
  const reads = number >= need.number - 0.5 && counter >= need.counter - 0.5;
  return { columns, lines, hero, heroNumber, heroCounter, number, counter, legible: heroReads && reads, fewer };
}

/**
 * @param {number} number
 * @param {number} counter
 */
function rowWidth(number, counter) {
  return number * TICKET_EM + counter * COUNTER_EM;
}

/**
 * @param {number} number
 * @param {number} counter
 * @param {number} rem
 */
function rowHeight(number, counter, rem) {
  return Math.max(number * 1.05, counter * 1.15 + wordsOf(counter) * 1.2 + 0.25 * rem) + 0.5 * rem;
}

/**
 * Font size of the state below a counter.
 * @param {number} counter
 */
export function wordsOf(counter) {
  return counter * 0.58;
}
