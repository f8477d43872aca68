"""The yardstick of every command: a Flask route that reads a POST and answers without doing anything.

python benchmarks/empty.py PORT
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402  patched first

from flask import Flask, Response, request  # noqa: E402
from flask_socketio import SocketIO  # noqa: E402
from serving import serve_ours  # noqa: E402

from server.realtime import wire  # noqa: E402

app = Flask(__name__)
socketio = SocketIO(app, **wire.options())


@app.post("/api/v1/tickets")
def tickets() -> Response:
    """Read the body, so that both sides receive the same bytes, and answer two."""
    request.get_data()
    return Response(b"{}", mimetype="application/json")


if __name__ == "__main__":
    serve_ours(app, socketio, int(sys.argv[1]))
