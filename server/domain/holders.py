"""Who may take a further number with the same identity card 实名取号: one open at a time, n a day.

A person is known by a keyed hash of one day only; this module sees what the hash holds today and
never the hash itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.tickets import State
from server.kit.contract.reasons import Refused

OPEN = frozenset({State.WAITING, State.CALLED, State.SERVING, State.HELD})
"""A number in these states is still to be served; one passed over 过号 is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A number that this person took today."""

    number: str
    state: State
    queue_id: int
    """The queue it waits in now."""
    taken_in: int
    """The queue it was taken in; another one after a transfer 转移."""
    counter: str = ""
    """Name of the counter it is at."""


def refusal(held: Iterable[Held], *, queue_id: int, queue: str, a_day: int) -> Refused | None:
    """Return why this person gets no further number of a queue, or None.

    Args:
        held: all that they took today.
        queue_id: the queue asked for.
        queue: its name, for the words.
        a_day: numbers of one queue that a person may take on a day; 0 = any.

    A number that was cancelled, passed over or served counts for the day all the same: it was
    taken. The open number is named, so that its holder can be told to wait for it.
    """
    taken = 0
    for one in held:
        if one.queue_id == queue_id and one.state in OPEN:
            return Refused(
                "number_open",
                number=one.number,
                state=one.state.value,
                counter=one.counter,
                queue=queue,
            )
        taken += one.taken_in == queue_id
    if a_day and taken >= a_day:
        return Refused("day_limit", queue=queue, limit=a_day)
    return None
