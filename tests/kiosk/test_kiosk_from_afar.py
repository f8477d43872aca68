"""A kiosk as a process, its printer on a pty: what staff see of it and do to it from their desk."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TypeVar

import pytest

from kiosk.printing.model.testing import RunningModel
from server.kit.asks import RESTART_STATUS
from server.kit.contract.messages import DeviceAsked
from server.store import asks
from tests.api.manage import Form
from tests.kiosk.box import RunningKiosk
from tests.kiosk.test_kiosk_process import device_of
from tests.support.hall import Client, RunningHall

T = TypeVar("T")
WITHIN_S = 25.0


def until(look: Callable[[], T], what: Callable[[T], bool]) -> T:
    """Look again and again until *what* is true of it."""
    deadline = time.monotonic() + WITHIN_S
    while not what(found := look()):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found


@pytest.fixture(scope="module")
def manager(hall: RunningHall) -> Client:
    hall.person("boss", "manager")
    return hall.client("boss")


def page(manager: Client, kiosk: RunningKiosk) -> str:
    """The device's page, without what is markup."""
    text = manager.get(f"/manage/devices/{device_of(kiosk)}").text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.partition("<main")[2]))


def ask(manager: Client, kiosk: RunningKiosk, what: str) -> None:
    """Press a button of the device's page."""
    path = f"/manage/devices/{device_of(kiosk)}"
    form = Form.of(manager, path).fill(what=what, part="")
    assert form.send(f"{path}/ask").status == 303


def state_of(hall: RunningHall, uid: str) -> str:
    found = hall.work(lambda w: asks.by_uid(w, uid))
    return f"{found.state} {found.detail}"


def pages_in(model: RunningModel) -> int:
    """Test pages in the tray."""
    return sum(1 for paper in model.slips() if any("打印测试" in line for line in paper.text))


def test_a_fault_at_the_printer_is_on_the_page_with_its_age_until_it_is_mended(
    kiosk: RunningKiosk, manager: Client, model: RunningModel
) -> None:
    until(lambda: page(manager, kiosk), lambda t: "最近确认" in t and "逐张确认" in t)
    model.control(cover="open")
    try:
        shown = until(lambda: page(manager, kiosk), lambda t: "打印机：盖子没关" in t)
        alarms = manager.get("/api/v1/alarms").json["alarms"]
    finally:
        model.control(cover="closed")
    kiosk.wait(lambda h: h["faults"] == [])
    until(lambda: page(manager, kiosk), lambda t: "盖子没关" not in t)

    assert re.search(r"盖子没关 \d\d:\d\d 起，刚刚 请把打印机的盖子按紧", shown)
    assert [(a["what"], a["name"], a["mild"]) for a in alarms] == [
        ("盖子没关", "一楼取号机", False)
    ]
    assert manager.get("/api/v1/alarms").json["alarms"] == []


def test_a_test_page_is_printed_once_though_the_event_comes_twice(
    kiosk: RunningKiosk, hall: RunningHall, manager: Client, model: RunningModel
) -> None:
    before = pages_in(model)
    uid = hall.ask(device_of(kiosk), "test_page")
    for _ in range(2):
        again = DeviceAsked(device=device_of(kiosk), ask=uid, what="test_page")
        hall.work(lambda w, m=again: w.publish(m))
    until(lambda: state_of(hall, uid), lambda s: s == "done ")
    time.sleep(1.0)  # nothing more comes

    assert pages_in(model) == before + 1
    assert "打印测试页" in page(manager, kiosk)


def test_a_test_page_without_paper_is_not_printed_later(
    kiosk: RunningKiosk, hall: RunningHall, manager: Client, model: RunningModel
) -> None:
    before = pages_in(model)
    model.control(paper="out")
    kiosk.wait(lambda h: h["faults"] == ["paper_out"])
    ask(manager, kiosk, "test_page")
    until(lambda: page(manager, kiosk), lambda t: "没有做成：缺纸" in t)
    model.control(paper="ok")
    kiosk.wait(lambda h: h["faults"] == [])
    time.sleep(1.0)

    assert pages_in(model) == before


def test_a_roll_that_went_out_and_was_put_in_is_counted_from_full(
    kiosk: RunningKiosk, manager: Client, model: RunningModel
) -> None:
    model.control(paper="out")
    kiosk.wait(lambda h: h["faults"] == ["paper_out"])
    model.control(paper="ok")
    kiosk.wait(lambda h: h["faults"] == [] and h["paper_left_mm"] > 0)
    shown = until(lambda: page(manager, kiosk), lambda t: "约剩 50 米" in t)

    assert "传感器 有纸" in shown


def test_a_restart_waits_for_the_citizen_and_is_done_by_the_next_run(
    kiosk: RunningKiosk, hall: RunningHall, manager: Client
) -> None:
    finger = kiosk.finger().press("department civil")
    uid = hall.ask(device_of(kiosk), "restart")
    until(lambda: state_of(hall, uid), lambda s: s == "begun ")
    time.sleep(1.5)
    assert kiosk.process is not None
    assert kiosk.process.poll() is None
    finger.press("home")
    assert kiosk.process.wait(10) == RESTART_STATUS
    kiosk.start()
    until(lambda: state_of(hall, uid), lambda s: s == "done ")

    assert "重启程序" in page(manager, kiosk)
    kiosk.wait(lambda h: h["paper_left_mm"] > 0)  # the estimate is kept
