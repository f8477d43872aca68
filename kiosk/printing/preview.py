"""A slip drawn as the printer would print it: its bytes go through the printer model.

No port, no thread, no clock: the model takes no time. The work is bounded, whatever is asked:
at most `MOST_BLOCKS` blocks, `LONGEST_TEXT` characters each, one code, one list of materials.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

import msgspec

from kiosk.printing.escpos import encode
from kiosk.printing.glyphs import encode_char
from kiosk.printing.layout import Line, Op, QrCode, layout, normalise
from kiosk.printing.model.charset import Charset
from kiosk.printing.model.drawing import slip_svg
from kiosk.printing.model.machine import RECEIVE_BUFFER, Machine
from kiosk.printing.model.makes import GENERIC, MAKES
from kiosk.printing.model.paper import DOTS_PER_MM, Slip
from kiosk.printing.picture import font_path
from server.kit.contract.paper import SlipBlock
from server.kit.contract.views import Material, TicketSlip
from server.kit.serial.profiles import PrinterProfile, load_printer

PROFILES = {58: "generic_58_gbk", 80: "generic_80_gbk"}
"""Paper width in millimetres → the printer whose slip is shown."""
MOST_BLOCKS = 24
LONGEST_TEXT = 60
MOST_MATERIALS = 30
LONGEST_MATERIAL = 80
BITS_OF_A_BYTE = 10
"""8N1 on the wire."""
BAUD = 9600
_ONCE = frozenset({"qr", "materials"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipDrawing:
    """A slip on paper, and what it costs."""

    svg: str
    """One unit = one dot of 1/8 mm; every text in it is escaped."""
    lines: tuple[str, ...]
    """Its lines of text, from top to bottom."""
    mm: int
    """Paper from cut to cut."""
    size: int
    """Bytes on the wire."""
    code_size: int
    """Of these, those of the QR code."""
    seconds: float
    """On a wire of 9600 8N1."""
    replaced: tuple[str, ...]
    """Characters of which this printer has no glyph: 〓 stands in their place."""
    drawn: tuple[str, ...]
    """Characters of which this printer has no glyph: they are sent as a picture or a glyph."""
    dropped: tuple[str, ...]
    """Characters of own words that no printer has: nothing stands in their place."""


class SlipPreview:
    """Draws slips on 58 and 80 mm paper."""

    def __init__(self) -> None:
        self._profiles = {mm: load_printer(name) for mm, name in PROFILES.items()}
        font_path()  # looked for once, here: where no process may be started it would be too late

    def draw(
        self,
        slip: TicketSlip,
        blocks: Sequence[SlipBlock],
        *,
        paper_mm: int,
        materials: Sequence[Material] = (),
        complaint_phone: str = "",
    ) -> SlipDrawing:
        """Return what a kiosk prints for *slip*.

        Args:
            slip: the ticket.
            blocks: what stands on slips; none = the layout that ships with the product.
            paper_mm: 58 or 80.
            materials: what the applicant has to bring.
            complaint_phone: the hall's telephone for complaints.
        """
        profile = self._profiles[paper_mm]
        asked = tuple(_bounded(blocks))
        ops = layout(
            slip,
            profile.paper.columns,
            asked,
            materials=[_short(m) for m in materials[:MOST_MATERIALS]],
            complaint_phone=complaint_phone[:LONGEST_TEXT],
        )
        job = encode(ops, profile, pid="0000")
        paper = printed(job.data, profile)
        return SlipDrawing(
            svg=slip_svg(paper, embed=True),
            lines=paper.text,
            mm=round(paper.length / DOTS_PER_MM),
            size=len(job.data),
            code_size=len(job.data) - len(encode(_without_code(ops), profile, pid="0000").data),
            seconds=len(job.data) * BITS_OF_A_BYTE / BAUD,
            replaced=job.replaced,
            drawn=tuple(c for c in _lacking(ops, profile) if c not in job.replaced),
            dropped=_dropped("".join(b.text for b in asked)),
        )


def printed(data: bytes, profile: PrinterProfile) -> Slip:
    """Return the piece of paper that a printer of *profile* makes of the bytes of one slip."""
    tray = _Tray()
    charset = profile.text.charset
    machine = Machine(
        paper_mm=profile.paper.width_mm,
        keeper=tray,
        now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        make=MAKES.get(profile.id, GENERIC),
        charset=Charset(charset) if charset in set(Charset) else Charset.GBK,
    )
    for at in range(0, len(data), RECEIVE_BUFFER):
        machine.receive(data[at : at + RECEIVE_BUFFER])
        machine.run()
    return tray.slips[0]


class _Tray:
    """Keeps the paper of one job in memory."""

    def __init__(self) -> None:
        self.slips: list[Slip] = []

    def next_number(self) -> int:
        return len(self.slips) + 1

    def keep(self, slip: Slip) -> None:
        self.slips.append(slip)


def _bounded(blocks: Sequence[SlipBlock]) -> Iterator[SlipBlock]:
    seen: set[str] = set()
    for block in islice(blocks, MOST_BLOCKS):
        if block.what not in seen or block.what not in _ONCE:
            yield msgspec.structs.replace(block, text=block.text[:LONGEST_TEXT])
        seen.add(block.what)


def _short(material: Material) -> Material:
    return msgspec.structs.replace(
        material, name=material.name[:LONGEST_MATERIAL], form=material.form[:LONGEST_MATERIAL]
    )


def _without_code(ops: Sequence[Op]) -> list[Op]:
    return [op for op in ops if not isinstance(op, QrCode)]


def _lacking(ops: Sequence[Op], profile: PrinterProfile) -> Iterator[str]:
    text = "".join(op.text for op in ops if isinstance(op, Line))
    yield from (c for c in dict.fromkeys(text) if encode_char(c, profile) is None)


def _dropped(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c for c in text if not c.isspace() and not normalise(c)))
