"""公告与媒体: both on one page, and the notices; what comes with files stands in `media`."""

from __future__ import annotations

import secrets
from typing import Any

from flask import request

from server.actions import notices as notice_acts
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import Post
from server.reads.settings import MEDIA_ZH
from server.store import showing
from server.store.showing import Medium, Notice
from server.store.work import Read
from server.web.manage.fields import Fields, typed_moment
from server.web.manage.frame import (
    Page,
    Stale,
    attempt,
    bp,
    change,
    once_for,
    saved,
    show,
    stale_since,
)
from server.web.manage.overview import in_force
from server.web.services import services


@bp.get("/shown")
def shown() -> str:
    """Notices and media in the order in which screens show them."""

    def read(r: Read) -> dict[str, Any]:
        names = {z.code: z.name for z in r.config.zones}
        return {
            "notices": [(n, _when(n, r.at)) for n in showing.notices(r)],
            "media": [(m, _when(m, r.at)) for m in showing.media(r)],
            "zone_names": names,
        }

    return show("shown.html", "shown", media_zh=MEDIA_ZH, **services().read(read))


def _when(one: Notice | Medium, at: str) -> str:
    """Return whether something is `now`, `later` or `past`."""
    if one.to_at is not None and one.to_at <= at:
        return "past"
    return "now" if in_force(one.from_at, one.to_at, at) else "later"


@bp.route("/notices/new", methods=["GET", "POST"], defaults={"key": 0})
@bp.route("/notices/<int:key>", methods=["GET", "POST"])
def notice(key: int) -> Page:
    """One notice, or a new one."""
    there = _notice(key) if key else None
    if request.method == "GET":
        return _notice_page(there, _typed_notice(there))
    fields = Fields(request.form)
    tz = services().read(lambda r: r.hall.tz)
    post = Post(
        text=fields.text("text", "公告", most=notice_acts.LONGEST_NOTICE),
        zone=typed_zone(fields),
        from_at=fields.moment("from_at", "开始时间", tz),
        to_at=fields.moment("to_at", "结束时间", tz),
    )
    in_order(fields, post.from_at, post.to_at)
    try:
        done = attempt(
            fields,
            (lambda w, s: notice_acts.change(w, key, post, staff=s, expected=fields.expected()))
            if key
            else once_for(fields, post, lambda w, s: notice_acts.add(w, post, staff=s)),
            at="text",
        )
    except Refused as refused:
        if refused.code != "stale":
            raise
        there = _notice(key)
        changed = stale_since(f"notice:{key}", fields.expected(), there.version)
        return (_notice_page(there, fields, stale=changed), 409)
    if done is None:
        return (_notice_page(there, fields), 422)
    over = post.to_at is not None and post.to_at <= services().read(lambda r: r.at)
    return saved(
        "公告已保存，但结束时间已经过了，屏幕不会显示。"
        if over
        else "公告已保存，屏幕在下一页换上。",
        "manage.shown",
    )


def _notice(key: int) -> Notice:
    found = services().read(lambda r: next((n for n in showing.notices(r) if n.id == key), None))
    if found is None:
        raise Refused("not_found", what="这条公告，可能刚被删除")
    return found


def _typed_notice(there: Notice | None) -> Fields:
    if there is None:
        return Fields({"touch": secrets.token_hex(16)})
    tz = services().read(lambda r: r.hall.tz)
    return Fields(
        {
            "text": there.text,
            "zone": there.zone,
            "from_at": typed_moment(there.from_at, tz),
            "to_at": typed_moment(there.to_at, tz),
            "expected": str(there.version),
        }
    )


def _notice_page(there: Notice | None, fields: Fields, *, stale: Stale | None = None) -> str:
    zones = services().read(lambda r: r.config.zones)
    version = 0 if there is None else there.version
    return show(
        "notice.html",
        "shown",
        crumbs=[("修改公告" if there else "新公告", "")],
        f=fields,
        notice=there,
        zones=zones,
        stale=stale,
        expected=version if stale else fields.expected(),
        longest=notice_acts.LONGEST_NOTICE,
    )


def typed_zone(fields: Fields) -> str:
    """Return the code of the chosen zone, empty for the whole hall."""
    codes = services().read(lambda r: ["", *(z.code for z in r.config.zones)])
    return fields.choice("zone", "分区", codes)


def in_order(fields: Fields, from_at: str | None, to_at: str | None) -> None:
    """Say at its field that something ends before it begins."""
    if from_at and to_at and from_at >= to_at:
        fields.fail("to_at", "结束时间要晚于开始时间")


@bp.route("/notices/<int:key>/delete", methods=["GET", "POST"])
def delete_notice(key: int) -> Page:
    """Ask once more, then delete a notice."""
    if request.method == "GET":
        one = _notice(key)
        return ask_once_more("删除公告", one.text, one.version, "这条公告会从所有屏幕上消失。")
    fields = Fields(request.form)
    if not services().read(lambda r: any(n.id == key for n in showing.notices(r))):
        return saved("这条公告已经删除了。", "manage.shown")
    try:
        change(lambda w, s: notice_acts.remove(w, key, staff=s, expected=fields.expected()))
    except Refused as refused:
        if refused.code != "stale":
            raise
        one = _notice(key)
        return (ask_once_more("删除公告", one.text, one.version, "它刚刚被改过，请再看一眼。"), 409)
    return saved("公告已删除。", "manage.shown")


def ask_once_more(title: str, what: str, version: int, words: str) -> str:
    """Return the page that asks whether *what* is to be deleted, and says what that means."""
    return show(
        "sure.html",
        "shown",
        crumbs=[(title, "")],
        title=title,
        what=what,
        words=words,
        verb="删除",
        expected=version,
    )


@bp.post("/notices/<int:key>/move")
def move_notice(key: int) -> Page:
    """Show a notice one place earlier or later."""
    up = Fields(request.form).get("to") == "up"
    change(lambda w, staff: notice_acts.move(w, key, up=up, staff=staff))
    return saved("顺序已改。", "manage.shown")
