"""The paper tray 纸盘: one JSON file for every piece of paper, written before it is confirmed.

    DIR/slip-000001.json, slip-000002.json, …    one `paper.Slip` each

A file appears whole or not at all (written aside, fsync, renamed, directory fsync), so that after
any kill the tray says exactly which slips a citizen could have taken.
"""

import os
from pathlib import Path

import msgspec

from kiosk.printing.model.paper import Slip

_DECODER = msgspec.json.Decoder(Slip)


class Tray:
    """A directory of slips; one model at a time writes into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._last = max((number_of(path) for path in files(folder)), default=0)

    @property
    def last(self) -> int:
        """Number of the newest slip, 0 when the tray is empty."""
        return self._last

    def next_number(self) -> int:
        """Number of the next slip."""
        return self._last + 1

    def keep(self, slip: Slip) -> None:
        """Writes the slip; it is on disk when this returns."""
        path = self.folder / f"slip-{slip.n:06d}.json"
        aside = path.with_suffix(".part")
        with aside.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(slip), indent=1))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._last = slip.n

    def slip(self, n: int) -> Slip | None:
        """One slip, None when there is none of this number."""
        try:
            return _DECODER.decode((self.folder / f"slip-{n:06d}.json").read_bytes())
        except FileNotFoundError:
            return None

    def newest(self, count: int) -> list[Slip]:
        """The last `count` slips, newest first."""
        wanted = range(self._last, max(0, self._last - count), -1)
        return [slip for n in wanted if (slip := self.slip(n)) is not None]


def files(folder: Path) -> list[Path]:
    """The slip files of a tray, oldest first."""
    return sorted(folder.glob("slip-*.json"), key=number_of)


def number_of(path: Path) -> int:
    """The running number in a slip file's name."""
    return int(path.stem.removeprefix("slip-"))


def read_tray(folder: Path) -> list[Slip]:
    """All slips of a tray, oldest first; works with or without a running model."""
    return [_DECODER.decode(path.read_bytes()) for path in files(folder)]
