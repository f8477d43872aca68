"""The fallback engine: espeak-ng, a process of its own for each sentence.

Its Mandarin gets pinyin, never hanzi: espeak-ng 1.51 reads several hanzi as English words and the
wrong reading of others (its issues 1236, 1028, 1370). The voice `cmn-latn-pinyin+f2` with a wide
range of pitch keeps the tones apart (measured: 46 of 46 against 2 of 18 without).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from server.kit.voice import pinyin
from server.kit.voice.faults import VoiceFault
from server.kit.voice.wav import BadSound, samples_from_raw

PROGRAM: Final = "espeak-ng"
TIMEOUT_S: Final = 5.0
"""A sentence takes 30 ms; whoever waits longer than this waits for something that hangs."""
MAX_SIGNS: Final = 2000
_MANDARIN: Final = ("-v", "cmn-latn-pinyin+f2", "-m", "-s", "120", "-a", "62")
_ENGLISH_VOICE: Final = ("-v", "en-us+f2", "-s", "130", "-a", "74")
"""Voice, speed, and the amplitude that brings it to the loudness of the clips (measured)."""
_PINYIN: Final = re.compile(r"[a-z1-5 ,.]+")
_ENGLISH: Final = re.compile(r"[^A-Za-z0-9 ,.;:!?'()%-]+")


class Espeak:
    """espeak-ng on this machine."""

    def __init__(self, program: str = PROGRAM, timeout_s: float = TIMEOUT_S) -> None:
        self._program = program
        self._timeout_s = timeout_s

    @property
    def installed(self) -> bool:
        """Whether there is such a program; asked anew each time, so that installing it helps."""
        return shutil.which(self._program) is not None

    def mandarin(self, text: str) -> array[int]:
        """Return Chinese *text* spoken from its pinyin.

        Raises:
            VoiceFault: `text`, `no_engine`, `timeout` or `failed`.
        """
        try:
            syllables = pinyin.written(pinyin.sounds(text))
        except pinyin.Unreadable as sign:
            raise VoiceFault("text", f"不会读 {sign}") from sign
        if not _PINYIN.fullmatch(syllables):
            raise VoiceFault("text")
        markup = f'<speak><prosody range="x-high">{syllables}</prosody></speak>'
        return self._speak(_MANDARIN, markup)

    def english(self, text: str) -> array[int]:
        """Return English *text* spoken; signs of other scripts are silent.

        Raises:
            VoiceFault: as above.
        """
        plain = _ENGLISH.sub(" ", text).strip()
        if not re.search(r"[A-Za-z0-9]", plain):
            raise VoiceFault("text")
        return self._speak(_ENGLISH_VOICE, plain)

    def _speak(self, options: Sequence[str], text: str) -> array[int]:
        if len(text) > MAX_SIGNS:
            raise VoiceFault("text", f"多于 {MAX_SIGNS} 个字符")
        # The text goes in by the standard input: nothing in it can become an option.
        command = [
            self._program,
            *options,
            "-b",
            "1",
            "-z",
            "--stdin",
            "--stdout",
        ]
        try:
            done = subprocess.run(
                command, input=text.encode(), capture_output=True, check=False,
                timeout=self._timeout_s, cwd=Path("/"),
            )  # fmt: skip
        except FileNotFoundError as error:
            raise VoiceFault("no_engine") from error
        except subprocess.TimeoutExpired as error:
            raise VoiceFault("timeout", self._program) from error
        except OSError as error:
            raise VoiceFault("failed", f"{self._program}: {error}") from error
        if done.returncode:
            words = done.stderr.decode(errors="replace").strip()[:200]
            raise VoiceFault("failed", f"{self._program}: {words or done.returncode}")
        return _streamed(done.stdout)


def _streamed(content: bytes) -> array[int]:
    """Return the samples of a WAV written to a pipe: its header cannot know the length."""
    begin = content.find(b"data", 12)
    if content[:4] != b"RIFF" or begin < 0 or len(content) < 44:
        raise VoiceFault("failed", PROGRAM)
    rate = int.from_bytes(content[24:28], "little")
    channels = int.from_bytes(content[22:24], "little")
    width = int.from_bytes(content[34:36], "little")
    if channels != 1 or width != 16 or not 8000 <= rate <= 96000:
        raise VoiceFault("failed", f"{PROGRAM}: {rate} Hz")
    try:
        return samples_from_raw(content[begin + 8 :], rate=rate)
    except BadSound as error:
        raise VoiceFault("failed", PROGRAM) from error
