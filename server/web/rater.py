"""The rating page 评价页 on a pad or tablet at a counter: enrolled by one QR, then always on.

The tablet's browser holds its device token in a cookie that no script can read and no other site can
send. Rating itself comes later; the page shows the states of its counter.
"""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from server.actions import pads
from server.actions.pads import COOKIE
from server.kit.contract.reasons import Refused
from server.reads.rater import RaterView, rater_view
from server.store import devices
from server.store.devices import Device
from server.store.work import Actor, Read
from server.web.commands import json_of
from server.web.limits import refuse_guesser, wrong_guess
from server.web.services import services

bp = Blueprint("rater", __name__)

COOKIE_S = 400 * 24 * 3600
"""Browsers keep no cookie longer; it is given anew each time the page is opened."""
LONGEST_TOKEN = 200


def _mine() -> Device | None:
    """Return the rater whose cookie came with the request, as it is set up this moment."""
    token = request.cookies.get(COOKIE, "")
    known = services().devices.of(token) if token else None
    if known is None or known.kind != "pad":
        return None
    found = services().read(lambda r: devices.by_uid(r, known.uid))
    return None if found is None or found.revoked or found.layout.role != "rater" else found


def _with_cookie(response: Response, token: str) -> Response:
    response.set_cookie(
        COOKIE,
        token,
        max_age=COOKIE_S,
        httponly=True,
        samesite="Strict",
        secure=services().config.public_url.startswith("https:"),
    )
    return response


@bp.get("/rater/enrol")
def enrol() -> Response | AnyResponse:
    """Exchange the one-time token of the QR for this browser's own; opening it again does nothing."""
    if _mine() is not None:
        return redirect(url_for("rater.page"))
    token = request.args.get("token", "")[:LONGEST_TOKEN]
    if request.method == "HEAD":  # a look at what the address is must not use the token up
        return Response()
    refuse_guesser("enrolment")
    software = "评价页"
    if pads.role_of(token) != "rater":
        wrong_guess("enrolment")
        raise Refused("enrolment_invalid")
    try:
        enrolled = services().run(
            Actor("device", "new"),
            lambda w: pads.enrol(w, token=token, name="", software=software, contract=[1]),
        )
    except Refused:
        wrong_guess("enrolment")
        raise
    # A page of our own leads on: a redirect would still count as coming from the scanner's site, and
    # the strict cookie would stay behind.
    return _with_cookie(Response(render_template("rater/enrolled.html")), enrolled.token)


@bp.get("/rater")
def page() -> Response:
    """The page itself; without a good cookie it says how to enrol."""
    device = _mine()
    if device is None:
        name = services().read(lambda r: r.hall.name)
        return Response(render_template("rater/unknown.html", hall_name=name), 401)
    view = services().read(lambda r: _view(r, device))
    response = Response(
        render_template("rater/rater.html", view=view, first=msgspec.to_builtins(view))
    )
    return _with_cookie(response, request.cookies[COOKIE])


@bp.get("/rater/view")
def view() -> Response:
    """What the page shows now.

    Raises:
        Refused: `device_unknown`.
    """
    device = _mine()
    if device is None:
        raise Refused("device_unknown")
    return json_of(services().read(lambda r: _view(r, device)))


def _view(r: Read, device: Device) -> RaterView:
    return rater_view(r, device)
