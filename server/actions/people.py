"""Staff: adding people, signing in and out, passwords, lock-out."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from server.domain.moments import instant, local, moment
from server.domain.people import LOCK_AFTER, LOCK_S, Role, check_password
from server.kit.contract.reasons import Refused
from server.store import people
from server.store.people import Account
from server.store.work import Read, Work

SESSION_LIVES = timedelta(hours=12)
"""A session ends after so long without use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A new session: the token for the cookie, and whether the password must change first."""

    token: str
    must_change: bool


def session_hash(token: str) -> str:
    """Return what is kept of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_person(
    w: Work,
    *,
    login: str,
    label: str,
    password_hash: str,
    roles: Sequence[tuple[str, str]],
    must_change: bool,
) -> int:
    """Add a person with roles; *label* is the work number that screens may show.

    Raises:
        Refused: `already_exists`, `malformed` for an unknown role or department or an empty login.
    """
    if not login.strip() or len(login) > 40 or len(label) > 20:
        raise Refused("malformed", problem="登录名或工号")
    known = {r.value for r in Role}
    departments = {d.code for d in w.config.departments}
    for role, department in roles:
        if role not in known:
            raise Refused("malformed", problem=f"角色 {role}；有 {'、'.join(sorted(known))}")
        if department and department not in departments:
            listed = "、".join(sorted(departments))
            raise Refused("malformed", problem=f"部门 {department}；有 {listed}")
    if people.by_login(w, login) is not None:
        raise Refused("already_exists", what=f"登录名 {login}")
    return people.add(
        w,
        login=login,
        label=label,
        password_hash=password_hash,
        must_change=must_change,
        roles=list(roles),
    )


def account_of(r: Read, login: str) -> Account | None:
    """Return the account to check a password against, or None for an unknown or inactive one."""
    account = people.by_login(r, login)
    return account if account is not None and account.active else None


def locked(w: Work, account: Account) -> Refused | None:
    """Return the refusal of a locked account, and write the attempt down; None when it is free."""
    if account.locked_until is None or account.locked_until <= w.at:
        return None
    people.add_sign_in(w, person_id=account.id, outcome="locked")
    until = local(instant(account.locked_until), w.hall.tz)
    return Refused("locked_out", until=f"{until:%H:%M}")


def wrong_password(w: Work, person_id: int | None) -> Refused:
    """Count a wrong password and return its refusal.

    The fifth in a row locks the account for a quarter of an hour. A password that was checked
    while the fifth was being counted is not counted: nobody learns from it whether it was right.
    """
    if person_id is None:
        people.add_sign_in(w, person_id=None, outcome="wrong")
        return Refused("wrong_credentials")
    account = people.by_id(w, person_id)
    refusal = locked(w, account)
    if refusal is not None:
        return refusal
    people.add_sign_in(w, person_id=person_id, outcome="wrong")
    failures = account.failures + 1
    until = None
    if failures >= LOCK_AFTER:
        failures, until = 0, moment(w.now + timedelta(seconds=LOCK_S))
    people.set_failures(w, person_id, failures, until)
    return Refused("wrong_credentials")


def sign_in(w: Work, person_id: int) -> SignedIn | Refused:
    """Open a session after the password was found right, unless the account is locked by now.

    A refusal is returned, not raised, so that the attempt stays in the log of sign-ins.
    """
    account = people.by_id(w, person_id)
    refusal = locked(w, account)
    if refusal is not None:
        return refusal
    people.set_failures(w, person_id, 0, None)
    people.add_sign_in(w, person_id=person_id, outcome="ok")
    token = secrets.token_urlsafe(32)
    people.add_session(
        w,
        token_hash=session_hash(token),
        person_id=person_id,
        expires_at=moment(w.now + SESSION_LIVES),
    )
    return SignedIn(token=token, must_change=account.must_change)


def prolong(w: Work, token: str) -> None:
    """Say that a session is in use."""
    people.touch_session(w, session_hash(token), expires_at=moment(w.now + SESSION_LIVES))


def sign_out(w: Work, token: str, *, person_id: int) -> None:
    """End a session at once, everywhere."""
    people.revoke_session(w, session_hash(token))
    people.add_sign_in(w, person_id=person_id, outcome="out")


def change_password(w: Work, person_id: int, *, new: str, new_hash: str, keep_token: str) -> None:
    """Store a new password; every other session of the person ends.

    Raises:
        Refused: `weak_password`.
    """
    account = people.by_id(w, person_id)
    check_password(new, login=account.login)
    people.set_password(w, person_id, new_hash, must_change=False)
    people.revoke_other_sessions(w, person_id, session_hash(keep_token))


def reset_password(w: Work, login: str, *, new_hash: str) -> None:
    """Set a one-time password that must be changed at the next sign-in.

    Raises:
        Refused: `not_found`.
    """
    account = people.by_login(w, login)
    if account is None:
        raise Refused("not_found", what=f"登录名 {login}")
    people.set_password(w, account.id, new_hash, must_change=True)
    people.revoke_other_sessions(w, account.id, "")


def forget_sessions(w: Work) -> int:
    """Delete sessions that ended a day ago."""
    return people.forget_sessions(w, moment(w.now - timedelta(days=1)))
