"""The words of the pages in each language: `languages/*.toml`, and a county's own files beside them.

A file holds `code`, `html` (the page's `lang`), `shown` (as on the button), `[strings]` by key and
optionally `[items]` (names by code), `voice` (name of a voice pack) and `font`. Chinese is the source:
a string that a language lacks is shown in Chinese, never left out. Pure but for reading files.
"""

from __future__ import annotations

import re
import string
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from kiosk.manner import SOURCE

SHIPPED = Path(__file__).parent / "languages"
"""The languages that come with the kiosk."""
ROOM = 1.5
"""A string may be so many times as wide as the widest that the pages were laid out for."""
SHORTEST = 12
"""Cells that any string may take; an ASCII character takes one, a hanzi two."""
MAX_BYTES = 256 * 1024
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class LanguageError(Exception):
    """A language file cannot be used; the words say which and why."""


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A language file as it is written."""

    code: str
    shown: str
    html: str = ""
    voice: str = ""
    font: str = ""
    strings: dict[str, str]
    items: dict[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language of the pages."""

    code: str
    shown: str
    """Its own name, as on the button."""
    html: str
    """For the page's `lang` attribute."""
    strings: Mapping[str, str]
    items: Mapping[str, str] = field(default_factory=dict)
    """Names of items by code."""
    voice: str = ""
    """Name of the voice pack 语音包 that reads it; empty = the default of its code."""
    font: str = ""
    """Font that has its letters, a hint for whoever installs the box."""
    source: Mapping[str, str] = field(default_factory=dict)
    """The Chinese strings, for those that lack."""

    def text(self, key: str, **values: object) -> str:
        """Return a string with *values* in its places.

        A broken place falls back to Chinese: words must never fail a page. Unknown keys raise
        `KeyError`; a test walks every page.
        """
        source = self.source.get(key)
        own = self.strings.get(key)
        if own is None:
            if source is None:
                raise KeyError(key)
            own = source
        try:
            return own.format_map(values)
        except (KeyError, ValueError, IndexError, AttributeError, TypeError):
            return (source or own).format_map(_Blank(values))


class _Blank(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return ""


def load(folder: str = "") -> tuple[Language, ...]:
    """Return the languages of this kiosk: Chinese, English, then the files of *folder* by name.

    A file of *folder* with the code of a shipped language replaces it, but for Chinese.

    Raises:
        LanguageError: a file cannot be read or used.
    """
    source = _read(SHIPPED / f"{SOURCE}.toml")
    found: dict[str, Language] = {SOURCE: _language(source, source.strings)}
    own = sorted(Path(folder).glob("*.toml")) if folder else []
    if folder and not Path(folder).is_dir():
        raise LanguageError(f"{folder}: 没有这个语言文件夹")
    for path in [*sorted(p for p in SHIPPED.glob("*.toml") if p.stem != SOURCE), *own]:
        file = _read(path)
        if file.code == SOURCE:
            raise LanguageError(f"{path}: 中文是源语言，不能替换")
        found[file.code] = _language(file, source.strings)
    return tuple(found.values())


def faults_of(path: Path) -> list[str]:
    """Return what is wrong with a language file, one line each, in Chinese; empty when nothing is.

    Missing strings (shown in Chinese), unknown ones, lost or new places `{…}`, and strings too long
    for the pages.

    Raises:
        LanguageError: the file cannot be read at all.
    """
    file = _read(path)
    source = _read(SHIPPED / f"{SOURCE}.toml").strings
    english = _read(SHIPPED / "en.toml").strings
    faults = [f"缺少 {key}：{source[key]}" for key in source if key not in file.strings]
    for key, text in file.strings.items():
        if key not in source:
            faults.append(f"多余 {key}：取号机没有这一条")
            continue
        if places(text) - places(source[key]):
            lost = "、".join(sorted(places(text) - places(source[key])))
            faults.append(f"占位 {key}：原文里没有 {lost}")
        room = max(SHORTEST, ROOM * max(cells(source[key]), cells(english.get(key, ""))))
        if cells(text) > room and not key.startswith("say."):
            faults.append(f"过长 {key}：{cells(text)} 格，最多 {int(room)} 格：{text}")
    return faults


def places(text: str) -> set[str]:
    """Return the names of the places `{…}` in *text*; `{` alone when it cannot be read."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {"{"}


def cells(text: str) -> int:
    """Return the width of *text*: two for a wide character, none for a mark over another."""
    return sum(
        2 if unicodedata.east_asian_width(c) in "WF" else int(not unicodedata.combining(c))
        for c in text
    )


def names(languages: Iterable[Language]) -> tuple[Mapping[str, str], ...]:
    """Return the names of items in *languages*, for the search."""
    return tuple(x.items for x in languages if x.items)


def _read(path: Path) -> _File:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise LanguageError(f"{path}: 文件过大")
        file = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as e:
        raise LanguageError(f"{path}: {e}") from e
    if not _CODE.fullmatch(file.code) or not file.shown.strip():
        raise LanguageError(f"{path}: code 或 shown 不能用")
    return file


def _language(file: _File, source: Mapping[str, str]) -> Language:
    return Language(
        code=file.code,
        shown=file.shown,
        html=file.html or file.code,
        strings=file.strings,
        items=file.items,
        voice=file.voice,
        font=file.font,
        source=source,
    )
