"""The three lines that `make bench` prints about the waiting time."""

from __future__ import annotations

from typing import Any

from report import Result, tidy

from .bench import outcome

REFERENCE, USUAL = "gradient_boosting", "mean_per_open"
HOLDS, MAY_MISS = 0.80, 0.03


def against_boosting() -> Result:
    """Error of the estimate against a gradient-boosting reference."""
    errors, _, more = outcome()
    return Result(
        bench="wait",
        value=errors["replay"].mae / errors[REFERENCE].mae,
        unit="of the gradient-boosting reference's mean absolute error",
        goal="<= 1.1",
        more={"minutes": {name: e.tidy() for name, e in errors.items()}, **more},
    )


def against_usual() -> Result:
    """Error of the estimate against (ahead + 1) × mean ÷ open counters with the skill."""
    errors, _, _ = outcome()
    ours = errors["replay"].mae
    return Result(
        bench="wait_usual",
        value=ours / errors[USUAL].mae,
        unit="of the error of (ahead + 1) × mean ÷ open counters with the skill",
        goal="<= 0.6",
        more={"of": {name: tidy(ours / e.mae) for name, e in errors.items() if name != "replay"}},
    )


def range_holds() -> Result:
    """How far the share of printed ranges that held is from four in five."""
    _, held, _ = outcome()
    more: dict[str, Any] = held.tidy()
    return Result(
        bench="wait_range",
        value=abs(held.coverage - HOLDS),
        unit=f"off the {HOLDS:.0%} of printed ranges that are to hold",
        goal=f"<= {MAY_MISS}",
        more=more,
    )
