"""Slips that staff asked a kiosk to print again 补打."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from server.store import tables
from server.store.sql import Sql
from server.store.work import Read

P, T = tables.print_job.c, tables.ticket.c
WITHIN = 5000
"""So many of the newest prints are looked through: some days of a busy hall."""

_newest = sa.select(sa.func.max(tables.print_job.alias("newest").c.id)).scalar_subquery()
_REPRINTS = Sql(
    sa.select(P.device_id, P.ticket_id, T.number, P.state, P.fault, P.requested_by, P.reason, P.at)
    .select_from(tables.print_job.join(tables.ticket, T.id == P.ticket_id))
    .where(
        P.id > _newest - sa.bindparam("within"),
        P.kind == "reprint",
        T.hall_id == sa.bindparam("h"),
    )
    .order_by(P.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprint:
    """One slip that was asked for again."""

    device_id: int
    ticket: str
    """Number."""
    nth: int
    """n of 补打 n, counted within the newest prints."""
    state: str
    """`requested`, `printed`, `failed` or `unknown`."""
    fault: str
    by: str
    """uid of who asked."""
    reason: str
    at: str


def reprints(r: Read) -> list[Reprint]:
    """Return the newest reprints of all kiosks, oldest first."""
    counted: dict[int, int] = {}
    found: list[Reprint] = []
    for device, ticket, number, state, fault, by, reason, at in r.all(
        _REPRINTS, h=r.hall.id, within=WITHIN
    ):
        counted[ticket] = counted.get(ticket, 0) + 1
        found.append(
            Reprint(
                device_id=device,
                ticket=number,
                nth=counted[ticket],
                state=state,
                fault=fault,
                by=by,
                reason=reason,
                at=at,
            )
        )
    return found
