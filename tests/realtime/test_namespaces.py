"""Who is let in, what they are told first, and what the server learns from them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec
import pytest

from server.kit.contract.board import Board, evolve
from server.kit.contract.codec import load
from tests.support.hall_server import HallServer, Socket, hall_server
from tests.support.ports import wait_until


@pytest.fixture
def hall() -> Iterator[HallServer]:
    with hall_server() as server:
        yield server


def test_a_new_screen_gets_a_snapshot_and_then_each_event(hall: HallServer):
    hall.publish(count=3)
    screen = Socket.device(hall.port)

    welcome = screen.event("welcome")
    last = hall.publish()

    assert welcome["contract"] == 1
    assert welcome["hall"] == "main"
    assert welcome["mode"] == "snapshot"
    assert welcome["board"]["seq"] == 3
    assert screen.seqs(last) == [4]


@pytest.mark.parametrize(("missed", "mode"), [(0, "replay"), (500, "replay"), (501, "snapshot")])
def test_a_screen_gets_what_it_missed_unless_that_is_too_much(
    hall: HallServer, missed: int, mode: str
):
    since = hall.publish(count=5)
    if missed:
        hall.publish(count=missed)

    welcome = Socket.device(hall.port, since=since).event("welcome")

    assert welcome["mode"] == mode
    if mode == "replay":
        assert [e["seq"] for e in welcome["events"]] == list(range(since + 1, since + missed + 1))


def test_a_screen_that_knows_more_than_the_log_gets_a_snapshot(hall: HallServer):
    """The database was restored from a backup."""
    hall.publish(count=2)

    welcome = Socket.device(hall.port, since=9).event("welcome")

    assert welcome["mode"] == "snapshot"
    assert welcome["board"]["seq"] == 2


def test_a_screen_that_slept_over_midnight_gets_a_snapshot(hall: HallServer):
    since = hall.publish()
    hall.post("/test/day", date="2026-11-24")

    welcome = Socket.device(hall.port, since=since).event("welcome")

    assert welcome["mode"] == "snapshot"
    assert welcome["board"]["date"] == "2026-11-24"


def test_sync_answers_like_a_connect(hall: HallServer):
    screen = Socket.device(hall.port)
    screen.event("welcome")
    last = hall.publish(count=3)
    screen.seqs(last)

    screen.say("sync", {"since": last - 1})
    assert [e["seq"] for e in screen.event("welcome")["events"]] == [last]
    screen.say("sync", {"since": None})
    assert screen.event("welcome")["mode"] == "snapshot"


def test_snapshot_and_events_make_the_board_of_the_server(hall: HallServer):
    hall.publish(count=5)
    screen = Socket.device(hall.port)
    board = msgspec.convert(screen.event("welcome")["board"], Board)

    hall.publish("ticket.called", call="c1", ticket="A001", queue="A", counter="3",
                 counter_name="3号窗口", zone="1F", times=1, speak=True, waiting=4)  # fmt: skip
    last = hall.publish("ticket.serving", ticket="A001", counter="3")
    while board.seq < last:
        for envelope in screen.event("event"):
            event = load(envelope)
            assert event is not None
            board = evolve(board, event)

    assert board == msgspec.convert(hall.state()["board"], Board)


def test_the_beat_comes_every_two_seconds_with_the_number_and_the_time(hall: HallServer):
    screen = Socket.device(hall.port)
    last = hall.publish(count=2)

    beat = screen.event("beat")

    assert beat["seq"] == last
    assert beat["now"].endswith("Z")
    assert screen.event("beat", deadline_s=3)


def test_the_public_never_sees_what_is_for_staff(hall: HallServer):
    screen = Socket.device(hall.port)
    clerk = Socket(hall.port, {"csrf": "right"}, namespace="/staff")
    screen.event("welcome")
    clerk.event("welcome")

    secret = hall.publish(
        "ticket.printed", uid="u-secret", ticket="A001", device="d", state="failed", fault="jam"
    )

    (shown,) = screen.event("event")
    (full,) = clerk.event("event")
    assert shown == {
        "v": 1,
        "hall": "main",
        "seq": secret,
        "at": shown["at"],
        "type": "event.withheld",
        "data": {},
    }
    assert full["data"]["uid"] == "u-secret"
    replay = Socket.device(hall.port, since=secret - 1).event("welcome")
    assert "u-secret" not in json.dumps(replay)


@pytest.mark.parametrize(
    ("auth", "code"),
    [(None, "sign_in_required"), ({}, "sign_in_required"), ({"csrf": "wrong"}, "csrf")],
)
def test_a_page_without_a_person_is_refused(hall: HallServer, auth: object, code: str):
    page = Socket(hall.port, auth, namespace="/staff")

    assert page.refusal["message"] == code
    page.close()


def test_a_device_token_opens_no_staff_page(hall: HallServer):
    page = Socket(hall.port, {"token": "display-token", "contract": [1]}, namespace="/staff")

    assert page.refusal["message"] == "sign_in_required"


def test_an_unknown_namespace_is_refused(hall: HallServer):
    assert not Socket(hall.port, {"token": "display-token"}, namespace="/").accepted
    assert not Socket(hall.port, {"token": "display-token"}, namespace="/page").accepted


def test_a_revoked_device_is_told_and_cut_off(hall: HallServer):
    screen = Socket.device(hall.port)
    other = Socket.device(hall.port, "kiosk-token")
    screen.event("welcome")
    other.event("welcome")

    hall.post("/test/set", revoke="display-token")

    assert screen.event("bye") == {"reason": "revoked"}
    assert screen.packet().startswith("41/edge")
    again = Socket.device(hall.port)
    assert again.refusal["message"] == "device_unknown"
    last = hall.publish()
    assert other.seqs(last) == [last]


def test_signing_out_ends_the_pages_of_that_person(hall: HallServer):
    page = Socket(hall.port, {"csrf": "right"}, namespace="/staff")
    page.event("welcome")

    hall.post("/test/set", sign_out="p1")

    assert page.event("bye") == {"reason": "revoked"}


def test_a_page_ends_when_its_person_signed_out_elsewhere(hall: HallServer):
    page = Socket(hall.port, {"csrf": "right"}, namespace="/staff")
    page.event("welcome")
    page.event("beat")
    assert page.event("beat"), "it was asked again and may stay"

    hall.post("/test/set", signed_out=True)

    assert page.event("bye", deadline_s=6) == {"reason": "revoked"}
    assert page.packet().startswith("41/staff")


def test_a_device_revoked_by_another_process_ends_with_its_next_ack(hall: HallServer):
    screen = Socket.device(hall.port)
    screen.event("welcome")
    screen.event("beat")
    hall.post("/test/set", gone="display-token")

    screen.say("ack", {"seq": 0})

    assert screen.event("bye") == {"reason": "revoked"}
    assert hall.state()["online"] == []


def test_an_ack_is_noted_and_written_down(hall: HallServer):
    screen = Socket.device(hall.port)
    screen.event("welcome")
    output = {"call": "c1", "times": 1, "output": "page", "at": "2026-11-23T01:15:07.412Z"}

    screen.say(
        "ack", {"seq": 0, "content": "d0", "outputs": [output], "status": {"faults": ["no_port"]}}
    )

    wait_until(lambda: hall.state()["written"], "the ack was written")
    state = hall.state("c1")
    assert state["written"] == [{"device": "uid-display-token", **output}]
    assert state["heard"]["screens"] == 1
    assert state["heard"]["shown"] == 1
    wait_until(
        lambda: (
            {"device": "uid-display-token", "online": True, "faults": ["no_port"]}
            in hall.state()["transitions"]
        ),
        "the fault was published",
    )


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "x",
        {"seq": "1"},
        {"seq": 1, "outputs": [{}]},
        {"outputs": [{"call": "c", "output": "page", "at": ""}] * 101},
    ],
)
def test_a_garbled_ack_changes_nothing(hall: HallServer, payload: object):
    screen = Socket.device(hall.port)
    screen.event("welcome")

    screen.say("ack", payload)

    wait_until(lambda: hall.state()["malformed"] == 1, "it was counted")
    assert hall.state()["written"] == []
    last = hall.publish()
    assert screen.seqs(last) == [last]


def test_a_device_is_offline_ten_seconds_after_it_left(hall: HallServer):
    screen = Socket.device(hall.port)
    screen.event("welcome")
    wait_until(lambda: hall.state()["transitions"], "it came")

    screen.close()

    wait_until(lambda: hall.state()["online"] == [], "the connection ended")
    assert len(hall.state()["transitions"]) == 1, "not yet: it may be back in a moment"
    wait_until(lambda: len(hall.state()["transitions"]) == 2, "it went", deadline_s=16)
    assert hall.state()["transitions"][1] == {
        "device": "uid-display-token",
        "online": False,
        "faults": [],
    }


def test_events_written_by_another_process_are_found_within_a_second_or_so(hall: HallServer):
    screen = Socket.device(hall.port)
    screen.event("welcome")

    last = hall.publish(wake=False, ticket="A001", queue="A", waiting=1)

    assert screen.seqs(last, deadline_s=3) == [last]


def test_nothing_is_skipped_while_the_database_is_away(hall: HallServer):
    screen = Socket.device(hall.port)
    screen.event("welcome")
    hall.post("/test/set", broken=True)
    last = hall.publish(count=10)
    wait_until(lambda: hall.state()["failures"] > 1, "reading failed more than once")
    screen.event("beat")

    hall.post("/test/set", broken=False)

    assert screen.seqs(last) == list(range(1, last + 1))
