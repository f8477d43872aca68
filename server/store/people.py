"""Rows of staff, their roles, sessions and sign-ins."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from server.domain.people import Role, Staff
from server.store import tables
from server.store.sql import Row, Sql
from server.store.work import Read, Work

P, G, S = tables.person.c, tables.role_grant.c, tables.session.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a sign-in needs to know of a person."""

    id: int
    uid: str
    login: str
    label: str
    password_hash: str
    must_change: bool
    active: bool
    failures: int
    locked_until: str | None


_COLUMNS = (
    P.id,
    P.uid,
    P.login,
    P.label,
    P.password_hash,
    P.must_change,
    P.active,
    P.failures,
    P.locked_until,
)
_BY_LOGIN = Sql(
    sa.select(*_COLUMNS).where(P.hall_id == sa.bindparam("h"), P.login == sa.bindparam("name"))
)
_BY_ID = Sql(sa.select(*_COLUMNS).where(P.id == sa.bindparam("person_key")))
_ALL = Sql(sa.select(*_COLUMNS).where(P.hall_id == sa.bindparam("h")).order_by(P.id))
_BY_SESSION = Sql(
    sa.select(*_COLUMNS, S.seen_at, S.expires_at)
    .select_from(tables.session.join(tables.person))
    .where(
        S.token_hash == sa.bindparam("tok"),
        S.revoked_at.is_(None),
        S.expires_at > sa.bindparam("now"),
        P.hall_id == sa.bindparam("h"),
        P.active,
    )
)
_ROLES = Sql(
    sa.select(G.role, G.department_code)
    .where(G.person_id == sa.bindparam("person_key"))
    .order_by(G.role, G.department_code)
)
_INSERT = Sql(
    sa.insert(tables.person).returning(P.id),
    ["uid", "hall_id", "login", "label", "password_hash", "must_change", "created_at"],
)
_GRANT = Sql(sa.insert(tables.role_grant), ["person_id", "role", "department_code"])
_SET_PASSWORD = Sql(
    sa.update(tables.person)
    .where(P.id == sa.bindparam("person_key"))
    .values(
        password_hash=sa.bindparam("b_hash"),
        must_change=sa.bindparam("b_must"),
        failures=0,
        locked_until=sa.null(),
    )
)
_SET_FAILURES = Sql(
    sa.update(tables.person)
    .where(P.id == sa.bindparam("person_key"))
    .values(failures=sa.bindparam("b_failures"), locked_until=sa.bindparam("b_until"))
)
_ADD_SESSION = Sql(
    sa.insert(tables.session), ["token_hash", "person_id", "created_at", "seen_at", "expires_at"]
)
_TOUCH_SESSION = Sql(
    sa.update(tables.session)
    .where(S.token_hash == sa.bindparam("tok"))
    .values(seen_at=sa.bindparam("b_seen"), expires_at=sa.bindparam("b_expires"))
)
_REVOKE_SESSION = Sql(
    sa.update(tables.session)
    .where(S.token_hash == sa.bindparam("tok"))
    .values(revoked_at=sa.bindparam("b_at"))
)
_REVOKE_OTHERS = Sql(
    sa.update(tables.session)
    .where(
        S.person_id == sa.bindparam("person_key"),
        S.token_hash != sa.bindparam("tok"),
        S.revoked_at.is_(None),
    )
    .values(revoked_at=sa.bindparam("b_at"))
)
_FORGET_SESSIONS = Sql(sa.delete(tables.session).where(S.expires_at < sa.bindparam("before")))
_ADD_SIGN_IN = Sql(sa.insert(tables.sign_in), ["person_id", "at", "outcome", "counter_id"])


def _account(row: Row) -> Account:
    return Account(
        id=row[0],
        uid=row[1],
        login=row[2],
        label=row[3],
        password_hash=row[4],
        must_change=bool(row[5]),
        active=bool(row[6]),
        failures=row[7],
        locked_until=row[8],
    )


def by_login(r: Read, login: str) -> Account | None:
    """Return a person of this hall by sign-in name."""
    row = r.one(_BY_LOGIN, h=r.hall.id, name=login)
    return None if row is None else _account(row)


def by_id(r: Read, person_id: int) -> Account:
    """Return a person that is known to exist."""
    row = r.one(_BY_ID, person_key=person_id)
    assert row is not None
    return _account(row)


def every(r: Read) -> list[Account]:
    """Return all people of the hall."""
    return [_account(row) for row in r.all(_ALL, h=r.hall.id)]


def staff(r: Read, account: Account) -> Staff:
    """Return *account* as the rules see it."""
    roles = r.all(_ROLES, person_key=account.id)
    return Staff(
        id=account.id,
        uid=account.uid,
        login=account.login,
        label=account.label,
        roles=tuple((Role(role), where) for role, where in roles),
        must_change=account.must_change,
    )


def by_session(r: Read, token_hash: str) -> tuple[Staff, str, str] | None:
    """Return (person, last seen, expiry) of a live session, or None."""
    row = r.one(_BY_SESSION, tok=token_hash, now=r.at, h=r.hall.id)
    if row is None:
        return None
    return (staff(r, _account(row)), row[9], row[10])


def add(
    w: Work,
    *,
    login: str,
    label: str,
    password_hash: str,
    must_change: bool,
    roles: list[tuple[str, str]],
) -> int:
    """Insert a person with roles and return the id."""
    row = w.one(
        _INSERT,
        uid=w.new_uid(),
        hall_id=w.hall.id,
        login=login,
        label=label,
        password_hash=password_hash,
        must_change=must_change,
        created_at=w.at,
    )
    assert row is not None
    for role, where in roles:
        w.run(_GRANT, person_id=row[0], role=role, department_code=where)
    return int(row[0])


def set_password(w: Work, person_id: int, password_hash: str, *, must_change: bool) -> None:
    """Store a new password hash and forget failures."""
    w.run(_SET_PASSWORD, person_key=person_id, b_hash=password_hash, b_must=must_change)


def set_failures(w: Work, person_id: int, failures: int, locked_until: str | None) -> None:
    """Store how many wrong passwords came in a row, and until when the account is locked."""
    w.run(_SET_FAILURES, person_key=person_id, b_failures=failures, b_until=locked_until)


def add_session(w: Work, *, token_hash: str, person_id: int, expires_at: str) -> None:
    """Store a session's hash."""
    w.run(
        _ADD_SESSION,
        token_hash=token_hash,
        person_id=person_id,
        created_at=w.at,
        seen_at=w.at,
        expires_at=expires_at,
    )


def touch_session(w: Work, token_hash: str, *, expires_at: str) -> None:
    """Prolong a session that is in use."""
    w.run(_TOUCH_SESSION, tok=token_hash, b_seen=w.at, b_expires=expires_at)


def revoke_session(w: Work, token_hash: str) -> None:
    """End a session."""
    w.run(_REVOKE_SESSION, tok=token_hash, b_at=w.at)


def revoke_other_sessions(w: Work, person_id: int, token_hash: str) -> None:
    """End every other session of a person, as after a change of password."""
    w.run(_REVOKE_OTHERS, person_key=person_id, tok=token_hash, b_at=w.at)


def forget_sessions(w: Work, before: str) -> int:
    """Delete sessions that expired before a moment."""
    return w.run(_FORGET_SESSIONS, before=before)


def add_sign_in(w: Work, *, person_id: int | None, outcome: str) -> None:
    """Write the sign-in log."""
    w.run(_ADD_SIGN_IN, person_id=person_id, at=w.at, outcome=outcome, counter_id=None)
