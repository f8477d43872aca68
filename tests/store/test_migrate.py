"""Bringing a database to the present schema, whatever happens on the way."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command

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


@pytest.mark.parametrize("table", [1, 2, 7, 20, 30])
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


def test_a_hall_of_the_first_schema_is_carried_over_whole(tmp_path: Path) -> None:
    path = tmp_path / "hall.db"
    database = Database(f"sqlite:///{path}", clock=lambda: datetime.now(UTC))
    with database.engine().begin() as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with sqlite3.connect(path) as old:
        old.executescript(
            """
            INSERT INTO hall (id, code, name) VALUES (1, 'yongde', '永德县政务服务中心');
            INSERT INTO notice (hall_id, text, sort) VALUES (1, '今日停电', 3);
            INSERT INTO device (uid, hall_id, kind, name, token_hash, enrolled_at)
            VALUES ('u1', 1, 'display', '一楼大屏', 'h', '2026-11-23T01:00:00.000Z');
            """
        )
    old.close()
    before = migrate.is_current(database)

    migrate.upgrade(database)

    assert not before
    assert migrate.is_current(database)
    with sqlite3.connect(path) as now:
        assert now.execute("SELECT text, sort, zone_id FROM notice").fetchall() == [
            ("今日停电", 3, None)
        ]
        assert now.execute("SELECT name, layout, version FROM device").fetchall() == [
            ("一楼大屏", "{}", 1)
        ]
        assert now.execute("PRAGMA foreign_key_check").fetchall() == []
    now.close()
