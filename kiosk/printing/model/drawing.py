"""Paper as SVG, one unit = one dot, so that every size on screen is the true relative size.

The drawing carries its own colours as attributes (no style: the page's CSP forbids it), holds
its text as real text, and draws QR symbols module by module.
"""

import base64
import struct
import zlib
from functools import lru_cache
from random import Random
from xml.sax.saxutils import escape, quoteattr

from kiosk.printing.model.paper import DOTS_PER_MM, Image, Item, Qr, Slip, Span, TextLine
from kiosk.printing.model.symbols import matrix

PAPER = "#fdfdfa"
INK = "#23212b"
"""Thermal black is not black."""
EDGE = "#d9d7cf"
FONT = "Noto Sans Mono CJK SC, Noto Sans CJK SC, Noto Sans SC, Microsoft YaHei, monospace"


def slip_svg(slip: Slip, *, embed: bool = False) -> str:
    """One piece of paper with its torn edges.

    Args:
        slip: the paper.
        embed: True puts raster images into the drawing itself; else the tray page serves them.
    """
    label = "，".join(slip.text) or "空白纸"
    image_base = "" if embed else f"/model/slips/{slip.n}"
    return _svg(
        slip.items,
        paper_mm=slip.paper_mm,
        width=slip.width,
        length=slip.length,
        bottom=slip.cut,
        seed=slip.n,
        label=label,
        images=image_base,
    )


def strip_svg(items: tuple[Item, ...], *, paper_mm: int, width: int, length: int) -> str:
    """The paper that still hangs in the printer: torn above, in the slot below."""
    return _svg(
        items,
        paper_mm=paper_mm,
        width=width,
        length=length,
        bottom="slot",
        seed=0,
        label="正在打印",
        images="/model/strip",
    )


def _svg(
    items: tuple[Item, ...],
    *,
    paper_mm: int,
    width: int,
    length: int,
    bottom: str,
    seed: int,
    label: str,
    images: str,
) -> str:
    across = paper_mm * DOTS_PER_MM
    margin = (across - width) // 2
    height = max(length, 40)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {height}" '
            f'role="img" aria-label={quoteattr(label)} class="paper">'
        ),
        (
            f'<path d="{_outline(across, height, bottom, seed)}" fill="{PAPER}" stroke="{EDGE}" '
            'stroke-width="1"/>'
        ),
        (f'<g transform="translate({margin} 0)" fill="{INK}" font-family="{FONT}" font-size="23">'),
    ]
    for at, item in enumerate(items):
        match item:
            case TextLine():
                parts.append(_line(item))
            case Qr():
                parts.append(_symbol(item))
            case Image():
                address = f"{images}/{at}.png" if images else _embedded(item)
                parts.append(
                    f'<image x="{item.x}" y="{item.y}" width="{item.width}" '
                    f'height="{item.height}" href="{address}" '
                    'preserveAspectRatio="none" image-rendering="pixelated"/>'
                )
    parts.append("</g></svg>")
    return "".join(parts)


def _outline(across: int, height: int, bottom: str, seed: int) -> str:
    """The paper's edge: the knife's fine teeth above, below as the cut was."""
    random = Random(seed)  # noqa: S311 - the shape of a torn edge is no secret
    step, tooth = 10, 5
    top = [f"L{x} {tooth if x // step % 2 else 0}" for x in range(0, across + 1, step)]
    if bottom == "slot":
        low = [f"L{across} {height}", f"L0 {height}"]
    elif bottom == "none":
        low = [f"L{x} {height - random.randint(0, 14)}" for x in range(across, -1, -8)]
    else:
        middle = across // 2
        low = []
        for x in range(across, -1, -step):
            inside = bottom == "partial" and abs(x - middle) <= step
            low.append(f"L{x} {height if inside or x // step % 2 else height - tooth}")
    return "M0 0" + "".join(top) + "".join(low) + "Z"


def _line(line: TextLine) -> str:
    base = line.y + line.height
    return '<g class="line">' + "".join(_span(span, base) for span in line.spans) + "</g>"


def _span(span: Span, base: int) -> str:
    top = base - span.height
    if span.glyph:
        return _glyph(span, top)
    parts = []
    if span.reverse:
        parts.append(f'<rect x="{span.x}" y="{top}" width="{span.width}" height="{span.height}"/>')
    if span.text.strip():
        wide = span.width / span.w
        rise = 13.5 if span.font == "B" else 20.5
        size = ' font-size="16"' if span.font == "B" else ""
        weight = ' font-weight="700"' if span.bold else ""
        fill = f' fill="{PAPER}"' if span.reverse else ""
        parts.append(
            f'<text xml:space="preserve" transform="translate({span.x} {top}) scale({span.w} {span.h})" y="{rise}" '
            f'textLength="{wide:g}" lengthAdjust="spacingAndGlyphs"{size}{weight}{fill}>'
            f"{escape(_printable(span.text))}</text>"
        )
    if span.underline:
        parts.append(
            f'<rect x="{span.x}" y="{base - span.h}" width="{span.width}" height="{span.h}"/>'
        )
    return "".join(parts)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() or char == "\u3000" else "?" for char in text)


def _glyph(span: Span, top: int) -> str:
    """A user-defined hanzi: 24 columns of 3 bytes, most significant bit on top."""
    data = base64.b64decode(span.glyph)
    dots = [
        f"M{x} {y}h1v1h-1z"
        for x in range(24)
        for y in range(24)
        if data[3 * x + y // 8] & 0x80 >> y % 8
    ]
    return (
        f'<path transform="translate({span.x} {top}) scale({span.w} {span.h})" '
        f'd="{"".join(dots)}"/>'
    )


def _symbol(item: Qr) -> str:
    return (
        f'<path class="qr" transform="translate({item.x} {item.y}) scale({item.module})" '
        f'shape-rendering="crispEdges" d="{_symbol_path(item.content, item.level)}"/>'
    )


@lru_cache(maxsize=64)
def _symbol_path(content: str, level: str) -> str:
    runs = []
    for y, row in enumerate(matrix(content, level)):
        x = 0
        while x < len(row):
            run = 0
            while x + run < len(row) and row[x + run]:
                run += 1
            if run:
                runs.append(f"M{x} {y}h{run}v1h-{run}z")
            x += run or 1
    return "".join(runs)


def _embedded(item: Image) -> str:
    return "data:image/png;base64," + base64.b64encode(png(item)).decode()


def png(item: Image) -> bytes:
    """A raster image as a one-bit PNG, black on transparent-free paper white."""
    across = item.width // item.scale_x // 8
    rows = item.rows()
    height = len(rows) // across
    inverted = bytes(byte ^ 0xFF for byte in rows)
    raw = b"".join(b"\x00" + inverted[y * across : (y + 1) * across] for y in range(height))
    header = struct.pack(">IIBBBBB", across * 8, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(raw))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
