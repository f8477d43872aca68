"""Fields of a form as they were typed: read one by one, each with its own words when wrong.

Nothing is saved while a field is wrong, and what was typed stays in the page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from server.domain.moments import instant, local, moment

LONGEST_TYPED = 4000
"""Characters of one field; more is no typing."""


BLANK_LINES = re.compile(r"\n[ \t\u3000]*(?:\n[ \t\u3000]*)+")
JOINERS = "\u200d\ufe0e\ufe0f"
"""Parts of an emoji, which nobody sees by themselves."""


def legible(text: str) -> bool:
    """Say whether people can see all of *text* as it was typed.

    Control characters, and marks that turn the direction of a line or are nothing to be seen, are
    not; a text of nothing else would leave an empty page on a wall.
    """
    seen = [c for c in text if c != "\n" and c not in JOINERS]
    return not any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cn", "Cs"} for c in seen)


class Fields:
    """What was typed, and what is wrong with it.

    Args:
        given: name → text, or texts of a field that may be chosen several times.
    """

    def __init__(self, given: Mapping[str, str | Sequence[str]] | MultiDict[str, str]) -> None:
        typed: Mapping[str, str | Sequence[str]] = (
            dict(given.lists()) if isinstance(given, MultiDict) else given
        )
        self._given = {
            name: [value] if isinstance(value, str) else list(value)
            for name, value in typed.items()
        }
        self.errors: dict[str, str] = {}

    def get(self, name: str, default: str = "") -> str:
        """Return what stands in a field, as typed."""
        found = self._given.get(name)
        return found[0][:LONGEST_TYPED] if found else default

    def every(self, name: str) -> list[str]:
        """Return all values of a field."""
        return [v[:LONGEST_TYPED] for v in self._given.get(name, [])]

    def has(self, name: str, value: str = "on") -> bool:
        """Say whether *value* is chosen in a field."""
        return value in self._given.get(name, [])

    @property
    def well(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.errors

    def fail(self, name: str, words: str) -> None:
        """Say what is wrong with a field; the first words stay."""
        self.errors.setdefault(name, words)

    def text(self, name: str, what: str, *, most: int, least: int = 1) -> str:
        """Return a text without space around it."""
        found = BLANK_LINES.sub("\n", self.get(name).replace("\r\n", "\n")).strip()
        if not legible(found):
            self.fail(name, f"{what}里有不能显示的字符，请重新输入")
        elif len(found) < least:
            self.fail(name, f"请填写{what}")
        elif len(found) > most:
            self.fail(name, f"{what}最多 {most} 个字，现在有 {len(found)} 个")
        return found

    def whole(self, name: str, what: str, low: int, high: int) -> int:
        """Return a whole number; *low* when it is none."""
        found = self.get(name).strip()
        if not (found.isascii() and found.isdigit() and len(found) < 10):
            self.fail(name, f"{what}要填数字")
            return low
        if not low <= int(found) <= high:
            self.fail(name, f"{what}是 {low} 到 {high}")
            return low
        return int(found)

    def decimal(self, name: str, what: str, low: float, high: float) -> float:
        """Return a number; *low* when it is none."""
        found = self.get(name).strip()
        head, _, tail = found.partition(".")
        if not (found.isascii() and (head + tail).isdigit() and len(found) < 10):
            self.fail(name, f"{what}要填数字")
            return low
        if not low <= float(found) <= high:
            self.fail(name, f"{what}是 {low:g} 到 {high:g}")
            return low
        return float(found)

    def choice(self, name: str, what: str, allowed: Collection[str]) -> str:
        """Return one of *allowed*; the first of them when it is none."""
        found = self.get(name)
        if found not in allowed:
            self.fail(name, f"请选择{what}")
            return next(iter(allowed), "")
        return found

    def choices(self, name: str, what: str, allowed: Collection[str]) -> tuple[str, ...]:
        """Return the chosen ones of *allowed*, each once."""
        found = tuple(dict.fromkeys(v for v in self.every(name) if v))
        if any(v not in allowed for v in found):
            self.fail(name, f"请重新选择{what}")
        return tuple(v for v in found if v in allowed)

    def moment(self, name: str, what: str, tz: str) -> str | None:
        """Return a hall-local `YYYY-MM-DDTHH:MM` as a moment; None when it is empty."""
        found = self.get(name).strip()
        if not found:
            return None
        try:
            at = datetime.strptime(found.replace(" ", "T"), "%Y-%m-%dT%H:%M")  # noqa: DTZ007  the hall's zone is added below
        except ValueError:
            self.fail(name, f"{what}要写成 2026-11-23 09:00 这样的日期和时间")
            return None
        if not 2000 <= at.year <= 2199 or at.tzinfo is not None:
            self.fail(name, f"{what}不是一个可用的日期")
            return None
        return moment(at.replace(tzinfo=ZoneInfo(tz)))

    def expected(self) -> int:
        """Return the version that the page showed; -1, which is always stale, when it is none."""
        found = self.get("expected").strip()
        return int(found) if found.isascii() and found.isdigit() and len(found) < 10 else -1


def typed_moment(at: str | None, tz: str) -> str:
    """Return a moment as a `datetime-local` field holds it, in hall time; empty for None."""
    return "" if at is None else f"{local(instant(at), tz):%Y-%m-%dT%H:%M}"
