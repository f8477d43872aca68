"""The link against a real server: it knows, commands, acknowledges, and says when it cannot."""

from __future__ import annotations

import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from server.kit.change import Change
from server.kit.link import LinkStatus, Output, Refused, Unreachable
from tests.support.hall_server import HallServer, hall_server
from tests.support.links import Watched
from tests.support.ports import free_port, wait_until

Follow = Callable[..., Watched]


def test_a_new_device_is_enrolled_by_a_one_time_token(
    hall: HallServer, follow: Follow, tmp_path: Path
):
    w = follow(hall.url, token=None)
    wait_until(lambda: w.link.status is LinkStatus.UNKNOWN_DEVICE, "it knows that it is nobody")
    assert not w.link.enrolled

    w.link.enrol("one-time", "一楼大屏")

    w.live()
    assert (w.link.device, w.link.zone) == ("uid-display-token", "1F")
    assert stat.S_IMODE((tmp_path / "device.json").stat().st_mode) == 0o600


def test_a_wrong_one_time_token_is_refused(hall: HallServer, follow: Follow, tmp_path: Path):
    w = follow(hall.url, token=None, start=False)

    with pytest.raises(Refused) as refused:
        w.link.enrol("stolen", "x")

    assert refused.value.code == "enrolment_invalid"
    assert not (tmp_path / "device.json").exists()


def test_it_starts_with_a_snapshot_and_follows(hall: HallServer, follow: Follow):
    w = follow(hall.url).live()

    last = hall.publish(count=3)

    w.knows(last, within_s=3)
    first = next(c for c in w.changes if c.status is LinkStatus.LIVE)
    assert first.fresh
    later = [c for c in w.changes if c.events]
    assert [e.seq for c in later for e in c.events] == [last - 2, last - 1, last]
    assert not any(c.fresh for c in later)
    assert w.link.beat_age_s() is not None


def test_a_command_repeated_with_its_key_is_answered_alike(hall: HallServer, follow: Follow):
    w = follow(hall.url, start=False)

    first = w.link.call("/api/v1/tickets", {"queue": "A"}, key="same")

    assert w.link.call("/api/v1/tickets", {"queue": "A"}, key="same") == first
    assert w.link.call("/api/v1/tickets", {"queue": "A"}, key="other") != first


def test_a_refusal_brings_its_reason_and_words(hall: HallServer, follow: Follow):
    w = follow(hall.url, start=False)

    with pytest.raises(Refused) as refused:
        w.link.call("/api/v1/tickets", {"queue": "closed"}, key="k-closed")

    assert refused.value.code == "quota_reached"
    assert "已取完（3 个）" in refused.value.zh


def test_a_busy_server_is_asked_again_with_the_same_key(hall: HallServer, follow: Follow):
    w = follow(hall.url, start=False)

    assert w.link.call("/api/v1/tickets", {"queue": "busy"}, key="k-busy")["number"]


def test_a_command_without_answer_ends_within_its_time(hall: HallServer, follow: Follow):
    w = follow(hall.url, start=False)
    began = time.monotonic()

    with pytest.raises(Unreachable):
        w.link.call("/api/v1/tickets", {"queue": "slow"}, key="k-slow", timeout_s=0.4, tries=2)

    assert 0.8 <= time.monotonic() - began < 2.5


def test_a_command_to_nobody_is_unreachable(follow: Follow):
    w = follow(f"http://127.0.0.1:{free_port()}", start=False)

    with pytest.raises(Unreachable):
        w.link.call("/api/v1/tickets", {}, key="k")


def test_a_device_that_is_not_enrolled_commands_nothing(hall: HallServer, follow: Follow):
    w = follow(hall.url, token=None, start=False)

    with pytest.raises(Refused) as refused:
        w.link.call("/api/v1/tickets", {}, key="k")

    assert refused.value.code == "device_unknown"


def test_acks_reach_the_server(hall: HallServer, follow: Follow):
    w = follow(hall.url).live()

    w.link.ack(
        [Output(call="c-ack", times=1, output="page", at="2026-11-23T01:15:07.412Z")],
        {"faults": ["no_port"]},
    )

    wait_until(lambda: hall.state("c-ack")["heard"]["shown"] == 1, "the server knows who showed it")
    wait_until(
        lambda: any(t["faults"] == ["no_port"] for t in hall.state()["transitions"]),
        "the fault is known",
    )
    w.link.ack([], {"faults": []})


def test_the_catalogue_is_fetched_when_its_digest_changes_and_only_then(
    hall: HallServer, follow: Follow, tmp_path: Path
):
    w = follow(hall.url).live()
    wait_until(lambda: w.link.catalogue is not None, "the first catalogue")
    fetched = hall.state()["fetched"]

    last = hall.publish("catalogue.changed", digest="d-new")

    wait_until(
        lambda: w.link.catalogue is not None and w.link.catalogue.digest == "d-new", "the new one"
    )
    assert any(c.catalogue_changed for c in w.changes)
    w.knows(hall.publish(count=5), within_s=3)
    assert hall.state()["fetched"] == fetched + 1
    assert "你好" in (tmp_path / "catalogue.json").read_text()
    assert last <= w.seq


def test_an_agent_restarted_without_its_server_shows_the_last_truth(follow: Follow):
    with hall_server() as gone:
        first = follow(gone.url).live()
        last = gone.publish(count=4)
        first.knows(last, within_s=3)
        wait_until(lambda: first.link.catalogue is not None, "the catalogue")
        first.link.stop()
        time.sleep(0.1)

    again = follow(gone.url)

    assert again.seq == last
    assert again.link.board_at is not None
    assert again.link.catalogue is not None
    wait_until(lambda: again.changes, "the agent is told at once")
    assert again.changes[0].fresh
    assert again.changes[0].board == again.link.board
    again.lost(deadline_s=12)


def test_a_gap_is_closed_by_asking(hall: HallServer, follow: Follow):
    w = follow(hall.url).live()
    hall.post("/test/set", skip=3)

    last = hall.publish()

    w.knows(last, within_s=1)
    assert [e.seq for c in w.changes for e in c.events if e.seq > last - 4] == list(
        range(last - 3, last + 1)
    )
    assert all(c.fresh for c in w.changes if c.events and c.events[-1].seq == last)


def test_a_gap_at_the_end_is_found_by_the_beat(hall: HallServer, follow: Follow):
    w = follow(hall.url).live()
    w.knows(hall.publish(), within_s=3)
    hall.post("/test/set", skip=2)

    w.knows(len_of(hall), within_s=4)


def test_a_revoked_device_says_so_and_comes_back_when_it_is_let_in_again(
    hall: HallServer, follow: Follow
):
    hall.post("/test/set", restore="lent-token")
    w = follow(hall.url, token="lent-token").live()

    hall.post("/test/set", revoke="lent-token")

    wait_until(lambda: w.link.status is LinkStatus.UNKNOWN_DEVICE, "it knows", deadline_s=3)
    assert w.changes[-1].status is LinkStatus.UNKNOWN_DEVICE
    hall.post("/test/set", restore="lent-token")
    w.live(deadline_s=14)


def test_a_device_too_old_for_the_server_says_so(hall: HallServer, follow: Follow):
    w = follow(hall.url, token="old-token")

    wait_until(lambda: w.link.status is LinkStatus.UPGRADE_NEEDED, "it knows", deadline_s=5)


def test_an_agent_that_fails_once_is_given_the_whole_truth_again(hall: HallServer, follow: Follow):
    w = follow(hall.url).live()
    broken = [True]

    def fail_once(change: Change) -> None:
        if change.events and broken:
            broken.clear()
            msg = "a fault of the agent"
            raise RuntimeError(msg)

    w.on_change = fail_once
    last = hall.publish()

    wait_until(lambda: w.link.failures == 1, "it failed")
    w.live(deadline_s=6)
    w.knows(hall.publish(), within_s=4)
    assert w.seq > last


def len_of(hall: HallServer) -> int:
    return int(hall.state()["board"]["seq"])
