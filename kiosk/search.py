"""Find an item 事项 by the words a citizen has: names, everyday words, pinyin, initials, mixed.

The index is made once per catalogue; a search is a walk over some hundred short texts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from pypinyin import Style, lazy_pinyin

MAX_QUERY = 24
"""Characters of a query that are looked at; nobody stands at a kiosk to type more."""

_HANZI = re.compile(r"[\u3400-\u9fff]")
_RUNS = re.compile(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]+")


class Rank(IntEnum):
    """Why an entry was found, best first."""

    EXACT = 0
    PREFIX = 1
    SUBSTRING = 2
    KEYWORD = 3
    PART_OF_KEYWORD = 4
    SAID_KEYWORD = 5
    """The query is a sentence that holds a keyword: 我要开饭店."""
    PINYIN_PREFIX = 6
    PINYIN_KEYWORD = 7
    PINYIN = 8
    DEPARTMENT = 9
    PINYIN_DEPARTMENT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What can be found: `key` is handed back, the rest is searched."""

    key: str
    names: tuple[str, ...]
    """Full and short name."""
    keywords: tuple[str, ...]
    """Everyday words: 开饭店, 结婚, 上户口."""
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text made ready: its plain characters and the sound of each."""

    plain: str
    sounds: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> _Text:
        plain = folded(text)
        return cls(plain, tuple(_sounds(plain)))


@dataclass(frozen=True, slots=True)
class _Ready:
    key: str
    names: tuple[_Text, ...]
    keywords: tuple[_Text, ...]
    departments: tuple[_Text, ...]


class Index:
    """The searchable form of a catalogue."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(
            _Ready(
                e.key,
                tuple(_Text.of(t) for t in e.names),
                tuple(_Text.of(t) for t in e.keywords),
                tuple(_Text.of(t) for t in e.departments),
            )
            for e in entries
        )

    def find(self, query: str) -> tuple[str, ...]:
        """Return the keys of all that *query* fits, best first; nothing for an empty query.

        Spaces, punctuation, full-width forms and capitals do not matter. Hanzi must stand in the
        text; letters may be pinyin, initials or the beginning of a syllable, also between hanzi:
        `sfz`, `shenfz`, `身份z` all find 身份证. Entries of one rank keep the catalogue's order,
        shorter names first.
        """
        wanted = folded(query[: 4 * MAX_QUERY])[:MAX_QUERY]
        if not wanted:
            return ()
        hits = []
        for order, entry in enumerate(self._entries):
            rank = _rank(entry, wanted)
            if rank is not None:
                hits.append((rank, min(len(n.plain) for n in entry.names), order, entry.key))
        return tuple(key for *_, key in sorted(hits))


def folded(text: str) -> str:
    """Return *text* without what people leave out or type differently: width, case, spaces, marks."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _rank(entry: _Ready, wanted: str) -> Rank | None:
    names = [n.plain for n in entry.names]
    if wanted in names:
        return Rank.EXACT
    if any(n.startswith(wanted) for n in names):
        return Rank.PREFIX
    if any(wanted in n for n in names):
        return Rank.SUBSTRING
    words = [k.plain for k in entry.keywords]
    if wanted in words:
        return Rank.KEYWORD
    if any(wanted in k for k in words):
        return Rank.PART_OF_KEYWORD
    if any(len(k) > 1 and k in wanted for k in words):
        return Rank.SAID_KEYWORD
    if any(sounds_at(n.plain, n.sounds, wanted, 0) for n in entry.names):
        return Rank.PINYIN_PREFIX
    if any(sounds_at(k.plain, k.sounds, wanted, 0) for k in entry.keywords):
        return Rank.PINYIN_KEYWORD
    if _sounds_within(entry.names, wanted) or _sounds_within(entry.keywords, wanted):
        return Rank.PINYIN
    if any(wanted in d.plain for d in entry.departments):
        return Rank.DEPARTMENT
    if any(sounds_at(d.plain, d.sounds, wanted, 0) for d in entry.departments):
        return Rank.PINYIN_DEPARTMENT
    return None


def _sounds_within(texts: Sequence[_Text], wanted: str) -> bool:
    # A single letter in the middle of a name says nothing: only beginnings count for it.
    if len(wanted) < 2:
        return False
    return any(
        sounds_at(t.plain, t.sounds, wanted, start)
        for t in texts
        for start in range(1, len(t.plain))
    )


def sounds_at(plain: str, sounds: Sequence[str], wanted: str, start: int) -> bool:
    """Return whether *wanted* can be read from *plain* beginning at character *start*.

    Each character takes itself or a beginning of its syllable; none may be skipped.
    """
    reached = {0}
    for i in range(start, len(plain)):
        after: set[int] = set()
        for j in reached:
            if wanted[j] == plain[i]:
                after.add(j + 1)
            sound = sounds[i]
            for n in range(1, len(sound) + 1):
                if wanted[j : j + n] != sound[:n]:
                    break
                after.add(j + n)
        if len(wanted) in after:
            return True
        if not after:
            return False
        reached = after
    return False


def _sounds(plain: str) -> list[str]:
    """Return one reading for each character, chosen by the words it stands in; others have none."""
    sounds: list[str] = []
    for run in _RUNS.findall(plain):
        readings = lazy_pinyin(run, style=Style.NORMAL) if _HANZI.match(run) else []
        if len(readings) != len(run):  # not hanzi, or one so rare that nothing is known of it
            readings = [""] * len(run)
        sounds.extend(r.replace("ü", "v") for r in readings)
    return sounds
