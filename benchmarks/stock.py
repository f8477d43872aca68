"""A broadcast server of Flask-SocketIO on gevent-websocket: as it comes, or with our own sending.

    python benchmarks/stock.py PORT [--wire]

Every client is in one room. On `go` {n, t} from any of them, all receive one `event` whose text is
300 bytes long and carries n and t back. With --wire the sending is the product's
(`server.realtime.wire`), which builds the frame once per broadcast; nothing else differs.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import argparse

from flask import Flask
from flask_socketio import SocketIO, join_room
from serving import serve_ours, serve_stock

from server.realtime import wire

EVENT_BYTES = 300
"""Length of the event's text, about that of `ticket.called`."""
ROOM = "hall:1:public"


def build(*, ours: bool) -> tuple[Flask, SocketIO]:
    """Return the app and its Socket.IO server."""
    app = Flask(__name__)
    socketio = SocketIO(app, **wire.options()) if ours else SocketIO(app, async_mode="gevent")

    @socketio.on("connect")
    def connect() -> None:
        join_room(ROOM)

    @socketio.on("go")
    def go(asked: dict[str, int]) -> None:
        head = len(f'42["event",[{{"n":{asked["n"]},"t":{asked["t"]},"pad":""}}]]')
        event = {"n": asked["n"], "t": asked["t"], "pad": "x" * (EVENT_BYTES - head)}
        socketio.emit("event", [event], to=ROOM)

    return app, socketio


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--wire", action="store_true")
    args = parser.parse_args()
    app, socketio = build(ours=args.wire)
    if args.wire:
        serve_ours(app, socketio, args.port)
    else:
        serve_stock(app, args.port)


if __name__ == "__main__":
    main()
