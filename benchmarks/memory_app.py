"""The server with the database switched off: the same routes and fan-out over plain memory.

    python benchmarks/memory_app.py PORT

Only for comparison. It reads and checks the same requests, keeps the same idempotency answers, numbers
the same events, answers the same views, and its fan-out, namespaces and WebSocket writing are the
product's own; but it remembers everything in dictionaries and forgets it at the end. One rule of
order: first come, first served. Any bearer token and any auth payload is accepted.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import secrets
import sys
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from flask import Flask, Response, request
from flask_socketio import SocketIO
from serving import serve_ours

from server.kit.contract import codec
from server.kit.contract.board import Board
from server.kit.contract.messages import (
    Message,
    TicketCalled,
    TicketIssued,
    TicketLeft,
    TicketServing,
)
from server.kit.contract.moments import moment
from server.kit.contract.views import Done, TicketSlip
from server.realtime import wire
from server.realtime.fanout import Fanout, Source
from server.realtime.namespaces import Realtime
from server.realtime.presence import DeviceIdentity

HALL = "yongde"
DISPLAY = DeviceIdentity(uid="screen", kind="display", zone="", hall=HALL, name="屏")


class Ticket(msgspec.Struct, kw_only=True):
    uid: str
    number: str
    queue: str
    item: str
    queued_at: str
    version: int = 1
    state: str = "waiting"
    called_at: str | None = None
    serving_at: str | None = None


def utc_now() -> datetime:
    return datetime.now(UTC)


def now() -> str:
    return moment(utc_now())


class Memory:
    """A hall in dictionaries, with the log that the fan-out tails."""

    def __init__(self) -> None:
        self.tickets: dict[str, Ticket] = {}
        self.waiting: dict[str, deque[Ticket]] = defaultdict(deque)
        self.numbers: dict[str, int] = defaultdict(int)
        self.answers: dict[str, tuple[bytes, bytes]] = {}
        self.at_counter: dict[str, Ticket] = {}
        self.log: list[codec.Event] = []
        self.wake: Callable[[], None] = lambda: None

    def publish(self, message: Message) -> None:
        self.log.append(codec.Event(hall=HALL, seq=len(self.log) + 1, at=now(), message=message))
        self.wake()

    def issue(self, queue: str, item: str) -> TicketSlip:
        self.numbers[queue] += 1
        number = f"{queue}{self.numbers[queue]:03d}"
        t = Ticket(
            uid=secrets.token_urlsafe(16), number=number, queue=queue, item=item, queued_at=now()
        )
        ahead = len(self.waiting[queue])
        self.tickets[t.uid] = t
        self.waiting[queue].append(t)
        self.publish(TicketIssued(ticket=number, queue=queue, waiting=ahead + 1))
        return TicketSlip(
            uid=t.uid,
            number=number,
            queue=queue,
            queue_name="综合受理",
            department="市场监管局",
            item=item,
            item_name="企业设立登记",
            hall_name="永德县政务服务中心",
            ahead=ahead,
            low_min=10,
            high_min=20,
            counters=("3号窗口",),
            issued_at=t.queued_at,
            issued_local=t.queued_at[:16].replace("T", " "),
            no_show_rule="过号请到导办台",
            url=f"http://hall/t/{secrets.token_urlsafe(16)}",
        )

    def call_next(self, counter: str, queue: str) -> Done:
        t = self.waiting[queue].popleft()
        t.version, t.state, t.called_at = t.version + 1, "called", now()
        self.at_counter[counter] = t
        self.publish(
            TicketCalled(
                call=secrets.token_urlsafe(16),
                ticket=t.number,
                queue=queue,
                counter=counter,
                counter_name=f"{counter}号窗口",
                zone="1F",
                times=1,
                speak=True,
                waiting=len(self.waiting[queue]),
            )
        )
        return _done(counter, t)

    def start(self, counter: str, t: Ticket) -> Done:
        t.version, t.state, t.serving_at = t.version + 1, "serving", now()
        self.publish(TicketServing(ticket=t.number, counter=counter))
        return _done(counter, t)

    def finish(self, counter: str, t: Ticket) -> Done:
        t.version, t.state = t.version + 1, "done"
        del self.at_counter[counter]
        self.publish(
            TicketLeft(
                ticket=t.number,
                queue=t.queue,
                counter=counter,
                reason="done",
                waiting=len(self.waiting[t.queue]),
            )
        )
        return _done(counter, t)

    def board(self) -> Board:
        return Board(
            hall=HALL,
            seq=len(self.log),
            date="2026-11-23",
            day_state="open",
            digest="",
            emergency=None,
            queues=(),
            counters=(),
            calls=(),
        )


def _done(counter: str, t: Ticket) -> Done:
    return Done(ticket=t.uid, number=t.number, state=t.state, version=t.version, counter=counter)


def build() -> tuple[Flask, SocketIO]:
    """Return the app with its hall in memory, its realtime part wired as in the product."""
    app = Flask(__name__)
    memory = Memory()
    socketio = SocketIO(app, **wire.options())
    source = Source(
        last_seq=lambda _: len(memory.log),
        events_after=lambda _, seq, limit: memory.log[seq : seq + limit],
        board=lambda _: memory.board(),
    )
    realtime = Realtime(
        socketio=socketio,
        source=source,
        now=utc_now,
        device_of=lambda _: DISPLAY,
        staff_of=lambda _: None,
        on_outputs=lambda _device, _outputs: None,
        on_transition=lambda _: None,
    )
    fanout = Fanout(
        socketio=socketio, source=source, halls=[HALL], now=utc_now, chores=realtime.chores
    )
    memory.wake = lambda: fanout.wake(HALL)

    def once(work: Any) -> Response:
        """Answer as before when the key was seen with this body, else do *work* and remember."""
        key, body = request.headers["Idempotency-Key"], request.get_data()
        if (seen := memory.answers.get(key)) and seen[0] == body:
            return Response(seen[1], mimetype="application/json")
        answer = msgspec.json.encode(work(msgspec.json.decode(body or b"{}")))
        memory.answers[key] = (body, answer)
        return Response(answer, mimetype="application/json")

    @app.post("/api/v1/tickets")
    def tickets() -> Response:
        return once(lambda b: memory.issue(b.get("queue") or "A", b.get("item", "")))

    @app.post("/api/v1/counters/<code>/call-next")
    def call_next(code: str) -> Response:
        return once(lambda _: memory.call_next(code, "A"))

    @app.post("/api/v1/tickets/<uid>/<verb>")
    def verb(uid: str, verb: str) -> Response:
        work = {"start": memory.start, "finish": memory.finish}[verb]
        return once(lambda b: work(b["counter"], memory.tickets[uid]))

    fanout.start()
    return app, socketio


if __name__ == "__main__":
    serve_ours(*build(), int(sys.argv[1]))
