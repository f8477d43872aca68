"""The clerk's page 窗口终端: choose a counter, then call and serve."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import login_required

from server.reads.board import board
from server.reads.catalogue import catalogue
from server.web.auth import require_staff
from server.web.services import services

bp = Blueprint("desk", __name__)


@bp.get("/desk")
@login_required  # type: ignore[untyped-decorator]  # Flask-Login ships no types
def desk() -> str:
    """The page of one counter, or the choice of counters."""
    staff = require_staff()
    hall = services()
    return render_template(
        "desk/desk.html",
        staff=staff,
        counter=request.args.get("counter", ""),
        board=hall.read(board),
        catalogue=hall.read(catalogue),
    )
