"""Pictures as dots, and the commands that print them.

`GS v 0`: 1D 76 30 m=0 | bytes per row, low high | rows, low high | rows of dots, 1 = black.
Source: Epson ESC/POS reference; a clone's manual limits a row to 48 (58 mm) or 72 (80 mm) bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import qrcode
from qrcode.constants import (
    ERROR_CORRECT_H,
    ERROR_CORRECT_L,
    ERROR_CORRECT_M,
    ERROR_CORRECT_Q,
)

_LEVELS = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}
REAL_TIME = tuple(bytes.fromhex(prefix) for prefix in ("1004", "1005", "1014"))
"""Printers look for these even inside picture data and carry them out at once (Epson TM-U220 and
HPRT manuals): a picture that contains one would stop or cut itself."""
BAND = 255
"""Rows of one command: their count then fits one byte, which every clone understands."""
STRIP = 24
"""Rows of a band that is moved by itself: the height of a line of text."""
SHIFTS = 8
"""Columns to try: after eight the same bytes come back, one byte further right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dots:
    """A black and white picture; every row is a number whose *width* bits begin at the left."""

    width: int
    rows: tuple[int, ...]

    def trimmed(self) -> Dots:
        """Return the picture without the columns at its right that are white in every row."""
        ink = 0
        for row in self.rows:
            ink |= row
        white = (ink & -ink).bit_length() - 1 if ink else self.width
        return Dots(width=self.width - white, rows=tuple(row >> white for row in self.rows))

    def spaced(self, height: int) -> Dots:
        """Return the picture with white below it, so that it is at least *height* rows high."""
        white = (0,) * max(0, height - len(self.rows))
        return Dots(width=self.width, rows=self.rows + white)

    def packed(self, shift: int = 0, *, row_bytes: int = 0) -> tuple[int, bytes]:
        """Return the bytes of a row and all rows as bytes, moved right by *shift* columns.

        Args:
            shift: columns to the right.
            row_bytes: bytes of a row, 0 = as few as hold the picture.
        """
        row_bytes = row_bytes or (shift + self.width + 7) // 8
        left = row_bytes * 8 - self.width - shift
        return row_bytes, b"".join((row << left).to_bytes(row_bytes, "big") for row in self.rows)


def raster(picture: Dots, *, dots: int) -> bytes:
    """Return the commands that print *picture*, in bands of at most `BAND` rows.

    A picture in which a printer would find a real-time command is moved right by a column or more;
    where no place suits all of it, strips as high as a line are moved each by itself.

    Raises:
        ValueError: it is wider than *dots*, or every place of a strip contains a real-time command.
    """
    if picture.width > dots:
        raise ValueError(f"a picture of {picture.width} dots does not fit {dots} dots")
    bands = tuple(_bands(picture, BAND))
    for shift in _shifts(picture, dots):
        whole = [_command(band, shift) for band in bands]
        if not any(map(has_real_time_command, whole)):
            return b"".join(whole)
    # All strips get rows of one length, or a printer that centres would move them once more.
    row_bytes = (min(picture.width + SHIFTS - 1, dots) + 7) // 8
    return b"".join(_somewhere(strip, dots, row_bytes) for strip in _bands(picture, STRIP))


def has_real_time_command(data: bytes) -> bool:
    """Return whether a printer would find one of `REAL_TIME` in *data*."""
    return any(command in data for command in REAL_TIME)


def qr_dots(data: str, *, module_dots: int, level: Literal["L", "M", "Q", "H"], dots: int) -> Dots:
    """Return a QR code of *data*, no wider than *dots*: modules shrink until it fits.

    The white margin that a reader needs is the paper's own beside it, and a blank line above and
    below.

    Raises:
        ValueError: not even modules of two dots fit.
    """
    code = qrcode.QRCode(error_correction=_LEVELS[level], border=0)
    code.add_data(data.encode())
    code.make(fit=True)
    modules = [[bool(module) for module in row] for row in code.get_matrix()]
    size = min(module_dots, dots // len(modules))
    if size < 2:
        raise ValueError(f"{len(modules)} modules do not fit {dots} dots")
    rows: list[int] = []
    for row in modules:
        bits = 0
        for module in row:
            bits = (bits << size) | (((1 << size) - 1) if module else 0)
        rows += [bits] * size
    return Dots(width=len(modules) * size, rows=tuple(rows))


def qr_raster(
    data: str, *, module_dots: int, level: Literal["L", "M", "Q", "H"], dots: int
) -> bytes:
    """Return the commands that print a QR code of *data*, no wider than *dots*.

    Raises:
        ValueError: it does not fit, or no place of it is free of real-time commands.
    """
    return raster(qr_dots(data, module_dots=module_dots, level=level, dots=dots), dots=dots)


def _bands(picture: Dots, height: int) -> Iterator[Dots]:
    for top in range(0, len(picture.rows), height):
        yield Dots(width=picture.width, rows=picture.rows[top : top + height])


def _shifts(picture: Dots, dots: int) -> range:
    return range(min(SHIFTS, dots - picture.width + 1))


def _somewhere(strip: Dots, dots: int, row_bytes: int) -> bytes:
    ink = strip.trimmed()
    for shift in _shifts(ink, dots):
        if ink.width + shift > row_bytes * 8:
            break
        command = _command(ink, shift, row_bytes=row_bytes)
        if not has_real_time_command(command):
            return command
    raise ValueError("every position of this picture contains a real-time command")


def _command(band: Dots, shift: int, *, row_bytes: int = 0) -> bytes:
    row_bytes, rows = band.packed(shift, row_bytes=row_bytes)
    count = len(band.rows)
    return (
        bytes.fromhex("1D763000")
        + row_bytes.to_bytes(2, "little")
        + count.to_bytes(2, "little")
        + rows
    )
