"""A line with devices on it, and members that count their turns, for tests of the bus."""

from __future__ import annotations

from collections.abc import Callable

from server.kit.serial.bus import Exchange, Outcome, Silence, Standing
from server.kit.serial.templates import Answers, Event
from server.kit.serial.testing import Clock, DevicePort

POLL = b"\xff\x68\x02\x02\x68"


def pressed(address: int, key: int) -> bytes:
    """Return what an FF68 pad says of *key*."""
    pdu = bytes([address, 0x81, key])
    return b"\xff\x68\x03\x03\x68" + pdu + bytes([sum(pdu) & 0xFF]) + b"\x16"


class Line(DevicePort):
    """An RS-485 pair: what is said by a device is heard *late_s* after the frame has left.

    Args:
        clock: the one of the worker.
        baud: speed, for the time that frames take; nobody else may begin meanwhile.
    """

    def __init__(self, clock: Clock, *, baud: int = 9600, late_s: float = 0.005) -> None:
        super().__init__()
        self.clock = clock
        self.baud = baud
        self.late_s = late_s
        self.devices: list[Callable[[bytes], bytes]] = []
        self.echo = False
        self.frames: list[tuple[float, bytes]] = []
        """When each frame began, and it."""
        self.collisions = 0
        """Frames that began while another was on the wire."""
        self._busy_until = 0.0
        self._late: list[tuple[float, bytes]] = []

    def write(self, data: bytes) -> int:
        self._check()
        now = self.clock.now
        if now < self._busy_until - 1e-9:
            self.collisions += 1
        self.frames.append((now, data))
        self.written += data
        left = now + len(data) * 10 / self.baud
        self._busy_until = left
        if self.echo:
            self._late.append((left, data))
        for device in self.devices:
            said = device(data)
            if said:
                at = left + self.late_s + len(said) * 10 / self.baud
                self._late.append((at, said))
                self._busy_until = max(self._busy_until, at)
        return len(data)

    def read(self) -> bytes:
        self._check()
        now = self.clock.now
        due = [d for at, d in self._late if at <= now + 1e-9]
        self._late = [(at, d) for at, d in self._late if at > now + 1e-9]
        return b"".join(due) + super().read()


class One:
    """A member that sends what it was told, whenever it was told, and remembers all."""

    polls = False

    def __init__(self, make: Callable[[bytes], Exchange]) -> None:
        self.make = make
        self.wanted: bytes | None = None
        self.outcomes: list[Outcome] = []
        self.ended: list[float] = []
        self.keys: list[Event] = []
        self.openings = 0
        self.losses = 0
        self.standing = Standing()

    def due(self, now: float) -> Exchange | None:
        return None if self.wanted is None else self.make(self.wanted)

    def done(self, exchange: Exchange, outcome: Outcome, now: float) -> None:
        self.outcomes.append(outcome)
        self.ended.append(now)
        self.standing.after(outcome, now)
        if exchange.data == self.wanted and not isinstance(outcome, Silence):
            self.wanted = None

    def heard(self, event: Event, now: float) -> None:
        self.keys.append(event)

    def opened(self, now: float) -> None:
        self.openings += 1

    def lost(self, now: float) -> None:
        self.losses += 1

    def next_s(self, now: float) -> float:
        return 100.0 if self.wanted is None else 0.0


class Poller(One):
    """A pad that is asked every *every_s*."""

    polls = True

    def __init__(
        self, address: int, answers: Answers, make: Callable[[bytes], Exchange], every_s: float
    ) -> None:
        super().__init__(make)
        self.address = address
        self.every_s = every_s
        self.asked_at: list[float] = []
        self._next = 0.0

    def due(self, now: float) -> Exchange | None:
        if now < self._next:
            return None
        self.asked_at.append(now)
        self._next = now + self.every_s
        pdu = bytes([self.address, 1])
        return self.make(POLL + pdu + bytes([sum(pdu) & 0xFF]) + b"\x16")

    def next_s(self, now: float) -> float:
        return self._next - now
