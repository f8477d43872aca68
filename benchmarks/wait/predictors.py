"""What the hall looks like to each predictor at the moment a number is taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from random import Random
from time import process_time

from server.domain.forecast.learning import (
    DAYS,
    HOUR_S,
    OUTCOME_DAYS,
    Model,
    Visit,
    model_of,
    services_or_setting,
)
from server.domain.forecast.ranges import Outcome, Printed
from server.domain.forecast.replay import RUNS, CounterNow, HallNow, replay
from server.domain.forecast.simple import LATELY_S, Lately, median_of_three, shrunk_pace

from .simulated import IN_ROW, OPENS_H, Counter, Hall, Plan, Ticket, days


@dataclass(slots=True, kw_only=True)
class Asked:
    """One number taken: what was said, and later what came."""

    ticket: Ticket
    day: int
    ahead: int
    features: tuple[float, ...]
    """Second of the day, queue, number ahead, counters open with the skill and busy ones of them,
    last wait, mean of the last five waits, pace of the last hour, historical pace."""
    said: dict[str, float]
    """Predictor → seconds."""
    plain_s: float | None = None
    """The replay before its factor; None where it was not asked."""
    printed: Printed | None = None

    @property
    def actual_s(self) -> float:
        return self.ticket.called_s - self.ticket.queued_s


@dataclass(slots=True, kw_only=True)
class Student:
    """Lives through the days as the product does: learns at night, estimates by day.

    Args:
        plan: the hall.
        seed: of its days.
        learning: days before those that count.
        each: on learning days every so many-th ticket is replayed, later every one.
    """

    plan: Plan
    seed: int
    learning: int
    each: int = 4
    runs: int = RUNS
    model: Model = field(default_factory=Model)
    asked: list[Asked] = field(default_factory=list)
    unsaid: int = 0
    """Tickets taken while no counter with the skill was open: nobody can say anything."""
    replay_s: float = 0.0
    """Processor time that the replays took."""
    _visits: list[list[Visit]] = field(default_factory=list)
    _pauses: list[list[float]] = field(default_factory=list)

    def live(self, tested: int) -> tuple[list[Asked], list[Asked]]:
        """Return what was asked on the learning days and on *tested* days after them.

        Tickets that were never called are left out.
        """
        for hall, tickets in days(
            self.plan, seed=self.seed, count=self.learning + tested, on_arrival=self._ask
        ):
            self._sleep_on(hall, tickets)
        known = [a for a in self.asked if isfinite(a.actual_s)]
        return (
            [a for a in known if 0 < a.day < self.learning],
            [a for a in known if a.day >= self.learning and a.plain_s is not None],
        )

    def _sleep_on(self, hall: Hall, tickets: list[Ticket]) -> None:
        self._visits.append([_visit(t) for t in tickets if isfinite(t.left_s)])
        self._pauses.append(hall.pauses)
        self.model = model_of(
            self._visits[-DAYS:],
            pauses=[p for day in self._pauses[-DAYS:] for p in day],
            outcomes=[
                Outcome(
                    queue_id=a.ticket.queue_id,
                    ahead=a.ahead,
                    estimate_s=a.plain_s,
                    actual_s=a.actual_s,
                )
                for a in self.asked
                if a.plain_s is not None
                and a.day > hall.day - OUTCOME_DAYS
                and isfinite(a.actual_s)
            ],
        )

    def _ask(self, hall: Hall, ticket: Ticket) -> None:
        ahead = hall.ahead(ticket)
        asked = _look(hall, ticket, ahead, self.model)
        wanted = hall.day >= self.learning - OUTCOME_DAYS and hall.day > 0
        if wanted and (hall.day >= self.learning or ticket.id % self.each == 0):
            begun = process_time()
            plain = replay_seconds(hall, ticket, self.model, ahead=ahead, runs=self.runs)
            self.replay_s += process_time() - begun
            if not isfinite(plain):
                self.unsaid += 1
                return
            asked.plain_s = plain
            asked.said["replay"] = self.model.ranges.point_s(plain)
            asked.printed = self.model.ranges.printed(plain, ahead)
        self.asked.append(asked)


def _look(hall: Hall, ticket: Ticket, ahead: int, model: Model) -> Asked:
    queue = ticket.queue_id
    mean = hall.plan.services[queue].mean_s
    skilled = [c for c in hall.counters if queue in c.weights]
    open_here = sum(c.serves_now(hall.now) for c in skilled)
    lately = lately_of(hall, queue)
    pace = model.pace_s(queue, int(hall.now / HOUR_S + OPENS_H)) or mean
    last = [t.called_s - t.queued_s for t in hall.calls if t.queue_id == queue][-5:]
    return Asked(
        ticket=ticket,
        day=hall.day,
        ahead=ahead,
        features=(
            hall.now,
            queue,
            ahead,
            open_here,
            sum(c.ticket is not None for c in skilled),
            last[-1] if last else 0.0,
            sum(last) / len(last) if last else 0.0,
            shrunk_pace(0.0, lately, trust=0) if lately.calls else pace,
            pace,
        ),
        said={
            "median_of_three": median_of_three(ahead, pace, lately),
            "mean_per_open": (ahead + 1) * mean / max(1, open_here),
            "last_wait": lately.last_wait_s or 0.0,
        },
    )


def _visit(t: Ticket) -> Visit:
    opens = OPENS_H * HOUR_S
    return Visit(
        queue_id=t.queue_id,
        queued_s=opens + t.queued_s,
        called_s=opens + t.called_s,
        left_s=opens + t.left_s,
        no_show=t.no_show,
    )


def lately_of(hall: Hall, queue: int) -> Lately:
    """Return what a queue did in the last hour."""
    since = hall.now - LATELY_S
    line = [t for t in hall.calls if t.queue_id == queue]
    spans = [(max(t.queued_s, since), t.called_s) for t in line if t.called_s > since]
    spans += [(max(t.queued_s, since), hall.now) for t in hall.lines[queue]]
    busy, reached = 0.0, since
    for begin, end in sorted(spans):
        busy += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    return Lately(
        calls=sum(t.called_s > since and t.called_s - t.queued_s >= 1 for t in line),
        busy_s=busy,
        last_wait_s=line[-1].called_s - line[-1].queued_s if line else None,
    )


def hall_now(hall: Hall, model: Model, *, without: Ticket | None = None) -> HallNow:
    """Return the hall as the product knows it: who waits, who is served, who is at lunch.

    Breaks to come, their ends, and clerks who are late are known to nobody.
    """
    settings = {q: round(s.mean_s) for q, s in enumerate(hall.plan.services)}
    return HallNow(
        lines={q: [t.place for t in line if t is not without] for q, line in hall.lines.items()},
        counters=[_counter_now(c, hall.now) for c in hall.counters if c.open],
        services=services_or_setting(model, settings),
        pauses=model.pauses,
        now_s=hall.now,
        in_row=IN_ROW,
        recent=[(t.queue_id, t.rank) for t in reversed(hall.calls[-50:])],
    )


def _counter_now(c: Counter, now: float) -> CounterNow:
    begin, end = c.lunch
    return CounterNow(
        weights=c.weights,
        serving=None if c.ticket is None else c.ticket.queue_id,
        elapsed_s=0.0 if c.ticket is None else now - c.ticket.called_s,
        away=((begin - now, end - now),) if end > now else (),
        paused=c.away_until > now,
    )


def replay_seconds(hall: Hall, ticket: Ticket, model: Model, *, ahead: int, runs: int) -> float:
    """Return the replay's figure for a ticket that was just taken, as for one who comes now."""
    state = hall_now(hall, model, without=ticket)
    return replay(state, random=Random(ticket.id), runs=runs)[ticket.queue_id].at(ahead)
