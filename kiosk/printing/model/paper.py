"""Thermal paper as the model's print head sees it: everything is measured in dots.

    203 dpi, 8 dots a millimetre.  80 mm paper: 576 dots printable; 58 mm: 384.
    Font A cell 12 x 24, font B 9 x 17, hanzi cell 24 x 24, each times the size set by GS !.

The cutter sits `HEAD_TO_CUTTER` dots behind the print head (hardware facts 2.4: `GS V 0` needs
about 12 mm of feed first). A cut without that feed therefore goes through, or before, what was
printed last, and the rest begins the next slip - exactly as on metal.
"""

import base64
from typing import Protocol

import msgspec

DOTS_PER_MM = 8
HEAD_TO_CUTTER = 96
"""12 mm."""
PRINT_DOTS = {80: 576, 58: 384}
"""Printable dots by paper width in millimetres."""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Characters of one size and style, side by side in a line."""

    text: str
    x: int
    """Dots from the left edge of the printable area."""
    width: int
    """Dots that these characters take in all."""
    w: int = 1
    """Width multiplier 1-8."""
    h: int = 1
    """Height multiplier 1-8."""
    font: str = "A"
    """`A` 12 x 24, `B` 9 x 17 (single bytes only), `H` hanzi 24 x 24."""
    bold: bool = False
    underline: bool = False
    reverse: bool = False
    """White on black."""
    glyph: str = ""
    """Base64 of the 72 bytes of a user-defined hanzi (FS 2), for a span of one such character."""

    @property
    def height(self) -> int:
        """Height in dots."""
        return (17 if self.font == "B" else 24) * self.h


class TextLine(msgspec.Struct, frozen=True, kw_only=True, tag="text", tag_field="kind"):
    """One printed line of characters, standing on one base line."""

    y: int
    """Dots from the upper edge of the slip."""
    height: int
    align: str
    """`left`, `centre` or `right`."""
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The characters of the whole line."""
        return "".join(span.text for span in self.spans)


class Qr(msgspec.Struct, frozen=True, kw_only=True, tag="qr", tag_field="kind"):
    """A QR symbol drawn by the printer itself (GS ( k)."""

    y: int
    height: int
    x: int
    align: str
    content: str
    module: int
    """Dots a side of one module, 1-16."""
    level: str
    """Error correction `L`, `M`, `Q` or `H`."""


class Image(msgspec.Struct, frozen=True, kw_only=True, tag="image", tag_field="kind"):
    """A raster bit image (GS v 0)."""

    y: int
    height: int
    x: int
    width: int
    """Dots, a multiple of 8 times `scale_x`."""
    scale_x: int
    scale_y: int
    bits: str
    """Base64 of the rows, most significant bit left, 1 = black, before scaling."""

    def rows(self) -> bytes:
        """The raw rows, `width / scale_x / 8` bytes each."""
        return base64.b64decode(self.bits)


Item = TextLine | Qr | Image


class Slip(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of paper in the tray, as it is written to disk."""

    n: int
    """Running number in this tray, from 1."""
    at: str
    """UTC moment of the cut (or of the loss of power), `2026-11-23T01:15:07.412Z`."""
    paper_mm: int
    width: int
    """Printable dots."""
    length: int
    """Dots from cut to cut."""
    cut: str
    """`full`, `partial`, `torn` at a tear bar, or `none`: a stub left hanging when the power went."""
    after_stub: int = 0
    """Number of the uncut stub that this piece is still attached to, 0 for none."""
    bytes: int
    """Bytes the printer interpreted for it."""
    text: tuple[str, ...]
    """Its lines of text without sizes, in order."""
    qr: tuple[str, ...]
    """Contents of its QR symbols, in order."""
    items: tuple[Item, ...]
    """Everything on it with place and size."""


class Keeper(Protocol):
    """Where finished pieces of paper go; they are safe on disk when `keep` returns."""

    def next_number(self) -> int:
        """Number of the next piece."""

    def keep(self, slip: Slip) -> None:
        """Stores one piece for good."""


class Strip:
    """The paper under the head that is not cut yet."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.head = HEAD_TO_CUTTER
        """Dots between the last cut edge and the print head."""
        self.bytes = 0
        """Bytes interpreted since the last cut, questions about the status left out."""
        self.hangs = False
        """A stub of an earlier power loss is part of it."""

    def add(self, item: Item) -> None:
        """Marks the paper under the head; the paper has not moved yet."""
        last = self.items[-1] if self.items else None
        if isinstance(item, Image) and isinstance(last, Image) and _continues(last, item):
            rows = last.rows() + item.rows()
            self.items[-1] = msgspec.structs.replace(
                last, height=last.height + item.height, bits=base64.b64encode(rows).decode()
            )
        else:
            self.items.append(item)

    def feed(self, dots: int) -> None:
        """Moves the paper forward."""
        self.head += dots

    def cut(self) -> tuple[tuple[Item, ...], int, bool]:
        """Cuts at the knife, `HEAD_TO_CUTTER` behind the head.

        Returns what is on the piece that falls, its length, and whether the knife went through
        something printed (that thing goes to the side where most of it lies).
        """
        edge = self.head - HEAD_TO_CUTTER
        through = any(item.y < edge < item.y + item.height for item in self.items)
        fallen = tuple(item for item in self.items if item.y + item.height / 2 <= edge)
        kept = [item for item in self.items if item.y + item.height / 2 > edge]
        self.items = [msgspec.structs.replace(item, y=max(0, item.y - edge)) for item in kept]
        self.head -= edge
        self.bytes = 0
        self.hangs = False
        return fallen, edge, through


def _continues(above: Image, below: Image) -> bool:
    same = (above.x, above.width, above.scale_x, above.scale_y)
    return above.y + above.height == below.y and same == (
        below.x,
        below.width,
        below.scale_x,
        below.scale_y,
    )


def lines_of(items: tuple[Item, ...]) -> tuple[str, ...]:
    """The text lines of some paper, top to bottom."""
    return tuple(item.text for item in items if isinstance(item, TextLine))


def symbols_of(items: tuple[Item, ...]) -> tuple[str, ...]:
    """The contents of the QR symbols of some paper, top to bottom."""
    return tuple(item.content for item in items if isinstance(item, Qr))
