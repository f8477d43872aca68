"""A call pad on a pty, the real display box and the real server: from a finger to a call."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from display.callpads.model import Ff68Line, Ff68Pad
from server.actions import screens
from server.kit.contract.screens import Layout
from server.store import devices
from server.store.work import Work
from tests.devices.ptys import Pty
from tests.support.display_box import running_display
from tests.support.hall import RunningHall, running_hall
from tests.support.ports import wait_until

SITE = """
[[port]]
name = "一层呼叫器"
address = "{path}"
[[port.device]]
role = "pad"
profile = "ff68_21key"
counter = "1"
params = {{ addr = 1 }}
"""


@contextmanager
def pad_on(pty: Pty) -> Iterator[Ff68Pad]:
    """The model of a line with one pad at the other end of *pty*."""
    line, over = Ff68Line([1]), threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                data = os.read(pty.master, 256)
            except BlockingIOError:
                data = b""
            except OSError:  # nobody has the other end open
                data = b""
            if data:
                os.write(pty.master, line.hear(data))
            else:
                over.wait(0.004)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield line.pads[1]
    finally:
        over.set()
        thread.join()


def give_pads(hall: RunningHall, *counters: str) -> None:
    """A manager gives the counters' pads to the only display."""

    def give(w: Work) -> Any:
        [box] = [d for d in devices.every(w) if d.kind == "display"]
        layout = Layout(pads=counters)
        return screens.set_up(w, box, name="大屏", zone="", layout=layout, expected=box.version)

    hall.work(give)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[RunningHall]:
    with running_hall(tmp_path / "hall") as found:
        yield found


def test_a_finger_on_a_pad_calls_one_person_and_a_dead_server_none_later(
    hall: RunningHall, tmp_path: Path
) -> None:
    kiosk = hall.enrol("kiosk")
    for _ in range(4):
        kiosk.take("MZ-01")
    clerk = hall.clerk("c01", counter="1")
    assert clerk.at("open").status == 200
    pty = Pty(tmp_path)
    (tmp_path / "site.toml").write_text(SITE.format(path=pty.path), "utf-8")
    os.environ["HALL_DISPLAY_DEVICES_FILE"] = str(tmp_path / "site.toml")
    try:
        with pad_on(pty) as pad, running_display(hall, tmp_path / "display"):
            _prove(hall, clerk, pad)
    finally:
        del os.environ["HALL_DISPLAY_DEVICES_FILE"]
        pty.close()


def _prove(hall: RunningHall, clerk: Any, pad: Ff68Pad) -> None:
    def shows(words: str) -> None:
        wait_until(lambda: pad.shown == words, f"the pad to show {words}, not {pad.shown}")

    def calls() -> int:
        answer = clerk.get("/api/v1/board")
        return sum(1 for c in answer.json["calls"] if c["counter"] == "1")

    shows("等候 4 人")
    pad.press("next")
    shows("窗口未授权")
    assert calls() == 0

    give_pads(hall, "1")
    time.sleep(0.6)  # a second press within half a second would be a double tap
    pad.press("next")
    pad.press("next")
    shows("呼A001 等3")
    assert [clerk.desk()["current"]["number"], calls()] == ["A001", 1]

    pad.press("start")
    shows("办A001 等3")
    pad.press("finish")
    shows("等候 3 人")

    # The server stands still: the request lies in its socket, the answer never comes.
    assert hall.process is not None
    hall.process.send_signal(signal.SIGSTOP)
    try:
        pad.press("next")
        shows("断线")
        time.sleep(4.5)
    finally:
        hall.process.send_signal(signal.SIGCONT)
    wait_until(lambda: clerk.get("/readyz").status == 200, "the server to go on")
    shows("等候 3 人")
    time.sleep(0.5)
    assert (clerk.desk()["current"], calls()) == (None, 0)

    pad.press("next")
    shows("呼A002 等2")
