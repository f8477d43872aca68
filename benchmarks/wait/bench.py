"""The waiting time on the simulated hall: 20 days to learn from, 10 that count.

The replay is measured against a gradient-boosting reference, which learns from every ticket of the
20 days, and against what queueing systems usually print. All are asked at the same moments about
the same tickets; the reference and the rules see neither the lunch roster nor the dispatch rule,
which a hall's own system has.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from .predictors import Asked, Student
from .score import Errors, Held, errors, held
from .simulated import REFERENCE

SEED = 1
LEARNING, TESTED = 20, 10
QUEUE = 1
"""Place of the queue among the features: a category, not a number."""


@functools.cache
def outcome() -> tuple[dict[str, Errors], Held, dict[str, Any]]:
    """Return errors by predictor, how ranges held, and what else is worth knowing."""
    student = Student(plan=REFERENCE, seed=SEED, learning=LEARNING)
    past, test = student.live(TESTED)
    actual = [a.actual_s for a in test]
    said = {name: [a.said[name] for a in test] for name in test[0].said}
    said["gradient_boosting"] = boosted(past, test)
    asked = sum(a.plain_s is not None for a in student.asked)
    return (
        {name: errors(values, actual) for name, values in said.items()},
        held([a.printed or (0, 0) for a in test], actual),
        {
            "tickets": len(test),
            "learnt_from": len(past),
            "nobody_serving": student.unsaid,
            "mean_wait_min": round(sum(actual) / len(actual) / 60, 2),
            "replay_ms": round(1000 * student.replay_s / (asked + student.unsaid), 2),
            "factor": round(student.model.ranges.factor, 3),
            "seed": SEED,
        },
    )


def boosted(past: Sequence[Asked], test: Sequence[Asked]) -> list[float]:
    """Return what gradient boosting on the absolute error says, in seconds."""
    model = HistGradientBoostingRegressor(
        loss="absolute_error",
        categorical_features=[QUEUE],
        max_iter=300,
        learning_rate=0.08,
        early_stopping=True,
        validation_fraction=0.15,
        random_state=0,
    )
    model.fit(np.array([a.features for a in past]), np.array([a.actual_s for a in past]))
    return [max(0.0, float(v)) for v in model.predict(np.array([a.features for a in test]))]
