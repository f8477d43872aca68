"""试听: an announcement as the hall would hear it, spoken by the server itself.

One sentence after another, each in the zone's languages, with chime, gap and volume. It is put
together from the same words and voices as in the hall, so what is heard here is heard there.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import gevent

from server.kit.contract.screens import ZoneVoice
from server.kit.voice.faults import VoiceFault
from server.kit.voice.render import Clip, Voice
from server.kit.voice.wav import samples_from_wav, silence, wav

LONGEST_S = 120.0
"""Seconds of one sentence; a text of the hall is never so long."""
CHIME_GAP_MS = 250


class Sentence(Protocol):
    """What is said in one language."""

    @property
    def lang(self) -> str:
        """Language."""

    @property
    def pack(self) -> str:
        """Voice pack, empty for the language's default."""

    @property
    def text(self) -> str:
        """Words."""


Phrases = Callable[[str, str, ZoneVoice, Mapping[str, str]], Sequence[Sentence]]
"""(number, counter's name, rules, word orders of packs) → sentences, one for each language."""


class Studio:
    """Speaks on the server, for managers.

    Args:
        voice: its voices.
        phrases: words of a call.
    """

    def __init__(self, voice: Voice, phrases: Phrases) -> None:
        self._voice = voice
        self._phrases = phrases
        self._once = threading.Lock()
        self._begun = False

    def packs(self) -> tuple[str, ...]:
        """Return the names of the voice packs that this server has."""
        return self._voice.state().packs

    def problem(self) -> str:
        """Return why there is no good voice here, in words; empty when all is well."""
        return self._voice.state().problem

    def credits(self) -> tuple[str, ...]:
        """Return who must be named wherever the voice is used."""
        return self._voice.state().credits

    def hear(self, number: str, counter: str, rules: ZoneVoice) -> bytes:
        """Return a call as one WAV, repeated as in a hall where nobody else waits.

        Raises:
            VoiceFault: no language of *rules* can be spoken here, or their volume is nought.
        """
        if rules.volume <= 0:
            raise VoiceFault("silent")
        self._prepare()
        said = self._phrases(number, counter, rules, self._voice.templates())
        gain = rules.volume / 100
        clips: list[Clip] = []
        lacking: VoiceFault | None = None
        for sentence in said:
            try:
                clips.append(
                    self._voice.say(
                        sentence.text, lang=sentence.lang, pack=sentence.pack, gain=gain
                    )
                )
            except VoiceFault as fault:  # a language without a voice is left out, as in the hall
                lacking = fault
        if not clips:
            raise lacking or VoiceFault("missing", "没有能播报的语言")
        whole = array("h")
        if rules.chime:
            whole += _samples(self._voice.chime(gain)) + silence(CHIME_GAP_MS)
        for turn in range(rules.repeat):
            for place, clip in enumerate(clips):
                if turn or place:
                    whole += silence(rules.gap_ms)
                whole += _samples(clip)
        return wav(whole)

    def _prepare(self) -> None:
        # Only where somebody listens: a server without a loudspeaker needs no voice of its own.
        with self._once:
            if not self._begun:
                self._begun = True
                gevent.spawn(self._voice.prepare)


def _samples(clip: Clip) -> array[int]:
    return samples_from_wav(clip.wav, max_seconds=LONGEST_S)
