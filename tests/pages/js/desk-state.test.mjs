// The clerk's page: which key is next, which keys are of use, and what is worth a fresh look.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  KEYS,
  concerns,
  keysOf,
  mainOf,
  moodOf,
  recallWait,
  verbOf,
  whyNot,
} from "../../../server/web/static/desk/state.js";
import { NOW, called, desk, serving, ticket } from "./desk_views.mjs";

test("each F-key has its verb, and keys with Alt or Ctrl belong to the browser", () => {
  assert.deepEqual(KEYS, {
    F1: "next", F2: "recall", F3: "start", F4: "finish", F6: "no_show", F7: "hold", F8: "transfer", F9: "pause",
  });
  assert.equal(verbOf({ key: "F4" }), "finish");
  assert.equal(verbOf({ key: "F4", altKey: true }), null);
  assert.equal(verbOf({ key: "F3", ctrlKey: true }), null);
  assert.equal(verbOf({ key: "F5" }), null);
  assert.equal(verbOf({ key: "toString" }), null);
});

test("the large button is the next possible action in every state", () => {
  const closed = desk({ counter: { state: "closed" } });
  const paused = desk({ counter: { state: "paused" } });

  assert.deepEqual([moodOf(closed), mainOf(closed).verb, mainOf(closed).key], ["closed", "open", "F9"]);
  assert.deepEqual([moodOf(paused), mainOf(paused).verb, mainOf(paused).key], ["paused", "resume_counter", "F9"]);
  assert.deepEqual([moodOf(desk()), mainOf(desk()).verb, mainOf(desk()).key], ["free", "next", "F1"]);
  assert.deepEqual([moodOf(called()), mainOf(called()).verb, mainOf(called()).key], ["called", "start", "F3"]);
  assert.deepEqual([moodOf(serving()), mainOf(serving()).verb, mainOf(serving()).key], ["serving", "finish", "F4"]);
});

test("a ticket at a paused counter is served to its end", () => {
  const view = serving({ counter: { state: "paused" } });

  assert.equal(moodOf(view), "serving");
  assert.equal(mainOf(view).verb, "finish");
});

test("passing over needs the calls that the hall asks for", () => {
  const once = called({ calls: 1 });
  const thrice = called({ calls: 3 });

  assert.match(whyNot(once, "no_show"), /呼叫满 3 次（已呼叫 1 次）/);
  assert.equal(whyNot(thrice, "no_show"), "");
  assert.equal(keysOf(once, NOW).find((k) => k.verb === "no_show")?.hint, "1/3 次");
  assert.equal(keysOf(thrice, NOW).find((k) => k.verb === "no_show")?.possible, true);
  assert.match(whyNot(serving({ calls: 3 }), "no_show"), /不能过号/);
});

test("without a ticket the keys say what to do first", () => {
  assert.match(whyNot(desk(), "finish"), /先呼叫下一位/);
  assert.match(whyNot(desk({ counter: { state: "closed" } }), "start"), /先开窗/);
  assert.match(whyNot(desk({ counter: { state: "paused" } }), "recall"), /先恢复/);
  assert.equal(whyNot(desk(), "next"), "");
});

test("F7 brings back what is held when the counter is free", () => {
  const view = desk({ held: [ticket({ state: "held" })] });
  const key = keysOf(view, NOW).find((k) => k.verb === "hold");

  assert.equal(key?.words, "回呼");
  assert.equal(key?.hint, "1 个");
  assert.equal(whyNot(view, "hold"), "");
  assert.notEqual(whyNot(desk(), "hold"), "");
});

test("F9 opens, resumes or pauses, as the counter stands", () => {
  const words = ["closed", "paused", "open"].map(
    (state) => keysOf(desk({ counter: { state } }), NOW).find((k) => k.verb === "pause")?.words,
  );

  assert.deepEqual(words, ["开窗", "恢复", "暂停"]);
});

test("the recall key counts the seconds until a recall is allowed", () => {
  const view = called({ called_at: new Date(NOW - 4200).toISOString() });

  assert.equal(recallWait(view, NOW), 16);
  assert.equal(recallWait(view, NOW + 16_000), 0);
  assert.equal(recallWait(serving(), NOW), 0);
});

test("an event of this counter or its lines is looked at now, of another later", () => {
  const view = desk();

  assert.equal(concerns({ type: "ticket.issued", data: { queue: "A" } }, view), "now");
  assert.equal(concerns({ type: "ticket.requeued", data: { queue: "B", from_queue: "A" } }, view), "now");
  assert.equal(concerns({ type: "counter.changed", data: { counter: "3" } }, view), "now");
  assert.equal(concerns({ type: "ticket.issued", data: { queue: "B" } }, view), "later");
  assert.equal(concerns({ type: "ticket.serving", data: { counter: "5" } }, view), "later");
  assert.equal(concerns({ type: "help.requested", data: { device: "k" } }, view), "now");
  assert.equal(concerns({ type: "hall.emergency", data: {} }, view), "now");
  assert.equal(concerns({ type: "event.withheld" }, view), null);
});

test("paper is looked at when it is that of a ticket on the page", () => {
  const view = desk({ waiting: [ticket({ uid: "u7" })] });

  assert.equal(concerns({ type: "ticket.printed", data: { uid: "u7" } }, view), "now");
  assert.equal(concerns({ type: "ticket.printed", data: { uid: "u8" } }, view), null);
});
