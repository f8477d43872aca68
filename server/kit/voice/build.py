"""Build the default voice pack from Debian's package gcin-voice: a woman's voice, one clip a syllable.

The package holds `/usr/share/gcin-voice/ogg/<bopomofo><tone>/5.ogg`, 44.1 kHz mono, 0.3 s each: the
voice actress 羅竺, recorded by 徵音梅林, CC-BY-3.0 (its `copyright` file). Tone 1 has no digit, 2–4
have theirs, the neutral tone is `1`. Each clip is slowed to `TEMPO`, trimmed and levelled once, so
that a call is laid together without any arithmetic. sox decodes and slows them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from array import array
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from server.kit.voice.faults import VoiceFault
from server.kit.voice.pack import Pack, PackInfo
from server.kit.voice.wav import (
    RATE,
    BadSound,
    faded,
    levelled,
    samples_from_raw,
    trimmed,
    wav,
)

NAME: Final = "gcin"
VERSION: Final = "1"
"""Changes with everything that makes clips sound different; an older pack is built anew."""

SOURCE: Final = Path("/usr/share/gcin-voice/ogg")
TEMPO: Final = 0.82
"""The voice was recorded for typing and is too quick for a hall."""
TIMEOUT_S: Final = 20.0

INFO: Final = PackInfo(
    name=NAME,
    lang="zh",
    unit="syllable",
    license="CC-BY-3.0",
    attribution="语音: 羅竺，徵音梅林開發委員會錄音組（gcin-voice），CC-BY-3.0，已放慢并调整音量",
    gap_ms=30,
    pause_ms=220,
    prepared=True,
    version=VERSION,
)

_INITIALS: Final = {
    "b": "ㄅ", "p": "ㄆ", "m": "ㄇ", "f": "ㄈ", "d": "ㄉ", "t": "ㄊ", "n": "ㄋ", "l": "ㄌ",
    "g": "ㄍ", "k": "ㄎ", "h": "ㄏ", "j": "ㄐ", "q": "ㄑ", "x": "ㄒ",
    "zh": "ㄓ", "ch": "ㄔ", "sh": "ㄕ", "r": "ㄖ", "z": "ㄗ", "c": "ㄘ", "s": "ㄙ",
}  # fmt: skip
_FINALS: Final = {
    "a": "ㄚ", "o": "ㄛ", "e": "ㄜ", "ai": "ㄞ", "ei": "ㄟ", "ao": "ㄠ", "ou": "ㄡ", "an": "ㄢ",
    "en": "ㄣ", "ang": "ㄤ", "eng": "ㄥ", "er": "ㄦ", "i": "ㄧ", "ia": "ㄧㄚ", "ie": "ㄧㄝ",
    "iao": "ㄧㄠ", "iu": "ㄧㄡ", "ian": "ㄧㄢ", "in": "ㄧㄣ", "iang": "ㄧㄤ", "ing": "ㄧㄥ",
    "io": "ㄧㄛ", "u": "ㄨ", "ua": "ㄨㄚ", "uo": "ㄨㄛ", "uai": "ㄨㄞ", "ui": "ㄨㄟ", "uan": "ㄨㄢ",
    "un": "ㄨㄣ", "uang": "ㄨㄤ", "ong": "ㄨㄥ", "v": "ㄩ", "ve": "ㄩㄝ", "van": "ㄩㄢ", "vn": "ㄩㄣ",
    "iong": "ㄩㄥ",
}  # fmt: skip
_ALONE: Final = {
    "yi": "i", "ya": "ia", "ye": "ie", "yao": "iao", "you": "iu", "yan": "ian", "yin": "in",
    "yang": "iang", "ying": "ing", "yo": "io", "wu": "u", "wa": "ua", "wo": "uo", "wai": "uai",
    "wei": "ui", "wan": "uan", "wen": "un", "wang": "uang", "weng": "ong", "yu": "v", "yue": "ve",
    "yuan": "van", "yun": "vn", "yong": "iong",
}  # fmt: skip
_TONES: Final = {"1": "", "2": "2", "3": "3", "4": "4", "5": "1"}

_EI_FROM_S: Final = 0.110
"""Where the vowel of ㄏㄟ begins: the rest is `ei`, the letter A."""
_SPLICED: Final = {"ei1": ("", 0.0), "kei1": ("ㄎㄞ", 0.135), "zhei1": ("ㄓㄞ", 0.110)}
"""Syllables of letters that the package lacks: a consonant's first seconds before that vowel."""


def bopomofo(name: str) -> str:
    """Return a pinyin syllable as the package's folder name: hao4 → `ㄏㄠ4`; empty for none."""
    body, tone = name[:-1], name[-1:]
    if tone not in _TONES:
        return ""
    if body in _ALONE:
        return _FINALS[_ALONE[body]] + _TONES[tone]
    if body in _FINALS and body[0] in "aoe":
        return _FINALS[body] + _TONES[tone]
    initial = next((i for i in (body[:2], body[:1]) if i in _INITIALS), "")
    final = body[len(initial) :]
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "v" + final[1:]
    if initial in ("zh", "ch", "sh", "r", "z", "c", "s") and final == "i":
        return _INITIALS[initial] + _TONES[tone]
    if not initial or final not in _FINALS:
        return ""
    return _INITIALS[initial] + _FINALS[final] + _TONES[tone]


def every_syllable() -> Iterator[str]:
    """Return every spelling this table knows, with all tones; most exist, some do not."""
    bodies = [*_ALONE, *(f for f in _FINALS if f[0] in "aoe")]
    for initial in _INITIALS:
        for final in _FINALS:
            rounded = initial in ("j", "q", "x") and final[0] == "v"
            bodies.append(initial + ("u" + final[1:] if rounded else final))
    for body in dict.fromkeys(bodies):
        for tone in _TONES:
            yield body + tone


def why_not(source: Path = SOURCE) -> str:
    """Return what this machine lacks to build the pack, in Chinese; empty when nothing."""
    if not source.is_dir():
        return "没有安装 gcin-voice（apt install gcin-voice），叫号用备用语音。"
    if shutil.which("sox") is None:
        return "没有安装 sox（apt install sox），不能制作默认语音包，叫号用备用语音。"
    return ""


def is_current(folder: Path) -> bool:
    """Return whether *folder* holds this version of the pack, whole."""
    try:
        return Pack.open(folder).info.version == VERSION
    except VoiceFault:
        return False


def build(folder: Path, *, source: Path = SOURCE, only: Collection[str] = ()) -> Pack:
    """Return the default pack in *folder*, which is called `gcin`; make it unless it is there.

    It takes about ten seconds and appears whole or not at all; two processes may build at once.
    Under gevent other greenlets go on. *only* these syllables are built, for tests.

    Raises:
        VoiceFault: `pack`: something is lacking on this machine, or the disk refuses.
    """
    if is_current(folder):
        return Pack.open(folder)
    if lacking := why_not(source):
        raise VoiceFault("pack", lacking)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".building-", dir=folder.parent) as held:
            made = Path(held) / folder.name
            _fill(made, source, set(only))
            _put(made, folder)
    except OSError as error:
        raise VoiceFault("pack", f"不能写入 {folder}: {error}") from error
    return Pack.open(folder)


def _put(made: Path, folder: Path) -> None:
    """Move a finished pack to its place; an older one goes, one as new from elsewhere stays."""
    if is_current(folder):
        return
    if folder.exists():
        folder.rename(made.parent / "older")
    try:
        made.rename(folder)
    except OSError:
        if not is_current(folder):
            raise


def _fill(folder: Path, source: Path, only: Collection[str]) -> None:
    clips = folder / "clips"
    clips.mkdir(parents=True)
    names = [n for n in every_syllable() if not only or n in only]
    wanted: dict[str, str] = {}
    for name in names:
        sign = bopomofo(name)
        if sign and sign not in wanted and (source / sign / "5.ogg").is_file():
            wanted[sign] = name
    jobs = [partial(_syllable, source / sign / "5.ogg") for sign in wanted]
    names = list(wanted.values())
    if (source / "ㄏㄟ" / "5.ogg").is_file():
        for name, (consonant, until_s) in _SPLICED.items():
            if not only or name in only:
                jobs.append(partial(_spliced, source, consonant, until_s))
                names.append(name)
    if not names:
        raise VoiceFault("pack", f"{source} 里没有可用的录音")
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        for name, samples in zip(names, pool.map(lambda job: job(), jobs), strict=True):
            (clips / f"{name}.wav").write_bytes(wav(samples))
    (folder / "pack.json").write_bytes(msgspec.json.format(msgspec.json.encode(INFO)))


def _syllable(path: Path) -> array[int]:
    return levelled(trimmed(_sox([str(path)], ["tempo", "-s", f"{TEMPO}"])))


def _spliced(source: Path, consonant: str, until_s: float) -> array[int]:
    vowel = _sox([str(source / "ㄏㄟ" / "5.ogg")])[round(_EI_FROM_S * RATE) :]
    if consonant:
        begin = _sox([str(source / consonant / "5.ogg")])[: round(until_s * RATE)]
        vowel = _joined(begin, vowel)
    raw = ["-t", "raw", "-r", f"{RATE}", "-c", "1", "-b", "16", "-e", "signed", "-"]
    slow = _sox(raw, ["tempo", "-s", f"{TEMPO}"], faded(vowel, 6).tobytes())
    return levelled(trimmed(slow))


def _joined(begin: array[int], rest: array[int]) -> array[int]:
    """Return both, one after the other, blended over 10 ms."""
    reach = min(RATE // 100, len(begin), len(rest))
    blend = array(
        "h",
        [
            (a * (reach - i) + b * i) // reach
            for i, (a, b) in enumerate(zip(begin[-reach:], rest[:reach], strict=True))
        ],
    )
    return begin[:-reach] + blend + rest[reach:]


def _sox(source: list[str], effects: list[str] | None = None, given: bytes = b"") -> array[int]:
    """Return what sox makes of a file or of raw samples."""
    out = ["-t", "raw", "-r", f"{RATE}", "-c", "1", "-b", "16", "-e", "signed", "-"]
    try:
        done = subprocess.run(
            ["sox", "-V1", "-D", "-G", *source, *out, *(effects or [])],
            input=given, capture_output=True, check=False, timeout=TIMEOUT_S,
        )  # fmt: skip
        if done.returncode:
            raise VoiceFault("pack", f"sox: {done.stderr.decode(errors='replace').strip()[:200]}")
        return samples_from_raw(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise VoiceFault("timeout", "sox") from error
    except (OSError, BadSound) as error:
        raise VoiceFault("pack", f"sox: {error}") from error
