/**
 * The live line to the server, `/staff` over Socket.IO. Events and beats only say "look again"; the
 * truth itself is always fetched. The line mends itself; `state` says what may be believed.
 */

import { io } from "/kit/vendor/socket.io.esm.min.js";

/** Nothing heard for so long, the page says so; the server beats every 2 s. */
export const LATE_MS = 5000;
/** Nothing heard for so long over an open connection, it is made anew: a half-open one never ends. */
export const STALE_MS = 9000;

/**
 * @typedef {object} Told
 * @property {(event: {type: string, seq: number, data?: Record<string, unknown>}) => void} onEvent
 * @property {(seq: number, now: string) => void} onBeat
 * @property {() => void} onJoin connected (again): whatever happened meanwhile is unknown
 * @property {() => void} onAlone called each second while nothing is heard
 * @property {() => void} onTurned the session no longer counts
 */

export class Line {
  /**
   * @param {object} how
   * @param {string} how.csrf
   * @param {string} how.counter
   * @param {() => number} how.since number of the last event that the page's truth contains
   * @param {Told} how.told
   * @param {(namespace: string, options: object) => any} [how.connect]
   */
  constructor({ csrf, counter, since, told, connect = io }) {
    this.told = told;
    this.heardAt = performance.now();
    const auth = (/** @type {(claims: object) => void} */ give) =>
      give({ csrf, contract: [1], since: since(), counter });
    this.socket = connect("/staff", {
      auth,
      transports: ["websocket"],
      reconnectionDelay: 300,
      reconnectionDelayMax: 1500,
      randomizationFactor: 0.4,
      timeout: 4000,
    });
    this.listen();
    setInterval(() => this.watch(), 1000);
  }

  /** Something came from the server, by whichever way. */
  heard() {
    this.heardAt = performance.now();
  }

  /** Milliseconds since anything was heard. */
  silentMs() {
    return performance.now() - this.heardAt;
  }

  listen() {
    const { socket, told } = this;
    socket.on("welcome", (/** @type {{events?: any[]}} */ welcome) => {
      this.heard();
      told.onJoin();
      for (const event of welcome.events ?? []) told.onEvent(event);
    });
    socket.on("event", (/** @type {any[]} */ events) => {
      this.heard();
      for (const event of events) told.onEvent(event);
    });
    socket.on("beat", (/** @type {{seq: number, now: string}} */ beat) => {
      this.heard();
      told.onBeat(beat.seq, beat.now);
    });
    socket.on("bye", (/** @type {{reason: string}} */ bye) => {
      if (bye.reason === "revoked") told.onTurned();
    });
    socket.on("disconnect", (/** @type {string} */ reason) => {
      // The client itself does not come back after the server's own goodbye.
      if (reason === "io server disconnect") setTimeout(() => socket.connect(), 700);
    });
    socket.on("connect_error", (/** @type {Error} */ error) => {
      if (error.message === "sign_in_required" || error.message === "csrf") told.onTurned();
      // Turned away by the server, the client does not try again by itself.
      if (!socket.active) setTimeout(() => socket.connect(), 3000);
    });
  }

  watch() {
    const silent = this.silentMs();
    if (silent > LATE_MS) this.told.onAlone();
    if (this.socket.connected && silent > STALE_MS) {
      this.heardAt = performance.now() - LATE_MS;
      this.socket.disconnect();
      this.socket.connect();
    }
  }
}
