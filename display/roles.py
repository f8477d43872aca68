"""The screens that are no board: 五公开公示屏, 窗口屏 and 导览屏, each made from catalogue and board. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo

from display.slides import whole_facts
from display.view import (
    Guide,
    GuideRow,
    GuideZone,
    OwnCounter,
    Wall,
    WallDepartment,
    WallItem,
)
from display.words import NUMBERED, clock, department_words, range_words
from server.kit.contract.board import Board, CounterLine, QueueLine
from server.kit.contract.views import (
    Catalogue,
    CatalogueCounter,
    CatalogueDepartment,
    CatalogueItem,
)

GUIDE_DEPARTMENT_CHARS = 8
"""Longer names of departments stand with their short one on the guide."""
CLERK = "工号"


def wall(catalogue: Catalogue, zones: Sequence[str], *, touch: bool) -> Wall:
    """Return the 五公开公示屏 without its items, which the page fetches once for each catalogue."""
    counts: dict[str, int] = {}
    for item in _published(catalogue, zones):
        counts[item.department] = counts.get(item.department, 0) + 1
    return Wall(
        key=f"{catalogue.digest}/{','.join(zones)}",
        touch=touch,
        departments=tuple(
            WallDepartment(code=d.code, name=d.name, count=counts[d.code])
            for d in catalogue.departments
            if d.code in counts
        ),
        items=(),
    )


def wall_items(
    catalogue: Catalogue, zones: Sequence[str], find: Callable[[Sequence[str]], str]
) -> tuple[WallItem, ...]:
    """Return all items with a published disclosure, department by department.

    Args:
        find: makes the text a search looks in out of an item's names and keywords.
    """
    departments = {d.code: d for d in catalogue.departments}
    order = {d.code: n for n, d in enumerate(catalogue.departments)}
    items = sorted(_published(catalogue, zones), key=lambda i: order.get(i.department, len(order)))
    rows = []
    for item in items:
        d = item.disclosure
        assert d is not None
        known = departments.get(item.department)
        facts, more = whole_facts(d)
        words = (item.name, item.short_name, *item.keywords, known.name if known else "")
        rows.append(
            WallItem(
                code=item.code,
                name=item.name,
                department=item.department,
                department_name=known.name if known else "",
                revision=f"第 {d.revision} 版"
                + (f" · {d.published_at[:10]}" if d.published_at else ""),
                facts=facts,
                more=more,
                qr=f"/qr/{item.code}.svg" if catalogue.public_url else "",
                find=find(words),
            )
        )
    return tuple(rows)


def _published(catalogue: Catalogue, zones: Sequence[str]) -> list[CatalogueItem]:
    here = {q.code for q in catalogue.queues if not zones or q.zone in zones}
    return [i for i in catalogue.items if i.disclosure is not None and i.queue in here]


def own_counter(catalogue: Catalogue, board: Board, code: str, zone: tzinfo) -> OwnCounter:
    """Return what the 窗口屏 of counter *code* says; `unset` when there is no such counter."""
    known = next((c for c in catalogue.counters if c.code == code), None)
    line = next((c for c in board.counters if c.code == code), None)
    if known is None or line is None:
        return OwnCounter(
            number="", name="", department="", queues="", clerk="", state="unset", ticket="",
            call="", times=0, words="这块窗口屏还没有指定窗口", more="请管理员在“屏幕”页里选择窗口。",
        )  # fmt: skip
    call = next((c for c in board.calls if c.counter == code), None)
    state, words, more = _counter_words(line, zone)
    waiting = _waiting(catalogue, board, code)
    if call is not None and call.state == "serving":
        state, words, more = "serving", "正在办理", _people(waiting)
    elif call is not None:
        again = f"已呼叫 {call.times} 次" if call.times > 1 else ""
        state, words, more = "called", "到本窗口办理", again or _people(waiting)
    elif state == "free":
        more = _people(waiting)
    number = NUMBERED.fullmatch(known.name.strip())
    department = next((d for d in catalogue.departments if d.code == known.department), None)
    return OwnCounter(
        number=number[1] if number else "",
        name=known.name,
        department=department.name if department else "",
        queues="、".join(q.name for q in catalogue.queues if code in q.counters),
        clerk=f"{CLERK} {line.clerk_label}" if line.clerk_label else "",
        state=state,
        ticket=call.ticket if call else "",
        call=call.call if call else "",
        times=call.times if call else 0,
        words=words,
        more=more,
    )


def _counter_words(line: CounterLine, zone: tzinfo) -> tuple[str, str, str]:
    """Return (state, words, more) of a counter at which nobody is."""
    if line.state == "paused":
        until = f"{clock(line.until, zone)} 恢复" if line.until else ""
        return "paused", "暂停服务", "，".join(w for w in (line.reason, until) if w)
    if line.state == "open":
        return "free", "等候叫号", ""
    return "closed", "暂未开放", "请到其他窗口，或到导办台询问"


def _people(waiting: int) -> str:
    return f"{waiting} 人等候" if waiting else "目前无人等候"


def _waiting(catalogue: Catalogue, board: Board, code: str) -> int:
    here = {q.code for q in catalogue.queues if code in q.counters}
    return sum(line.waiting for line in board.queues if line.code in here)


def guide(catalogue: Catalogue, board: Board, zones: Sequence[str], zone: tzinfo) -> Guide:
    """Return the guide 导览屏: each zone with its counters, what they do and how many wait there."""
    lines = {q.code: q for q in board.queues}
    counters = {c.code: c for c in board.counters}
    departments = {d.code: d for d in catalogue.departments}
    found = []
    for part in catalogue.zones:
        if zones and part.code not in zones:
            continue
        rows = [
            _guide_row(catalogue, c, counters[c.code], lines, departments, zone)
            for c in catalogue.counters
            if c.zone == part.code and c.code in counters
        ]
        here = [q for q in catalogue.queues if q.zone == part.code and q.code in lines]
        found.append(
            GuideZone(
                code=part.code,
                name=part.name,
                floor=part.floor,
                waiting=sum(lines[q.code].waiting for q in here),
                rows=tuple(rows),
            )
        )
    return Guide(zones=tuple(found), qr="/qr.svg" if catalogue.public_url else "")


def _guide_row(
    catalogue: Catalogue,
    counter: CatalogueCounter,
    line: CounterLine,
    lines: dict[str, QueueLine],
    departments: dict[str, CatalogueDepartment],
    zone: tzinfo,
) -> GuideRow:
    served = [q for q in catalogue.queues if counter.code in q.counters]
    known = [lines[q.code] for q in served if q.code in lines]
    waiting = sum(q.waiting for q in known)
    department = departments.get(counter.department)
    name = department_words(department, GUIDE_DEPARTMENT_CHARS) if department else ""
    about = "、".join(q.name for q in served if q.name != name)
    state, main, sub = line.state, f"{waiting} 人", ""
    if line.state == "open":
        # Several lines of one counter: the longest is the honest one.
        longest = max(known, key=lambda q: (q.low_min or 0, q.high_min or 0), default=None)
        if longest is not None:
            sub = range_words(longest.low_min, longest.high_min, rough=longest.rough)
    elif line.state == "paused":
        main = f"暂停至 {clock(line.until, zone)}" if line.until else "暂停服务"
        sub = f"{waiting} 人等候" if waiting else line.reason
    else:
        main, sub = "未开窗", f"{waiting} 人等候" if waiting else ""
    return GuideRow(
        code=counter.code,
        counter=counter.name,
        department=name,
        about=about,
        state=state,
        main=main,
        sub=sub,
    )
