"""Bringing a database to the present schema, whatever happens on the way."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.store import migrate
from server.store.engine import Database
from tests.support.hall import ROOT

DIES = """
import os, signal, sys
from datetime import UTC, datetime
import sqlalchemy as sa
from server.store import migrate
from server.store.engine import Database

left = int(sys.argv[2])

@sa.event.listens_for(sa.Engine, "after_cursor_execute")
def count(connection, cursor, statement, *_):
    global left
    if statement.lstrip().upper().startswith("CREATE TABLE"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

migrate.upgrade(Database("sqlite:///" + sys.argv[1], clock=lambda: datetime.now(UTC)))
"""


@pytest.mark.parametrize("table", [1, 2, 7, 20])
def test_an_upgrade_that_is_killed_leaves_nothing_behind(tmp_path: Path, table: int) -> None:
    path = tmp_path / "hall.db"

    killed = subprocess.run(
        [sys.executable, "-c", DIES, str(path), str(table)], cwd=ROOT, check=False
    )

    assert killed.returncode == -signal.SIGKILL
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    database = Database(f"sqlite:///{path}", clock=lambda: datetime.now(UTC))
    migrate.upgrade(database)
    assert migrate.is_current(database)
