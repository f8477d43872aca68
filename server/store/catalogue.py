"""Changes to what managers set: disclosures, settings, the hall's address, the business day."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from server.kit.contract.views import DisclosureView
from server.store import tables
from server.store.sql import Sql
from server.store.work import Read, Work

R, I, B, X = (  # noqa: E741  columns of four tables
    tables.disclosure_revision.c,
    tables.item.c,
    tables.business_day.c,
    tables.setting.c,
)

_LAST_REVISION = Sql(
    sa.select(sa.func.coalesce(sa.func.max(R.revision), 0)).where(
        R.item_id == sa.bindparam("item_key")
    )
)
_ADD_REVISION = Sql(
    sa.insert(tables.disclosure_revision),
    ["item_id", "revision", "body", "digest", "approved_by", "published_at"],
)
_SET_REVISION = Sql(
    sa.update(tables.item)
    .where(I.id == sa.bindparam("item_key"), I.current_revision == sa.bindparam("was"))
    .values(current_revision=sa.bindparam("b_revision"), version=I.version + 1)
)
_REVISION = Sql(
    sa.select(R.body).where(R.item_id == sa.bindparam("item_key"), R.revision == sa.bindparam("n"))
)
_SET_URL = Sql(
    sa.update(tables.hall)
    .where(tables.hall.c.id == sa.bindparam("hall_key"))
    .values(public_url=sa.bindparam("b_url"))
)
_DAY = Sql(sa.select(B.state).where(B.hall_id == sa.bindparam("h"), B.date == sa.bindparam("d")))
_ADD_DAY = Sql(sa.insert(tables.business_day), ["hall_id", "date", "state", "opened_at"])
_DAY = Sql(
    sa.select(tables.business_day.c.state).where(
        tables.business_day.c.hall_id == sa.bindparam("h"),
        tables.business_day.c.date == sa.bindparam("d"),
    )
)
_SET_DAY = Sql(
    sa.update(tables.business_day)
    .where(B.hall_id == sa.bindparam("h"), B.date == sa.bindparam("d"))
    .values(
        state=sa.bindparam("b_state"),
        closed_at=sa.bindparam("b_closed"),
        closing_reason=sa.bindparam("b_reason"),
        expired=B.expired + sa.bindparam("b_expired"),
    )
)
_SETTING = Sql(
    sa.select(X.version).where(X.hall_id == sa.bindparam("h"), X.key == sa.bindparam("name"))
)
_ADD_SETTING = Sql(sa.insert(tables.setting), ["hall_id", "key", "value"])
_SET_SETTING = Sql(
    sa.update(tables.setting)
    .where(X.hall_id == sa.bindparam("h"), X.key == sa.bindparam("name"))
    .values(value=sa.bindparam("b_value"), version=X.version + 1)
)


def last_revision(r: Read, item_id: int) -> int:
    """Return the highest revision of an item, 0 when it has none."""
    return int(r.scalar(_LAST_REVISION, item_key=item_id))


def add_revision(
    w: Work, item_id: int, body: DisclosureView, *, digest: str, approved_by: str, was: int
) -> bool:
    """Store a revision and put it in force; False when the item is no longer at *was*."""
    w.run(
        _ADD_REVISION,
        item_id=item_id,
        revision=body.revision,
        body=msgspec.json.encode(body).decode(),
        digest=digest,
        approved_by=approved_by,
        published_at=w.at,
    )
    return w.run(_SET_REVISION, item_key=item_id, was=was, b_revision=body.revision) == 1


def revision(r: Read, item_id: int, number: int) -> DisclosureView | None:
    """Return the disclosures of an item in one revision."""
    body = r.scalar(_REVISION, item_key=item_id, n=number)
    return None if body is None else msgspec.json.decode(body, type=DisclosureView)


def set_public_url(w: Work, url: str) -> None:
    """Store the address that phones reach."""
    w.run(_SET_URL, hall_key=w.hall.id, b_url=url)
    w.changed_hall(public_url=url)


def day_state(r: Read, date: str) -> str | None:
    """Return the state of a business day, None when it never opened."""
    state: str | None = r.scalar(_DAY, h=r.hall.id, d=date)
    return state


def add_day(w: Work, date: str) -> None:
    """Insert a business day, open."""
    w.run(_ADD_DAY, hall_id=w.hall.id, date=date, state="open", opened_at=w.at)


def is_day(r: Read, date: str) -> bool:
    """Return whether there has been a business day of this date."""
    return r.one(_DAY, h=r.hall.id, d=date) is not None


def set_day(
    w: Work, date: str, state: str, *, closed_at: str | None, reason: str, expired: int
) -> None:
    """Change a business day; *expired* is added to its count."""
    w.run(
        _SET_DAY,
        h=w.hall.id,
        d=date,
        b_state=state,
        b_closed=closed_at,
        b_reason=reason,
        b_expired=expired,
    )


def set_setting(w: Work, key: str, value: object) -> None:
    """Store a setting; the caller says `changed_config`."""
    text = msgspec.json.encode(value).decode()
    if w.one(_SETTING, h=w.hall.id, name=key) is None:
        w.run(_ADD_SETTING, hall_id=w.hall.id, key=key, value=text)
    else:
        w.run(_SET_SETTING, h=w.hall.id, name=key, b_value=text)
