"""Monte-Carlo replay of the present hall: everybody who waits is called, by the real rule.

Each busy counter ends after a draw from the past services of that queue that lasted longer than
this one has; each free counter takes the next by `ordering.first_of`, which is also what calls
people in life; counters leave and come back as known. One replay answers for every place of every
line, and for whoever takes a number next.

That next person is a *ghost*: at each call it is asked whether the rule would have taken the ghost
rather than a real ticket. If so, its wait is known; the counter then takes the real ticket all the
same, so ghosts disturb nobody, and each other not at all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace
from math import inf
from random import Random

from server.domain.ordering import ORDINARY, Place, first_of

Span = tuple[float, float]
"""Seconds from now: from (inclusive) to (exclusive); `inf` when the end is not known."""

RUNS = 80
"""So often the hall is played on; the median of so many strays by a few per cent."""
GHOST_ID = 1 << 62
"""A ghost loses every tie: it comes after everybody who is there."""
LINGERING = 0.5
"""Who has taken longer than anybody before takes up to half as long again (*assumed*)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterNow:
    """An open or paused counter as it is at this moment; closed ones are left out."""

    weights: Mapping[int, int]
    """Queue → weight, for the queues it serves."""
    serving: int | None = None
    """Queue of the ticket that is called or served there; None = free."""
    elapsed_s: float = 0.0
    """Seconds since that ticket was called."""
    away: tuple[Span, ...] = ()
    """When it serves nobody, in order: a pause with its end, lunch."""
    paused: bool = False
    """It is paused now and nobody said until when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HallNow:
    """What a replay begins with."""

    lines: Mapping[int, Sequence[Place]]
    """Queue → everybody who waits there, in the order rank, time, id."""
    counters: Sequence[CounterNow]
    services: Mapping[int, Sequence[float]]
    """Queue → seconds from call to end of past services, ascending; those of no-shows as well."""
    pauses: Sequence[float]
    """Seconds that past pauses without a stated end lasted, ascending."""
    now_s: float
    """The present moment on the clock of `Place.since_s`."""
    in_row: int
    """`HallRules.priority_in_row`."""
    recent: Sequence[tuple[int, int]] = ()
    """(queue, rank) of the last first calls in the hall, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How long one queue's people wait from the moment of the replay, in seconds."""

    seconds: tuple[float, ...]
    """For who has 0, 1, 2 … people before them; the last is an ordinary person who comes now.

    `inf` when, as the hall stands, nobody would call them.
    """

    def at(self, ahead: int) -> float:
        """Return the wait with so many people ahead.

        People who came after the replay lie beyond its end; the curve goes on with its own slope.
        """
        known = self.seconds
        last = len(known) - 1
        if ahead <= last:
            return known[max(0, ahead)]
        back = min(last, SLOPE_OVER)
        if back == 0:
            return known[last] * (ahead + 1)
        slope = (known[last] - known[last - back]) / back
        return known[last] + slope * (ahead - last)


SLOPE_OVER = 6
"""The slope at the end of a curve is taken over so many people."""


def replay(hall: HallNow, *, random: Random, runs: int = RUNS) -> dict[int, Curve]:
    """Return the curve of every queue: the medians over *runs* replays."""
    replaying = Replay(hall, random=random)
    for _ in range(runs):
        replaying.run()
    return replaying.curves()


class Replay:
    """A replay in steps, for a caller that lets others work between two runs."""

    def __init__(self, hall: HallNow, *, random: Random) -> None:
        self._hall = hall
        self._random = random.random
        self._lines: list[list[Place]] = []
        self._slots: list[list[list[float]]] = []
        """For each line and place in it: where the waits of all runs go."""
        self._line_of: dict[tuple[int, int], int] = {}
        self._waits: dict[int, list[list[float]]] = {}
        for queue, places in hall.lines.items():
            waits: list[list[float]] = [[] for _ in range(len(places) + 1)]
            self._waits[queue] = waits
            for place, slot in zip(places, waits, strict=False):
                at = self._line_of.setdefault((queue, place.rank), len(self._lines))
                if at == len(self._lines):
                    self._lines.append([])
                    self._slots.append([])
                self._lines[at].append(place)
                self._slots[at].append(slot)
        self._ghosts = {q: Place(ORDINARY, hall.now_s, GHOST_ID, q) for q in hall.lines}
        self._counters = [_Counter(c, self._line_of, hall) for c in hall.counters]
        self._priorities = sum(p.rank != ORDINARY for line in self._lines for p in line)
        self._real = sum(map(len, self._lines))

    def run(self) -> None:
        """Play the hall on once."""
        hall, random = self._hall, self._random
        lines, slots, line_of = self._lines, self._slots, self._line_of
        position = [0] * len(lines)
        heads: list[Place | None] = [line[0] for line in lines]
        ghosts = dict(self._ghosts)
        priorities, real = self._priorities, self._real
        recent = list(reversed(hall.recent))
        free = [(c.free_at(random), n) for n, c in enumerate(self._counters)]
        heapify(free)
        now_s, in_row = hall.now_s, hall.in_row
        while free and (real or ghosts):
            at, n = free[0]
            counter = self._counters[n]
            if at == inf:
                break
            places = [h for i in counter.lines if (h := heads[i]) is not None]
            ranks: Sequence[int] = ()
            if priorities and in_row:
                ranks = [r for q, r in recent if q in counter.weights][: -in_row - 1 : -1]
            for queue in counter.queues if ghosts else ():
                ghost = ghosts.get(queue)
                if ghost is None:
                    continue
                ordinary = line_of.get((queue, ORDINARY))
                if ordinary is not None and heads[ordinary] is not None:
                    continue  # somebody of its own line stands before it
                if not places or ghost is first_of(
                    [*places, ghost],
                    weights=counter.weights,
                    in_row=in_row,
                    recent_ranks=ranks,
                    now_s=now_s + at,
                ):
                    self._waits[queue][-1].append(at)
                    del ghosts[queue]
            if not places:
                heappop(free)  # nobody will come: this counter stays idle
                continue
            if len(places) == 1:
                chosen = places[0]
            else:
                chosen = first_of(
                    places,
                    weights=counter.weights,
                    in_row=in_row,
                    recent_ranks=ranks,
                    now_s=now_s + at,
                )
            line = line_of[chosen.queue_id, chosen.rank]
            where = position[line]
            slots[line][where].append(at)
            where += 1
            position[line] = where
            heads[line] = lines[line][where] if where < len(lines[line]) else None
            real -= 1
            if chosen.rank != ORDINARY:
                priorities -= 1
            if priorities:
                recent.append((chosen.queue_id, chosen.rank))
            pool = counter.pools[chosen.queue_id]
            ends = at + pool[int(random() * len(pool))]
            heapreplace(free, (counter.back(ends), n))
        for queue in ghosts:
            self._waits[queue][-1].append(inf)
        if real:
            for line, where in enumerate(position):
                for slot in slots[line][where:]:
                    slot.append(inf)

    def curves(self) -> dict[int, Curve]:
        """Return the medians over the runs so far, of which there is at least one."""
        return {q: Curve(seconds=tuple(_rising(waits))) for q, waits in self._waits.items()}


class _Counter:
    """A counter prepared for many runs."""

    __slots__ = (
        "_away",
        "_elapsed",
        "_paused",
        "_pauses",
        "_serving",
        "lines",
        "pools",
        "queues",
        "weights",
    )

    def __init__(
        self, now: CounterNow, line_of: Mapping[tuple[int, int], int], hall: HallNow
    ) -> None:
        self.weights = now.weights
        self.queues = tuple(q for q in now.weights if q in hall.lines)
        self.lines = tuple(at for (queue, _), at in line_of.items() if queue in now.weights)
        self.pools = {q: hall.services[q] for q in now.weights if q in hall.services}
        self._away = now.away
        self._paused = now.paused
        self._pauses = hall.pauses
        self._elapsed = now.elapsed_s
        self._serving: Sequence[float] | None = None
        if now.serving is not None:
            pool = hall.services.get(now.serving, ())  # none: a queue that was put out of use
            self._serving = pool[bisect_right(pool, now.elapsed_s) :]

    def free_at(self, random: Callable[[], float]) -> float:
        at = 0.0
        if self._serving is not None:
            if self._serving:
                at = self._serving[int(random() * len(self._serving))] - self._elapsed
            else:
                at = random() * LINGERING * self._elapsed
        if self._paused:
            at = max(at, self._pauses[int(random() * len(self._pauses))]) if self._pauses else inf
        return self.back(at)

    def back(self, at: float) -> float:
        """Return when a counter that is done at *at* serves the next: then, or after a break."""
        for begin, end in self._away:
            if begin <= at < end:
                at = end
        return at


def _rising(waits: Sequence[list[float]]) -> Iterator[float]:
    """Yield the medians; who has more people ahead does not wait less."""
    least = 0.0
    for wait in waits:
        ordered = sorted(wait)
        middle = len(ordered) // 2
        least = max(least, ordered[middle] if ordered else inf)
        yield least
