"""Reports for managers: how the estimates of the waiting time came true."""

from __future__ import annotations

from flask import Blueprint, Response, request

from server.domain.people import Permission
from server.kit.contract.reasons import Refused
from server.reads.waits import MOST_WEEKS, reports
from server.web.auth import require_staff
from server.web.commands import json_of
from server.web.services import services

bp = Blueprint("reports", __name__)

WEEKS = 4
"""Weeks that are told when nobody asks for another number."""


@bp.get("/reports/waits")
def waits() -> Response:
    """Tell error, bias, coverage and late share of the estimates by week and queue."""
    require_staff().require(Permission.CONFIGURE)
    weeks = request.args.get("weeks", str(WEEKS))
    if not (weeks.isascii() and weeks.isdigit() and 1 <= int(weeks[:4]) <= MOST_WEEKS):
        raise Refused("malformed", problem=f"weeks 应是 1 到 {MOST_WEEKS}")
    return json_of({"waits": services().read(lambda r: reports(r, int(weeks)))})
