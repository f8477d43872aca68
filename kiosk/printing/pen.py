"""What every printer's language has in common: text in its charset, rare hanzi, sizes, one order.

A pen writes operations as bytes and sends a setting only when it changes, which keeps slips short.
`escpos` and `star` say how a setting is spelt.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from kiosk.printing.glyphs import UserGlyphs, encode_char
from kiosk.printing.layout import (
    REPLACEMENT,
    RULE,
    Cut,
    Gap,
    Line,
    Op,
    QrCode,
    Rule,
    cells,
    normalise,
)
from kiosk.printing.picture import LINE_SPACING, NoFontError, can_draw, line_picture
from kiosk.printing.raster import raster
from server.kit.serial.profiles import PrinterProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How the next line is set."""

    left: bool = False
    width: int = 1
    height: int = 1
    bold: bool = False


class Pen(ABC):
    """Writes operations for one printer; the subclass knows the language."""

    def __init__(self, profile: PrinterProfile) -> None:
        self.profile = profile
        self.out = bytearray(bytes.fromhex(profile.text.start))
        self.replaced: dict[str, None] = {}
        """Characters that became `〓`, each once."""
        self._style = Style()
        self._glyphs = UserGlyphs(profile.text.glyphs if profile.text.rare == "glyph" else 0)
        self.out += self.opening()

    # The language.

    @abstractmethod
    def opening(self) -> bytes:
        """Return what follows the start: lines are centred from here on."""

    @abstractmethod
    def setting(self, old: Style, new: Style) -> bytes:
        """Return the commands that lead from *old* to *new*."""

    @abstractmethod
    def qr(self, content: str) -> bytes:
        """Return the commands that print a QR code of *content*."""

    # The order.

    def draw(self, op: Op) -> None:
        """Write one operation."""
        match op:
            case Line():
                self._line(op)
            case Gap():
                self.out += b"\n" * op.lines
            case Rule():
                columns = self.profile.paper.columns
                self._line(Line(text=RULE * (columns // cells(RULE)), left=True))
            case QrCode():
                self._set(Style(bold=self._style.bold))
                # No command hides in a code.
                self.out += self.qr("".join(ch for ch in op.data if ch.isprintable())) + b"\n"
            case Cut():
                self.cut()

    def cut(self) -> None:
        """Part the paper and push the slip out, where the printer does that by command."""
        cut = self.profile.cut
        for step in (cut.feed, cut.bytes, cut.present):
            self.out += bytes.fromhex(step or "")

    def _line(self, line: Line) -> None:
        text = normalise(line.text)
        codes = [encode_char(ch, self.profile) for ch in text]
        lacking = {ch for ch, code in zip(text, codes, strict=True) if code is None}
        wanted = Style(left=line.left, width=line.width, height=line.height, bold=line.bold)
        if lacking and not self._can_teach(lacking) and self._as_picture(line, lacking):
            return
        self._set(wanted)
        written = bytearray()
        for ch, code in zip(text, codes, strict=True):
            written += code or self._rare(ch)
        self.out += written + b"\n"

    def _can_teach(self, lacking: set[str]) -> bool:
        return self.profile.text.rare == "glyph" and self._glyphs.has_room_for(lacking)

    def _rare(self, ch: str) -> bytes:
        """Return the code of a character that the font lacks, and teach it where that is new."""
        taught = self._glyphs.code(ch)
        if taught is None:
            self.replaced[ch] = None
            return REPLACEMENT.encode("gb18030")
        code, command = taught
        self.out += command  # before the line that needs it: nothing of it has been written yet
        return code

    def _as_picture(self, line: Line, lacking: set[str]) -> bool:
        """Write the line as a picture at the same size; False where that helps nobody."""
        if self.profile.text.rare == "mark" or not any(map(can_draw, lacking)):
            return False
        shown = "".join(REPLACEMENT if not can_draw(ch) else ch for ch in normalise(line.text))
        try:
            picture = line_picture(
                Line(text=shown, width=line.width, height=line.height, bold=line.bold)
            )
            commands = raster(picture.spaced(LINE_SPACING), dots=self.profile.paper.dots)
        except (NoFontError, ValueError):
            return False
        self._set(Style(left=line.left, bold=self._style.bold))
        self.out += commands
        self.replaced |= dict.fromkeys(ch for ch in normalise(line.text) if not can_draw(ch))
        return True

    def _set(self, style: Style) -> None:
        self.out += self.setting(self._style, style)
        self._style = style
