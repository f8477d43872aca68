"""One Socket.IO connection to the server: bounded to open, droppable at any moment.

With python-socketio's own reconnection a stalled network costs up to 45 s before it is noticed and
seconds more to close politely. Here the TCP socket is ours: an attempt has one deadline for all of
it, and giving up is one `shutdown`.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import engineio
import socketio
from socketio.exceptions import ConnectionError as SocketIOFailed

from server.kit.sockets import no_delay

NAMESPACE = "/edge"

EVENTS = ("welcome", "event", "beat", "bye", "voice")

Inbox = queue.SimpleQueue[tuple[Any, str, Any]]
"""(connection, name, payload) in order of arrival; `lost` is the last of a connection."""


class ConnectionLost(Exception):  # noqa: N818  it states what happened
    """There is no connection, or no more."""


class TurnedAway(Exception):  # noqa: N818  it states what happened
    """The server refused this device; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class _InOrder(engineio.Client):  # type: ignore[misc]  # python-engineio ships no types
    """An Engine.IO client that handles messages one after the other, as they came.

    The stock client starts a thread for each, and two neighbours may overtake each other.
    """

    def _trigger_event(self, event: str, *args: Any, **kwargs: Any) -> Any:
        return super()._trigger_event(event, *args, **{**kwargs, "run_async": False})


class _Client(socketio.Client):  # type: ignore[misc]  # python-socketio ships no types
    def _engineio_client_class(self) -> type[Any]:
        return _InOrder


class Connection:
    """A connection to *url*'s `/edge`; what the server says goes into *inbox*."""

    def __init__(self, url: str, inbox: Inbox) -> None:
        self._url = url
        self._inbox = inbox
        self._sock: socket.socket | None = None
        self._closed = False
        self._client: Any = None
        self._opened: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def open(self, auth: Mapping[str, object], limit_s: float) -> None:
        """Connect, within *limit_s* for everything from TCP to the server's acceptance.

        Raises:
            ConnectionLost: not possible now.
            TurnedAway: the server refuses this device.
        """
        end = time.monotonic() + limit_s
        watchdog = threading.Timer(limit_s, self.close)
        watchdog.daemon = True
        watchdog.start()
        try:
            self._sock = self._dialled(limit_s)
            if self._closed:  # the watchdog was faster
                self.close()
                raise ConnectionLost("took too long")
            self._client = self._prepared(limit_s)
            self._client.connect(
                self._url,
                auth=dict(auth),
                transports=["websocket"],
                namespaces=[NAMESPACE],
                wait=False,
            )
            refusal = self._opened.get(timeout=max(0.0, end - time.monotonic()))
        except (OSError, SocketIOFailed, queue.Empty, ValueError) as problem:
            self.close()
            raise ConnectionLost(str(problem) or type(problem).__name__) from None
        finally:
            watchdog.cancel()
        if refusal is not None:
            self.close()
            raise TurnedAway(refusal)
        if self._closed:
            raise ConnectionLost("took too long")

    def say(self, name: str, payload: Mapping[str, object]) -> None:
        """Send an event if the connection still stands; what is lost, the next sync makes good."""
        tell = getattr(self._client, "emit", None)
        if tell is not None and not self._closed:
            with contextlib.suppress(SocketIOFailed, OSError):
                tell(name, dict(payload), namespace=NAMESPACE)

    def close(self) -> None:
        """Drop the connection at once, without the polite close that a dead network never answers."""
        self._closed = True
        sock, self._sock = self._sock, None
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                sock.close()

    def _dialled(self, limit_s: float) -> socket.socket:
        parts = urlsplit(self._url)
        secure = parts.scheme == "https"
        host = parts.hostname or ""
        sock = socket.create_connection((host, parts.port or (443 if secure else 80)), limit_s)
        no_delay(sock)
        sock.settimeout(limit_s)
        if secure:
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        return sock

    def _prepared(self, limit_s: float) -> Any:
        client = _Client(
            reconnection=False,
            handle_sigint=False,
            request_timeout=limit_s,
            websocket_extra_options={"socket": self._sock},
        )
        for name in EVENTS:
            client.on(name, self._putter(name), namespace=NAMESPACE)
        client.on("connect", lambda: self._opened.put(None), namespace=NAMESPACE)
        client.on("connect_error", self._refused, namespace=NAMESPACE)
        client.on("disconnect", self._lost, namespace=NAMESPACE)
        return client

    def _putter(self, name: str) -> Any:
        return lambda payload=None: self._inbox.put((self, name, payload))

    def _refused(self, problem: Any = None) -> None:
        self._opened.put(str(problem.get("message", "")) if isinstance(problem, dict) else "")

    def _lost(self, reason: Any = None) -> None:
        self._inbox.put((self, "lost", reason))
