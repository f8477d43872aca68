// The loudspeaker of a page, with an audio element of the test's own.
import assert from "node:assert/strict";
import test from "node:test";

const { Loudspeaker } = await import("../../../display/static/loudspeaker.js");

/** An audio element that plays nothing: the test says what the browser would. */
class Element extends EventTarget {
  src = "";
  paused = true;
  /** @type {string} */
  refuses = "";

  async play() {
    if (this.refuses) throw new DOMException("no", this.refuses);
    this.paused = false;
  }

  pause() {
    this.paused = true;
  }

  /** @param {string} name */
  says(name) {
    this.dispatchEvent(new Event(name));
  }
}

function made() {
  const audio = new Element();
  const trial = new Element();
  const sent = /** @type {any[]} */ ([]);
  const shown = /** @type {any[]} */ ([]);
  const marked = /** @type {string[]} */ ([]);
  const speaker = new Loudspeaker({
    send: (body) => sent.push(body),
    audio: /** @type {any} */ (audio),
    trial: () => /** @type {any} */ (trial),
    show: (state, wanted) => shown.push([state, wanted]),
    mark: (id) => marked.push(id),
  });
  return { audio, trial, sent, shown, marked, speaker };
}

test("it tells when a sound began and ended, and marks the page meanwhile", async () => {
  const { audio, sent, marked, speaker } = made();
  speaker.want(true);
  await Promise.resolve();
  await speaker.say({ id: "1", url: "/voice/1.wav", seconds: 3 });
  audio.says("playing");
  audio.says("ended");

  assert.equal(audio.src, "/voice/1.wav");
  assert.deepEqual(sent.map(({ id, event }) => [id, event]), [
    [undefined, undefined],
    ["1", "started"],
    ["1", "ended"],
  ]);
  assert.deepEqual(marked, ["1", ""]);
});

test("a sound that cannot be played is told at once, so that it blocks nobody", async () => {
  const { audio, sent, speaker } = made();
  await speaker.say({ id: "1", url: "/voice/1.wav", seconds: 3 });
  audio.says("error");
  audio.says("ended");

  assert.deepEqual(sent, [{ state: "none", id: "1", event: "failed" }]);
});

test("a browser that allows no sound before a touch is muted, not broken", async () => {
  const { trial, sent, shown, speaker } = made();
  trial.refuses = "NotAllowedError";
  speaker.want(true);
  await speaker.try();
  await new Promise(setImmediate);

  assert.equal(speaker.state, "muted");
  assert.deepEqual(sent.at(-1), { state: "muted" });
  assert.deepEqual(shown.at(-1), ["muted", true]);

  trial.refuses = "";
  await speaker.try(); // somebody has touched the page
  assert.equal(speaker.state, "ok");
  assert.deepEqual(shown.at(-1), ["ok", true]);
});

test("a sound refused in the middle of the day makes the page muted", async () => {
  const { audio, sent, speaker } = made();
  audio.refuses = "NotAllowedError";
  await speaker.say({ id: "7", url: "/voice/7.wav", seconds: 3 });

  assert.deepEqual(sent, [{ state: "muted" }, { state: "muted", id: "7", event: "failed" }]);
});

test("a screen that shall not speak tries nothing and asks for no touch", async () => {
  const { trial, shown, speaker } = made();
  trial.refuses = "NotAllowedError";
  speaker.want(false);
  await speaker.try();

  assert.equal(speaker.state, "none");
  assert.deepEqual(shown, [["none", false]]);
});

test("hush is silence at once, and what was played is not told any more", async () => {
  const { audio, sent, marked, speaker } = made();
  await speaker.say({ id: "1", url: "/voice/1.wav", seconds: 3 });
  audio.says("playing");
  speaker.hush();
  audio.says("ended");

  assert.equal(audio.paused, true);
  assert.deepEqual(sent.map(({ event }) => event), ["started"]);
  assert.equal(marked.at(-1), "");
});

test("the next sound takes the place of one that was taken away", async () => {
  const { audio, sent, speaker } = made();
  audio.refuses = "AbortError";
  const first = speaker.say({ id: "1", url: "/voice/1.wav", seconds: 3 });
  audio.refuses = "";
  await speaker.say({ id: "2", url: "/voice/2.wav", seconds: 3 });
  await first;
  audio.says("playing");
  audio.says("ended");

  assert.deepEqual(sent.map(({ id, event }) => [id, event]), [["2", "started"], ["2", "ended"]]);
});
