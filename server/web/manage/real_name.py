"""实名取号: which queues ask for an identity card, and by what rule."""

from __future__ import annotations

from flask import request

from server.actions import identity as acts
from server.kit.contract.paper import RealName
from server.kit.contract.reasons import Refused
from server.reads.devices import Card, cards
from server.reads.equipment import PartLine
from server.store import settings
from server.web.manage.fields import Fields
from server.web.manage.frame import Page, Stale, attempt, bp, saved, show, stale_since
from server.web.services import services


@bp.route("/real-name", methods=["GET", "POST"])
def real_name() -> Page:
    """Which queues ask for a card."""
    rule, version, queues = services().read(
        lambda r: (
            settings.real_name_of(r.config.settings),
            settings.stored(r, settings.REAL_NAME),
            tuple(q.code for q in r.config.queues),
        )
    )
    now = 0 if version is None else version[1]
    if request.method == "GET":
        return _page(Fields(_typed(rule, now)))
    fields = Fields(request.form)
    wanted = RealName(
        queues=fields.choices("queues", "队列", queues),
        required=fields.has("required"),
        a_day=fields.whole("a_day", "每人每天的号数", 0, acts.MOST_A_DAY),
        notice=fields.text("notice", "告知内容", most=acts.LONGEST_NOTICE).replace("\n", ""),
    )
    try:
        done = attempt(
            fields,
            lambda w, staff: acts.set_real_name(
                w, wanted, staff=staff, expected=fields.expected(), reason=fields.get("reason")
            ),
        )
    except Refused as refused:
        if refused.code != "stale":
            raise
        stale = stale_since(settings.REAL_NAME, fields.expected(), now)
        return (_page(fields, stale=stale, version=now), 409)
    if done is None:
        return (_page(fields), 422)
    return saved("已保存，取号机在下一位市民开始时换上。", "manage.real_name")


def _typed(rule: RealName, version: int) -> dict[str, str | list[str]]:
    return {
        "queues": list(rule.queues),
        "required": "on" if rule.required else "",
        "a_day": str(rule.a_day),
        "notice": rule.notice,
        "expected": str(version),
    }


def _reader(device: Card) -> PartLine | None:
    return next((part for part in device.parts if part.role == "reader"), None)


def _page(fields: Fields, *, stale: Stale | None = None, version: int = 0) -> str:
    presence = services().presence
    departments, queues, devices = services().read(
        lambda r: (r.config.departments, r.config.queues, cards(r, presence))
    )
    return show(
        "real_name.html",
        "real_name",
        f=fields,
        stale=stale,
        expected=version if stale else fields.expected(),
        most=acts.MOST_A_DAY,
        longest=acts.LONGEST_NOTICE,
        groups=[(d, [q for q in queues if q.department_id == d.id]) for d in departments],
        boxes=[(d, _reader(d)) for d in devices if d.line.kind == "kiosk"],
    )
