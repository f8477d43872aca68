"""What kiosk and display share: the app skeleton, the line to their own page, the process frame."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import gevent
from flask import Flask, Response, jsonify
from flask_socketio import Namespace, SocketIO
from gevent.event import Event
from gevent.pool import Pool
from gevent.pywsgi import WSGIServer
from geventwebsocket.handler import WebSocketHandler

from server.kit import watchdog
from server.kit.pages import prepare
from server.kit.sockets import listen

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

PAGE = "/page"
"""The namespace between an agent and its own page."""

UNANSWERED_S = 1.0
"""A page that has not answered a view for this long is sent the newest one all the same."""

MAX_MESSAGE = 64 * 1024
"""Bytes of one message of a page."""

GRACE_S = 2.0
"""Requests under way have this long to finish when the agent stops."""

_log = logging.getLogger("hall.agent")

Handler = Callable[[Any], None]
PageHandler = Callable[[str, Any], None]
"""(identity of the page's connection, payload)."""


class Agent:
    """A small web server for one screen.

    Args:
        name: `kiosk` or `display`; stands in logs and health.
        import_name: the package with `templates/` and `static/`.
        config: Flask settings, if any.

    `app` takes further routes and blueprints; `broadcast` sends the page its view.
    """

    def __init__(
        self, name: str, import_name: str, config: Mapping[str, object] | None = None
    ) -> None:
        self.name = name
        self.app = Flask(import_name)
        self.app.config.update(MAX_CONTENT_LENGTH=MAX_MESSAGE, **(config or {}))
        prepare(self.app)
        self.socketio = SocketIO(  # type: ignore[call-arg]  # the stubs lack `namespaces`
            self.app,
            async_mode="gevent",
            async_handlers=False,
            namespaces=[PAGE],  # by default anybody may join "/"
            max_http_buffer_size=MAX_MESSAGE,
            ping_interval=10,
            ping_timeout=10,
            manage_session=False,
        )
        self._page = PageLine(self.app, self.socketio)
        self._health: Callable[[], Mapping[str, object]] = dict
        self._stop = Event()
        self.port = 0
        """The port in use once `run` listens."""
        self.app.add_url_rule("/healthz", "healthz", self._healthz)

    def broadcast(self, view: dict[str, Any]) -> None:
        """Send *view*, the whole of what the page shows, to every page.

        Only the newest counts: a page that is still busy with an earlier one skips those between.
        Pages count their freshness from it, so call this at least every two seconds.
        """
        self._page.show(view)

    def on(self, name: str, handler: Handler) -> None:
        """Have *handler* called with the payload of every message *name* of a page.

        Payloads come from a browser: check them.
        """
        self._page.handlers[name] = lambda _, payload: handler(payload)

    def on_page(self, name: str, handler: PageHandler) -> None:
        """As `on`, for who must know which page speaks; `connect` and `disconnect` are names too."""
        self._page.handlers[name] = handler

    def tell(self, page: str, name: str, payload: Mapping[str, object]) -> None:
        """Send one page a message that is no view; lost when that page is gone."""
        self._page.tell(page, name, payload)

    @property
    def pages(self) -> int:
        """Pages connected now."""
        return self._page.count

    def report(self, health: Callable[[], Mapping[str, object]]) -> None:
        """Add what *health* returns to `/healthz`; JSON values, nothing personal."""
        self._health = health

    def run(
        self,
        host: str,
        port: int,
        *,
        exposed: bool = False,
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        """Serve until SIGTERM, SIGINT or `stop`.

        Args:
            exposed: must be True to listen beyond loopback: the page has no sign-in.
            ready: called once the port is open.

        Raises:
            ValueError: *host* is not loopback and *exposed* is False.
            OSError: the address is in use.
        """
        inside = host in LOOPBACK
        if not inside and not exposed:
            raise ValueError(f"{host} is not loopback: say so explicitly to expose this page")
        sock = listen(host, port)
        self.port = int(sock.getsockname()[1])
        app: Callable[..., Any] = own_host_only(self.app) if inside else self.app
        server = WSGIServer(sock, app, spawn=Pool(), log=None, error_log=_log, handler_class=_Quiet)
        vars(server)["logger"] = _log  # gevent-websocket would make one that prints
        for number in (signal.SIGTERM, signal.SIGINT):
            gevent.signal_handler(number, self._stop.set)
        server.start()
        beating = gevent.spawn(watchdog.beat, gevent.sleep)
        watchdog.notify("READY=1")
        try:
            ready()
            self._stop.wait()
        finally:
            watchdog.notify("STOPPING=1")
            beating.kill()
            server.close()
            self._page.disconnect_all()
            server.stop(timeout=GRACE_S)

    def stop(self) -> None:
        """End `run`."""
        self._stop.set()

    def _healthz(self) -> Response:
        return jsonify(name=self.name, status="ok", pages=self.pages, **self._health())


@dataclass(slots=True)
class _Page:
    shown: int = 0
    """Version of the last view sent."""
    asked_at: float | None = None
    """When that view was sent; None once the page said that it has it."""


class PageLine(Namespace):
    """The agent's own page on `/page`: whole views out, small messages in."""

    namespace: str
    socketio: Any  # the published stubs leave this attribute of flask_socketio.Namespace out

    def __init__(self, app: Flask, socketio: SocketIO) -> None:
        super().__init__(PAGE)
        self._app = app
        self.handlers: dict[str, PageHandler] = {}
        self._pages: dict[str, _Page] = {}
        self._view: dict[str, Any] | None = None
        self._version = 0
        socketio.on_namespace(self)

    @property
    def count(self) -> int:
        """Pages connected now."""
        return len(self._pages)

    def show(self, view: dict[str, Any]) -> None:
        """Make *view* the newest and send it to every page that is not busy."""
        self._view = view
        self._version += 1
        for sid in list(self._pages):
            self._offer(sid)

    def tell(self, sid: str, name: str, payload: Mapping[str, object]) -> None:
        """Send one page a message."""
        if sid in self._pages:
            self.socketio.emit(name, dict(payload), namespace=PAGE, to=sid)

    def disconnect_all(self) -> None:
        """Close every page's connection; they come back by themselves."""
        gevent.spawn(self.socketio.server.eio.disconnect)  # waits for each, so not here

    def trigger_event(self, event: str, *args: Any) -> None:
        """Dispatch what python-socketio reports: (sid, …) of a page."""
        sid = str(args[0])
        if event == "connect":
            self._pages[sid] = _Page()
            # In its own greenlet, which starts after the acceptance went out: live.js counts on it.
            gevent.spawn(self._offer, sid)
        elif event == "disconnect":
            self._pages.pop(sid, None)
        if event in self.handlers:
            with self._app.app_context():
                self.handlers[event](sid, args[1] if len(args) > 1 else None)

    def _offer(self, sid: str) -> None:
        page = self._pages.get(sid)
        if page is None or self._view is None or page.shown == self._version:
            return
        now = time.monotonic()
        if page.asked_at is not None and now - page.asked_at < UNANSWERED_S:
            return  # busy: it gets the newest view when it answers
        page.shown = self._version
        page.asked_at = now
        self.socketio.emit(
            "view", self._view, namespace=PAGE, to=sid, callback=lambda *_: self._seen(sid)
        )

    def _seen(self, sid: str) -> None:
        page = self._pages.get(sid)
        if page is not None:
            page.asked_at = None
            self._offer(sid)


class _Quiet(WebSocketHandler):  # type: ignore[misc]  # geventwebsocket ships no types
    """Serves HTTP and WebSockets without an access log."""

    def log_request(self) -> None:
        """Write nothing."""


def own_host_only(app: Callable[..., Any]) -> Callable[..., Iterable[bytes]]:
    """Return *app* answering only requests that name this machine by a loopback name.

    A foreign page could otherwise reach an agent through a name of its own that resolves to
    127.0.0.1, and the browser would count it as the same origin.
    """

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            host = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname
        except ValueError:
            host = None
        if host in LOOPBACK:
            answer: Iterable[bytes] = app(environ, start_response)
            return answer
        start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
        return ["只能从本机打开。".encode()]

    return guarded
