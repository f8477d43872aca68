"""A reader that types like a keyboard. The keys are grabbed, so none of them reaches the page.

What `server.kit.serial.keys.InputPort` gives, `4B | code` for a key that goes down and `4B | 00` for
one that comes up, becomes a number when 18 keys and the key that ends them come faster than anybody
types. Whatever else is typed is forgotten after that time.

Source of the codes: Linux `include/uapi/linux/input-event-codes.h`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime

from kiosk.idcard.card import LENGTH, Card, Reading, Unread, card_from
from kiosk.idcard.reader import Health, Heard
from server.kit.contract.devices import Part
from server.kit.serial.frames import DeviceFault
from server.kit.serial.keys import MARK, InputPort
from server.kit.serial.profiles import ReaderProfile
from server.kit.serial.worker import Outlet, PortWorker, Stopped

SIGNS = {
    **{code: ord(str(n)) for n, code in enumerate((11, 2, 3, 4, 5, 6, 7, 8, 9, 10))},
    **{code: ord(str(n)) for n, code in enumerate((82, 79, 80, 81, 75, 76, 77, 71, 72, 73))},
    45: ord("X"),
}
"""Code of a key → the sign it types: the row of digits, the number pad, X."""
ENDS = {"enter": frozenset({28, 96}), "tab": frozenset({15})}
"""`ends_with` of a profile → codes of the keys."""
SILENT = frozenset({0, 42, 54, 58, 69})
"""Keys up, shift, the locks: they type nothing."""
LEAST_KEYS = 15
"""So many fast keys were meant to be a number."""
IDLE_S = 5.0


class Wedge:
    """The driver: keys in, readings out. Runs on the port's thread and never waits.

    Args:
        profile: of a wedge.
        health: told of faults.

    Raises:
        ValueError: the profile ends a number with a key that is not known.
    """

    def __init__(self, profile: ReaderProfile, health: Health) -> None:
        if profile.ends_with not in ENDS:
            raise ValueError(f"ends_with：只能是 {'、'.join(ENDS)}")
        self.asked = False
        """Whether a card is wanted now; any other is forgotten as it comes."""
        self._ends = ENDS[profile.ends_with]
        self._within_s = profile.within_ms / 1000
        self._health = health
        self._reply: Callable[[Reading], None] | None = None
        self._typed = bytearray()
        self._began = 0.0
        self._spoilt = False
        self._marked = False

    def next(self, reply: Callable[[Reading], None], _now: float) -> None:
        """Give the next reading to *reply*."""
        self._reply = reply

    def opened(self, now: float) -> None:
        """Begin with nothing typed."""
        self._forget(now)
        self._marked = False
        self._health.are()

    def received(self, data: bytes, now: float) -> None:
        """Take keys."""
        for byte in data:
            if self._marked:
                self._marked = False
                self._key(byte, now)
            else:
                self._marked = byte == MARK

    def turn(self, out: Outlet, now: float) -> float:
        """Forget what was not finished in time."""
        del out
        if not self._typed and not self._spoilt:
            return IDLE_S
        left_s = self._began + self._within_s - now
        if left_s <= 0:
            self._forget(now)
            return IDLE_S
        return left_s

    def lost(self, fault: DeviceFault, now: float) -> None:
        """Note that it is gone."""
        self._forget(now)
        self._health.are(fault.code)

    def _key(self, code: int, now: float) -> None:
        if code in SILENT:
            return
        untouched = not self._typed and not self._spoilt
        if untouched or now - self._began > self._within_s:
            self._forget(now)
        if code in self._ends:
            self._finish(now)
        elif code in SIGNS and len(self._typed) < LENGTH:
            self._typed.append(SIGNS[code])
        else:
            self._spoilt = True

    def _finish(self, now: float) -> None:
        meant = len(self._typed) >= LEAST_KEYS
        card = None if self._spoilt or not self.asked else card_from(self._typed)
        asked = self.asked
        self._forget(now)
        if card is not None:
            self.asked = False
            self._health.has_read()
            self._say(card)
        elif meant and asked:
            self._say(Unread.UNREADABLE)

    def _say(self, reading: Reading) -> None:
        reply, self._reply = self._reply, None
        if reply is not None:
            reply(reading)
        elif isinstance(reading, Card):
            reading.forget()

    def _forget(self, now: float) -> None:
        self._typed[:] = bytes(len(self._typed))
        self._typed.clear()
        self._spoilt = False
        self._began = now


class WedgeReader:
    """A wedge at `/dev/input/by-id/…-event-kbd`, on a thread of its own.

    Args:
        profile: its facts.
        address: the device, with or without `input:`.
        now: the time of day, aware.
        spawn: runs a function beside the caller.
    """

    def __init__(
        self,
        profile: ReaderProfile,
        address: str,
        *,
        now: Callable[[], datetime],
        spawn: Callable[[Callable[[], None]], object],
    ) -> None:
        self._profile = profile
        self._address = address
        self._spawn = spawn
        self._health = Health(now, ("no_port",))
        self._driver = Wedge(profile, self._health)
        self._worker = PortWorker(address, self._driver, lambda: InputPort(address))

    def start(self, heard: Heard) -> None:
        """Take the keyboard for this process alone."""
        self._worker.start()

        def listen() -> None:
            with contextlib.suppress(Stopped):
                while True:
                    heard(self._worker.ask(self._driver.next))

        self._spawn(listen)

    def stop(self) -> None:
        """Give the keyboard free."""
        self._worker.stop()

    def ask(self) -> None:
        """Take the next card."""
        self._driver.asked = True

    def rest(self) -> None:
        """Let keys go by."""
        self._driver.asked = False

    def status(self) -> tuple[str, ...]:
        """Return what is wrong with it."""
        return self._health.faults

    def part(self) -> Part:
        """Return it for staff."""
        return self._health.part(self._profile, self._address)
