"""Typical service time of a queue, learnt from the tickets it finished."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

LEARN_FROM = 5
"""So many finished tickets are needed before the setting gives way to what was seen."""
RECENT = 15
"""So many of the last services count."""
SHORTEST_S, LONGEST_S = 30, 7200
"""Services outside these are slips of the finger or forgotten tickets and teach nothing."""


def typical_service_s(recent: Sequence[float], *, setting_s: int) -> int:
    """Return the typical service time in seconds: the median of the last services.

    Args:
        recent: seconds from start to finish of the last services, newest first.
        setting_s: the queue's own figure, used until there is enough history.
    """
    usable = [s for s in recent[:RECENT] if SHORTEST_S <= s <= LONGEST_S]
    return setting_s if len(usable) < LEARN_FROM else round(median(usable))
