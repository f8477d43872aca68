"""How well a predictor does: errors in minutes, and how a printed range holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import mean, median

from server.domain.forecast.ranges import Printed, holds

CLOSE_MIN, CLOSE_SHARE = 5.0, 0.25
"""An estimate is close when it is off by no more than the larger of the two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """Errors of a predictor, minutes; positive bias = people are told too long a wait."""

    mae: float
    rmse: float
    bias: float
    close: float
    """Share within five minutes or a quarter."""

    def tidy(self) -> dict[str, float]:
        return {name: round(value, 3) for name, value in asdict(self).items()}


def errors(said_s: Sequence[float], actual_s: Sequence[float]) -> Errors:
    """Return the errors of a predictor."""
    pairs = [(s / 60, a / 60) for s, a in zip(said_s, actual_s, strict=True)]
    off = [s - a for s, a in pairs]
    return Errors(
        mae=mean(map(abs, off)),
        rmse=mean(e * e for e in off) ** 0.5,
        bias=mean(off),
        close=mean(abs(s - a) <= max(CLOSE_MIN, CLOSE_SHARE * a) for s, a in pairs),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How printed ranges held."""

    coverage: float
    late: float
    """Share of people who waited longer than the range said."""
    early: float
    width_min: float
    """Median width of those with two ends."""
    open: float
    """Share printed as so long 以上."""

    def tidy(self) -> dict[str, float]:
        return {name: round(value, 3) for name, value in asdict(self).items()}


def held(printed: Sequence[Printed], actual_s: Sequence[float]) -> Held:
    """Return how ranges held."""
    pairs = list(zip(printed, actual_s, strict=True))
    widths = [high - low for low, high in printed if high is not None]
    return Held(
        coverage=mean(holds(p, a) for p, a in pairs),
        late=mean(p[1] is not None and a > p[1] * 60 for p, a in pairs),
        early=mean(a < p[0] * 60 for p, a in pairs),
        width_min=median(widths),
        open=mean(p[1] is None for p in printed),
    )
