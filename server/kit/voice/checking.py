"""Look a voice pack over: what it cannot say, and which recordings are unfit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from server.kit.voice.pack import END, MAX_CLIP, Pack, small
from server.kit.voice.wav import BadSound, is_clipped, level_db, samples_from_wav, seconds, trimmed

MAX_S: Final = 1.2
"""A word lasts no longer; longer clips may have `MAX_SIGN_S` for each sign."""
MAX_SIGN_S: Final = 0.4
LEVELS_DB: Final = (-32.0, -8.0)
"""Outside of these a recording is too soft to be made louder without its noise, or too loud."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `checked` found."""

    missing: tuple[str, ...]
    """What calls of this hall need and the pack cannot say."""
    faults: tuple[str, ...]
    """Recordings that cannot be used or sound broken, in Chinese."""
    hints: tuple[str, ...]
    """What could be better."""

    @property
    def usable(self) -> bool:
        """Whether the pack can say every call of the hall."""
        return not self.missing and not self.faults


def checked(pack: Pack, sentences: Iterable[str]) -> Report:
    """Return what is wrong with *pack* in a hall that says *sentences*."""
    missing = dict.fromkeys(part for s in sentences for part in pack.missing(s))
    faults: list[str] = []
    hints: list[str] = []
    for name, path in pack.clips.items():
        try:
            samples = samples_from_wav(small(path, MAX_CLIP))
        except (BadSound, OSError) as error:
            faults.append(f"{path.name}: {error}")
            continue
        said = trimmed(samples)
        if not said:
            faults.append(f"{path.name}: 没有声音")
            continue
        if is_clipped(samples):
            faults.append(f"{path.name}: 声音过大，已经破音，请离话筒远一点重录")
        level = level_db(samples)
        if not LEVELS_DB[0] <= level <= LEVELS_DB[1]:
            faint = "太轻，请离话筒近一点" if level < LEVELS_DB[0] else "太响，请离话筒远一点"
            hints.append(f"{path.name}: {faint}（{level:.0f} dB）")
        lasts = seconds(said)
        if lasts > max(MAX_S, MAX_SIGN_S * len(name.removesuffix(END))):
            hints.append(f"{path.name}: 有 {lasts:.1f} 秒，读得太慢或前后有杂音")
    return Report(missing=tuple(missing), faults=tuple(faults), hints=tuple(hints))
