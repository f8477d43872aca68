/** Screens: what is planned, cut into pages and found, without a browser. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { cut } from "../../../display/static/leaf.js";
import { leastPx, mmOfPx, plan } from "../../../display/static/legible.js";
import { turn } from "../../../display/static/turn.js";

/** The calls of a 1920×1080 board with queues, disclosures and notices. */
const WIDE = {
  width: 1256, height: 640, gap: 14, rem: 16, edges: 91, stacked: false,
  number: 82, counter: 48, heroNumber: 204, heroCounter: 116, lines: 3,
};
const MM55 = mmOfPx(55, 1920, 1080);

test("a pixel of a 55 inch screen is two thirds of a millimetre", () => {
  assert.equal(Math.round(MM55 * 1000), 634);
  assert.equal(mmOfPx(55, 3840, 2160) * 2, MM55);
});

test("a character is at least a 250th of the distance high", () => {
  assert.equal(Math.round(leastPx(8, MM55) * MM55), 32);
  assert.equal(Math.round(leastPx(8, MM55, 200) * MM55), 40);
});

test("an ordinary hall sees seven calls, as designed or larger", () => {
  const found = plan(WIDE, { distanceM: 8, mmPx: MM55, rows: 0 });
  assert.equal(found.legible, true);
  assert.equal(found.columns * found.lines, 6);
  assert.ok(found.number * 0.73 >= leastPx(8, MM55) && found.counter * 0.88 >= leastPx(8, MM55));
});

test("a larger distance makes larger rows, and fewer", () => {
  const near = plan(WIDE, { distanceM: 5, mmPx: MM55, rows: 0 });
  const far = plan(WIDE, { distanceM: 12, mmPx: MM55, rows: 0 });
  assert.ok(far.counter > near.counter);
  assert.ok(far.columns * far.lines < near.columns * near.lines);
  assert.equal(far.legible, true);
});

test("what cannot be read from the seats is said", () => {
  assert.equal(plan(WIDE, { distanceM: 25, mmPx: mmOfPx(32, 1920, 1080), rows: 0 }).legible, false);
});

test("rows that are asked for are given as long as they can be read", () => {
  const nine = plan(WIDE, { distanceM: 3, mmPx: MM55, rows: 9 });
  assert.deepEqual([nine.columns * nine.lines, nine.fewer, nine.legible], [8, false, true]);
  const far = plan(WIDE, { distanceM: 12, mmPx: MM55, rows: 9 });
  assert.deepEqual([far.fewer, far.legible], [true, true]);
  assert.ok(far.columns * far.lines < 8);
});

test("no plan is wider than its place", () => {
  for (const distanceM of [1, 3, 5, 8, 10, 12, 15, 20]) {
    for (const inch of [19, 32, 43, 55, 75]) {
      const found = plan(WIDE, { distanceM, mmPx: mmOfPx(inch, 1920, 1080), rows: 0 });
      const space = found.columns === 2 ? (WIDE.width - WIDE.gap) / 2 : WIDE.width;
      assert.ok(found.number * 2.66 + found.counter * 4.15 + WIDE.edges <= space + 1, `${inch} inch, ${distanceM} m`);
      assert.ok(found.hero + found.lines * 20 < WIDE.height || !found.legible, `${inch} inch, ${distanceM} m`);
    }
  }
});

test("bcgov overflow slice(8, length - 1): the last of 8, 9, 16 and 17 has its page", () => {
  for (const n of [8, 9, 16, 17]) {
    const others = n - 1;
    const pages = Math.ceil(others / 6);
    const seen = new Set();
    for (let page = 0; page < pages; page += 1) {
      const now = turn({ count: others, room: 6, nowMs: page * 8000, sinceMs: 0, everyMs: 8000 });
      for (let index = 0; index < others; index += 1) if (now.shows(index)) seen.add(index);
    }
    assert.equal(seen.size, others, `${n} calls`);
  }
});

test("leaves keep rows of one line together and lose none", () => {
  const rows = Array.from({ length: 7 }, (_, n) => ({ top: Math.floor(n / 2) * 100, bottom: Math.floor(n / 2) * 100 + 90 }));
  assert.deepEqual(cut(rows, 195), [[0, 1, 2, 3], [4, 5, 6]]);
  assert.deepEqual(cut([], 100), [[]]);
  assert.deepEqual(cut([{ top: 0, bottom: 500 }, { top: 510, bottom: 520 }], 100), [[0], [1]]);
});
