"""What staff ask of devices, and identity cards 实名取号 without identities.

Revision ID: 0003
Revises: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str, default: str | None = "", *, primary_key: bool = False) -> "sa.Column[Any]":
    return sa.Column(
        name, sa.Text(), server_default=default, nullable=False, primary_key=primary_key
    )


def upgrade() -> None:
    op.create_table(
        "device_ask",
        sa.Column("id", KEY, primary_key=True, autoincrement=True, nullable=False),
        sa.Column("uid", sa.Text(), nullable=False, unique=True),
        sa.Column("device_id", KEY, sa.ForeignKey("device.id"), nullable=False),
        _text("what", None),
        _text("part"),
        _text("asked_by", None),
        _text("asked_at", None),
        _text("state", "asked"),
        _text("detail"),
        sa.Column("answered_at", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'begun', 'done', 'failed')", name="ck_device_ask_state"
        ),
    )
    op.create_table(
        "identity_day",
        sa.Column("hall_id", KEY, sa.ForeignKey("hall.id"), nullable=False, primary_key=True),
        _text("date", None, primary_key=True),
        _text("secret", None),
    )
    op.create_table(
        "ticket_holder",
        sa.Column("ticket_id", KEY, sa.ForeignKey("ticket.id"), primary_key=True, nullable=False),
        sa.Column("hall_id", KEY, sa.ForeignKey("hall.id"), nullable=False),
        _text("date", None),
        _text("holder", None),
    )
    op.create_index("ix_ticket_holder", "ticket_holder", ["hall_id", "date", "holder"])


def downgrade() -> None:
    op.drop_table("ticket_holder")
    op.drop_table("identity_day")
    op.drop_table("device_ask")
