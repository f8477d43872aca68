"""坐班领导: the roster of this week and the next, and copying a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request

from server.actions import leaders as acts
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import DutyLeader
from server.store.work import Read
from server.web.manage.fields import Fields
from server.web.manage.frame import Page, Stale, attempt, bp, saved, show, stale_since
from server.web.services import services

WEEKDAYS = "一二三四五六日"
ROWS_MORE = 1
"""Empty rows offered on each day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the roster."""

    date: str
    title: str
    """`11月23日 周一`."""
    rest: bool
    today: bool
    rows: int
    """How many rows to show, the empty one included."""


def _weeks(r: Read) -> tuple[str, list[Day], list[DutyLeader]]:
    """Return the Monday of this week, its fourteen days, and who is on duty in them."""
    today = date.fromisoformat(r.today)
    monday = today - timedelta(days=today.weekday())
    span = [monday + timedelta(days=n) for n in range(14)]
    first, last = span[0].isoformat(), span[-1].isoformat()
    there = [x for x in r.config.shown.leaders if first <= x.date <= last]
    days = []
    for one in span:
        kind = r.config.calendar.get(one.isoformat(), "")
        rest = kind in {"rest", "holiday"} or (
            one.weekday() > 4 and kind not in {"makeup", "workday"}
        )
        title = f"{one.month}月{one.day}日 周{WEEKDAYS[one.weekday()]}"
        count = sum(1 for x in there if x.date == one.isoformat())
        days.append(
            Day(
                date=one.isoformat(),
                title=title,
                rest=rest,
                today=one == today,
                rows=min(acts.MOST_A_DAY, count + ROWS_MORE),
            )
        )
    return first, days, there


@bp.route("/leaders", methods=["GET", "POST"])
def leaders() -> Page:
    """The roster of two weeks."""
    hall = services()
    first, days, there = hall.read(_weeks)
    if request.method == "GET":
        return _page(_typed(there, hall.read(acts.version)))
    fields = Fields(request.form)
    if fields.get("first") != first:
        raise Refused("csrf")  # the page is of another week
    rows = _read(fields, days)
    try:
        done = attempt(
            fields,
            lambda w, staff: acts.set_roster(
                w, first, days[-1].date, rows, staff=staff, expected=fields.expected()
            ),
        )
    except Refused as refused:
        if refused.code != "stale":
            raise
        return (_page(fields, stale=_overtaken(fields)), 409)
    if done is None:
        return (_page(fields), 422)
    return saved("坐班安排已保存。", "manage.leaders")


def _overtaken(fields: Fields) -> Stale:
    return stale_since("leaders", fields.expected(), services().read(acts.version))


def _typed(there: list[DutyLeader], version: int) -> Fields:
    values = {"expected": str(version)}
    counted: dict[str, int] = {}
    for x in there:
        n = counted[x.date] = counted.get(x.date, -1) + 1
        values |= {
            f"department_{x.date}_{n}": x.department,
            f"post_{x.date}_{n}": x.post,
            f"place_{x.date}_{n}": x.place,
        }
    return Fields(values)


def _read(fields: Fields, days: list[Day]) -> list[DutyLeader]:
    codes = services().read(lambda r: {d.code for d in r.config.departments})
    found = []
    for day in days:
        for n in range(acts.MOST_A_DAY):
            names = [f"{part}_{day.date}_{n}" for part in ("department", "post", "place")]
            if not any(fields.get(name).strip() for name in names[:2]):
                continue
            department = fields.get(names[0])
            if department not in codes:
                fields.fail(names[0], "请选一个部门")
            post = fields.text(names[1], "职务", most=acts.LONGEST)
            place = fields.text(names[2], "地点", most=acts.LONGEST, least=0)
            found.append(DutyLeader(date=day.date, department=department, post=post, place=place))
    return found


def _page(fields: Fields, *, stale: Stale | None = None) -> str:
    def read(r: Read) -> dict[str, Any]:
        first, days, there = _weeks(r)
        rows = {
            d.date: max(
                d.rows,
                1 + sum(1 for n in range(acts.MOST_A_DAY) if fields.get(f"post_{d.date}_{n}")),
            )
            for d in days
        }
        return {
            "first": first,
            "weeks": [days[:7], days[7:]],
            "rows": rows,
            "most": acts.MOST_A_DAY,
            "next_filled": any(x.date >= days[7].date for x in there),
            "departments": r.config.departments,
            "expected": acts.version(r) if stale else fields.expected(),
            "version": acts.version(r),
        }

    return show("leaders.html", "leaders", f=fields, stale=stale, **services().read(read))


@bp.post("/leaders/copy")
def copy_week() -> Page:
    """Copy this week into the next."""
    fields = Fields(request.form)
    hall = services()
    first = hall.read(lambda r: _weeks(r)[0])
    copy = Fields({"expected": fields.get("expected")})
    try:
        done = attempt(
            copy,
            lambda w, staff: acts.copy_week(
                w,
                first,
                staff=staff,
                expected=copy.expected(),
                replace=fields.has("replace"),
            ),
            at="copy",
        )
    except Refused as refused:
        if refused.code != "stale":
            raise
        _, _, there = hall.read(_weeks)
        page = _page(
            _typed(there, hall.read(acts.version)),
            stale=_overtaken(copy),
        )
        return (page, 409)
    if done is None:
        _, _, there = hall.read(_weeks)
        again = _typed(there, hall.read(acts.version))
        again.errors = copy.errors
        return (_page(again), 422)
    return saved("本周的安排已抄到下周。", "manage.leaders")
