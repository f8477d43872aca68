"""The short form of the benchmark `screen_day`: the page keeps nothing of what is over."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.chromium import driver

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def test_a_page_keeps_nothing_of_a_busy_stretch() -> None:
    """Ten minutes of the hall, 6,000 events: the heap stays, the rows are those of the hall."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        from screen_day import played
    finally:
        sys.path.remove(str(BENCHMARKS))
    with driver() as playwright:
        got = played(day_s=600, playwright=playwright)

    assert got["events"] == 6000
    assert got["calls_acknowledged"] > 0
    assert got["elements"] < 700
    assert abs(got["drift"]) < 0.10, got
