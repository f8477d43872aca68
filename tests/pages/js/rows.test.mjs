/** Keyed rows keep their element; words go in as text only. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { JSDOM } from "jsdom";

import { fillWords, fromTemplate, renderRows } from "../../../server/kit/web/static/rows.js";

/** @param {string} html */
function page(html) {
  const { document } = new JSDOM(`<!doctype html><body>${html}</body>`).window;
  return document;
}

/**
 * @param {Element} list
 * @param {string[]} keys
 */
function paint(list, keys) {
  return renderRows(list, keys, {
    key: (k) => k,
    make: () => list.ownerDocument.createElement("li"),
    fill: (element, k, index) => {
      element.textContent = `${index} ${k}`;
    },
  });
}

/** @param {Element} list */
const words = (list) => Array.from(list.children, (e) => e.textContent);

/**
 * @param {ParentNode} where
 * @param {string} what
 * @returns {HTMLElement}
 */
function one(where, what) {
  const found = where.querySelector(what);
  assert.ok(found, `${what} is missing`);
  return /** @type {HTMLElement} */ (found);
}

test("rows appear in order and say which are new", () => {
  const list = one(page("<ol></ol>"), "ol");

  assert.equal(paint(list, ["a", "b"]).length, 2);
  assert.deepEqual(words(list), ["0 a", "1 b"]);
  assert.equal(paint(list, ["a", "b"]).length, 0);
});

test("an element lives as long as its row", () => {
  const list = one(page("<ol></ol>"), "ol");
  paint(list, ["a", "b", "c"]);
  const [a, , c] = Array.from(list.children);
  paint(list, ["c", "a", "d"]);

  assert.equal(list.children[0], c);
  assert.equal(list.children[1], a);
  assert.deepEqual(words(list), ["0 c", "1 a", "2 d"]);
});

test("a new first row does not move the others, so their animations go on", async () => {
  const document = page("<ol></ol>");
  const list = one(document, "ol");
  paint(list, ["a", "b", "c"]);
  const moved = [];
  const observer = new (/** @type {any} */ (document.defaultView).MutationObserver)(
    (/** @type {MutationRecord[]} */ records) => {
      for (const r of records) moved.push(...r.addedNodes, ...r.removedNodes);
    },
  );
  observer.observe(list, { childList: true });
  paint(list, ["new", "a", "c"]);
  await Promise.resolve();

  assert.equal(moved.length, 2, "one row came, one left, none moved");
});

test("rows of the first HTML are adopted", () => {
  const list = one(page('<ol><li data-key="a">old</li><li>stray</li></ol>'), "ol");
  const first = list.children[0];
  paint(list, ["a"]);

  assert.equal(list.children[0], first);
  assert.deepEqual(words(list), ["0 a"]);
});

test("a key that stands twice in the first HTML leaves one row", () => {
  const list = one(page('<ol><li data-key="a">1</li><li data-key="a">2</li></ol>'), "ol");
  paint(list, ["a"]);

  assert.equal(list.children.length, 1);
});

test("an empty list removes all rows", () => {
  const list = one(page("<ol></ol>"), "ol");
  paint(list, ["a", "b"]);
  paint(list, []);

  assert.equal(list.children.length, 0);
});

test("words are text, never markup", () => {
  const element = one(page('<p><span data-f="name"></span></p>'), "p");
  fillWords(element, { name: "<img src=x onerror=alert(1)>" });

  assert.equal(element.querySelector("img"), null);
  assert.equal(one(element, "span").textContent, "<img src=x onerror=alert(1)>");
});

test("an empty word hides its part, a word shows it again, an unnamed part is left alone", () => {
  const element = one(page('<p><b data-f="a">x</b><b data-f="other">y</b></p>'), "p");
  const a = one(element, "[data-f=a]");
  fillWords(element, { a: "" });
  assert.equal(a.hidden, true);
  fillWords(element, { a: 0 });

  assert.equal(a.hidden, false);
  assert.equal(a.textContent, "0");
  assert.equal(one(element, "[data-f=other]").textContent, "y");
});

test("a template gives a new row each time and complains when it is empty", () => {
  const document = page('<template id="t"><li>row</li></template><template id="e"></template>');
  const make = fromTemplate(/** @type {HTMLTemplateElement} */ (one(document, "#t")));

  assert.notEqual(make(), make());
  assert.equal(make().textContent, "row");
  assert.throws(() => fromTemplate(/** @type {HTMLTemplateElement} */ (one(document, "#e"))), /#e is empty/);
});
