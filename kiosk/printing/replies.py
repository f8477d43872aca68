"""What a printer says, told apart in any stream by its fixed bits.

    XON 0001 0001   XOFF 0001 0011       flow control, may stand inside anything
    DLE EOT n       0xx1 xx10            one byte, the answer to the query under way
    DLE EOT 5       any byte             MASUNG's presenter: only the question tells what it is
    DLE EOT 20      10 0F p u r x        Custom's full status; looks like the head of an ASB
    ASB             0xx1 xx00 + 3 bytes 0xx0 xxxx
    Star ASB        0xx0 xxx1 + 6 to 8 bytes 0xx0 xxx0; the length is b5 b3 b2 b1 of the head
    GS r            0xx0 xxxx            one byte
    37 … 00, 5F … 00                     blocks: 37 22 d1-d4 00 printed, 37 23 … 00 offline, 5F text

Source: Epson TM-T88III specification, appendix G; Citizen 5.3 prints the same table. Two devices
widen it: MASUNG asks for bit 2, Cashino sets bit 7 of DLE EOT 1, so neither bit is looked at. The
two answers without fixed bits (MASUNG PrintCmd source; Custom KPM150 manual, `DLE EOT 20`) are
looked for only while they are awaited. Star: line mode specification, automatic status.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.serial.frames import BoundedBuffer

XON, XOFF = 0x11, 0x13
MAX_BLOCK = 80
"""Longest block that is waited for; `GS I` answers are shorter."""
UNMARKED = 5
"""n of the `DLE EOT n` whose answer is one byte without fixed bits."""
FULL = 20
"""n of the `DLE EOT n` whose answer is Custom's six bytes."""
FULL_HEAD = b"\x10\x0f"
FULL_LENGTH = 6
STAR_LENGTHS = range(7, 10)


@dataclass(frozen=True, slots=True)
class RealTime:
    """The answer to the `DLE EOT` that was asked last."""

    byte: int


@dataclass(frozen=True, slots=True)
class Automatic:
    """Four bytes of automatic status (ASB), sent at every change."""

    bytes: bytes


@dataclass(frozen=True, slots=True)
class PaperStatus:
    """The answer to `GS r`: everything before the question was worked off."""

    byte: int


@dataclass(frozen=True, slots=True)
class Block:
    """A block without its 37 or 5F and its 00."""

    head: int
    body: bytes


@dataclass(frozen=True, slots=True)
class FullStatus:
    """Custom's six bytes: `10 0F`, paper, user, recoverable, unrecoverable."""

    bytes: bytes


@dataclass(frozen=True, slots=True)
class StarStatus:
    """Star's automatic status of seven to nine bytes, asked for or not."""

    bytes: bytes

    @property
    def counter(self) -> int | None:
        """The ETB counter 0-31 of byte 8 (b6 b5 b3 b2 b1), None when the answer is shorter."""
        if len(self.bytes) < 8:
            return None
        byte = self.bytes[7]
        return (byte >> 1 & 0x07) | (byte >> 2 & 0x18)


Reply = RealTime | Automatic | PaperStatus | Block | FullStatus | StarStatus


class Replies:
    """Tells a printer's replies apart in any stream; garbage is skipped and counted.

    Implements `server.kit.serial.frames.Framer`. It holds at most one unfinished reply.
    """

    def __init__(self, *, asb: bool, star: bool = False) -> None:
        self.awaited = 0
        """n of the `DLE EOT n` under way; 0 for none. Cleared when its answer is found."""
        self._asb = asb
        self._star = star
        self._held = BoundedBuffer(MAX_BLOCK)
        self.skipped = 0
        """Bytes that belonged to nothing."""

    @property
    def held(self) -> int:
        """How many bytes of an unfinished reply are kept."""
        return len(self._held)

    def reset(self) -> None:
        """Forget an unfinished reply."""
        self._held.clear()

    def feed(self, data: bytes) -> list[Reply]:
        """Take *data*, in whatever pieces it arrives, and return the complete replies."""
        found: list[Reply] = []
        for byte in data:
            if byte in (XON, XOFF) and not self._is_literal():
                continue
            self._held.append(bytes([byte]))
            self._judge(found)
        return found

    def _judge(self, found: list[Reply]) -> None:
        """Take complete replies from the front of what is held, or bytes that can be nothing."""
        while len(self._held):
            held = bytes(self._held)
            reply, used = self._first(held)
            if reply is not None:
                found.append(reply)
                if isinstance(reply, RealTime | FullStatus | StarStatus):
                    self.awaited = 0
            elif used:
                self.skipped += used
            else:
                return
            self._held.take(used)

    def _is_literal(self) -> bool:
        """Return whether the next byte is status without fixed bits and may have any value."""
        inside_full = bytes(self._held)[:2] == FULL_HEAD
        return self.awaited == UNMARKED or (self.awaited == FULL and inside_full)

    def _first(self, held: bytes) -> tuple[Reply | None, int]:
        if self._star:
            return _first_star(held)
        if self.awaited == UNMARKED:
            return RealTime(held[0]), 1
        if self.awaited == FULL and held[:2] == FULL_HEAD[: len(held)]:
            return (FullStatus(held), FULL_LENGTH) if len(held) >= FULL_LENGTH else (None, 0)
        return _first(held, asb=self._asb)


def _first_star(held: bytes) -> tuple[Reply | None, int]:
    head = held[0]
    length = (head >> 1 & 0x07) | (head >> 2 & 0x08)
    if head & 0x91 != 0x01 or length not in STAR_LENGTHS:
        return None, 1
    if any(byte & 0x91 for byte in held[1:length]):
        return None, 1
    return (StarStatus(held[:length]), length) if len(held) >= length else (None, 0)


def _first(held: bytes, *, asb: bool) -> tuple[Reply | None, int]:
    """Return the reply at the front and its length; (None, n) to skip n, (None, 0) to wait."""
    head = held[0]
    if head in (0x37, 0x5F):
        return _block(held)
    if head & 0x13 == 0x12:
        return RealTime(head), 1
    if asb and head & 0x93 == 0x10:
        for byte in held[1:4]:
            if byte & 0x90:
                return None, 1
        return (Automatic(held[:4]), 4) if len(held) >= 4 else (None, 0)
    if head & 0x90 == 0:
        return PaperStatus(head), 1
    return None, 1


def _block(held: bytes) -> tuple[Reply | None, int]:
    end = held.find(0)
    body = held[1:] if end < 0 else held[1:end]
    # A status byte below 20h shows that the head was noise or that the end was lost.
    if any(byte < 0x20 for byte in body) or len(held) >= MAX_BLOCK:
        return None, 1
    if held[0] == 0x37 and len(body) > _longest(body):
        return None, 1
    return (Block(held[0], body), end + 1) if end >= 0 else (None, 0)


def _longest(body: bytes) -> int:
    """Return how long the body of a 37 block of this kind can be: 22 pid, 23 causes, 25 nothing."""
    return {0x22: 5, 0x23: 11, 0x25: 1}.get(body[0], MAX_BLOCK) if body else MAX_BLOCK
