"""Screens, voice, media, history of settings, searches in vain, and estimated waits.

Revision ID: 0002
Revises: 0001
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEW_TABLES = (
    "setting_change",
    "media",
    "duty_leader",
    "search_miss",
    "wait_estimate",
    "wait_model",
)
NAMED_IN_ENGLISH = ("hall", "zone", "department", "queue", "item", "counter")


def _id() -> "sa.Column[Any]":
    return sa.Column("id", KEY, primary_key=True, autoincrement=True, nullable=False)


def _hall(*, primary_key: bool = False) -> "sa.Column[Any]":
    return sa.Column(
        "hall_id", KEY, sa.ForeignKey("hall.id"), nullable=False, primary_key=primary_key
    )


def _text(name: str, default: str | None = "", *, primary_key: bool = False) -> "sa.Column[Any]":
    return sa.Column(
        name, sa.Text(), server_default=default, nullable=False, primary_key=primary_key
    )


def _int(name: str, default: int = 0) -> "sa.Column[Any]":
    return sa.Column(name, sa.Integer(), server_default=str(default), nullable=False)


def _zone() -> "sa.Column[Any]":
    return sa.Column("zone_id", KEY, sa.ForeignKey("zone.id"), nullable=True)


def upgrade() -> None:
    for table in NAMED_IN_ENGLISH:
        op.add_column(table, _text("name_en"))
    op.add_column("queue", sa.Column("low_min", sa.Integer(), nullable=True))
    op.add_column("queue", sa.Column("high_min", sa.Integer(), nullable=True))
    op.add_column(
        "queue", sa.Column("rough", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("device", _text("layout", "{}"))
    op.add_column("device", _int("version", 1))
    with op.batch_alter_table("notice") as notice:
        notice.add_column(sa.Column("zone_id", KEY, nullable=True))
        notice.create_foreign_key("fk_notice_zone_id", "zone", ["zone_id"], ["id"])

    op.create_table(
        "setting_change",
        _id(),
        _hall(),
        _text("key", None),
        _int("version", 1),
        sa.Column("was", sa.Text(), nullable=True),
        _text("value", "{}"),
        _text("at", None),
        _text("actor", None),
        _text("reason"),
        sa.UniqueConstraint("hall_id", "key", "version", name="uq_setting_change_hall_id_key_version"),
    )
    op.create_table(
        "media",
        _id(),
        sa.Column("uid", sa.Text(), nullable=False, unique=True),
        _hall(),
        _zone(),
        _text("kind", None),
        _text("title", None),
        _text("text"),
        _text("digest"),
        _text("mime"),
        _int("size"),
        _int("seconds", 12),
        sa.Column("from_at", sa.Text(), nullable=True),
        sa.Column("to_at", sa.Text(), nullable=True),
        _int("sort"),
        _int("version", 1),
        sa.CheckConstraint("kind IN ('picture', 'video', 'honour', 'logo')", name="ck_media_kind"),
    )
    op.create_table(
        "duty_leader",
        _id(),
        _hall(),
        sa.Column("department_id", KEY, sa.ForeignKey("department.id"), nullable=False),
        _text("date", None),
        _text("post", None),
        _text("place"),
        _int("sort"),
    )
    op.create_table(
        "search_miss",
        _id(),
        _hall(),
        _text("text", None),
        _text("language", "zh"),
        _int("count", 1),
        _text("first_at", None),
        _text("last_at", None),
        sa.Column("settled_at", sa.Text(), nullable=True),
        sa.UniqueConstraint("hall_id", "language", "text", name="uq_search_miss_hall_id_language_text"),
    )
    op.create_table(
        "wait_estimate",
        sa.Column("ticket_id", KEY, sa.ForeignKey("ticket.id"), primary_key=True, nullable=False),
        _hall(),
        _text("date", None),
        sa.Column("queue_id", KEY, sa.ForeignKey("queue.id"), nullable=False),
        _text("at", None),
        _int("ahead"),
        _text("method", None),
        sa.Column("low_min", sa.Integer(), nullable=True),
        sa.Column("high_min", sa.Integer(), nullable=True),
        sa.Column("point_s", sa.Integer(), nullable=True),
        sa.Column("outcome_s", sa.Integer(), nullable=True),
        _text("outcome"),
    )
    op.create_index("ix_wait_estimate_date", "wait_estimate", ["hall_id", "date"])
    op.create_table(
        "wait_model",
        _hall(primary_key=True),
        _text("date", None, primary_key=True),
        _text("body", "{}"),
    )


def downgrade() -> None:
    for table in reversed(NEW_TABLES):
        op.drop_table(table)
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint("fk_notice_zone_id", type_="foreignkey")
        notice.drop_column("zone_id")
    for name in ("version", "layout"):
        op.drop_column("device", name)
    for name in ("rough", "high_min", "low_min"):
        op.drop_column("queue", name)
    for table in NAMED_IN_ENGLISH:
        op.drop_column(table, "name_en")
