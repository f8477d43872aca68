"""For authors of drivers: scripted devices and ports that misbehave. Ships with the product.

    with transcript((ASK_1, WELL), (ASK_2, COVER_OPEN)) as port:
        run(driver, port, Clock(), until=lambda: driver.status.faults == ("cover_open",))

Hostile ports wrap any other port; they draw from the seed they are given, so a failure repeats.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from server.kit.serial.frames import DeviceFault
from server.kit.serial.port import Port, VirtualPort
from server.kit.serial.worker import Driver

__all__ = [
    "Clock",
    "Delays",
    "DevicePort",
    "Garbage",
    "OneByteAtATime",
    "RandomLoss",
    "Transcript",
    "VirtualPort",
    "run",
    "transcript",
]


STEP_S = 0.05
"""Largest step of `run`: bytes that a port delays wake a worker when they arrive."""


class Clock:
    """A clock that stands until it is moved: seconds on no particular scale."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        """Return the moment."""
        return self.now

    def move(self, seconds: float) -> None:
        """Let *seconds* pass."""
        self.now += seconds


def run(
    driver: Driver,
    port: Port,
    clock: Clock,
    *,
    until: Callable[[], bool],
    within_s: float = 600.0,
) -> None:
    """Do what a worker does, on *clock* instead of by waiting, until *until* is true.

    A port that is lost is told to the driver, which may then make *until* true.

    Raises:
        AssertionError: *until* did not become true within that time of the clock.
    """
    end = clock.now + within_s
    while not until():
        assert clock.now < end, f"nothing came of it within {within_s} s"
        try:
            wait_s = driver.turn(port, clock.now)
            if until():
                return
            data = port.read()
        except DeviceFault as fault:
            driver.lost(fault, clock.now)
            clock.move(1.0)
            continue
        if data:
            driver.received(data, clock.now)
        else:
            clock.move(min(max(wait_s, 0.001), STEP_S))


class DevicePort:
    """A port whose other end is a function: it sees each write and returns what the device says.

    Stands for a device in tests; subclass it, or give it the function.
    """

    def __init__(self, answer: Callable[[bytes], bytes] | None = None) -> None:
        self.name = "device"
        self.written = bytearray()
        self.gone = False
        """Set to unplug it."""
        self._answer = answer
        self._said: deque[bytes] = deque()

    def answer(self, data: bytes) -> bytes:
        """Return what the device says to *data*."""
        return self._answer(data) if self._answer else b""

    def say(self, data: bytes) -> None:
        """Let the device say *data* unasked."""
        if data:
            self._said.append(data)

    def fileno(self) -> int | None:
        """Return None: there is nothing to wait on."""
        return None

    def read(self) -> bytes:
        """Return what the device said next."""
        self._check()
        return self._said.popleft() if self._said else b""

    def write(self, data: bytes) -> int:
        """Give *data* to the device at once."""
        self._check()
        self.written += data
        self.say(self.answer(data))
        return len(data)

    def pending(self) -> int:
        """Return 0: everything has left."""
        return 0

    def discard(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Unplug it."""
        self.gone = True

    def _check(self) -> None:
        if self.gone:
            raise DeviceFault("no_port")


class Transcript(DevicePort):
    """A device that says its lines only when it hears the lines of a manual, in their order."""

    def __init__(self, lines: Sequence[tuple[bytes, bytes]]) -> None:
        super().__init__()
        self._lines = deque(lines)
        self._heard = b""

    @property
    def done(self) -> bool:
        """True when every line was spoken and answered."""
        return not self._lines and not self._heard

    def answer(self, data: bytes) -> bytes:
        """Return the device's lines for what is now complete.

        Raises:
            AssertionError: the host said something else than the transcript.
        """
        self._heard += data
        said = b""
        while self._lines and self._heard.startswith(self._lines[0][0]):
            expected, reply = self._lines.popleft()
            self._heard = self._heard[len(expected) :]
            said += reply
        if self._heard:
            assert self._lines, f"the transcript has ended, yet the host says {self._heard.hex()}"
            expected = self._lines[0][0]
            assert expected.startswith(self._heard), (
                f"expected {expected.hex()}, heard {self._heard.hex()}"
            )
        return said


@contextmanager
def transcript(*lines: tuple[bytes, bytes]) -> Iterator[Transcript]:
    """Give a device that plays *lines* (host, device), and check at the end that all were played.

    An empty host line lets the device speak first, right after the line before it.
    """
    port = Transcript(lines)
    port.say(port.answer(b""))
    yield port
    assert port.done, f"the host never said {port._lines[0][0].hex()}"  # noqa: SLF001


class _Wrapper:
    """A port around another one; subclasses change what passes."""

    def __init__(self, port: Port) -> None:
        self.name = f"{type(self).__name__}({port.name})"
        self._port = port

    def fileno(self) -> int | None:
        """Return the inner port's descriptor."""
        return self._port.fileno()

    def read(self) -> bytes:
        """Return what the inner port read."""
        return self._port.read()

    def write(self, data: bytes) -> int:
        """Write to the inner port."""
        return self._port.write(data)

    def pending(self) -> int:
        """Return what the inner port still holds."""
        return self._port.pending()

    def discard(self) -> None:
        """Discard in the inner port."""
        self._port.discard()

    def close(self) -> None:
        """Close the inner port."""
        self._port.close()


class OneByteAtATime(_Wrapper):
    """Takes one byte at each write and gives one at each read: the worst UART there is."""

    def __init__(self, port: Port) -> None:
        super().__init__(port)
        self._left = b""

    def fileno(self) -> int | None:
        """Return None: bytes held here would not wake anybody."""
        return None

    def read(self) -> bytes:
        """Return one byte."""
        self._left += self._port.read()
        first, self._left = self._left[:1], self._left[1:]
        return first

    def write(self, data: bytes) -> int:
        """Take one byte."""
        return self._port.write(data[:1])


class RandomLoss(_Wrapper):
    """Loses each byte from the device, and if told each byte to it, with a probability."""

    def __init__(self, port: Port, *, seed: int, loss: float, both_ways: bool = False) -> None:
        super().__init__(port)
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._loss = loss
        self._both_ways = both_ways

    def read(self) -> bytes:
        """Return what was not lost."""
        return self._kept(self._port.read())

    def write(self, data: bytes) -> int:
        """Take everything and pass on what was not lost."""
        if self._both_ways:
            for byte in self._kept(data):
                self._port.write(bytes([byte]))
            return len(data)
        return self._port.write(data)

    def _kept(self, data: bytes) -> bytes:
        return bytes(byte for byte in data if self._random.random() >= self._loss)


class Delays(_Wrapper):
    """Lets bytes from the device arrive late, each piece after its own delay, never overtaking."""

    def __init__(self, port: Port, *, seed: int, clock: Callable[[], float], most_s: float) -> None:
        super().__init__(port)
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._clock = clock
        self._most_s = most_s
        self._late: deque[tuple[float, bytes]] = deque()

    def fileno(self) -> int | None:
        """Return None: bytes held here would not wake anybody."""
        return None

    def read(self) -> bytes:
        """Return what has arrived by now."""
        now = self._clock()
        data = self._port.read()
        if data:
            earliest = self._late[-1][0] if self._late else now
            arrival = max(earliest, now + self._random.uniform(0, self._most_s))
            self._late.append((arrival, data))
        if self._late and self._late[0][0] <= now:
            return self._late.popleft()[1]
        return b""


class Garbage(_Wrapper):
    """Mixes random bytes into what the device says, as a line without a good ground does."""

    def __init__(self, port: Port, *, seed: int, share: float) -> None:
        super().__init__(port)
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._share = share

    def read(self) -> bytes:
        """Return what the device said, with noise before it in *share* of all reads."""
        data = self._port.read()
        if self._random.random() < self._share:
            data = self._random.randbytes(self._random.randint(1, 8)) + data
        return data
