"""The hall as a whole: business day, disclosures, emergency, health."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response

from server.actions import catalogue, days
from server.domain.people import Permission, Staff
from server.kit.contract.views import DisclosureView, Done, Fee, Limit, Material
from server.store.work import Work
from server.web.auth import person_actor, require_staff
from server.web.commands import Body, Words, body_as, command, json_of
from server.web.services import services

bp = Blueprint("hall", __name__)
health_bp = Blueprint("health", __name__)


class DayBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the day closes with people waiting."""

    reason: Words = ""


class DisclosureBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new text of the five disclosures, begun from revision `expected`."""

    expected: int
    content: str
    steps: tuple[str, ...]
    materials: tuple[Material, ...]
    promised: Limit
    statutory: Limit
    fee: Fee
    legal_basis: tuple[str, ...] = ()
    not_needed: tuple[str, ...] = ()
    result: str = ""
    validity: str = ""


class EmergencyBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The text for every screen; None ends the emergency."""

    text: Words | None = None


def _on_duty(staff: Staff) -> Staff:
    staff.require(Permission.DAY)
    return staff


@bp.post("/day/open")
def open_day() -> Response:
    """Open today, or open it again."""
    staff = _on_duty(require_staff())
    body_as(Body)
    return command(person_actor(staff), lambda w: _day(w, "open", ""))


@bp.post("/day/stop")
def stop_day() -> Response:
    """Give no more numbers today; serve those who hold one."""
    staff = _on_duty(require_staff())
    body_as(Body)
    return command(person_actor(staff), lambda w: _day(w, "stop", ""))


@bp.post("/day/close")
def close_day() -> Response:
    """Close the day; with people waiting a reason is needed."""
    staff, body = _on_duty(require_staff()), body_as(DayBody)
    return command(person_actor(staff), lambda w: _day(w, "close", body.reason))


def _day(w: Work, what: str, reason: str) -> Done:
    match what:
        case "open":
            days.open_day(w)
        case "stop":
            days.stop_issuing(w)
        case _:
            days.close_day(w, reason=reason)
    return Done(state=w.hall.day_state)


@bp.post("/items/<code>/disclosures")
def publish(code: str) -> Response:
    """Put a new revision of an item's five disclosures in force."""
    staff, body = require_staff(), body_as(DisclosureBody)
    view = DisclosureView(
        item=code,
        revision=0,
        content=body.content,
        steps=body.steps,
        materials=body.materials,
        promised=body.promised,
        statutory=body.statutory,
        fee=body.fee,
        legal_basis=body.legal_basis,
        not_needed=body.not_needed,
        result=body.result,
        validity=body.validity,
    )
    return command(
        person_actor(staff),
        lambda w: catalogue.publish_disclosure(w, code, view, staff=staff, expected=body.expected),
    )


@bp.post("/emergency")
def emergency() -> Response:
    """Turn every screen to a text, or give all back."""
    staff, body = require_staff(), body_as(EmergencyBody)
    return command(
        person_actor(staff), lambda w: catalogue.set_emergency(w, staff=staff, text=body.text)
    )


@health_bp.get("/healthz")
def healthz() -> Response:
    """Whether the process lives."""
    return json_of({"ok": True})


@health_bp.get("/readyz")
def readyz() -> Response:
    """Whether it can work: database, fan-out lag, connected devices."""
    state = services().health()
    response = json_of(state)
    response.status_code = 200 if state.get("ok") else 503
    return response
