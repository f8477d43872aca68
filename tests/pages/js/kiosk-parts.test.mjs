// The kiosk page's smaller modules: corners, speech, screen.
import assert from "node:assert/strict";
import test from "node:test";

const { Corners, WITHIN_MS } = await import("../../../kiosk/static/corners.js");
const { Speech } = await import("../../../kiosk/static/speech.js");
const { millimetre } = await import("../../../kiosk/static/screen.js");

const W = 1080;
const H = 1920;
const CORNERS = [
  [3, 3],
  [W - 3, 3],
  [W - 3, H - 3],
  [3, H - 3],
];

/** Touch points one after the other, a second apart; say whether any completed the gesture. */
function touched(points, apart = 1000) {
  const corners = new Corners();
  return points.map(([x, y], i) => corners.touch(x, y, W, H, 5000 + i * apart));
}

test("four corners in turn are the gesture", () => {
  assert.deepEqual(touched(CORNERS), [false, false, false, true]);
});

test("corners in another order, or something between, are not", () => {
  assert.equal(touched([...CORNERS].reverse()).includes(true), false);
  assert.equal(touched([CORNERS[0], CORNERS[1], [500, 900], CORNERS[2], CORNERS[3]]).includes(true), false);
  assert.equal(touched([CORNERS[0], CORNERS[0], CORNERS[1], CORNERS[2]]).includes(true), false);
});

test("a gesture that takes too long is not, and a new one begins at once", () => {
  assert.equal(touched(CORNERS, WITHIN_MS).includes(true), false);
  assert.equal(touched([CORNERS[0], CORNERS[1], ...CORNERS]).at(-1), true);
});

test("buttons near a corner are not the corner", () => {
  assert.equal(touched([[60, 60], [W - 60, 60], [W - 60, H - 60], [60, H - 60]]).includes(true), false);
});

test("a millimetre on the three screens", () => {
  assert.equal(Math.ceil(20 * millimetre(1080, 1920, 32)), 55);
  assert.equal(Math.ceil(20 * millimetre(1920, 1080, 21.5)), 81);
  assert.equal(Math.ceil(20 * millimetre(1280, 1024, 19)), 68);
});

/** An audio element that does what the test says. */
class FakeAudio extends EventTarget {
  constructor() {
    super();
    this.played = [];
    this.paused = true;
    this.src = "";
    this.refuse = "";
  }

  play() {
    this.played.push(this.src);
    if (this.refuse) return Promise.reject(Object.assign(new Error("no"), { name: this.refuse }));
    this.paused = false;
    this.dispatchEvent(new Event("playing"));
    return Promise.resolve();
  }

  pause() {
    this.paused = true;
  }
}

/** A reader with a clock that only moves when told. */
function reader(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const audio = new FakeAudio();
  const told = [];
  const speech = new Speech(/** @type {any} */ (audio), (silent) => told.push(silent), () => told.push("ended"));
  return { audio, told, speech, wait: () => t.mock.timers.tick(1000) };
}

test("each step is read once, counts that change do not begin it anew", (t) => {
  const { audio, speech, wait } = reader(t);
  speech.follow("/voice/a.wav", "1");
  wait();
  speech.follow("/voice/b.wav", "1");
  wait();
  speech.follow("/voice/c.wav", "2");
  wait();
  assert.deepEqual(audio.played, ["/voice/a.wav", "/voice/c.wav"]);
});

test("a touch stops it until the next step", (t) => {
  const { audio, speech, wait } = reader(t);
  speech.follow("/voice/a.wav", "1");
  wait();
  speech.hush();
  assert.equal(audio.paused, true);
  speech.follow("/voice/a.wav", "1");
  wait();
  assert.equal(audio.played.length, 1);
  speech.follow("/voice/b.wav", "2");
  wait();
  assert.equal(audio.played.length, 2);
});

test("a step that goes by at once is not begun", (t) => {
  const { audio, speech, wait } = reader(t);
  speech.follow("/voice/a.wav", "1");
  speech.follow("/voice/b.wav", "2");
  wait();
  assert.deepEqual(audio.played, ["/voice/b.wav"]);
});

test("switched off it is quiet, and on again it reads the same step", (t) => {
  const { audio, speech, wait } = reader(t);
  speech.follow("/voice/a.wav", "1");
  wait();
  speech.follow(undefined, "");
  assert.equal(audio.paused, true);
  speech.follow("/voice/a.wav", "1");
  wait();
  assert.equal(audio.played.length, 2);
});

test("a browser that refuses is told of, one that was interrupted is not", async (t) => {
  const { audio, told, speech, wait } = reader(t);
  audio.refuse = "NotAllowedError";
  speech.follow("/voice/a.wav", "1");
  wait();
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(told, [true]);
  audio.refuse = "AbortError";
  speech.follow("/voice/b.wav", "2");
  wait();
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(told, [true]);
});

test("a sound that comes after all takes the word back", (t) => {
  const { told, speech, wait } = reader(t);
  speech.follow("/voice/a.wav", "1");
  wait();
  assert.deepEqual(told, [false]);
});
