"""Rate limits for addresses that strangers reach: sign-in, enrolment, phone pages."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="moving-window")


def register(app: Flask) -> None:
    """Limit the views that are marked, and only those.

    A marked view checks itself. Flask-Limiter's hooks around every request would cost each command
    a fifth of its time (docs/performance.md) to find out that it is not limited.
    """
    before, after = list(app.before_request_funcs[None]), list(app.after_request_funcs[None])
    limiter.init_app(app)
    app.before_request_funcs[None], app.after_request_funcs[None] = before, after
