"""Rows of what staff ask of devices from afar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from server.store import tables
from server.store.sql import Sql
from server.store.work import Read, Work

A, D, P = tables.device_ask.c, tables.device.c, tables.person.c
LIVES = timedelta(minutes=5)
"""A wish that the device has not begun for so long is not carried out any more."""
OPEN = ("asked", "begun")
"""States in which something may still come of an ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One wish, and what became of it."""

    id: int
    uid: str
    device_id: int
    what: str
    part: str
    """Key of the part that is meant; empty = the device itself."""
    asked_by: str
    """uid of the person."""
    asked_at: str
    state: str
    """`asked`, `begun`, `done` or `failed`."""
    detail: str
    """Code of what came of it, as the device said."""
    answered_at: str | None


_COLUMNS = (
    A.id,
    A.uid,
    A.device_id,
    A.what,
    A.part,
    A.asked_by,
    A.asked_at,
    A.state,
    A.detail,
    A.answered_at,
)
_NAMES = tuple(c.name for c in _COLUMNS)
_ADD = Sql(
    sa.insert(tables.device_ask).returning(A.id),
    ["uid", "device_id", "what", "part", "asked_by", "asked_at"],
)
_BY_UID = Sql(sa.select(*_COLUMNS).where(A.uid == sa.bindparam("ask_uid")))
_OPEN_OF = Sql(
    sa.select(*_COLUMNS)
    .where(
        A.device_id == sa.bindparam("dev"),
        sa.or_(
            sa.and_(A.state == "asked", A.asked_at >= sa.bindparam("since")),
            sa.and_(A.state == "begun", A.asked_at >= sa.bindparam("begun_since")),
        ),
    )
    .order_by(A.id)
)
_NEWEST_OF = Sql(
    sa.select(*_COLUMNS, P.label)
    .select_from(tables.device_ask.outerjoin(tables.person, P.uid == A.asked_by))
    .where(A.device_id == sa.bindparam("dev"))
    .order_by(A.id.desc())
    .limit(sa.bindparam("most"))
)
_SET = Sql(
    sa.update(tables.device_ask)
    .where(A.id == sa.bindparam("ask_key"), sa.or_(*(A.state == s for s in OPEN)))
    .values(
        state=sa.bindparam("b_state"),
        detail=sa.bindparam("b_detail"),
        answered_at=sa.bindparam("b_at"),
    )
)


def _ask(row: tuple[object, ...]) -> Ask:
    return Ask(**dict(zip(_NAMES, row, strict=False)))  # type: ignore[arg-type]  # columns of the table


def add(w: Work, *, uid: str, device_id: int, what: str, part: str, asked_by: str) -> None:
    """Record a wish."""
    w.one(
        _ADD,
        uid=uid,
        device_id=device_id,
        what=what,
        part=part,
        asked_by=asked_by,
        asked_at=w.at,
    )


def by_uid(r: Read, uid: str) -> Ask | None:
    """Return a wish, of whatever device."""
    row = r.one(_BY_UID, ask_uid=uid)
    return None if row is None else _ask(row)


def open_of(r: Read, device_id: int, *, since: str, begun_since: str) -> list[Ask]:
    """Return the wishes that a device has yet to do, or has begun and not finished, oldest first.

    Args:
        r: the question.
        device_id: the device.
        since: one that was not begun and is older is over.
        begun_since: one that was begun and is older is over too.
    """
    return [
        _ask(row) for row in r.all(_OPEN_OF, dev=device_id, since=since, begun_since=begun_since)
    ]


def newest_of(r: Read, device_id: int, *, most: int) -> list[tuple[Ask, str]]:
    """Return the newest wishes to a device with the work number of who asked, newest first."""
    return [(_ask(row), str(row[-1] or "")) for row in r.all(_NEWEST_OF, dev=device_id, most=most)]


def set_state(w: Work, ask: Ask, *, state: str, detail: str) -> bool:
    """Record what became of a wish; False when that was known already."""
    return w.run(_SET, ask_key=ask.id, b_state=state, b_detail=detail, b_at=w.at) == 1
