"""What staff ask of devices from afar: the device fetches it, and says what came of it."""

from __future__ import annotations

from typing import Literal

import msgspec
from flask import Blueprint, Response

from server.actions import asks
from server.store.work import Actor
from server.web.auth import require_device
from server.web.commands import Words, body_as, command, json_of
from server.web.services import services

bp = Blueprint("asks", __name__)


class AnswerBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of an ask."""

    state: Literal["begun", "done", "failed"]
    detail: Words = ""
    """Code of what came of it, such as a fault of the printer."""


@bp.get("/devices/me/asks")
def get_asks() -> Response:
    """What staff asked of this device and is still open."""
    device = require_device()
    return json_of(services().read(lambda r: asks.open_asks(r, device)))


@bp.post("/devices/me/asks/<uid>")
def answer(uid: str) -> Response:
    """The device begins, or says what came of it."""
    device, body = require_device(), body_as(AnswerBody)
    return command(
        Actor("device", device.uid),
        lambda w: asks.answer(w, device, uid, state=body.state, detail=body.detail),
    )
