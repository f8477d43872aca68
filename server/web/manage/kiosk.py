"""取号机: how kiosks behave, how people call the items, and what they typed in vain."""

from __future__ import annotations

import re

import msgspec
from flask import request

from server.actions import keywords as keyword_acts
from server.actions import searches as search_acts
from server.actions import settings as acts
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import KioskRules
from server.store import searches as search_rows
from server.store import settings, showing
from server.web.manage.fields import Fields
from server.web.manage.frame import Page, Stale, attempt, bp, change, saved, show, stale_since
from server.web.services import services

LIMITS = (
    ("idle_s", "无操作多少秒后询问“还在办理吗”", 30, 600),
    ("idle_large_s", "大字模式下多少秒后询问", 60, 900),
    ("ask_s", "询问多少秒后回首页", 5, 60),
    ("long_wait_min", "预计等多少分钟以上，先提醒再取号", 5, 600),
    ("long_ahead", "说不准时间时，前面多少人以上先提醒", 1, 999),
)
UNITS = {
    "idle_s": "秒",
    "idle_large_s": "秒",
    "ask_s": "秒",
    "long_wait_min": "分钟",
    "long_ahead": "人",
}


@bp.route("/kiosk", methods=["GET", "POST"])
def kiosk() -> Page:
    """How kiosks behave."""
    rules, version = services().read(
        lambda r: (settings.kiosk_of(r.config.settings), settings.stored(r, settings.KIOSK))
    )
    now = 0 if version is None else version[1]
    if request.method == "GET":
        typed = {k: str(v) for k, v in msgspec.structs.asdict(rules).items()}
        return _page(Fields({**typed, "expected": str(now)}))
    fields = Fields(request.form)
    wanted = KioskRules(**{n: fields.whole(n, what, lo, hi) for n, what, lo, hi in LIMITS})
    try:
        done = attempt(
            fields,
            lambda w, staff: acts.set_kiosk(
                w, wanted, staff=staff, expected=fields.expected(), reason=fields.get("reason")
            ),
        )
    except Refused as refused:
        if refused.code != "stale":
            raise
        return (_page(fields, stale=stale_since("kiosk", fields.expected(), now), version=now), 409)
    if done is None:
        return (_page(fields), 422)
    return saved("已保存，取号机在下一位市民开始时换上。", "manage.kiosk")


def _page(fields: Fields, *, stale: Stale | None = None, version: int = 0) -> str:
    departments, items = services().read(lambda r: (r.config.departments, r.config.items))
    return show(
        "kiosk.html",
        "kiosk",
        f=fields,
        stale=stale,
        expected=version if stale else fields.expected(),
        limits=LIMITS,
        units=UNITS,
        groups=[(d, [i for i in items if i.department_id == d.id]) for d in departments],
    )


@bp.route("/kiosk/items/<code>", methods=["GET", "POST"])
def item_keywords(code: str) -> Page:
    """How people call one item."""
    info, version = services().read(
        lambda r: (r.config.item(code), showing.item_version(r, r.config.item(code).id))
    )
    crumbs = [(f"{info.short_name}的同义词", "")]
    if request.method == "GET":
        typed = Fields({"words": "\n".join(info.keywords), "expected": str(version)})
        return show(
            "keywords.html",
            "kiosk",
            crumbs=crumbs,
            f=typed,
            item=info,
            expected=version,
            stale=None,
        )
    fields = Fields(request.form)
    words = [word for word in re.split(r"[\n，,、;；]+", fields.get("words")) if word.strip()]
    stale: Stale | None = None
    status = 422
    try:
        done = attempt(
            fields,
            lambda w, staff: keyword_acts.set_keywords(
                w, code, words, staff=staff, expected=fields.expected()
            ),
            at="words",
        )
    except Refused as refused:
        if refused.code != "stale":
            raise
        done, status = None, 409
        stale = Stale(who="", at="", differences=())
    if done is not None:
        return saved(f"“{info.short_name}”的同义词已保存。", "manage.kiosk")
    page = show(
        "keywords.html",
        "kiosk",
        crumbs=crumbs,
        f=fields,
        item=info,
        expected=version if stale else fields.expected(),
        stale=stale,
        now_words=info.keywords,
    )
    return (page, status)


@bp.get("/searches")
def searches() -> str:
    """What people typed in vain, most frequent first."""
    misses, items = services().read(
        lambda r: (
            search_rows.unsettled(r),
            sorted((i.short_name, i.code) for i in r.config.items),
        )
    )
    return show("searches.html", "searches", misses=misses, items=items)


@bp.post("/searches/<int:miss>/settle")
def settle_search(miss: int) -> Page:
    """Take a text off the list; with an item, add it to the item's synonyms first."""
    fields = Fields(request.form)
    if fields.get("do") != "adopt":
        change(lambda w, staff: search_acts.settle(w, miss, staff=staff))
        return saved("已不再列出；再有人输入还会出现。", "manage.searches")
    hall = services()
    item = fields.get("item")
    known, found = hall.read(
        lambda r: (
            r.config.item_by_code.get(item),
            next((m for m in search_rows.unsettled(r, most=5000) if m.id == miss), None),
        )
    )
    if found is None:
        return saved("这个词刚才已经处理过了。", "manage.searches")
    if known is None:
        raise Refused("malformed", problem="请先选择一个事项")
    change(lambda w, staff: keyword_acts.adopt(w, item, found.text, miss=miss, staff=staff))
    return saved(f"取号机现在搜“{found.text}”能找到“{known.short_name}”。", "manage.searches")
