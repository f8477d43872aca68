// The clerk's page: its words.

import assert from "node:assert/strict";
import { test } from "node:test";

import { momentAt } from "../../../server/web/static/desk/until.js";
import { FIRST, placeOf } from "../../../server/web/static/desk/small.js";
import { keepTicks, ticksOf } from "../../../server/web/static/desk/papers.js";
import { alertsOf, clockOf, face, heardOf, materialOf, rowOf, span } from "../../../server/web/static/desk/words.js";
import { NOW, called, desk, serving, ticket } from "./desk_views.mjs";

test("a length of time is said as people say it", () => {
  assert.deepEqual(
    [-3, 0, 59_999, 60_000, 3_599_000, 3_600_000, 3_900_000].map(span),
    ["0 秒", "0 秒", "59 秒", "1 分钟", "59 分钟", "1 小时", "1 小时 5 分"],
  );
});

test("times are those of the hall, whatever the machine's zone", () => {
  assert.equal(clockOf("2026-11-23T01:41:59.000Z", "Asia/Shanghai"), "09:41");
  assert.equal(clockOf("2026-11-22T16:05:00.000Z", "Asia/Shanghai"), "00:05");
  assert.equal(clockOf(null, "Asia/Shanghai"), "");
});

test("minutes count by the server's clock", () => {
  const view = serving();

  assert.equal(face(view, NOW).state, "办理中 4 分钟");
  assert.equal(face(view, NOW + 60_000).state, "办理中 5 分钟");
  assert.equal(face(view, NOW).waited, "等了 25 分钟");
});

test("a called ticket shows how often it was called, and what the citizen comes for", () => {
  const words = face(called({ calls: 2 }), NOW);

  assert.equal(words.state, "已呼叫 4 分钟 · 第 2 次");
  assert.equal(words.number, "A012");
  assert.equal(words.what, "内地居民结婚登记");
  assert.equal(words.sub, "即办件 · 当场办结 · 不收费 · 第 3 版公开");
});

test("an idle counter shows who would be next", () => {
  const view = desk({ waiting: [ticket()], waiting_count: 31, longest_since: "2026-11-23T01:10:00.000Z" });
  const words = face(view, NOW);

  assert.deepEqual([words.number, words.unit, words.longest], ["31", "人等候", "最久 30 分钟"]);
  assert.equal(words.what, "下一位 A012 · 内地居民结婚登记");
});

test("whether the call arrived is said, and nothing of a voice before there is one", () => {
  const view = called();
  const heard = { call: "c", times: 1, screens: 3, shown: 2, spoken: false, late: false };

  assert.deepEqual(heardOf({ ...view, heard }), { words: "✓ 大屏已显示 2/3", tone: "ok" });
  assert.deepEqual(heardOf({ ...view, heard: { ...heard, shown: 0 } }), { words: "… 正在送到大屏", tone: "wait" });
  assert.match(heardOf({ ...view, heard: { ...heard, shown: 0, late: true } }).words, /未送达（重呼？F2）/);
  assert.match(heardOf({ ...view, heard: { ...heard, shown: 0, screens: 0 } }).words, /口头叫号/);
  assert.match(heardOf({ ...view, heard: { ...heard, spoken: true } }).words, /已播报/);
  assert.equal(heardOf({ ...serving(), heard }).words, "");
});

test("a pause says why and until when", () => {
  const view = desk({ counter: { state: "paused", reason: "午餐", until: "2026-11-23T06:30:00.000Z" } });

  assert.deepEqual([face(view, NOW).number, face(view, NOW).what], ["午餐", "预计 14:30 恢复"]);
});

test("rows say since when, why, and whether the paper is missing", () => {
  const held = ticket({ note: "复印", left_at: "2026-11-23T01:35:00.000Z" });
  const lost = ticket({ priority: "军人", print_state: "failed" });

  assert.deepEqual([rowOf(held, NOW, "held").mark, rowOf(held, NOW, "held").time], ["复印", "5 分钟"]);
  assert.equal(rowOf(lost, NOW, "waiting").mark, "优先 军人 · 没出票");
  assert.equal(rowOf(ticket({ print_state: "unknown" }), NOW, "waiting").mark, "可能没出票");
  assert.equal(rowOf(ticket({ queued_at: "2026-11-23T01:39:30.000Z" }), NOW, "waiting").time, "刚到");
});

test("help, kiosk faults and missing paper are told, the most urgent first", () => {
  const view = desk({
    help: [{ device: "k1", name: "一楼取号机", at: "2026-11-23T01:37:00.000Z" }],
    kiosks: [
      { uid: "k1", name: "一楼取号机", online: true, faults: ["paper_out"] },
      { uid: "k2", name: "二楼取号机", online: false, faults: [] },
      { uid: "k3", name: "三楼取号机", online: true, faults: [] },
    ],
    waiting: [ticket({ print_state: "failed" })],
  });

  assert.deepEqual(
    alertsOf(view, NOW).map((a) => [a.tone, a.words]),
    [
      ["help", "一楼取号机有群众找工作人员，3 分钟了"],
      ["fault", "一楼取号机：缺纸"],
      ["fault", "二楼取号机没有连接"],
      ["fault", "A012的小票没有打出来，群众手里可能没有纸"],
    ],
  );
});

test("a call for help of this minute tells no minutes", () => {
  const view = desk({ help: [{ device: "k1", name: "一楼取号机", at: "2026-11-23T01:39:30.000Z" }] });

  assert.equal(alertsOf(view, NOW)[0]?.words, "一楼取号机有群众找工作人员");
});

test("a sample value in the check-list is marked as one", () => {
  assert.equal(materialOf({ name: "合影", form: "照片", example: true }), "合影 照片（示例）");
});

test("a time of the day becomes a moment, a past one none", () => {
  assert.equal(momentAt("14:30", NOW, "Asia/Shanghai"), "2026-11-23T06:30:00.000Z");
  assert.equal(momentAt("09:40", NOW, "Asia/Shanghai"), null);
  assert.equal(momentAt("", NOW, "Asia/Shanghai"), null);
});

test("the small window opens where it was, and somewhere sensible without memory", () => {
  assert.deepEqual(placeOf('{"x":1500,"y":0,"w":372,"h":900}'), { x: 1500, y: 0, w: 372, h: 900 });
  assert.deepEqual(placeOf("torn"), FIRST);
  assert.deepEqual(placeOf('{"x":1,"y":1,"w":20,"h":900}'), FIRST);
});

test("ticks belong to one ticket and go with it", () => {
  /** @type {Map<string, string>} */
  const kept = new Map();
  const store = /** @type {Storage} */ (/** @type {unknown} */ ({
    getItem: (/** @type {string} */ k) => kept.get(k) ?? null,
    setItem: (/** @type {string} */ k, /** @type {string} */ v) => kept.set(k, v),
    removeItem: (/** @type {string} */ k) => kept.delete(k),
  }));

  keepTicks(store, "u1", new Set(["0", "2"]));
  assert.deepEqual(ticksOf(store, "u1"), new Set(["0", "2"]));
  assert.deepEqual(ticksOf(store, "u2"), new Set());
  keepTicks(store, "", new Set());
  assert.deepEqual(ticksOf(store, "u1"), new Set());
  assert.deepEqual(ticksOf(null, "u1"), new Set());
});
