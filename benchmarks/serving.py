"""One way to serve for every side of a comparison."""

from __future__ import annotations

import signal
import sys
from typing import Any

from flask import Flask
from flask_socketio import SocketIO
from gevent import pywsgi
from gevent.event import Event
from geventwebsocket.handler import WebSocketHandler

from server.kit.sockets import listen
from server.realtime import wire


def serve_stock(app: Any, port: int) -> None:
    """Serve *app* on 127.0.0.1:*port* with gevent-websocket as it comes.

    The listening socket is the product's: without TCP_NODELAY every answer would take 44 ms, which
    is known and not what is compared.
    """
    door = listen("127.0.0.1", port)
    wire.settle()
    pywsgi.WSGIServer(door, app, handler_class=WebSocketHandler, log=None).serve_forever()


def serve_ours(app: Flask, socketio: SocketIO, port: int) -> None:
    """Serve *app* on 127.0.0.1:*port* exactly as `hall-server` does."""
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    wire.serve(app, socketio, listen("127.0.0.1", port), stop=stop)
    sys.exit(0)
