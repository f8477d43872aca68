"""The board: the public truth of a hall, and how each event changes it.

`evolve(snapshot, later events)` equals a fresh snapshot; a test proves it for every action.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from server.kit.contract.codec import Event
from server.kit.contract.messages import (
    CatalogueChanged,
    CounterChanged,
    DisclosurePublished,
    HallDay,
    HallEmergency,
    Message,
    NoticeChanged,
    QueueChanged,
    QueueForecast,
    TicketCalled,
    TicketIssued,
    TicketLeft,
    TicketRequeued,
    TicketServing,
)


class QueueLine(msgspec.Struct, frozen=True, kw_only=True):
    """A queue as screens show it."""

    code: str
    waiting: int
    issuing: bool
    reason: str
    resumes_at: str | None
    service_s: int
    """Typical service time in seconds."""
    low_min: int | None = None
    """Estimated wait of a new number, as `queue.forecast` says it."""
    high_min: int | None = None
    rough: bool = False


class CounterLine(msgspec.Struct, frozen=True, kw_only=True):
    """A counter as screens show it."""

    code: str
    name: str
    zone: str
    state: str
    reason: str
    until: str | None
    clerk_label: str
    ticket: str | None


class CallLine(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket that is at a counter now, called or being served."""

    call: str
    ticket: str
    queue: str
    counter: str
    counter_name: str
    zone: str
    times: int
    state: str
    """`called` or `serving`."""
    called_at: str
    """UTC time of the last call."""
    serving_at: str | None


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The public truth of a hall at event `seq`."""

    hall: str
    seq: int
    date: str
    """Business day, hall-local."""
    day_state: str
    digest: str
    """Digest of the catalogue in force."""
    emergency: str | None
    queues: tuple[QueueLine, ...]
    """By code."""
    counters: tuple[CounterLine, ...]
    """By code."""
    calls: tuple[CallLine, ...]
    """Newest call first."""


def evolve(board: Board, event: Event) -> Board:
    """Return *board* after *event*; it must be the next one (`event.seq == board.seq + 1`)."""
    if event.seq != board.seq + 1:
        msg = f"event {event.seq} does not follow {board.seq}"
        raise ValueError(msg)
    return replace(_apply(board, event.message, event.at), seq=event.seq)


def _apply(board: Board, message: Message, at: str) -> Board:
    match message:
        case TicketIssued():
            return _queue(board, message.queue, waiting=message.waiting)
        case TicketCalled():
            return _called(board, message, at)
        case TicketServing():
            calls = tuple(
                replace(c, state="serving", serving_at=at) if c.ticket == message.ticket else c
                for c in board.calls
            )
            return replace(board, calls=calls)
        case TicketLeft():
            board = _away(board, message.ticket, message.counter)
            changes: dict[str, object] = {"waiting": message.waiting}
            if message.service_s is not None:
                changes["service_s"] = message.service_s
            return _queue(board, message.queue, **changes)
        case TicketRequeued():
            board = _away(board, message.ticket, message.counter)
            if message.service_s is not None:
                board = _queue(board, message.from_queue, service_s=message.service_s)
            return _queue(board, message.queue, waiting=message.waiting)
        case CounterChanged():
            return _counter(
                board,
                message.counter,
                state=message.state,
                reason=message.reason,
                until=message.until,
                clerk_label=message.clerk_label,
            )
        case QueueChanged():
            return _queue(
                board,
                message.queue,
                issuing=message.issuing,
                reason=message.reason,
                resumes_at=message.resumes_at,
                waiting=message.waiting,
            )
        case QueueForecast():
            return _queue(
                board,
                message.queue,
                low_min=message.low_min,
                high_min=message.high_min,
                rough=message.rough,
            )
        case CatalogueChanged() | NoticeChanged() | DisclosurePublished():
            return replace(board, digest=message.digest)
        case HallDay():
            return _day(board, message)
        case HallEmergency():
            return replace(board, emergency=message.text if message.on else None)
        case _:
            return board


def _called(board: Board, m: TicketCalled, at: str) -> Board:
    line = CallLine(
        call=m.call,
        ticket=m.ticket,
        queue=m.queue,
        counter=m.counter,
        counter_name=m.counter_name,
        zone=m.zone,
        times=m.times,
        state="called",
        called_at=at,
        serving_at=None,
    )
    others = (c for c in board.calls if c.ticket != m.ticket)
    board = replace(board, calls=newest_first((line, *others)))
    board = _counter(board, m.counter, ticket=m.ticket)
    return _queue(board, m.queue, waiting=m.waiting)


def newest_first(calls: Iterable[CallLine]) -> tuple[CallLine, ...]:
    """Return *calls* as every board lists them; calls of one millisecond go by their identity."""
    return tuple(sorted(calls, key=lambda c: (c.called_at, c.call), reverse=True))


def _away(board: Board, ticket: str, counter: str | None) -> Board:
    if counter is None:
        return board
    board = replace(board, calls=tuple(c for c in board.calls if c.ticket != ticket))
    return _counter(board, counter, ticket=None)


def _day(board: Board, m: HallDay) -> Board:
    if m.date == board.date:
        return replace(board, day_state=m.state)
    # A new date: every number of the day before is void, every counter starts closed.
    return replace(
        board,
        date=m.date,
        day_state=m.state,
        calls=(),
        queues=tuple(
            replace(q, waiting=0, low_min=None, high_min=None, rough=False) for q in board.queues
        ),
        counters=tuple(
            replace(c, state="closed", reason="", until=None, clerk_label="", ticket=None)
            for c in board.counters
        ),
    )


def _queue(board: Board, code: str, **changes: object) -> Board:
    return replace(
        board,
        queues=tuple(replace(q, **changes) if q.code == code else q for q in board.queues),
    )


def _counter(board: Board, code: str, **changes: object) -> Board:
    return replace(
        board,
        counters=tuple(replace(c, **changes) if c.code == code else c for c in board.counters),
    )
