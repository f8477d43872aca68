"""Rows about waiting: estimates with their outcomes, what was learnt, and past visits in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from server.domain.forecast.learning import Model, Visit
from server.domain.forecast.outlook import Estimate
from server.domain.moments import instant, moment
from server.domain.ordering import Place
from server.domain.tickets import AT_COUNTER, State
from server.store import tables
from server.store.sql import Row, Sql
from server.store.work import Read, Work

W, M, E, T = tables.wait_estimate.c, tables.wait_model.c, tables.hall_event.c, tables.ticket.c
B = tables.business_day.c

CALLED = "called"
"""Outcome of an estimate whose ticket was called; others are how it ended uncalled."""

_ADD = Sql(
    sa.insert(tables.wait_estimate),
    [
        "ticket_id",
        "hall_id",
        "date",
        "queue_id",
        "at",
        "ahead",
        "method",
        "low_min",
        "high_min",
        "point_s",
    ],
)
_SETTLE = Sql(
    sa.update(tables.wait_estimate)
    .where(W.ticket_id == sa.bindparam("ticket_key"), W.outcome == sa.literal_column("''"))
    .values(outcome=sa.bindparam("b_outcome"), outcome_s=sa.bindparam("b_seconds"))
)
_SETTLE_DAY = Sql(
    sa.update(tables.wait_estimate)
    .where(
        W.hall_id == sa.bindparam("h"),
        W.date == sa.bindparam("d"),
        W.outcome == sa.literal_column("''"),
    )
    .values(outcome=sa.bindparam("b_outcome"))
)
_ESTIMATES = Sql(
    sa.select(
        W.date, W.queue_id, W.ahead, W.method, W.low_min, W.high_min, W.point_s, W.outcome_s,
        W.outcome,
    )
    .where(
        W.hall_id == sa.bindparam("h"),
        W.date >= sa.bindparam("since"),
        W.date <= sa.bindparam("until"),
    )
    .order_by(W.date, W.ticket_id)
)  # fmt: skip
_DROP_MODEL = Sql(
    sa.delete(tables.wait_model).where(M.hall_id == sa.bindparam("h"), M.date == sa.bindparam("d"))
)
_ADD_MODEL = Sql(sa.insert(tables.wait_model), ["hall_id", "date", "body"])
_MODELS = Sql(
    sa.select(M.date, M.body)
    .where(M.hall_id == sa.bindparam("h"), M.date < sa.bindparam("d"))
    .order_by(M.date.desc())
    .limit(sa.bindparam("most"))
)
_DAYS = Sql(
    sa.select(B.date)
    .where(B.hall_id == sa.bindparam("h"), B.date < sa.bindparam("d"))
    .order_by(B.date.desc())
    .limit(sa.bindparam("most"))
)
_EVENTS = Sql(
    sa.select(E.ticket_id, E.at, E.queue_id, E.state_from, E.state_to, T.queued_at)
    .select_from(tables.hall_event.join(tables.ticket, T.id == E.ticket_id))
    .where(
        E.hall_id == sa.bindparam("h"),
        E.at >= sa.bindparam("since"),
        E.at < sa.bindparam("until"),
        E.state_from != sa.literal_column("''"),
    )
    .order_by(E.at.desc(), E.seq.desc())  # as the index on `at` has it, newest first
    .limit(sa.bindparam("most"))
)
_COUNTER_EVENTS = Sql(
    sa.select(E.counter_id, E.at, E.state_to, E.data)
    .where(
        E.hall_id == sa.bindparam("h"),
        E.at >= sa.bindparam("since"),
        E.at < sa.bindparam("until"),
        E.type == sa.literal_column("'counter.changed'"),
    )
    .order_by(E.at, E.seq)
)
_PLACES = Sql(
    sa.select(T.rank, T.sort_at, T.id, T.queued_at)
    .where(
        T.hall_id == sa.bindparam("h"),
        T.date == sa.bindparam("d"),
        T.queue_id == sa.bindparam("q"),
        T.state == sa.literal_column("'waiting'"),
    )
    .order_by(T.rank, T.sort_at, T.id)
    .limit(sa.bindparam("most"))
)


def add(w: Work, *, ticket_id: int, queue_id: int, estimate: Estimate) -> None:
    """Keep what was said about the wait of a ticket that was just issued."""
    w.run(
        _ADD,
        ticket_id=ticket_id,
        hall_id=w.hall.id,
        date=w.hall.date,
        queue_id=queue_id,
        at=w.at,
        ahead=estimate.ahead,
        method=estimate.method,
        low_min=estimate.low_min,
        high_min=estimate.high_min,
        point_s=round(estimate.point_s),
    )


def settle(w: Work, ticket_id: int, *, outcome: str, seconds: float | None) -> None:
    """Keep what came of an estimate; the first outcome stays, and without one nothing happens."""
    s = None if seconds is None else round(seconds)
    w.run(_SETTLE, ticket_key=ticket_id, b_outcome=outcome, b_seconds=s)


def settle_day(w: Work, *, outcome: str) -> None:
    """Keep that nobody called those who are left of the day."""
    w.run(_SETTLE_DAY, h=w.hall.id, d=w.hall.date, b_outcome=outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An estimate and what came of it."""

    date: str
    queue_id: int
    ahead: int
    method: str
    low_min: int | None
    high_min: int | None
    point_s: int
    outcome_s: int | None
    """Seconds from issue to the first call; None when it was never called."""
    outcome: str


def estimates(r: Read, since: str, until: str) -> list[Settled]:
    """Return the estimates of the days from *since* to *until*, both inclusive."""
    rows = r.all(_ESTIMATES, h=r.hall.id, since=since, until=until)
    return [
        Settled(
            date=a, queue_id=b, ahead=c, method=d, low_min=e, high_min=f, point_s=g or 0,
            outcome_s=s, outcome=o,
        )
        for a, b, c, d, e, f, g, s, o in rows
    ]  # fmt: skip


def set_model(w: Work, date: str, model: Model) -> None:
    """Keep what was learnt up to the end of *date*."""
    w.run(_DROP_MODEL, h=w.hall.id, d=date)
    body = msgspec.json.encode(model).decode()
    w.run(_ADD_MODEL, hall_id=w.hall.id, date=date, body=body)


def models(r: Read, before: str, most: int) -> list[tuple[str, Model]]:
    """Return the models of the last *most* days before a date, newest first.

    One that another release wrote and this cannot read is left out; it is learnt again.
    """
    found: list[tuple[str, Model]] = []
    for day, body in r.all(_MODELS, h=r.hall.id, d=before, most=most):
        try:
            found.append((day, msgspec.json.decode(body, type=Model)))
        except msgspec.ValidationError:
            continue
    return found


def past_days(r: Read, before: str, most: int) -> list[str]:
    """Return the last *most* business days before a date, newest first."""
    return [d for (d,) in r.all(_DAYS, h=r.hall.id, d=before, most=most)]


def places(r: Read, queue_id: int, most: int) -> list[tuple[Place, str]]:
    """Return the places of the first *most* of a line and when each took their number, in order."""
    rows = r.all(_PLACES, h=r.hall.id, d=r.hall.date, q=queue_id, most=most)
    return [
        (Place(rank, instant(sort_at).timestamp(), id_, queue_id), queued_at)
        for rank, sort_at, id_, queued_at in rows
    ]


def day_bounds(day: str, tz: str) -> tuple[datetime, datetime]:
    """Return the beginning and the end of a hall-local day."""
    start = datetime.combine(date.fromisoformat(day), time.min, ZoneInfo(tz))
    return start, start + timedelta(days=1)


def visits_of_day(r: Read, day: str) -> list[Visit]:
    """Return the visits of a past day to counters, in seconds of its local clock."""
    start, end = day_bounds(day, r.hall.tz)
    return visits(r, start, end, origin=start)


WHOLE_DAY = 1_000_000
"""More events than any day has."""


def visits(
    r: Read, since: datetime, until: datetime, *, origin: datetime, most: int = WHOLE_DAY
) -> list[Visit]:
    """Return the visits whose call lies between two moments, in seconds after *origin*.

    Waiting begins when the number was taken, or when the ticket came back into a line.

    Args:
        r: the hall.
        since: from, inclusive.
        until: to, exclusive.
        origin: second 0 of the answer.
        most: so many of the newest events are looked at.
    """
    rows = r.all(_EVENTS, h=r.hall.id, since=moment(since), until=moment(until), most=most)
    begun = origin.timestamp()
    return list(_visits(reversed(rows), lambda at: instant(at).timestamp() - begun))


def _visits(rows: Iterable[Row], second: Callable[[str], float]) -> Iterable[Visit]:
    back: dict[int, str] = {}
    there: dict[int, tuple[int, float, float]] = {}
    for ticket_id, at, queue_id, state_from, state_to, queued_at in rows:
        if state_to == State.CALLED and state_from != State.CALLED:
            called = second(at)
            waited = state_from == State.WAITING
            queued = second(back.pop(ticket_id, queued_at)) if waited else called
            there[ticket_id] = (queue_id, queued, called)
        elif state_to == State.WAITING:
            back[ticket_id] = at
        if state_from in AT_COUNTER and state_to not in AT_COUNTER and ticket_id in there:
            queue, queued, called = there.pop(ticket_id)
            yield Visit(
                queue_id=queue,
                queued_s=queued,
                called_s=called,
                # Whoever was still at a counter when the day ended had left it long before.
                left_s=None if state_to == State.EXPIRED else second(at),
                no_show=state_to in {State.NO_SHOW, State.EXPIRED},
            )
    for queue, queued, called in there.values():
        yield Visit(queue_id=queue, queued_s=queued, called_s=called, left_s=None)


def pauses_of_day(r: Read, day: str) -> list[float]:
    """Return how many seconds the pauses without a stated end lasted on a past day."""
    start, end = day_bounds(day, r.hall.tz)
    found: list[float] = []
    since: dict[int, str] = {}
    rows = r.all(_COUNTER_EVENTS, h=r.hall.id, since=moment(start), until=moment(end))
    for counter_id, at, state_to, data in rows:
        if state_to == "paused":
            if msgspec.json.decode(data).get("until") is None:
                since.setdefault(counter_id, at)
            else:
                since.pop(counter_id, None)
        elif state_to:
            begun = since.pop(counter_id, None)
            if begun is not None and state_to == "open":
                found.append((instant(at) - instant(begun)).total_seconds())
    return found
