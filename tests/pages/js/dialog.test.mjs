/** A question over the page keeps the focus and has a harmless way out. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { JSDOM } from "jsdom";

import { ask } from "../../../server/kit/web/static/dialog.js";

const CHOICES = [
  { value: "close", words: "关窗", danger: true },
  { value: "stay", words: "不关" },
];

beforeEach(() => {
  const { window } = new JSDOM('<!doctype html><body><button id="before">按</button></body>');
  Object.assign(globalThis, { window, document: window.document });
  document.getElementById("before")?.focus();
});

/** @param {string} key */
function press(key, shiftKey = false) {
  const event = new (/** @type {any} */ (globalThis.window).KeyboardEvent)("keydown", { key, shiftKey, bubbles: true, cancelable: true });
  document.activeElement?.dispatchEvent(event);
  return event.defaultPrevented;
}

/** @param {string} value */
const button = (value) =>
  /** @type {HTMLButtonElement} */ (document.querySelector(`.dialog [data-value=${value}]`));

test("the harmless choice has the focus, a press answers, the focus returns", async () => {
  const answer = ask({ title: "要关窗吗？", choices: CHOICES });
  assert.equal(document.activeElement, button("stay"));
  button("close").click();

  assert.equal(await answer, "close");
  assert.equal(document.querySelector(".dialog"), null);
  assert.equal(document.activeElement?.id, "before");
});

test("Escape gives the harmless answer, or nothing when there is none", async () => {
  const first = ask({ title: "1", choices: CHOICES, escape: "stay" });
  press("Escape");
  assert.equal(await first, "stay");
  const second = ask({ title: "2", choices: CHOICES });
  press("Escape");
  assert.ok(document.querySelector(".dialog"), "still asks");
  button("stay").click();

  assert.equal(await second, "stay");
});

test("Tab stays inside", async () => {
  const answer = ask({ title: "3", choices: CHOICES });
  button("stay").focus();
  assert.equal(press("Tab"), true, "from the last to the first");
  assert.equal(document.activeElement, button("close"));
  assert.equal(press("Tab", true), true, "and back");
  assert.equal(document.activeElement, button("stay"));
  button("stay").click();
  await answer;
});

test("it is announced as a dialog with its question", async () => {
  const answer = ask({ title: "要关窗吗？", text: "还有 3 人等候。", choices: CHOICES });
  const box = document.querySelector(".dialog");
  const heading = document.getElementById(box?.getAttribute("aria-labelledby") ?? "");

  assert.equal(box?.getAttribute("role"), "dialog");
  assert.equal(box?.getAttribute("aria-modal"), "true");
  assert.equal(heading?.textContent, "要关窗吗？");
  button("stay").click();
  await answer;
});

test("a form in it gets the focus first", async () => {
  const body = document.createElement("input");
  const answer = ask({ title: "原因", body, choices: CHOICES });

  assert.equal(document.activeElement, body);
  button("stay").click();
  await answer;
});
