"""Several sounds as one: the languages of an announcement, with a breath between them."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from server.kit.voice.render import Clip
from server.kit.voice.wav import samples_from_wav, seconds, silence, wav

BETWEEN_LANGUAGES_MS = 350
MAX_SPOKEN_S = 120.0


def joined(clips: Sequence[Clip]) -> Clip:
    """Return *clips* one after the other."""
    out = array("h")
    for clip in clips:
        if out:
            out += silence(BETWEEN_LANGUAGES_MS)
        out += samples_from_wav(clip.wav, max_seconds=MAX_SPOKEN_S)
    engine = "+".join(dict.fromkeys(c.engine for c in clips))
    return Clip(wav=wav(out), seconds=seconds(out), engine=engine)
