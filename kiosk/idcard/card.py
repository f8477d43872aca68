"""A card that was read: holds its number for as long as it takes to hash it. Stdlib only.

    530923 | 19900307 | 001 | 2      region 6 | birth 8 | serial 3 | check 1 (0-9, X = 10)

Check: the sum of the first 17 digits, each times its weight, modulo 11, chooses from `10X98765432`.
Source: GB 11643-1999, 4.2 and annex A. Numbers of 15 digits are of cards that no longer hold.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from enum import StrEnum
from typing import NoReturn

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = b"10X98765432"
LENGTH = 18
KEY_BYTES = 32


class Unread(StrEnum):
    """Why there is no card though one was laid down."""

    UNREADABLE = "unreadable"
    """The reader saw something that is no number of an identity card."""
    LEFT = "left"
    """The card of the last reading still lies there: perhaps somebody forgot it."""


class Card:
    """A card's number, to be hashed once. It shows itself to nobody: not in logs, not by pickling."""

    __slots__ = ("_number",)

    def __init__(self, number: bytes) -> None:
        if not is_number(number):
            raise ValueError("not the number of an identity card")
        self._number = bytearray(number)

    def hashed(self, key: bytes) -> str:
        """Return HMAC-SHA256 of the number in hex, and forget the number.

        Args:
            key: the hall's key of the day, 32 bytes.

        Raises:
            RuntimeError: it was forgotten before.
        """
        if not self._number:
            raise RuntimeError("this card is forgotten")
        try:
            return hmac.new(key, self._number, hashlib.sha256).hexdigest()
        finally:
            self.forget()

    def forget(self) -> None:
        """Overwrite the number."""
        self._number[:] = bytes(len(self._number))
        self._number.clear()

    def __repr__(self) -> str:
        """Return the same for every card."""
        return "Card(…)"

    def __reduce__(self) -> NoReturn:
        """Refuse to be copied or written."""
        raise TypeError("a card is not written anywhere")


Reading = Card | Unread
"""What a reader says."""


def card_from(text: object) -> Card | None:
    """Return the card whose number *text* is, or None; nothing of *text* is in any error.

    Args:
        text: str or bytes, blanks around it and a small x allowed; anything else is no number.
    """
    if isinstance(text, str):
        if len(text) > 2 * LENGTH or not text.isascii():
            return None
        text = text.encode()
    if not isinstance(text, bytes | bytearray):
        return None
    number = bytes(text).strip().upper()
    return Card(number) if is_number(number) else None


def is_number(number: bytes) -> bool:
    """Whether *number* has the form, a date that exists, and the right check digit."""
    body = number[:-1]
    if len(number) != LENGTH or not body.isdigit() or check_of(body) != number[-1]:
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return True


def check_of(body: bytes) -> int:
    """Return the check digit of 17 digits as an ASCII code."""
    total = sum(w * (d - ord("0")) for w, d in zip(WEIGHTS, body, strict=True))
    return CHECKS[total % 11]
