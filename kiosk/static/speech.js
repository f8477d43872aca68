/**
 * 读给我听: plays what each step says. A touch stops it; the next step is read while the mode is on;
 * counts that change by themselves never begin it anew.
 */

/** A step that goes by at once is not begun. */
const PAUSE_MS = 350;

export class Speech {
  /**
   * @param {HTMLAudioElement} audio
   * @param {(silent: boolean) => void} silent told when this browser or machine cannot sound, or can
   * @param {() => void} ended told when a step was heard to its end
   */
  constructor(audio, silent, ended) {
    this.audio = audio;
    this.silent = silent;
    this.step = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    audio.addEventListener("error", () => {
      if (this.step) silent(true);
    });
    audio.addEventListener("playing", () => silent(false));
    audio.addEventListener("ended", ended);
  }

  /**
   * Follow the page.
   *
   * @param {string | undefined} clip address of what it says; nothing while the mode is off
   * @param {string} step what it is about; the same step is read once
   */
  follow(clip, step) {
    if (!clip) {
      this.hush();
      this.step = "";
      return;
    }
    if (step === this.step) return;
    this.hush();
    this.step = step;
    this.timer = setTimeout(() => {
      this.audio.src = clip;
      this.audio.play().catch((error) => {
        // Stopped by the next step or by a touch: nothing is wrong then.
        if (error?.name !== "AbortError") this.silent(true);
      });
    }, PAUSE_MS);
  }

  /** Be quiet, until another step comes. */
  hush() {
    clearTimeout(this.timer);
    this.audio.pause();
  }
}
