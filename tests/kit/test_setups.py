"""A device learns what it is told to be, at once and after every loss of the connection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from server.kit.contract.messages import DeviceAssigned
from server.kit.keeping import Keeping
from tests.support.hall_server import HallServer
from tests.support.links import Watched
from tests.support.ports import wait_until

Follow = Callable[..., Watched]


def version(w: Watched) -> int:
    return 0 if w.link.setup is None else w.link.setup.version


def settled(w: Watched) -> int:
    """Version of the setup that it knows once it is connected."""
    w.live()
    wait_until(lambda: any(c.setup_changed for c in w.changes), "the setup is fetched")
    return version(w)


def test_it_knows_its_setup_soon_after_it_is_connected(hall: HallServer, follow: Follow) -> None:
    w = follow(hall.url)
    before = w.link.setup

    settled(w)

    assert before is None
    assert w.link.setup is not None
    assert (w.link.setup.zone, w.link.setup.layout.role) == ("1F", "board")
    assert [c.setup_changed for c in w.changes].count(True) == 1


def test_it_asks_again_when_it_is_assigned_and_only_then(hall: HallServer, follow: Follow) -> None:
    w = follow(hall.url)
    first = settled(w)
    hall.assign(tell="somebody else")
    w.knows(hall.publish(count=1), within_s=3)
    unasked = version(w)

    newest = hall.assign(tell=w.link.device)

    wait_until(lambda: version(w) == newest, "the new setup")
    assert unasked == first


def test_what_changed_while_it_was_away_is_known_when_it_is_back(
    hall: HallServer, follow: Follow
) -> None:
    w = follow(hall.url)
    first = settled(w)
    w.link.stop()
    newest = hall.assign(tell="")

    again = follow(hall.url, start=False)
    kept = version(again)
    again.link.start(again.told)

    assert kept == first
    wait_until(lambda: version(again) == newest, "the setup of now")


def test_a_torn_file_counts_as_no_setup(tmp_path: Path) -> None:
    (tmp_path / "setup.json").write_bytes(b'{"device": "x", "versi')

    assert Keeping(tmp_path).setup() is None


def test_an_assignment_is_public_and_names_no_person() -> None:
    assert set(msgspec.to_builtins(DeviceAssigned(device="d", version=1))) == {"device", "version"}
