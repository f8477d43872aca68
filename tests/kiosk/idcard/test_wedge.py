"""A reader that types: fast keys are a card, a person's are not, and none outlives its half second."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gevent
import pytest

from kiosk.idcard.card import Card, Reading, Unread, card_from
from kiosk.idcard.model import number_of
from kiosk.idcard.reader import Health
from kiosk.idcard.wedge import Wedge, WedgeReader
from server.kit.serial.frames import DeviceFault
from server.kit.serial.keys import DOWN, UP, InputPort, key_event
from server.kit.serial.port import Port
from server.kit.serial.profiles import load_reader, reader_profiles
from server.kit.serial.testing import (
    Clock,
    Delays,
    DevicePort,
    Garbage,
    OneByteAtATime,
    RandomLoss,
)

PROFILE = load_reader("wedge")
KEY = bytes(32)
ENTER, SHIFT = 28, 42
CODES = {**{str((n + 1) % 10): n + 2 for n in range(10)}, "X": 45, "\n": ENTER}
"""The row of digits: 1 is 2, … 9 is 10, 0 is 11."""
NUMBER = number_of(1)


def typed(text: str) -> list[bytes]:
    """What the port says of each key."""
    return [bytes([0x4B, CODES[c], 0x4B, 0]) for c in text]


class Rig:
    """A wedge on a clock, with what it said."""

    def __init__(self, wrap: type | None = None, *, asked: bool = True, **hostile: Any) -> None:
        self.clock = Clock()
        self.health = Health(lambda: datetime(2026, 11, 25, tzinfo=UTC), ("no_port",))
        self.wedge = Wedge(PROFILE, self.health)
        self.wedge.asked = asked
        self.device = DevicePort()
        self.port: Port = wrap(self.device, **hostile) if wrap else self.device
        self.heard: list[Reading] = []
        self.wedge.opened(self.clock.now)
        self.listen()

    def listen(self) -> None:
        def reply(reading: Reading) -> None:
            self.heard.append(reading)
            self.listen()

        self.wedge.next(reply, self.clock.now)

    def type(self, text: str, *, each_s: float = 0.01) -> None:
        for key in typed(text):
            self.device.say(key)
            self.pass_s(each_s, step_s=each_s / 5)

    def pass_s(self, seconds: float, *, step_s: float = 0.05) -> None:
        """What a worker does, in steps of the clock."""
        end = self.clock.now + seconds
        while self.clock.now < end - 1e-9:
            self.wedge.turn(self.port, self.clock.now)
            data = self.port.read()
            if data:
                self.wedge.received(data, self.clock.now)
            self.clock.move(step_s)


def the_card(readings: list[Reading]) -> str:
    assert [type(r) for r in readings] == [Card], readings
    (card,) = readings
    assert isinstance(card, Card)
    return card.hashed(KEY)


def right() -> str:
    card = card_from(NUMBER)
    assert card is not None
    return card.hashed(KEY)


def test_eighteen_fast_keys_and_enter_are_a_card() -> None:
    rig = Rig()

    rig.type(NUMBER + "\n")

    assert the_card(rig.heard) == right()
    assert rig.health.faults == ()
    assert rig.health.part(PROFILE, "x").confirmed_at


def test_a_number_that_ends_in_x_is_typed_with_or_without_shift() -> None:
    rig = Rig()
    ends_in_x = "11010519491231002X"

    rig.type(ends_in_x[:-1])
    rig.device.say(bytes([0x4B, SHIFT, 0x4B, CODES["X"], 0x4B, 0, 0x4B, ENTER]))
    rig.pass_s(0.05)

    assert [type(r) for r in rig.heard] == [Card]


def test_a_person_who_types_slowly_is_no_card() -> None:
    rig = Rig()

    rig.type(NUMBER + "\n", each_s=0.2)

    assert rig.heard == []


def test_whoever_asks_is_given_one_card() -> None:
    rig = Rig()

    rig.type(NUMBER + "\n" + NUMBER + "\n")
    assert [type(r) for r in rig.heard] == [Card], "one card for each asking"
    rig.wedge.asked = True
    rig.type(NUMBER + "\n")

    assert [type(r) for r in rig.heard] == [Card, Card]


def test_nothing_is_read_unless_somebody_asks() -> None:
    rig = Rig(asked=False)

    rig.type(NUMBER + "\n")
    rig.wedge.asked = True
    rig.pass_s(1)

    assert rig.heard == []


def test_a_card_of_a_moment_ago_is_not_kept_for_who_asks_next() -> None:
    rig = Rig(asked=False)

    rig.type(NUMBER)
    rig.wedge.asked = True
    rig.pass_s(0.6)
    rig.type("\n")

    assert rig.heard == []


@pytest.mark.parametrize("text", [NUMBER[:-1] + "\n", NUMBER + "1\n", "5" * 18 + "\n"])
def test_what_is_no_number_is_told_as_unreadable(text: str) -> None:
    rig = Rig()

    rig.type(text)

    assert rig.heard == [Unread.UNREADABLE]


def test_a_few_keys_are_nothing() -> None:
    rig = Rig()

    rig.type("123\n")

    assert rig.heard == []


def test_keys_are_forgotten_after_their_time() -> None:
    rig = Rig()
    rig.type(NUMBER)
    inside = rig.wedge._typed

    rig.pass_s(0.7)

    assert not inside


def test_unplugged_it_says_so_and_forgets() -> None:
    rig = Rig()
    rig.type(NUMBER)

    rig.wedge.lost(DeviceFault("no_port"), rig.clock.now)

    assert rig.health.faults == ("no_port",)
    assert not rig.wedge._typed


HOSTILE: list[tuple[type, dict[str, Any]]] = [
    (OneByteAtATime, {}),
    (RandomLoss, {"loss": 0.2}),
    (Garbage, {"share": 0.3}),
]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("wrap", "how"), HOSTILE)
def test_on_a_bad_line_the_right_card_or_none_is_read(
    wrap: type, how: dict[str, Any], seed: int
) -> None:
    if wrap is not OneByteAtATime:
        how = {**how, "seed": seed}
    rig = Rig(wrap, **how)

    for _ in range(5):
        rig.wedge.asked = True
        rig.type(NUMBER + "\n")
        rig.pass_s(1)

    cards = [r for r in rig.heard if isinstance(r, Card)]
    assert all(card.hashed(KEY) == right() for card in cards)
    if wrap is OneByteAtATime:
        assert len(cards) == 5
    assert not rig.wedge._typed


def test_keys_that_come_late_are_no_card() -> None:
    rig = Rig()
    rig.port = Delays(rig.device, seed=1, clock=rig.clock, most_s=5.0)

    rig.type(NUMBER + "\n")
    rig.pass_s(120)

    assert not [r for r in rig.heard if isinstance(r, Card)]


def test_noise_alone_is_no_card() -> None:
    rig = Rig()
    noise = random.Random(7)

    for _ in range(300):
        rig.device.say(noise.randbytes(40))
        rig.pass_s(0.02)

    assert not [r for r in rig.heard if isinstance(r, Card)]


def test_a_wedge_on_a_line_of_events_is_read_by_its_own_thread(tmp_path: Path) -> None:
    line = tmp_path / "event0"
    os.mkfifo(line)
    reader = WedgeReader(
        PROFILE, f"input:{line}", now=lambda: datetime.now(UTC), spawn=gevent.spawn
    )
    keep = os.open(line, os.O_RDWR | os.O_NONBLOCK)
    heard: list[Reading] = []
    reader.start(heard.append)
    try:
        wait_for(lambda: reader.status() == ())
        reader.ask()
        for sign in NUMBER + "\n":
            os.write(keep, key_event(CODES[sign], DOWN) + key_event(CODES[sign], UP))
        wait_for(lambda: bool(heard))
        assert the_card(heard) == right()

        os.close(keep)  # pulled out
        wait_for(lambda: reader.status() == ("no_port",))
        keep = os.open(line, os.O_RDWR | os.O_NONBLOCK)
        wait_for(lambda: reader.status() == ())
        heard.clear()
        reader.ask()
        for sign in NUMBER + "\n":
            os.write(keep, key_event(CODES[sign], DOWN) + key_event(CODES[sign], UP))
        wait_for(lambda: bool(heard))
        assert the_card(heard) == right()
    finally:
        reader.stop()
        os.close(keep)


def wait_for(true: object, within_s: float = 10.0) -> None:
    assert callable(true)
    with gevent.Timeout(within_s):
        while not true():
            gevent.sleep(0.01)


def test_every_profile_has_its_tests() -> None:
    """Add a new one to the drivers of test_service, or here."""
    assert reader_profiles() == ("http_service", "websocket_service", "wedge")


def test_a_reader_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(DeviceFault):
        InputPort(f"input:{tmp_path / 'nothing'}")
    reader = WedgeReader(
        PROFILE, str(tmp_path / "nothing"), now=lambda: datetime.now(UTC), spawn=gevent.spawn
    )

    assert reader.status() == ("no_port",)
    part = reader.part()
    assert (part.key, part.role, part.faults[0].code) == ("reader", "reader", "no_port")
