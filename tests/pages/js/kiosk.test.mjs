// The kiosk page's own modules: morph, pager, keyboard.
import assert from "node:assert/strict";
import test from "node:test";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("<!doctype html><body></body>");
Object.assign(globalThis, {
  document: window.document,
  Element: window.Element,
  HTMLElement: window.HTMLElement,
  HTMLButtonElement: window.HTMLButtonElement,
  HTMLInputElement: window.HTMLInputElement,
});

const { morph } = await import("../../../kiosk/static/morph.js");
const { Pagers, pagesOf } = await import("../../../kiosk/static/pager.js");
const { keyed, typed, LONGEST } = await import("../../../kiosk/static/keyboard.js");

/** @param {string} html */
function made(html) {
  const box = window.document.createElement("div");
  box.innerHTML = html;
  return box;
}

test("morph keeps the elements that stay and changes what they say", () => {
  const old = made('<button class="tile"><b>结婚登记</b><span>等候 6 人</span></button>');
  const button = old.querySelector("button");
  const count = old.querySelector("span");

  morph(old, made('<button class="tile tile--stopped"><b>结婚登记</b><span>等候 7 人</span></button>'));

  assert.equal(old.querySelector("button"), button);
  assert.equal(old.querySelector("span"), count);
  assert.equal(count.textContent, "等候 7 人");
  assert.equal(button.className, "tile tile--stopped");
});

test("morph adds, removes and replaces children", () => {
  const old = made("<p>a</p><p>b</p>");
  morph(old, made("<p>a</p><div>c</div><p>d</p>"));
  assert.equal(old.innerHTML, "<p>a</p><div>c</div><p>d</p>");

  morph(old, made("<p>a</p>"));
  assert.equal(old.innerHTML, "<p>a</p>");
});

test("morph takes away attributes that are gone", () => {
  const old = made('<div data-left-ms="5" hidden></div>');
  morph(old, made("<div></div>"));
  assert.equal(old.innerHTML, "<div></div>");
});

test("morph never touches what the citizen is typing", () => {
  const old = made('<input data-query value="s">');
  old.querySelector("input").value = "sfz";
  morph(old, made('<input data-query value="sf">'));
  assert.equal(old.querySelector("input").value, "sfz");
});

test("rows go to pages without one being cut", () => {
  const rows = [0, 100, 200, 300, 400].map((top) => ({ top, bottom: top + 90 }));
  assert.deepEqual(pagesOf(rows, 290), [0, 0, 0, 1, 1]);
  assert.deepEqual(pagesOf(rows, 1000), [0, 0, 0, 0, 0]);
  assert.deepEqual(pagesOf(rows, 190), [0, 0, 1, 1, 2]);
});

test("rows side by side stay together", () => {
  const rows = [0, 0, 100, 100, 200, 200].map((top) => ({ top, bottom: top + 90 }));
  assert.deepEqual(pagesOf(rows, 190), [0, 0, 0, 0, 1, 1]);
});

test("a row higher than a page has a page of its own and none is lost", () => {
  const rows = [
    { top: 0, bottom: 50 },
    { top: 60, bottom: 900 },
    { top: 910, bottom: 960 },
  ];
  assert.deepEqual(pagesOf(rows, 100), [0, 1, 2]);
  assert.deepEqual(pagesOf([], 100), []);
});

/** A pager of `n` rows of 100 px in 250 px; jsdom has no layout, so it is told. */
function pager(n) {
  const root = made(`<div data-pager data-pager-key="k"><div class="pager__rows">${"<p></p>".repeat(n)}</div>
    <div class="pager__bar" hidden><button data-turn="-1"></button><span data-where></span><button data-turn="1"></button></div></div>`);
  const rows = root.querySelector(".pager__rows");
  Object.defineProperty(rows, "clientHeight", { value: 250 });
  Object.defineProperty(rows, "scrollHeight", { value: n * 100 });
  Array.from(rows.children).forEach((row, i) => {
    Object.defineProperty(row, "offsetTop", { value: i * 100 });
    Object.defineProperty(row, "offsetHeight", { value: 90 });
  });
  return root;
}

const seen = (root) =>
  Array.from(root.querySelectorAll("p")).flatMap((p, i) => (p.hidden ? [] : [i]));

test("arrows turn pages, stop at the ends and say where one is", () => {
  const pagers = new Pagers();
  const root = pager(5);
  const [up, down] = root.querySelectorAll("[data-turn]");
  pagers.layOut(root);

  assert.deepEqual(seen(root), [0, 1]);
  assert.equal(up.disabled, true);
  assert.equal(root.querySelector("[data-where]").textContent, "第 1 页，共 3 页");

  assert.equal(pagers.turn(down), true);
  assert.deepEqual(seen(root), [2, 3]);
  pagers.turn(down);
  pagers.turn(down);
  assert.deepEqual(seen(root), [4]);
  assert.equal(down.disabled, true);

  pagers.forget();
  pagers.layOut(root);
  assert.deepEqual(seen(root), [0, 1]);
});

test("what fits has no arrows", () => {
  const root = pager(2);
  new Pagers().layOut(root);
  assert.equal(root.querySelector(".pager__bar").hidden, true);
  assert.deepEqual(seen(root), [0, 1]);
});

test("a touch elsewhere turns nothing", () => {
  const root = pager(5);
  assert.equal(new Pagers().turn(root.querySelector("p")), false);
});

test("keys write, delete and clear", () => {
  assert.equal(keyed("sf", "z"), "sfz");
  assert.equal(keyed("身份", "z"), "身份z");
  assert.equal(keyed("身份", "delete"), "身");
  assert.equal(keyed("", "delete"), "");
  assert.equal(keyed("sfz", "clear"), "");
  assert.equal(keyed("x".repeat(LONGEST), "y"), "x".repeat(LONGEST));
});

test("a touched key stands in the box at once", () => {
  const form = window.document.createElement("form");
  form.innerHTML = `<input data-query value="s"><button data-key value="key clear"></button>
    <div data-keys><button value="key f"><i></i></button></div><button value="home"></button>`;

  assert.equal(typed(form.querySelector("i")), "sf");
  assert.equal(form.querySelector("input").value, "sf");
  assert.equal(typed(form.querySelector("[data-key]")), "");
  assert.equal(typed(form.querySelector("[value=home]")), null);
});
