"""A board from the disk may hold nonsense; the screen shows what can be true."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.checked import LONG_AGO, checked
from display.screen import Screen
from server.kit.contract.board import CallLine
from server.kit.contract.screens import ROLES, Layout
from tests.display.halls import NOW, board, catalogue

NONSENSE = [
    "",
    "soon",
    "2026-13-45T99:99:99Z",
    "9999-12-31T23:59:59.999Z",
    "0001-01-01T00:00:00Z",
    "٢٠٢٦",
]


def call(called_at: str, serving_at: str | None = None) -> CallLine:
    return CallLine(
        call="c1", ticket="A012", queue="A", counter="3", counter_name="3号窗口", zone="1F", times=1,
        state="serving" if serving_at is not None else "called", called_at=called_at,
        serving_at=serving_at,
    )  # fmt: skip


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("role", ROLES)
def test_a_board_with_nonsense_times_is_shown(nonsense: str, role: str) -> None:
    """board.json was written by something else: the server's absence must not become a 500."""
    bad = board(
        date=nonsense,
        calls=(call(nonsense), call("2026-11-23T01:40:00.000Z", nonsense)),
        counters=tuple(
            msgspec.structs.replace(c, state="paused", until=nonsense) for c in board().counters
        ),
        queues=tuple(
            msgspec.structs.replace(q, issuing=False, reason="lunch_break", resumes_at=nonsense)
            for q in board().queues
        ),
    )
    screen = Screen(Layout(role=role, counter="3"))
    screen.furnish(catalogue())
    screen.reset(bad)

    assert screen.view(NOW).state == "board"
    assert screen.view(NOW, status="lost").calls == ()  # of no known day


def test_a_sound_board_is_left_as_it_is() -> None:
    sound = board(calls=(call("2026-11-23T01:40:00.000Z", "2026-11-23T01:41:00.000Z"),))

    assert checked(sound) == sound


def test_a_day_that_is_no_date_is_long_ago() -> None:
    assert checked(board(date="2026-2-3")).date == LONG_AGO


def test_a_catalogue_with_an_unknown_time_zone_keeps_the_countrys() -> None:
    screen = Screen()
    screen.furnish(catalogue(tz="Mars/Olympus"))
    screen.reset(board())

    assert screen.view(NOW).time == "09:41"


@given(st.text(max_size=30))
def test_whatever_stands_for_a_moment_the_view_is_made(text: str) -> None:
    screen = Screen()
    screen.furnish(catalogue())
    screen.reset(board(date=text, calls=(call(text, text),)))
    screen.view(NOW, status="lost")
    screen.view(NOW)
