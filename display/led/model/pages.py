"""The page of the bars 条屏 and its control interface, on the model's own loopback port.

GET  /               the page
GET  /model/state    all lines with what is on them
POST /model/control  one bars.Control or Press, JSON -> the new state
GET  /model/events   Server-Sent Events: the state at every change and every two seconds
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import gevent
import msgspec
from flask import Flask, Response, abort, jsonify, render_template, request, url_for
from gevent.event import Event
from werkzeug.wrappers import Response as AnyResponse

from display.callpads.model import KEYS, Ff68Line
from display.led.model.bars import Bar, BarView, Control

BEAT_S = 2.0
SETTLE_S = 0.04
CSP = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
KEY_WORDS = {
    "next": "呼叫",
    "recall": "重呼",
    "start": "开始",
    "finish": "办结",
    "no_show": "过号",
    "pause": "暂停",
    "resume": "恢复",
}


class Press(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finger presses a key of a pad."""

    pad: str
    """Its key, `pad:3`."""
    press: str
    """`next`, `recall`, …"""


class PadView(msgspec.Struct, frozen=True, kw_only=True):
    """A call pad as the page shows it."""

    key: str
    name: str
    shown: str


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """A line as the page shows it."""

    name: str
    baud: int
    bars: tuple[BarView, ...]
    pads: tuple[PadView, ...]


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on the page."""

    lines: tuple[LineView, ...]


class Wall:
    """All bars and pads of the model, and who waits for a change of them."""

    def __init__(self) -> None:
        self.lines: list[
            tuple[str, int, list[Bar], Ff68Line | None, dict[str, tuple[str, int]]]
        ] = []
        """Name, baud, bars, the pads' line, pad key → name and address."""
        self.changes = 0
        self._pulse = Event()

    def changed(self) -> None:
        """Wake the pages."""
        self.changes += 1
        pulse, self._pulse = self._pulse, Event()
        pulse.set()

    def wait_for_change(self, seen: int, timeout_s: float) -> None:
        """Return soon after something changed, at the latest in time."""
        if self.changes == seen:
            self._pulse.wait(timeout_s)
        gevent.sleep(SETTLE_S)

    def control(self, wanted: Control) -> bool:
        """Do it and return whether there is such a bar."""
        found = [b for _, _, bars, _, _ in self.lines for b in bars]
        found = [b for b in found if wanted.bar in ("", b.hung.key)]
        for bar in found:
            bar.control(wanted)
        self.changed()
        return bool(found)

    def press(self, wanted: Press) -> bool:
        """Press a key and return whether there is such a pad and key."""
        for _, _, _, pads, places in self.lines:
            if pads is not None and wanted.pad in places and wanted.press in KEYS:
                pads.pads[places[wanted.pad][1]].press(wanted.press)
                return True
        return False

    def state(self) -> State:
        """Return everything as the page shows it."""
        return State(
            lines=tuple(
                LineView(
                    name=name,
                    baud=baud,
                    bars=tuple(b.view() for b in bars),
                    pads=tuple(
                        PadView(key=key, name=words, shown=pads.pads[address].shown)
                        for key, (words, address) in places.items()
                    )
                    if pads is not None
                    else (),
                )
                for name, baud, bars, pads, places in self.lines
            )
        )


def create_app(wall: Wall) -> Flask:
    """Return the model's web application."""
    app = Flask(__name__)
    app.jinja_env.globals.update(asset=_asset)

    @app.after_request
    def headers(response: AnyResponse) -> AnyResponse:
        response.headers["Content-Security-Policy"] = CSP
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        if "v" not in request.args:
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.get("/")
    def page() -> str:
        return render_template("bars.html", keys=KEY_WORDS)

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(ok=True)

    @app.get("/kit/tokens.css")
    def tokens() -> Response:
        return Response(_tokens(), mimetype="text/css")

    @app.get("/model/state")
    def state() -> Response:
        return _json(wall.state())

    @app.post("/model/control")
    def control() -> AnyResponse:
        origin = request.headers.get("Origin")
        if origin and urlsplit(origin).netloc != request.host:
            abort(403)
        body = request.get_data()
        try:
            if b'"pad"' in body:
                known = wall.press(msgspec.json.decode(body, type=Press))
            else:
                known = wall.control(msgspec.json.decode(body, type=Control))
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            answer = jsonify(
                type="about:blank", title="Not understood", status=400, code="malformed",
                detail="模型不认识这个命令", detail_en=str(error), context={},
            )  # fmt: skip
            answer.mimetype = "application/problem+json"
            answer.status_code = 400
            return answer
        if not known:
            abort(404)
        return _json(wall.state())

    @app.get("/model/events")
    def events() -> Response:
        return Response(_events(wall), mimetype="text/event-stream")

    return app


def _events(wall: Wall) -> Iterator[str]:
    """The state now, at every change (settled), and at every beat; ends when the page goes away."""
    while True:
        seen = wall.changes
        yield f"data: {msgspec.json.encode(wall.state()).decode()}\n\n"
        wall.wait_for_change(seen, BEAT_S)


def _json(what: object) -> Response:
    return Response(msgspec.json.encode(what), mimetype="application/json")


@lru_cache
def _tokens() -> bytes:
    """The product's colours and type scale."""
    return (files("server.kit") / "web" / "static" / "tokens.css").read_bytes()


@lru_cache
def _asset(name: str) -> str:
    """Address of a static file with the digest of its content."""
    content = (Path(__file__).parent / "static" / name).read_bytes()
    return url_for("static", filename=name, v=hashlib.sha256(content).hexdigest()[:12])
