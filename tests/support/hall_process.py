"""A real server process with the real realtime part over a hall that lives in memory.

Run as a script; prints its port on the first line. Over HTTP a test publishes events, changes the
day, revokes a device and reads counters; everything else is what the product serves. The store is
the one thing it replaces, by a list: what is tested here is the wire.
"""

# ruff: noqa: E402  monkey-patching comes before every other import
from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gevent
import msgspec
from flask import Flask, jsonify, request
from flask_socketio import SocketIO
from gevent.event import Event as Signal

from server.kit.clock import clock_from
from server.kit.contract.board import evolve
from server.kit.contract.codec import Event
from server.kit.contract.messages import BY_TYPE, DeviceAssigned, HallDay, TicketIssued
from server.kit.contract.moments import instant, moment
from server.kit.contract.reasons import Refused
from server.realtime import outbox, wire
from server.realtime.fanout import Fanout, Source
from server.realtime.namespaces import Realtime, StaffIdentity
from server.realtime.presence import DeviceIdentity
from tests.support.boards import empty_board

HALL = "main"


class Hall:
    """Events of one hall and the board they make."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.board = empty_board()
        self.broken = False
        self.written: list[dict[str, Any]] = []
        self.transitions: list[dict[str, Any]] = []
        self.tokens = {"display-token": "display", "kiosk-token": "kiosk"}
        self.answers: dict[str, dict[str, Any]] = {}
        self.fetched = 0
        self.setup_version = 1
        self.signed_out = False

    def publish(self, message: Any, now: datetime) -> None:
        event = Event(hall=HALL, seq=len(self.events) + 1, at=moment(now), message=message)
        self.events.append(event)
        self.board = evolve(self.board, event)

    def after(self, hall: str, seq: int, limit: int) -> list[Event]:
        if self.broken:
            msg = "the database is away"
            raise OSError(msg)
        return self.events[seq : seq + limit]


def main(port: int) -> None:
    app = Flask(__name__)
    app.secret_key = "test"
    sio = SocketIO(app, **wire.options())
    hall = Hall()
    now = clock_from({}).now
    source = Source(
        last_seq=lambda code: len(hall.events),
        events_after=hall.after,
        board=lambda code: hall.board,
    )

    def device_of(token: str) -> DeviceIdentity | None:
        kind = hall.tokens.get(token)
        if token == "old-token":
            raise Refused("contract_too_old")
        if kind is None and token.startswith("many-"):
            kind = "display"
        if kind is None:
            return None
        return DeviceIdentity(uid=f"uid-{token}", kind=kind, zone="1F", hall=HALL, name=token)

    def staff_of(auth: Any) -> StaffIdentity | None:
        if auth.get("csrf") == "wrong":
            raise Refused("csrf")
        signed_in = auth.get("csrf") == "right" and not hall.signed_out
        assert request.path.startswith("/socket.io")  # inside the context of the handshake
        return StaffIdentity(uid="p1", hall=HALL) if signed_in else None

    realtime = Realtime(
        socketio=sio,
        source=source,
        now=now,
        device_of=device_of,
        staff_of=staff_of,
        on_outputs=lambda d, outputs: hall.written.extend(
            {"device": d.uid, **msgspec.to_builtins(o)} for o in outputs
        ),
        on_transition=lambda t: hall.transitions.append(
            {"device": t.device.uid, "online": t.online, "faults": list(t.faults)}
        ),
        check_again_s=1.0,
    )
    fanout = Fanout(socketio=sio, source=source, halls=[HALL], now=now, chores=realtime.chores)

    @app.post("/test/publish")
    def publish() -> Any:
        body = request.get_json()
        kind = BY_TYPE[body["type"]]
        for i in range(body.get("count", 1)):
            data = {
                k: v.replace("#", str(i)) if isinstance(v, str) else v
                for k, v in body["data"].items()
            }
            hall.publish(msgspec.convert(data, kind), now())
        if body.get("wake", True):
            fanout.wake(HALL)
        return jsonify(seq=len(hall.events))

    @app.post("/test/day")
    def day() -> Any:
        hall.publish(HallDay(date=request.get_json()["date"], state="open"), now())
        fanout.wake(HALL)
        return jsonify(seq=len(hall.events))

    @app.post("/test/set")
    def set_() -> Any:
        body = request.get_json()
        if "broken" in body:
            hall.broken = body["broken"]
        if "revoke" in body:
            hall.tokens.pop(body["revoke"], None)
            realtime.edge.revoke(f"uid-{body['revoke']}")
        if "skip" in body:  # a fault that must not happen: events are committed and never emitted
            for i in range(body["skip"]):
                hall.publish(TicketIssued(ticket=f"S{i:03d}", queue="B", waiting=i + 1), now())
            fanout._last[HALL] = len(hall.events)
        if "gone" in body:  # revoked by another process
            hall.tokens.pop(body["gone"])
        if "signed_out" in body:  # in another window
            hall.signed_out = True
        if "restore" in body:
            hall.tokens[body["restore"]] = "display"
        if "sign_out" in body:
            realtime.staff.sign_out(body["sign_out"])
        return jsonify({})

    @app.get("/test/state")
    def state() -> Any:
        manager = wire.manager_of(sio)
        assert manager is not None
        heard = realtime.presence.heard(
            HALL,
            "1F",
            call=request.args.get("call", ""),
            times=1,
            called_at=instant("2026-11-23T01:00:00.000Z"),
            now=datetime(2026, 11, 23, 1, 0, 1, tzinfo=UTC),
        )
        return jsonify(
            framed=manager.framed,
            stocked=manager.stocked,
            sockets=len(sio.server.eio.sockets),
            lanes=len(manager._lanes),
            failures=fanout.failures,
            written=hall.written,
            fetched=hall.fetched,
            transitions=hall.transitions,
            malformed=realtime.edge.malformed,
            heard=msgspec.to_builtins(heard),
            board=msgspec.to_builtins(hall.board),
            online=[d.device.uid for d in realtime.presence.devices(HALL) if d.online],
            rss_kb=_rss_kb(),
        )

    @app.post("/api/v1/devices/enrol")
    def enrol() -> Any:
        body = request.get_json()
        if body["token"] != "one-time":
            return _problem(Refused("enrolment_invalid"))
        return jsonify(
            device="uid-display-token", token="display-token", kind="display", zone="1F", hall=HALL
        )

    @app.post("/test/assign")
    def assign() -> Any:
        hall.setup_version += 1
        told = DeviceAssigned(device=request.get_json()["tell"], version=hall.setup_version)
        hall.publish(told, now())
        fanout.wake(HALL)
        return jsonify(hall.setup_version)

    @app.get("/api/v1/devices/me")
    def setup() -> Any:
        device = device_of(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if device is None:
            return _problem(Refused("device_unknown"))
        return jsonify(
            device=device.uid,
            version=hall.setup_version,
            kind=device.kind,
            name=device.name,
            zone=device.zone,
            layout={"role": "board", "newer": "field"},
        )

    @app.post("/api/v1/tickets")
    def tickets() -> Any:
        if device_of(request.headers.get("Authorization", "").removeprefix("Bearer ")) is None:
            return _problem(Refused("device_unknown"))
        key = request.headers["Idempotency-Key"]
        body = request.get_json()
        if body.get("queue") == "closed":
            return _problem(Refused("quota_reached", queue="A", limit=3))
        if body.get("queue") == "slow":
            gevent.sleep(3)
        if body.get("queue") == "busy" and key not in hall.answers:
            hall.answers[key] = {}
            return _problem(Refused("busy"))
        if not hall.answers.get(key):
            hall.answers[key] = {"number": f"A{len(hall.answers):03d}"}
        return jsonify(hall.answers[key])

    @app.get("/api/v1/catalogue")
    def catalogue() -> Any:
        hall.fetched += 1
        digest = hall.board.digest
        if request.headers.get("If-None-Match") == f'"{digest}"':
            return "", 304
        answer = jsonify(
            hall=HALL,
            hall_name="永德县政务服务中心",
            tz="Asia/Shanghai",
            digest=digest,
            zones=[],
            departments=[],
            queues=[],
            counters=[],
            items=[],
            notices=["你好"],
            no_show_rule="",
            public_url="http://10.0.0.1:8100",
        )
        answer.headers["ETag"] = f'"{digest}"'
        return answer

    stop = Signal()
    gevent.signal_handler(signal.SIGTERM, stop.set)
    sock = wire.listen("127.0.0.1", port)
    print(sock.getsockname()[1], flush=True)
    fanout.start()
    wire.serve(app, sio, sock, stop=stop, farewell=realtime.farewell)


def _problem(refused: Refused) -> Any:
    answer = jsonify(
        type="about:blank",
        title=refused.code,
        status=refused.reason.status,
        code=refused.code,
        detail=refused.zh,
        detail_en=refused.en,
        context=refused.context,
    )
    answer.status_code = refused.reason.status
    answer.content_type = "application/problem+json"
    return answer


def _rss_kb() -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    if patience := os.environ.get("HALL_TEST_PATIENCE_S"):
        outbox.IDLE_S = outbox.HEADERS_S = outbox.STILL_S = float(patience)
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
