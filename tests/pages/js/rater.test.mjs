/** What the rating page says of each state, and what it never says. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { concerns, faceOf, isEnd } from "../../../server/web/static/rater/state.js";

/** @typedef {import("../../../server/web/static/rater/state.js").RaterView} RaterView */

const quiet = { lostAt: "", revoked: false, thanks: false };

/** @param {Partial<RaterView>} change @returns {RaterView} */
function view(change) {
  return {
    state: "idle",
    hall_name: "大厅",
    seq: 1,
    now: "2026-11-25T02:24:00.000Z",
    utc_offset_s: 28800,
    counter: "1",
    counter_name: "1号窗口",
    clerk_label: "023",
    number: "",
    reason: "",
    until: "",
    text: "",
    ...change,
  };
}

test("a ticket at the counter is shown by its number", () => {
  const face = faceOf(view({ state: "serving", number: "A012" }), quiet);
  assert.deepEqual([face.state, face.large, face.number], ["serving", "A012", true]);
});

test("thanks follow the end of a service at this counter, and nothing else", () => {
  const left = (/** @type {string} */ reason, counter = "1") => ({
    type: "ticket.left",
    data: { counter, reason },
  });
  assert.equal(isEnd(left("done"), "1"), true);
  assert.equal(isEnd(left("done", "2"), "1"), false);
  for (const reason of ["no_show", "held", "cancelled"]) assert.equal(isEnd(left(reason), "1"), false);
  assert.equal(isEnd({ type: "ticket.requeued", data: { counter: "1" } }, "1"), false);
  assert.equal(isEnd({}, "1"), false);
});

test("only what may change this counter is worth a look", () => {
  const of = (/** @type {string} */ type, data = {}) => concerns({ type, data }, "1");
  assert.equal(of("ticket.called", { counter: "1" }), true);
  assert.equal(of("counter.changed", { counter: "2" }), false);
  assert.equal(of("ticket.issued", { queue: "A" }), false);
  for (const type of ["hall.emergency", "hall.day", "catalogue.changed", "device.assigned"]) {
    assert.equal(of(type), true);
  }
});

test("the next person ends the thanks at once", () => {
  const face = faceOf(view({ state: "called", number: "A013" }), { ...quiet, thanks: true });
  assert.equal(face.state, "called");
});

test("without the server nothing is said of the counter, only since when", () => {
  const face = faceOf(view({ state: "serving", number: "A012" }), { ...quiet, lostAt: "10:24" });
  assert.equal(face.state, "lost");
  assert.match(face.words, /从 10:24 起/);
  assert.doesNotMatch(JSON.stringify(face), /A012/);
});

test("a revoked device says how to be enrolled again, whatever else is true", () => {
  const face = faceOf(view({ state: "emergency" }), { ...quiet, revoked: true, lostAt: "10:24" });
  assert.equal(face.state, "revoked");
  assert.match(face.words, /登记新设备/);
});

test("an emergency goes before the counter's own state", () => {
  const face = faceOf(view({ state: "emergency", text: "请撤离" }), { ...quiet, thanks: true });
  assert.deepEqual([face.large, face.words], ["请撤离", "请听从工作人员指引"]);
});

test("a pause says why and until when, as far as it is known", () => {
  const known = faceOf(view({ state: "paused", reason: "午餐", until: "14:30" }), quiet);
  assert.deepEqual([known.above, known.words.startsWith("预计 14:30 恢复。")], ["午餐", true]);
  assert.equal(faceOf(view({ state: "paused" }), quiet).above, "请稍候");
});
