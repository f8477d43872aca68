"""A real agent process; prints its port once it listens. A test drives it over HTTP."""

# ruff: noqa: E402  monkey-patching comes before every other import
from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys
from typing import Any

import gevent
from flask import jsonify, render_template, request

from server.kit import logs
from server.kit.agent import Agent


def main(port: int) -> None:
    logs.configure()
    agent = Agent("probe", "tests.support.probe")
    painted: list[Any] = []
    state = {"n": 0}
    agent.on("painted", painted.append)
    agent.report(lambda: {"n": state["n"], "painted": painted})

    @agent.app.get("/")
    def home() -> str:
        return render_template("probe.html", n=state["n"])

    @agent.app.post("/show")
    def show() -> Any:
        for _ in range(int(request.args.get("count", "1"))):
            state["n"] += 1
            agent.broadcast({"n": state["n"], "pad": "x" * int(request.args.get("pad", "0"))})
        return jsonify(n=state["n"])

    @agent.app.post("/slow")
    def slow() -> Any:
        gevent.sleep(0.5)
        return jsonify(done=True)

    agent.run("127.0.0.1", port, ready=lambda: print(agent.port, flush=True))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
