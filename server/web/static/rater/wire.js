/**
 * The live line of the rating page to `/edge`. The cookie proves which device this is. Events only say
 * "look again"; the truth is fetched. It mends itself for ever.
 */

import { io } from "/kit/vendor/socket.io.esm.min.js";

/** Nothing heard for so long, the page says that the line is broken; the server beats every 2 s. */
export const LATE_MS = 6000;
/** Nothing heard for so long over an open connection, it is made anew. */
const STALE_MS = 9000;
/** The server is told so often that this page lives. */
const ACK_MS = 10_000;

/**
 * @typedef {object} Told
 * @property {() => void} onJoin connected (again): whatever happened meanwhile is unknown
 * @property {(event: any) => void} onEvent something of the hall changed
 * @property {() => void} onNews something may have changed
 * @property {(now: string) => void} onBeat the server lives; its time
 * @property {() => void} onRevoked this device is no longer enrolled
 */

export class Wire {
  /**
   * @param {object} how
   * @param {() => number} how.seq number of the last event that the page's truth contains
   * @param {Told} how.told
   */
  constructor({ seq, told }) {
    this.seq = seq;
    this.told = told;
    this.heardAt = performance.now();
    this.socket = io("/edge", {
      auth: (/** @type {(claims: object) => void} */ give) =>
        give({ contract: [1], since: seq(), software: "评价页" }),
      transports: ["websocket"],
      reconnectionDelay: 500,
      reconnectionDelayMax: 3000,
      randomizationFactor: 0.5,
      timeout: 5000,
    });
    this.listen();
    setInterval(() => this.watch(), 1000);
    setInterval(() => this.ack(), ACK_MS);
  }

  /** Milliseconds since anything was heard. */
  silentMs() {
    return performance.now() - this.heardAt;
  }

  listen() {
    const { socket, told } = this;
    const heard = () => {
      this.heardAt = performance.now();
    };
    socket.on("welcome", (/** @type {{now: string}} */ welcome) => {
      heard();
      told.onBeat(welcome.now);
      told.onJoin();
      this.ack();
    });
    socket.on("event", (/** @type {any[]} */ events) => {
      heard();
      for (const event of events) told.onEvent(event);
    });
    socket.on("beat", (/** @type {{seq: number, now: string}} */ beat) => {
      heard();
      told.onBeat(beat.now);
      if (beat.seq > this.seq()) told.onNews();
    });
    socket.on("bye", (/** @type {{reason: string}} */ bye) => {
      if (bye.reason === "revoked") told.onRevoked();
    });
    socket.on("disconnect", (/** @type {string} */ reason) => {
      // The client itself does not come back after the server's own goodbye.
      if (reason === "io server disconnect") setTimeout(() => socket.connect(), 1000);
    });
    socket.on("connect_error", (/** @type {Error} */ error) => {
      if (error.message === "device_unknown") told.onRevoked();
      if (!socket.active) setTimeout(() => socket.connect(), 5000);
    });
  }

  ack() {
    if (!this.socket.connected) return;
    this.socket.emit("ack", { seq: this.seq(), content: "", outputs: [], status: { faults: [] } });
  }

  watch() {
    if (this.socket.connected && this.silentMs() > STALE_MS) {
      this.heardAt += STALE_MS - LATE_MS; // the page says so meanwhile, and one attempt has its time
      this.socket.disconnect();
      this.socket.connect();
    }
  }
}
