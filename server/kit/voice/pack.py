"""A voice pack 语音包: a folder with recordings of one voice, and how a sentence is laid from them.

    voices/<name>/pack.json     who speaks, under which licence, word order, pauses
    voices/<name>/clips/*.wav   请.wav 到.wav 号.wav 3号窗口.wav 0.wav … 9.wav A.wav …; X_end.wav

A clip is named after what it says. The longest clip that fits is taken first, so a county makes its
voice more natural by adding longer clips (到3号窗口.wav). `X_end.wav` is X as it sounds before a
pause or at the end. One clip missing means the pack cannot say the sentence at all: a sentence is
spoken by one voice.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from server.kit.voice import pinyin
from server.kit.voice.faults import VoiceFault
from server.kit.voice.numbers import spoken
from server.kit.voice.wav import BadSound, levelled, samples_from_wav, silence, trimmed

MAX_INFO: Final = 64 * 1024
MAX_CLIP: Final = 4 * 1024 * 1024
MAX_CLIPS: Final = 6000
MAX_HELD: Final = 3000
"""Clips kept in memory, 20 kB each."""

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
END: Final = "_end"

_PAUSES: Final = pinyin.SHORT_PAUSE + pinyin.LONG_PAUSE
_SILENT: Final = frozenset("（）()「」《》“”\"'‘’·.[]【】/")


class PackInfo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`pack.json`. Unknown keys are refused: a mistyped one must not be ignored."""

    name: Annotated[str, msgspec.Meta(pattern=f"^{NAME.pattern}$")]
    """The folder's name."""
    lang: Annotated[str, msgspec.Meta(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$")] = "zh"
    """`zh` Mandarin, `en` English, another code for a dialect or a second language."""
    unit: Literal["word", "syllable"] = "word"
    """`word`: clips are named after text; `syllable`: after pinyin with tone, `hao4.wav`."""
    license: Annotated[str, msgspec.Meta(min_length=1)]
    """Under which terms the recordings may be used."""
    attribution: str = ""
    """The credit that is shown wherever the voice is used."""
    template: str = ""
    """Word order of a call with `{number}` and `{counter}`; empty = that of the language."""
    gap_ms: Annotated[int, msgspec.Meta(ge=0, le=500)] = 30
    """Silence between two clips."""
    pause_ms: Annotated[int, msgspec.Meta(ge=0, le=2000)] = 220
    """Silence at a comma; at a full stop it is half as long again."""
    prepared: bool = False
    """True when the clips are trimmed and level already; others are when they are loaded."""
    version: str = ""
    """Which builder made it; empty for recordings."""


class Pack:
    """A voice pack that has been opened. Clips are read when they are first spoken."""

    def __init__(self, folder: Path, info: PackInfo, clips: dict[str, Path]) -> None:
        self.folder = folder
        self.info = info
        self.clips = clips
        """What a clip says, as text without figures or as a syllable → its file."""
        self._longest = max(map(len, clips), default=0)
        self._load = lru_cache(maxsize=MAX_HELD)(self._read)

    @classmethod
    def open(cls, folder: Path) -> Pack:
        """Return the pack in *folder*; its clips are listed, not read.

        Raises:
            VoiceFault: `pack`, with what is wrong, in words.
        """
        try:
            content = small(folder / "pack.json", MAX_INFO)
            info = msgspec.json.decode(content, type=PackInfo)
        except FileNotFoundError as error:
            raise VoiceFault("pack", f"{folder} 里没有 pack.json") from error
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise VoiceFault("pack", f"{folder / 'pack.json'}: {error}") from error
        if info.name != folder.name:
            raise VoiceFault(
                "pack", f"pack.json 里的 name 是 {info.name}，文件夹却叫 {folder.name}"
            )
        holes = set(re.findall(r"\{([^{}]*)\}", info.template))
        if info.template and holes != {"number", "counter"}:
            raise VoiceFault("pack", "template 里要有 {number} 和 {counter} 两处，不能有别的")
        return cls(folder, info, _listed(folder / "clips", info))

    def steps(self, text: str) -> tuple[str | int, ...] | None:
        """Return the clips that say *text* and the pauses in ms, or None when one is missing."""
        if self.info.unit == "syllable":
            try:
                return self._syllables(pinyin.sounds(text))
            except pinyin.Unreadable:
                return None
        laid, missing = self._laid(text)
        return None if missing else laid

    def missing(self, text: str) -> tuple[str, ...]:
        """Return what *text* needs and the pack cannot say; empty when it can."""
        if self.info.unit == "word":
            return self._laid(text)[1]
        try:
            wanted = pinyin.sounds(text)
        except pinyin.Unreadable as sign:
            return (str(sign),)
        names = [s.name for s in wanted if isinstance(s, pinyin.Syllable) and not self._clip(s)]
        return tuple(dict.fromkeys(names))

    def say(self, text: str) -> array[int] | None:
        """Return *text* spoken by this voice alone, or None when it cannot say all of it."""
        steps = self.steps(text)
        if not steps:
            return None
        out, joined = array("h"), False
        for step in steps:
            if isinstance(step, int):
                out += silence(step)
                joined = False
                continue
            try:
                clip = self._load(step)
            except (BadSound, OSError):
                return None
            if joined:
                out += silence(self.info.gap_ms)
            out += clip
            joined = True
        return out

    def sound(self, name: str) -> array[int]:
        """Return a clip as it is spoken.

        Raises:
            BadSound, OSError: it cannot be used.
        """
        return self._load(name)

    def _read(self, name: str) -> array[int]:
        samples = samples_from_wav(small(self.clips[name], MAX_CLIP))
        if self.info.prepared:
            return samples
        spoken_part = trimmed(samples)
        if not spoken_part:
            raise BadSound("没有声音")
        return levelled(spoken_part)

    def _syllables(
        self, wanted: Iterable[pinyin.Syllable | pinyin.Pause]
    ) -> tuple[str | int, ...] | None:
        steps: list[str | int] = []
        for sound in wanted:
            if isinstance(sound, pinyin.Pause):
                self._pause(steps, long=sound.long)
            elif name := self._clip(sound):
                steps.append(name)
            else:
                return None
        self._end(steps)
        return tuple(steps)

    def _clip(self, sound: pinyin.Syllable) -> str:
        return next((name for name in (sound.name, sound.full) if name in self.clips), "")

    def _laid(self, text: str) -> tuple[tuple[str | int, ...], tuple[str, ...]]:
        """Return the clips that say *text*, and the parts of it that no clip says.

        At every place the longest clip comes first; a shorter one is taken only where nothing else
        leads to the end. Where nothing leads there at all, as little as possible is left out.
        """
        plain = _folded(spoken(text) if self.info.lang != "en" else text)
        best: list[tuple[int, int]] = [(0, 0)] * (len(plain) + 1)
        for at in reversed(range(len(plain))):
            sign = plain[at]
            silent = sign.isspace() or sign in _PAUSES or sign in _SILENT
            choice = (best[at + 1][0] + (not silent), 0)
            for length in range(min(self._longest, len(plain) - at), 0, -1):
                left = best[at + length][0]
                if left < choice[0] and self._fits(plain, at, length):
                    choice = (left, length)
            best[at] = choice
        steps: list[str | int] = []
        missing: list[str] = []
        at, gone = 0, ""
        while at < len(plain):
            length = best[at][1]
            sign = plain[at]
            if length or sign.isspace() or sign in _PAUSES or sign in _SILENT:
                missing += [gone] if gone else []
                gone = ""
                if length:
                    steps.append(plain[at : at + length])
                elif sign in _PAUSES:
                    self._pause(steps, long=sign in pinyin.LONG_PAUSE)
            else:
                gone += sign
            at += max(length, 1)
        missing += [gone] if gone else []
        self._end(steps)
        return tuple(steps), tuple(dict.fromkeys(missing))

    def _fits(self, plain: str, at: int, length: int) -> bool:
        """Return whether a clip says this part and cuts no Latin word in two."""
        if plain[at : at + length] not in self.clips:
            return False
        before, after = plain[at - 1 : at] if at else "", plain[at + length : at + length + 1]
        first, last = plain[at], plain[at + length - 1]
        return not (_is_latin(first) and _is_latin(before)) and not (
            _is_latin(last) and _is_latin(after)
        )

    def _pause(self, steps: list[str | int], *, long: bool) -> None:
        if steps and isinstance(steps[-1], str):
            self._end(steps)
            steps.append(self.info.pause_ms * 3 // 2 if long else self.info.pause_ms)

    def _end(self, steps: list[str | int]) -> None:
        """Drop a pause at the end; take the phrase-final clip of the last word if there is one."""
        if steps and isinstance(steps[-1], int):
            steps.pop()
        if steps and isinstance(steps[-1], str) and steps[-1] + END in self.clips:
            steps[-1] += END


def small(path: Path, limit: int) -> bytes:
    """Return the content of a file of at most *limit* bytes."""
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(f"{path.name} 大于 {limit // 1024} kB")
    return content


def _listed(folder: Path, info: PackInfo) -> dict[str, Path]:
    """Return what each clip says → its file; only ordinary files of this very folder."""
    found: dict[str, Path] = {}
    if folder.is_symlink() or not folder.is_dir():
        raise VoiceFault("pack", f"没有文件夹 {folder}")
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() != ".wav" or path.is_symlink() or not path.is_file():
            continue
        stem = path.stem
        if info.unit == "word":
            body, end = (stem.removesuffix(END), END) if stem.endswith(END) else (stem, "")
            stem = _folded(body if info.lang == "en" else spoken(body)) + end
        found.setdefault(stem, path)
        if len(found) > MAX_CLIPS:
            raise VoiceFault("pack", f"录音多于 {MAX_CLIPS} 个")
    return found


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _is_latin(sign: str) -> bool:
    return bool(sign) and sign.isascii() and sign.isalpha()
