"""Who is next: by class, by the time that counts, and by the counter's weights.

Only the first waiting ticket of each queue and class is looked at, so the answer takes the same
time with 200 tickets and with 20,000.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from server.domain.moments import instant, moment
from server.domain.rules import HallRules
from server.domain.tickets import Ticket

ORDINARY = 9
"""Rank of people without a priority class 优先类别; classes have lower ranks."""


class Place(NamedTuple):
    """A place in a line: all that decides whose turn it is."""

    rank: int
    since_s: float
    """When the wait that counts began, in seconds on any clock that `now_s` uses too."""
    id: int
    """Decides ties; whoever came first has the smaller one."""
    queue_id: int


def choose(
    heads: Sequence[Ticket],
    *,
    weights: Mapping[int, int],
    rules: HallRules,
    recent_ranks: Sequence[int],
    now: datetime,
) -> Ticket | None:
    """Return the ticket to call next, or None when *heads* is empty.

    Args:
        heads: the first waiting ticket of each queue and class that the counter serves.
        weights: weight of each queue at this counter; waiting time counts that many times.
        rules: `priority_in_row` bounds how many priority tickets go in a row.
        recent_ranks: ranks of the last calls from these queues, newest first.
        now: the moment of the call.

    Lower ranks go first, but after `priority_in_row` priority calls in a row an ordinary person
    goes if one waits. Within a rank the longest weighted wait goes first; ties go by time, then
    by id, so the order is total.
    """
    if not heads:
        return None
    first = first_of(
        [place_of(t) for t in heads],
        weights=weights,
        in_row=rules.priority_in_row,
        recent_ranks=recent_ranks,
        now_s=now.timestamp(),
    )
    return next(t for t in heads if t.id == first.id)


def place_of(t: Ticket) -> Place:
    """Return a waiting ticket's place."""
    return Place(t.rank, instant(t.sort_at).timestamp(), t.id, t.queue_id)


def first_of(
    places: Sequence[Place],
    *,
    weights: Mapping[int, int],
    in_row: int,
    recent_ranks: Sequence[int],
    now_s: float,
) -> Place:
    """Return whose turn it is of *places*, of which there is at least one; see `choose`.

    The forecast replays a hall with this very function, thousands of times in a second: hence a
    plain loop.
    """
    rank = _rank({p[0] for p in places}, in_row, recent_ranks)
    best: tuple[float, float, int] | None = None
    found = places[0]
    for place in places:
        if place[0] != rank:
            continue
        key = ((place[1] - now_s) * weights.get(place[3], 1), place[1], place[2])
        if best is None or key < best:
            best, found = key, place
    return found


def _rank(ranks: Collection[int], in_row: int, recent_ranks: Sequence[int]) -> int:
    best = min(ranks)
    if best == ORDINARY or ORDINARY not in ranks or in_row < 1:
        return best
    streak = recent_ranks[:in_row]
    used_up = len(streak) == in_row and all(r < ORDINARY for r in streak)
    return ORDINARY if used_up else best


def place_behind(waiting: Sequence[Ticket], *, behind: int, now: str) -> str:
    """Return the `sort_at` that puts a reinstated ticket behind *behind* waiting ones.

    Args:
        waiting: the first *behind* tickets that wait, in order (fewer when fewer wait).
        behind: how many go before it.
        now: used when fewer wait: the end of the line, see `place_at_end`.

    Ties are broken by id; the reinstated ticket is older than those before it and would win a tie,
    so its time lies one millisecond after the last of them.
    """
    if len(waiting) < behind or behind < 1:
        return now if behind >= 1 else (waiting[0].sort_at if waiting else now)
    return _next_millisecond(waiting[behind - 1].sort_at)


def place_at_end(last: str | None, now: str) -> str:
    """Return the `sort_at` behind the ticket that waits as the *last* one: now, as a rule.

    A clock that was set back would otherwise put whoever comes after before whoever came first.
    """
    return now if last is None or last < now else _next_millisecond(last)


def _next_millisecond(at: str) -> str:
    return moment(instant(at) + timedelta(milliseconds=1))
