"""Faults, parts, ages and proofs in words: how 管理 says what is wrong with a device, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from server.domain.moments import instant, local
from server.kit.contract.devices import Part
from server.reads.screens import FAULT_ZH, UNKNOWN_FAULT
from server.store.work import Read

PART_ZH: Mapping[str, str] = MappingProxyType(
    {"printer": "打印机", "led": "条屏", "pad": "呼叫器", "rater": "评价器", "reader": "读卡器"}
)
PART_FAULT_ZH: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "silent": ("没有应答", "请检查电源、数据线和地址拨码"),
        "no_port": ("端口打不开", "请检查转换器和数据线，或在设备上改端口"),
        "refused": ("不接受内容", "请核对配置文件和波特率"),
        "offline": ("断开", "请检查电源和数据线"),
        "garbled": ("应答看不懂", "请对照厂家说明书核对配置文件"),
    }
)
"""Faults of what hangs on a box; those of a printer have words of their own."""
READER_TO_DO_ZH: Mapping[str, str] = MappingProxyType(
    {
        "silent": "请重启厂家的读卡程序，检查读卡器的数据线",
        "no_port": "请检查读卡器的插头，看厂家的读卡程序有没有运行",
    }
)
"""A card reader has no address switch and often no port: what to do about it instead."""
VERIFIED_ZH: Mapping[str, str] = MappingProxyType(
    {
        "measured": "实机验证",
        "vendor_oracle": "厂家程序",
        "vendor_source": "厂家程序",
        "published_vector": "公开文件",
        "published_document": "公开文件",
        "unverified": "未验证",
    }
)
"""How far a profile is proved, see `server.kit.serial.profiles.Verified`."""
CONFIRM_ZH: Mapping[str, str] = MappingProxyType(
    {
        "process_id": "逐张确认",
        "star_etb": "逐张确认",
        "asb": "状态确认",
        "gs_r": "状态确认",
        "dle_eot": "状态确认",
        "none": "打印机不能确认",
    }
)
"""What proves that a slip was printed."""
MILD = frozenset({"near_end", "paper_low", "text_too_small", "muted"})
"""Faults with which the device goes on doing its work."""
WEEKDAY_ZH = "一二三四五六日"
YEAR_FIRST, YEAR_LAST = 1970, 9998
"""A box whose clock is wrong begins at 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultLine:
    """Something wrong, with its age."""

    code: str
    what: str
    to_do: str
    mild: bool
    """Whether the device goes on doing its work."""
    since: str
    """Hall time in words, empty when nobody knows."""
    age: str
    at: str
    """The same, UTC; empty when nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The roll in a printer."""

    sensor: str
    """What the sensor says: `ok`, `low` or `out`."""
    left_mm: int
    """By estimate; -1 = nobody said when the roll was put in."""
    roll_mm: int

    @property
    def share(self) -> int:
        """What is left of the roll, in per cent."""
        return round(100 * max(0, self.left_mm) / self.roll_mm) if self.roll_mm else 0

    @property
    def words(self) -> str:
        """The estimate in words."""
        if self.sensor == "out":
            return "缺纸"
        if self.left_mm < 0:
            return "换一次新纸后开始估算"
        left = self.left_mm / 1000
        return f"约剩 {left:.1f} 米" if left < 10 else f"约剩 {left:.0f} 米"

    @property
    def sensor_zh(self) -> str:
        """The sensor in words."""
        return {"ok": "有纸", "low": "快用完", "out": "缺纸"}[self.sensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLine:
    """An attached device in words."""

    key: str
    role: str
    role_zh: str
    name: str
    profile: str
    profile_name: str
    verified: str
    verified_zh: str
    port: str
    faults: tuple[FaultLine, ...]
    confirmed: str
    """Hall time in words; empty = not since the box started."""
    confirm_ms: int
    confirm_zh: str
    paper: Paper | None
    replaced: str
    """Characters that it could not show."""


def since_words(r: Read, at: str) -> str:
    """Return a moment in hall time: `09:41`, `昨天 17:40`, `11月20日（周五）17:40`; its year when another."""
    if not at:
        return ""
    there = local(instant(at), r.hall.tz)
    days = (r.local_now.date() - there.date()).days
    if days == 0:
        return f"{there:%H:%M}"
    date = f"{there.month}月{there.day}日"
    if there.year != r.local_now.year:
        date = f"{there.year}年{date}"
    day = f"昨天（{date}）" if days == 1 else f"{date}（周{WEEKDAY_ZH[there.weekday()]}）"
    return f"{day}{there:%H:%M}"


def age_words(age: timedelta) -> str:
    """Return how long ago: `刚刚`, `12 分钟`, `2 小时 5 分`, `3 天`."""
    minutes = max(0, int(age.total_seconds())) // 60
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} 小时 {rest} 分" if rest else f"{hours} 小时"
    return f"{hours // 24} 天"


def fault_line(r: Read, code: str, *, role: str, at: str) -> FaultLine:
    """Return a fault in words.

    Args:
        r: the question.
        code: the fault.
        role: of the part, empty for the device itself.
        at: since when, UTC; empty when nobody knows.
    """
    own = PART_FAULT_ZH if role not in {"", "printer"} else {}
    what, to_do = own.get(code) or FAULT_ZH.get(code, UNKNOWN_FAULT)
    if role == "reader":
        to_do = READER_TO_DO_ZH.get(code, to_do)
    known = _known(at)
    return FaultLine(
        code=code,
        what=what,
        to_do=to_do,
        mild=code in MILD,
        since=since_words(r, at) if known else "",
        age=age_words(r.now - known) if known else "",
        at=at if known else "",
    )


def part_line(r: Read, part: Part) -> PartLine:
    """Return an attached device in words."""
    codes = {fault.code for fault in part.faults}
    sensor = "out" if "paper_out" in codes else "low" if "near_end" in codes else "ok"
    printer = part.role == "printer"
    return PartLine(
        key=part.key,
        role=part.role,
        role_zh=PART_ZH.get(part.role, part.role),
        name=part.name,
        profile=part.profile,
        profile_name=part.profile_name,
        verified=part.verified,
        verified_zh=VERIFIED_ZH.get(part.verified, part.verified),
        port=part.port,
        faults=tuple(fault_line(r, f.code, role=part.role, at=f.since) for f in part.faults),
        confirmed=since_words(r, part.confirmed_at) if _known(part.confirmed_at) else "",
        confirm_ms=part.confirm_ms,
        confirm_zh=CONFIRM_ZH.get(part.confirm_kind, "") if printer else "",
        paper=Paper(sensor=sensor, left_mm=part.paper_left_mm, roll_mm=part.paper_roll_mm)
        if printer
        else None,
        replaced="".join(part.replaced),
    )


def _known(at: str) -> datetime | None:
    """Return a moment that a box has told; None for what is none: it stands in no list of ours.

    At both ends of the calendar a moment has no hall time, and no box that we know was there.
    """
    try:
        found = instant(at)
    except ValueError:
        return None
    return found if YEAR_FIRST <= found.year <= YEAR_LAST else None
