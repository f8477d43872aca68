"""What needs a person now, for the pages of whoever is on duty."""

from __future__ import annotations

from flask import Blueprint, Response

from server.domain.people import Permission
from server.kit.contract.devices import Alarms
from server.reads import alarms
from server.store.work import Read
from server.web.auth import require_staff
from server.web.commands import json_of
from server.web.services import services

bp = Blueprint("alarms", __name__)


@bp.get("/alarms")
def get_alarms() -> Response:
    """The greatest harm to citizens first; what somebody knows already last."""
    require_staff().require(Permission.WATCH)
    hall = services()

    def now(r: Read) -> Alarms:
        return Alarms(at=r.at, alarms=alarms.views(r, hall.presence))

    response = json_of(hall.read(now))
    response.headers["Cache-Control"] = "no-store"
    return response
