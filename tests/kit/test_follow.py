"""Following the log: next is folded, seen is dropped, missing is noticed."""

from __future__ import annotations

from typing import Any

import pytest

from server.kit.contract import codec
from server.kit.contract.board import Board, QueueLine
from server.kit.contract.codec import Event
from server.kit.contract.messages import TicketIssued
from server.kit.follow import Follower
from tests.support.boards import empty_board


def issued(seq: int, waiting: int = 1) -> dict[str, Any]:
    message = TicketIssued(ticket=f"A{seq:03d}", queue="A", waiting=waiting)
    return codec.dump(Event(hall="main", seq=seq, at="2026-11-23T01:15:07.412Z", message=message))


def snapshot(board: Board) -> dict[str, Any]:
    import msgspec

    return {"mode": "snapshot", "hall": board.hall, "board": msgspec.to_builtins(board)}


def waiting(follower: Follower) -> int:
    assert follower.board is not None
    line: QueueLine = follower.board.queues[0]
    return line.waiting


def test_the_next_events_are_folded_in_order():
    follower = Follower(empty_board())

    events = follower.fold([issued(1, 1), issued(2, 2)])

    assert events is not None
    assert [e.seq for e in events] == [1, 2]
    assert waiting(follower) == 2


def test_what_was_seen_is_dropped():
    follower = Follower(empty_board())
    follower.fold([issued(1, 1), issued(2, 2)])

    assert follower.fold([issued(1, 9), issued(2, 9)]) == ()
    assert waiting(follower) == 2


@pytest.mark.parametrize("batch", [[2], [1, 3]])
def test_a_gap_changes_nothing_and_is_reported(batch: list[int]):
    follower = Follower(empty_board())

    assert follower.fold([issued(n) for n in batch]) is None
    assert follower.since == 0
    assert waiting(follower) == 0


def test_an_event_newer_than_this_reader_counts_and_changes_nothing():
    follower = Follower(empty_board())
    newer = {**issued(1), "type": "robot.greeted", "data": {"robot": "R2"}}

    events = follower.fold([newer, issued(2, 5)])

    assert events is not None
    assert [e.seq for e in events] == [1, 2]
    assert waiting(follower) == 5


def test_a_snapshot_replaces_everything_even_by_an_older_number():
    follower = Follower(empty_board())
    follower.fold([issued(1, 1), issued(2, 2)])

    assert follower.welcome(snapshot(empty_board())) == ()
    assert follower.since == 0


def test_a_replay_continues_the_board():
    follower = Follower(empty_board())

    events = follower.welcome({"mode": "replay", "hall": "main", "events": [issued(1), issued(2)]})

    assert events is not None
    assert follower.since == 2


@pytest.mark.parametrize(
    "replay",
    [
        pytest.param(
            {"mode": "replay", "hall": "main", "events": [issued(5)]}, id="does not connect"
        ),
        pytest.param({"mode": "replay", "hall": "other", "events": []}, id="another hall"),
    ],
)
def test_a_replay_that_does_not_fit_asks_for_everything(replay: dict[str, Any]):
    follower = Follower(empty_board())

    assert follower.welcome(replay) is None
    assert follower.since is None


def test_without_a_board_everything_is_asked_for():
    follower = Follower(None)

    assert follower.since is None
    assert follower.behind(0)
    assert follower.fold([issued(1)]) is None


def test_a_distrusted_board_is_shown_until_a_snapshot_comes():
    follower = Follower(empty_board())
    follower.distrust()

    assert follower.board is not None
    assert follower.since is None
    assert follower.welcome({"mode": "replay", "hall": "main", "events": []}) is None
    follower.welcome(snapshot(empty_board()))
    assert follower.since == 0
