"""The page 设备: every device as it is now, with what hangs on it, grouped, the worst first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from server.domain.moments import instant, moment
from server.reads.equipment import (
    FaultLine,
    Paper,
    PartLine,
    age_words,
    fault_line,
    part_line,
    since_words,
)
from server.reads.screens import FAULT_ZH, KIND_ZH, DeviceLine, Presence, line
from server.store import asks, devices
from server.store.asks import LIVES
from server.store.devices import Device
from server.store.work import Read

WORST = ("away", "bad", "mild", "new", "ok")
"""States, the worst first. `new` = enrolled and never connected."""
STATE_ZH = {"away": "离线", "bad": "有故障", "mild": "要留意", "new": "还没连接过", "ok": "正常"}
ASK_ZH = {
    "test_page": "打印测试页",
    "restart": "重启程序",
    "new_roll": "已换新纸",
    "identify": "显示名称",
    "show_test": "亮屏测试",
}
DETAIL_ZH = {
    "busy": "有群众正在使用，一分钟内没有空下来，没有重启",
    "interrupted": "做到一半断了，不知道有没有完成",
    "unsupported": "这台设备做不了",
    "unknown": "不知道有没有打印出来，请到现场看一眼",
    "emergency": "正在显示紧急疏散，没有换画面",
}
ASKS_SHOWN = 8
KIND_ORDER = ("kiosk", "display", "pad")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A device on the page."""

    line: DeviceLine
    state: str
    """One of `WORST`."""
    state_zh: str
    since: str
    """Since when it is online or away, hall time with its date when it is not today; empty = never."""
    since_at: str
    """The same, UTC."""
    age: str
    faults: tuple[FaultLine, ...]
    """Those of the device itself that no part explains."""
    parts: tuple[PartLine, ...]

    @property
    def wrong(self) -> tuple[tuple[str, FaultLine], ...]:
        """Everything wrong, with the name of the part; the worst first."""
        own = [("", fault) for fault in self.faults]
        hung = [
            ("" if p.name in fault.what else p.name, fault)
            for p in self.parts
            for fault in p.faults
        ]
        return tuple(sorted((*own, *hung), key=lambda one: one[1].mild))

    @property
    def paper(self) -> Paper | None:
        """The paper of its printer."""
        return next((p.paper for p in self.parts if p.paper is not None), None)

    @property
    def printer(self) -> PartLine | None:
        """Its printer."""
        return next((p for p in self.parts if p.role == "printer"), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Devices of one place or one kind."""

    key: str
    title: str
    cards: tuple[Card, ...]

    @property
    def wrong(self) -> int:
        """How many of them need a look."""
        return sum(1 for card in self.cards if card.state != "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskLine:
    """What was asked of a device, and what came of it."""

    uid: str
    what: str
    part: str
    at: str
    who: str
    state: str
    """`asked`, `begun`, `done`, `failed` or `over`."""
    result: str


def cards(r: Read, presence: Presence) -> tuple[Card, ...]:
    """Return every enrolled device, the worst first."""
    found = [card(r, device, presence) for device in devices.every(r)]
    return tuple(sorted(found, key=_order))


def card(r: Read, device: Device, presence: Presence) -> Card:
    """Return one device as it is now."""
    shown = line(r, device, presence)
    seen = presence.seen(device.uid)
    since_at = moment(seen.since) if seen is not None else device.last_seen_at
    parts = seen.parts if seen is not None and shown.online else ()
    codes = seen.faults if seen is not None and shown.online else ()
    explained = {fault.code for part in parts for fault in part.faults}
    first = seen.fault_since if seen is not None else {}
    faults = tuple(
        fault_line(r, code, role="", at=moment(first[code]) if code in first else "")
        for code in codes
        if code not in explained
    )
    lines = tuple(part_line(r, part) for part in parts)
    wrong = [*faults, *(fault for part in lines for fault in part.faults)]
    if not shown.online:
        state = "away" if since_at else "new"
    elif wrong:
        state = "mild" if all(fault.mild for fault in wrong) else "bad"
    else:
        state = "ok"
    return Card(
        line=shown,
        state=state,
        state_zh=STATE_ZH[state],
        since=since_words(r, since_at),
        since_at=since_at,
        age=age_words(r.now - instant(since_at)) if since_at else "",
        faults=faults,
        parts=lines,
    )


def grouped(r: Read, found: Sequence[Card], *, by: str) -> tuple[Group, ...]:
    """Return *found* in groups, by `kind` or else by place; groups keep their order, calmly."""
    if by == "kind":
        keys = [(kind, KIND_ZH[kind]) for kind in KIND_ORDER]
        of = [(c.line.kind, c) for c in found]
    else:
        zones = {z.code for z in r.config.zones}
        keys = [("", "整个大厅"), *((z.code, z.name) for z in r.config.zones)]
        of = [(c.line.zone if c.line.zone in zones else "", c) for c in found]
    groups = (
        Group(key=key, title=title, cards=tuple(c for k, c in of if k == key))
        for key, title in keys
    )
    return tuple(group for group in groups if group.cards)


def ask_lines(r: Read, device: Device) -> tuple[AskLine, ...]:
    """Return the newest asks of a device."""
    return tuple(
        AskLine(
            uid=ask.uid,
            what=ASK_ZH.get(ask.what, ask.what),
            part=ask.part,
            at=since_words(r, ask.asked_at),
            who=who,
            state=_ask_state(r, ask),
            result=_result(r, ask),
        )
        for ask, who in asks.newest_of(r, device.id, most=ASKS_SHOWN)
    )


def _ask_state(r: Read, ask: asks.Ask) -> str:
    return "over" if ask.state == "asked" and r.now - instant(ask.asked_at) > LIVES else ask.state


def _result(r: Read, ask: asks.Ask) -> str:
    why = DETAIL_ZH.get(ask.detail) or FAULT_ZH.get(ask.detail, ("", ""))[0]
    match _ask_state(r, ask):
        case "over":
            return "设备没有来取，已作废"
        case "asked":
            return "已发出，等设备应答"
        case "begun":
            late = r.now - instant(ask.asked_at) > timedelta(minutes=2)
            return "设备已开始，还没有结果" if late else "正在做"
        case "done":
            took = instant(ask.answered_at or ask.asked_at) - instant(ask.asked_at)
            return f"完成，用了 {max(1, round(took.total_seconds()))} 秒"
    return f"没有做成：{why}" if why else "没有做成，请到设备前查看"


def _order(one: Card) -> tuple[int, int, list[tuple[int, str]]]:
    return (WORST.index(one.state), KIND_ORDER.index(one.line.kind), natural(one.line.name))


def natural(name: str) -> list[tuple[int, str]]:
    """Return a key by which `2号` comes before `10号`."""
    return [
        (int(digits), "") if digits else (-1, word)
        for digits, word in re.findall(r"([0-9]+)|([^0-9]+)", name)
    ]
