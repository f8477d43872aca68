"""What a kiosk must not forget over a power cut: an append-only file, synced at every line.

One line = one record of one take 取号 or reprint 补打:

    crc32 8 hex | space | JSON {"id", "step", "at", ...} | LF

Steps of a record: `intent` → `issued` → `sending` → `outcome` → `done`; a reprint begins at
`issued`. The last line of each id counts. A torn last line (power cut while writing) is a line that
was never written. The file is laid out ahead in zeros, so a take that could note its intent can
always note the rest, whatever the disk says in between.
"""

from __future__ import annotations

import contextlib
import errno
import os
import zlib
from pathlib import Path
from typing import IO

import msgspec

try:
    import fcntl
except ImportError:  # pragma: no cover  Windows: the service manager starts one kiosk only
    fcntl = None  # type: ignore[assignment]  # absent on this platform

CHUNK = 64 * 1024
"""The file grows by so many bytes."""
RESERVE = 16 * 1024
"""So many bytes must be free before a take begins: more than its later lines need."""
LAST_LINE = 256
"""The `done` line is shorter than this."""
MAX_OPEN = 500
"""So many records may wait for their delivery; then no new take begins."""
COMPACT_AT = 256 * 1024
"""Above this the file is written anew with the open records only."""
MAX_LINE = RESERVE // 4


class JournalFull(OSError):  # noqa: N818  names the condition, as OSError's children do
    """Nothing can be noted now; a take must not begin."""


class JournalBusy(RuntimeError):  # noqa: N818  names the condition
    """Another kiosk process uses this journal."""


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of one take or reprint."""

    id: str
    """The touch (UUID), or `job-<n>` for a reprint."""
    step: str
    """`intent`, `issued`, `sending`, `outcome` or `done`."""
    at: float
    """Unix time of the intent: tells after a restart whether the citizen may still stand here."""
    body: dict[str, str] = {}
    """The body of the take."""
    slip: dict[str, object] | None = None
    state: str = ""
    """`printed`, `failed` or `unknown`."""
    fault: str = ""
    job: int | None = None
    result_key: str = ""
    """Key under which the outcome is reported, made once with the outcome."""


class Journal:
    """The open records, on disk and in memory. One process, one greenlet at a time per record.

    Raises:
        JournalBusy: another process holds this file.
        OSError: the folder cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _hold(path.with_suffix(".lock"))
        self._open: dict[str, Record] = {}
        self.damaged = 0
        """Lines that could not be read and were left out, the torn last one not counted."""
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._end = self._read()
        self._laid_out = os.fstat(self._fd).st_size
        with contextlib.suppress(OSError):  # a full disk is told at the next take
            self._compact()

    @property
    def open_records(self) -> tuple[Record, ...]:
        """Records that still need something, oldest first."""
        return tuple(self._open.values())

    def record(self, record_id: str) -> Record | None:
        """Return an open record."""
        return self._open.get(record_id)

    def begin(self, record: Record) -> None:
        """Note the first step of a take or reprint.

        Raises:
            JournalFull: nothing was noted, nothing may begin.
        """
        if len(self._open) >= MAX_OPEN:
            raise JournalFull(errno.ENOSPC, "too many undelivered records")
        if self._end > COMPACT_AT:
            with contextlib.suppress(OSError):
                self._compact()
        try:
            self._reserve()
            self._append(record)
        except OSError as e:
            raise JournalFull(e.errno, e.strerror) from e
        self._open[record.id] = record

    def note(self, record: Record) -> None:
        """Note a later step of an open record; the space for it was kept at `begin`.

        Raises:
            OSError: the disk itself fails; what is in memory stands all the same.
        """
        if record.step == "done":
            self._open.pop(record.id, None)
            record = Record(id=record.id, step="done", at=record.at)
        else:
            self._open[record.id] = record
        self._append(record)

    def close(self) -> None:
        """Give the file free."""
        os.close(self._fd)
        self._lock.close()

    def _append(self, record: Record) -> None:
        line = line_of(record)
        if len(line) > MAX_LINE:
            raise OSError(errno.EFBIG, "record too long")
        # One write at a known place: after a failed or torn one the next lands on the same spot.
        written = os.pwrite(self._fd, line, self._end)
        if written != len(line):
            with contextlib.suppress(OSError):
                os.pwrite(self._fd, bytes(written), self._end)
            raise OSError(errno.ENOSPC, "short write")
        os.fdatasync(self._fd)
        self._end += len(line)
        self._laid_out = max(self._laid_out, self._end)

    def _reserve(self) -> None:
        needed = RESERVE + sum(
            LAST_LINE if r.step == "outcome" else RESERVE for r in self._open.values()
        )
        while self._laid_out - self._end < needed:
            lay_out(self._fd, self._laid_out, CHUNK)
            os.fsync(self._fd)
            self._laid_out += CHUNK

    def _read(self) -> int:
        content = self._path.read_bytes()
        self._open, end, self.damaged = read(content)
        return end

    def _compact(self) -> None:
        fresh = self._path.with_suffix(".new")
        lines = b"".join(line_of(r) for r in self._open.values())
        fd = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            lay_out(fd, 0, len(lines) + CHUNK)
            os.pwrite(fd, lines, 0)
            os.fsync(fd)
            fresh.replace(self._path)
            _sync_folder(self._path.parent)
        except OSError:
            os.close(fd)
            fresh.unlink(missing_ok=True)
            raise
        os.close(self._fd)
        self._fd = fd
        self._end = len(lines)
        self._laid_out = len(lines) + CHUNK


def line_of(record: Record) -> bytes:
    """Return *record* as a line of the file."""
    text = msgspec.json.encode(record)
    return b"%08x %s\n" % (zlib.crc32(text), text)


def read(content: bytes) -> tuple[dict[str, Record], int, int]:
    """Return the open records of a file, where its next line belongs, and how many lines are damaged.

    The last line may be torn: without its LF, or with a wrong sum and nothing but zeros behind.
    """
    records: dict[str, Record] = {}
    position = end = damaged = 0
    pending = 0
    while position < len(content) and content[position] != 0:
        stop = content.find(b"\n", position)
        if stop < 0:
            break
        record = _parsed(content[position:stop])
        position = stop + 1
        if record is None:
            pending += 1
            continue
        damaged += pending
        pending = 0
        end = position
        if record.step == "done":
            records.pop(record.id, None)
        else:
            records[record.id] = record
    return records, end, damaged


def _parsed(line: bytes) -> Record | None:
    head, _, text = line.partition(b" ")
    try:
        if int(head, 16) != zlib.crc32(text):
            return None
        return msgspec.json.decode(text, type=Record)
    except (ValueError, msgspec.DecodeError):
        return None


def lay_out(fd: int, start: int, length: int) -> None:
    """Give the file *length* bytes of zeros from *start*, truly on the disk.

    Raises:
        OSError: there is no room; the file is as it was.
    """
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(fd, start, length)
        else:  # pragma: no cover  Windows, macOS
            os.pwrite(fd, bytes(length), start)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(fd, start)
        raise


def _hold(path: Path) -> IO[bytes]:
    handle = path.open("ab")
    if fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            handle.close()
            msg = f"another kiosk process uses {path.parent}"
            raise JournalBusy(msg) from e
    return handle


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
