"""Every pad and rater on every line that misbehaves: a key is told right or not at all.

Events are built from the profile's own layout. Keypads are no line: the system tells their keys whole,
so of these lines only those that split and delay are theirs.
"""

from __future__ import annotations

import random

import pytest

from display.callpads.member import KeyDevice
from server.kit.serial.bus import Bus
from server.kit.serial.frames import DeviceFault, sum8, xor8
from server.kit.serial.profiles import FrameProfile, frame_profiles, load_frames
from server.kit.serial.templates import Answers
from server.kit.serial.testing import Clock, DevicePort, run
from tests.devices.printer_bench import HOSTILE

SYSTEM = ("one byte at a time", "delays")
"""What can happen to the events of the system, which have no check sum."""
SUMS = {"sum8": sum8, "xor8": xor8}
PROFILES = {
    (kind, name): load_frames(kind, name)
    for kind in ("pad", "rater")
    for name in frame_profiles(kind)
    if name != "ff68_21key"  # has a model of its own, see test_all_pads.py
}
ADDRESS = 2


def said(profile: FrameProfile, key: str) -> bytes:
    """Return what the device says for the key byte *key*, as the profile lays it out."""
    event = profile.event
    data = bytearray(event.length)
    start = bytes.fromhex(event.start)
    data[: len(start)] = start
    if event.address_at is not None:
        data[event.address_at] = ADDRESS
    data[event.key_at] = int(key, 16)
    if event.check != "none":
        place = event.length - event.tail - 1
        data[place] = SUMS[event.check](bytes(data[event.check_from : place]))
        data[place + 1 :] = b"\x03" * event.tail
    return bytes(data)


class Finger(DevicePort):
    """A device whose keys are pressed; one that is polled tells them only when it is asked."""

    def __init__(self, profile: FrameProfile) -> None:
        super().__init__()
        self._profile = profile
        self._heard = b""
        self._key = ""

    def press(self, key: str) -> None:
        """Press a key, and let it go."""
        if self._profile.poll is not None:
            self._key = key
            return
        for one in (key, *self._profile.event.idle[:1]):
            self.say(said(self._profile, one))

    def answer(self, data: bytes) -> bytes:
        """Say what is pressed to a poll that came whole."""
        if self._profile.poll is None:
            return b""
        self._heard = (self._heard + data)[-32:]
        command = self._profile.poll.params["cmd"]
        if not self._heard.endswith(b"\x03") or bytes([ADDRESS, command]) not in self._heard:
            return b""
        self._heard = b""
        key, self._key = self._key or self._profile.event.idle[0], ""
        return said(self._profile, key)


def pass_time(bus: Bus, port: DevicePort, clock: Clock, seconds: float) -> None:
    end = clock.now + seconds
    run(bus, port, clock, until=lambda: clock.now >= end)


CASES = [
    (kind, name, hostile)
    for (kind, name), profile in PROFILES.items()
    for hostile in HOSTILE
    if profile.event.check != "none" or hostile in SYSTEM
]


@pytest.mark.parametrize(("kind", "name", "hostile"), CASES)
def test_a_key_is_told_right_or_not_at_all(kind: str, name: str, hostile: str) -> None:
    """Ten presses on each of three lines; then the line is well, and the next key counts."""
    profile = PROFILES[kind, name]
    keys = profile.event.keys
    told = 0
    for seed in range(3):
        presses = []
        device = KeyDevice(
            profile,
            counter="3",
            params={"addr": ADDRESS} if "addr" in profile.params else {},
            pressed=presses.append,
        )
        finger, clock, dice = Finger(profile), Clock(), random.Random(seed)
        bad = HOSTILE[hostile](finger, seed, clock)
        listens = None if profile.poll else Answers(profile)
        bus = Bus([device], profile.link, listens=listens)
        bus.opened(clock.now)
        pass_time(bus, bad, clock, 1.0)
        for _ in range(10):
            key, before = dice.choice(sorted(keys)), len(presses)
            finger.press(key)
            pass_time(bus, bad, clock, 2.0)
            new = [press.name for press in presses[before:]]
            told += len(new)
            assert new in ([], [keys[key]])
        bus.lost(DeviceFault("no_port"), clock.now)
        bus.opened(clock.now)
        pass_time(bus, finger, clock, 2.0)
        before = len(presses)
        finger.press(min(keys))
        pass_time(bus, finger, clock, 2.0)
        assert [press.name for press in presses[before:]] == [keys[min(keys)]]

    if hostile == "one byte at a time":
        assert told == 30
