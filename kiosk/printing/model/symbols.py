"""The printer's own QR generator: what GS ( k stores, and how large it comes out."""

from dataclasses import dataclass, field

import qrcode
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError

LEVELS = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}
MAX_CONTENT = 2953
"""Bytes of the largest symbol (version 40-L, byte mode)."""


@dataclass(slots=True)
class SymbolStore:
    """Settings and content for the next symbol; ESC @ clears them."""

    module: int = 3
    level: str = "L"
    content: bytes = field(default=b"")


def modules(content: str, level: str) -> int:
    """Modules a side, or 0 when so much content fits no symbol."""
    if len(content.encode()) > MAX_CONTENT:
        return 0
    code = qrcode.QRCode(error_correction=LEVELS[level], border=0)
    code.add_data(content.encode())
    try:
        return 17 + 4 * code.best_fit(start=1)
    except (DataOverflowError, ValueError):
        return 0


def matrix(content: str, level: str) -> list[list[bool]]:
    """The modules of the symbol, row by row, without a quiet zone (printers add none)."""
    code = qrcode.QRCode(error_correction=LEVELS[level], border=0)
    code.add_data(content.encode())
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def content_of(data: bytes) -> str:
    """What a telephone would read: UTF-8, else GB18030, else Latin-1."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
