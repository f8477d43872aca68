"""Sound as samples: read and write WAV, resample, trim, level. Standard library only.

Inside, sound is an `array("h")`: 16 bit signed samples, one channel, `RATE` per second. 22 050 Hz
is what espeak-ng speaks, and half of what recordings have: nothing is resampled while a call waits.
"""

from __future__ import annotations

import io
import math
import sys
import wave
from array import array
from functools import lru_cache
from operator import mul
from typing import Final

RATE: Final = 22050
FULL: Final = 32767
FRAME: Final = RATE // 100
"""Samples in 10 ms: the step in which loudness is looked at."""

LEVEL_DB: Final = -20.0
"""Loudness of the spoken frames of a clip, dB below full scale."""
TRIM_DB: Final = -38.0
"""What is softer than this, measured from the loudest frame, is silence around a clip."""
PEAK: Final = 29204
"""Highest sample after levelling: 1 dB below full scale, so that nothing clips."""

MAX_SECONDS: Final = 10.0
"""A longer recording is no clip of a voice pack."""


class BadSound(ValueError):  # noqa: N818  it states what the bytes are
    """These bytes are no sound that can be used; the words say why, in Chinese."""


def silence(ms: float) -> array[int]:
    """Return *ms* milliseconds of nothing."""
    return array("h", bytes(2 * round(RATE * ms / 1000)))


def seconds(samples: array[int]) -> float:
    """Return how long *samples* last."""
    return len(samples) / RATE


def wav(samples: array[int]) -> bytes:
    """Return *samples* as a WAV file: RIFF header 44 bytes | samples little-endian."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(_little(samples).tobytes())
    return held.getvalue()


def samples_from_wav(content: bytes, *, max_seconds: float = MAX_SECONDS) -> array[int]:
    """Return the sound in a WAV file: 16 bit, 8–96 kHz, one or two channels.

    Raises:
        BadSound: it is none of these, is torn, empty or longer than *max_seconds*.
    """
    try:
        with wave.open(io.BytesIO(content)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            frames = file.getnframes()
            if width != 2:
                raise BadSound(f"要 16 位的 WAV，这个是 {8 * width} 位")
            if channels not in (1, 2):
                raise BadSound(f"要单声道或双声道，这个有 {channels} 个声道")
            if not 8000 <= rate <= 96000:
                raise BadSound(f"采样率 {rate} 不能用，请用 22050 到 48000")
            if frames > max_seconds * rate:
                raise BadSound(f"太长: {frames / rate:.1f} 秒")
            raw = file.readframes(frames)
    except (wave.Error, EOFError) as error:
        raise BadSound(f"不是完整的 16 位 WAV 文件: {error}") from error
    return samples_from_raw(raw, channels=channels, rate=rate)


def samples_from_raw(raw: bytes, *, channels: int = 1, rate: int = RATE) -> array[int]:
    """Return 16 bit little-endian samples as sound; two channels become one.

    Raises:
        BadSound: there is none.
    """
    held = array("h", raw[: len(raw) // (2 * channels) * 2 * channels])
    samples = _little(held)
    if channels == 2:
        samples = array(
            "h", [(a + b) >> 1 for a, b in zip(samples[::2], samples[1::2], strict=True)]
        )
    if not samples:
        raise BadSound("没有声音")
    return samples if rate == RATE else resampled(samples, rate)


def resampled(samples: array[int], rate: int) -> array[int]:
    """Return *samples* of *rate* at `RATE`, by a windowed sinc; 30 ms of work for half a second."""
    step = rate / RATE
    phases, reach = _kernel(rate)
    held = array("h", bytes(2 * reach)) + samples + array("h", bytes(2 * (reach + 1)))
    out = array("h")
    for i in range(int(len(samples) / step)):
        at = i * step
        whole = int(at)
        phase = phases[int((at - whole) * len(phases))]
        value = int(sum(map(mul, held[whole + 1 : whole + 1 + 2 * reach], phase)))
        out.append(max(-FULL, min(FULL, value)))
    return out


@lru_cache(maxsize=8)
def _kernel(rate: int) -> tuple[list[list[float]], int]:
    """Return the weights for 64 positions between two samples, and how far they reach."""
    cut = min(1.0, RATE / rate) * 0.95
    reach = math.ceil(8 / cut)
    phases: list[list[float]] = []
    for p in range(64):
        offset = (p + 0.5) / 64
        row = []
        for k in range(1 - reach, reach + 1):
            x = k - offset
            hann = 0.5 + 0.5 * math.cos(math.pi * x / (reach + 1))
            angle = math.pi * x * cut
            row.append(cut * hann * (math.sin(angle) / angle if angle else 1.0))
        total = sum(row)
        phases.append([w / total for w in row])
    return phases, reach


def loudness(samples: array[int]) -> list[float]:
    """Return the mean square of each 10 ms."""
    return [
        sum(map(mul, frame, frame)) / FRAME
        for frame in (samples[i : i + FRAME] for i in range(0, len(samples), FRAME))
    ]


def level_db(samples: array[int]) -> float:
    """Return the loudness of the spoken frames, dB below full scale; -99 for silence.

    Spoken are the frames within 25 dB of the loudest.
    """
    frames = loudness(samples)
    loudest = max(frames, default=0.0)
    if loudest < 1:
        return -99.0
    spoken = [f for f in frames if f > loudest * 10**-2.5]
    return 10 * math.log10(sum(spoken) / len(spoken) / FULL**2)


def is_clipped(samples: array[int]) -> bool:
    """Return whether the sound ran into full scale: three samples in a row at the limit."""
    run = 0
    for s in samples:
        run = run + 1 if s >= FULL or s <= -FULL else 0
        if run == 3:
            return True
    return False


def trimmed(samples: array[int]) -> array[int]:
    """Return *samples* without the silence around them, its ends faded over 4 ms."""
    frames = loudness(samples)
    floor = max(frames, default=0.0) * 10 ** (TRIM_DB / 10)
    loud = [i for i, f in enumerate(frames) if f > floor]
    if not loud:
        return array("h")
    return faded(samples[loud[0] * FRAME : (loud[-1] + 1) * FRAME])


def faded(samples: array[int], ms: float = 4) -> array[int]:
    """Return *samples* that begin and end softly, so that joints do not click."""
    out = array("h", samples)
    reach = min(round(RATE * ms / 1000), len(out) // 2)
    for i in range(reach):
        out[i] = out[i] * i // reach
        out[-1 - i] = out[-1 - i] * i // reach
    return out


def levelled(samples: array[int]) -> array[int]:
    """Return *samples* at `LEVEL_DB`, or as near as the highest sample allows."""
    peak = max((abs(s) for s in samples), default=0)
    if not peak:
        return samples
    return louder(samples, min(10 ** ((LEVEL_DB - level_db(samples)) / 20), PEAK / peak))


def louder(samples: array[int], gain: float) -> array[int]:
    """Return *samples* times *gain*, held within full scale; 6 ms of work for five seconds."""
    if gain == 1.0:
        return samples
    g = round(gain * 4096)
    if gain < 1:
        return array("h", [(s * g) >> 12 for s in samples])
    return array("h", [max(-FULL, min(FULL, (s * g) >> 12)) for s in samples])


def _little(samples: array[int]) -> array[int]:
    if sys.byteorder == "big":
        samples = array("h", samples)
        samples.byteswap()
    return samples
