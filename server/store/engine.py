"""The store: opening a database, running commands, reading.

A command runs in its own savepoint. On SQLite many waiting commands share one commit
(`Database.run_together`): a refusal rolls back its own savepoint, a failed commit fails them all,
and nobody is answered before the commit. On PostgreSQL each command has its own transaction under
the lock of the hall's row.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar, cast

import sqlalchemy as sa

from server.kit.contract.reasons import Refused
from server.store.hallconfig import ConfigCache
from server.store.sql import Link, sqlite_link
from server.store.work import Actor, HallState, Read, Work, load_hall, write_hall

T = TypeVar("T")

BUSY_TRIES = 5
"""So often a group is tried again when another process holds the file."""


class Job(Generic[T]):
    """One command that waits to be run, and afterwards its value or its error."""

    __slots__ = ("actor", "done", "error", "fn", "hall", "last_seq", "value")

    def __init__(self, hall: str, actor: Actor, fn: Callable[[Work], T]) -> None:
        self.hall = hall
        self.actor = actor
        self.fn = fn
        self.value: T | None = None
        self.error: BaseException | None = None
        self.last_seq = 0
        """Sequence after this command; 0 when it published nothing."""
        self.done: Callable[[], None] = _nothing

    def result(self) -> T:
        """Return the value, or raise what the command raised."""
        if self.error is not None:
            raise self.error
        return cast("T", self.value)


def _nothing() -> None:
    return None


class Runner(Protocol):
    """Runs commands; `server/runtime.py` supplies the one with the native writer thread."""

    def run(self, hall: str, actor: Actor, fn: Callable[[Work], T]) -> T:
        """Run *fn* on *hall* and return its value once it is durable."""


def new_uid() -> str:
    """Return 22 random URL-safe characters (128 bits); a command line takes none for an option."""
    while (uid := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return uid


class Database:
    """One SQLite file or PostgreSQL database.

    Args:
        url: `sqlite:///PATH` or `postgresql+psycopg://…`.
        clock: returns now, aware.
    """

    def __init__(self, url: str, *, clock: Callable[[], datetime]) -> None:
        self.url = sa.make_url(url)
        self.clock = clock
        self.configs = ConfigCache()
        self.dialect = "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        self._reader: Link | None = None
        self._file: tuple[int, int] | None = None
        self._engine = None if self.dialect == "sqlite" else _engine(self.url)

    @property
    def is_sqlite(self) -> bool:
        """True for the embedded database."""
        return self.dialect == "sqlite"

    def writer(self) -> Link:
        """Open a SQLite connection that may write; the caller keeps it to one thread."""
        link = sqlite_link(str(self.url.database))
        self._file = _file_at(self.url.database)
        return link

    @property
    def in_place(self) -> bool:
        """False when the SQLite file was removed or replaced while it is open here.

        What is written then goes into a file that has no name any more and ends with the process.
        """
        return self._file is None or self._file == _file_at(self.url.database)

    def read(self, hall: str, fn: Callable[[Read], T]) -> T:
        """Return *fn* of one consistent snapshot of *hall*; it never waits for a writer.

        Raises:
            Refused: `not_found` for an unknown hall.
        """
        return self._read_sqlite(hall, fn) if self.is_sqlite else self._read_postgres(hall, fn)

    def _read_sqlite(self, hall: str, fn: Callable[[Read], T]) -> T:
        # One connection serves every greenlet: a question does not yield, so none is under way
        # when the next begins. A native thread that reads needs a Database of its own.
        if self._reader is None:
            self._reader = sqlite_link(str(self.url.database), read_only=True)
        link = self._reader
        link.command("BEGIN")
        try:
            return fn(Read(link, load_hall(link, hall), self.clock(), self.configs))
        finally:
            link.command("ROLLBACK")

    def _read_postgres(self, hall: str, fn: Callable[[Read], T]) -> T:
        try:
            return self._read_once(hall, fn)
        except Exception as error:
            if not self._forgot_dead(error):
                raise
        try:
            return self._read_once(hall, fn)
        except Exception as error:
            told = in_words(error)
            if told is error:
                raise
            raise told from error

    def _forgot_dead(self, error: Exception) -> bool:
        """Say whether *error* is a lost connection; the others of the pool are then let go, too.

        After a restart of the database all are dead, and each would cost somebody an answer.
        """
        assert self._engine is not None
        lost = _is_driver_down(error) or isinstance(error, sa.exc.OperationalError)
        if lost:
            self._engine.dispose()
        return lost

    def _read_once(self, hall: str, fn: Callable[[Read], T]) -> T:
        with _Pooled(self._engine) as link:
            link.command("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return fn(Read(link, load_hall(link, hall), self.clock(), self.configs))

    def run_alone(self, job: Job[Any]) -> None:
        """Run one command in its own PostgreSQL transaction, under the hall's lock."""
        try:
            with _Pooled(self._engine) as link:
                state = load_hall(link, job.hall, lock=True)
                work = self._work(link, state, job)
                value = job.fn(work)
                work.write_events()
                if work.hall != state:
                    write_hall(link, work.hall)
                link.driver.commit()
                job.value = value
                job.last_seq = work.hall.event_seq if work.published else 0
        except sa.exc.TimeoutError as error:
            job.error = Refused("busy")
            job.error.__cause__ = error
        except Exception as error:
            self._forgot_dead(error)
            job.error = in_words(error)

    def run_together(self, link: Link, jobs: Sequence[Job[Any]]) -> None:
        """Run *jobs* in order in one SQLite transaction and commit once.

        Every job has its value or error afterwards. A job that raises undoes only itself. When
        the transaction itself is lost (disk full, I/O error) every job of the group fails with a
        refusal that invites the same key again, and nothing of it is stored.
        """
        try:
            if not self.in_place:
                msg = f"{self.url.database} was removed or replaced: start the server again"
                raise sqlite3.OperationalError(msg)
            _begin(link)
        except sqlite3.Error as error:
            _fail(jobs, error)
            return
        states: dict[str, HallState] = {}
        loaded: dict[str, HallState] = {}
        for job in jobs:
            try:
                if job.hall not in states:
                    states[job.hall] = loaded[job.hall] = load_hall(link, job.hall)
                link.command("SAVEPOINT one")
                work = self._work(link, states[job.hall], job)
                job.value = job.fn(work)
                work.write_events()
                link.command("RELEASE one")
                states[job.hall] = work.hall
                job.last_seq = work.hall.event_seq if work.published else 0
            except Exception as error:
                job.error = in_words(error)
                if not link.driver.in_transaction:
                    _fail(jobs, error)
                    return
                if job.hall in states:
                    link.command("ROLLBACK TO one")
                    link.command("RELEASE one")
        try:
            for code, state in states.items():
                if state != loaded[code]:
                    write_hall(link, state)
            link.command("COMMIT")
        except sqlite3.Error as error:
            if link.driver.in_transaction:
                link.command("ROLLBACK")
            _fail(jobs, error)

    def _work(self, link: Link, state: HallState, job: Job[Any]) -> Work:
        return Work(link, state, self.clock(), self.configs, actor=job.actor, new_uid=new_uid)

    def halls(self) -> list[str]:
        """Return the codes of all halls."""
        with self.engine().connect() as connection:
            return [c for (c,) in connection.execute(sa.text("SELECT code FROM hall ORDER BY id"))]

    def engine(self) -> sa.Engine:
        """Return an SQLAlchemy engine for migrations and seeding."""
        return self._engine if self._engine is not None else _engine(self.url)

    def close(self) -> None:
        """Close what is open."""
        if self._reader is not None:
            self._reader.driver.close()
            self._reader = None
        if self._engine is not None:
            self._engine.dispose()


class DirectRunner:
    """Runs each command in the calling thread: for command lines and tests."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._link: Link | None = None

    def run(self, hall: str, actor: Actor, fn: Callable[[Work], T]) -> T:
        """Run *fn* on *hall*; see `Runner`."""
        job: Job[T] = Job(hall, actor, fn)
        if not self._database.is_sqlite:
            self._database.run_alone(job)
            return job.result()
        with self._lock:
            if self._link is None:
                self._link = self._database.writer()
            self._database.run_together(self._link, [job])
        return job.result()

    def close(self) -> None:
        """Close the connection that writes; the last one leaves a SQLite file without a WAL."""
        if self._link is not None:
            self._link.driver.close()
            self._link = None


class _Pooled:
    """A PostgreSQL connection from the pool, rolled back and returned when the block ends."""

    def __init__(self, engine: sa.Engine | None) -> None:
        assert engine is not None
        self._engine = engine
        self._connection: Any = None

    def __enter__(self) -> Link:
        self._connection = self._engine.raw_connection()
        return Link(self._connection.driver_connection, "postgresql")

    def __exit__(self, *_: object) -> None:
        # The pool rolls back what was not committed and throws away broken connections.
        self._connection.close()


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        return _whole(sa.create_engine(url))
    return sa.create_engine(url, pool_size=16, max_overflow=8, pool_timeout=5, pool_pre_ping=False)


def _whole(engine: sa.Engine) -> sa.Engine:
    """Have transactions of *engine* hold statements that change the schema, too.

    Python's driver begins none before them: a process killed in the middle of a migration left half
    a schema behind, at which every later start failed.
    """

    @sa.event.listens_for(engine, "connect")
    def leave_transactions_to_us(driver: Any, _: object) -> None:
        driver.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        kind = connection.get_execution_options().get("begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {kind}")

    return engine


def _file_at(path: str | None) -> tuple[int, int] | None:
    try:
        found = os.stat(path or "")  # noqa: PTH116  called before every commit
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


def _begin(link: Link) -> None:
    for attempt in range(BUSY_TRIES):
        try:
            link.command("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            if attempt == BUSY_TRIES - 1:
                raise
        else:
            return


def in_words(error: Exception) -> Exception:
    """Return a failure of the store as the refusal a person is told; any other error as it is."""
    if isinstance(error, sqlite3.Error | sa.exc.OperationalError) or _is_driver_down(error):
        refusal = Refused("storage_full" if _is_full(error) else "busy")
        refusal.__cause__ = error
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            return error
        return refusal
    return error


FULL = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,  # a limit on the size of files: EFBIG, EDQUOT
    sqlite3.SQLITE_IOERR_SHMSIZE,  # no room for the index of the write-ahead log
}
"""SQLite's codes for a disk that takes no more."""


def _is_full(error: BaseException) -> bool:
    cause = getattr(error, "orig", None) or error  # SQLAlchemy wraps the driver's own
    return (
        getattr(cause, "sqlite_errorcode", None) in FULL
        or getattr(cause, "sqlstate", None) == "53100"  # disk_full
        or "full" in str(cause)
    )


def _is_driver_down(error: Exception) -> bool:
    return type(error).__module__.startswith("psycopg") and type(error).__name__ in {
        "OperationalError",
        "AdminShutdown",
        "CrashShutdown",
        "CannotConnectNow",
        "IdleInTransactionSessionTimeout",
        "DiskFull",
        "DeadlockDetected",
        "SerializationFailure",
    }


def _fail(jobs: Sequence[Job[Any]], error: Exception) -> None:
    for job in jobs:
        job.value = None
        job.last_seq = 0
        job.error = in_words(error)
