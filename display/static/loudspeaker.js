/**
 * The loudspeaker of a page: plays what the agent says, one thing after the other, and tells how it
 * goes. It asks nothing and decides nothing: what comes next, and how long to wait, the agent knows.
 */

/** @typedef {"ok" | "muted" | "failed" | "none"} Sound */
/** @typedef {{id: string, url: string, seconds: number}} Said */

export class Loudspeaker {
  /**
   * @param {object} how
   * @param {(body: object) => void} how.send tell the agent
   * @param {HTMLAudioElement} how.audio the element that plays the announcements
   * @param {() => HTMLAudioElement} how.trial makes one that plays nothing
   * @param {(state: Sound, wanted: boolean) => void} how.show say on the page how the sound is
   * @param {(id: string) => void} how.mark what is spoken, empty when nothing is
   */
  constructor({ send, audio, trial, show, mark }) {
    this.send = send;
    this.audio = audio;
    this.trial = trial;
    this.show = show;
    this.mark = mark;
    /** @type {Sound} */
    this.state = "none";
    this.wanted = false;
    this.id = "";
    this.trying = false;
    audio.addEventListener("playing", () => this.note("started"));
    audio.addEventListener("ended", () => this.over("ended"));
    audio.addEventListener("error", () => this.over("failed"));
  }

  /** Tell the agent how it is. */
  tell() {
    this.send({ state: this.state });
  }

  /**
   * The agent says whether this display shall speak at all.
   * @param {boolean} wanted
   */
  want(wanted) {
    this.wanted = wanted;
    if (wanted) void this.try();
    else this.become("none");
    this.show(this.state, this.wanted);
  }

  /** Find out whether sound is allowed now; called again when somebody has touched the page. */
  async try() {
    if (!this.wanted || this.trying || this.state === "ok") return;
    this.trying = true;
    try {
      await this.trial().play();
      this.become("ok");
    } catch (problem) {
      this.become(refusal(problem));
    } finally {
      this.trying = false;
    }
  }

  /**
   * Play `said.url` now, in place of what is being played.
   * @param {Said} said
   */
  async say(said) {
    this.id = said.id;
    this.audio.src = said.url;
    try {
      await this.audio.play();
    } catch (problem) {
      // Taken away by the next `say` or by `hush`: nobody waits for this one any more.
      if (this.id !== said.id || nameOf(problem) === "AbortError") return;
      if (refusal(problem) === "muted") this.become("muted");
      this.over("failed");
    }
  }

  /** Be silent at once. */
  hush() {
    this.id = "";
    this.audio.pause();
    this.mark("");
  }

  /** @param {"started" | "ended" | "failed"} event */
  note(event) {
    if (this.id === "") return;
    if (event === "started") this.mark(this.id);
    this.send({ state: this.state, id: this.id, event });
  }

  /** @param {"ended" | "failed"} event */
  over(event) {
    this.note(event);
    this.id = "";
    this.mark("");
  }

  /** @param {Sound} state */
  become(state) {
    if (this.state === state) return;
    this.state = state;
    this.tell();
    this.show(state, this.wanted);
  }
}

/** @param {unknown} problem */
function nameOf(problem) {
  return problem instanceof Error || problem instanceof DOMException ? problem.name : "";
}

/**
 * @param {unknown} problem
 * @returns {Sound}
 */
function refusal(problem) {
  return nameOf(problem) === "NotAllowedError" ? "muted" : "failed";
}
