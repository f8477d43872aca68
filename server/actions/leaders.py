"""The published roster of leaders on duty 今日坐班领导."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from server.actions.settings import noted
from server.domain.people import Permission, Staff
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import DutyLeader
from server.kit.contract.views import Done
from server.store import settings, showing
from server.store.work import Read, Work

LONGEST = 20
"""Characters of a post or place: it stands on one line of a screen."""
MOST_A_DAY = 12


def version(r: Read) -> int:
    """Return how often the roster was changed: what an edit began from."""
    found = settings.history(r, "leaders", most=1)
    return found[0].version if found else 0


def set_roster(
    w: Work, first: str, last: str, rows: Sequence[DutyLeader], *, staff: Staff, expected: int
) -> Done:
    """Replace the roster from *first* to *last*, both included.

    Raises:
        Refused: `forbidden`, `stale`, `malformed` naming what is wrong.
    """
    staff.require(Permission.CONFIGURE)
    if version(w) != expected:
        raise Refused("stale", number="坐班领导")
    for row in rows:
        _check(w, row, first, last)
    for day in {r.date for r in rows}:
        if sum(1 for r in rows if r.date == day) > MOST_A_DAY:
            raise Refused("malformed", problem=f"{day} 最多 {MOST_A_DAY} 人")
    before = [x for x in w.config.shown.leaders if first <= x.date <= last]
    after = sorted(rows, key=lambda r: r.date)
    if before == after:
        return Done(state="saved", version=expected)
    showing.set_leaders(w, first, last, after)
    return Done(state="saved", version=noted(w, "leaders", was=before, value=after))


def copy_week(w: Work, monday: str, *, staff: Staff, expected: int, replace: bool) -> Done:
    """Copy the roster of the week from *monday* into the week after.

    Raises:
        Refused: `forbidden`, `stale`, `malformed` when nothing is there to copy, or when the week
            after is not empty and *replace* was not said.
    """
    begin = date.fromisoformat(monday)
    span = (monday, (begin + timedelta(days=6)).isoformat())
    after = ((begin + timedelta(days=7)).isoformat(), (begin + timedelta(days=13)).isoformat())
    there = w.config.shown.leaders
    rows = [x for x in there if span[0] <= x.date <= span[1]]
    if not rows:
        raise Refused("malformed", problem="这一周还没有安排，没有可抄的")
    if not replace and any(after[0] <= x.date <= after[1] for x in there):
        raise Refused("malformed", problem="下一周已有安排，确认替换请先勾选“替换”")
    copied = [
        DutyLeader(
            date=(date.fromisoformat(x.date) + timedelta(days=7)).isoformat(),
            department=x.department,
            post=x.post,
            place=x.place,
        )
        for x in rows
    ]
    return set_roster(w, *after, copied, staff=staff, expected=expected)


def _check(w: Work, row: DutyLeader, first: str, last: str) -> None:
    codes = {d.code for d in w.config.departments}
    for wrong, problem in (
        (not first <= row.date <= last, "日期不在这两周内"),
        (row.department not in codes, "请选一个部门"),
        (not 0 < len(row.post) <= LONGEST, f"职务要有 1 到 {LONGEST} 个字"),
        (len(row.place) > LONGEST, f"地点最多 {LONGEST} 个字"),
    ):
        if wrong:
            raise Refused("malformed", problem=problem)
