"""Rules of thumb: what to say when there is nothing to replay, and to check the replay by.

In real data the median of three simple figures was nearly as good as the best model, where dividing
a mean service time by counters that other queues share was far off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

LATELY_S = 3600.0
"""What the last hour showed is blended with history."""
TRUST_HISTORY = 20
"""History weighs as much as so many calls of the last hour."""
TRUST_SETTING = 6
"""The manager's figure weighs as much as so many calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """What a queue did in the last hour."""

    calls: int = 0
    """First calls while people waited."""
    busy_s: float = 0.0
    """Seconds in which somebody waited."""
    last_wait_s: float | None = None
    """How long the last one who was called had waited."""


def shrunk_pace(history_s: float, lately: Lately, *, trust: int = TRUST_HISTORY) -> float:
    """Return seconds per call: history, moved towards the last hour by what that hour showed."""
    return (trust * history_s + lately.busy_s) / (trust + lately.calls)


def setting_pace(service_s: float, serving: Iterable[Mapping[int, int]]) -> float:
    """Return seconds per call from the setting alone.

    Args:
        service_s: the setting for a service.
        serving: for each open counter with the skill, all the queues it serves: of a counter that
            serves three, a queue has a third.
    """
    effective = sum(1 / len(weights) for weights in serving if weights)
    return service_s / max(effective, 0.5)


def median_of_three(ahead: int, history_s: float, lately: Lately) -> float:
    """Return the median of three estimates in seconds, for who has *ahead* people before them."""
    guesses = [
        (ahead + 1) * history_s,
        (ahead + 1) * shrunk_pace(history_s, lately),
    ]
    if lately.last_wait_s is not None:
        guesses.append(lately.last_wait_s)
    return float(median(guesses))


def cold(ahead: int, setting_s: float, lately: Lately) -> float:
    """Return the estimate in seconds of a hall without a past; see `setting_pace`."""
    return (ahead + 1) * shrunk_pace(setting_s, lately, trust=TRUST_SETTING)
