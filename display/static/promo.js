/**
 * The 宣传 region: pictures and honour cards stand their time, films play to their end. What cannot be
 * shown is passed over, never a broken picture. While a call is spoken it is muted and dimmed; it never
 * lies over the calls, for it has a place of its own.
 */

/** @typedef {import("./view").Promo} Promo */

/** A film that does not move for so long is passed over. */
const STUCK_MS = 8000;

export class Promotion {
  /**
   * @param {HTMLElement} place
   * @param {(call: () => void, ms: number) => unknown} [later]
   */
  constructor(place, later = (call, ms) => setTimeout(call, ms)) {
    this.place = place;
    this.later = later;
    /** @type {Promo[]} */
    this.list = [];
    this.names = "";
    this.key = "";
    this.turn = 0;
    /** Keys that failed, until the list changes. @type {Set<string>} */
    this.failed = new Set();
    new MutationObserver(() => this.mute()).observe(document.documentElement, { attributeFilter: ["data-speaking"] });
  }

  /** @param {Promo[]} list */
  paint(list) {
    const names = list.map((p) => p.key).join(" ");
    if (names === this.names) return;
    this.names = names;
    this.list = list;
    this.failed.clear();
    if (!list.some((p) => p.key === this.key)) this.next();
  }

  /** Show the one after the present one. */
  next() {
    const good = this.list.filter((p) => !this.failed.has(p.key));
    this.turn += 1;
    if (good.length === 0) {
      this.key = "";
      this.place.replaceChildren();
      return;
    }
    const at = good.findIndex((p) => p.key === this.key);
    const promo = /** @type {Promo} */ (good[(at + 1) % good.length]);
    const same = promo.key === this.key;
    this.key = promo.key;
    if (same && promo.kind !== "video") {
      this.after(promo.seconds * 1000);
      return;
    }
    const turn = this.turn;
    const fail = () => {
      if (turn !== this.turn) return;
      this.failed.add(promo.key);
      this.next();
    };
    if (promo.kind === "video") this.film(promo, turn, fail);
    else this.card(promo, fail);
  }

  /**
   * @param {Promo} promo
   * @param {() => void} fail
   */
  card(promo, fail) {
    const figure = make("figure", `promo__card promo__card--${promo.kind}`);
    if (promo.src) {
      const picture = /** @type {HTMLImageElement} */ (make("img", "promo__picture"));
      picture.alt = promo.text || promo.title;
      picture.addEventListener("error", fail);
      picture.src = promo.src;
      figure.append(picture);
    }
    if (promo.kind === "honour") {
      const words = make("figcaption", "promo__honour");
      words.append(make("span", "promo__kicker", "先进窗口"), make("strong", "promo__title", promo.title));
      if (promo.text) words.append(make("span", "promo__text", promo.text));
      figure.append(words);
    }
    this.place.replaceChildren(figure);
    this.after(promo.seconds * 1000);
  }

  /**
   * @param {Promo} promo
   * @param {number} turn
   * @param {() => void} fail
   */
  film(promo, turn, fail) {
    const film = /** @type {HTMLVideoElement} */ (make("video", "promo__film"));
    film.setAttribute("aria-label", promo.text || promo.title);
    film.playsInline = true;
    film.preload = "auto";
    film.addEventListener("ended", () => turn === this.turn && this.next());
    film.addEventListener("error", fail);
    film.src = promo.src;
    this.stop();
    this.place.replaceChildren(film);
    this.mute();
    film.play().catch(() => {
      // A browser that allows no sound without a touch allows a silent film.
      film.muted = true;
      film.dataset.silent = "";
      film.play().catch(fail);
    });
    let at = -1;
    const watch = () => {
      if (turn !== this.turn) return;
      if (film.currentTime === at) fail();
      else {
        at = film.currentTime;
        this.later(watch, STUCK_MS);
      }
    };
    this.later(watch, STUCK_MS);
  }

  /** A film taken off the page must give its decoder back at once. */
  stop() {
    const film = this.place.querySelector("video");
    if (!film) return;
    film.pause();
    film.removeAttribute("src");
    film.load();
  }

  /** @param {number} ms */
  after(ms) {
    const turn = this.turn;
    this.later(() => turn === this.turn && this.next(), ms);
  }

  /** Silent while a call is spoken, under a cover such as an emergency, and in a preview. */
  mute() {
    const film = this.place.querySelector("video");
    if (!film) return;
    const { state = "board", preview } = document.body.dataset;
    const speaking = document.documentElement.dataset.speaking !== undefined;
    film.muted = speaking || state !== "board" || preview !== undefined || film.dataset.silent !== undefined;
  }
}

/**
 * @param {string} tag
 * @param {string} name
 * @param {string} [words]
 */
function make(tag, name, words = "") {
  const element = document.createElement(tag);
  element.className = name;
  if (words) element.textContent = words;
  return element;
}
