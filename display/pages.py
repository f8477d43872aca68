"""The pages of a display: the board, readable in its first HTML, and its QR codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from flask import Blueprint, Response, abort, jsonify, render_template, request, send_file
from werkzeug.wrappers import Response as BaseResponse

from display import qr
from display.app import Display
from display.find import find_text
from display.roles import wall_items
from display.slides import LABELS, WORDS

MAX_PAINTED = 64
"""Calls in one report of a page; a hall has fewer counters."""
TOO_SMALL = "text_too_small"
"""Fault of a screen whose characters cannot be read from the distance it was given."""


def routes(display: Display) -> Blueprint:
    """Return the routes of *display*."""
    pages = Blueprint("board", __name__)

    @pages.get("/")
    def board() -> str:
        """Answer the page of this screen's role with the rows of this moment; it goes on by itself."""
        view = display.view()
        return render_template(
            f"{view.role}.html", view=view, kinds=tuple(WORDS.items()), labels=LABELS
        )

    @pages.get("/items.json")
    def items() -> BaseResponse:
        """Answer the items of a 五公开公示屏, whole."""
        catalogue = display.screen.catalogue
        rows = wall_items(catalogue, display.screen.here, find_text) if catalogue else ()
        answer = jsonify([msgspec.to_builtins(r) for r in rows])
        answer.add_etag()
        return answer.make_conditional(request)

    @pages.get("/media/<digest>")
    def media(digest: str) -> Response:
        """Answer a picture or film that is here whole, in ranges as a film asks for it."""
        found = display.media.path(digest) if display.media else None
        if found is None:
            abort(404)
        path, mime = found
        answer = send_file(path, mimetype=mime, conditional=True, etag=digest)
        # An SVG may hold a script; opened by itself it must not run it.
        answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
        return answer

    @pages.get("/qr.svg")
    def hall_qr() -> Response:
        """Answer the QR code that leads a phone to the hall's own pages."""
        catalogue = display.screen.catalogue
        if catalogue is None or not catalogue.public_url:
            abort(404)
        return Response(qr.svg(f"{catalogue.public_url}/"), mimetype="image/svg+xml")

    @pages.get("/qr/<item>.svg")
    def qr_code(item: str) -> Response:
        """Answer the QR code that leads a phone to the full text of *item*."""
        catalogue = display.screen.catalogue
        if catalogue is None or not catalogue.public_url:
            abort(404)
        if all(item != known.code for known in catalogue.items):
            abort(404)
        return Response(qr.svg(f"{catalogue.public_url}/g/{item}"), mimetype="image/svg+xml")

    return pages


def legible(message: Any) -> bool:
    """Return whether a page's report `{"legible": …}` says that its characters are large enough."""
    return not (isinstance(message, dict) and message.get("legible") is False)


def painted(message: Any) -> Iterator[tuple[str, int]]:
    """Yield (call, times) of a page's report `{"calls": [{"call": …, "times": …}]}`.

    It comes from a browser: what is not of this form is passed over.
    """
    calls = message.get("calls") if isinstance(message, dict) else None
    for one in calls[:MAX_PAINTED] if isinstance(calls, list) else ():
        match one:
            case {"call": str(call), "times": int(times)}:
                yield call, times
