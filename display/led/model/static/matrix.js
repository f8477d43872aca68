// @ts-check
/**
 * Draws what a bar shows: text as glowing dots of a 16-row matrix, digits as seven segments.
 * Text is drawn small by the browser and read back dot by dot; only dots are painted here.
 */

/** @typedef {{kind: string, columns: number, text: string, effect: string, colour: string, power: boolean}} Picture */

const ROWS = 16;
const CELL = 8;
const PITCH = 5;
const DIGIT_W = 64;
const DIGIT_H = 104;
const GAP_CELLS = 4;
const THRESHOLD = 112;
/** Steps of the clock: a scrolling text moves by a dot with each, a flash takes FLASH of them. */
const FLASH = 7;
const TYPE = 3;
const STAY = 40;

/** Segments lit for each digit, in the order a b c d e f g. */
const SEGMENTS = ["1111110", "0110000", "1101101", "1111001", "0110011", "1011011", "1011111", "1110000", "1111111", "1111011"];

/** @param {string} name */
function token(name) {
  return getComputedStyle(document.body).getPropertyValue(name).trim();
}

/** @param {string} colour */
function lamp(colour) {
  return token(colour === "green" ? "--led-green" : colour === "yellow" ? "--led-yellow" : "--led-red");
}

/** @type {Map<string, HTMLCanvasElement>} */
const dots = new Map();

/** One glowing dot, drawn once for each colour. @param {string} colour */
function dot(colour) {
  const known = dots.get(colour);
  if (known) return known;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = PITCH * 3;
  const pen = canvas.getContext("2d");
  if (pen) {
    const middle = canvas.width / 2;
    const glow = pen.createRadialGradient(middle, middle, 0, middle, middle, middle);
    glow.addColorStop(0, colour);
    glow.addColorStop(0.28, colour);
    glow.addColorStop(0.4, `${colour}38`);
    glow.addColorStop(1, `${colour}00`);
    pen.fillStyle = glow;
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }
  dots.set(colour, canvas);
  return canvas;
}

/** Lit dots of a text, column by column. @param {string} text @returns {boolean[][]} */
function columnsOf(text) {
  const wide = Array.from(text).reduce((sum, ch) => sum + (ch.charCodeAt(0) < 128 ? CELL : 2 * CELL), 0);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, wide);
  canvas.height = ROWS;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen || !wide) return [];
  pen.textBaseline = "alphabetic";
  let x = 0;
  for (const ch of text) {
    const ascii = ch.charCodeAt(0) < 128;
    pen.font = ascii ? `700 15px "DejaVu Sans Mono", "Noto Sans Mono", monospace` : `500 15px "Noto Sans CJK SC", sans-serif`;
    pen.fillText(ch, x, 13, ascii ? CELL : 2 * CELL);
    x += ascii ? CELL : 2 * CELL;
  }
  const data = pen.getImageData(0, 0, wide, ROWS).data;
  return Array.from({ length: wide }, (_, column) =>
    Array.from({ length: ROWS }, (_unused, row) => (data[(row * wide + column) * 4 + 3] ?? 0) > THRESHOLD));
}

export class Matrix {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    /** @type {Picture | null} */
    this.picture = null;
    /** @type {boolean[][]} */
    this.columns = [];
    this.step = 0;
    /** @type {HTMLCanvasElement | null} */
    this.dark = null;
    this.drawn = "";
  }

  /** @param {Picture} picture */
  show(picture) {
    const before = this.picture;
    const same = before && before.text === picture.text && before.effect === picture.effect && before.power === picture.power && before.colour === picture.colour;
    this.picture = picture;
    if (same) return;
    const wide = picture.kind === "digits" ? picture.columns * DIGIT_W + 24 : picture.columns * CELL * PITCH;
    const high = picture.kind === "digits" ? DIGIT_H + 24 : ROWS * PITCH;
    if (this.canvas.width !== wide || this.canvas.height !== high) {
      this.canvas.width = wide;
      this.canvas.height = high;
      this.dark = null;
    }
    this.columns = picture.kind === "matrix" ? columnsOf(picture.text) : [];
    this.step = 0;
    this.drawn = "";
    this.tick(false);
  }

  /** Goes one step on; without motion a text stands at its beginning. @param {boolean} moves */
  tick(moves) {
    const picture = this.picture;
    if (!picture) return;
    if (moves) this.step += 1;
    const frame = this.frame(picture, moves);
    if (frame === this.drawn) return;
    this.drawn = frame;
    if (picture.kind === "digits") this.drawDigits(picture);
    else this.drawDots(picture, frame);
  }

  /** What is seen in this step, as words that differ when the picture does. @param {Picture} picture @param {boolean} moves */
  frame(picture, moves) {
    if (!picture.power || !picture.text) return "dark";
    if (!moves) return "0";
    if (picture.effect === "flash") return Math.floor(this.step / FLASH) % 2 ? "dark" : "0";
    const room = picture.columns * CELL;
    if (picture.effect === "scroll") {
      return String(-room + (this.step * 2) % (this.columns.length + room + GAP_CELLS * CELL));
    }
    if (picture.effect === "typed") {
      const length = Math.ceil(this.columns.length / CELL);
      const at = Math.floor(this.step / TYPE) % (length + STAY);
      return at >= length ? "0" : `0/${at * CELL}`;
    }
    return "0";
  }

  /** @param {Picture} picture @param {string} frame */
  drawDots(picture, frame) {
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    pen.drawImage(this.background(), 0, 0);
    if (frame === "dark") return;
    const [from, most] = frame.split("/");
    const start = Number(from);
    const until = most === undefined ? Infinity : Number(most);
    const room = picture.columns * CELL;
    const still = this.columns.length <= room && picture.effect !== "scroll";
    const inset = still ? Math.floor((room - this.columns.length) / 2) : 0;
    const sprite = dot(lamp(picture.colour));
    for (let x = 0; x < room; x += 1) {
      const at = x + start - inset;
      const column = at < until ? this.columns[at] : undefined;
      if (!column) continue;
      column.forEach((lit, row) => {
        if (lit) pen.drawImage(sprite, (x - 1) * PITCH, (row - 1) * PITCH);
      });
    }
  }

  /** Dots that are off, drawn once. */
  background() {
    if (this.dark) return this.dark;
    const canvas = document.createElement("canvas");
    canvas.width = this.canvas.width;
    canvas.height = this.canvas.height;
    const pen = canvas.getContext("2d");
    if (pen) {
      pen.fillStyle = token("--glass");
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.fillStyle = token("--dot-off");
      for (let y = PITCH / 2; y < canvas.height; y += PITCH) {
        for (let x = PITCH / 2; x < canvas.width; x += PITCH) {
          pen.beginPath();
          pen.arc(x, y, PITCH * 0.36, 0, 2 * Math.PI);
          pen.fill();
        }
      }
    }
    this.dark = canvas;
    return canvas;
  }

  /** @param {Picture} picture */
  drawDigits(picture) {
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    pen.shadowBlur = 0;
    pen.fillStyle = token("--glass");
    pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const text = picture.power ? picture.text.slice(-picture.columns).padStart(picture.columns) : " ".repeat(picture.columns);
    const on = lamp(picture.colour);
    Array.from(text).forEach((ch, index) => {
      const lit = SEGMENTS[Number(ch)] && ch !== " " ? /** @type {string} */ (SEGMENTS[Number(ch)]) : "0000000";
      segments(pen, 12 + index * DIGIT_W, 12, lit, on);
    });
  }
}

/** @param {CanvasRenderingContext2D} pen @param {number} left @param {number} top @param {string} lit @param {string} colour */
function segments(pen, left, top, lit, colour) {
  const wide = DIGIT_W - 16;
  const half = DIGIT_H / 2;
  /** @type {[number, number, boolean][]} */
  const places = [[0, 0, true], [wide, 0, false], [wide, half, false], [0, DIGIT_H, true], [0, half, false], [0, 0, false], [0, half, true]];
  pen.lineWidth = 9;
  pen.lineCap = "round";
  places.forEach(([x, y, flat], index) => {
    const on = lit[index] === "1";
    pen.shadowBlur = on ? 16 : 0;
    pen.shadowColor = colour;
    pen.strokeStyle = on ? colour : token("--dot-off");
    pen.beginPath();
    pen.moveTo(left + x + (flat ? 9 : 0), top + y + (flat ? 0 : 9));
    pen.lineTo(left + x + (flat ? wide - 9 : 0), top + y + (flat ? 0 : half - 9));
    pen.stroke();
  });
}
