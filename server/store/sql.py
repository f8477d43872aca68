"""Statements written in SQLAlchemy Core, compiled once for each database, run on the driver.

Compiling a statement on every call costs five times what running it does; see
docs/performance.md. A `Sql` is made at import and keeps its text for each dialect.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg

Row = tuple[Any, ...]
Params = Mapping[str, object]

_DIALECTS: dict[str, sa.Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": psycopg.dialect(),  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy
}


class Cursor(Protocol):
    """What is used of a DB-API cursor."""

    @property
    def rowcount(self) -> int:
        """How many rows a change met."""

    def fetchone(self) -> Any:
        """Return the next row or None."""

    def fetchall(self) -> list[Any]:
        """Return all rows that remain."""


class Sql:
    """One statement, ready for both databases.

    Args:
        statement: a Core statement; parameters are `sa.bindparam(name)` or literal values.
        keys: for an insert without `values`, the columns that are given.
    """

    __slots__ = ("_keys", "_statement", "_texts")

    def __init__(self, statement: sa.ClauseElement, keys: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._keys = keys
        self._texts: dict[str, tuple[str, dict[str, object]]] = {}

    def on(self, dialect: str) -> tuple[str, dict[str, object]]:
        """Return the text for *dialect* and the literal parameters it carries."""
        found = self._texts.get(dialect)
        if found is None:
            compiled = self._statement.compile(
                dialect=_DIALECTS[dialect],
                column_keys=self._keys,
                compile_kwargs={"render_postcompile": True},
            )
            fixed = {k: v for k, v in compiled.params.items() if v is not None}
            found = self._texts[dialect] = (str(compiled), fixed)
        return found


class Link:
    """A driver's connection that runs `Sql` statements; one thread or greenlet at a time."""

    __slots__ = ("dialect", "driver")

    def __init__(self, driver: Any, dialect: str) -> None:
        self.driver = driver
        self.dialect = dialect

    def execute(self, sql: Sql, params: Params) -> Cursor:
        """Run *sql*; parameters that the statement carries itself need not be given."""
        text, fixed = sql.on(self.dialect)
        cursor: Cursor = self.driver.execute(text, {**fixed, **params} if fixed else params)
        return cursor

    def executemany(self, sql: Sql, rows: Iterable[Params]) -> None:
        """Run *sql* once for each of *rows*."""
        text, fixed = sql.on(self.dialect)
        cursor = self.driver.cursor()
        cursor.executemany(text, [{**fixed, **r} for r in rows])

    def command(self, text: str) -> None:
        """Run a transaction command such as `COMMIT`."""
        self.driver.execute(text)


def sqlite_link(path: str, *, read_only: bool = False) -> Link:
    """Open *path* with the settings every connection of ours has.

    WAL so that readers never wait for the writer; `synchronous=FULL` so that a committed number
    survives a power cut; a short busy time-out, because waiting in C stops every greenlet.
    """
    uri = f"file:{path}?mode=ro" if read_only else f"file:{path}"
    driver = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    driver.execute("PRAGMA busy_timeout = 1000")
    driver.execute("PRAGMA foreign_keys = ON")
    if read_only:
        driver.execute("PRAGMA query_only = ON")
    else:
        driver.execute("PRAGMA journal_mode = WAL")
        driver.execute("PRAGMA synchronous = FULL")
        # What is deleted is overwritten: the key of a day must not lie in free pages.
        driver.execute("PRAGMA secure_delete = ON")
    driver.execute("PRAGMA cache_size = -16000")
    return Link(driver, "sqlite")
