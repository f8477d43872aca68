"""Bars on ptys before a running hall: real server, real display, and the model at the ports."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from display.led.model.testing import RunningBars, running_bars
from server.actions import screens
from server.kit.contract.messages import (
    HallEmergency,
    TicketCalled,
    TicketLeft,
    TicketServing,
)
from server.kit.contract.screens import Layout
from server.store import devices, log
from server.store.work import Work
from tests.support.hall import Clerk, RunningHall
from tests.support.ports import wait_until
from tests.support.speaking import Box, Ear, box, call, publish, speaking_hall

REPEAT_S = 2
SITE = """
[[port]]
name = "北侧"
address = "{folder}/line1"
[[port.device]]
role = "led"
profile = "modbus_rtu_text_quick.toml"
counter = "1"
params = {{ addr = 3 }}
[[port.device]]
role = "led"
profile = "modbus_rtu_text_quick.toml"
counter = "4"
params = {{ addr = 4 }}
[[port.device]]
role = "pad"
profile = "ff68_21key"
counter = "1"
params = {{ addr = 11 }}
[[port]]
name = "门头"
address = "{folder}/line2"
[[port.device]]
role = "led"
profile = "onbon_bx6k"
zone = "1F"
params = {{ addr = 1, w = 256 }}
"""
"""Two bars and a pad on one line, and a bar on a line of its own; state is repeated soon."""


class Wall(NamedTuple):
    """What a test drives."""

    hall: RunningHall
    clerk: Clerk
    ear: Ear
    display: Box
    bars: RunningBars


def site(folder: Path) -> Path:
    text = (resources.files("firmware_configs") / "led" / "modbus_rtu_text.toml").read_text("utf-8")
    quick = text.replace('id = "modbus_rtu_text"', 'id = "modbus_rtu_text_quick"')
    quick = quick.replace("repeat_s = 60", f"repeat_s = {REPEAT_S}")
    (folder / "modbus_rtu_text_quick.toml").write_text(quick, "utf-8")
    path = folder / "devices.toml"
    path.write_text(SITE.format(folder=folder), "utf-8")
    return path


def called(ticket: str, counter: str = "1") -> TicketCalled:
    return TicketCalled(
        call=f"bars-{ticket}", ticket=ticket, queue="A", counter=counter,
        counter_name=f"{counter}号窗口", zone="1F", times=1, speak=True, waiting=0,
    )  # fmt: skip


def gone(ticket: str, counter: str = "1") -> TicketLeft:
    return TicketLeft(ticket=ticket, queue="A", counter=counter, reason="done", waiting=0)


@pytest.fixture(scope="module")
def wall(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Wall]:
    folder = tmp_path_factory.mktemp("bars")
    with (
        speaking_hall(folder) as (hall, ear),
        running_bars(site(folder)) as bars,
        speaker_with_bars(hall, ear, bars) as display,
    ):
        clerk = hall.clerk("c01", counter="1")
        hall.clerk("c04", counter="4")
        wait_until(lambda: display.health()["link"] == "live", "the display follows the hall")
        for key in ("led:1", "led:4"):
            wait_until(lambda key=key: bars.text(key) == "欢迎光临", "the bars greet")
        yield Wall(hall, clerk, ear, display, bars)


def speaker_with_bars(hall: RunningHall, ear: Ear, bars: RunningBars):
    import os

    return box(
        hall, ear.folder, "wall", zone="1F",
        extra={
            "PATH": f"{ear.folder / 'bin'}:{os.environ['PATH']}",
            "HALL_TEST_CARD": str(ear.folder / "wall.card"),
            "HALL_DISPLAY_VOICE_PACKS": str(ear.folder / "packs"),
            "HALL_DISPLAY_VOICE_OUTPUT": "alsa",
            "HALL_DISPLAY_DEVICES_FILE": str(bars.site),
        },
    )  # fmt: skip


def test_a_call_is_on_its_bar_and_follows_the_person(wall):
    hall, bars = wall.hall, wall.bars
    publish(hall, called("A001"))
    wait_until(lambda: bars.text("led:1") == "请A001到1号", "the call is on the bar")

    assert bars.text("led:4") == "欢迎光临"
    wait_until(lambda: "A001" in bars.text("led:zone-1F"), "and on the bar of the zone")
    publish(hall, TicketServing(ticket="A001", counter="1"))
    wait_until(lambda: bars.text("led:1") == "办理 A001", "served")
    publish(hall, gone("A001"))
    wait_until(lambda: bars.text("led:1") == "欢迎光临", "gone")


def test_a_bar_whose_power_failed_is_right_again_within_the_time_of_repetition(wall):
    hall, bars = wall.hall, wall.bars
    publish(hall, called("A002"))
    wait_until(lambda: bars.text("led:1") == "请A002到1号", "the call is on the bar")
    bars.control(bar="led:1", power=False)
    assert bars.text("led:1") == ""
    time.sleep(0.5)
    bars.control(bar="led:1", power=True)

    wait_until(
        lambda: bars.text("led:1") == "请A002到1号", "right again", deadline_s=REPEAT_S + 3.0
    )
    publish(hall, gone("A002"))


def test_a_silent_bar_is_a_fault_that_staff_see_and_the_others_are_served(wall):
    hall, display, bars = wall.hall, wall.display, wall.bars

    def faults(key):
        return next(p["faults"] for p in display.health()["parts"] if p["key"] == key)

    bars.control(bar="led:1", silent=True)
    wait_until(lambda: faults("led:1") == ["silent"], "the fault")
    publish(hall, called("A003", "4"))
    wait_until(lambda: bars.text("led:4") == "请A003到4号", "the other bar", deadline_s=3.0)
    assert faults("led:4") == []
    bars.control(bar="led:1", silent=False)

    wait_until(lambda: faults("led:1") == [], "it is found again", deadline_s=40.0)


def test_a_display_that_was_killed_shows_the_truth_again_and_speaks_nothing_twice(wall):
    hall, clerk, ear = wall.hall, wall.clerk, wall.ear
    display, bars = wall.display, wall.bars
    wait_until(lambda: display.leads() == ["1F"], "the display speaks for its floor")
    ticket = call(clerk, hall.enrol("kiosk"), "MZ-01")
    number = ticket["number"]
    ear.expects(number, "1号窗口")
    wait_until(lambda: ear.heard(display) == [number], "it is spoken")
    wait_until(lambda: bars.text("led:1") == f"请{number}到1号", "the call is on the bar")
    told = clerk.desk()["heard"]
    wait_until(
        lambda: hall.work(lambda w: log.acks(w, told["call"], told["times"])).get("panel") == 1,
        "the server knows that the bar is lit",
    )
    display.signal(signal.SIGKILL)
    assert display.process is not None
    display.process.wait(10)
    assert clerk.on(ticket, "start").status == 200
    bars.control(bar="", power=False)
    bars.control(bar="", power=True)
    display.start()

    wait_until(lambda: bars.text("led:1") == f"办理 {number}", "the truth, not what was before")
    publish(hall, HallEmergency(on=True, text="请有序撤离"))
    wait_until(lambda: bars.text("led:4") == "请有序撤离", "an emergency")
    publish(hall, HallEmergency(on=False, text=""))
    wait_until(lambda: bars.text("led:1") == f"办理 {number}", "and it is over")
    assert ear.heard(display) == [number]


def test_a_finger_on_the_pad_lights_the_bar_on_the_same_line(wall):
    hall, bars = wall.hall, wall.bars
    hall.enrol("kiosk", name="另一台").take("MZ-01")

    def give(w: Work) -> Any:
        [box] = [d for d in devices.every(w) if d.kind == "display"]
        layout = Layout(pads=("1",))
        return screens.set_up(w, box, name="大屏", zone="1F", layout=layout, expected=box.version)

    hall.work(give)
    current = wall.clerk.desk()["current"]
    if current is not None:
        assert wall.clerk.on(current, "finish").status == 200
    wait_until(lambda: bars.pad("pad:1") == "等候 1 人", "the pad shows who waits")
    bars.control(pad="pad:1", press="next")
    wait_until(lambda: bars.text("led:1").endswith("到1号"), "the bar is lit")
    number = wall.clerk.desk()["current"]["number"]

    assert bars.text("led:1") == f"请{number}到1号"
    wait_until(lambda: number in bars.pad("pad:1"), "and the pad shows the number")


def test_a_wrong_site_file_stops_the_start_with_its_line(wall, tmp_path):
    import subprocess
    import sys

    wrong = tmp_path / "devices.toml"
    text = SITE.format(folder=tmp_path).replace("modbus_rtu_text_quick.toml", "modbus_rtu_text")
    wrong.write_text(text.replace("addr = 4", "addr = 400"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "display", "run", "--devices-file", str(wrong), "--state-dir",
         str(tmp_path / "state")],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert "devices.toml 第 14 行" in done.stderr
    assert "允许：整数 1 到 247" in done.stderr
    assert "Traceback" not in done.stderr
