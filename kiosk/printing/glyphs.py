"""Which characters a printer's own font has, and how it is taught those it lacks 造字.

`FS 2`: 1C 32 FE c2 | 72 bytes: 24 columns from the left, each three bytes from above, 1 = black.
The code FE c2, c2 = A1–FE, then prints it like any hanzi, in every size. Source: Epson ESC/POS
reference, Simplified Chinese models; the SNBC and HCC manuals agree (BT-T080 plus: c2 ≤ B4).
"""

from __future__ import annotations

from kiosk.printing.picture import NoFontError, can_draw, character
from kiosk.printing.raster import Dots, has_real_time_command
from server.kit.serial.profiles import PrinterProfile

FIRST = 0xA1
"""c2 of the first place for a user glyph; c1 is always FE."""
ROWS = 24


def encode_char(ch: str, profile: PrinterProfile) -> bytes | None:
    """Return one normalised character in the printer's charset, None when it has no glyph."""
    code = ch.encode("gb18030")
    if len(code) == 1:
        return code
    if len(code) == 4:
        return code if profile.text.four_byte and profile.text.charset == "gb18030" else None
    match profile.text.charset:
        case "gb18030":
            return None if "\ue000" <= ch <= "\uf8ff" else code
        case "gbk":
            try:
                return code if ch.encode("gbk") == code else None
            except UnicodeEncodeError:
                return None
        case "gb2312":
            # Rows 1-9 are marks, 16-87 hanzi; both bytes have their high bit set.
            row, column = code[0] - 0xA0, code[1] - 0xA0
            known = 1 <= column <= 94 and (1 <= row <= 9 or 16 <= row <= 87)
            return code if known else None
        case "none":
            return None


class UserGlyphs:
    """The characters that one job teaches the printer; a reset forgets them, so each job anew."""

    def __init__(self, places: int) -> None:
        self._left = places
        self._codes: dict[str, bytes] = {}

    def code(self, ch: str) -> tuple[bytes, bytes] | None:
        """Return the code that prints *ch*, and before it the command that teaches it, once.

        None when no place is left or the character cannot be drawn or sent.
        """
        if ch in self._codes:
            return self._codes[ch], b""
        if not self._left:
            return None
        drawn = user_glyph(ch)
        if drawn is None:
            return None
        code = bytes([0xFE, FIRST + len(self._codes)])
        self._codes[ch] = code
        self._left -= 1
        return code, bytes.fromhex("1C32") + code + drawn

    def has_room_for(self, wanted: set[str]) -> bool:
        """Return whether those of *wanted* that can be drawn find a place, one at least."""
        drawn = {ch for ch in wanted if ch in self._codes or user_glyph(ch) is not None}
        return bool(drawn) and len(drawn - self._codes.keys()) <= self._left


def user_glyph(ch: str) -> bytes | None:
    """Return the 72 bytes of *ch*, None when this computer cannot draw it.

    A glyph in whose bytes a printer would find a real-time command is moved up or down by a row.
    """
    if not can_draw(ch):
        return None
    try:
        drawn = character(ch)
    except NoFontError:
        return None
    for rows in (drawn.rows, (*drawn.rows[1:], 0), (0, *drawn.rows[:-1])):
        data = _columns(Dots(width=drawn.width, rows=rows))
        if not has_real_time_command(data):
            return data
    return None


def _columns(picture: Dots) -> bytes:
    data = bytearray()
    for column in range(picture.width):
        bits = 0
        for row in picture.rows:
            bits = bits << 1 | (row >> (picture.width - 1 - column) & 1)
        data += bits.to_bytes(ROWS // 8, "big")
    return bytes(data)
