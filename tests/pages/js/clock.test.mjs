/** The hall's time, whatever the machine thinks. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { ServerClock, everySecond, hallTime } from "../../../server/kit/web/static/clock.js";

const NOW = Date.UTC(2026, 10, 23, 1, 41, 7, 250);

test("hall time is written in the hall's zone", () => {
  assert.deepEqual(hallTime(NOW, 8 * 3600), {
    date: "11月23日",
    weekday: "星期一",
    time: "09:41",
    seconds: "07",
  });
});

test("the date turns at the hall's midnight", () => {
  const evening = Date.UTC(2026, 10, 22, 16, 0, 0);

  assert.equal(hallTime(evening, 8 * 3600).date, "11月23日");
  assert.equal(hallTime(evening - 1, 8 * 3600).date, "11月22日");
  assert.equal(hallTime(evening - 1, 8 * 3600).weekday, "星期日");
});

test("a clock runs on between two messages and obeys the newest", () => {
  let mono = 1000;
  const clock = new ServerClock(() => mono);
  assert.equal(clock.now(), null);
  clock.set(NOW);
  mono += 1500;
  assert.equal(clock.now(), NOW + 1500);
  clock.set(NOW);

  assert.equal(clock.now(), NOW);
});

test("every second begins with the clock's second, and ends when told", () => {
  mock.timers.enable(["setTimeout"]);
  let mono = 0;
  const clock = new ServerClock(() => mono);
  /** @type {number[]} */
  const ticks = [];
  const stop = everySecond(clock, (now) => ticks.push(now));
  const advance = (/** @type {number} */ ms) => {
    mono += ms;
    mock.timers.tick(ms);
  };
  assert.deepEqual(ticks, [], "not set, no tick");
  clock.set(NOW);
  advance(200);
  assert.equal(ticks.length, 1);
  advance(1000 - 450 + 5);
  assert.equal(ticks.length, 2);
  assert.equal(Math.floor((ticks[1] ?? 0) / 1000), Math.floor(NOW / 1000) + 1);
  stop();
  advance(5000);
  mock.timers.reset();

  assert.equal(ticks.length, 2);
});
