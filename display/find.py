"""What a search on a touch table looks in: words as they are, their pinyin and its initials."""

from __future__ import annotations

from collections.abc import Sequence

from pypinyin import Style, lazy_pinyin


def find_text(words: Sequence[str]) -> str:
    """Return *words* so that a part of a name, of its pinyin or of its initials is found in it.

    `结婚` → `结婚 jiehun jh`; all in lower case, a blank between.
    """
    parts: list[str] = []
    for word in dict.fromkeys(w.strip().lower() for w in words):
        if not word:
            continue
        parts.append(word)
        whole = "".join(lazy_pinyin(word, errors=_letters))
        initials = "".join(lazy_pinyin(word, style=Style.FIRST_LETTER, errors=_letters))
        parts += [p for p in (whole, initials) if p and p != word]
    return " ".join(parts)


def _letters(text: str) -> str:
    """Return what is no hanzi without signs and blanks."""
    return "".join(c for c in text if c.isalnum())
