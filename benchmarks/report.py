"""What a benchmark prints: one line of JSON with its goal and whether it was met."""

from __future__ import annotations

import json
import operator
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

COMPARE = {">=": operator.ge, "<=": operator.le}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One benchmark's outcome."""

    bench: str
    value: float
    unit: str
    goal: str
    """`>= 0.35` or `<= 300`."""
    aim: str = ""
    """What we would like better than the goal, same form; empty when there is none."""
    more: dict[str, Any] = field(default_factory=dict)

    def line(self) -> str:
        """Return the line to print."""
        shown: dict[str, Any] = {
            "bench": self.bench,
            "value": tidy(self.value),
            "unit": self.unit,
            "goal": self.goal,
            "met": holds(self.goal, self.value),
        }
        if self.aim:
            shown["aim"] = self.aim
            shown["aim_met"] = holds(self.aim, self.value)
        return json.dumps({**shown, **self.more}, ensure_ascii=False)


def holds(goal: str, value: float) -> bool:
    """Return whether *value* satisfies *goal*, e.g. `>= 0.35`."""
    sign, bound = goal.split()
    return bool(COMPARE[sign](value, float(bound)))


def ratio_of_rounds(ours: Sequence[float], reference: Sequence[float]) -> float:
    """Return the median over the rounds of ours ÷ reference, each taken in the same round."""
    return statistics.median(a / b for a, b in zip(ours, reference, strict=True))


def tidy(value: float) -> float:
    """Return *value* with four significant digits, as much as any of these figures deserves."""
    return float(f"{value:.4g}")


def rounds(
    ours: Sequence[float], reference: Sequence[float], names: tuple[str, str]
) -> dict[str, Any]:
    """Return both sides' medians and all rounds, for the reader who wants to judge the spread."""
    return {
        names[0]: tidy(statistics.median(ours)),
        names[1]: tidy(statistics.median(reference)),
        "rounds": [[tidy(a), tidy(b)] for a, b in zip(ours, reference, strict=True)],
    }
