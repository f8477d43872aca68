/** The line to the agent: what is news, what is late, and how it heals. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { LATE_S, STALE_S, follow } from "../../../server/kit/web/static/live.js";

/** A Socket.IO client whose server is the test. */
class Socket {
  connected = false;
  reconnects = 0;
  /** @type {[string, unknown][]} */
  sent = [];
  /** @type {Record<string, (...args: any[]) => void>} */
  handlers = {};

  /**
   * @param {string} name
   * @param {(...args: any[]) => void} handler
   */
  on(name, handler) {
    this.handlers[name] = handler;
  }

  /**
   * @param {string} name
   * @param {...any} args
   */
  says(name, ...args) {
    if (name === "connect") this.connected = true;
    if (name === "disconnect") this.connected = false;
    this.handlers[name]?.(...args);
  }

  /**
   * @param {string} name
   * @param {unknown} body
   */
  emit(name, body) {
    this.sent.push([name, body]);
  }

  connect() {
    this.reconnects += 1;
  }

  disconnect() {
    this.connected = false;
  }
}

function line() {
  mock.timers.enable(["setInterval"]);
  const socket = new Socket();
  let mono = 0;
  /** @type {[unknown, boolean][]} */
  const views = [];
  /** @type {string[]} */
  const states = [];
  const it = follow({
    onView: (view, first) => views.push([view, first]),
    onStatus: (state) => states.push(state),
    monotonic: () => mono,
    connect: () => socket,
  });
  return {
    socket,
    views,
    states,
    it,
    wait(/** @type {number} */ s) {
      for (let i = 0; i < s; i += 1) {
        mono += 1000;
        mock.timers.tick(1000);
      }
    },
    end() {
      it.close();
      mock.timers.reset();
    },
  };
}

test("only the first view after each connect is no news", () => {
  const { socket, views, end } = line();
  socket.says("connect");
  socket.says("view", "v1");
  socket.says("view", "v2");
  socket.says("disconnect", "transport close");
  socket.says("connect");
  socket.says("view", "v3");
  socket.says("view", "v4");
  end();

  assert.deepEqual(views, [["v1", true], ["v2", false], ["v3", true], ["v4", false]]);
});

test("the page says that it has the view, when the agent asks", () => {
  const { socket, end } = line();
  let seen = 0;
  socket.says("connect");
  socket.says("view", "v1", () => (seen += 1));
  socket.says("view", "v2");
  end();

  assert.equal(seen, 1);
});

test("states: connecting, live, late, live, lost", () => {
  const { socket, states, it, wait, end } = line();
  assert.equal(it.state(), "connecting");
  socket.says("connect");
  assert.equal(it.state(), "connecting", "connected is not yet heard");
  socket.says("view", "v1");
  wait(LATE_S + 1);
  socket.says("view", "v2");
  socket.says("disconnect", "transport close");
  end();

  assert.deepEqual(states, ["live", "late", "live", "lost"]);
});

test("a line that is silent for long is made anew", () => {
  const { socket, wait, end } = line();
  socket.says("connect");
  socket.says("view", "v1");
  wait(STALE_S);
  assert.equal(socket.reconnects, 0);
  wait(1);
  const after = socket.reconnects;
  end();

  assert.equal(after, 1);
});

test("after the agent's own goodbye the page comes back by itself", () => {
  const { socket, end } = line();
  socket.says("connect");
  socket.says("disconnect", "io server disconnect");
  const after = socket.reconnects;
  end();

  assert.equal(after, 1);
});

test("nothing is sent while there is no line", () => {
  const { socket, it, end } = line();
  it.send("painted", 1);
  socket.says("connect");
  it.send("painted", 2);
  end();

  assert.deepEqual(socket.sent, [["painted", 2]]);
});
