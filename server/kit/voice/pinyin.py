"""From Chinese text to toned syllables: `重新` → chong2 xin1, letters by their Chinese names.

Both the syllable pack and the fallback engine speak these syllables, never hanzi. pypinyin's phrase
dictionary knows which reading a word wants, and how third tones change before one another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from server.kit.voice.numbers import spoken

LETTERS: Final = {
    "A": "ei1",
    "B": "bi4",
    "C": "xi1",
    "D": "di4",
    "E": "yi4",
    "F": "ai2 fu1",
    "G": "ji4",
    "H": "ei1 chi1",
    "I": "ai4",
    "J": "zhei1",
    "K": "kei1",
    "L": "ai2 le4",
    "M": "ai2 mu4",
    "N": "en1",
    "O": "ou1",
    "P": "pi1",
    "Q": "qiu1",
    "R": "a1 er2",
    "S": "ai2 si1",
    "T": "ti4",
    "U": "you1",
    "V": "wei1",
    "W": "da2 bu4 liu4",
    "X": "ai2 ke4 si1",
    "Y": "wai1",
    "Z": "zei2",
}
"""How Chinese speakers say the letters of a ticket, in syllables (*assumed*; common usage)."""

SHORT_PAUSE: Final = "，,、：:；;—…"
LONG_PAUSE: Final = "。！？!?\n"

_RUNS: Final = re.compile(
    rf"[\u3400-\u9fff]+|[A-Za-z]|[{re.escape(SHORT_PAUSE)}]+|[{re.escape(LONG_PAUSE)}]+|."
)
_SYLLABLE: Final = re.compile(r"[a-z]{1,6}[1-5]")


@dataclass(frozen=True, slots=True)
class Syllable:
    """One spoken syllable."""

    name: str
    """Pinyin with its tone, 5 is neutral, v is ü: `hao4`, `de5`, `lv4`."""
    full: str
    """The same with the tone of the single character, for voices without neutral tones."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A breath: short as at a comma, long as at a full stop."""

    long: bool


class Unreadable(Exception):  # noqa: N818  it states what the text is
    """The text holds a sign that has no Chinese reading; it is named."""


def sounds(text: str) -> tuple[Syllable | Pause, ...]:
    """Return what is to be spoken for *text*, figures included, without pauses at its ends.

    Raises:
        Unreadable: a letter or hanzi in it has no reading. Brackets and marks are silent.
    """
    out: list[Syllable | Pause] = []
    for run in _RUNS.findall(spoken(text)):
        if run[0] in LONG_PAUSE or run[0] in SHORT_PAUSE:
            pause = Pause(run[0] in LONG_PAUSE)
            if out and not isinstance(out[-1], Pause):
                out.append(pause)
        elif run.isascii() and run.isalpha():
            out += [Syllable(name, name) for name in LETTERS[run.upper()].split()]
        elif "\u3400" <= run[0] <= "\u9fff":
            out += _syllables(run)
        elif run.isalnum():
            raise Unreadable(run)
    while out and isinstance(out[-1], Pause):
        out.pop()
    return tuple(out)


def written(spoken_sounds: Sequence[Syllable | Pause]) -> str:
    """Return sounds as pinyin with commas and stops: `qing3 ei1 ling2 hao4, dao4`."""
    words: list[str] = []
    for sound in spoken_sounds:
        if isinstance(sound, Syllable):
            words.append(sound.name)
        elif words:
            words[-1] += "." if sound.long else ","
    return " ".join(words)


def _syllables(hanzi: str) -> list[Syllable]:
    from pypinyin import Style, lazy_pinyin

    names = lazy_pinyin(
        hanzi, style=Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True, errors="ignore"
    )
    out: list[Syllable] = []
    for sign, name in zip(hanzi, names, strict=False):
        if sign == "幺":
            out.append(Syllable("yao1", "yao1"))
            continue
        if not _SYLLABLE.fullmatch(name):
            raise Unreadable(sign)
        full = name
        if name.endswith("5"):
            (full,) = lazy_pinyin(sign, style=Style.TONE3, neutral_tone_with_five=True)
        out.append(Syllable(name, full))
    if len(names) != len(hanzi):
        raise Unreadable(hanzi)
    return out
