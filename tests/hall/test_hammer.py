"""Two kiosks and twenty clerks at once, every request sent twice with the same key."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.crowd import Crowd, first_board, hold_against, people
from tests.support.hall import running_hall
from tests.support.torture import report, scaled


def hammer(folder: Path, database_url: str, *, seconds: float, seed: int) -> dict[str, object]:
    """Hammer a hall and prove that nothing was doubled, lost or at two counters."""
    rules = {"min_calls": 1, "reinstate_limit": 9}
    with running_hall(folder, database_url=database_url, rules=rules) as hall:
        kiosks, clerks = people(hall, kiosks=2, clerks=20)
        before = first_board(hall)
        crowd = Crowd(hall, seed)
        began = time.monotonic()
        crowd.start(kiosks, clerks)
        time.sleep(seconds)
        crowd.end()
        took = time.monotonic() - began
        hold_against(hall, crowd, before)

    assert len(crowd.told) > 2
    assert len(crowd.called) > 2
    return {
        "seconds": round(took, 1),
        "commands": crowd.done,
        "requests": crowd.done * 2,
        "numbers": len(crowd.told),
        "calls": len(crowd.called),
    }


def test_a_crowd_gets_no_number_twice_and_loses_none(database_url: str, tmp_path: Path) -> None:
    hammer(tmp_path / "hall", database_url_of(database_url), seconds=4, seed=1)


@pytest.mark.torture
@pytest.mark.timeout(600)
def test_a_crowd_for_a_minute(database_url: str, tmp_path: Path) -> None:
    name = "postgresql" if "postgresql" in database_url else "sqlite"
    figures = hammer(
        tmp_path / "hall", database_url_of(database_url), seconds=scaled(60, least=8), seed=7
    )
    report(f"hammer {name}", figures)


def database_url_of(url: str) -> str:
    """PostgreSQL's address; the hall makes its own SQLite file."""
    return url if url.startswith("postgresql") else ""
