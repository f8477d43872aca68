"""A QR code as dots, for printers that cannot draw one themselves.

`GS v 0`: 1D 76 30 m=0 | bytes per row, low high | rows, low high | rows of dots, 1 = black.
Source: Epson ESC/POS reference; a clone's manual limits a row to 48 (58 mm) or 72 (80 mm) bytes.
"""

from __future__ import annotations

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


def qr_raster(
    data: str, *, module_dots: int, level: Literal["L", "M", "Q", "H"], dots: int
) -> bytes:
    """Return the command that prints a QR code of *data*, no wider than *dots*.

    The white margin that a reader needs is the paper's own beside it, and a blank line above and
    below. Modules shrink until the code fits the paper.

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
    for shift in range(8):
        picture = _command(modules, size, shift)
        if not has_real_time_command(picture):
            return picture
    raise ValueError("every position of this picture contains a real-time command")


def has_real_time_command(data: bytes) -> bool:
    """Return whether a printer would find one of `REAL_TIME` in *data*."""
    return any(command in data for command in REAL_TIME)


def _command(modules: list[list[bool]], size: int, shift: int) -> bytes:
    width = shift + len(modules) * size
    row_bytes = (width + 7) // 8
    rows = bytearray()
    for row in modules:
        bits = 0
        for module in row:
            bits = (bits << size) | (((1 << size) - 1) if module else 0)
        rows += (bits << (row_bytes * 8 - width)).to_bytes(row_bytes, "big") * size
    height = len(modules) * size
    head = (
        bytes.fromhex("1D763000") + row_bytes.to_bytes(2, "little") + height.to_bytes(2, "little")
    )
    return head + bytes(rows)
