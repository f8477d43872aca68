"""Which items 事项 people take numbers for."""

from __future__ import annotations

import sqlalchemy as sa

from server.store import tables
from server.store.sql import Sql
from server.store.work import Read

T, I = tables.ticket.c, tables.item.c  # noqa: E741  columns of two tables

_TAKEN = Sql(
    sa.select(I.code, sa.func.count())
    .select_from(tables.ticket.join(tables.item, I.id == T.item_id))
    .where(
        T.hall_id == sa.bindparam("h"),
        T.date >= sa.bindparam("since"),
        T.date < sa.bindparam("until"),
        I.active,
    )
    .group_by(I.code, I.sort)
    .order_by(sa.func.count().desc(), I.sort)
)


def taken(r: Read, *, since: str, until: str) -> list[tuple[str, int]]:
    """Return (item, tickets) of the dates from *since* to before *until*, most taken first."""
    return [(code, int(n)) for code, n in r.all(_TAKEN, h=r.hall.id, since=since, until=until)]
