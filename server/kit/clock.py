"""The clock: the one place where a process learns what time it is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

CLOCK_FILE = "HALL_CLOCK_FILE"
"""Environment variable naming the file of a shifted clock; for rehearsals and tests only."""

LOOK_AGAIN_S = 0.2
"""How old the offset of a shifted clock may be, in seconds of the real clock."""


class Clock(Protocol):
    """Tells the time; always aware and in UTC."""

    def now(self) -> datetime:
        """Return the time."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """Return the computer's time in UTC."""
        return datetime.fromtimestamp(time.time(), UTC)


class ShiftedClock:
    """The computer's clock, moved by as many seconds as a file says.

    The file holds one decimal number, e.g. `86400` for this time tomorrow; a missing or empty file
    means no shift. It is looked at again every `LOOK_AGAIN_S`, so several processes move together
    when it is written. Time runs at its ordinary pace.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._shift = timedelta(0)
        self._look_at = 0.0

    def now(self) -> datetime:
        """Return the shifted time in UTC; raises `ValueError` when the file holds no number."""
        at = time.monotonic()
        if at >= self._look_at:
            self._shift = _shift(self._path)
            self._look_at = at + LOOK_AGAIN_S
        return datetime.fromtimestamp(time.time(), UTC) + self._shift


def clock_from(environ: Mapping[str, str]) -> Clock:
    """Return the clock that *environ* asks for: shifted by `HALL_CLOCK_FILE`, else the computer's."""
    path = environ.get(CLOCK_FILE, "")
    return ShiftedClock(Path(path)) if path else SystemClock()


def _shift(path: Path) -> timedelta:
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return timedelta(0)
    return timedelta(seconds=float(text)) if text else timedelta(0)
