"""The key of the day for identity cards 实名取号, and the hashes of that day. Both end with it."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.holders import Held
from server.domain.tickets import State
from server.store import tables
from server.store.sql import Sql
from server.store.work import Read, Work

D, H, T, C = tables.identity_day.c, tables.ticket_holder.c, tables.ticket.c, tables.counter.c

_KEY = Sql(sa.select(D.secret).where(D.hall_id == sa.bindparam("h"), D.date == sa.bindparam("d")))
_ADD_KEY = Sql(sa.insert(tables.identity_day), ["hall_id", "date", "secret"])
_DROP_KEYS = Sql(sa.delete(tables.identity_day).where(D.hall_id == sa.bindparam("h")))
_HELD = Sql(
    sa.select(T.number, T.state, T.queue_id, T.series_queue_id, sa.func.coalesce(C.name, ""))
    .select_from(
        tables.ticket_holder.join(tables.ticket, T.id == H.ticket_id).outerjoin(
            tables.counter, C.id == T.counter_id
        )
    )
    .where(
        H.hall_id == sa.bindparam("h"),
        H.date == sa.bindparam("d"),
        H.holder == sa.bindparam("who"),
    )
    .order_by(H.ticket_id)
)
_ADD_HOLDER = Sql(sa.insert(tables.ticket_holder), ["ticket_id", "hall_id", "date", "holder"])
_DROP_HOLDERS = Sql(sa.delete(tables.ticket_holder).where(H.hall_id == sa.bindparam("h")))


def key_of_day(r: Read) -> str | None:
    """Return the key of the business day in hex, None while nobody asked for it or it has ended."""
    found: str | None = r.scalar(_KEY, h=r.hall.id, d=r.hall.date)
    return found


def set_key(w: Work, secret: str) -> None:
    """Keep the key of the business day."""
    w.run(_ADD_KEY, hall_id=w.hall.id, date=w.hall.date, secret=secret)


def held_by(r: Read, holder: str) -> list[Held]:
    """Return what the person of a hash took on the business day, oldest first."""
    return [
        Held(number=number, state=State(state), queue_id=queue, taken_in=taken, counter=counter)
        for number, state, queue, taken, counter in r.all(
            _HELD, h=r.hall.id, d=r.hall.date, who=holder
        )
    ]


def add_holder(w: Work, ticket_id: int, holder: str) -> None:
    """Note who took a ticket, by the hash of the day."""
    w.run(_ADD_HOLDER, ticket_id=ticket_id, hall_id=w.hall.id, date=w.hall.date, holder=holder)


def forget(w: Work) -> None:
    """Delete the hall's key and every hash made with it."""
    w.run(_DROP_KEYS, h=w.hall.id)
    w.run(_DROP_HOLDERS, h=w.hall.id)
