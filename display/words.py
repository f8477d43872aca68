"""The words on the board, made from values of the contract. Pure: no clock, no state."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime, tzinfo

from server.kit.contract.board import Board, CallLine, CounterLine, QueueLine
from server.kit.contract.views import Catalogue, CatalogueDepartment, CatalogueQueue
from server.kit.contract.words import LONGEST_MIN, about, wait_words, when_words

WEEKDAYS = "一二三四五六日"
NUMBERED = re.compile(r"(\d+)\s*号窗口")

STOPPED = {
    "stopped": "停止取号",
    "quota_reached": "号已取完",
    "numbers_used_up": "号已用完",
    "queue_closed": "暂停取号",
    "lunch_break": "午休",
    "hall_closed": "未到取号时间",
    "day_closed": "",
}
"""Short words for the codes with which a queue refuses numbers."""


OVER = "今天的服务已结束，请下一个工作日再来。"


def moment(utc: str) -> datetime:
    """Return the aware time of a UTC text of the wire."""
    return datetime.fromisoformat(utc)


def clock(utc: str, zone: tzinfo) -> str:
    """Return `10:30` in hall time."""
    return f"{moment(utc).astimezone(zone):%H:%M}"


def call_words(call: CallLine, now: datetime) -> str:
    """Return the state of a call: `请到窗口办理`, `已呼叫 2 次`, `办理中 3 分`."""
    if call.state == "serving":
        since = moment(call.serving_at or call.called_at)
        minutes = math.floor((now - since).total_seconds() / 60)
        return f"办理中 {minutes} 分" if minutes > 0 else "办理中"
    return f"已呼叫 {call.times} 次" if call.times > 1 else "请到窗口办理"


def counters_words(names: Sequence[str]) -> str:
    """Return several counters in one breath: `3号窗口`, `11、12号窗口`, `1–4、9号窗口`.

    Names of another form are listed as they are.
    """
    numbers: list[int] = []
    for name in names:
        found = NUMBERED.fullmatch(name.strip())
        if found is None:
            return "、".join(names)
        numbers.append(int(found[1]))
    if not numbers:
        return ""
    return "、".join(_runs(sorted(set(numbers)))) + "号窗口"


WHOLE_NAME_CHARS = 5
"""Departments with longer names stand with their short name beside the queue."""
KINDS_OF_BODY = ("局", "大队", "中心", "所", "委")
"""What the name of a department ends with."""


def department_words(department: CatalogueDepartment, limit: int) -> str:
    """Return the department's name, or, when it is longer than *limit*, its short name.

    Every department is named in the same way: 文旅 beside 民政局 would look like another kind of
    thing, so what the whole name ends with stands after the short one too.
    """
    if len(department.name) <= limit or not department.short_name:
        return department.name
    kind = next((k for k in KINDS_OF_BODY if department.name.endswith(k)), "")
    short = department.short_name
    return short if any(k in short for k in KINDS_OF_BODY) else short + kind


def queue_names(catalogue: Catalogue) -> dict[str, tuple[str, str]]:
    """Return by code the department of each queue, and the queue's name where it says more."""
    departments = {d.code: d for d in catalogue.departments}
    names: dict[str, tuple[str, str]] = {}
    for queue in catalogue.queues:
        department = departments.get(queue.department)
        if department is None:
            names[queue.code] = (queue.name, "")
            continue
        name = department_words(department, WHOLE_NAME_CHARS)
        says_more = queue.name not in (name, department.name, department.short_name)
        names[queue.code] = (name, queue.name if says_more else "")
    return names


def _runs(numbers: Sequence[int]) -> list[str]:
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    words: list[str] = []
    for run in runs:
        words += [f"{run[0]}–{run[-1]}"] if len(run) > 2 else [str(n) for n in run]
    return words


def range_words(low: int | None, high: int | None, *, rough: bool = False) -> str:
    """Return a wait in minutes as people say it: `约 20–35 分`, `5 分以内`, `约 1–2.5 小时`.

    Args:
        low: None when nothing honest can be said; the words are empty then.
        high: None beside a *low* = that long or longer.
        rough: the range is not learnt from the hall's own days: `粗略 20–35 分`.
    """
    if low is None:
        return ""
    if high is None:
        if low < 120:
            return f"{low} 分以上"
        return f"{math.floor(min(low, LONGEST_MIN) / 30) / 2:g} 小时以上"
    figure, unit = wait_words(low, high)
    short = unit.replace("分钟", "分")
    lead = "粗略 " if rough and about(unit) else about(unit)
    return f"{lead}{figure} {short}"


def queue_words(
    line: QueueLine,
    known: CatalogueQueue,
    counters: Sequence[CounterLine],
    zone: tzinfo,
    date: str = "",
) -> tuple[str, str, str, str]:
    """Return (state, large words, small words, tag) of a queue.

    Args:
        line: the queue as the board has it.
        known: the same queue in the catalogue.
        counters: the counters that serve it.
        zone: the hall's time zone.
        date: the business day; what begins on another day has no room here.
    """
    serving = [c for c in counters if c.state == "open"]
    paused = [c for c in counters if c.state == "paused"]
    tag = "" if line.issuing else STOPPED.get(line.reason, "暂停取号")
    people = f"{line.waiting} 人等候" if line.waiting else ""
    if serving:
        wait = range_words(line.low_min, line.high_min, rough=line.rough)
        if not tag and (known.consult_only):
            tag = "只咨询"
        return "open", f"{line.waiting} 人", wait, tag
    if paused:
        back = min((c.until for c in paused if c.until), default=None)
        large = f"暂停至 {clock(back, zone)}" if back else "暂停服务"
        reason = next((c.reason for c in paused if c.reason), "")
        return "paused", large, people or reason, "" if tag == "午休" else tag
    if line.reason == "lunch_break":
        back_words = f"{clock(line.resumes_at, zone)} 恢复" if line.resumes_at else ""
        return "paused", "午休", people or back_words, ""
    starts = ""
    if line.reason == "hall_closed" and line.resumes_at:
        begins = moment(line.resumes_at).astimezone(zone)
        starts = f"{begins:%H:%M} 开始" if date in {"", f"{begins:%Y-%m-%d}"} else ""
    return "closed", "未开窗", people or starts, tag


def day_words(
    board: Board, lines: Sequence[QueueLine], now: datetime, zone: tzinfo
) -> tuple[str, str]:
    """Return (day, words): how the business day stands and what people should know of it.

    The day is `open`, `closing`, `before`, `lunch` or `over`. An open day in which every queue of
    the screen refuses numbers for the hour is before, in the midst or after the hours. A closed
    day of an earlier date has not begun; one of today is over, unless it is still morning: the
    server opens the day in the morning and closes it in the evening (*assumed*).

    Args:
        board: the board.
        lines: the queues of this screen.
        now: aware.
        zone: the hall's time zone.
    """
    today = now.astimezone(zone)
    at = min((line.resumes_at for line in lines if line.resumes_at), default=None)
    back = moment(at).astimezone(zone) if at else None
    when = when_words(back, today) if back else ""
    if board.day_state == "closing":
        return "closing", "今天已停止取号，正在为等候的群众办理。"
    if board.day_state != "open":
        if board.date == f"{today:%Y-%m-%d}" and today.hour >= 12:
            return "over", _over(when)
        return "before", "今天的服务还没有开始。"
    reasons = {"" if line.issuing else line.reason for line in lines}
    if not reasons or not reasons <= {"hall_closed", "lunch_break"}:
        return "open", ""
    if "lunch_break" in reasons:
        return (
            "lunch",
            f"现在午休，{when} 恢复取号叫号。" if when else "现在午休，稍后恢复取号叫号。",
        )
    if back is not None and back.date() == today.date():
        return "before", f"今天的服务还没有开始，{when} 开始取号。"
    # A day of rest has no service that could have ended.
    return "over", _over(
        when
    ) if today.hour >= 12 or not when else f"今天不对外服务，{when} 开始取号。"


def _over(when: str) -> str:
    return f"今天的服务已结束，{when} 恢复取号。" if when else OVER
