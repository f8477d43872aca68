"""Who is next: by class, by the time that counts, and by the counter's weights.

Only the first waiting ticket of each queue and class is looked at, so the answer takes the same
time with 200 tickets and with 20,000.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from server.domain.moments import instant, moment
from server.domain.rules import HallRules
from server.domain.tickets import Ticket

ORDINARY = 9
"""Rank of people without a priority class 优先类别; classes have lower ranks."""


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
    rank = _rank(heads, rules, recent_ranks)
    return min((t for t in heads if t.rank == rank), key=lambda t: _key(t, weights, now))


def _rank(heads: Iterable[Ticket], rules: HallRules, recent_ranks: Sequence[int]) -> int:
    ranks = {t.rank for t in heads}
    best = min(ranks)
    cap = rules.priority_in_row
    if best == ORDINARY or ORDINARY not in ranks or cap < 1:
        return best
    streak = recent_ranks[:cap]
    used_up = len(streak) == cap and all(r < ORDINARY for r in streak)
    return ORDINARY if used_up else best


def _key(t: Ticket, weights: Mapping[int, int], now: datetime) -> tuple[float, str, int]:
    waited = (now - instant(t.sort_at)).total_seconds()
    return (-waited * weights.get(t.queue_id, 1), t.sort_at, t.id)


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
