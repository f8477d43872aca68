"""The yardstick of every command: a Flask route that reads a POST and answers without doing anything.

python benchmarks/empty.py PORT
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys

from flask import Flask, Response, request
from flask_socketio import SocketIO
from serving import serve_ours

from server.realtime import wire

app = Flask(__name__)
socketio = SocketIO(app, **wire.options())


@app.post("/api/v1/tickets")
def tickets() -> Response:
    """Read the body, so that both sides receive the same bytes, and answer two."""
    request.get_data()
    return Response(b"{}", mimetype="application/json")


if __name__ == "__main__":
    serve_ours(app, socketio, int(sys.argv[1]))
