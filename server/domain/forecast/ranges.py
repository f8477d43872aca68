"""What is printed of an estimate: a range that held in four cases of five in this hall's past.

The width is learnt, not assumed: for each number of people ahead, how actual waits stood to their
estimates. A band around the figure of fixed width held in 62 % of the cases of real halls; the
quantiles of a replay alone in 69 % (they know nothing of breaks and absences to come).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf, isfinite
from statistics import median

CALM_S = 60.0
"""Added to both sides of a ratio: of a minute more or less nobody makes a figure."""
HOLDS = 0.80
"""So many of the printed ranges are to hold."""
LOW, HIGH = 0.25, 0.85
"""Quantiles to begin with: rounding outward makes four fifths of these three."""
STEPS = tuple(n / 100 for n in range(-16, 17, 2))
"""By how much the quantiles are moved apart or together until the past would have held."""
BANDS = (0, 1, 3, 6, 11, 21)
"""People ahead, from which each band begins."""
COMPARABLE = 30
"""Past tickets from which a queue or a hall may speak."""
OWN_BAND = 100
"""Past tickets from which a band has quantiles of its own: fewer fit themselves too well."""
MOST_MIN = 90
"""A wait that may last longer is said as so long 以上: beyond, figures help nobody plan."""
Printed = tuple[int, int | None]
"""(low, high) in minutes as printed; high None = low or longer."""
SLACK_S = 90.0
"""By so much an estimate may have moved before a screen changes its range."""
ASSUMED = (0.7, 1.7)
"""Ratios of a range that no outcome was compared with yet; it is marked 粗略."""
FACTOR_BOUNDS = (0.6, 1.6)
"""A factor outside these is a sign of something else than a usual bias."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A past ticket: what the replay said, and what came."""

    queue_id: int
    ahead: int
    estimate_s: float
    """The plain figure of the replay, before any factor."""
    actual_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """How far actual waits were from the estimates."""

    factor: float = 1.0
    """Median of actual ÷ estimate: waits are so many times what the replay says."""
    bands: dict[int, tuple[float, float]]
    """First number ahead of a band → ratios between which the range lies."""
    counts: dict[int, int]
    """Queue → outcomes it was learnt from."""

    @property
    def count(self) -> int:
        """Outcomes in all."""
        return sum(self.counts.values())

    def point_s(self, estimate_s: float) -> float:
        """Return the single best figure in seconds."""
        return estimate_s * self.factor

    def printed(self, estimate_s: float, ahead: int) -> Printed | None:
        """Return the range in minutes as it is printed.

        Before enough estimates were judged it is wide by assumption. None when nobody serves.
        """
        if not isfinite(estimate_s):
            return None
        return rounded(estimate_s, self.bands.get(band(ahead), ASSUMED), ahead)

    def steady(self, shown: Printed, estimate_s: float, ahead: int) -> Printed | None:
        """Return the range for a screen that shows *shown*: that, while it is as good as right.

        A range that jumps with every call tells nobody anything.
        """
        least = self.printed(max(0.0, estimate_s - SLACK_S), ahead)
        most = self.printed(estimate_s + SLACK_S, ahead)
        if least is None or most is None:
            return None
        low = least[0] <= shown[0] <= most[0]
        high = _end(least) <= _end(shown) <= _end(most)
        return shown if low and high else self.printed(estimate_s, ahead)


def band(ahead: int) -> int:
    """Return the first number of the band that *ahead* lies in."""
    return next(first for first in reversed(BANDS) if ahead >= first or first == 0)


def ratio(actual_s: float, estimate_s: float) -> float:
    """Return how an actual wait stands to its estimate."""
    return (actual_s + CALM_S) / (estimate_s + CALM_S)


def rounded(estimate_s: float, between: tuple[float, float], ahead: int) -> Printed:
    """Return (low, high) in minutes, rounded outward to five, above an hour to ten.

    With nobody ahead the low end is 0: the next call may come at once. A high end above `MOST_MIN`
    is left open, and the low end is then at most that.
    """
    low, high = (max(0.0, (estimate_s + CALM_S) * r - CALM_S) / 60 for r in between)
    low_min = 0 if ahead <= 0 else floor(low / _step(low)) * _step(low)
    high_min = max(low_min + _step(low), ceil(high / _step(high)) * _step(high))
    if high_min > MOST_MIN:
        return min(low_min, MOST_MIN), None
    return low_min, high_min


def holds(printed: Printed, actual_s: float) -> bool:
    """Say whether a wait lies in the range that was printed."""
    low, high = printed
    return low * 60 <= actual_s and (high is None or actual_s <= high * 60)


def _end(printed: Printed) -> float:
    return inf if printed[1] is None else printed[1]


def _step(minutes: float) -> int:
    return 5 if minutes <= 60 else 10


def factor_of(outcomes: Iterable[Outcome]) -> float:
    """Return the median of actual ÷ estimate, within bounds; 1 before there is a past."""
    ratios = [ratio(o.actual_s, o.estimate_s) for o in outcomes if o.estimate_s > CALM_S]
    if len(ratios) < COMPARABLE:
        return 1.0
    return min(max(median(ratios), FACTOR_BOUNDS[0]), FACTOR_BOUNDS[1])


def learnt(outcomes: Sequence[Outcome]) -> Ranges:
    """Return the ranges that would have held in four of five of *outcomes*, as printed."""
    counts: dict[int, int] = {}
    for outcome in outcomes:
        counts[outcome.queue_id] = counts.get(outcome.queue_id, 0) + 1
    if len(outcomes) < COMPARABLE:
        return Ranges(bands={}, counts=counts)
    every = sorted(ratio(o.actual_s, o.estimate_s) for o in outcomes)
    by_band: dict[int, list[float]] = {first: [] for first in BANDS}
    for o in outcomes:
        by_band[band(o.ahead)].append(ratio(o.actual_s, o.estimate_s))
    past = {f: sorted(r) if len(r) >= OWN_BAND else every for f, r in by_band.items()}
    tried = (
        {
            f: (quantile(r, LOW - d), quantile(r, HIGH + d * (1 - HIGH) / LOW))
            for f, r in past.items()
        }
        for d in STEPS
    )
    bands = min(tried, key=lambda b: abs(coverage(outcomes, b) - HOLDS))
    return Ranges(factor=factor_of(outcomes), bands=bands, counts=counts)


def coverage(outcomes: Sequence[Outcome], bands: dict[int, tuple[float, float]]) -> float:
    """Return the share of outcomes that lie in their printed range."""
    held = sum(
        holds(rounded(o.estimate_s, bands[band(o.ahead)], o.ahead), o.actual_s) for o in outcomes
    )
    return held / len(outcomes)


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which *share* of the ascending values lie."""
    place = min(max(share, 0.0), 1.0) * (len(ordered) - 1)
    lower = int(place)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (ordered[upper] - ordered[lower]) * (place - lower)
