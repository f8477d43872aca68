"""What a printer says: its bytes told apart by their fixed bits, and what they mean.

    XON 0001 0001   XOFF 0001 0011       flow control, may stand inside anything
    DLE EOT n       0xx1 xx10            one byte, the answer to the query under way
    ASB             0xx1 xx00 + 3 bytes 0xx0 xxxx
    GS r            0xx0 xxxx            one byte
    37 … 00, 5F … 00                     blocks: 37 22 d1-d4 00 printed, 37 23 … 00 offline, 5F text

Source: Epson TM-T88III specification, appendix G; Citizen 5.3 prints the same table. Two devices
widen it: MASUNG asks for bit 2, Cashino sets bit 7 of DLE EOT 1, so neither bit is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from server.kit.serial.frames import BoundedBuffer
from server.kit.serial.profiles import Status

XON, XOFF = 0x11, 0x13
MAX_BLOCK = 80
"""Longest block that is waited for; `GS I` answers are shorter."""

FAULTS = ("no_port", "silent", "cover_open", "paper_out", "jam", "cutter", "offline")
"""All faults, the one to tell first before the others: an open cover hides the paper."""


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


Reply = RealTime | Automatic | PaperStatus | Block


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterStatus:
    """How a printer is; cheap to read at any time."""

    faults: tuple[str, ...]
    """Of `FAULTS` and in their order; empty when it can print."""
    near_end: bool
    """The roll is nearly used up: it prints, staff are told."""
    since: float
    """Since when it has been so, on the printer's clock (`time.monotonic`)."""
    at_exit: bool = False
    """A slip is still in the mouth 出纸口: nobody has taken it yet."""

    @property
    def fault(self) -> str:
        """The fault to tell first, empty when there is none."""
        return self.faults[0] if self.faults else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a slip."""

    state: Literal["printed", "failed", "unknown"]
    """`failed`: nothing left the kiosk, it may be tried again. `unknown`: it may be on paper."""
    fault: str = ""
    """Of `FAULTS`; empty when printed, or when nothing explains it."""
    pid: str = ""
    """The job's process id, empty when it never came to a job."""
    replaced: tuple[str, ...] = ()
    """Characters printed as `〓` because the printer has no glyph for them."""
    near_end: bool = False
    """The roll is nearly used up."""
    ended_at: float = 0.0
    """When its fate was known, on the printer's clock (`time.monotonic`)."""
    took_ms: int = 0
    """How long that took from its first byte on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterFacts:
    """What staff are told of a printer beside its status: figures only, cheap to read."""

    confirmed_at: float | None = None
    """The last proof that a slip was printed, on the printer's clock; None before the first."""
    confirm_ms: int | None = None
    """How long that proof took, from the slip's first byte on."""
    fed_mm: float = 0.0
    """Estimate of the paper used since this process began, in millimetres."""
    last_mm: float = 0.0
    """The same for the newest slip."""
    jobs: int = 0
    """Slips of which at least one byte has left since this process began."""


class Replies:
    """Tells a printer's replies apart in any stream; garbage is skipped and counted.

    Implements `server.kit.serial.frames.Framer`. It holds at most one unfinished reply.
    """

    def __init__(self, *, asb: bool) -> None:
        self._asb = asb
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
            if byte in (XON, XOFF):
                continue
            self._held.append(bytes([byte]))
            self._judge(found)
        return found

    def _judge(self, found: list[Reply]) -> None:
        """Take complete replies from the front of what is held, or bytes that can be nothing."""
        while len(self._held):
            held = bytes(self._held)
            reply, used = _first(held, asb=self._asb)
            if reply is not None:
                found.append(reply)
            elif used:
                self.skipped += used
            else:
                return
            self._held.take(used)


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


def meaning(answers: Mapping[int, int], rules: Status) -> frozenset[str]:
    """Return what the answers to `DLE EOT n` (n → byte) mean by a profile's bits."""
    return frozenset(bit.means for bit in rules.bits if answers.get(bit.query, 0) & bit.mask)


def automatic_meaning(asb: bytes) -> frozenset[str]:
    """Return what four bytes of automatic status mean.

    Byte 1: b3 offline, b5 cover; 2: b2 mechanical, b3 cutter, b5 unrecoverable, b6 recovers by
    itself; 3: b0-1 near end, b2-3 end. Source: Epson TM-T88III specification, `GS a`.
    """
    first, second, third = asb[0], asb[1], asb[2]
    bits = (
        (first & 0x08, "offline"),
        (first & 0x20, "cover_open"),
        (second & 0x04, "jam"),
        (second & 0x08, "cutter"),
        (second & 0x60, "offline"),
        (third & 0x03, "near_end"),
        (third & 0x0C, "paper_out"),
    )
    return frozenset(name for value, name in bits if value)


def in_order(faults: Sequence[str] | frozenset[str]) -> tuple[str, ...]:
    """Return *faults* in the order of `FAULTS`, near end left out.

    `offline` is said only when nothing tells why: every other fault takes a printer offline.
    """
    known = tuple(f for f in FAULTS if f in faults)
    return known if known == ("offline",) else tuple(f for f in known if f != "offline")
