"""What a forecast looks at, and how past estimates came true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import mean

from server.domain.counters import Counter, CounterState
from server.domain.forecast.learning import DAYS, OUTCOME_DAYS, Model, Visit
from server.domain.forecast.outlook import REPLAY, Scene
from server.domain.forecast.ranges import COMPARABLE, HOLDS, Outcome, holds
from server.domain.forecast.replay import CounterNow, Span
from server.domain.forecast.simple import LATELY_S, Lately
from server.domain.moments import instant
from server.domain.ordering import ORDINARY
from server.domain.tickets import State
from server.store import counters, tickets, waits
from server.store.work import Read

MOST_PLACES, SHORTEST_LINE = 1000, 40
"""So many places are looked at in the whole hall, but so many of each line at least; who stands
further behind is told by the slope of the line before them. No hall is known to be so full."""
MOST_EVENTS = 2000
"""So many of the last hour's events are looked at: a hall of 3,000 tickets a day has fewer."""


def scene(r: Read) -> Scene:
    """Return the hall as it is now, for a replay."""
    ids = [q.id for q in r.config.queues]
    most = max(SHORTEST_LINE, MOST_PLACES // max(1, len(ids)))
    found = {queue_id: waits.places(r, queue_id, most) for queue_id in ids}
    lines = {queue_id: [place for place, _ in line] for queue_id, line in found.items()}
    since = {q: [instant(at).timestamp() for _, at in line] for q, line in found.items()}
    now_s = r.now.timestamp()
    seen = waits.visits(
        r,
        r.now - timedelta(seconds=LATELY_S),
        r.now + timedelta(days=1),
        origin=datetime.fromtimestamp(0, r.now.tzinfo),
        most=MOST_EVENTS,
    )
    mixed = any(p.rank != ORDINARY for line in lines.values() for p in line)
    return Scene(
        seq=r.hall.event_seq,
        date=r.hall.date,
        hour=r.local_now.hour,
        now_s=now_s,
        lines=lines,
        counters=_counters(r, now_s),
        in_row=r.config.rules.priority_in_row,
        recent=tickets.last_calls(r, lines, r.config.rules.priority_in_row) if mixed else (),
        settings={q.id: q.service_setting_s for q in r.config.queues},
        lately=lately(seen, since, now_s),
        stays=_stays(seen),
    )


def _counters(r: Read, now_s: float) -> list[CounterNow]:
    at = {t.counter_id: t for t in tickets.in_states(r, State.CALLED, State.SERVING)}
    found: list[CounterNow] = []
    for counter in counters.every(r):
        weights = r.config.serves.get(counter.id, {})
        if counter.state is CounterState.CLOSED or not weights:
            continue
        ticket = at.get(counter.id)
        called = now_s if ticket is None else instant(ticket.called_at or r.at).timestamp()
        until = _until(counter, now_s)
        found.append(
            CounterNow(
                weights=weights,
                serving=None if ticket is None else ticket.queue_id,
                elapsed_s=max(0.0, now_s - called),
                away=(*until, *_lunch(r, counter)),
                paused=counter.state is CounterState.PAUSED and not until,
            )
        )
    return found


def _until(counter: Counter, now_s: float) -> tuple[Span, ...]:
    if counter.state is not CounterState.PAUSED or counter.paused_until is None:
        return ()
    return ((0.0, max(0.0, instant(counter.paused_until).timestamp() - now_s)),)


def _lunch(r: Read, counter: Counter) -> tuple[Span, ...]:
    """Return the gaps that are left of today's hours; the end of the day is none.

    Whoever holds a number when the doors close is served all the same.
    """
    if r.config.rules.always_open:
        return ()
    today = r.local_now
    spans = r.config.counter_spans(counter.code, today.date())
    gaps: list[Span] = []
    for (_, begin), (end, _) in pairwise(spans):
        leaves, returns = (
            (datetime.combine(today.date(), t, today.tzinfo) - today).total_seconds()
            for t in (begin, end)
        )
        if returns > 0:
            gaps.append((max(0.0, leaves), returns))
    return tuple(gaps)


def lately(
    seen: Sequence[Visit], since: Mapping[int, Sequence[float]], now_s: float
) -> dict[int, Lately]:
    """Return what each queue did in the last hour.

    Args:
        seen: visits of that hour.
        since: queue → when those who wait took their numbers, same clock.
        now_s: the present moment on it.
    """
    oldest = now_s - LATELY_S
    found: dict[int, Lately] = {}
    for queue_id, standing in since.items():
        here = [v for v in seen if v.queue_id == queue_id and v.called_s >= oldest]
        spans = [(v.queued_s, v.called_s) for v in here] + [(q, now_s) for q in standing]
        busy, reached = 0.0, oldest
        for begin, end in sorted(spans):
            busy += max(0.0, end - max(begin, reached))
            reached = max(reached, end)
        waited = [v for v in here if v.called_s - v.queued_s >= 1]
        last = max(here, key=lambda v: v.called_s, default=None)
        found[queue_id] = Lately(
            calls=len(waited),
            busy_s=busy,
            last_wait_s=None if last is None else last.called_s - last.queued_s,
        )
    return found


def _stays(seen: Sequence[Visit]) -> dict[int, list[float]]:
    stays: dict[int, list[float]] = {}
    for v in seen:
        if v.left_s is not None:
            stays.setdefault(v.queue_id, []).append(v.left_s - v.called_s)
    return stays


def outcomes(r: Read, days: Sequence[str]) -> list[Outcome]:
    """Return the replay's plain figures of the last of *days* and what came of them."""
    if not days:
        return []
    last = sorted(days)[-OUTCOME_DAYS:]
    factors = waits.models(r, last[-1], DAYS)
    return [
        Outcome(
            queue_id=e.queue_id,
            ahead=e.ahead,
            estimate_s=e.point_s / _factor(factors, e.date),
            actual_s=float(e.outcome_s),
        )
        for e in waits.estimates(r, last[0], last[-1])
        if e.method == REPLAY and e.outcome_s is not None
    ]


def _factor(models: Sequence[tuple[str, Model]], day: str) -> float:
    """Return the factor that was in force on *day*: that of the newest model before it."""
    return next((m.ranges.factor for learnt, m in models if learnt < day), 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitReport:
    """How the estimates of one queue came true in one week."""

    week: str
    """Its Monday, hall-local date."""
    queue: str
    queue_name: str
    count: int
    """Tickets that were told something and were called."""
    never_called: int
    mae_min: float | None
    """Mean absolute error of the single figure, minutes; None when nobody was called."""
    bias_min: float | None
    """Positive = people were told too long a wait."""
    ranged: int
    """Of `count`, those that had a range printed."""
    coverage: float | None
    """Share of ranges that held; None without a range."""
    late: float | None
    """Share of those who waited longer than their range said."""
    may_say: bool
    """Whether 10 次里约 8 次准 may be said: enough ranges, and so many of them held."""


MAY_MISS = 0.05
"""So far may the share that held be below four in five before nobody may claim it."""
MOST_WEEKS = 26


def reports(r: Read, weeks: int) -> list[WaitReport]:
    """Return the reports of the last *weeks* weeks with estimates, newest first, by queue."""
    today = date.fromisoformat(r.hall.date or r.today)
    monday = today - timedelta(days=today.weekday())
    since = monday - timedelta(weeks=min(max(weeks, 1), MOST_WEEKS) - 1)
    groups: dict[tuple[str, int], list[waits.Settled]] = {}
    for e in waits.estimates(r, since.isoformat(), r.hall.date):
        day = date.fromisoformat(e.date)
        week = (day - timedelta(days=day.weekday())).isoformat()
        if e.outcome and e.queue_id in r.config.queue_by_id:
            groups.setdefault((week, e.queue_id), []).append(e)
    order = {q.id: n for n, q in enumerate(r.config.queues)}
    keys = sorted(groups, key=lambda k: (-date.fromisoformat(k[0]).toordinal(), order[k[1]]))
    return [_report(r, week, queue_id, groups[week, queue_id]) for week, queue_id in keys]


def _report(r: Read, week: str, queue_id: int, settled: Sequence[waits.Settled]) -> WaitReport:
    called = [(e, e.outcome_s) for e in settled if e.outcome_s is not None]
    off = [(e.point_s - s) / 60 for e, s in called]
    ranged = [((e.low_min, e.high_min), s) for e, s in called if e.low_min is not None]
    held = [holds((low or 0, high), s) for (low, high), s in ranged]
    late = [high is not None and s > high * 60 for (_, high), s in ranged]
    info = r.config.queue_by_id[queue_id]
    return WaitReport(
        week=week,
        queue=info.code,
        queue_name=info.name,
        count=len(called),
        never_called=len(settled) - len(called),
        mae_min=round(mean(map(abs, off)), 1) if off else None,
        bias_min=round(mean(off), 1) if off else None,
        ranged=len(ranged),
        coverage=round(mean(held), 3) if held else None,
        late=round(mean(late), 3) if late else None,
        may_say=len(held) >= COMPARABLE and mean(held) >= HOLDS - MAY_MISS,
    )
