"""Tickets: issue, paper, and every verb of a ticket's life."""

from __future__ import annotations

from typing import Annotated

import msgspec
from flask import Blueprint, Response

from server.actions import calling, days, identity, tickets
from server.domain.people import Permission
from server.kit.contract.reasons import Refused
from server.kit.contract.views import SlipJob
from server.reads.slips import pending
from server.store.work import Actor, Work
from server.web.auth import person_actor, require_asker, require_device, require_staff
from server.web.commands import Words, body_as, command, json_of
from server.web.services import services

bp = Blueprint("tickets", __name__)


class IssueBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a citizen chose."""

    item: Words = ""
    queue: Words = ""
    priority: Words = ""
    priority_reason: Words = ""
    holder: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")] = ""
    """Hash of the identity card 实名取号, by the key of the day; never the card's number."""
    holder_date: Words = ""
    """The day of that key."""


class PrintBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of the paper."""

    state: Words
    fault: Words = ""
    job: int | None = None


class VerbBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A verb on a ticket as the page showed it."""

    version: int
    reason: Words = ""
    queue: Words = ""
    come_back: bool = False
    counter: Words = ""


class ReprintBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which kiosk prints again, and why."""

    device: Words
    reason: Words = ""


@bp.post("/tickets")
def issue() -> Response:
    """Give a number: to a kiosk, or to staff who may guide."""
    asker = require_asker("kiosk")
    body = body_as(IssueBody)
    if asker.staff is not None:
        asker.staff.require(Permission.GUIDE)
        if body.holder:
            raise Refused("forbidden")
    elif body.priority:
        raise Refused("forbidden")
    newest = services().forecast()
    return command(
        asker.actor,
        lambda w: tickets.issue(
            w,
            item=body.item,
            queue=body.queue,
            priority=body.priority,
            priority_reason=body.priority_reason,
            source="kiosk" if asker.device is not None else "staff",
            device=asker.device,
            forecast=newest,
            holder=body.holder,
            holder_date=body.holder_date,
        ),
    )


@bp.get("/devices/me/identity-key")
def identity_key() -> Response:
    """The key of today by which this kiosk hashes the numbers of identity cards."""
    device = require_device("kiosk")

    def of_today(w: Work) -> identity.IdentityKey:
        days.ensure_today(w)
        return identity.key_of_day(w)

    response = json_of(services().run(Actor("device", device.uid), of_today))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/tickets/<uid>/print-results")
def print_results(uid: str) -> Response:
    """A kiosk says what became of the paper."""
    device = require_device("kiosk")
    body = body_as(PrintBody)
    return command(
        Actor("device", device.uid),
        lambda w: tickets.print_result(
            w, uid, device=device, state=body.state, fault=body.fault, job=body.job
        ),
    )


@bp.get("/devices/me/slips")
def slips() -> Response:
    """The reprints that this kiosk has yet to print."""
    device = require_device("kiosk")
    newest = services().forecast()
    jobs: list[SlipJob] = services().read(lambda r: pending(r, device, forecast=newest))
    return json_of({"jobs": jobs})


@bp.post("/tickets/<uid>/reprint")
def reprint(uid: str) -> Response:
    """Ask a kiosk to print again 补打."""
    staff = require_staff()
    body = body_as(ReprintBody)
    return command(
        person_actor(staff),
        lambda w: tickets.request_reprint(
            w, uid, staff=staff, device=body.device, reason=body.reason
        ),
    )


@bp.post("/tickets/<uid>/recall")
def recall(uid: str) -> Response:
    """Call again 重呼."""
    staff, body = require_staff(), body_as(VerbBody)
    return command(
        person_actor(staff),
        lambda w: calling.recall(w, uid, version=body.version, staff=staff),
    )


@bp.post("/tickets/<uid>/start")
def start(uid: str) -> Response:
    """The person is at the counter 开始办理."""
    staff, body = require_staff(), body_as(VerbBody)
    return command(
        person_actor(staff), lambda w: calling.start(w, uid, version=body.version, staff=staff)
    )


@bp.post("/tickets/<uid>/finish")
def finish(uid: str) -> Response:
    """Service ended 办结."""
    staff, body = require_staff(), body_as(VerbBody)
    return command(
        person_actor(staff),
        lambda w: calling.finish(w, uid, version=body.version, staff=staff),
    )


@bp.post("/tickets/<uid>/no-show")
def no_show(uid: str) -> Response:
    """The person did not come 过号."""
    staff, body = require_staff(), body_as(VerbBody)
    return command(
        person_actor(staff),
        lambda w: calling.no_show(w, uid, version=body.version, staff=staff),
    )


@bp.post("/tickets/<uid>/hold")
def hold(uid: str) -> Response:
    """Set aside 挂起."""
    staff, body = require_staff(), body_as(VerbBody)
    return command(
        person_actor(staff),
        lambda w: calling.hold(w, uid, version=body.version, staff=staff, reason=body.reason),
    )


@bp.post("/tickets/<uid>/resume")
def resume(uid: str) -> Response:
    """Bring back from hold 回呼."""
    staff, body = require_staff(), body_as(VerbBody)
    return command(
        person_actor(staff),
        lambda w: calling.resume(
            w, uid, version=body.version, staff=staff, counter_code=body.counter
        ),
    )


@bp.post("/tickets/<uid>/transfer")
def transfer(uid: str) -> Response:
    """Send to another queue 转移."""
    staff, body = require_staff(), body_as(VerbBody)
    return command(
        person_actor(staff),
        lambda w: calling.transfer(
            w,
            uid,
            version=body.version,
            staff=staff,
            queue=body.queue,
            come_back=body.come_back,
            reason=body.reason,
        ),
    )


@bp.post("/tickets/<uid>/send-back")
def send_back(uid: str) -> Response:
    """Put back into the line 退回等候."""
    staff, body = require_staff(), body_as(VerbBody)
    return command(
        person_actor(staff),
        lambda w: calling.send_back(w, uid, version=body.version, staff=staff, reason=body.reason),
    )


@bp.post("/tickets/<uid>/reinstate")
def reinstate(uid: str) -> Response:
    """Put a passed-over ticket back 过号恢复."""
    staff, body = require_staff(), body_as(VerbBody)
    if not (staff.may(Permission.GUIDE) or staff.may(Permission.SERVE)):
        raise Refused("forbidden")
    return command(person_actor(staff), lambda w: tickets.reinstate(w, uid, version=body.version))


@bp.post("/tickets/<uid>/cancel")
def cancel(uid: str) -> Response:
    """Take a ticket out of the line 取消."""
    staff, body = require_staff(), body_as(VerbBody)
    if not (staff.may(Permission.GUIDE) or staff.may(Permission.SERVE)):
        raise Refused("forbidden")
    return command(
        person_actor(staff),
        lambda w: tickets.cancel(w, uid, version=body.version, reason=body.reason),
    )
