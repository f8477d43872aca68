"""Speak a sentence: the whole of it as one WAV, from the first voice that can say all of it.

The order is: the pack that was asked for, then, for Mandarin, the default pack, then espeak-ng. Each
sentence is one voice's. What a sentence costs: 1–5 ms of work from a pack; espeak-ng 30 ms, during
which only the asking greenlet waits. Call it in an ordinary greenlet, never in a native thread:
under gevent the process of espeak-ng belongs to the hub.
"""

from __future__ import annotations

import logging
import re
import threading
from array import array
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.kit.voice import build
from server.kit.voice.chime import chime
from server.kit.voice.espeak import Espeak
from server.kit.voice.faults import VoiceFault
from server.kit.voice.pack import NAME, Pack
from server.kit.voice.pinyin import sounds
from server.kit.voice.wav import louder, seconds, silence, wav

__all__ = ["Clip", "Voice", "VoiceFault", "VoiceState"]

log = logging.getLogger("hall.voice")

MAX_TEXT: Final = 600
"""Signs in one text; a step of the kiosk has at most 400."""
MAX_HELD: Final = 8 * 1024 * 1024
"""Bytes of WAV that are kept, the latest used ones."""
BREATH_MS: Final = 380
"""Silence between two sentences."""

_SENTENCES: Final = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """Something spoken: a whole WAV, 22 050 Hz, mono, 16 bit."""

    wav: bytes
    seconds: float
    engine: str
    """The pack's name or `espeak`; two joined by `+` when sentences had different voices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceState:
    """Which voices this machine has."""

    packs: tuple[str, ...]
    espeak: bool
    problem: str
    """What is wrong and what to do, in Chinese; empty when the default voice is ready."""
    credits: tuple[str, ...]
    """Who must be named wherever the voice is used."""


class Voice:
    """All voices of one machine. May be used by several greenlets at once."""

    def __init__(self, folders: Sequence[Path], espeak: Espeak, source: Path) -> None:
        self._folders = tuple(folders)
        self._espeak = espeak
        self._source = source
        self._packs: dict[str, Pack] = {}
        self._problem = ""
        self._refused: set[str] = set()
        self._held: OrderedDict[tuple[object, ...], Clip] = OrderedDict()
        self._held_bytes = 0
        self._preparing = threading.Lock()

    @classmethod
    def open(
        cls,
        state_dir: Path,
        folders: Sequence[Path] = (),
        *,
        espeak: Espeak | None = None,
        source: Path = build.SOURCE,
    ) -> Voice:
        """Return the voices; touches nothing yet.

        Args:
            state_dir: packs are looked for in its `voices`; the default pack is built there.
            folders: more folders with packs, e.g. one that is the same on all machines.
            espeak: the fallback engine, for tests.
            source: what the default pack is built from.
        """
        return cls((state_dir / "voices", *folders), espeak or Espeak(), source)

    def prepare(self) -> str:
        """Build the default pack if it is lacking; return "" or, in Chinese, why there is none.

        About ten seconds the first time, then nothing. Until it is done `say` uses espeak-ng.
        The dictionary of pinyin, a third of a second, is loaded here and not in the first call.
        """
        with self._preparing:
            sounds("重新")
            try:
                if self._pack(build.NAME) is None:
                    self._packs[build.NAME] = build.build(
                        self._folders[0] / build.NAME, source=self._source
                    )
                    self._forget()
                self._problem = ""
            except VoiceFault as fault:
                log.warning("default voice pack: %s", fault.zh)
                self._problem = fault.zh
            return self._problem

    def say(
        self, text: str, *, lang: str = "zh", pack: str = "", chime: bool = False, gain: float = 1.0
    ) -> Clip:
        """Return *text* as sound, whole.

        Args:
            text: in the language; Chinese may hold figures, dates, ticket numbers.
            lang: `zh`, `en`, or that of *pack*.
            pack: name of a voice pack; empty = the default of the language.
            chime: begin with the chime.
            gain: 0 to 1, of the whole.

        Raises:
            VoiceFault: nobody can say it. `missing` for a pack of another language that lacks a
                clip: the call has been or will be said in Mandarin, so this language is left out.
        """
        key = (text, lang, pack, chime, gain)
        if key in self._held:
            self._held.move_to_end(key)
            return self._held[key]
        clip = self._render(text, lang, pack, with_chime=chime, gain=gain)
        self._keep(key, clip)
        return clip

    def chime(self, gain: float = 1.0) -> Clip:
        """Return the chime alone."""
        samples = chime(_within(gain))
        return Clip(wav=wav(samples), seconds=seconds(samples), engine="chime")

    def templates(self) -> dict[str, str]:
        """Return pack name → its own word order of a call, for packs that have one."""
        packs = filter(None, map(self._pack, self._names()))
        return {p.info.name: p.info.template for p in packs if p.info.template}

    def state(self) -> VoiceState:
        """Return what can be spoken here, for health pages and settings."""
        packs = [p for p in map(self._pack, self._names()) if p is not None]
        there = any(p.info.name == build.NAME for p in packs)
        problem = "" if there else self._problem or build.why_not(self._source)
        if not there and not self._espeak.installed:
            problem = VoiceFault("no_engine").zh
        return VoiceState(
            packs=tuple(p.info.name for p in packs),
            espeak=self._espeak.installed,
            problem=problem,
            credits=tuple(p.info.attribution for p in packs if p.info.attribution),
        )

    def pack(self, name: str) -> Pack:
        """Return a pack by its name.

        Raises:
            VoiceFault: `pack`, there is none or it cannot be used; the words say why.
        """
        if not NAME.fullmatch(name):
            raise VoiceFault("pack", "名称只能用小写字母、数字、- 和 _")
        folder = next((f / name for f in self._folders if (f / name).is_dir()), None)
        if folder is None:
            raise VoiceFault("pack", f"没有叫 {name} 的语音包")
        if name not in self._packs:
            self._packs[name] = Pack.open(folder)
        return self._packs[name]

    def _render(self, text: str, lang: str, pack: str, *, with_chime: bool, gain: float) -> Clip:
        if not text.strip() or len(text) > MAX_TEXT:
            raise VoiceFault("text")
        out = chime() if with_chime else array("h")
        engines: list[str] = []
        for sentence in _SENTENCES.findall(text) if lang == "zh" else [text]:
            if not any(c.isalnum() for c in sentence):
                continue
            spoken, engine = self._sentence(sentence, lang, pack)
            if engines:
                out += silence(BREATH_MS)
            out += spoken
            engines.append(engine)
        if not engines:
            raise VoiceFault("text")
        return Clip(
            wav=wav(louder(out, _within(gain))),
            seconds=seconds(out),
            engine="+".join(dict.fromkeys(engines)),
        )

    def _sentence(self, text: str, lang: str, pack: str) -> tuple[array[int], str]:
        for name in dict.fromkeys((pack, build.NAME if lang == "zh" else "")):
            known = self._pack(name) if name else None
            if known is not None and (samples := known.say(text)):
                return samples, name
        match lang:
            case "zh":
                return self._espeak.mandarin(text), "espeak"
            case "en":
                return self._espeak.english(text), "espeak"
        raise VoiceFault("missing", pack or lang)

    def _pack(self, name: str) -> Pack | None:
        if name == build.NAME and name not in self._packs:
            folder = next((f / name for f in self._folders if build.is_current(f / name)), None)
            if folder is None:
                return None
        try:
            return self.pack(name)
        except VoiceFault as fault:
            if name not in self._refused:
                self._refused.add(name)
                log.warning("%s", fault.zh)
            return None

    def _names(self) -> list[str]:
        found = (
            path.name
            for folder in self._folders
            if folder.is_dir()
            for path in folder.iterdir()
            if NAME.fullmatch(path.name) and (path / "pack.json").is_file()
        )
        return sorted(set(found))

    def _keep(self, key: tuple[object, ...], clip: Clip) -> None:
        self._held[key] = clip
        self._held_bytes += len(clip.wav)
        while self._held_bytes > MAX_HELD:
            _, oldest = self._held.popitem(last=False)
            self._held_bytes -= len(oldest.wav)

    def _forget(self) -> None:
        self._held.clear()
        self._held_bytes = 0


def _within(gain: float) -> float:
    return max(0.0, min(1.0, gain))
