"""Files of the 宣传 region beside the data: `media/<sha256>`, written whole or not at all.

A file is named by its content and never changes, so screens may keep it for ever. What arrives is
written to `media/<random>.part` first; a power cut leaves at most such a part, swept at the start.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

NAME = re.compile(r"[0-9a-f]{64}")
"""A file's name: its SHA-256."""
LEFT_FOR_THE_HALL = 256 * 1024 * 1024
"""Bytes that stay free on the disk: the hall's own records matter more than any film."""


class DiskFullError(OSError):
    """There is no room for the file; nothing of it is kept."""


class Arriving:
    """A file that is being written; used as a context, it leaves nothing behind unless kept."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._path = folder / f"{secrets.token_hex(8)}.part"
        self._hash = hashlib.sha256()
        self._kept = False
        self.size = 0
        self.too_large = False
        """True once more than the limit arrived; the rest was not written."""
        self.begun = False
        """True once somebody writes into it."""
        self.file: BinaryIO = self._path.open("x+b")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):
            self.file.close()
        if not self._kept:
            with contextlib.suppress(OSError):
                self._path.unlink()

    def write(self, data: bytes) -> int:
        """Append *data*; past the limit it is dropped and remembered as too large.

        Raises:
            DiskFullError: the disk has no room.
        """
        self.size += len(data)
        if self.size > self._limit:
            self.too_large = True
            return len(data)
        try:
            self.file.write(data)
        except OSError as error:
            raise DiskFullError(*error.args) from error
        self._hash.update(data)
        return len(data)

    def seek(self, position: int, whence: int = 0) -> int:
        """Go to a place in the file."""
        return self.file.seek(position, whence)

    def read(self, size: int = -1) -> bytes:
        """Return bytes from that place."""
        return self.file.read(size)

    def close(self) -> None:
        """Do nothing: leaving the context closes the file, after it was looked at."""

    @property
    def digest(self) -> str:
        """SHA-256 of what arrived, in hexadecimal."""
        return self._hash.hexdigest()

    def settle(self) -> None:
        """Bring what arrived to the disk for good; may be called in a native thread.

        Raises:
            DiskFullError: the disk has no room.
        """
        try:
            self.file.flush()
            os.fsync(self.file.fileno())
        except OSError as error:
            raise DiskFullError(*error.args) from error

    def keep(self) -> str:
        """Give the file its name and return it; one that is there already stays as it is."""
        self.file.close()
        target = self._folder / self.digest
        self._path.replace(target)
        self._kept = True
        return self.digest


class MediaFiles:
    """The folder of media files of one hall's server."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "media"

    def arriving(self, limit: int, expected: int = 0) -> Arriving:
        """Return a file to write into, of at most *limit* bytes.

        Args:
            limit: bytes.
            expected: bytes that are announced.

        Raises:
            DiskFullError: the disk has not that much room beside what the hall itself needs.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            free = shutil.disk_usage(self.folder).free
        except OSError as error:
            raise DiskFullError(*error.args) from error
        if free < expected + LEFT_FOR_THE_HALL:
            raise DiskFullError
        try:
            return Arriving(self.folder, limit)
        except OSError as error:
            raise DiskFullError(*error.args) from error

    def path(self, digest: str) -> Path | None:
        """Return the path of a file that is there; None for any other name."""
        if not NAME.fullmatch(digest):
            return None
        path = self.folder / digest
        return path if path.is_file() else None

    def remove(self, digest: str) -> None:
        """Delete a file that nothing shows any more."""
        if NAME.fullmatch(digest):
            with contextlib.suppress(OSError):
                (self.folder / digest).unlink()

    def sweep(self, used: Iterable[str]) -> int:
        """At start: delete parts and files that nothing shows; return how many."""
        keep = set(used)
        swept = 0
        for path in self._all():
            if path.name not in keep:
                with contextlib.suppress(OSError):
                    path.unlink()
                    swept += 1
        return swept

    def _all(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from (
                p for p in self.folder.iterdir() if NAME.fullmatch(p.name) or p.suffix == ".part"
            )
