"""The print buffer: characters of one line waiting for their line feed."""

import base64
from dataclasses import dataclass, field

from kiosk.printing.model.paper import Span, TextLine

ALIGNMENTS = ("left", "centre", "right")
LINE_SPACING = 34
"""ESC 2: a sixth of an inch at 203 dpi."""


@dataclass(slots=True, kw_only=True)
class Style:
    """The settings of a printer just switched on; ESC @ brings them back."""

    width: int = 1
    """Multipliers of single bytes: set by ESC ! and GS !."""
    height: int = 1
    hanzi_width: int = 1
    """Multipliers of hanzi: set by FS !, FS W and GS !, never by ESC !."""
    hanzi_height: int = 1
    bold: bool = False
    underline: bool = False
    hanzi_underline: bool = False
    reverse: bool = False
    font: str = "A"
    spacing: int = 0
    """Dots right of a single-byte character (ESC SP)."""
    hanzi_left: int = 0
    hanzi_right: int = 0
    """Dots left and right of a hanzi (FS S)."""
    align: int = 0
    line_spacing: int = LINE_SPACING
    kanji: bool = False
    """Kanji mode. Off at power-on here: the strictest of the documented firmwares (SPRT) needs
    FS &, and those that begin with it on lose nothing by it."""
    left_margin: int = 0
    area: int = 0
    """Dots of the printing area (GS W), 0 = all."""


@dataclass(slots=True)
class _Cell:
    text: str
    x: int
    width: int
    span: Span


@dataclass(slots=True)
class Line:
    """Characters collected since the last line feed."""

    cells: list[_Cell] = field(default_factory=list)
    used: int = 0
    """Dots taken so far."""

    def put(self, text: str, style: Style, *, wide: bool, glyph: bytes = b"") -> None:
        """Adds one character; the caller has made sure that it fits."""
        width = cell_width(style, wide=wide)
        lead = style.hanzi_left * style.hanzi_width if wide else 0
        span = Span(
            text=text,
            x=0,
            width=0,
            w=style.hanzi_width if wide else style.width,
            h=style.hanzi_height if wide else style.height,
            font="H" if wide else style.font,
            bold=style.bold,
            underline=style.hanzi_underline if wide else style.underline,
            reverse=style.reverse,
            glyph=base64.b64encode(glyph).decode(),
        )
        self.cells.append(_Cell(text, self.used + lead, width, span))
        self.used += width

    def tab(self, style: Style) -> None:
        """Moves to the next column of eight single-byte cells (the default tab stops)."""
        stop = 8 * cell_width(style, wide=False)
        while self.used % stop or not self.cells:
            self.put(" ", style, wide=False)
            if self.used > 8 * stop:
                return

    def printed(self, *, y: int, style: Style, dots: int) -> TextLine:
        """The line as it stands on paper of `dots` printable dots, its head at `y`."""
        area = min(style.area or dots, dots - style.left_margin)
        free = max(0, area - self.used)
        shift = style.left_margin + (0, free // 2, free)[style.align]
        spans = tuple(self._spans(shift))
        return TextLine(
            y=y,
            height=max((span.height for span in spans), default=0),
            align=ALIGNMENTS[style.align],
            spans=spans,
        )

    def _spans(self, shift: int) -> list[Span]:
        spans: list[Span] = []
        for cell in self.cells:
            last = spans[-1] if spans else None
            if last is not None and _alike(last, cell.span) and not last.glyph:
                spans[-1] = Span(
                    text=last.text + cell.text,
                    x=last.x,
                    width=last.width + cell.width,
                    w=last.w,
                    h=last.h,
                    font=last.font,
                    bold=last.bold,
                    underline=last.underline,
                    reverse=last.reverse,
                )
            else:
                spans.append(
                    Span(
                        text=cell.text,
                        x=shift + cell.x,
                        width=cell.width,
                        w=cell.span.w,
                        h=cell.span.h,
                        font=cell.span.font,
                        bold=cell.span.bold,
                        underline=cell.span.underline,
                        reverse=cell.span.reverse,
                        glyph=cell.span.glyph,
                    )
                )
        return spans


def cell_width(style: Style, *, wide: bool) -> int:
    """Dots that the next character takes, its spacing included."""
    if wide:
        return (24 + style.hanzi_left + style.hanzi_right) * style.hanzi_width
    return ((9 if style.font == "B" else 12) + style.spacing) * style.width


def _alike(a: Span, b: Span) -> bool:
    return (a.w, a.h, a.font, a.bold, a.underline, a.reverse, b.glyph) == (
        b.w,
        b.h,
        b.font,
        b.bold,
        b.underline,
        b.reverse,
        "",
    )
