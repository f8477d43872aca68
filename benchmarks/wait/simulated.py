"""A county hall in which every wait is known: it calls people by the product's own rule.

17 counters, 7 services with shared skills, 8 % priority, no-shows, staggered lunch, breaks, late and
absent clerks. Times are seconds after 08:30; doors close at 16:30, and nobody is called after 17:00.
The same seed gives the same days on every machine.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from server.domain.ordering import ORDINARY, Place, first_of

MIN = 60.0
DOORS_CLOSE, HALL_CLOSES = 480 * MIN, 510 * MIN
OPENS_H = 8.5
"""Hour of the day at second 0."""
PRIORITY_SHARE, PRIORITY_RANK = 0.08, 1
NO_SHOW_SHARE = 0.05
NO_SHOW_S = (60.0, 120.0)
"""So long a counter waits for somebody who does not come (assumed)."""
IN_ROW = 2
ABSENT, LATE = 0.08, 0.15
LATE_BY = (10 * MIN, 60 * MIN)
BREAK_AFTER, BREAK_FOR = 150 * MIN, (4 * MIN, 14 * MIN)
LUNCH = ((250 * MIN, 310 * MIN), (190 * MIN, 250 * MIN))
"""Of even and of odd counters."""
DAY_SPREAD, BUSY_DAY = 0.15, 1.2
COUNTER_SPREAD, PACE_SPREAD = 0.08, 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A queue: how long its services last and how many come a day."""

    code: str
    mean_s: float
    variation: float
    a_day: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The hall: its services, and the skills of each counter by the services' codes."""

    services: tuple[Service, ...]
    skills: tuple[str, ...]


def _service(code: str, minutes: float, variation: float, a_day: float) -> Service:
    return Service(code=code, mean_s=minutes * MIN, variation=variation, a_day=a_day)


REFERENCE = Plan(
    services=(
        _service("A", 6, 0.7, 190),
        _service("B", 8, 0.8, 120),
        _service("C", 7, 0.8, 110),
        _service("D", 18, 0.9, 62),
        _service("E", 10, 0.9, 75),
        _service("F", 6, 0.6, 60),
        _service("G", 9, 0.6, 42),
    ),
    skills=("ABC", "ABC", "ABC", "ABC", "A", "A", "BC", "BC", "D", "D", "D", "DA", "E", "E", "EF",
            "FG", "G"),
)  # fmt: skip
"""The county hall that the figures are of."""
SMALL = Plan(
    services=(_service("A", 6, 0.7, 110), _service("B", 9, 0.8, 60), _service("D", 18, 0.9, 22)),
    skills=("AB", "AB", "A", "BD", "D"),
)
"""A township's, for a test that has no time."""


@dataclass(slots=True, kw_only=True, eq=False)
class Ticket:
    """One person's day."""

    id: int
    queue_id: int
    rank: int
    queued_s: float
    serves_s: float
    no_show: bool
    called_s: float = math.inf
    left_s: float = math.inf

    @property
    def place(self) -> Place:
        return Place(self.rank, self.queued_s, self.id, self.queue_id)


@dataclass(slots=True, kw_only=True, eq=False)
class Counter:
    """A counter and its clerk's day."""

    weights: Mapping[int, int]
    speed: float
    opens_s: float
    lunch: tuple[float, float]
    next_break: float
    open: bool = False
    away_until: float = 0.0
    """While it is on a break: when it ends, which nobody in the hall knows."""
    on_lunch: bool = False
    ticket: Ticket | None = None

    def serves_now(self, now: float) -> bool:
        """Say whether it has a clerk who calls or serves."""
        return self.open and not self.on_lunch and self.away_until <= now


@dataclass(slots=True, kw_only=True)
class Hall:
    """The hall at a moment of a day, as an estimate may look at it."""

    plan: Plan
    day: int
    counters: list[Counter]
    now: float = 0.0
    lines: dict[int, list[Ticket]] = field(default_factory=dict)
    """Queue → who waits, in the order rank, time, id."""
    calls: list[Ticket] = field(default_factory=list)
    """Called today, oldest first."""
    pauses: list[float] = field(default_factory=list)
    """Breaks of today that are over, in seconds."""

    def ahead(self, ticket: Ticket) -> int:
        """Return how many wait before *ticket* in its line."""
        return sum(t.place < ticket.place for t in self.lines[ticket.queue_id] if t is not ticket)


OnArrival = Callable[[Hall, Ticket], None]


def days(
    plan: Plan, *, seed: int, count: int, on_arrival: OnArrival
) -> Iterator[tuple[Hall, list[Ticket]]]:
    """Yield the hall and the tickets of each of *count* days, at the day's end.

    Args:
        plan: the hall.
        seed: the same seed, the same days.
        count: how many.
        on_arrival: called when a number was taken, before anybody is called.
    """
    chance = random.Random(seed)
    speeds = [math.exp(chance.gauss(0, COUNTER_SPREAD)) for _ in plan.skills]
    ids = itertools.count(1)
    for day in range(count):
        busy = math.exp(chance.gauss(0, DAY_SPREAD)) * (BUSY_DAY if day % 5 == 0 else 1)
        pace = math.exp(chance.gauss(0, PACE_SPREAD))
        arrivals = sorted(
            (
                t
                for q, s in enumerate(plan.services)
                for t in _arrivals(chance, q, s, s.a_day * busy, ids)
            ),
            key=lambda t: t.queued_s,
        )
        hall = Hall(
            plan=plan,
            day=day,
            counters=[_counter(chance, n, plan, speed * pace) for n, speed in enumerate(speeds)],
            lines={q: [] for q in range(len(plan.services))},
        )
        _play(hall, arrivals, chance, on_arrival)
        yield hall, arrivals


def _arrivals(
    chance: random.Random, queue: int, service: Service, expected: float, ids: Iterator[int]
) -> Iterator[Ticket]:
    minutes = range(int(DOORS_CLOSE / MIN))
    per_minute = expected / sum(intensity(m) for m in minutes)
    sigma = math.sqrt(math.log(1 + service.variation**2))
    at = 0.0
    peak = per_minute * 2.5
    while True:  # thinning: candidates at the peak's rate, kept by the relative intensity
        at += chance.expovariate(peak)
        if at >= len(minutes):
            return
        if chance.random() * 2.5 > intensity(at):
            continue
        lasts = service.mean_s * chance.lognormvariate(-sigma * sigma / 2, sigma)
        missing = chance.random() < NO_SHOW_SHARE
        yield Ticket(
            id=next(ids),
            queue_id=queue,
            rank=PRIORITY_RANK if chance.random() < PRIORITY_SHARE else ORDINARY,
            queued_s=at * MIN,
            serves_s=chance.uniform(*NO_SHOW_S) if missing else lasts,
            no_show=missing,
        )


def intensity(t: float) -> float:
    """Return how many come at minute *t*, relative: before noon, in the afternoon, at the door."""
    found = 0.35 + 1.5 * math.exp(-(((t - 55) / 45) ** 2))
    found += 0.95 * math.exp(-(((t - 345) / 45) ** 2))
    if 195 < t < 280:
        found -= 0.25
    if t < 12:
        found += 0.5
    return max(0.05, found)


def _counter(chance: random.Random, n: int, plan: Plan, speed: float) -> Counter:
    codes = [s.code for s in plan.services]
    opens = 0.0
    if chance.random() < ABSENT:
        opens = math.inf
    elif chance.random() < LATE:
        opens = chance.uniform(*LATE_BY)
    return Counter(
        weights={codes.index(c): 1 for c in plan.skills[n]},
        speed=speed,
        opens_s=opens,
        lunch=LUNCH[(n + 1) % 2],
        next_break=opens + chance.expovariate(1 / BREAK_AFTER) if opens < math.inf else math.inf,
    )


def _play(
    hall: Hall, arrivals: Sequence[Ticket], chance: random.Random, on_arrival: OnArrival
) -> None:
    serial = itertools.count()
    agenda: list[tuple[float, int, Counter | Ticket]] = []
    for ticket in arrivals:
        heappush(agenda, (ticket.queued_s, next(serial), ticket))
    for counter in hall.counters:
        if counter.opens_s < math.inf:
            heappush(agenda, (counter.opens_s, next(serial), counter))
            heappush(agenda, (counter.lunch[0], next(serial), counter))
            heappush(agenda, (counter.lunch[1], next(serial), counter))
    while agenda:
        hall.now, _, what = heappop(agenda)
        if isinstance(what, Ticket):
            line = hall.lines[what.queue_id]
            line.append(what)
            line.sort(key=lambda t: t.place)
            on_arrival(hall, what)
        for counter in [what] if isinstance(what, Counter) else hall.counters:
            for at in _turn(hall, counter, chance):
                heappush(agenda, (at, next(serial), counter))


def _turn(hall: Hall, counter: Counter, chance: random.Random) -> Iterator[float]:
    """Let a counter do what is due; yield when it has to be looked at again."""
    now = hall.now
    if now < counter.opens_s:
        return
    counter.open = True
    if counter.ticket is not None:
        if counter.ticket.left_s > now:
            return
        counter.ticket = None
    counter.on_lunch = counter.lunch[0] <= now < counter.lunch[1]
    if counter.on_lunch or counter.away_until > now or now >= HALL_CLOSES:
        return
    if now >= counter.next_break and now < DOORS_CLOSE:
        lasts = chance.uniform(*BREAK_FOR)
        counter.away_until = now + lasts
        counter.next_break = now + lasts + chance.expovariate(1 / BREAK_AFTER)
        hall.pauses.append(lasts)
        yield counter.away_until
        return
    ticket = _next(hall, counter)
    if ticket is not None:
        counter.ticket = ticket
        ticket.called_s = now
        ticket.left_s = now + ticket.serves_s * (1.0 if ticket.no_show else counter.speed)
        hall.lines[ticket.queue_id].remove(ticket)
        hall.calls.append(ticket)
        yield ticket.left_s


def _next(hall: Hall, counter: Counter) -> Ticket | None:
    heads: dict[tuple[int, int], Ticket] = {}
    for queue in counter.weights:
        for ticket in hall.lines[queue]:
            heads.setdefault((queue, ticket.rank), ticket)
    if not heads:
        return None
    by_id = {t.id: t for t in heads.values()}
    found = first_of(
        [t.place for t in heads.values()],
        weights=counter.weights,
        in_row=IN_ROW,
        recent_ranks=[t.rank for t in reversed(hall.calls) if t.queue_id in counter.weights][
            :IN_ROW
        ],
        now_s=hall.now,
    )
    return by_id[found.id]
