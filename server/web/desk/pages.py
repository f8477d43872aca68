"""The clerk's page 窗口终端: choose a counter, then call and serve."""

from __future__ import annotations

import msgspec
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.domain.people import Permission, Staff
from server.kit.contract.reasons import Refused
from server.reads.board import board
from server.reads.catalogue import catalogue
from server.reads.desk import desk as desk_view
from server.web.auth import require_staff, signed_in
from server.web.desk import words
from server.web.desk.choice import groups
from server.web.services import services

bp = Blueprint("desk", __name__)


@bp.get("/desk")
def desk() -> str | Response:
    """The page of one counter, or the choice of counters.

    Raises:
        Refused: `forbidden`, `not_found`, `not_your_counter`.
    """
    if signed_in() is None:
        # With its query, so that the clerk finds her counter again behind the sign-in.
        return redirect(url_for("pages.sign_in", next=request.full_path.rstrip("?")))
    staff = require_staff()
    code = request.args.get("counter", "").strip()
    return _page(staff, code) if code else _choose(staff)


def _page(staff: Staff, code: str) -> str:
    hall = services()
    view = hall.read(lambda r: desk_view(r, code, staff=staff, presence=hall.presence))
    return render_template(
        "desk/desk.html",
        view=view,
        first=msgspec.to_builtins(view),
        words=words,
        mood=words.mood(view),
        bar="bar" in request.args,
        may_serve=staff.may(Permission.SERVE),
        may_guide=staff.may(Permission.GUIDE),
    )


def _choose(staff: Staff) -> str:
    if not (staff.may(Permission.SERVE) or staff.may(Permission.WATCH)):
        raise Refused("forbidden")
    hall = services()
    now, shown = hall.read(lambda r: (board(r), catalogue(r)))
    return render_template(
        "desk/choose.html",
        staff=staff,
        hall_name=shown.hall_name,
        groups=groups(now, shown, staff),
        watching=staff.may(Permission.WATCH),
    )
