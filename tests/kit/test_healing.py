"""After an outage of any kind and length the truth is back within 3 s of the network's return."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from server.kit.link import LinkStatus
from tests.support.hall_server import HallServer, hall_server
from tests.support.links import Watched
from tests.support.ports import wait_until
from tests.support.relay import Relay, relay

Follow = Callable[..., Watched]

BACK_S = 3.0
"""The promise."""


@pytest.mark.parametrize("outage_s", [1.0, 8.0])
def test_a_cut_heals(hall: HallServer, wire: Relay, follow: Follow, outage_s: float):
    w = follow(wire.url).live()
    w.knows(hall.publish(), within_s=3)

    wire.cut()
    w.lost(deadline_s=2)
    last = hall.publish(count=20)
    time.sleep(outage_s)
    wire.heal()

    w.knows(last, within_s=BACK_S)
    assert all(c.fresh for c in w.changes if c.events and c.events[-1].seq == last)


@pytest.mark.parametrize("outage_s", [1.0, 7.0, 9.3])
def test_a_stall_heals(hall: HallServer, wire: Relay, follow: Follow, outage_s: float):
    w = follow(wire.url).live()
    w.knows(hall.publish(), within_s=3)

    wire.stall()
    last = hall.publish(count=20)
    time.sleep(outage_s)
    stale = w.link.status
    wire.heal()

    w.knows(last, within_s=BACK_S)
    assert stale is (LinkStatus.LIVE if outage_s < 6 else LinkStatus.LOST)


def test_a_short_stall_costs_no_connection_and_no_event(
    hall: HallServer, wire: Relay, follow: Follow
):
    w = follow(wire.url).live()
    connections = wire.accepted
    wire.stall()
    last = hall.publish(count=20)
    time.sleep(2)
    wire.heal()

    w.knows(last, within_s=1)
    told = [e.seq for c in w.changes for e in c.events if not c.fresh]
    assert told[-20:] == list(range(last - 19, last + 1))
    assert wire.accepted - connections <= 1, "the catalogue's, at most"


def test_a_reset_heals(hall: HallServer, wire: Relay, follow: Follow):
    w = follow(wire.url).live()
    for _ in range(3):
        wire.reset()
        w.knows(hall.publish(count=2), within_s=BACK_S)


def test_events_of_an_outage_are_never_news(hall: HallServer, wire: Relay, follow: Follow):
    """A call of an hour ago must not be spoken when the cable is put back."""
    w = follow(wire.url).live()
    wire.cut()
    w.lost(deadline_s=2)
    last = hall.publish("ticket.called", call="old", ticket="A001", queue="A", counter="3",
                        counter_name="3号窗口", zone="1F", times=1, speak=True, waiting=0)  # fmt: skip
    wire.heal()
    w.knows(last, within_s=BACK_S)
    after = hall.publish()
    w.knows(after, within_s=BACK_S)

    assert all(c.fresh for c in w.changes if any(e.seq == last for e in c.events))
    assert not next(c for c in w.changes if any(e.seq == after for e in c.events)).fresh


def test_a_night_without_network_ends_with_the_board_of_the_new_day(follow: Follow):
    with hall_server() as hall, relay(hall.port) as wire:
        w = follow(wire.url).live()
        w.knows(hall.publish(count=3), within_s=3)
        wire.stall()
        w.lost(deadline_s=9)
        last = hall.post("/test/day", date="2026-11-24")["seq"]
        wire.heal()

        w.knows(last, within_s=BACK_S)
        board = w.link.board
        assert board is not None
        assert board.date == "2026-11-24"
        assert [q.waiting for q in board.queues] == [0, 0]
        assert w.changes[-1].events == (), "a snapshot, no replay of yesterday"


def test_a_server_killed_and_restarted_is_found_again(follow: Follow):
    with hall_server() as first:
        w = follow(first.url).live()
        first.process.kill()
        first.process.wait()
        w.lost(deadline_s=3)
    with hall_server(port=first.port) as second:
        w.knows(0, within_s=BACK_S)
        last = second.publish(count=2)
        w.knows(last, within_s=3)


def test_a_hall_restored_from_a_backup_is_shown_though_its_log_has_grown_since(follow: Follow):
    with hall_server() as first, relay(first.port) as wire:
        w = follow(wire.url).live()
        lost = first.publish("ticket.called", call="lost", ticket="A001", queue="A", counter="3",
                             counter_name="3号窗口", zone="1F", times=1, speak=True, waiting=0)  # fmt: skip
        w.knows(lost, within_s=3)
        wire.cut()
        first.process.kill()
        first.process.wait()
        with hall_server(port=first.port) as second:
            last = second.publish(count=lost + 3)
            wire.heal()

            w.knows(last, within_s=BACK_S)
            assert w.link.board is not None
            assert w.link.board.calls == ()


def test_an_agent_that_slept_over_a_restore_asks_for_everything(follow: Follow):
    with hall_server() as first:
        w = follow(first.url).live()
        w.knows(first.publish(count=2), within_s=3)
        w.link.stop()
        first.process.kill()
        first.process.wait()
    with hall_server(port=first.port) as second:
        last = second.publish(count=5)
        again = follow(second.url).live()
        again.knows(last, within_s=3)

        assert again.changes[-1].events == (), "a snapshot, no replay of another log"


def test_an_outage_that_begins_during_the_handshake_heals(
    hall: HallServer, wire: Relay, follow: Follow
):
    wire.stall()
    w = follow(wire.url)
    wait_until(lambda: wire.accepted >= 2, "it tried more than once", deadline_s=8)
    assert w.link.status is LinkStatus.CONNECTING

    wire.heal()

    w.knows(0, within_s=BACK_S)


def test_it_heals_every_time(hall: HallServer, wire: Relay, follow: Follow):
    w = follow(wire.url).live()
    took = []
    for _ in range(6):
        wire.cut()
        w.lost(deadline_s=2)
        last = hall.publish()
        wire.heal()
        took.append(w.knows(last, within_s=BACK_S))

    assert max(took) < BACK_S
    assert w.link.failures == 0
