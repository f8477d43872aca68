"""What an agent keeps on its disk: who it is, the last board, the catalogue.

Files are replaced, never changed in place: after a power cut the old or the new one is there whole.
"""

from __future__ import annotations

import logging
import os
import time
import typing
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from server.kit.contract.board import Board
from server.kit.contract.moments import instant, moment
from server.kit.contract.screens import DeviceSetup
from server.kit.contract.views import Catalogue

_log = logging.getLogger("hall.link")

T = TypeVar("T", bound=msgspec.Struct)


KEEP_S = 1.0
"""The board is written to disk at most this often."""

KEEP_QUIET_S = 30.0
"""A board that does not change is written this often, for the time it was last true."""


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """Who this device is. The token is its password: the file has mode 0600."""

    device: str
    """Uid."""
    token: str
    kind: str
    zone: str
    hall: str


class _KeptBoard(msgspec.Struct, frozen=True, kw_only=True):
    at: str
    board: Board


class Keeping:
    """Files in *folder*: `device.json`, `board.json`, `catalogue.json`, `setup.json`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def device(self) -> Enrolled | None:
        """Return who this device is, None before it was enrolled."""
        return self._load("device.json", Enrolled)

    def try_out(self) -> None:
        """Write a file and take it away again; a one-time token is spent only where one can be kept.

        Raises:
            OSError: nothing can be written here.
        """
        self._store("device.try", bytes(4096), private=True)
        (self._folder / "device.try").unlink()

    def keep_device(self, answer: Mapping[str, object]) -> Enrolled:
        """Keep the answer of the enrolment; raises `msgspec.ValidationError` when it is none."""
        device = msgspec.convert(answer, Enrolled)
        self._store("device.json", msgspec.json.encode(device), private=True)
        return device

    def board(self) -> tuple[Board, datetime] | None:
        """Return the last board and when it was true."""
        kept = self._load("board.json", _KeptBoard)
        if kept is None:
            return None
        try:
            return (kept.board, instant(kept.at))
        except ValueError as problem:
            _log.warning("board.json cannot be read and is ignored: %s", problem)
            return None

    def keep_board(self, board: Board, at: datetime) -> None:
        """Keep *board*, true at *at*."""
        kept = _KeptBoard(at=moment(at), board=board)
        self._try("board.json", msgspec.json.encode(kept), sync=False)

    def catalogue(self) -> Catalogue | None:
        """Return the last catalogue."""
        return self._load("catalogue.json", Catalogue)

    def keep_catalogue(self, catalogue: Catalogue) -> None:
        """Keep *catalogue*."""
        self._try("catalogue.json", msgspec.json.encode(catalogue))

    def setup(self) -> DeviceSetup | None:
        """Return what this device was last told to be."""
        return self._load("setup.json", DeviceSetup)

    def keep_setup(self, setup: DeviceSetup) -> None:
        """Keep *setup*."""
        self._try("setup.json", msgspec.json.encode(setup))

    def _load(self, name: str, kind: type[T]) -> T | None:
        try:
            return msgspec.convert(
                known_fields(msgspec.json.decode((self._folder / name).read_bytes()), kind), kind
            )
        except FileNotFoundError:
            return None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OSError) as problem:
            _log.warning("%s cannot be read and is ignored: %s", name, problem)
            return None

    def _try(self, name: str, data: bytes, *, sync: bool = True) -> None:
        """Store what can be had again; with a full disk the screen goes on from memory."""
        try:
            self._store(name, data, sync=sync)
        except OSError as problem:
            _log.warning("%s cannot be kept: %s", name, problem)

    def _store(self, name: str, data: bytes, *, private: bool = False, sync: bool = True) -> None:
        path = self._folder / name
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        descriptor = os.open(
            part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644
        )
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
        if sync:
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


class BoardShelf:
    """Decides when the board is written: soon after a change, and now and then for its time."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._kept_at = time.monotonic()
        self._changed = False

    @property
    def due_at(self) -> float:
        """When the board is to be written next, by the monotonic clock."""
        return self._kept_at + (KEEP_S if self._changed else KEEP_QUIET_S)

    def changed(self) -> None:
        """Note that what stands on the disk is no longer the truth."""
        self._changed = True

    def keep_if_due(self, board: Board | None, at: datetime | None) -> None:
        """Write *board*, true at *at*, if it is time."""
        if time.monotonic() >= self.due_at:
            self.keep(board, at)

    def keep(self, board: Board | None, at: datetime | None) -> None:
        """Write *board* now."""
        self._changed = False
        self._kept_at = time.monotonic()
        if board is not None and at is not None:
            self._keeping.keep_board(board, at)


def known_fields(data: Any, kind: Any) -> Any:
    """Return *data* without the fields that *kind* (a Struct, or tuples and options of it) lacks.

    The contract's views forbid unknown fields when they are written; a reader skips those of a
    newer server.
    """
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        if not isinstance(data, dict):
            return data
        hints = get_type_hints(kind)
        return {k: known_fields(v, hints[k]) for k, v in data.items() if k in hints}
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple and inner and isinstance(data, list):
        return [known_fields(v, inner[0]) for v in data]
    if origin in {UnionType, typing.Union} and data is not None:
        return known_fields(data, next(k for k in inner if k is not type(None)))
    return data
