"""Rows of tickets and the questions about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from server.domain.moments import Moment
from server.domain.ordering import ORDINARY, place_at_end
from server.domain.tickets import State, Ticket
from server.kit.contract.reasons import Refused
from server.store import tables
from server.store.sql import Row, Sql
from server.store.work import Read, Work

T = tables.ticket.c
FIELDS = tuple(f.name for f in fields(Ticket))
_COLUMNS = tuple(T[name] for name in FIELDS)
_FIXED = frozenset(
    {
        "id",
        "uid",
        "date",
        "series_queue_id",
        "item_id",
        "revision",
        "no",
        "number",
        "source",
        "device_id",
        "queued_at",
        "token",
    }
)
_CHANGING = tuple(name for name in FIELDS if name not in _FIXED)


_INSERT = Sql(
    sa.insert(tables.ticket).returning(T.id), ["hall_id", *(f for f in FIELDS if f != "id")]
)
_SAVE = Sql(
    sa.update(tables.ticket)
    .where(T.id == sa.bindparam("ticket_key"), T.version == sa.bindparam("was"))
    .values({name: sa.bindparam(f"b_{name}") for name in _CHANGING})
)
_BY_UID = Sql(
    sa.select(*_COLUMNS).where(T.uid == sa.bindparam("ticket_uid"), T.hall_id == sa.bindparam("h"))
)
_BY_ID = Sql(sa.select(*_COLUMNS).where(T.id == sa.bindparam("ticket_key")))
_BY_TOKEN = Sql(
    sa.select(*_COLUMNS).where(T.token == sa.bindparam("tok"), T.hall_id == sa.bindparam("h"))
)
_BY_NUMBER = Sql(
    sa.select(*_COLUMNS).where(
        T.hall_id == sa.bindparam("h"),
        T.date == sa.bindparam("d"),
        T.number == sa.bindparam("num"),
    )
)

_inner = tables.ticket.alias("inner_ticket")
_ranks = (
    sa.select(tables.priority_class.c.rank.label("rank"))
    .where(tables.priority_class.c.hall_id == sa.bindparam("h"))
    .union(sa.select(sa.literal(ORDINARY).label("rank")))
    .subquery("ranks")
)
_first = (
    sa.select(_inner.c.id)
    .where(
        _inner.c.hall_id == sa.bindparam("h"),
        _inner.c.date == sa.bindparam("d"),
        _inner.c.queue_id == tables.counter_queue.c.queue_id,
        _inner.c.rank == _ranks.c.rank,
        _inner.c.state == sa.literal_column("'waiting'"),
    )
    .order_by(_inner.c.sort_at, _inner.c.id)
    .limit(1)
    .correlate(tables.counter_queue, _ranks)
    .scalar_subquery()
)
_HEADS = Sql(
    sa.select(*_COLUMNS)
    .select_from(tables.counter_queue.join(_ranks, sa.true()).join(tables.ticket, T.id == _first))
    .where(tables.counter_queue.c.counter_id == sa.bindparam("c"))
)
_WAITING_HERE = Sql(
    sa.select(*_COLUMNS)
    .select_from(
        tables.counter_queue.join(tables.ticket, T.queue_id == tables.counter_queue.c.queue_id)
    )
    .where(
        tables.counter_queue.c.counter_id == sa.bindparam("c"),
        T.hall_id == sa.bindparam("h"),
        T.date == sa.bindparam("d"),
        T.state == sa.literal_column("'waiting'"),
    )
    .order_by(T.rank, T.sort_at, T.id)
    .limit(sa.bindparam("most"))
)
_WAITING_IN = Sql(
    sa.select(*_COLUMNS)
    .where(
        T.hall_id == sa.bindparam("h"),
        T.date == sa.bindparam("d"),
        T.queue_id == sa.bindparam("q"),
        T.rank == sa.bindparam("r"),
        T.state == sa.literal_column("'waiting'"),
    )
    .order_by(T.sort_at, T.id)
    .limit(sa.bindparam("most"))
)
_LAST_IN = Sql(
    sa.select(T.sort_at)
    .where(
        T.hall_id == sa.bindparam("h"),
        T.date == sa.bindparam("d"),
        T.queue_id == sa.bindparam("q"),
        T.rank == sa.bindparam("r"),
        T.state == sa.literal_column("'waiting'"),
    )
    .order_by(T.sort_at.desc(), T.id.desc())
    .limit(1)
)
_IN_STATES: dict[tuple[State, ...], Sql] = {
    states: Sql(
        sa.select(*_COLUMNS)
        .where(
            T.hall_id == sa.bindparam("h"),
            T.date == sa.bindparam("d"),
            sa.or_(*(T.state == sa.literal_column(f"'{s.value}'") for s in states)),
        )
        .order_by(T.id)
    )
    for states in (
        (State.HELD,),
        (State.NO_SHOW,),
        (State.CALLED, State.SERVING),
        (State.WAITING, State.CALLED, State.SERVING, State.HELD, State.NO_SHOW),
    )
}
_AHEAD = Sql(
    sa.select(sa.func.count()).where(
        T.hall_id == sa.bindparam("h"),
        T.date == sa.bindparam("d"),
        T.queue_id == sa.bindparam("q"),
        T.state == sa.literal_column("'waiting'"),
        sa.tuple_(T.rank, T.sort_at, T.id)
        < sa.tuple_(sa.bindparam("r"), sa.bindparam("s"), sa.bindparam("i")),
    )
)
_DONE_AT = Sql(
    sa.select(sa.func.count())
    .select_from(tables.hall_event)
    .where(
        tables.hall_event.c.hall_id == sa.bindparam("h"),
        tables.hall_event.c.at >= sa.bindparam("since"),
        tables.hall_event.c.counter_id == sa.bindparam("c"),
        tables.hall_event.c.state_to == sa.literal_column("'done'"),
    )
)
_E = tables.hall_event.c
_LAST_CALLS = Sql(
    sa.select(_E.seq, T.rank)
    .select_from(tables.hall_event.join(tables.ticket, T.id == _E.ticket_id))
    .where(
        _E.hall_id == sa.bindparam("h"),
        _E.queue_id == sa.bindparam("q"),
        _E.type == sa.literal_column("'ticket.called'"),
        _E.state_from == sa.literal_column("'waiting'"),
    )
    .order_by(_E.seq.desc())
    .limit(sa.bindparam("most"))
)


def ticket_from_row(row: Row) -> Ticket:
    """Return the ticket in *row* (columns in the order of `FIELDS`)."""
    values: dict[str, Any] = dict(zip(FIELDS, row, strict=True))
    values["state"] = State(values["state"])
    return Ticket(**values)


def add(w: Work, **values: object) -> Ticket:
    """Insert a ticket and return it."""
    row = w.one(_INSERT, hall_id=w.hall.id, **values)
    assert row is not None
    return Ticket(id=row[0], **values)  # type: ignore[arg-type]  # the caller gives every field


def save(w: Work, ticket: Ticket, *, was: int) -> None:
    """Store *ticket*, which was read at version *was*.

    Raises:
        Refused: `stale` when somebody changed it since.
    """
    values = {f"b_{name}": getattr(ticket, name) for name in _CHANGING}
    values["b_state"] = ticket.state.value
    if w.run(_SAVE, ticket_key=ticket.id, was=was, **values) != 1:
        raise Refused("stale", number=ticket.number)


def by_uid(r: Read, uid: str) -> Ticket:
    """Return a ticket of this hall; raises `Refused("not_found")`."""
    row = r.one(_BY_UID, ticket_uid=uid, h=r.hall.id)
    if row is None:
        raise Refused("not_found", what="这个号码")
    return ticket_from_row(row)


def by_id(r: Read, ticket_id: int) -> Ticket:
    """Return a ticket that is known to exist."""
    row = r.one(_BY_ID, ticket_key=ticket_id)
    assert row is not None
    return ticket_from_row(row)


def by_token(r: Read, token: str) -> Ticket | None:
    """Return the ticket of a public address, or None."""
    row = r.one(_BY_TOKEN, tok=token, h=r.hall.id)
    return None if row is None else ticket_from_row(row)


def by_number(r: Read, number: str) -> Ticket | None:
    """Return today's ticket with this number, or None."""
    row = r.one(_BY_NUMBER, h=r.hall.id, d=r.hall.date, num=number)
    return None if row is None else ticket_from_row(row)


def heads(r: Read, counter_id: int) -> list[Ticket]:
    """Return the first waiting ticket of each queue and class that a counter serves."""
    rows = r.all(_HEADS, h=r.hall.id, d=r.hall.date, c=counter_id)
    return [ticket_from_row(row) for row in rows]


def waiting_here(r: Read, counter_id: int, most: int) -> list[Ticket]:
    """Return up to *most* waiting tickets that a counter serves, by class and time."""
    rows = r.all(_WAITING_HERE, h=r.hall.id, d=r.hall.date, c=counter_id, most=most)
    return [ticket_from_row(row) for row in rows]


def waiting_in(r: Read, queue_id: int, *, rank: int, most: int) -> list[Ticket]:
    """Return up to *most* waiting tickets of one queue and class, in order."""
    rows = r.all(_WAITING_IN, h=r.hall.id, d=r.hall.date, q=queue_id, r=rank, most=most)
    return [ticket_from_row(row) for row in rows]


def end_of_line(r: Read, queue_id: int, *, rank: int) -> Moment:
    """Return the `sort_at` behind everybody who waits in one queue and class."""
    return place_at_end(r.scalar(_LAST_IN, h=r.hall.id, d=r.hall.date, q=queue_id, r=rank), r.at)


def in_states(r: Read, *states: State) -> list[Ticket]:
    """Return today's tickets in one of the sets of states that are asked for."""
    rows = r.all(_IN_STATES[states], h=r.hall.id, d=r.hall.date)
    return [ticket_from_row(row) for row in rows]


def recent_ranks(r: Read, counter_id: int, most: int) -> list[int]:
    """Return the ranks of the last first calls from the queues of a counter, newest first.

    Queue by queue, so that an index answers: walking the log back to the last call of a queue that
    is seldom called took 60 ms after a day of 20,000 tickets.
    """
    serves = r.config.serves.get(counter_id, {})
    return [rank for _, rank in last_calls(r, serves, most)[:most]]


def last_calls(r: Read, queue_ids: Iterable[int], most: int) -> list[tuple[int, int]]:
    """Return (queue, rank) of the last *most* first calls of each queue, newest first."""
    calls = [
        (seq, queue_id, rank)
        for queue_id in queue_ids
        for seq, rank in r.all(_LAST_CALLS, h=r.hall.id, q=queue_id, most=most)
    ]
    return [(queue_id, rank) for _, queue_id, rank in sorted(calls, reverse=True)]


def ahead_of(r: Read, ticket: Ticket) -> int:
    """Return how many wait before a waiting ticket in its queue; 0 for any other state."""
    if ticket.state is not State.WAITING:
        return 0
    count = r.scalar(
        _AHEAD,
        h=r.hall.id,
        d=ticket.date,
        q=ticket.queue_id,
        r=ticket.rank,
        s=ticket.sort_at,
        i=ticket.id,
    )
    return int(count)


def done_at(r: Read, counter_id: int, since: str) -> int:
    """Return how many tickets a counter finished since a moment."""
    return int(r.scalar(_DONE_AT, h=r.hall.id, c=counter_id, since=since))
