from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.kit.clock import CLOCK_FILE, ShiftedClock, SystemClock, clock_from
from server.kit.contract.moments import instant, moment
from tests.support.ports import wait_until


def test_without_a_file_it_is_the_computers_clock():
    assert isinstance(clock_from({}), SystemClock)
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=1)


def test_a_file_moves_the_clock_while_it_runs(tmp_path: Path):
    file = tmp_path / "clock"
    clock = clock_from({CLOCK_FILE: str(file)})

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
    file.write_text("86400\n")
    wait_until(lambda: clock.now() - datetime.now(UTC) > timedelta(hours=23), "the clock moved")
    file.write_text("")
    wait_until(lambda: clock.now() - datetime.now(UTC) < timedelta(hours=1), "the clock came back")


def test_a_file_without_a_number_is_an_error(tmp_path: Path):
    file = tmp_path / "clock"
    file.write_text("tomorrow")

    with pytest.raises(ValueError):
        ShiftedClock(file).now()


def test_moments_go_there_and_back():
    at = datetime(2026, 11, 23, 1, 15, 7, 412_000, tzinfo=UTC)

    assert moment(at) == "2026-11-23T01:15:07.412Z"
    assert instant("2026-11-23T01:15:07.412Z") == at
