/**
 * The line from a page to the process that serves it: whole view models over Socket.IO namespace
 * `/page`. The agent sends its newest view on connect, on every change and at least every two
 * seconds; the page shows the last view it has and says so when none comes any more.
 */

import { io } from "./vendor/socket.io.esm.min.js";

/** A page that hears nothing for so long is late; the agent speaks every 2 s. */
export const LATE_S = 5;
/** Late for so long, the connection is torn down and made anew: a half-open one never ends alone. */
export const STALE_S = 12;

/**
 * @typedef {"connecting" | "live" | "late" | "lost"} LineState
 * connecting: never heard anything yet; live: heard within LATE_S; late: connected but silent;
 * lost: not connected.
 */

/**
 * @typedef {object} Line
 * @property {(event: string, body: unknown) => void} send fire and forget; dropped while not connected
 * @property {(event: string, handler: (body: any) => void) => void} on hear what the agent says
 *   beside its views, and `connect` after each (re)connect
 * @property {() => LineState} state
 * @property {() => void} close
 */

/** @type {(line: Line) => void} */
let found = () => {};
/** @type {Promise<Line>} */
const first = new Promise((resolve) => {
  found = resolve;
});

/**
 * The line that this page follows, for a script beside the one that made it.
 * @returns {Promise<Line>}
 */
export const following = () => first;

/**
 * Follow the agent's views.
 *
 * @template V
 * @param {object} how
 * @param {(view: V, first: boolean) => void} how.onView `first` is true for the first view after
 *   each (re)connect: nothing in it is news
 * @param {(state: LineState) => void} [how.onStatus] called when the state changes
 * @param {string} [how.namespace]
 * @param {() => number} [how.monotonic] milliseconds from any start
 * @param {(namespace: string, options: object) => any} [how.connect] the Socket.IO client
 * @returns {Line}
 */
export function follow({
  onView,
  onStatus = () => {},
  namespace = "/page",
  monotonic = () => performance.now(),
  connect = io,
}) {
  const socket = connect(namespace, {
    transports: ["websocket"],
    reconnectionDelay: 300,
    reconnectionDelayMax: 1500,
    randomizationFactor: 0.4,
    timeout: 4000,
  });
  let first = true;
  let heardAt = monotonic();
  let ever = false;
  /** @type {LineState} */
  let told = "connecting";

  /** @returns {LineState} */
  const state = () => {
    if (!ever) return "connecting";
    if (!socket.connected) return "lost";
    return monotonic() - heardAt > LATE_S * 1000 ? "late" : "live";
  };
  const tell = () => {
    const now = state();
    if (now === told) return;
    told = now;
    onStatus(now);
  };

  socket.on("connect", () => {
    first = true;
    heardAt = monotonic();
    tell();
  });
  socket.on("view", (/** @type {V} */ view, /** @type {(() => void) | undefined} */ seen) => {
    heardAt = monotonic();
    ever = true;
    const wasFirst = first;
    first = false;
    // A page that answers late gets the newest view next, not each of those between.
    if (seen) seen();
    onView(view, wasFirst);
    tell();
  });
  socket.on("disconnect", (/** @type {string} */ reason) => {
    tell();
    // The client itself does not come back after the server's own goodbye.
    if (reason === "io server disconnect") socket.connect();
  });
  const watch = setInterval(() => {
    if (socket.connected && monotonic() - heardAt > STALE_S * 1000) {
      heardAt = monotonic();
      socket.disconnect();
      socket.connect();
    }
    tell();
  }, 1000);

  /** @type {Line} */
  const line = {
    send(event, body) {
      if (socket.connected) socket.emit(event, body);
    },
    on(event, handler) {
      socket.on(event, handler);
    },
    state,
    close() {
      clearInterval(watch);
      socket.disconnect();
    },
  };
  found(line);
  return line;
}
