"""Rate limits for addresses that strangers reach: sign-in, enrolment, phone pages."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse

from server.kit.contract.reasons import Refused

limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="moving-window")


def register(app: Flask) -> None:
    """Limit the views that are marked, and only those.

    A marked view checks itself. Flask-Limiter's hooks around every request would cost each command
    a fifth of its time (docs/performance.md) to find out that it is not limited.
    """
    before, after = list(app.before_request_funcs[None]), list(app.after_request_funcs[None])
    limiter.init_app(app)
    app.before_request_funcs[None], app.after_request_funcs[None] = before, after


_GUESSES = parse("60 per minute")


def refuse_guesser(what: str) -> None:
    """Refuse an address that guessed *what* wrong too often in the last minute.

    Only wrong guesses count: all phones of a hall may come from one address, and each asks six
    times a minute.

    Raises:
        Refused: `too_many_requests`.
    """
    if not limiter.limiter.test(_GUESSES, what, get_remote_address()):
        raise Refused("too_many_requests")


def wrong_guess(what: str) -> None:
    """Count a guess of this address that was wrong."""
    limiter.limiter.hit(_GUESSES, what, get_remote_address())
