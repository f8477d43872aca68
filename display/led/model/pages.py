"""The page of the bars 条屏 and its control interface, on the model's own loopback port.

GET  /               the page
GET  /model/state    all lines with what is on them
POST /model/control  one bars.Control or Press, JSON -> the new state
GET  /model/events   Server-Sent Events: the state at every change and every two seconds
"""

from __future__ import annotations

import gevent
import msgspec
from flask import Flask, Response, abort, render_template, request
from gevent.event import Event
from werkzeug.wrappers import Response as AnyResponse

from display.callpads.model import KEYS, Ff68Line
from display.led.model.bars import Bar, BarView, Control
from server.kit.modelling import events, json_of, model_app, not_understood, own_page_only

SETTLE_S = 0.04
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
    app = model_app(__name__)

    @app.get("/")
    def page() -> str:
        return render_template("bars.html", keys=KEY_WORDS)

    @app.get("/model/state")
    def state() -> Response:
        return json_of(wall.state())

    @app.post("/model/control")
    def control() -> AnyResponse:
        own_page_only()
        body = request.get_data()
        try:
            if b'"pad"' in body:
                known = wall.press(msgspec.json.decode(body, type=Press))
            else:
                known = wall.control(msgspec.json.decode(body, type=Control))
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            return not_understood("模型不认识这个命令", error)
        if not known:
            abort(404)
        return json_of(wall.state())

    @app.get("/model/events")
    def told() -> Response:
        return events(wall.state, lambda: wall.changes, wall.wait_for_change)

    return app
