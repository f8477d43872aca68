"""Devices and what they ask: enrolment, catalogue, board, help."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response, request

from server.actions import devices, pads, screens, searches
from server.kit.contract.reasons import Refused
from server.reads.board import board
from server.reads.catalogue import catalogue
from server.store import devices as device_store
from server.store.work import Actor
from server.web.auth import bearer, person_actor, require_asker, require_device, require_staff
from server.web.commands import Body, Words, body_as, command, json_of
from server.web.limits import refuse_guesser, wrong_guess
from server.web.services import services

bp = Blueprint("devices", __name__)


class EnrolBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A one-time token and what the device says of itself."""

    token: Words
    name: Words = ""
    software: Words = ""
    contract: tuple[int, ...] = (1,)


@bp.post("/devices/enrol")
def enrol() -> Response:
    """Exchange a one-time token for the device's own."""
    body = body_as(EnrolBody)
    refuse_guesser("enrolment")
    try:
        enrolled = services().run(
            Actor("device", "new"),
            lambda w: pads.enrol(
                w,
                token=body.token,
                name=body.name,
                software=body.software,
                contract=body.contract,
            ),
        )
    except Refused:
        wrong_guess("enrolment")
        raise
    return json_of(enrolled)


@bp.get("/devices/me")
def get_setup() -> Response:
    """What the asking device is told to be."""
    device = require_device()
    found = services().read(lambda r: device_store.by_uid(r, device.uid))
    if found is None or found.revoked:
        raise Refused("device_unknown")
    return json_of(screens.setup_of(found))


class SearchBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a citizen searched for in vain."""

    text: Words
    language: Words = "zh"


@bp.post("/searches")
def search_in_vain() -> Response:
    """Count a search that found nothing."""
    device, body = require_device("kiosk"), body_as(SearchBody)
    return command(
        Actor("device", device.uid),
        lambda w: searches.record(w, device, text=body.text, language=body.language),
    )


@bp.get("/catalogue")
def get_catalogue() -> Response:
    """The catalogue, or 304 when the asker has this digest."""
    if bearer():
        require_device()
    else:
        require_staff()
    hall = services()
    known = request.headers.get("If-None-Match", "").strip('"')
    if known and known == hall.read(lambda r: r.hall.catalogue_digest):
        return Response(status=304, headers={"ETag": f'"{known}"'})
    found = hall.read(catalogue)
    response = json_of(found)
    response.headers["ETag"] = f'"{found.digest}"'
    return response


@bp.get("/board")
def get_board() -> Response:
    """The board as it is now."""
    require_asker()
    return json_of(services().read(board))


@bp.post("/help")
def ask_help() -> Response:
    """A citizen at this kiosk asks for a person."""
    device = require_device("kiosk")
    body_as(Body)
    return command(Actor("device", device.uid), lambda w: devices.request_help(w, device))


@bp.post("/help/<uid>/answer")
def answer_help(uid: str) -> Response:
    """Somebody goes to the kiosk that asked."""
    staff = require_staff()
    body_as(Body)
    return command(person_actor(staff), lambda w: devices.answer_help(w, uid, staff=staff))
