"""What screens show beside the calls: notices 公告, media 宣传, leaders on duty 坐班领导."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from server.kit.contract.screens import DutyLeader, Media, Post
from server.store import tables
from server.store.sql import Sql

N, M, L, Z, D = (
    tables.notice.c,
    tables.media.c,
    tables.duty_leader.c,
    tables.zone.c,
    tables.department.c,
)

_POSTS = Sql(
    sa.select(N.text, Z.code, N.from_at, N.to_at)
    .select_from(tables.notice.outerjoin(tables.zone, Z.id == N.zone_id))
    .where(N.hall_id == sa.bindparam("hall_id"))
    .order_by(N.sort, N.id)
)
_MEDIA = Sql(
    sa.select(
        M.uid,
        M.kind,
        M.title,
        M.text,
        M.digest,
        M.mime,
        M.size,
        M.seconds,
        Z.code,
        M.from_at,
        M.to_at,
    )
    .select_from(tables.media.outerjoin(tables.zone, Z.id == M.zone_id))
    .where(M.hall_id == sa.bindparam("hall_id"))
    .order_by(M.sort, M.id)
)
_MEDIA_FIELDS = (
    "uid",
    "kind",
    "title",
    "text",
    "digest",
    "mime",
    "size",
    "seconds",
    "zone",
    "from_at",
    "to_at",
)
_LEADERS = Sql(
    sa.select(L.date, D.code, L.post, L.place)
    .select_from(tables.duty_leader.join(tables.department, D.id == L.department_id))
    .where(L.hall_id == sa.bindparam("hall_id"))
    .order_by(L.date, L.sort, L.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All of it, past and future too: a screen shows what is in force at its moment."""

    posts: tuple[Post, ...] = ()
    media: tuple[Media, ...] = ()
    leaders: tuple[DutyLeader, ...] = ()

    @property
    def lasting(self) -> tuple[str, ...]:
        """Notices that stand always and everywhere."""
        return tuple(p.text for p in self.posts if not (p.zone or p.from_at or p.to_at))


def shown(rows: Callable[[Sql], list[Any]]) -> Shown:
    """Return what *rows*, a question about one hall, finds."""
    return Shown(
        posts=tuple(
            Post(text=text, zone=zone or "", from_at=from_at, to_at=to_at)
            for text, zone, from_at, to_at in rows(_POSTS)
        ),
        media=tuple(
            Media(**{k: v for k, v in zip(_MEDIA_FIELDS, row, strict=True) if v is not None})
            for row in rows(_MEDIA)
        ),
        leaders=tuple(
            DutyLeader(date=date, department=code, post=post, place=place)
            for date, code, post, place in rows(_LEADERS)
        ),
    )
