"""`kill -9` of the server while numbers are given and called, again and again."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.hall.test_hammer import database_url_of
from tests.support.crowd import Crowd, first_board, hold_against, people
from tests.support.hall import running_hall
from tests.support.ports import wait_until
from tests.support.torture import report, scaled

IN_FLIGHT = 4
"""Commands under way at least when the power goes."""


def kill_often(folder: Path, database_url: str, *, times: int, seed: int) -> dict[str, object]:
    """Kill and restart *times*; after each, everything told is true exactly once."""
    chance = random.Random(seed)
    rules = {"min_calls": 1}
    flights = []
    with running_hall(folder, database_url=database_url, rules=rules) as hall:
        kiosks, clerks = people(hall, kiosks=4, clerks=4)
        before = first_board(hall)
        crowd = Crowd(hall, seed)
        crowd.start(kiosks, clerks)
        for _ in range(times):
            time.sleep(chance.uniform(0.05, 0.4))
            wait_until(lambda: crowd.in_flight >= IN_FLIGHT, "commands in flight")
            flights.append(crowd.in_flight)
            hall.kill()
            hall.start()
        crowd.end()
        hold_against(hall, crowd, before)

    assert min(flights) >= IN_FLIGHT
    return {
        "kills": times,
        "least_in_flight": min(flights),
        "numbers": len(crowd.told),
        "calls": len(crowd.called),
    }


def test_killing_the_server_loses_and_doubles_nothing(database_url: str, tmp_path: Path) -> None:
    kill_often(tmp_path / "hall", database_url_of(database_url), times=3, seed=11)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_killing_the_server_two_hundred_times(database_url: str, tmp_path: Path) -> None:
    name = "postgresql" if "postgresql" in database_url else "sqlite"
    figures = kill_often(
        tmp_path / "hall", database_url_of(database_url), times=scaled(200), seed=13
    )
    report(f"kill -9 server {name}", figures)
