"""What past days teach: how long services last, how fast lines move, how far estimates were off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.domain.forecast.ranges import COMPARABLE, Outcome, Ranges, learnt, quantile

DAYS = 20
"""Days whose services and paces count."""
OUTCOME_DAYS = 10
"""Days whose estimates count: what was off lately."""
POOL = 200
"""Durations kept of a queue: its quantiles, which are enough to draw from."""
SHORTEST_S, LONGEST_S = 5.0, 14_400.0
"""Stays outside these are slips of the finger and forgotten tickets."""
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A ticket of a past day, in seconds of that day's local clock."""

    queue_id: int
    queued_s: float
    called_s: float
    """First call."""
    left_s: float | None
    """When it left the counter; None when nobody knows."""
    no_show: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a line moved while somebody stood in it."""

    busy_s: float
    calls: int

    def seconds(self) -> float:
        """Return seconds per call."""
        return self.busy_s / max(1, self.calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What a forecast knows of the past; serialises to JSON as it is."""

    days: int = 0
    services: dict[int, list[float]] = field(default_factory=dict)
    """Queue → stays at the counter in seconds, ascending, no-shows among them."""
    pauses: list[float] = field(default_factory=list)
    """Pauses without a stated end in seconds, ascending."""
    pace: dict[int, Pace] = field(default_factory=dict)
    pace_by_hour: dict[int, dict[int, Pace]] = field(default_factory=dict)
    """Queue → hour of the day → pace."""
    no_show: dict[int, float] = field(default_factory=dict)
    """Queue → share of calls that nobody answered."""
    ranges: Ranges = field(default_factory=lambda: Ranges(bands={}, counts={}))

    def pace_s(self, queue_id: int, hour: int) -> float | None:
        """Return seconds per call in that hour, else all day; None before there is a past."""
        hourly = self.pace_by_hour.get(queue_id, {}).get(hour)
        if hourly is not None and hourly.calls >= COMPARABLE:
            return hourly.seconds()
        daily = self.pace.get(queue_id)
        return daily.seconds() if daily is not None and daily.calls else None

    def knows(self, queue_id: int) -> bool:
        """Say whether services of this queue are known well enough to replay them."""
        return len(self.services.get(queue_id, ())) >= COMPARABLE

    def is_rough(self, queue_id: int) -> bool:
        """Say whether this queue's own past is too short, so that its range is 粗略."""
        return self.ranges.counts.get(queue_id, 0) < COMPARABLE


def model_of(
    days: Sequence[Sequence[Visit]],
    *,
    pauses: Iterable[float] = (),
    outcomes: Sequence[Outcome] = (),
) -> Model:
    """Return what these days teach.

    Args:
        days: visits of each of the last `DAYS` days.
        pauses: pauses without a stated end on those days, seconds.
        outcomes: estimates of the last `OUTCOME_DAYS` days with what came.
    """
    stays: dict[int, list[float]] = {}
    missed: dict[int, int] = {}
    calls: dict[int, int] = {}
    hourly: dict[int, dict[int, Pace]] = {}
    for visits in days:
        for v in visits:
            calls[v.queue_id] = calls.get(v.queue_id, 0) + 1
            missed[v.queue_id] = missed.get(v.queue_id, 0) + v.no_show
            if v.left_s is not None and SHORTEST_S <= v.left_s - v.called_s <= LONGEST_S:
                stays.setdefault(v.queue_id, []).append(v.left_s - v.called_s)
        for queue_id, by_hour in paces(visits).items():
            known = hourly.setdefault(queue_id, {})
            for hour, pace in by_hour.items():
                known[hour] = _sum([known[hour], pace]) if hour in known else pace
    return Model(
        days=len(days),
        services={q: thinned(sorted(s), POOL) for q, s in stays.items()},
        pauses=thinned(sorted(pauses), POOL),
        pace={q: _sum(by_hour.values()) for q, by_hour in hourly.items()},
        pace_by_hour=hourly,
        no_show={q: missed[q] / n for q, n in calls.items()},
        ranges=learnt(outcomes),
    )


def paces(visits: Iterable[Visit]) -> dict[int, dict[int, Pace]]:
    """Return, for each queue and hour of one day, how its line moved while people waited."""
    lines: dict[int, list[Visit]] = {}
    for v in visits:
        lines.setdefault(v.queue_id, []).append(v)
    found: dict[int, dict[int, Pace]] = {}
    for queue_id, line in lines.items():
        busy: dict[int, float] = {}
        for begin, end in _together((v.queued_s, v.called_s) for v in line):
            for hour, seconds in _by_hour(begin, end):
                busy[hour] = busy.get(hour, 0.0) + seconds
        calls: dict[int, int] = {}
        for v in line:
            if v.called_s - v.queued_s >= 1:  # who was called at once says nothing of the line
                hour = int(v.called_s // HOUR_S)
                calls[hour] = calls.get(hour, 0) + 1
        found[queue_id] = {
            hour: Pace(busy_s=busy.get(hour, 0.0), calls=calls.get(hour, 0))
            for hour in busy.keys() | calls.keys()
        }
    return found


def _together(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _by_hour(begin: float, end: float) -> list[tuple[int, float]]:
    parts = []
    while begin < end:
        hour = int(begin // HOUR_S)
        until = min(end, (hour + 1) * HOUR_S)
        parts.append((hour, until - begin))
        begin = until
    return parts


def _sum(paces_: Iterable[Pace]) -> Pace:
    every = list(paces_)
    return Pace(busy_s=sum(p.busy_s for p in every), calls=sum(p.calls for p in every))


def thinned(ordered: Sequence[float], most: int) -> list[float]:
    """Return at most *most* evenly spaced values of an ascending list, in tenths."""
    if len(ordered) <= most:
        return [round(v, 1) for v in ordered]
    return [round(quantile(ordered, (n + 0.5) / most), 1) for n in range(most)]


def services_or_setting(
    model: Model, settings: Mapping[int, int], today: Mapping[int, Sequence[float]] | None = None
) -> dict[int, Sequence[float]]:
    """Return a pool to draw from for every queue: its past, else today, else the setting.

    Args:
        model: the past.
        settings: queue → the manager's figure in seconds.
        today: queue → stays of today so far, for a queue that has no past.
    """
    pools: dict[int, Sequence[float]] = {}
    for queue_id, setting_s in settings.items():
        pool = model.services.get(queue_id, [])
        if not model.knows(queue_id):
            seen = [*pool, *((today or {}).get(queue_id, ()))]
            pool = sorted([*seen, *(setting_s * f for f in SPREAD)])
        pools[queue_id] = pool
    return pools


SPREAD = (0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.9, 1.05, 1.25, 1.5, 2.1, 3.05)
"""A usual distribution of services around their mean (lognormal, deviation 0.8 of it; *assumed*)."""
