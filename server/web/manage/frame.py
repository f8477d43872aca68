"""The frame of 管理: who may enter, the navigation, how a page is shown, saved and refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.actions.once import Answer, once, request_hash
from server.domain.moments import instant, local
from server.domain.people import Permission, Staff
from server.kit.contract.reasons import Refused
from server.reads import settings as history
from server.reads.alarms import urgent
from server.reads.screens import clock_words
from server.store.work import Work
from server.web.auth import person_actor, require_staff, signed_in
from server.web.manage.fields import Fields
from server.web.services import services

T = TypeVar("T")
Page = str | Response | tuple[str, int]

bp = Blueprint("manage", __name__, url_prefix="/manage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A place of the navigation."""

    name: str
    endpoint: str
    title: str


SECTIONS = tuple(
    Section(name=name, endpoint=f"manage.{endpoint}", title=title)
    for name, endpoint, title in (
        ("overview", "overview", "总览"),
        ("screens", "screens", "屏幕"),
        ("voice", "voice", "声音"),
        ("shown", "shown", "公告与媒体"),
        ("kiosk", "kiosk", "取号机"),
        ("slip", "slip", "小票"),
        ("real_name", "real_name", "实名取号"),
        ("leaders", "leaders", "坐班领导"),
        ("searches", "searches", "没找到的词"),
        ("waits", "wait_report", "等候时间"),
        ("devices", "devices", "设备"),
        ("history", "change_history", "设置记录"),
    )
)

NEEDS: dict[str, Permission] = {
    "manage.enrol": Permission.ADMINISTER,
    "manage.enrol_pad": Permission.ADMINISTER,
    "manage.revoke": Permission.ADMINISTER,
    "manage.emergency": Permission.DAY,
    "manage.know_alarm": Permission.WATCH,
}
"""Endpoints whose changes need another right than `CONFIGURE`."""
OPENED: dict[str, Callable[[], None]] = {}
"""Endpoints that prepare for a large body before it is read; see `media`."""


def may_enter(staff: Staff) -> bool:
    """Say whether somebody may look at these pages."""
    rights = (Permission.CONFIGURE, Permission.ADMINISTER, Permission.WATCH)
    return any(staff.may(right) for right in rights)


@bp.before_request
def enter() -> Response | None:
    """Let in who may look, and to a change only who may change; the page's token is checked too."""
    user = signed_in()
    if user is None:
        if request.method != "GET":
            raise Refused("sign_in_required")
        return redirect(url_for("pages.sign_in", next=request.full_path.rstrip("?")))
    endpoint = request.endpoint or ""
    if not may_enter(user.staff):
        raise Refused("forbidden")
    if request.method != "GET":
        g.staff = user.staff
        user.staff.require(NEEDS.get(endpoint, Permission.CONFIGURE))
        if endpoint in OPENED and not user.staff.must_change:
            OPENED[endpoint]()
    g.staff = require_staff()
    if "\0" in "".join(request.form.values()):
        raise Refused("malformed", problem="内容里有不能保存的字符")
    return None


def staff_here() -> Staff:
    """Return who asks."""
    found: Staff = g.staff
    return found


def may_change(right: Permission = Permission.CONFIGURE) -> bool:
    """Say whether the one who asks may change things, or only look."""
    return staff_here().may(right)


def change(fn: Callable[[Work, Staff], T]) -> T:
    """Run a command of the person who asks."""
    staff = staff_here()
    return services().run(person_actor(staff), lambda w: fn(w, staff))


def show(
    template: str, section: str, *, crumbs: Sequence[tuple[str, str]] = (), **more: Any
) -> str:
    """Return a page.

    Args:
        template: its file below `manage/`.
        section: its place in the navigation.
        crumbs: (title, address) of the pages between the section and this one, then this one's
            title with an empty address.
        more: what the template needs.
    """
    presence = services().presence
    hall = services().read(
        lambda r: (r.hall.name, r.hall.tz, r.hall.emergency, r.local_now, urgent(r, presence))
    )
    return render_template(
        f"manage/{template}",
        staff=staff_here(),
        sections=SECTIONS,
        section=section,
        section_title=next((s.title for s in SECTIONS if s.name == section), ""),
        section_url=url_for(next(s.endpoint for s in SECTIONS if s.name == section)),
        crumbs=crumbs,
        hall_name=hall[0],
        tz=hall[1],
        emergency_text=hall[2],
        now=hall[3],
        urgent=hall[4],
        may_change=may_change(),
        may_administer=may_change(Permission.ADMINISTER),
        may_day=may_change(Permission.DAY),
        may_watch=may_change(Permission.WATCH),
        **more,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """What somebody else changed meanwhile."""

    who: str
    at: str
    differences: tuple[history.Difference, ...]


def saved(words: str, endpoint: str, **values: Any) -> Response:
    """Say that it is done and lead on; a page that is loaded again saves nothing twice."""
    flash(words)
    return redirect(url_for(endpoint, **values), code=303)


def attempt(fields: Fields, fn: Callable[[Work, Staff], T], *, at: str = "") -> T | None:
    """Run a command unless a field is wrong; None when nothing was saved.

    What the command itself refuses is said at the field *at*, or above the form. A stale version
    is not dealt with here.

    Raises:
        Refused: all but `malformed` and a `not_found` of something chosen in the form.
    """
    if not fields.well:
        return None
    try:
        return change(fn)
    except Refused as refused:
        if refused.code != "malformed":
            raise
        fields.fail(at, f"{refused.context.get('problem', '内容不对')}")
        return None


def once_for(
    fields: Fields, content: msgspec.Struct, fn: Callable[[Work, Staff], msgspec.Struct]
) -> Callable[[Work, Staff], Answer]:
    """Return *fn* so that it adds what a form says once, however often the same form is sent.

    A form that was changed after it was saved, by the browser's way back, adds something new.
    Called while the request is at hand: the command itself runs on another thread.
    """
    digest = request_hash(request.path, msgspec.json.encode(content))
    key = f"form:{fields.get('touch')[:40]}:{digest[:16]}"
    return lambda w, staff: once(w, key=key, digest=digest, do=lambda x: fn(x, staff))


def stale_since(key: str, expected: int, now: int) -> Stale:
    """Return what was changed in the setting *key* between two of its versions."""
    steps = now - expected if 0 <= expected < now else 1
    who, at, differences = services().read(lambda r: history.since(r, key, steps))
    return Stale(who=who, at=at, differences=differences)


@bp.app_template_filter("hall_time")
def hall_time(at: str | None) -> str:
    """Return a moment in hall time, short; empty for None."""
    return "" if at is None else services().read(lambda r: clock_words(r, instant(at)))


@bp.app_template_filter("hall_date")
def hall_date(at: str | None) -> str:
    """Return a moment in hall time with its date, and its year when it is another; empty for None."""
    if at is None:
        return ""
    tz, now = services().read(lambda r: (r.hall.tz, r.local_now))
    there = local(instant(at), tz)
    year = "" if there.year == now.year else f"{there.year}年"
    return f"{year}{there.month}月{there.day}日 {there:%H:%M}"


@bp.app_template_filter("bytes")
def byte_words(size: int) -> str:
    """Return a size in words: `3.2 MB`."""
    return f"{size / 1_048_576:.1f} MB" if size >= 104_858 else f"{max(1, size // 1024)} kB"


@bp.get("")
def overview() -> str:
    """What needs looking at, on one page."""
    from server.web.manage.overview import facts

    return show("overview.html", "overview", facts=services().read(facts))
