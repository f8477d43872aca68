"""A display as a process: staff ask which screen it is, for a test picture, and for a restart."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.kit.asks import RESTART_STATUS
from server.store import asks, devices
from tests.support.display_box import display_process
from tests.support.hall import RunningHall, running_hall

WITHIN_S = 20.0


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    with running_hall(tmp_path_factory.mktemp("hall")) as found:
        yield found


def until(look: Callable[[], object]) -> None:
    """Look again and again until it is so."""
    deadline = time.monotonic() + WITHIN_S
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def state_of(hall: RunningHall, uid: str) -> str:
    found = hall.work(lambda w: asks.by_uid(w, uid))
    return str(found.state)


def live(url: str) -> bool:
    with urllib.request.urlopen(f"{url}/healthz") as answer:
        return bool(json.load(answer)["link"] == "live")


def test_a_screen_says_which_it_is_and_begins_anew(hall: RunningHall, tmp_path: Path) -> None:
    with display_process(hall, tmp_path) as (url, process):
        until(lambda: live(url))
        uid = hall.work(lambda w: [d.uid for d in devices.every(w)][-1])
        shown = hall.ask(uid, "identify")
        until(lambda: state_of(hall, shown) == "done")
        with urllib.request.urlopen(url) as page:
            text = page.read().decode()
        again = hall.ask(uid, "restart")

        assert process.wait(WITHIN_S) == RESTART_STATUS
        assert 'data-test="identify"><p class="test__name">综合屏</p>' in text
        assert state_of(hall, again) == "begun"  # `done` is said by the run after it
