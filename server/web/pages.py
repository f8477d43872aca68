"""Pages that need no script: home, sign-in, password, a ticket's live state, an item's guide."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import login_user, logout_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField

from server.actions import people as acts
from server.domain.people import Permission
from server.kit.contract.reasons import Refused
from server.reads.alarms import urgent
from server.reads.board import board
from server.reads.catalogue import catalogue
from server.reads.phone import guide
from server.store import people
from server.store.slips import fee_text, limit_text
from server.store.work import Actor
from server.web.auth import (
    User,
    hash_password,
    password_fits,
    person_actor,
    require_staff,
    session_token,
    signed_in,
)
from server.web.limits import limiter
from server.web.manage.frame import may_enter
from server.web.services import services

bp = Blueprint("pages", __name__)


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Login and password."""

    login = StringField()
    password = PasswordField()


class PasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Old password, and the new one twice."""

    old = PasswordField()
    new = PasswordField()
    again = PasswordField()


@bp.app_template_filter("limit")
def limit_words(value: Any) -> str:
    """Return a limit in words."""
    return limit_text(value)


@bp.app_template_filter("fee")
def fee_words(value: Any) -> str:
    """Return a disclosure's fee in words."""
    return fee_text(value)


@bp.get("/")
def home() -> str | Response:
    """Where to go: sign-in for strangers, the desk and the rest for staff."""
    user = signed_in()
    if user is None:
        return redirect(url_for("pages.sign_in"))
    hall = services()
    needs, now = hall.read(lambda r: (urgent(r, hall.presence), r.local_now))
    return render_template(
        "home.html",
        staff=user.staff,
        needs=needs,
        now=now,
        may_serve=user.staff.may(Permission.SERVE),
        may_manage=may_enter(user.staff),
        board=hall.read(board),
        catalogue=hall.read(catalogue),
    )


@bp.get("/sign-in")
def sign_in() -> str | Response:
    """The sign-in form."""
    if signed_in() is not None:
        return redirect(_next())
    return _sign_in_page(SignInForm())


@bp.post("/sign-in")
@limiter.limit("120 per minute")
def do_sign_in() -> tuple[str, int] | Response:
    """Check login and password; five wrong ones in a row lock the account."""
    form = SignInForm()
    if not form.validate_on_submit():
        return (_sign_in_page(form, refused=Refused("csrf")), 403)
    login = (form.login.data or "").strip()
    try:
        return _enter(login, form.password.data or "")
    except Refused as refused:
        return (_sign_in_page(form, refused=refused), refused.reason.status)


def _enter(login: str, password: str) -> Response:
    hall = services()
    if not login or len(login) > 40 or len(password) > 200 or "\0" in login:
        raise Refused("wrong_credentials")
    account = hall.read(lambda r: acts.account_of(r, login))
    actor = Actor("person", "" if account is None else account.uid)
    if not password_fits(None if account is None else account.password_hash, password):
        key = None if account is None else account.id
        raise hall.run(actor, lambda w: acts.wrong_password(w, key))
    assert account is not None
    found = hall.run(actor, lambda w: acts.sign_in(w, account.id))
    if isinstance(found, Refused):
        raise found
    staff = hall.read(lambda r: people.staff(r, people.by_id(r, account.id)))
    session.clear()  # nothing that stood in the browser before, its CSRF token neither
    login_user(User(staff, found.token, ""))
    return redirect(url_for("pages.password") if found.must_change else _next())


def _sign_in_page(form: SignInForm, *, refused: Refused | None = None) -> str:
    hall_name = services().read(lambda r: r.hall.name)
    return render_template(
        "sign_in.html", form=form, refused=refused, hall_name=hall_name, next=_next()
    )


def _next() -> str:
    # Only a path of our own: an address elsewhere would make the sign-in a lure.
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    safe = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc
    return wanted if safe else url_for("pages.home")


@bp.post("/sign-out")
def sign_out() -> Response:
    """End the session, everywhere it is open."""
    user = signed_in()
    if user is not None:
        require_staff()
        services().run(
            person_actor(user.staff),
            lambda w: acts.sign_out(w, user.token, person_id=user.staff.id),
        )
        logout_user()
        session.clear()
    return redirect(url_for("pages.sign_in"))


@bp.get("/password")
def password() -> str | Response:
    """The form for a new password."""
    if signed_in() is None:
        return redirect(url_for("pages.sign_in", next="/password"))
    return _password_page(PasswordForm())


@bp.post("/password")
@limiter.limit("20 per minute")
def change_password() -> tuple[str, int] | Response:
    """Store a new password; every other session of the person ends."""
    staff = require_staff()
    form = PasswordForm()
    try:
        _change(staff.id, staff.login, form)
    except Refused as refused:
        return (_password_page(form, refused=refused), refused.reason.status)
    return redirect(url_for("pages.home"))


def _change(person_id: int, login: str, form: PasswordForm) -> None:
    hall = services()
    old, new = form.old.data or "", form.new.data or ""
    account = hall.read(lambda r: people.by_login(r, login))
    if account is None or not password_fits(account.password_hash, old):
        raise Refused("wrong_credentials")
    if new != (form.again.data or ""):
        raise Refused("malformed", problem="两次输入的新密码不一样")
    if new == old:
        raise Refused("weak_password")
    hashed, token = hash_password(new), session_token()
    hall.run(
        Actor("person", account.uid),
        lambda w: acts.change_password(w, person_id, new=new, new_hash=hashed, keep_token=token),
    )


def _password_page(form: PasswordForm, *, refused: Refused | None = None) -> str:
    user = signed_in()
    assert user is not None
    return render_template("password.html", form=form, refused=refused, staff=user.staff)


@bp.get("/g/<code>")
def item_guide(code: str) -> str:
    """The guide of an item with its five disclosures."""
    found = services().read(lambda r: guide(r, code[:40]))
    if found is None:
        raise Refused("not_found", what="这个事项")
    return render_template("guide.html", guide=found)
