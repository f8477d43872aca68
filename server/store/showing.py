"""Rows of notices, media and the roster of leaders as managers edit them, and items' keywords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from server.kit.contract.screens import DutyLeader
from server.store import tables
from server.store.sql import Sql
from server.store.work import Read, Work

N, M, L, Z, I = (  # noqa: E741  columns of five tables
    tables.notice.c,
    tables.media.c,
    tables.duty_leader.c,
    tables.zone.c,
    tables.item.c,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice 公告 with what an edit needs."""

    id: int
    text: str
    zone: str
    """Code; empty = the whole hall."""
    from_at: str | None
    to_at: str | None
    sort: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A picture, film, honour card or logo with what an edit needs."""

    id: int
    uid: str
    kind: str
    title: str
    text: str
    digest: str
    mime: str
    size: int
    seconds: int
    zone: str
    from_at: str | None
    to_at: str | None
    sort: int
    version: int


_NOTICE = (N.id, N.text, Z.code.label("zone"), N.from_at, N.to_at, N.sort, N.version)
_NOTICE_FROM = tables.notice.outerjoin(tables.zone, Z.id == N.zone_id)
_NOTICES = Sql(
    sa.select(*_NOTICE)
    .select_from(_NOTICE_FROM)
    .where(N.hall_id == sa.bindparam("h"))
    .order_by(N.sort, N.id)
)
_ADD_NOTICE = Sql(
    sa.insert(tables.notice).returning(N.id),
    ["hall_id", "zone_id", "text", "from_at", "to_at", "sort"],
)
_SET_NOTICE = Sql(
    sa.update(tables.notice)
    .where(
        N.hall_id == sa.bindparam("h"),
        N.id == sa.bindparam("notice_key"),
        N.version == sa.bindparam("was"),
    )
    .values(
        zone_id=sa.bindparam("b_zone"),
        text=sa.bindparam("b_text"),
        from_at=sa.bindparam("b_from"),
        to_at=sa.bindparam("b_to"),
        version=N.version + 1,
    )
)
_DROP_NOTICE = Sql(
    sa.delete(tables.notice).where(
        N.hall_id == sa.bindparam("h"),
        N.id == sa.bindparam("notice_key"),
        N.version == sa.bindparam("was"),
    )
)
_SORT_NOTICE = Sql(
    sa.update(tables.notice)
    .where(N.hall_id == sa.bindparam("h"), N.id == sa.bindparam("notice_key"))
    .values(sort=sa.bindparam("b_sort"))
)

_MEDIUM = (
    M.id,
    M.uid,
    M.kind,
    M.title,
    M.text,
    M.digest,
    M.mime,
    M.size,
    M.seconds,
    Z.code.label("zone"),
    M.from_at,
    M.to_at,
    M.sort,
    M.version,
)
_MEDIA = Sql(
    sa.select(*_MEDIUM)
    .select_from(tables.media.outerjoin(tables.zone, Z.id == M.zone_id))
    .where(M.hall_id == sa.bindparam("h"))
    .order_by(M.sort, M.id)
)
_MEDIA_VALUES = (
    "zone_id",
    "title",
    "text",
    "digest",
    "mime",
    "size",
    "seconds",
    "from_at",
    "to_at",
)
_ADD_MEDIUM = Sql(
    sa.insert(tables.media).returning(M.id), ["hall_id", "uid", "kind", "sort", *_MEDIA_VALUES]
)
_SET_MEDIUM = Sql(
    sa.update(tables.media)
    .where(
        M.hall_id == sa.bindparam("h"),
        M.id == sa.bindparam("media_key"),
        M.version == sa.bindparam("was"),
    )
    .values({**{n: sa.bindparam(f"b_{n}") for n in _MEDIA_VALUES}, "version": M.version + 1})
)
_DROP_MEDIUM = Sql(
    sa.delete(tables.media).where(
        M.hall_id == sa.bindparam("h"),
        M.id == sa.bindparam("media_key"),
        M.version == sa.bindparam("was"),
    )
)
_SORT_MEDIUM = Sql(
    sa.update(tables.media)
    .where(M.hall_id == sa.bindparam("h"), M.id == sa.bindparam("media_key"))
    .values(sort=sa.bindparam("b_sort"))
)
_DIGESTS = Sql(sa.select(M.digest).where(M.digest != sa.literal_column("''")).distinct())
"""Of all halls: they share the folder of files."""

_DROP_LEADERS = Sql(
    sa.delete(tables.duty_leader).where(
        L.hall_id == sa.bindparam("h"),
        L.date >= sa.bindparam("first"),
        L.date <= sa.bindparam("last"),
    )
)
_ADD_LEADER = Sql(
    sa.insert(tables.duty_leader), ["hall_id", "department_id", "date", "post", "place", "sort"]
)

_ITEM_VERSION = Sql(
    sa.select(I.version).where(I.hall_id == sa.bindparam("h"), I.id == sa.bindparam("item_key"))
)
_SET_KEYWORDS = Sql(
    sa.update(tables.item)
    .where(
        I.hall_id == sa.bindparam("h"),
        I.id == sa.bindparam("item_key"),
        I.version == sa.bindparam("was"),
    )
    .values(keywords=sa.bindparam("b_keywords"), version=I.version + 1)
)


def notices(r: Read) -> list[Notice]:
    """Return every notice in its order, past and future too."""
    names = [c.name for c in _NOTICE]
    found = [dict(zip(names, row, strict=True)) for row in r.all(_NOTICES, h=r.hall.id)]
    return [Notice(**{**one, "zone": one["zone"] or ""}) for one in found]


def add_notice(
    w: Work, *, text: str, zone_id: int | None, from_at: str | None, to_at: str | None, sort: int
) -> int:
    """Insert a notice and return its id."""
    row = w.one(
        _ADD_NOTICE,
        hall_id=w.hall.id,
        zone_id=zone_id,
        text=text,
        from_at=from_at,
        to_at=to_at,
        sort=sort,
    )
    assert row is not None
    return int(row[0])


def set_notice(
    w: Work,
    key: int,
    *,
    text: str,
    zone_id: int | None,
    from_at: str | None,
    to_at: str | None,
    was: int,
) -> bool:
    """Change a notice; False when it is no longer at version *was*."""
    return (
        w.run(
            _SET_NOTICE,
            h=w.hall.id,
            notice_key=key,
            was=was,
            b_zone=zone_id,
            b_text=text,
            b_from=from_at,
            b_to=to_at,
        )
        == 1
    )


def drop_notice(w: Work, key: int, *, was: int) -> bool:
    """Delete a notice; False when it is no longer at version *was*."""
    return w.run(_DROP_NOTICE, h=w.hall.id, notice_key=key, was=was) == 1


def sort_notices(w: Work, keys: Sequence[int]) -> None:
    """Put notices into the order of *keys*."""
    for n, key in enumerate(keys):
        w.run(_SORT_NOTICE, h=w.hall.id, notice_key=key, b_sort=n)


def media(r: Read) -> list[Medium]:
    """Return every medium in its order, past and future too."""
    names = [c.name for c in _MEDIUM]
    found = [dict(zip(names, row, strict=True)) for row in r.all(_MEDIA, h=r.hall.id)]
    return [Medium(**{**one, "zone": one["zone"] or ""}) for one in found]


def add_medium(w: Work, one: Medium, *, zone_id: int | None) -> int:
    """Insert a medium and return its id; `id`, `zone` and `version` of *one* do not count."""
    row = w.one(
        _ADD_MEDIUM,
        hall_id=w.hall.id,
        uid=one.uid,
        kind=one.kind,
        sort=one.sort,
        **_medium_values(one, zone_id),
    )
    assert row is not None
    return int(row[0])


def set_medium(w: Work, one: Medium, *, zone_id: int | None, was: int) -> bool:
    """Change a medium; False when it is no longer at version *was*."""
    values = {f"b_{k}": v for k, v in _medium_values(one, zone_id).items()}
    return w.run(_SET_MEDIUM, h=w.hall.id, media_key=one.id, was=was, **values) == 1


def _medium_values(one: Medium, zone_id: int | None) -> dict[str, object]:
    return {
        "zone_id": zone_id,
        "title": one.title,
        "text": one.text,
        "digest": one.digest,
        "mime": one.mime,
        "size": one.size,
        "seconds": one.seconds,
        "from_at": one.from_at,
        "to_at": one.to_at,
    }


def drop_medium(w: Work, key: int, *, was: int) -> bool:
    """Delete a medium; False when it is no longer at version *was*."""
    return w.run(_DROP_MEDIUM, h=w.hall.id, media_key=key, was=was) == 1


def sort_media(w: Work, keys: Sequence[int]) -> None:
    """Put media into the order of *keys*."""
    for n, key in enumerate(keys):
        w.run(_SORT_MEDIUM, h=w.hall.id, media_key=key, b_sort=n)


def digests(r: Read) -> set[str]:
    """Return the names of all files that any hall of this database shows."""
    return {row[0] for row in r.all(_DIGESTS)}


def set_leaders(w: Work, first: str, last: str, rows: Sequence[DutyLeader]) -> None:
    """Replace the roster from *first* to *last*, both included."""
    departments = {d.code: d.id for d in w.config.departments}
    w.run(_DROP_LEADERS, h=w.hall.id, first=first, last=last)
    for n, row in enumerate(rows):
        w.run(
            _ADD_LEADER,
            hall_id=w.hall.id,
            department_id=departments[row.department],
            date=row.date,
            post=row.post,
            place=row.place,
            sort=n,
        )


def item_version(r: Read, item_id: int) -> int:
    """Return the version of an item."""
    return int(r.scalar(_ITEM_VERSION, h=r.hall.id, item_key=item_id))


def set_keywords(w: Work, item_id: int, keywords: Sequence[str], *, was: int) -> bool:
    """Store how people call an item; False when it is no longer at version *was*."""
    text = msgspec.json.encode(list(keywords)).decode()
    return w.run(_SET_KEYWORDS, h=w.hall.id, item_key=item_id, was=was, b_keywords=text) == 1
