/** Pages of rows: nothing is dropped. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { turn } from "../../../display/static/turn.js";

/** @param {number} nowMs */
const at = (nowMs, count = 16, room = 6, sinceMs = 0) =>
  turn({ count, room, nowMs, sinceMs, everyMs: 8000 });

/** @param {import("../../../display/static/turn.js").Turn} now */
const shown = (now, count = 16) => Array.from({ length: count }, (_, i) => i).filter(now.shows);

test("what fits stands on one page", () => {
  assert.equal(at(0, 6).pages, 1);
  assert.equal(at(123456, 6).page, 0);
  assert.equal(at(0, 0).pages, 1);
});

test("every row is shown in its turn and after the last page comes the first", () => {
  assert.deepEqual(shown(at(0)), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(shown(at(8000)), [6, 7, 8, 9, 10, 11]);
  assert.deepEqual(shown(at(16000)), [12, 13, 14, 15]);
  assert.deepEqual(shown(at(24000)), [0, 1, 2, 3, 4, 5]);
});

test("a new call brings the first page back", () => {
  assert.equal(at(20000).page, 2);
  assert.equal(at(20000, 16, 6, 20000).page, 0);
  assert.equal(at(19999, 16, 6, 20000).page, 0, "a clock set back does no harm");
});

test("a layout without room still turns one by one", () => {
  assert.equal(at(0, 3, 0).pages, 3);
});
