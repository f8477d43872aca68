"""What the pages of device models share: the printer's tray, the wall of bars.

    app = model_app(__name__)
    app.add_url_rule("/model/events", view_func=lambda: events(state, lambda: changes, wait))
    serve(app, open_at("127.0.0.1:8103"), ready={}, begin=cable.start, end=cable.stop)

A model stands for hardware in tests and rehearsals; it knows nothing of what drives it.
"""

from __future__ import annotations

import hashlib
import json
import signal
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import gevent
import msgspec
from flask import Flask, Response, abort, jsonify, request, url_for
from gevent import socket
from gevent.pywsgi import WSGIServer
from werkzeug.wrappers import Response as AnyResponse

from server.kit.sockets import listen

BEAT_S = 2.0
"""The pages take silence of three beats for a lost connection."""
CSP = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def model_app(name: str) -> Flask:
    """Return the web application of a model in the package *name*, with what every model answers.

    `/healthz`, `/kit/tokens.css`, the product's headers, and `asset` for templates.
    """
    app = Flask(name)
    app.jinja_env.globals.update(asset=lambda file: _asset(app.root_path, file))

    @app.after_request
    def headers(response: AnyResponse) -> AnyResponse:
        response.headers["Content-Security-Policy"] = CSP
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        if "v" not in request.args:
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(ok=True)

    @app.get("/kit/tokens.css")
    def tokens() -> Response:
        return Response(_tokens(), mimetype="text/css")

    return app


def own_page_only() -> None:
    """End the request with 403 when a page of another origin makes it."""
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        abort(403)


def json_of(what: object) -> Response:
    """Return *what* as JSON."""
    return Response(msgspec.json.encode(what), mimetype="application/json")


def not_understood(words: str, error: Exception) -> AnyResponse:
    """Return the problem that a command nobody knows is answered by."""
    answer = jsonify(
        type="about:blank",
        title="Not understood",
        status=400,
        code="malformed",
        detail=words,
        detail_en=str(error),
        context={},
    )
    answer.mimetype = "application/problem+json"
    answer.status_code = 400
    return answer


def events(
    state: Callable[[], object],
    changes: Callable[[], int],
    wait: Callable[[int, float], None],
) -> Response:
    """Return Server-Sent Events: the state now, at every change, and at every beat.

    Args:
        state: what the page shows.
        changes: counts what happened.
        wait: returns soon after `changes` is not that number any more, at the latest in that many
            seconds.
    """

    def told() -> Iterator[str]:
        while True:
            seen = changes()
            yield f"data: {msgspec.json.encode(state()).decode()}\n\n"
            wait(seen, BEAT_S)

    return Response(told(), mimetype="text/event-stream")


def open_at(address: str) -> socket.socket:
    """Return a listening socket at `HOST:PORT`; port 0 takes a free one.

    Raises:
        OSError: it is in use or not ours.
        ValueError: the port is no number.
    """
    host, _, port = address.rpartition(":")
    return listen(host, int(port))


def serve(
    app: Flask,
    sock: socket.socket,
    *,
    ready: Mapping[str, str],
    begin: Callable[[], object],
    end: Callable[[], object],
) -> None:
    """Run a model until SIGTERM or SIGINT; print one JSON line with its address once it is ready."""
    server = WSGIServer(sock, app, log=None)
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, server.stop, 1)
    begin()
    server.start()
    address = f"http://{server.server_host}:{server.server_port}"
    print(json.dumps({"http": address, **ready}), flush=True)
    server.serve_forever()
    end()


@lru_cache
def _tokens() -> bytes:
    """The product's colours and type scale."""
    return (files("server.kit") / "web" / "static" / "tokens.css").read_bytes()


@lru_cache
def _asset(folder: str, name: str) -> str:
    """Address of a static file with the digest of its content."""
    content = (Path(folder) / "static" / name).read_bytes()
    return url_for("static", filename=name, v=hashlib.sha256(content).hexdigest()[:12])
