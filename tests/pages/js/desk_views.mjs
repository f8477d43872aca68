// Desk views for tests: one counter, one line, and what a test wants different.

export const NOW = Date.parse("2026-11-23T01:40:00.000Z");

/** @typedef {import("hallqueue/contract").DeskView} DeskView */
/** @typedef {import("hallqueue/contract").DeskTicket} DeskTicket */
/** @typedef {import("hallqueue/contract").DeskCounter} DeskCounter */

/**
 * @param {Partial<DeskTicket>} [more]
 * @returns {DeskTicket}
 */
export function ticket(more = {}) {
  return {
    uid: "u1",
    number: "A012",
    version: 3,
    state: "waiting",
    queue: "A",
    queue_name: "婚姻登记",
    item: "MZ-01",
    item_name: "内地居民结婚登记",
    mode: "instant",
    revision: 3,
    promise: "当场办结",
    fee: "不收费",
    materials: [{ name: "双方居民身份证", form: "原件", example: false }],
    priority: "",
    priority_reason: "",
    queued_at: "2026-11-23T01:10:00.000Z",
    called_at: null,
    serving_at: null,
    left_at: null,
    calls: 0,
    note: "",
    transfers: 0,
    print_state: "printed",
    print_fault: "",
    ...more,
  };
}

/**
 * @param {Omit<Partial<DeskView>, "counter"> & {counter?: Partial<DeskCounter>}} [more]
 * @returns {DeskView}
 */
export function desk(more = {}) {
  const { counter, ...rest } = more;
  return {
    hall: "main",
    hall_name: "永德县政务服务中心",
    tz: "Asia/Shanghai",
    seq: 40,
    now: "2026-11-23T01:40:00.000Z",
    date: "2026-11-23",
    day_state: "open",
    emergency: null,
    clerk_label: "3021",
    counter: {
      code: "3",
      name: "3号窗口",
      department: "民政局",
      zone: "1F",
      state: "open",
      reason: "",
      until: null,
      version: 5,
      clerk_label: "3021",
      opened_at: "2026-11-23T00:58:00.000Z",
      ...counter,
    },
    current: null,
    heard: null,
    done_today: 14,
    waiting_count: 0,
    longest_since: null,
    waiting: [],
    held: [],
    no_shows: [],
    queues: [
      { code: "A", name: "婚姻登记", department: "民政", waiting: 0, open_counters: 1, here: true },
      { code: "B", name: "卫生健康", department: "卫健", waiting: 0, open_counters: 0, here: false },
    ],
    counters: [],
    kiosks: [],
    help: [],
    min_calls: 3,
    recall_min_s: 20,
    pause_reasons: ["午餐"],
    hold_reasons: ["补材料"],
    ...rest,
  };
}

/** @param {Partial<DeskTicket>} [more] */
export function called(more = {}) {
  const current = ticket({ state: "called", calls: 1, called_at: "2026-11-23T01:36:00.000Z", ...more });
  return desk({ current });
}

/** @param {Partial<DeskTicket> & {counter?: Partial<DeskCounter>}} [more] */
export function serving({ counter, ...more } = {}) {
  const current = ticket({
    state: "serving",
    calls: 1,
    called_at: "2026-11-23T01:35:00.000Z",
    serving_at: "2026-11-23T01:36:00.000Z",
    ...more,
  });
  return desk({ current, ...(counter ? { counter } : {}) });
}
