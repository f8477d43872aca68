"""Bringing a database to the present schema; Alembic's migrations stand in `migrations/`."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from server.store.engine import Database


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade(database: Database) -> None:
    """Bring *database* to the newest schema, wholly or not at all; one at it is left alone."""
    config = _config()
    # Nobody else may begin to upgrade the same file. Foreign keys are off, as SQLite has them for
    # a connection that does not say otherwise: a table is copied and renamed to change it.
    engine = database.engine().execution_options(begin="IMMEDIATE")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(database: Database) -> bool:
    """Say whether *database* has the schema of this code."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with database.engine().connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
