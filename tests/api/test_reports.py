"""Reports over HTTP: how the estimates of the waiting time came true."""

from __future__ import annotations

import pytest

from tests.api.checks import Refusals
from tests.api.world import Call, World, refused


class TestRefusals(Refusals):
    group = "reports"


@pytest.mark.parametrize("weeks", ["0", "27", "four", "-1", "１", "9999999"])
def test_a_number_of_weeks_that_makes_no_sense_is_refused(world: World, weeks: str) -> None:
    refused(
        world.send("manager", Call(path=f"/api/v1/reports/waits?weeks={weeks}"), method="GET"),
        400,
        "malformed",
    )


def test_a_report_tells_what_was_said_and_what_came(world: World) -> None:
    """Each row names its week and queue; nothing in it is about a person."""
    world.settle()
    answer = world.send("manager", Call(path="/api/v1/reports/waits"), method="GET")

    assert answer.status == 200
    for row in answer.json["waits"]:
        assert set(row) == {
            "week",
            "queue",
            "queue_name",
            "count",
            "never_called",
            "mae_min",
            "bias_min",
            "ranged",
            "coverage",
            "late",
            "may_say",
        }
