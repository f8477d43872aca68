"""What a Chinese printer's character generator makes of bytes in kanji mode.

    1 byte   20-7E                       ASCII, 12 dots
    2 bytes  81-FE | 40-7E, 80-FE        GBK hanzi, 24 dots   (GB2312: A1-F7 | A1-FE only)
    4 bytes  81-FE | 30-39 | 81-FE | 30-39   GB18030, only where the firmware knows it

Source: hardware facts 1.4. A firmware that knows two bytes only prints the four-byte code of the
yen sign, `81 30 84 36`, as blank 0 blank 6 (node-escpos issue 332).
"""

from enum import StrEnum

BLANK = "\u3000"
"""What stands on paper where the generator has no glyph."""


class Charset(StrEnum):
    """Character set of the firmware."""

    GB2312 = "gb2312"
    GBK = "gbk"
    GB18030 = "gb18030"
    NONE = "none"
    """No Chinese font at all."""


def is_lead(byte: int) -> bool:
    """May this byte begin a longer code?"""
    return 0x81 <= byte <= 0xFE


def is_trail(byte: int) -> bool:
    """May this byte end a two-byte code?"""
    return 0x40 <= byte <= 0xFE and byte != 0x7F


def hanzi(pair: bytes, charset: Charset) -> str | None:
    """The character of a two-byte code, or None where this firmware has no glyph."""
    if charset is Charset.NONE:
        return None
    try:
        if charset is Charset.GB2312:
            pair.decode("gb2312")
        char = pair.decode("gbk" if charset is Charset.GB2312 else charset.value)
    except UnicodeDecodeError:
        return None
    return None if "\ue000" <= char <= "\uf8ff" else char


def long_hanzi(code: bytes) -> str | None:
    """The character of a four-byte GB18030 code, or None when there is none."""
    try:
        char = code.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return char if char.isprintable() else None


def single(byte: int) -> str:
    """The character of a byte outside kanji mode: code page 437."""
    return bytes((byte,)).decode("cp437")
