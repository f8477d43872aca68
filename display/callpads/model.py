"""Models of devices at counters, for tests, demos and for trying a site without hardware.

`Ff68Line` is an RS-485 line with `FF 68` pads on it: keys can be pressed and what each pad shows can be
read. It keeps a key until it has told it once, as far as anybody knows; whether real pads do, and which
command bytes they take, is assumed (see firmware_configs/pads/ff68_21key.toml).

    FF 68 | L | L | 68 | addr | cmd | data … | sum8 over addr … data | 16
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from server.kit.serial.frames import sum8
from server.kit.serial.testing import DevicePort

POLL, SHOW, REPORT = 0x01, 0x02, 0x81
KEYS = {
    "next": 1,
    "recall": 2,
    "start": 3,
    "finish": 4,
    "no_show": 5,
    "pause": 6,
    "resume": 7,
}
IDLE = 0
MAX_FRAME = 64


def ff68(address: int, command: int, data: bytes = b"") -> bytes:
    """Return a frame."""
    inner = bytes([address, command]) + data
    size = len(inner)
    return b"\xff\x68" + bytes([size, size, 0x68]) + inner + bytes([sum8(inner), 0x16])


class Ff68Pad:
    """One pad of the line."""

    def __init__(self, address: int) -> None:
        self.address = address
        self.shown = ""
        """What its display shows; it forgets it when its power fails."""
        self.polls = 0
        self.held: int | None = None
        """Key that a finger keeps down: told at every poll."""
        self._keys: deque[int] = deque()

    def press(self, key: str) -> None:
        """Press a key by the name of what it does, and let it go."""
        self._keys.append(KEYS[key])

    def hold(self, key: str | None) -> None:
        """Keep a key down, or let go with None."""
        self.held = None if key is None else KEYS[key]

    def power_cut(self) -> None:
        """Forget all that is shown and pressed."""
        self.shown = ""
        self._keys.clear()
        self.held = None

    def answer(self, command: int, data: bytes) -> bytes:
        """Return what it says to a whole frame; only a question is answered."""
        if command == SHOW:
            self.shown = data.decode("gbk", "replace")
            return b""
        if command != POLL:
            return b""
        self.polls += 1
        if self.held is not None:
            return ff68(self.address, REPORT, bytes([self.held]))
        key = self._keys.popleft() if self._keys else IDLE
        return ff68(self.address, REPORT, bytes([key]))


class Ff68Line:
    """The pads of a line; hears bytes in whatever pieces."""

    def __init__(self, addresses: Iterable[int] = (1,)) -> None:
        self.pads = {address: Ff68Pad(address) for address in addresses}
        self.deaf = False
        """True = nobody answers: the power of the line is out."""
        self.repeats = False
        """True = the line says each answer twice, as some radio bridges do."""
        self._kept = b""

    def hear(self, data: bytes) -> bytes:
        """Take bytes of the host and return what the pads say."""
        if self.deaf:
            return b""
        self._kept += data
        said = b""
        while (frame := self._frame()) is not None:
            pad = self.pads.get(frame[0])
            if pad is not None:
                answer = pad.answer(frame[1], frame[2:])
                said += answer * (2 if self.repeats else 1)
        return said

    def _frame(self) -> bytes | None:
        """Return address, command and data of the next whole frame, None when there is none."""
        while True:
            at = self._kept.find(b"\xff\x68")
            if at < 0:
                self._kept = self._kept[-1:]
                return None
            self._kept = self._kept[at:]
            if len(self._kept) < 5:
                return None
            size = self._kept[2]
            whole = size + 7
            if self._kept[3] != size or self._kept[4] != 0x68 or not 2 <= size <= MAX_FRAME:
                self._kept = self._kept[2:]
                continue
            if len(self._kept) < whole:
                return None
            inner, end = self._kept[5 : 5 + size], self._kept[5 + size : whole]
            if end != bytes([sum8(inner), 0x16]):
                self._kept = self._kept[2:]
                continue
            self._kept = self._kept[whole:]
            return inner


class LinePort(DevicePort):
    """A port with a model at its other end."""

    def __init__(self, line: Ff68Line) -> None:
        super().__init__(line.hear)
