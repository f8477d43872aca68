"""Refusals and faults as answers: a JSON problem for programs, a page for people."""

from __future__ import annotations

import secrets

import msgspec
import structlog
from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from server.kit.contract.reasons import Refused

log = structlog.get_logger("hallqueue.web")

BY_STATUS = {
    400: "malformed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "malformed",
    429: "too_many_requests",
}


def wants_page() -> bool:
    """Say whether the one who asks is a person with a browser rather than a program."""
    return not request.path.startswith(("/api/", "/healthz", "/readyz", "/socket.io"))


def problem(refused: Refused) -> Response:
    """Return a refusal as `application/problem+json` (RFC 9457) with our code and words."""
    body = {
        "type": "about:blank",
        "title": refused.code,
        "status": refused.reason.status,
        "code": refused.code,
        "detail": refused.zh,
        "detail_en": refused.en,
        "context": refused.context,
    }
    return Response(
        msgspec.json.encode(body),
        status=refused.reason.status,
        content_type="application/problem+json",
    )


def register(app: Flask) -> None:
    """Answer every failure of *app* in words."""

    def answer(refused: Refused) -> Response:
        if not wants_page():
            response = problem(refused)
        else:
            page = render_template("refused.html", refused=refused)
            response = Response(page, status=refused.reason.status, content_type="text/html")
        if refused.reason.status == 503:
            response.headers["Retry-After"] = "1"
        return response

    @app.before_request
    def no_nul() -> None:
        # PostgreSQL has no text with NUL; nothing here has such a name.
        if "\0" in request.path or "%00" in request.query_string.decode("ascii", "replace"):
            raise Refused("malformed", problem="地址里有不能识别的字符")

    @app.errorhandler(Refused)
    def on_refused(error: Refused) -> Response:
        return answer(error)

    @app.errorhandler(CSRFError)
    def on_csrf(error: CSRFError) -> Response:
        return answer(Refused("csrf"))

    @app.errorhandler(HTTPException)
    def on_http(error: HTTPException) -> Response:
        code = BY_STATUS.get(error.code or 500)
        if code is None:
            return on_bug(error)
        context = {"malformed": {"problem": "无法识别"}, "not_found": {"what": request.path}}
        response = answer(Refused(code, **context.get(code, {})))
        for name, value in error.get_headers(request.environ):
            if name.lower() in {"allow", "retry-after"}:
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def on_bug(error: Exception) -> Response:
        # Logged once, here, at the edge; the person gets an id to tell, never the text.
        fault = secrets.token_hex(4)
        log.error("request failed", id=fault, path=request.path, exc_info=error)
        return answer(Refused("internal", id=fault))
