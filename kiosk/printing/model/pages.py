"""The tray page 纸盘 and the control interface, on the model's own loopback port.

GET  /                       the page: the last slips are in its first HTML
GET  /model/state            the printer now (view.View)
GET  /model/slips?since=n    slips with a number above n (paper.Slip), oldest first
POST /model/control          one faults.Faults message, JSON or a form -> the new state
GET  /model/events           Server-Sent Events: a View at every change and every two seconds
GET  /model/tray?since=n     the same slips as HTML, newest first, for the live page
GET  /model/slips/n.svg, /model/slips/n/i.png, /model/strip.svg, /model/strip/i.png
"""

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec
from flask import Flask, Response, abort, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from kiosk.printing.model.drawing import png, slip_svg, strip_svg
from kiosk.printing.model.faults import Faults
from kiosk.printing.model.machine import Machine
from kiosk.printing.model.paper import DOTS_PER_MM, Image, Slip
from kiosk.printing.model.tray import Tray
from kiosk.printing.model.view import View, view_of
from server.kit.modelling import events, json_of, model_app, not_understood, own_page_only

SHOWN_SLIPS = 30
MAX_SLIPS_ANSWER = 500
CUTS = {"full": "全切", "partial": "半切", "torn": "手撕", "none": "没切断"}


class Body(Protocol):
    """What the pages need of the printer's cable."""

    machine: Machine
    changes: int
    """Counts what happened to the printer."""

    def control(self, faults: Faults) -> None:
        """Does something to the printer."""

    def wait_for_change(self, seen: int, timeout_s: float) -> None:
        """Returns soon after `changes` is not `seen` any more, at the latest in time."""


def create_app(body: Body, tray: Tray, *, title: str, tz: ZoneInfo) -> Flask:
    """The model's web application.

    Args:
        title: what stands beside the printer's name, e.g. its port.
        tz: hall time zone, for the times under the slips.
    """
    app = model_app(__name__)
    machine = body.machine

    def view() -> View:
        return view_of(machine, tray.last)

    def stamp(slip: Slip) -> str:
        return datetime.fromisoformat(slip.at).astimezone(tz).strftime("%H:%M:%S")

    app.jinja_env.globals.update(stamp=stamp, cuts=CUTS, dots_per_mm=DOTS_PER_MM, svg=_inline)

    @app.get("/")
    def page() -> str:
        strip = Markup(_strip(machine))  # noqa: S704 - built by drawing.py, every text escaped
        return render_template(
            "tray.html",
            view=view(),
            slips=tray.newest(SHOWN_SLIPS),
            strip=strip,
            title=title,
            shown=SHOWN_SLIPS,
        )

    @app.get("/model/state")
    def state() -> Response:
        return json_of(view())

    @app.get("/model/slips")
    def slips() -> Response:
        since = request.args.get("since", 0, type=int)
        numbers = range(max(0, since) + 1, tray.last + 1)[:MAX_SLIPS_ANSWER]
        found = [slip for n in numbers if (slip := tray.slip(n)) is not None]
        return json_of({"slips": found, "last": tray.last})

    @app.get("/model/tray")
    def tray_html() -> str:
        since = request.args.get("since", 0, type=int)
        newest = [slip for slip in tray.newest(SHOWN_SLIPS) if slip.n > since]
        return render_template("slips.html", slips=newest)

    @app.post("/model/control")
    def control() -> AnyResponse:
        own_page_only()
        try:
            if request.is_json:
                faults = msgspec.json.decode(request.get_data(), type=Faults)
            else:
                faults = msgspec.convert(_from_form(dict(request.form)), Faults)
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            return not_understood("模型不认识这个故障，请看 faults.py 里的名称", error)
        body.control(faults)
        if request.is_json:
            return json_of(view())
        return redirect(url_for("page"), 303)

    @app.get("/model/events")
    def told() -> Response:
        return events(view, lambda: body.changes, body.wait_for_change)

    @app.get("/model/slips/<int:n>.svg")
    def slip_drawing(n: int) -> Response:
        slip = tray.slip(n)
        if slip is None:
            abort(404)
        return Response(slip_svg(slip), mimetype="image/svg+xml")

    @app.get("/model/slips/<int:n>/<int:at>.png")
    def slip_image(n: int, at: int) -> Response:
        slip = tray.slip(n)
        if slip is None or at >= len(slip.items):
            abort(404)
        item = slip.items[at]
        if not isinstance(item, Image):
            abort(404)
        return Response(png(item), mimetype="image/png")

    @app.get("/model/strip.svg")
    def strip_drawing() -> Response:
        return Response(_strip(machine), mimetype="image/svg+xml")

    @app.get("/model/strip/<int:at>.png")
    def strip_image(at: int) -> Response:
        items = machine.head.strip.items
        if at >= len(items):
            abort(404)
        item = items[at]
        if not isinstance(item, Image):
            abort(404)
        return Response(png(item), mimetype="image/png")

    return app


def _strip(machine: Machine) -> str:
    strip = machine.head.strip
    return strip_svg(
        tuple(strip.items),
        paper_mm=machine.paper_mm,
        width=machine.head.dots,
        length=strip.head,
    )


def _inline(slip: Slip) -> Markup:
    return Markup(slip_svg(slip))  # noqa: S704 - built by drawing.py, every text escaped


def _from_form(form: dict[str, str]) -> dict[str, object]:
    """Form fields are text: `true`, `false` and whole numbers become what they mean."""
    words: dict[str, object] = {"true": True, "false": False}
    return {
        name: int(value) if value.lstrip("-").isdecimal() else words.get(value, value)
        for name, value in form.items()
    }
