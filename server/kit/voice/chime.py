"""The chime 提示音 before an announcement: two soft bells, E5 then C5, made here, free of rights."""

from __future__ import annotations

import math
from array import array
from functools import lru_cache
from typing import Final

from server.kit.voice.wav import RATE, louder, silence

TONES: Final = ((659.26, 0.0), (523.25, 0.42))
"""Hertz and the second at which it is struck."""
LASTS_S: Final = 1.15
AFTER_MS: Final = 150
"""Silence between the chime and the first word."""
_PARTIALS: Final = ((1.0, 1.0, 3.2), (2.0, 0.28, 5.5), (3.01, 0.12, 8.0))
"""Multiple of the tone, strength, how fast it dies away (per second)."""


def chime(gain: float = 1.0) -> array[int]:
    """Return the chime, followed by the silence before the first word; the caller may add to it."""
    return louder(array("h", _chime()), gain)


@lru_cache(maxsize=1)
def _chime() -> array[int]:
    length = round(LASTS_S * RATE)
    out = [0.0] * length
    for hertz, begins_s in TONES:
        begin = round(begins_s * RATE)
        for multiple, strength, decay in _PARTIALS:
            turn = 2 * math.pi * hertz * multiple / RATE
            for i in range(length - begin):
                t = i / RATE
                struck = min(1.0, t / 0.006)
                out[begin + i] += strength * struck * math.exp(-decay * t) * math.sin(turn * i)
    ending = round(0.12 * RATE)
    for i in range(ending):
        out[-1 - i] *= i / ending
    peak = max(abs(v) for v in out)
    return array("h", [round(v / peak * 11000) for v in out]) + silence(AFTER_MS)
