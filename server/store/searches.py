"""Rows of what citizens searched for at kiosks in vain."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from server.store import tables
from server.store.sql import Sql
from server.store.work import Read, Work

S = tables.search_miss.c

_COLUMNS = (S.id, S.text, S.language, S.count, S.first_at, S.last_at, S.settled_at)
_AGAIN = Sql(
    sa.update(tables.search_miss)
    .where(
        S.hall_id == sa.bindparam("h"),
        S.language == sa.bindparam("lang"),
        S.text == sa.bindparam("words"),
    )
    .values(count=S.count + 1, last_at=sa.bindparam("b_at"), settled_at=sa.null())
)
_ADD = Sql(sa.insert(tables.search_miss), ["hall_id", "text", "language", "first_at", "last_at"])
_COUNT = Sql(
    sa.select(sa.func.count()).select_from(tables.search_miss).where(S.hall_id == sa.bindparam("h"))
)
_OPEN = Sql(
    sa.select(*_COLUMNS)
    .where(S.hall_id == sa.bindparam("h"), S.settled_at.is_(None))
    .order_by(S.count.desc(), S.last_at.desc(), S.id)
    .limit(sa.bindparam("most"))
)
_SETTLE = Sql(
    sa.update(tables.search_miss)
    .where(S.hall_id == sa.bindparam("h"), S.id == sa.bindparam("miss_key"))
    .values(settled_at=sa.bindparam("b_at"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """Words that found nothing, and how often."""

    id: int
    text: str
    language: str
    count: int
    first_at: str
    last_at: str
    settled_at: str | None


def add(w: Work, text: str, language: str, *, most: int) -> None:
    """Count a search in vain; with *most* different texts on the list no new one is taken."""
    if w.run(_AGAIN, h=w.hall.id, lang=language, words=text, b_at=w.at):
        return
    if int(w.scalar(_COUNT, h=w.hall.id)) < most:
        w.run(_ADD, hall_id=w.hall.id, text=text, language=language, first_at=w.at, last_at=w.at)


def unsettled(r: Read, *, most: int = 200) -> list[Miss]:
    """Return what nobody has seen to yet, most frequent first."""
    names = [c.name for c in _COLUMNS]
    return [
        Miss(**dict(zip(names, row, strict=True))) for row in r.all(_OPEN, h=r.hall.id, most=most)
    ]


def settle(w: Work, key: int) -> bool:
    """Take a text off the list until it is searched for again; False when there is none."""
    return w.run(_SETTLE, h=w.hall.id, miss_key=key, b_at=w.at) == 1
