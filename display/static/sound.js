/**
 * The sound of a page: joins its loudspeaker to the agent. While the browser allows no sound it says
 * 静音 in words, until somebody touches the page.
 *
 * `data-speaking` on <html> is there while something is spoken; other regions keep quiet by it.
 */

import { following } from "/kit/live.js";
import { Loudspeaker } from "./loudspeaker.js";

/** Between two words of a page that has nothing to tell; the agent gives a silent one up after 3 s. */
const TELL_MS = 1000;
/** Sound that failed is tried again after this. */
const AGAIN_MS = 15_000;
/** A sound without sound, by which is found out whether there may be one. */
const NOTHING = "/voice/nothing.wav";

/** The bar that asks for a touch; it is made when it is first needed. */
class Bar {
  /** @param {() => void} touched */
  constructor(touched) {
    this.touched = touched;
    /** @type {HTMLButtonElement | null} */
    this.button = null;
  }

  /** @param {boolean} on */
  show(on) {
    if (on && this.button === null) this.button = this.make();
    if (this.button !== null) this.button.hidden = !on;
  }

  make() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sound-bar";
    const sign = document.createElement("span");
    sign.className = "sound-bar__sign";
    sign.setAttribute("aria-hidden", "true");
    const words = document.createElement("span");
    words.textContent = "静音：点击启用声音";
    button.append(sign, words);
    button.addEventListener("click", this.touched);
    document.body.append(button);
    return button;
  }
}

/** Join the loudspeaker to the page's line. */
async function start() {
  const line = await following();
  const root = document.documentElement;
  let own = "";
  let other = "";
  const mark = () => {
    if (own || other) root.dataset.speaking = own || other;
    else delete root.dataset.speaking;
  };
  const bar = new Bar(() => void speaker.try());
  const speaker = new Loudspeaker({
    send: (body) => line.send("sound", body),
    audio: new Audio(),
    trial: () => new Audio(NOTHING),
    show: (state, wanted) => bar.show(wanted && state === "muted"),
    mark: (id) => {
      own = id;
      mark();
    },
  });
  line.on("voice", ({ wanted }) => speaker.want(wanted === true));
  line.on("say", (said) => void speaker.say(said));
  line.on("hush", ({ id }) => {
    if (id === speaker.id) speaker.hush();
  });
  line.on("view", (view) => {
    other = view.speaking ?? ""; // also what the box's own sound card speaks
    mark();
  });
  line.on("disconnect", () => {
    other = "";
    speaker.hush(); // another display says it anew
  });
  line.on("connect", () => {
    speaker.hush(); // whom the agent had play before, it has forgotten
    speaker.tell();
  });
  for (const touch of ["pointerdown", "keydown"]) {
    document.addEventListener(touch, () => void speaker.try(), { capture: true });
  }
  setInterval(() => speaker.tell(), TELL_MS);
  setInterval(() => {
    if (speaker.state === "failed") void speaker.try();
  }, AGAIN_MS);
  speaker.tell();
}

void start();
