"""The words of the clerk's page for its first HTML.

`static/desk/words.js` says the same after each change; a test compares both on real views.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from server.domain.moments import instant
from server.kit.contract.views import DeskTicket, DeskView, Material

MODES = {"instant": "即办件", "promised": "承诺件", "joint": "联办件"}
FAULTS = {
    "paper_out": "缺纸",
    "paper_low": "纸快用完",
    "near_end": "纸快用完",
    "cover_open": "盖子没关",
    "cutter": "切刀故障",
    "jam": "卡纸",
    "offline": "打印机断开",
    "silent": "打印机没有应答",
    "no_port": "没有接打印机",
    "muted": "静音",
    "no_sound": "声音设备故障",
}
MAIN = {
    "closed": ("open", "开窗", "F9"),
    "paused": ("resume_counter", "恢复服务", "F9"),
    "free": ("next", "呼叫下一位", "F1"),
    "called": ("start", "开始办理", "F3"),
    "serving": ("finish", "办结", "F4"),
}
"""Mood → verb, words and key of the only large button."""
NO_PAPER = {"failed": "没出票", "unknown": "可能没出票"}
"""The mark of a ticket whose citizen may stand there without a slip, by its print state."""
NAMED = 4
"""So many numbers without paper are named in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something besides the ticket that the clerk should know."""

    key: str
    tone: str
    """`alarm`, `help`, `fault` or `info`."""
    words: str
    device: str = ""
    """uid of the kiosk that waits for an answer."""


def mood(view: DeskView) -> str:
    """Return `closed`, `paused`, `free`, `called` or `serving`."""
    if view.current is not None:
        return "serving" if view.current.state == "serving" else "called"
    if view.counter.state == "paused":
        return "paused"
    return "free" if view.counter.state == "open" else "closed"


def span(seconds: float) -> str:
    """Return a length of time in words: `40 秒`, `26 分钟`, `1 小时 5 分`."""
    s = max(0, int(seconds // 1))
    if s < 60:
        return f"{s} 秒"
    if s < 3600:
        return f"{s // 60} 分钟"
    minutes = s % 3600 // 60
    return f"{s // 3600} 小时" + (f" {minutes} 分" if minutes else "")


def waited(seconds: float) -> str:
    """Return how long somebody has waited; below a minute nobody needs the seconds."""
    return "刚到" if seconds < 60 else f"等了 {span(seconds)}"


def clock(moment: str | None, tz: str) -> str:
    """Return the hall time of a moment, `09:41`; empty for None."""
    return "" if not moment else f"{instant(moment).astimezone(ZoneInfo(tz)):%H:%M}"


def material(m: Material) -> str:
    """Return one paper of the check-list in one line."""
    return m.name + (f" {m.form}" if m.form else "") + ("（示例）" if m.example else "")


def sub(t: DeskTicket) -> str:
    """Return mode, promise, fee and revision in one line."""
    revision = f"第 {t.revision} 版公开" if t.revision else ""
    return " · ".join(w for w in (MODES.get(t.mode, ""), t.promise, t.fee, revision) if w)


def priority(t: DeskTicket) -> str:
    """Return why this ticket goes first; empty for ordinary people."""
    if not t.priority:
        return ""
    reason = f"（{t.priority_reason}）" if t.priority_reason else ""
    return f"优先 {t.priority}{reason}"


def paper(t: DeskTicket) -> str:
    """Return what is wrong with the slip; empty when it is in the citizen's hand."""
    if t.print_state == "failed":
        fault = f"：{FAULTS.get(t.print_fault, '打印机故障')}" if t.print_fault else ""
        return f"小票没有打出来{fault}"
    return "小票是否打出来不清楚" if t.print_state == "unknown" else ""


def heard(view: DeskView) -> tuple[str, str]:
    """Return whether the call reached people, and the tone: `ok`, `wait`, `bad` or empty."""
    h = view.heard
    if h is None or mood(view) != "called":
        return ("", "")
    if h.shown > 0:
        voice = "已播报 · " if h.spoken else ""
        return (f"✓ {voice}大屏已显示 {h.shown}/{max(h.screens, h.shown)}", "ok")
    if h.screens == 0:
        return ("！没有大屏在线，请口头叫号", "bad")
    return ("！大屏未送达（重呼？F2）", "bad") if h.late else ("… 正在送到大屏", "wait")


def face(view: DeskView) -> Mapping[str, str]:
    """Return the words of the page's single parts by the name of their `data-f`."""
    now = instant(view.now)
    c, line = view.counter, _line(view)
    seconds = _since(view.longest_since, now) if view.longest_since else 0
    longest = "" if seconds < 60 else span(seconds)
    opened = clock(c.opened_at, view.tz)
    elsewhere = c.clerk_label and c.clerk_label != view.clerk_label
    base = {
        "since": f"{opened} 起" if opened else "",
        "done": f"已办 {view.done_today}",
        "count": line,
        "longest": f"最久 {longest}" if longest else "",
        "heard": heard(view)[0],
        "serves": f"{c.clerk_label} 在此服务" if elsewhere else "",
        "waited": "",
        "unit": "",
        "sub": "",
        "priority": "",
        "note": "",
        "paper": "",
    }
    if view.current is not None:
        return base | _at_counter(view, view.current, now)
    return base | _empty(view, f"{line}，最久 {longest}" if longest else line, now)


def _line(view: DeskView) -> str:
    return f"{view.waiting_count} 人等候" if view.waiting_count else "现在没有人等候"


def _since(moment: str, now: datetime) -> float:
    return (now - instant(moment)).total_seconds()


def _at_counter(view: DeskView, t: DeskTicket, now: datetime) -> dict[str, str]:
    serving = mood(view) == "serving"
    at = (t.serving_at if serving else t.called_at) or view.now
    times = f" · 第 {t.calls} 次" if t.calls > 1 else ""
    long = span(_since(at, now))
    state = f"办理中 {long}" if serving else f"已呼叫 {long}{times}"
    return {
        "state": f"{state} · 本号后暂停" if view.counter.state == "paused" else state,
        "waited": "等了 " + span(_since(t.queued_at, instant(t.called_at or at))),
        "number": t.number,
        "what": t.item_name or t.queue_name,
        "sub": sub(t),
        "priority": priority(t),
        "note": t.note,
        "paper": paper(t),
    }


def _empty(view: DeskView, line: str, now: datetime) -> dict[str, str]:
    c = view.counter
    match mood(view):
        case "closed":
            words = ("窗口未开", "未开窗", "开窗后就可以叫号", line)
        case "paused":
            until = clock(c.until, view.tz)
            back = f"预计 {until} 恢复" if until else "恢复时间未定"
            words = ("暂停服务", c.reason or "暂停", back, line)
        case _ if view.waiting_count and view.waiting:
            first = view.waiting[0]
            what = f"下一位 {first.number} · {first.item_name or first.queue_name}"
            long = waited(_since(first.queued_at, now))
            found = _named("空闲", str(view.waiting_count), what, long)
            return found | {"unit": "人等候", "priority": priority(first)}
        case _:
            return _named("空闲", "0", "有人取号时这里会显示", "") | {"unit": "人等候"}
    return _named(*words)


def _named(state: str, number: str, what: str, more: str) -> dict[str, str]:
    return {"state": state, "number": number, "what": what, "sub": more}


def row(t: DeskTicket, view: DeskView, kind: str) -> Mapping[str, str]:
    """Return the words of a ticket in the list `waiting`, `held` or `no_show`."""
    now = instant(view.now)
    marks = (
        f"优先 {t.priority}" if t.priority else "",
        t.note if kind == "held" else "",
        NO_PAPER.get(t.print_state, ""),
    )
    since = t.queued_at if kind == "waiting" else t.left_at or t.queued_at
    long = _since(since, now)
    return {
        "number": t.number,
        "what": t.item_name or t.queue_name,
        "mark": " · ".join(m for m in marks if m),
        "time": "刚到" if kind == "waiting" and long < 60 else span(long),
    }


def alerts(view: DeskView) -> list[Alert]:
    """Return what the clerk should know besides the ticket, the most urgent first."""
    now = instant(view.now)
    found: list[Alert] = []
    if view.emergency:
        found.append(Alert(key="emergency", tone="alarm", words=f"紧急：{view.emergency}"))
    for h in view.help:
        seconds = _since(h.at, now)
        since = "" if seconds < 60 else f"，{span(seconds)}了"
        words = f"{h.name}有群众找工作人员{since}"
        found.append(Alert(key=f"help-{h.device}", tone="help", words=words, device=h.device))
    day = {"closing": "今天已停止取号，已取的号照常办", "closed": "今天的营业日已结束"}
    if view.day_state in day:
        found.append(Alert(key="day", tone="info", words=day[view.day_state]))
    for k in view.kiosks:
        if not k.online:
            words = f"{k.name}没有连接"
        elif k.faults:
            faults = dict.fromkeys(FAULTS.get(f, "打印机故障") for f in k.faults)
            words = f"{k.name}：{'、'.join(faults)}"
        else:
            continue
        found.append(Alert(key=f"kiosk-{k.uid}", tone="fault", words=words))
    without = [t.number for t in view.waiting if t.print_state == "failed"]
    if without:
        some = "、".join(without[:NAMED]) + (" 等" if len(without) > NAMED else "")
        words = f"{some}的小票没有打出来，群众手里可能没有纸"
        found.append(Alert(key="paper", tone="fault", words=words))
    return found
