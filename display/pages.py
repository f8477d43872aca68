"""The pages of a display: the board, readable in its first HTML, and its QR codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, abort, render_template

from display import qr
from display.app import Display
from display.slides import WORDS

MAX_PAINTED = 64
"""Calls in one report of a page; a hall has fewer counters."""


def routes(display: Display) -> Blueprint:
    """Return the routes of *display*."""
    pages = Blueprint("board", __name__)

    @pages.get("/")
    def board() -> str:
        """Answer the board with the rows of this moment; the page goes on from there by itself."""
        return render_template("board.html", view=display.view(), kinds=tuple(WORDS.items()))

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


def painted(message: Any) -> Iterator[tuple[str, int]]:
    """Yield (call, times) of a page's report `{"calls": [{"call": …, "times": …}]}`.

    It comes from a browser: what is not of this form is passed over.
    """
    calls = message.get("calls") if isinstance(message, dict) else None
    for one in calls[:MAX_PAINTED] if isinstance(calls, list) else ():
        match one:
            case {"call": str(call), "times": int(times)}:
                yield call, times
