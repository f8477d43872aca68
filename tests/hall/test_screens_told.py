"""Screens of a running hall: which of them count for a call, and the pictures they fetch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from display.media import MediaShelf
from tests.api.manage import Form, png
from tests.support.hall import RunningHall, running_hall
from tests.support.links import Watched, watched
from tests.support.ports import wait_until


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    with running_hall(tmp_path_factory.mktemp("told") / "hall", rules={"min_calls": 1}) as found:
        yield found


def test_only_screens_on_which_a_call_is_to_be_seen_count_for_it(
    hall: RunningHall, tmp_path: Path
) -> None:
    roles = {
        "board": ("--role", "board"),
        "own": ("--role", "counter", "--counter", "1"),
        "other": ("--role", "counter", "--counter", "2"),
        "wall": ("--role", "disclosures"),
        "guide": ("--role", "guide"),
    }
    clients = {name: hall.enrol("display", name=name) for name in roles}
    for name, options in roles.items():
        hall.command("device", "assign", clients[name].device, *options)
    with ExitStack() as stack:
        links: list[Watched] = [
            stack.enter_context(watched(hall.url, tmp_path / name, token=client.token))
            for name, client in clients.items()
        ]
        for one in links:
            one.live()
            wait_until(lambda o=one: o.link.setup is not None, "its setup")
        clerk, kiosk = hall.clerk("c01", counter="1"), hall.enrol("kiosk")
        assert clerk.at("open").status == 200
        kiosk.take("MZ-01")
        assert clerk.at("call-next").status == 200
        heard = clerk.desk()["heard"]
        told = sorted(o.link.setup.layout.role for o in links if o.link.setup)

    assert heard["screens"] == 2
    assert told == ["board", "counter", "counter", "disclosures", "guide"]


def test_a_screen_has_the_very_picture_that_a_manager_uploaded(
    hall: RunningHall, tmp_path: Path
) -> None:
    hall.person("m01", "manager")
    picture = png(seed=7)
    form = Form.of(hall.client("m01"), "/manage/media/new/picture").fill(title="先进窗口")
    assert form.send(file=("a.png", picture, "image/png")).status == 303
    display = hall.enrol("display")
    with watched(hall.url, tmp_path / "screen", token=display.token) as screen:
        screen.live()
        wait_until(lambda: screen.link.catalogue is not None, "the catalogue")
        catalogue = screen.link.catalogue
        assert catalogue is not None
        shelf = MediaShelf(
            folder=tmp_path / "media",
            server_url=hall.url,
            headers=screen.link.credentials,
        )
        shelf.want(catalogue.media)
        done = shelf.fetch_all()

    found = next(m for m in catalogue.media if m.title == "先进窗口")
    kept = shelf.path(found.digest)
    assert done
    assert kept is not None
    assert (kept[0].read_bytes(), kept[1]) == (picture, "image/png")
