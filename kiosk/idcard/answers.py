"""What the maker's local service answers, judged by a profile. Pure: no network, no clock.

An answer is JSON: at `ok_path` stands `ok` when a card was read, at `number_path` the number. Names,
addresses and photographs beside it are never looked at.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from kiosk.idcard.card import Card, Unread, card_from
from server.kit.serial.profiles import ReaderProfile

MAX_ANSWER = 1 << 20
"""An answer with a photograph has some 50 kB; what is longer is no answer of a reader."""


class Nothing(StrEnum):
    """An answer without a card."""

    NO_CARD = "no_card"
    GARBLED = "garbled"
    """Not JSON, or the number is not where the profile says, or of another kind."""


def judged(answer: bytes, profile: ReaderProfile) -> Card | Unread | Nothing:
    """Return what *answer* says."""
    if len(answer) > MAX_ANSWER:
        return Nothing.GARBLED
    try:
        found: Any = msgspec.json.decode(answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Nothing.GARBLED
    if not isinstance(found, dict):
        return Nothing.GARBLED
    if profile.ok_path:
        said = _at(found, profile.ok_path)
        if isinstance(said, dict | list):
            return Nothing.GARBLED
        # 1 and True are equal in Python and not the same in JSON.
        if said != profile.ok or type(said) is not type(profile.ok):
            return Nothing.NO_CARD
    number = _at(found, profile.number_path)
    if number is None or number == "":
        return Nothing.GARBLED if profile.ok_path else Nothing.NO_CARD
    if not isinstance(number, str):
        return Nothing.GARBLED
    return card_from(number) or Unread.UNREADABLE


def _at(found: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if not isinstance(found, dict):
            return None
        found = found.get(step)
    return found


class Lying:
    """Tells a card that was laid down now from one that still lies there from the last reading."""

    def __init__(self) -> None:
        self._given = False
        self._told: Unread | None = None

    def asked(self) -> None:
        """A new citizen, or the same one once more."""
        self._told = None

    def seen(self, answer: Card | Unread | Nothing) -> Card | Unread | None:
        """Return what is new in *answer*, None when nothing is."""
        if isinstance(answer, Nothing):
            if answer is Nothing.NO_CARD:
                self._given, self._told = False, None
            return None
        if isinstance(answer, Card):
            if not self._given:
                self._given = True
                return answer
            answer.forget()
            answer = Unread.LEFT
        if answer is self._told:
            return None
        self._told = answer
        return answer
