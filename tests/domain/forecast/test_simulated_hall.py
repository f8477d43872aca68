"""The method keeps its promise on a small simulated hall; `make bench` scores the large one."""

from __future__ import annotations

import pytest

from benchmarks.wait.predictors import Asked, Student
from benchmarks.wait.score import errors, held
from benchmarks.wait.simulated import SMALL


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    """Ten days of a township's hall: seven to learn from, three that count."""
    student = Student(plan=SMALL, seed=1, learning=7, each=2, runs=30)
    return student.live(3)[1]


def mae(asked: list[Asked], name: str) -> float:
    return errors([a.said[name] for a in asked], [a.actual_s for a in asked]).mae


def test_the_replay_is_far_better_than_what_queueing_systems_usually_print(
    asked: list[Asked],
) -> None:
    assert len(asked) > 400
    assert mae(asked, "replay") <= 0.6 * mae(asked, "mean_per_open")
    assert mae(asked, "replay") <= 0.6 * mae(asked, "last_wait")


def test_the_replay_is_better_than_the_rules_of_thumb(asked: list[Asked]) -> None:
    assert mae(asked, "replay") <= 0.8 * mae(asked, "median_of_three")


def test_the_printed_range_holds_in_about_four_of_five_cases(asked: list[Asked]) -> None:
    found = held([a.printed or (0, 0) for a in asked], [a.actual_s for a in asked])

    assert 0.70 <= found.coverage <= 0.90
    assert found.late <= 0.2


def test_the_same_seed_gives_the_same_days_and_the_same_estimates() -> None:
    first, second = (Student(plan=SMALL, seed=3, learning=1, runs=5).live(1)[1] for _ in range(2))

    assert [a.said for a in first] == [a.said for a in second]
    assert len(first) > 100
