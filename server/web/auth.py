"""Who asks: a device by its token, a person by a session.

Staff cookies carry a random session token whose hash is in the database, so a session can be ended
everywhere at once. Requests with a device token carry no cookie and need no CSRF token; staff
requests that change something do.
"""

from __future__ import annotations

from dataclasses import dataclass

import argon2
import gevent
from flask import Flask, Request, Response, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFProtect
from itsdangerous import URLSafeTimedSerializer

from server.actions import people as acts
from server.actions.devices import token_hash
from server.domain.moments import instant
from server.domain.people import Staff
from server.kit.contract.reasons import Refused
from server.store import devices, people
from server.store.devices import Device
from server.store.work import Actor, Read
from server.web.services import services

csrf = CSRFProtect()
login_manager = LoginManager()
_hasher = argon2.PasswordHasher()
_UNKNOWN = _hasher.hash("an unknown login costs as much time as a known one")

MAY_STILL = frozenset({"pages.password", "pages.change_password", "pages.sign_out", "static"})
"""Endpoints open to somebody who must change the password first."""


class User(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """A signed-in person for Flask-Login; its id is the session's token."""

    def __init__(self, staff: Staff, token: str, seen_at: str) -> None:
        self.staff = staff
        self.token = token
        self.seen_at = seen_at

    def get_id(self) -> str:
        """Return what Flask-Login puts into the signed cookie."""
        return self.token


@dataclass(frozen=True, slots=True)
class Asker:
    """Who sends a command: a device or a person, never both."""

    actor: Actor
    staff: Staff | None = None
    device: Device | None = None


class StaffSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, left alone for devices: they have a token and no session."""

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return the signer, made once: its making costs more than its work."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the person's session, an empty one for a device."""
        if "Authorization" in request.headers:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie when the session changed; never for a device."""
        if session.modified or session.accessed:
            super().save_session(app, session, response)


def register(app: Flask) -> None:
    """Set up sessions and CSRF protection."""
    app.session_interface = StaffSessions()
    csrf.init_app(app)
    login_manager.init_app(app)
    login_manager.session_protection = None  # our own token is the protection

    @login_manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login ships no types
    def load(token: str) -> User | None:
        found = services().read(lambda r: people.by_session(r, acts.session_hash(token)))
        return None if found is None else User(found[0], token, found[1])

    @login_manager.unauthorized_handler  # type: ignore[untyped-decorator]  # Flask-Login ships no types
    def unauthorized() -> Response:
        return redirect(url_for("pages.sign_in", next=request.path))  # type: ignore[return-value]  # werkzeug's Response


def hash_password(password: str) -> str:
    """Return the argon2id hash, computed outside the gevent loop (it takes some 50 ms)."""
    text: str = gevent.get_hub().threadpool.apply(_hasher.hash, (password,))
    return text


def password_fits(stored: str | None, password: str) -> bool:
    """Say whether *password* fits; an unknown login (None) takes as long as a known one."""

    def check() -> bool:
        try:
            return _hasher.verify(stored or _UNKNOWN, password)
        except argon2.exceptions.Argon2Error:
            return False

    fits: bool = gevent.get_hub().threadpool.apply(check)
    return fits and stored is not None


def bearer() -> str:
    """Return the token of an `Authorization: Bearer` header, or an empty text."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def device_of(r: Read, token: str) -> Device | None:
    """Return the enrolled, unrevoked device that holds *token*."""
    device = devices.by_token_hash(r, token_hash(token))
    return None if device is None or device.revoked else device


def require_device(*kinds: str) -> Device:
    """Return the device that asks.

    Raises:
        Refused: `device_unknown` without a good token, `forbidden` for another kind of device.
    """
    token = bearer()
    device = services().devices.of(token) if token else None
    if device is None:
        raise Refused("device_unknown")
    if kinds and device.kind not in kinds:
        raise Refused("forbidden")
    return device


def signed_in() -> User | None:
    """Return the signed-in person, or None."""
    return current_user._get_current_object() if current_user.is_authenticated else None  # noqa: SLF001  Flask-Login's documented way to leave the proxy


def require_staff() -> Staff:
    """Return the person who asks, after checking the CSRF token of a request that changes.

    Raises:
        Refused: `sign_in_required`, `csrf`, `password_change_required`.
    """
    user = signed_in()
    if user is None:
        raise Refused("sign_in_required")
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        csrf.protect()
    if user.staff.must_change and request.endpoint not in MAY_STILL:
        raise Refused("password_change_required")
    _prolong(user)
    return user.staff


def _prolong(user: User) -> None:
    # Once in ten minutes is enough; every request would be a write of its own.
    now = services().runtime.database.clock()
    if (now - instant(user.seen_at)).total_seconds() > 600:
        actor = Actor("person", user.staff.uid)
        services().run(actor, lambda w: acts.prolong(w, user.token))


def require_asker(*kinds: str) -> Asker:
    """Return whoever asks: a device of one of *kinds*, or a person.

    Raises:
        Refused: as `require_device` when a token is given, else as `require_staff`.
    """
    if bearer():
        device = require_device(*kinds)
        return Asker(Actor("device", device.uid), device=device)
    staff = require_staff()
    return Asker(Actor("person", staff.uid), staff=staff)


def person_actor(staff: Staff) -> Actor:
    """Return the actor of a person."""
    return Actor("person", staff.uid)


def session_token() -> str:
    """Return the token of the browser's session, empty when there is none."""
    return str(session.get("_user_id", ""))


def forget_request_user() -> None:
    """Drop what Flask-Login cached for this request."""
    g.pop("_login_user", None)
