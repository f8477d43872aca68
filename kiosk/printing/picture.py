"""Characters, lines and whole slips drawn as dots, where a printer's own font does not do.

Drawn with Pillow and a Chinese font of this computer (Noto CJK or WenQuanYi); Pillow is imported
by the first character that is drawn, never by a printer that needs none. Sizes are those of the
printers' own characters: a cell is 12 × 24 dots, a hanzi two cells, each times its size.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kiosk.printing.layout import Cut, Gap, Line, Op, QrCode, Rule, cells, normalise
from kiosk.printing.raster import Dots, qr_dots
from server.kit.serial.profiles import PrinterProfile

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

CELL, HIGH = 12, 24
"""Dots of a cell of single size, across and down."""
LINE_SPACING = 34
"""Dots from a line of single height to the next: a sixth of an inch, the printers' default."""
RULE_DOTS = 2
RULE_INSET = 8
"""White at both ends of a rule: a picture as wide as the paper could not be moved by a dot."""
INK = 110
"""Grey from which on a dot is black, 0-255; thin strokes of hanzi must not break."""
BASE = 0.84
"""Where the base line lies in a cell, from above; Noto CJK has 0.88, g and y want more below."""
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJKsc-Regular.otf",
    "C:/Windows/Fonts/simhei.ttf",
    "C:/Windows/Fonts/msyh.ttc",
)
"""Where Debian, Fedora, UOS, 银河麒麟 and Windows keep a Chinese font; then fontconfig is asked."""
FACES = ("Mono CJK SC", "Mono", "CJK SC", "")
"""The face of a collection to take: hanzi in their mainland form, ASCII exactly half as wide."""
MAX_FACES = 16


class NoFontError(LookupError):
    """This computer has no Chinese font, or no Pillow to draw with."""


@functools.cache
def font_path() -> str:
    """Return the file of a Chinese font, empty when this computer has none."""
    for path in FONTS:
        if Path(path).is_file():
            return path
    return _by_fontconfig()


def can_draw(ch: str) -> bool:
    """Return whether this computer can draw the character *ch*."""
    try:
        return ch == " " or _has(ch)
    except NoFontError:
        return False


def character(ch: str) -> Dots:
    """Return *ch* as 24 × 24 dots.

    Raises:
        NoFontError: there is nothing to draw it with.
    """
    return _cell(ch, 1, 1, 2 * CELL)


def line_picture(line: Line) -> Dots:
    """Return a line as a picture exactly as wide as its text, without the space below it.

    Raises:
        NoFontError: there is nothing to draw it with.
    """
    text = normalise(line.text)
    across = [CELL * cells(ch) * line.width for ch in text]
    rows = [0] * (HIGH * line.height)
    for ch, width in zip(text, across, strict=True):
        drawn = _cell(ch, line.width, line.height, width)
        rows = [row << width | new for row, new in zip(rows, drawn.rows, strict=True)]
    if line.bold:
        rows = [row | row >> 1 for row in rows]
    return Dots(width=sum(across), rows=tuple(rows))


def slip_picture(ops: Iterable[Op], profile: PrinterProfile) -> tuple[Dots, tuple[str, ...]]:
    """Return all of *ops* as one picture across the paper, and the characters it cannot show.

    Where this computer has no Chinese font, what Pillow brings along still shows the number, and
    the hanzi stand as empty boxes.
    """
    dots = profile.paper.dots
    rows: list[int] = []
    lacking: dict[str, None] = {}
    for op in ops:
        match op:
            case Line():
                drawn = line_picture(op)
                lacking |= dict.fromkeys(ch for ch in normalise(op.text) if not can_draw(ch))
                rows += _placed(drawn, dots, left=op.left)
                rows += [0] * max(0, LINE_SPACING - len(drawn.rows))
            case Gap():
                rows += [0] * (LINE_SPACING * op.lines)
            case Rule():
                above = (LINE_SPACING - RULE_DOTS) // 2
                rows += [0] * above + [
                    ((1 << (dots - 2 * RULE_INSET)) - 1) << RULE_INSET
                ] * RULE_DOTS
                rows += [0] * (LINE_SPACING - above - RULE_DOTS)
            case QrCode():
                data = "".join(ch for ch in op.data if ch.isprintable())
                qr = profile.qr
                code = qr_dots(data, module_dots=qr.module_dots, level=qr.level, dots=dots)
                rows += [*_placed(code, dots, left=False), *[0] * LINE_SPACING]
            case Cut():
                pass
    return Dots(width=dots, rows=tuple(rows)), tuple(lacking)


def _placed(picture: Dots, dots: int, *, left: bool) -> Sequence[int]:
    room = dots - picture.width
    if room < 0:
        raise ValueError(f"a line of {picture.width} dots does not fit {dots} dots")
    after = room if left else room // 2
    return [row << after for row in picture.rows]


@functools.lru_cache(maxsize=1024)
def _cell(ch: str, width: int, height: int, across: int) -> Dots:
    """Return *ch* in the middle of *across* × (24 × height) dots."""
    from PIL import Image, ImageDraw

    size = HIGH * max(width, height)
    font = _font(size)
    natural = font.getlength(ch)
    room = max(across * max(width, height) // width, round(natural + 0.5))
    image = Image.new("L", (room, size), 0)
    at = ((room - natural) / 2, size * BASE)
    ImageDraw.Draw(image).text(at, ch, fill=255, font=font, anchor="ls")
    if (room, size) != (across, HIGH * height):
        image = image.resize((across, HIGH * height), Image.Resampling.BOX)
    inked = image.point(lambda grey: 255 if grey >= INK else 0).convert("1")
    row_bytes = (across + 7) // 8
    data, spare = inked.tobytes(), row_bytes * 8 - across
    rows = (data[at : at + row_bytes] for at in range(0, len(data), row_bytes))
    return Dots(width=across, rows=tuple(int.from_bytes(row, "big") >> spare for row in rows))


@functools.cache
def _font(size: int) -> FreeTypeFont:
    try:
        from PIL import ImageFont
    except ImportError as e:
        raise NoFontError("Pillow is not installed") from e
    path = font_path()
    if not path:
        return cast("FreeTypeFont", ImageFont.load_default(size))
    return ImageFont.truetype(path, size, index=_face(path))


@functools.cache
def _face(path: str) -> int:
    """Return which face of the collection at *path* to take, by `FACES`."""
    from PIL import ImageFont

    names: list[str] = []
    for index in range(MAX_FACES):
        try:
            family = ImageFont.truetype(path, HIGH, index=index).getname()[0] or ""
        except OSError:
            break
        names.append(family)
    for wanted in FACES:
        for index, family in enumerate(names):
            if wanted in family:
                return index
    return 0


@functools.lru_cache(maxsize=4096)
def _has(ch: str) -> bool:
    """Return whether the font has a glyph: what it lacks is drawn like a code that means nothing."""
    font = _font(HIGH)
    return _mask(font, ch) != _mask(font, "\U0010fffe")


def _mask(font: Any, ch: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(ch)
    return mask.size, bytes(mask)


def _by_fontconfig() -> str:
    tool = shutil.which("fc-match")
    if tool is None:
        return ""
    try:
        said = subprocess.run(
            [tool, "--format=%{file}\n%{lang}", ":lang=zh-cn"],
            capture_output=True,
            check=True,
            text=True,
            timeout=5,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    file, _, languages = said.partition("\n")
    return file if "zh-cn" in languages and Path(file).is_file() else ""
