// The clerk's page: one press is one command, also over a bad line; the truth is fetched but not hammered.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ARMED_MS, DOUBLE_MS, Presses } from "../../../server/web/static/desk/presses.js";
import { GAP_MS, Refresher } from "../../../server/web/static/desk/refresh.js";
import { Commander, PAUSES_MS, newKey } from "../../../server/web/static/desk/send.js";

const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * A line that answers as told, and keeps what was sent.
 *
 * @param {ReadonlyArray<number | null>} statuses null: no answer
 */
function desk(statuses) {
  /** @type {{key: string, body: string}[]} */
  const sent = [];
  const left = [...statuses];
  let made = 0;
  const commander = new Commander({
    csrf: "token",
    pause: () => Promise.resolve(),
    key: () => `key-${(made += 1)}`,
    fetch: (_path, init) => {
      const headers = /** @type {Record<string, string>} */ (init.headers);
      sent.push({ key: headers["Idempotency-Key"] ?? "", body: String(init.body) });
      const status = left.shift();
      if (status === null || status === undefined) return Promise.reject(new TypeError("no answer"));
      const body = status < 400 ? { number: "A013" } : { code: "stale", detail: "情况刚刚变了" };
      return Promise.resolve(new Response(JSON.stringify(body), { status }));
    },
  });
  return { commander, sent };
}

test("a key is a UUID of version 4, made without https", () => {
  assert.match(newKey(), UUID4);
  assert.equal(newKey((b) => b.fill(255)), "ffffffff-ffff-4fff-bfff-ffffffffffff");
});

test("without an answer, and after a 5xx, the same key is sent again", async () => {
  const { commander, sent } = desk([null, 503, 200]);
  const outcome = await commander.post("/counters/3/call-next", { expected: 5 });

  assert.equal(outcome.kind, "done");
  assert.deepEqual(sent.map((s) => s.key), ["key-1", "key-1", "key-1"]);
});

test("after a refusal the next press has a new key", async () => {
  const { commander, sent } = desk([409, 200]);
  const refused = await commander.post("/counters/3/call-next", { expected: 5 });
  await commander.post("/counters/3/call-next", { expected: 5 });

  assert.deepEqual([refused.kind, refused.code, refused.words], ["refused", "stale", "情况刚刚变了"]);
  assert.deepEqual(sent.map((s) => s.key), ["key-1", "key-2"]);
});

test("a press after silence repeats the same wish with its key", async () => {
  const none = Array(PAUSES_MS.length + 1).fill(null);
  const { commander, sent } = desk([...none, 200]);
  const silent = await commander.post("/tickets/u1/finish", { version: 4 });
  const done = await commander.post("/tickets/u1/finish", { version: 4 });

  assert.deepEqual([silent.kind, done.kind], ["silent", "done"]);
  assert.match(silent.words, /不会重复/);
  assert.equal(new Set(sent.map((s) => s.key)).size, 1);
});

test("another version is another wish", async () => {
  const none = Array(PAUSES_MS.length + 1).fill(null);
  const { commander, sent } = desk([...none, 200]);
  await commander.post("/tickets/u1/finish", { version: 4 });
  await commander.post("/tickets/u1/finish", { version: 5 });

  assert.equal(sent.at(-1)?.key, "key-2");
});

test("a session that ended is told apart from a refusal", async () => {
  const { commander } = desk([401]);

  assert.equal((await commander.post("/counters/3/open", {})).kind, "signed_out");
});

test("a held key and a double tap give one command", () => {
  const presses = new Presses();
  const f1 = { verb: "next", place: "F1" };

  assert.equal(presses.judge(f1, 0), "go");
  assert.equal(presses.judge({ ...f1, repeat: true }, 700), "ignore");
  assert.equal(presses.judge(f1, DOUBLE_MS - 1), "ignore");
  assert.equal(presses.judge(f1, DOUBLE_MS), "go");
});

test("a double click on the large button does not press what stands there next", () => {
  const presses = new Presses();

  assert.equal(presses.judge({ verb: "next", place: "main" }, 0), "go");
  assert.equal(presses.judge({ verb: "start", place: "main" }, 180), "ignore");
});

test("finishing and calling in one movement are two wishes", () => {
  const presses = new Presses();

  presses.judge({ verb: "next", place: "F1" }, -100);
  assert.equal(presses.judge({ verb: "finish", place: "F4" }, 0), "go");
  assert.equal(presses.judge({ verb: "next", place: "F1" }, 150), "go");
});

test("what cannot be undone wants a second press within four seconds", () => {
  const presses = new Presses();
  const f6 = { verb: "no_show", place: "F6", twice: true };

  assert.equal(presses.judge(f6, 0), "arm");
  assert.equal(presses.judge(f6, 200), "ignore", "a double tap is not a second thought");
  assert.equal(presses.judge({ ...f6, place: "no_show" }, 300), "ignore", "nor is one by key and mouse");
  assert.equal(presses.judge(f6, 1500), "go");
  assert.equal(presses.judge(f6, 3000), "arm");
  assert.equal(presses.judge(f6, 3001 + ARMED_MS), "arm");
});

test("another press in between takes the first one back", () => {
  const presses = new Presses();
  const f6 = { verb: "no_show", place: "F6", twice: true };

  presses.judge(f6, 0);
  presses.judge({ verb: "recall", place: "F2" }, 1000);
  assert.equal(presses.judge(f6, 2000), "arm");
});

test("wishes that come together become one fetch, and three in a second at most", async () => {
  let clock = 0;
  /** @type {{fn: () => void, at: number, live: boolean}[]} */
  const timers = [];
  /** @type {number[]} */
  const fetched = [];
  const refresher = new Refresher({
    load: () => {
      fetched.push(clock);
      return Promise.resolve();
    },
    now: () => clock,
    later: (fn, ms) => {
      const timer = { fn, at: clock + ms, live: true };
      timers.push(timer);
      return timer;
    },
    never: (timer) => {
      timer.live = false;
    },
  });
  for (clock = 0; clock <= 1050; clock += 10) {
    refresher.soon();
    for (const t of timers) {
      if (t.live && t.at <= clock) {
        t.live = false;
        t.fn();
      }
    }
    await Promise.resolve();
    await Promise.resolve();
  }

  assert.deepEqual(fetched, [0, GAP_MS, 2 * GAP_MS, 3 * GAP_MS]);
});

test("an urgent wish is not made to wait for a later one", () => {
  /** @type {number[]} */
  const planned = [];
  const refresher = new Refresher({
    load: () => Promise.resolve(),
    now: () => 5000,
    later: (_fn, ms) => planned.push(ms),
    never: () => {},
  });
  refresher.soon(10_000);
  refresher.soon();
  refresher.soon(10_000);

  assert.deepEqual(planned, [10_000, 0]);
});
