"""How a printer is and what became of a slip: the words for both, and what status bits mean.

The bytes themselves are told apart in `replies`. UNKNOWN is a state of its own: it is never made
into *printed* or *failed*, and nothing is printed again because of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from server.kit.serial.profiles import Status
from server.kit.serial.profiles.printers import Taken

FAULTS = ("no_port", "silent", "cover_open", "paper_out", "jam", "cutter", "offline")
"""All faults, the one to tell first before the others: an open cover hides the paper."""


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


def meaning(answers: Mapping[int, int | bytes], rules: Status) -> frozenset[str]:
    """Return what *answers* (n of the `DLE EOT n` → its answer) mean by a profile's bits."""
    return frozenset(
        bit.means for bit in rules.bits if _byte(answers, bit.query, bit.byte) & bit.mask
    )


def star_answers(asb: bytes) -> dict[int, int | bytes]:
    """Return Star's automatic status by byte number, 1 = first, as the profiles count them."""
    return dict(enumerate(asb, start=1))


def is_at_exit(answers: Mapping[int, int | bytes], taken: Taken | None) -> bool:
    """Return whether a slip stands in the mouth 出纸口; False where the printer cannot tell."""
    if taken is None or taken.query not in answers:
        return False
    is_set = bool(_byte(answers, taken.query, taken.byte) & taken.mask)
    return is_set == (taken.there_when == "set")


def _byte(answers: Mapping[int, int | bytes], query: int, at: int) -> int:
    """Return one byte of an answer, 0 where there is none."""
    answer = answers.get(query, 0)
    if isinstance(answer, int):
        return answer if at == 0 else 0
    return answer[at] if at < len(answer) else 0


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
