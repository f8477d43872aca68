"""Counters: open, pause, resume, close, call; and the clerk's whole view."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response, request

from server.actions import calling, counters
from server.kit.contract.reasons import Refused
from server.reads.desk import desk
from server.web.auth import person_actor, require_staff
from server.web.commands import Words, body_as, command, json_of
from server.web.services import services

bp = Blueprint("counters", __name__)


class CounterBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A command to a counter as the page showed it."""

    expected: int | None = None
    """The counter's version on the page; None skips the check (open)."""
    reason: Words = ""
    until: Words | None = None
    ticket: Words = ""
    """uid, for calling a particular ticket."""


@bp.post("/counters/<code>/open")
def open_(code: str) -> Response:
    """Open a counter 开窗."""
    staff = require_staff()
    body_as(CounterBody)
    return command(person_actor(staff), lambda w: counters.open_counter(w, code, staff=staff))


@bp.post("/counters/<code>/pause")
def pause(code: str) -> Response:
    """Pause 暂停服务."""
    staff, body = require_staff(), body_as(CounterBody)
    return command(
        person_actor(staff),
        lambda w: counters.pause(
            w, code, staff=staff, expected=body.expected, reason=body.reason, until=body.until
        ),
    )


@bp.post("/counters/<code>/resume")
def resume(code: str) -> Response:
    """Serve again after a pause."""
    staff, body = require_staff(), body_as(CounterBody)
    return command(
        person_actor(staff),
        lambda w: counters.resume_counter(w, code, staff=staff, expected=body.expected),
    )


@bp.post("/counters/<code>/close")
def close(code: str) -> Response:
    """Close a counter 关窗."""
    staff, body = require_staff(), body_as(CounterBody)
    return command(
        person_actor(staff),
        lambda w: counters.close(w, code, staff=staff, expected=body.expected, reason=body.reason),
    )


@bp.post("/counters/<code>/call-next")
def call_next(code: str) -> Response:
    """Call who is next 呼叫下一位."""
    staff, body = require_staff(), body_as(CounterBody)
    return command(
        person_actor(staff),
        lambda w: calling.call_next(w, code, staff=staff, expected=body.expected),
    )


@bp.post("/counters/<code>/call")
def call(code: str) -> Response:
    """Call a particular ticket, with a reason."""
    staff, body = require_staff(), body_as(CounterBody)
    return command(
        person_actor(staff),
        lambda w: calling.call(
            w, code, body.ticket, staff=staff, expected=body.expected, reason=body.reason
        ),
    )


@bp.get("/desk")
def desk_view() -> Response:
    """All that the clerk's page of a counter shows."""
    staff = require_staff()
    code = request.args.get("counter", "")
    if not code:
        raise Refused("malformed", problem="没有指明窗口")
    hall = services()
    return json_of(hall.read(lambda r: desk(r, code, staff=staff, presence=hall.presence)))
