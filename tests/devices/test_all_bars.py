"""Every profile of a bar on every port that misbehaves, judged by a model that shares no code with it.

What must hold on any line: nothing raises; a call is told as lit only when the bar shows it; once
the line is well the bar shows the newest truth, within the time of repetition.
"""

from __future__ import annotations

import contextlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from display.hung import HungDevice
from display.led.bars import Bar, frame_of
from display.led.model.bars import Control, bar_of
from display.led.panels import Sign
from server.kit.serial.bus import Bus
from server.kit.serial.frames import DeviceFault
from server.kit.serial.profiles import Attached, frame_profiles, load_frames
from server.kit.serial.testing import (
    Clock,
    Delays,
    DevicePort,
    Garbage,
    OneByteAtATime,
    RandomLoss,
    run,
)
from server.kit.serial.worker import open_port

PROFILES = {name: load_frames("led", name) for name in frame_profiles("led")}
SHOWS = {
    "alpha": ("A012  3", "A013  3"),
    "kanban4": ("012", "013"),
    "modbus_rtu_text": ("请A012到3号", "请A013到3号"),
    "onbon_bx5k": ("请A012到3号窗口", "请A013到3号窗口"),
    "onbon_bx6k": ("请A012到3号窗口", "请A013到3号窗口"),
    "stx_etx_numeric": ("0012", "0013"),
    "sunpn_3a": ("012", "013"),
    "template_unknown": ("A012", "A013"),
}
"""What a person reads on each kind of bar when A012, then A013 is called to counter 3."""
HOSTILE = {
    "one byte at a time": lambda port, seed, clock: OneByteAtATime(port),
    "20 % of the answers lost": lambda port, seed, clock: RandomLoss(port, seed=seed, loss=0.2),
    "loss both ways": lambda port, seed, clock: RandomLoss(
        port, seed=seed, loss=0.05, both_ways=True
    ),
    "20 % lost both ways": lambda port, seed, clock: RandomLoss(
        port, seed=seed, loss=0.2, both_ways=True
    ),
    "delays": lambda port, seed, clock: Delays(port, seed=seed, clock=clock, most_s=0.3),
    "long delays": lambda port, seed, clock: Delays(port, seed=seed, clock=clock, most_s=2.0),
    "garbage": lambda port, seed, clock: Garbage(port, seed=seed, share=0.3),
    "all of it": lambda port, seed, clock: OneByteAtATime(
        Garbage(RandomLoss(port, seed=seed, loss=0.05, both_ways=True), seed=seed, share=0.1)
    ),
}  # fmt: skip


def call(number: str) -> Sign:
    words = {"number": number, "digits": number[1:], "counter": "3", "name": "3号窗口"}
    return Sign(state="call", words=words, call=(number, 1))


class Hall:
    """A bar on a line, the model at its other end, and what was told of calls."""

    def __init__(self, name: str, hostile: str = "", seed: int = 1) -> None:
        profile = PROFILES[name]
        params = {"addr": "03"} if name == "alpha" else {"addr": 3}
        params = params if "addr" in profile.params else {}
        device = Attached(role="led", profile=name, counter="3", params=params)
        hung = HungDevice(key="led:3", name="3号窗口条屏", device=device, profile=profile)
        self.profile = profile
        self.model = bar_of(hung)
        self.clock = Clock()
        self.wire = DevicePort(self.model.hear)
        self.port = HOSTILE[hostile](self.wire, seed, self.clock) if hostile else self.wire
        self.lit: list[tuple[str, str]] = []
        self.bar = Bar(profile, params=params, lit=self._note)
        self.bus = Bus([self.bar], profile.link)
        self.bus.opened(self.clock.now)

    def _note(self, told: tuple[str, int]) -> None:
        self.lit.append((told[0], self.model.text))

    def go(self, seconds: float) -> None:
        end = self.clock.now + seconds
        run(self.bus, self.port, self.clock, until=lambda: self.clock.now >= end, within_s=1e6)

    def heal(self) -> None:
        self.port = self.wire


@pytest.mark.parametrize("name", PROFILES)
def test_the_model_reads_on_every_bar_what_it_is_to_show(name):
    hall = Hall(name)
    for number, seen in zip(("A012", "A013"), SHOWS[name], strict=True):
        hall.bar.show(call(number))
        hall.go(2)

        assert hall.model.text == seen
    assert hall.model.complaint == ""
    if hall.profile.reply is not None:
        assert hall.lit == [("A012", SHOWS[name][0]), ("A013", SHOWS[name][1])]
    else:
        assert hall.lit == []


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("name", PROFILES)
def test_on_any_line_nothing_lies_and_the_truth_wins_once_the_line_is_well(name, hostile):
    for seed in range(4):
        hall = Hall(name, hostile, seed)
        for number in ("A012", "A013"):
            hall.bar.show(call(number))
            hall.go(6)
        known = dict(zip(("A012", "A013"), SHOWS[name], strict=True))
        # What was told as lit was to be read on the bar at that moment. An answer that comes later
        # than its window can be taken for the answer to the next frame: no such bar numbers them.
        if "long" not in hostile:
            assert [seen for _, seen in hall.lit] == [known[told] for told, _ in hall.lit]
        hall.heal()
        hall.go(hall.profile.timing.repeat_s + 35)

        assert hall.model.text == SHOWS[name][1]


@pytest.mark.parametrize("name", PROFILES)
def test_a_bar_whose_power_failed_is_right_again_within_the_time_of_repetition(name):
    hall = Hall(name)
    hall.bar.show(call("A012"))
    hall.go(2)
    hall.model.control(Control(bar="", power=False))
    hall.go(3)
    hall.model.control(Control(bar="", power=True))
    assert hall.model.text == ""
    hall.go(hall.profile.timing.repeat_s + 2)

    assert hall.model.text == SHOWS[name][0]


@pytest.mark.parametrize("name", PROFILES)
def test_a_bar_that_says_nothing_is_told_to_staff_and_found_again(name):
    hall = Hall(name)
    hall.model.control(Control(bar="", silent=True))
    hall.bar.show(call("A012"))
    hall.go(5)
    assert hall.bar.standing.fault == ("silent" if hall.profile.reply else "")
    hall.model.control(Control(bar="", silent=False))
    hall.bar.show(call("A013"))
    hall.go(hall.profile.timing.repeat_s + 31)

    assert hall.bar.standing.fault == ""
    assert hall.model.text == SHOWS[name][1]


@pytest.mark.parametrize("name", PROFILES)
def test_a_port_that_takes_nothing_is_silence_and_no_busy_loop(name):
    hall = Hall(name)
    hall.wire.write = lambda data: 0
    turns = 0
    hall.bar.show(call("A012"))
    end = hall.clock.now + 60
    while hall.clock.now < end:
        turns += 1
        hall.clock.move(max(hall.bus.turn(hall.port, hall.clock.now), 0.0005))

    assert hall.bar.standing.fault == "silent"
    assert hall.lit == []
    assert turns < 4000


@pytest.mark.parametrize("name", PROFILES)
def test_unplugged_and_plugged_in_again_the_newest_truth_is_shown(name):
    hall = Hall(name)
    hall.bar.show(call("A012"))
    hall.go(1)
    hall.wire.gone = True
    with contextlib.suppress(DeviceFault):
        hall.bus.turn(hall.port, hall.clock.now)
        hall.port.read()
    hall.bus.lost(DeviceFault("no_port"), hall.clock.now)
    assert hall.bar.standing.fault == "no_port"
    hall.bar.show(call("A013"))
    hall.clock.move(30)
    hall.wire.gone = False
    hall.bus.opened(hall.clock.now)
    hall.go(2)

    assert hall.model.text == SHOWS[name][1]
    assert hall.bar.standing.fault == ""


def test_a_second_process_on_the_port_is_refused(pty):
    """Two owners would interleave their frames: the second gets no port and says so."""
    link = PROFILES["modbus_rtu_text"].link
    first = open_port(pty.path, link)
    with pytest.raises(DeviceFault):
        open_port(pty.path, link)
    first.close()

    open_port(pty.path, link).close()


@pytest.mark.parametrize("name", [n for n in PROFILES if PROFILES[n].text.encoding == "gb2312"])
def test_the_model_reads_every_hanzi_of_gb2312(name):
    """6,763 hanzi, sixteen at a time: escapes, lengths and sums as the model's own document has them."""
    rows = [bytes([r, c]) for r in range(0xB0, 0xF8) for c in range(0xA1, 0xFF)]
    hanzi = [b.decode("gb2312") for b in rows if b.decode("gb2312", "ignore")]
    assert len(hanzi) == 6763
    hall = Hall(name)
    most = (hall.profile.text.pad_to or 16) // 2
    for at in range(0, len(hanzi), most):
        text = "".join(hanzi[at : at + most])
        sign = Sign(state="idle", words={"slogan": text})
        if "{slogan}" in hall.profile.shows["idle"].text:
            hall.model.hear(frame_of(hall.profile, sign, hall.bar._params).data)
            assert hall.model.text == text


@settings(max_examples=60, deadline=None)
@given(noise=st.lists(st.binary(min_size=1, max_size=60), max_size=20))
@pytest.mark.parametrize("name", PROFILES)
def test_a_bar_and_its_model_survive_whatever_a_line_says(name, noise):
    hall = Hall(name)
    hall.bar.show(call("A012"))
    for piece in noise:
        hall.model.hear(piece)
        hall.wire.say(piece)
        hall.go(0.1)


@pytest.mark.torture
@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("name", PROFILES)
def test_a_day_of_calls_on_any_line(name, hostile):
    """300 calls, the line well and ill by turns; after each well spell the bar is right."""
    hall = Hall(name, hostile, 7)
    chance = random.Random(7)
    ill = hall.port
    for n in range(300):
        number = ("A012", "A013")[n % 2]
        hall.port = ill if chance.random() < 0.5 else hall.wire
        hall.bar.show(call(number))
        hall.go(chance.uniform(0.01, 20))
        if n % 10 == 9:
            hall.heal()
            hall.go(hall.profile.timing.repeat_s + 35)
            assert hall.model.text == SHOWS[name][n % 2]
