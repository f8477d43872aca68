"""Rows of counters and of what moves in a queue."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from server.domain.counters import Counter, CounterState
from server.kit.contract.reasons import Refused
from server.store import tables
from server.store.hallconfig import CounterInfo
from server.store.sql import Row, Sql
from server.store.work import Read, Work

C, Q, S = tables.counter.c, tables.queue.c, tables.number_series.c

_COLUMNS = (
    C.id,
    C.state,
    C.pause_reason,
    C.paused_until,
    C.clerk_id,
    C.clerk_label,
    C.opened_at,
    C.ticket_id,
    C.version,
)
_ONE = Sql(sa.select(*_COLUMNS).where(C.id == sa.bindparam("counter_key")))
_ALL = Sql(sa.select(*_COLUMNS).where(C.hall_id == sa.bindparam("h")).order_by(C.sort, C.id))
_OF_CLERK = Sql(
    sa.select(*_COLUMNS).where(C.hall_id == sa.bindparam("h"), C.clerk_id == sa.bindparam("p"))
)
_SAVE = Sql(
    sa.update(tables.counter)
    .where(C.id == sa.bindparam("counter_key"), C.version == sa.bindparam("was"))
    .values(
        state=sa.bindparam("b_state"),
        pause_reason=sa.bindparam("b_reason"),
        paused_until=sa.bindparam("b_until"),
        clerk_id=sa.bindparam("b_clerk"),
        clerk_label=sa.bindparam("b_label"),
        opened_at=sa.bindparam("b_opened"),
        ticket_id=sa.bindparam("b_ticket"),
        version=sa.bindparam("b_version"),
    )
)

_open_counters = (
    sa.select(sa.func.count())
    .select_from(
        tables.counter_queue.join(tables.counter, C.id == tables.counter_queue.c.counter_id)
    )
    .where(
        tables.counter_queue.c.queue_id == Q.id,
        C.state == sa.literal_column("'open'"),
    )
    .correlate(tables.queue)
    .scalar_subquery()
)
_LINE_COLUMNS = (
    Q.id,
    Q.issuing,
    Q.issuing_reason,
    Q.resumes_at,
    Q.service_s,
    Q.recent_s,
    S.last_no,
    sa.func.coalesce(S.waiting, 0),
    _open_counters,
    Q.low_min,
    Q.high_min,
    Q.rough,
)
_LINES_FROM = tables.queue.outerjoin(
    tables.number_series,
    (S.queue_id == Q.id) & (S.hall_id == Q.hall_id) & (S.date == sa.bindparam("d")),
)
_LINE = Sql(
    sa.select(*_LINE_COLUMNS).select_from(_LINES_FROM).where(Q.id == sa.bindparam("queue_key"))
)
_LINES = Sql(
    sa.select(*_LINE_COLUMNS)
    .select_from(_LINES_FROM)
    .where(Q.hall_id == sa.bindparam("h"), Q.active)
    .order_by(Q.sort, Q.id)
)
_SET_LINE = Sql(
    sa.update(tables.queue)
    .where(Q.id == sa.bindparam("queue_key"))
    .values(
        issuing=sa.bindparam("b_issuing"),
        issuing_reason=sa.bindparam("b_reason"),
        resumes_at=sa.bindparam("b_resumes"),
    )
)
_SET_SERVICE = Sql(
    sa.update(tables.queue)
    .where(Q.id == sa.bindparam("queue_key"))
    .values(service_s=sa.bindparam("b_service"), recent_s=sa.bindparam("b_recent"))
)
_SET_FORECAST = Sql(
    sa.update(tables.queue)
    .where(Q.id == sa.bindparam("queue_key"))
    .values(
        low_min=sa.bindparam("b_low"),
        high_min=sa.bindparam("b_high"),
        rough=sa.bindparam("b_rough"),
    )
)
_CLEAR_FORECASTS = Sql(
    sa.update(tables.queue)
    .where(Q.hall_id == sa.bindparam("h"))
    .values(low_min=sa.null(), high_min=sa.null(), rough=sa.false())
)
_ADD_SERIES = Sql(
    sa.insert(tables.number_series), ["hall_id", "date", "queue_id", "last_no", "waiting"]
)
_SET_SERIES = Sql(
    sa.update(tables.number_series)
    .where(
        S.hall_id == sa.bindparam("h"),
        S.date == sa.bindparam("d"),
        S.queue_id == sa.bindparam("q"),
    )
    .values(last_no=sa.bindparam("b_last"), waiting=sa.bindparam("b_waiting"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What moves in a queue."""

    id: int
    issuing: bool
    reason: str
    resumes_at: str | None
    service_s: int
    recent_s: tuple[float, ...]
    last_no: int | None
    """Last number given today; None before the first, 0 when only transferred tickets came."""
    waiting: int
    open_counters: int
    low_min: int | None
    """The last published forecast 预计等候, in minutes."""
    high_min: int | None
    rough: bool


def _line(row: Row) -> Line:
    return Line(
        id=row[0],
        issuing=bool(row[1]),
        reason=row[2],
        resumes_at=row[3],
        service_s=row[4],
        recent_s=tuple(msgspec.json.decode(row[5], type=list[float])),
        last_no=row[6],
        waiting=row[7],
        open_counters=row[8],
        low_min=row[9],
        high_min=row[10],
        rough=bool(row[11]),
    )


def line(r: Read, queue_id: int) -> Line:
    """Return what moves in one queue today."""
    row = r.one(_LINE, queue_key=queue_id, d=r.hall.date)
    assert row is not None
    return _line(row)


def lines(r: Read) -> list[Line]:
    """Return what moves in every active queue today, in the hall's order."""
    return [_line(row) for row in r.all(_LINES, h=r.hall.id, d=r.hall.date)]


def set_series(w: Work, before: Line, *, last_no: int, waiting: int) -> None:
    """Store the last number and the count of waiting tickets of a queue today."""
    if before.last_no is None:
        w.run(
            _ADD_SERIES,
            hall_id=w.hall.id,
            date=w.hall.date,
            queue_id=before.id,
            last_no=last_no,
            waiting=waiting,
        )
        return
    w.run(
        _SET_SERIES,
        h=w.hall.id,
        d=w.hall.date,
        q=before.id,
        b_last=last_no,
        b_waiting=waiting,
    )


def change_waiting(w: Work, queue_id: int, by: int) -> int:
    """Change how many wait in a queue and return the new count."""
    before = line(w, queue_id)
    waiting = before.waiting + by
    set_series(w, before, last_no=before.last_no or 0, waiting=waiting)
    return waiting


def set_issuing(
    w: Work, queue_id: int, *, issuing: bool, reason: str, resumes_at: str | None
) -> None:
    """Store whether a queue gives numbers."""
    w.run(_SET_LINE, queue_key=queue_id, b_issuing=issuing, b_reason=reason, b_resumes=resumes_at)


def set_forecast(
    w: Work, queue_id: int, *, low_min: int | None, high_min: int | None, rough: bool
) -> None:
    """Store what was last said about the wait in a queue."""
    w.run(_SET_FORECAST, queue_key=queue_id, b_low=low_min, b_high=high_min, b_rough=rough)


def clear_forecasts(w: Work) -> None:
    """Forget what was said about waits: a new day begins."""
    w.run(_CLEAR_FORECASTS, h=w.hall.id)


def set_service(w: Work, queue_id: int, *, service_s: int, recent_s: list[float]) -> None:
    """Store a queue's typical service time and the services it was learnt from."""
    text = msgspec.json.encode(recent_s).decode()
    w.run(_SET_SERVICE, queue_key=queue_id, b_service=service_s, b_recent=text)


def _counter(r: Read, row: Row) -> Counter:
    info = r.config.counter_by_id[row[0]]
    return Counter(
        id=row[0],
        code=info.code,
        name=info.name,
        zone_code=r.config.zone_by_id[info.zone_id].code,
        department_code=r.config.department_by_id[info.department_id].code,
        state=CounterState(row[1]),
        pause_reason=row[2],
        paused_until=row[3],
        clerk_id=row[4],
        clerk_label=row[5],
        opened_at=row[6],
        ticket_id=row[7],
        version=row[8],
    )


def get(r: Read, info: CounterInfo) -> Counter:
    """Return a counter's present state."""
    row = r.one(_ONE, counter_key=info.id)
    assert row is not None
    return _counter(r, row)


def by_code(r: Read, code: str) -> Counter:
    """Return a counter by code; raises `Refused("not_found")`."""
    return get(r, r.config.counter(code))


def every(r: Read) -> list[Counter]:
    """Return all counters in the hall's order."""
    return [_counter(r, row) for row in r.all(_ALL, h=r.hall.id)]


def of_clerk(r: Read, person_id: int) -> Counter | None:
    """Return the counter that a clerk serves, or None."""
    row = r.one(_OF_CLERK, h=r.hall.id, p=person_id)
    return None if row is None else _counter(r, row)


def save(w: Work, counter: Counter, *, was: int) -> None:
    """Store *counter*, which was read at version *was*.

    Raises:
        Refused: `stale` when somebody changed it since.
    """
    met = w.run(
        _SAVE,
        counter_key=counter.id,
        was=was,
        b_state=counter.state.value,
        b_reason=counter.pause_reason,
        b_until=counter.paused_until,
        b_clerk=counter.clerk_id,
        b_label=counter.clerk_label,
        b_opened=counter.opened_at,
        b_ticket=counter.ticket_id,
        b_version=counter.version,
    )
    if met != 1:
        raise Refused("stale", number=counter.name)
