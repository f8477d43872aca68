"""How much paper is left on the roll 纸卷, by estimate: what was printed since staff put a new one in.

Nobody has to say so: a printer whose sensor said 缺纸 and then was content has got a new roll. Until
a roll was begun in either way there is no estimate, since a half-used one may stand in the printer.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

LOW_MM = 3000
"""With less than three metres left staff are told; some forty slips. It prints on."""
KEEP_EVERY_MM = 300
"""The state file is written after so much paper: every few slips, so that a power cut costs no more."""
MOST_MM = 1_000_000
"""A roll is never longer than a kilometre; a file that says so is not believed."""

log = structlog.get_logger(__name__)


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    began_at: str
    used_mm: float


class Roll:
    """The roll in the printer.

    Args:
        path: the state file, `roll.json`; replaced whole, never changed in place.
        full_mm: length of a full roll, `paper.roll_m` of the profile.
        at: the moment now, UTC, as text.
    """

    def __init__(self, path: Path, *, full_mm: int, at: Callable[[], str]) -> None:
        self._path = path
        self._at = at
        self.full_mm = full_mm
        kept = _read(path)
        self._began_at = "" if kept is None else kept.began_at
        self._used_mm = 0.0 if kept is None else kept.used_mm
        self._kept_mm = self._used_mm
        self._seen_mm = 0.0
        self._was_out = False

    @property
    def began_at(self) -> str:
        """When this roll was put in, UTC; empty when nobody knows."""
        return self._began_at

    @property
    def left_mm(self) -> int:
        """Millimetres left, 0 when more was printed than a roll has; -1 = there is no estimate."""
        return max(0, round(self.full_mm - self._used_mm)) if self._began_at else -1

    @property
    def low(self) -> bool:
        """Whether staff should have the next roll ready."""
        return 0 <= self.left_mm < LOW_MM

    def look(self, *, fed_mm: float, out: bool) -> None:
        """Take what the printer says; called again and again.

        Args:
            fed_mm: paper used since the process began.
            out: whether the sensor says that there is no paper.
        """
        self._used_mm += max(0.0, fed_mm - self._seen_mm)
        self._seen_mm = fed_mm
        if self._was_out and not out:
            self.new()
        elif self._used_mm - self._kept_mm >= KEEP_EVERY_MM:
            self.keep()
        self._was_out = out

    def new(self) -> None:
        """A full roll has been put in."""
        log.info("roll.new", used_mm=round(self._used_mm) if self._began_at else None)
        self._began_at, self._used_mm = self._at(), 0.0
        self.keep()

    def keep(self) -> None:
        """Write the state; a disk that does not take it costs the estimate, nothing else."""
        if not self._began_at:
            return
        self._kept_mm = self._used_mm
        part = self._path.with_suffix(".part")
        try:
            kept = _Kept(began_at=self._began_at, used_mm=round(self._used_mm, 1))
            part.write_bytes(msgspec.json.encode(kept))
            part.replace(self._path)
        except OSError as problem:
            log.warning("roll.not_kept", reason=str(problem))


def _read(path: Path) -> _Kept | None:
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return kept if 0 <= kept.used_mm <= MOST_MM else None
