"""呼叫器与评价器: enrolling one that stands at a counter by itself."""

from __future__ import annotations

from urllib.parse import quote

from flask import request

from server.actions import pads as acts
from server.actions.devices import ENROLMENT_LIVES
from server.kit.contract.screens import PAD_ROLES
from server.web.manage.devices import qr_path
from server.web.manage.fields import Fields
from server.web.manage.frame import Page, attempt, bp, show
from server.web.services import services

ROLE_WORDS = (
    ("rater", "评价器：平板或评价屏上的网页"),
    ("pad", "呼叫器：自己联网的，不接在大屏主机上"),
)


@bp.route("/pads/enrol", methods=["GET", "POST"])
def enrol_pad() -> Page:
    """Make a one-time QR for a rater's tablet, or a token for a pad; shown this once."""
    counters = services().read(lambda r: [(c.code, c.name) for c in r.config.counters])
    fields = Fields({"role": "rater"} if request.method == "GET" else request.form)
    if request.method == "GET":
        return _form(fields, counters)
    role = fields.choice("role", "用途", PAD_ROLES)
    counter = fields.choice("counter", "窗口", [code for code, _ in counters])
    token = attempt(
        fields,
        lambda w, staff: acts.create_enrolment(w, counter=counter, role=role, staff=staff),
        at="counter",
    )
    if token is None:
        return (_form(fields, counters), 422)
    address = f"{services().config.public_url}/rater/enrol?token={quote(token)}"
    return show(
        "pad_token.html",
        "devices",
        crumbs=[("登记评价器或呼叫器", "")],
        token=token,
        address=address,
        server=services().config.public_url,
        role=role,
        name=dict(counters)[counter] + acts.PAD_ZH[role],
        minutes=int(ENROLMENT_LIVES.total_seconds() // 60),
        qr=qr_path(address if role == "rater" else token),
    )


def _form(fields: Fields, counters: list[tuple[str, str]]) -> str:
    return show(
        "pad_enrol.html",
        "devices",
        crumbs=[("登记评价器或呼叫器", "")],
        f=fields,
        roles=ROLE_WORDS,
        counters=counters,
    )
