"""The default voice pack for tests: built once from gcin-voice, then kept for the builder's digest."""

from __future__ import annotations

import hashlib
import math
import struct
import wave
from array import array
from collections.abc import Sequence
from pathlib import Path

from server.kit.voice import build, wav
from server.kit.voice.wav import FULL, RATE

ROOT = Path(__file__).resolve().parents[2]


def default_voices() -> Path:
    """Return a folder that holds the whole default pack as `gcin`; ten seconds the first time."""
    digest = hashlib.sha256()
    for module in (build, wav):
        digest.update(Path(str(module.__file__)).read_bytes())
    folder = ROOT / ".pytest_cache" / f"voice-{digest.hexdigest()[:16]}"
    build.build(folder / build.NAME)
    return folder


def tone(hertz: float = 220, seconds: float = 0.3, peak: int = 8000, rate: int = RATE) -> bytes:
    """Return a WAV with one tone."""
    samples = [
        round(peak * math.sin(2 * math.pi * hertz * i / rate)) for i in range(round(seconds * rate))
    ]
    return recording(samples, rate=rate)


def recording(samples: Sequence[int], *, rate: int = RATE, channels: int = 1) -> bytes:
    """Return samples as a WAV as a telephone or a recorder writes it."""
    import io

    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return held.getvalue()


def recorded_pack(folder: Path, clips: Sequence[str], info: str = "", content: bytes = b"") -> Path:
    """Make a pack of *clips* in *folder*, each a tone of its own; return the folder."""
    (folder / "clips").mkdir(parents=True)
    text = info or f'{{"name": "{folder.name}", "license": "own"}}'
    (folder / "pack.json").write_text(text, encoding="utf-8")
    for number, name in enumerate(clips):
        (folder / "clips" / f"{name}.wav").write_bytes(content or tone(200 + 20 * number))
    return folder


def pitch(samples: array[int]) -> list[float]:
    """Return the pitch of the voiced part in Hz, one value each 10 ms, by autocorrelation."""
    step, window = RATE // 100, RATE // 33
    loudest = max(wav.loudness(samples))
    out: list[float] = []
    for begin in range(0, len(samples) - 2 * window, step):
        frame = samples[begin : begin + window]
        power = sum(s * s for s in frame)
        if power / window < loudest / 30:
            continue
        likeness: dict[int, float] = {}
        for shift in range(RATE // 450, RATE // 110):
            other = samples[begin + shift : begin + shift + window]
            total = sum(a * b for a, b in zip(frame, other, strict=True))
            likeness[shift] = total / (math.sqrt(power * sum(s * s for s in other)) or 1.0)
        best = max(likeness.values())
        if best > 0.6:
            # The shortest one that is nearly as good, at its top: not an octave too low.
            lag = next(k for k, v in likeness.items() if v > 0.9 * best)
            while likeness.get(lag + 1, 0) > likeness[lag]:
                lag += 1
            out.append(RATE / lag)
    return out


def is_clean(samples: array[int]) -> bool:
    """Return whether nothing touches full scale."""
    return max(map(abs, samples)) < FULL
