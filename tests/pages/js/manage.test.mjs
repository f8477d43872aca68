import assert from "node:assert/strict";
import { test } from "node:test";

import { JSDOM } from "jsdom";

import { refresh } from "../../../server/web/static/manage/manage.js";
import { query } from "../../../server/web/static/manage/preview.js";

/** @param {string} body */
const page = (body) => new JSDOM(`<body>${body}</body>`).window.document;

test("facts are put in the place of the old ones and the rest is left", () => {
  const here = page('<p data-live="a">old</p><p data-live="b">same</p><input value="typed">');
  const same = here.querySelector("[data-live=b]");
  refresh(here, page('<p data-live="a">new</p><p data-live="b">same</p><input value="">'));

  assert.equal(here.querySelector("[data-live=a]")?.textContent, "new");
  assert.equal(here.querySelector("[data-live=b]"), same, "what is the same is not touched");
  assert.equal(here.querySelector("input")?.value, "typed");
});

test("what somebody has the focus in is left alone", () => {
  const here = page('<div data-live="a"><a href="#x">old</a></div>');
  here.querySelector("a")?.focus();
  refresh(here, page('<div data-live="a"><a href="#x">new</a></div>'));

  assert.equal(here.querySelector("a")?.textContent, "old");
});

test("facts that the new page does not have stay", () => {
  const here = page('<p data-live="a">old</p>');
  refresh(here, page("<p>signed out</p>"));

  assert.equal(here.querySelector("[data-live=a]")?.textContent, "old");
});

test("a preview is asked for with what is chosen, without token, version and name", () => {
  const data = new FormData();
  for (const [k, v] of [["csrf_token", "secret"], ["expected", "3"], ["name", "大屏"], ["role", "board"], ["regions", "queues"], ["regions", "notices"], ["reason", "x"]])
    data.append(/** @type {string} */ (k), /** @type {string} */ (v));

  assert.equal(query(data), "role=board&regions=queues&regions=notices");
});
