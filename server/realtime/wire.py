"""WebSocket frames built once per broadcast.

With `outbox` the only place that reaches into engineio and gevent-websocket. Stock Flask-SocketIO pays per client
and broadcast for a queue put, a greenlet's wake, framing and UTF-8 (31 µs); here one frame is built
and its shared bytes are sent without blocking to each socket (under 10 µs). What a socket does not
take waits in an outbox with a limit; a client beyond it is disconnected and resyncs, so nothing is
dropped silently. Whatever does not look as expected goes the stock way;
`tests/realtime/test_wire.py` fails when that begins to happen.

Order per client holds because every byte to a WebSocket passes its outbox, and a broadcast goes
there directly only while engineio's queue of that client is empty: its writer greenlet takes
packets from the queue and writes them without yielding.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import engineio.packet
import gevent
import msgspec
import socketio.packet
from gevent import socket
from gevent.event import Event
from gevent.pool import Pool
from gevent.pywsgi import WSGIServer
from socketio import Manager

from server.kit.sockets import listen
from server.realtime.outbox import MAX_MESSAGE, HallHandler, HallWebSocket, Outbox, text_frame

if TYPE_CHECKING:
    from flask import Flask
    from flask_socketio import SocketIO

__all__ = ["FrameOnceManager", "Outbox", "listen", "manager_of", "options", "serve"]

STRANGER_S = 10.0
"""A connection that has joined no namespace (or was refused by all) is closed after this long."""

FAIR_S = 0.001
"""Longest stretch of greenlets between two looks at the sockets: a burst of answers after a group
commit does not make everybody else wait for its end."""

_log = logging.getLogger("hall.wire")


class FrameOnceManager(Manager):  # type: ignore[misc]  # python-socketio ships no types
    """A client manager that frames a broadcast once and sends the shared bytes to each socket."""

    def __init__(self) -> None:
        super().__init__()
        self._lanes: dict[str, tuple[Callable[[], int], Callable[[bytes], None]]] = {}
        self._strangers: dict[str, float] = {}
        self.framed = 0
        """Deliveries that went out as shared bytes."""
        self.stocked = 0
        """Deliveries that went the stock way: polling clients, or a client still being greeted."""

    def pre_connect(self, eio_sid: str, namespace: str) -> str | None:
        """Register a client and find the outbox of its WebSocket."""
        sid: str | None = super().pre_connect(eio_sid, namespace)
        if sid is not None and eio_sid not in self._lanes:
            lane = self._lane(eio_sid)
            if lane is not None:
                self._lanes[eio_sid] = lane
        return sid

    def disconnect(self, sid: str, namespace: str, **kwargs: Any) -> Any:
        """Forget a client of *namespace*, and its outbox when that was its last one."""
        rooms = self.rooms.get(namespace, {})
        eio_sid = rooms.get(None, {}).get(sid)
        answer = super().disconnect(sid, namespace, **kwargs)
        if eio_sid is not None and not self._joined(eio_sid):
            self._lanes.pop(eio_sid, None)
        return answer

    def emit(
        self,
        event: str,
        data: Any,
        namespace: str,
        room: Any = None,
        skip_sid: Any = None,
        callback: Any = None,
        to: Any = None,
        **kwargs: Any,
    ) -> None:
        """Send an event to a room; see `socketio.Manager`. Never yields, never waits for a client."""
        stock = super().emit
        if namespace not in self.rooms:
            return
        frame = None if callback else self._frame(event, data, namespace)
        if frame is None:
            stock(event, data, namespace, to or room, skip_sid, callback, **kwargs)
            return
        packet, shared = frame
        skipped = skip_sid if isinstance(skip_sid, list) else [skip_sid]
        lanes = self._lanes
        framed = 0
        for sid, eio_sid in self.get_participants(namespace, to or room):
            if sid in skipped:
                continue
            lane = lanes.get(eio_sid)
            if lane is None or lane[0]():  # engineio's queue holds something that goes first
                self.stocked += 1
                self.server._send_eio_packet(eio_sid, packet)  # noqa: SLF001  this module's purpose
                continue
            framed += 1
            try:
                lane[1](shared)
            except OSError:
                continue  # gone or too slow: the outbox is shut, its reader takes the rest down
        self.framed += framed

    def close_all(self) -> None:
        """Shut every WebSocket; used when the server stops."""
        for eio_sid in list(self.server.environ):
            websocket = self._websocket(eio_sid)
            if websocket is not None and websocket.outbox is not None:
                websocket.outbox.close()

    def sweep(self) -> int:
        """Close connections that belong to no namespace for `STRANGER_S`; return how many.

        A refused client, or one that never says who it is, would otherwise stay for ever.
        """
        at = time.monotonic()
        sockets = self.server.eio.sockets
        seen = self._strangers
        self._strangers = {sid: seen.get(sid, at) for sid in list(sockets) if not self._joined(sid)}
        gone = [sid for sid, since in self._strangers.items() if at - since > STRANGER_S]
        for sid in gone:
            self._strangers.pop(sid)
            websocket = self._websocket(sid)
            if websocket is not None and websocket.outbox is not None:
                websocket.outbox.close()
            else:
                gevent.spawn(self.server.eio.disconnect, sid)  # waits for a poll that may not come
        return len(gone)

    def _joined(self, eio_sid: str) -> bool:
        return any(eio_sid in rooms[None].inverse for rooms in self.rooms.values() if None in rooms)

    def _websocket(self, eio_sid: str) -> HallWebSocket | None:
        found = self.server.environ.get(eio_sid, {}).get("wsgi.websocket")
        return found if isinstance(found, HallWebSocket) else None

    def _lane(self, eio_sid: str) -> tuple[Callable[[], int], Callable[[bytes], None]] | None:
        """Return how to reach the client directly, or None when something is not as expected."""
        websocket = self._websocket(eio_sid)
        queue = getattr(self.server.eio.sockets.get(eio_sid), "queue", None)
        qsize: Callable[[], int] | None = getattr(queue, "qsize", None)
        if websocket is None or websocket.outbox is None or qsize is None:
            return None
        return qsize, websocket.outbox.write

    def _frame(self, event: str, data: Any, namespace: str) -> tuple[Any, bytes] | None:
        """Return the Engine.IO packet of an event and its WebSocket frame; None for binary data."""
        args = list(data) if isinstance(data, tuple) else [] if data is None else [data]
        text = self.server.packet_class(
            socketio.packet.EVENT, namespace=namespace, data=[event, *args]
        ).encode()
        if not isinstance(text, str):
            return None
        packet = engineio.packet.Packet(engineio.packet.MESSAGE, text)
        return packet, text_frame(packet.encode())


class Json:
    """The JSON of Socket.IO packets by msgspec: a snapshot takes 18 µs instead of 190."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        """Return *value* as compact JSON."""
        return msgspec.json.encode(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        """Return the value of *text*; raises `ValueError` for anything that is not JSON."""
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError) as problem:
            raise ValueError(str(problem)) from None


def options() -> dict[str, Any]:
    """Return the settings for `flask_socketio.SocketIO`: `SocketIO(app, **wire.options())`."""
    return {
        "client_manager": FrameOnceManager(),
        "async_mode": "gevent",
        "json": Json,
        "async_handlers": False,  # a client's messages are handled in their order
        "namespaces": ["/edge"],  # by default anybody may join "/"
        "http_compression": False,
        "max_http_buffer_size": MAX_MESSAGE,
        "ping_interval": 10,
        "ping_timeout": 10,
    }


def serve(
    app: Flask,
    socketio_: SocketIO,
    sock: socket.socket,
    *,
    stop: Event,
    farewell: Callable[[], None] | None = None,
    grace_s: float = 3.0,
) -> None:
    """Serve *app* on the listening *sock* until *stop* is set, then end in order.

    New connections are refused first, *farewell* says `bye`, WebSockets are shut, and requests
    under way have *grace_s* seconds to finish.
    """
    server = WSGIServer(
        sock, app, spawn=Pool(), log=None, error_log=_log, handler_class=HallHandler
    )
    vars(server)["logger"] = _log  # gevent-websocket would make one that prints
    server.start()
    settle()
    try:
        stop.wait()
    finally:
        server.close()
        if farewell is not None:
            farewell()
        manager = manager_of(socketio_)
        if manager is not None:
            manager.close_all()
        server.stop(timeout=grace_s)
        if manager is not None:
            manager.server.shutdown()


def manager_of(socketio_: SocketIO) -> FrameOnceManager | None:
    """Return the client manager of *socketio_* when it is ours."""
    found = getattr(getattr(socketio_, "server", None), "manager", None)
    return found if isinstance(found, FrameOnceManager) else None


def settle() -> None:
    """Take what start-up made out of the garbage collector's sight and let it run less often.

    With 1,000 clients a full collection is a pause that every screen feels (measured: p99 57–161 ms
    without, 58–64 with).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    gevent.setswitchinterval(FAIR_S)
