/** The 五公开公示屏 and the guide: pages without loss, search, the turns of the 宣传 region. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { JSDOM } from "jsdom";

const { window } = new JSDOM("<!doctype html><html><body></body></html>");
Object.assign(globalThis, {
  window, document: window.document, MutationObserver: window.MutationObserver,
});

const { guidePages, search, wallPages } = await import("../../../display/static/pages.js");
const { Promotion } = await import("../../../display/static/promo.js");

const row = (/** @type {number} */ height, heading = false) => ({ height, heading });

test("each row of a wall has its page, and a heading stands above its first row", () => {
  assert.deepEqual(wallPages([row(10, true), row(40), row(40), row(10, true), row(40)], 100), [[0, 1, 2], [3, 4]]);
  assert.deepEqual(wallPages([row(10, true), row(80), row(10, true), row(40)], 100), [[0, 1], [2, 3]]);
});

test("a page that begins within a department names it again", () => {
  assert.deepEqual(wallPages([row(10, true), row(60), row(60), row(60)], 100), [[0, 1], [0, 2], [0, 3]]);
});

test("a row larger than the wall still has a page", () => {
  assert.deepEqual(wallPages([row(500), row(10)], 100), [[0], [1]]);
  assert.deepEqual(wallPages([], 100), []);
});

test("every counter of every zone is on a page of the guide", () => {
  const zone = (/** @type {string} */ code, /** @type {number} */ n) => ({
    code, name: code, floor: "1", waiting: 0,
    rows: Array.from({ length: n }, (_, i) => ({ code: `${code}${i}`, counter: "", department: "", about: "", state: "open", main: "", sub: "" })),
  });
  for (const n of [1, 7, 8, 9, 16, 17]) {
    const pages = guidePages([zone("a", n), zone("b", 3), zone("c", 0)], 8);
    assert.equal(pages.flatMap((p) => p.rows).length, n + 3);
    assert.deepEqual([...new Set(pages.map((p) => p.zone.code))], ["a", "b"]);
  }
});

test("a search finds names, pinyin and initials, beginnings first", () => {
  /** @param {string} code @param {string} find */
  const item = (code, find) => /** @type {any} */ ({ code, find });
  const items = [item("a", "医疗机构审批 yiliaojigoushenpi yljgsp"), item("b", "食品经营 shipinjingying spjy")];
  assert.deepEqual(search(items, "SP").map((i) => i.code), ["b", "a"]);
  assert.deepEqual(search(items, "shipin").map((i) => i.code), ["b"]);
  assert.deepEqual(search(items, " 医疗 ").map((i) => i.code), ["a"]);
  assert.equal(search(items, "").length, 2);
  assert.equal(search(items, "xyz").length, 0);
});

/** A region whose time is the test's. */
function region() {
  const place = document.createElement("section");
  /** @type {Array<() => void>} */
  const due = [];
  const promotion = new Promotion(place, (call) => due.push(call));
  const pass = () => due.splice(0).forEach((call) => call());
  return { place, promotion, pass };
}

const card = (/** @type {string} */ key, src = "") => ({ key, kind: src ? "picture" : "honour", title: key, text: "", src, seconds: 12 });

test("cards stand one after the other", () => {
  const { place, promotion, pass } = region();
  promotion.paint([card("一"), card("二")]);
  assert.match(place.textContent ?? "", /一/);
  pass();
  assert.match(place.textContent ?? "", /二/);
  pass();
  assert.match(place.textContent ?? "", /一/);
});

test("a broken picture is passed over, never shown", () => {
  const { place, promotion } = region();
  promotion.paint([card("坏", "/media/x"), card("好")]);
  place.querySelector("img")?.dispatchEvent(new window.Event("error"));
  assert.match(place.textContent ?? "", /好/);
  assert.equal(place.querySelector("img"), null);
});

test("where all are broken the region is empty", () => {
  const { place, promotion } = region();
  promotion.paint([card("坏", "/media/x")]);
  place.querySelector("img")?.dispatchEvent(new window.Event("error"));
  assert.equal(place.children.length, 0);
});

test("what is withdrawn leaves at once", () => {
  const { place, promotion } = region();
  promotion.paint([card("一"), card("二")]);
  promotion.paint([card("二")]);
  assert.match(place.textContent ?? "", /二/);
  promotion.paint([]);
  assert.equal(place.textContent, "");
});

test("a film is silent while a call is spoken, in an emergency and in a preview", async () => {
  const { place, promotion } = region();
  window.HTMLMediaElement.prototype.play = () => Promise.resolve();
  window.HTMLMediaElement.prototype.pause = () => {};
  window.HTMLMediaElement.prototype.load = () => {};
  promotion.paint([{ ...card("片", "/media/v"), kind: "video" }]);
  const film = /** @type {HTMLVideoElement} */ (place.querySelector("video"));
  assert.equal(film.muted, false);
  document.documentElement.dataset.speaking = "c1";
  await new Promise((done) => setTimeout(done, 0));
  assert.equal(film.muted, true);
  delete document.documentElement.dataset.speaking;
  await new Promise((done) => setTimeout(done, 0));
  assert.equal(film.muted, false);
  for (const [name, value] of [["state", "emergency"], ["preview", "/view"]]) {
    document.body.dataset[/** @type {string} */ (name)] = value;
    promotion.mute();
    assert.equal(film.muted, true, name);
    delete document.body.dataset[/** @type {string} */ (name)];
  }
});
