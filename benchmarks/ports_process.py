"""A process with several printers on ports, a page and a beat; `ports.py` measures it.

    python ports_process.py PORT FOLDER BAD,LINES

FOLDER holds the lines `well`, `stuck` and `flooding`; those named are opened beside `well`.
"""

from gevent import monkey

monkey.patch_all()

import itertools
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import gevent
import msgspec
from flask import Flask, Response, jsonify, render_template_string
from gevent import pywsgi
from paper import SAMPLE

from kiosk.content import Choice
from kiosk.journal import Journal
from kiosk.journey import Take
from kiosk.printing.printer import Printer
from kiosk.take import Taker
from server.kit.serial.profiles import load_printer
from server.kit.sockets import listen

BEAT_S = 0.01
SERVER_S = 0.02
"""A server on the hall's network that commits a number durably; on a busy one it is longer."""
PAGE = """<!doctype html><html lang="zh-CN"><title>取号</title><main>
{% for n in range(60) %}<button name="act" value="choose {{ n }}"><b>事项 {{ n }}</b><span>{{ words }}</span></button>
{% endfor %}</main>"""
"""About what the kiosk renders for a screen of items."""


class Server:
    """The other end of the link, at once: the moment of its answer is what counts."""

    def __init__(self) -> None:
        self.answered = 0.0

    def call(
        self, path: str, body: Any, *, key: str, timeout_s: float = 2.0, tries: int = 2
    ) -> Any:
        """Give a number, or take a report."""
        if path == "/api/v1/tickets":
            gevent.sleep(SERVER_S)
            self.answered = time.monotonic()
            return msgspec.to_builtins(SAMPLE)
        return {}

    def get(self, path: str) -> Any:
        """No reprint was asked for."""
        return {"jobs": []}


def main() -> None:
    """Serve until it is ended."""
    port, folder, bad = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    profile = load_printer("generic_80_gbk")
    names = ["well", *(name for name in bad.split(",") if name)]
    printers = {name: Printer(str(folder / name), profile) for name in names}
    for printer in printers.values():
        printer.start()
    ms: dict[str, list[float]] = {"beat": [], "other_port": []}
    app = Flask(__name__)
    server = Server()
    taker = Taker(
        link=server,
        journal=Journal(Path(tempfile.mkdtemp(dir=folder)) / "journal"),
        printer=printers["well"],
        now=time.time,
        new_key=lambda: os.urandom(8).hex(),
        shown=lambda *_: None,
    )
    touches = itertools.count()

    def beat() -> None:
        due = time.monotonic() + BEAT_S
        while True:
            gevent.sleep(max(0.0, due - time.monotonic()))
            ms["beat"].append((time.monotonic() - due) * 1000)
            due = max(due + BEAT_S, time.monotonic())

    def ask() -> None:
        worker, dialogue = printers["well"]._worker, printers["well"]._dialogue
        while True:
            began = time.monotonic()
            worker.ask(lambda reply, _now: reply(dialogue.status))
            ms["other_port"].append((time.monotonic() - began) * 1000)
            gevent.sleep(0.02)

    @app.get("/")
    def page() -> str:
        return render_template_string(PAGE, words="您前面还有 12 人，约 20–40 分钟")

    @app.get("/start")
    def start() -> Response:
        for values in ms.values():
            values.clear()
        return jsonify(ok=True)

    @app.get("/told")
    def told() -> Response:
        faults = {name: list(printer.status().faults) for name, printer in printers.items()}
        return jsonify(ms=ms, faults=faults)

    @app.get("/take")
    def take() -> Response:
        touch = f"touch-{next(touches)}"
        printers["well"].expect_slip()
        taker.take(Take(touch=touch, choice=Choice(item="CIV-01")))
        answered = server.answered
        printed = gevent.spawn(taker.print_ticket, touch)
        printed.join()
        facts = printers["well"].facts()
        proved = facts.confirmed_at is not None and facts.confirmed_at > answered
        state = "printed" if proved else "not proved"
        return jsonify(answered=answered, state=state)

    gevent.spawn(beat)
    gevent.spawn(ask)
    pywsgi.WSGIServer(listen("127.0.0.1", port), app, log=None).serve_forever()


if __name__ == "__main__":
    main()
