"""Devices as 管理 shows them: what each is, whether it is here, what it shows, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from server.domain.moments import instant, local
from server.kit.contract.devices import Part
from server.kit.contract.screens import Layout
from server.store import devices
from server.store.devices import Device
from server.store.work import Read

KIND_ZH: Mapping[str, str] = MappingProxyType(
    {"kiosk": "取号机", "display": "屏幕", "pad": "呼叫器"}
)
ROLE_ZH: Mapping[str, str] = MappingProxyType(
    {
        "board": "综合屏",
        "disclosures": "五公开公示屏",
        "counter": "窗口屏",
        "guide": "导览屏",
        "leaders": "坐班领导屏",
    }
)
REGION_ZH: Mapping[str, str] = MappingProxyType(
    {
        "queues": "各队列等候",
        "disclosures": "五公开",
        "promotion": "宣传",
        "leaders": "今日坐班领导",
        "notices": "公告",
    }
)
FAULT_ZH: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "paper_out": ("缺纸", "请装一卷新纸"),
        "near_end": ("纸快用完", "请备好纸卷，有空时换上"),
        "paper_low": ("纸快用完", "请备好纸卷，有空时换上"),
        "cover_open": ("盖子没关", "请把打印机的盖子按紧"),
        "cutter": ("切刀故障", "请关掉电源再打开；还不行请报修"),
        "jam": ("卡纸", "请打开盖子，取出卡住的纸"),
        "offline": ("打印机断开", "请检查打印机的电源和数据线"),
        "silent": ("打印机没有应答", "请检查电源和数据线，再关开一次"),
        "no_port": ("没有接打印机", "请检查数据线，或在设备上改端口"),
        "muted": ("静音", "请到屏幕前点一下“静音：点击启用声音”"),
        "no_sound": ("没有声音", "请检查音箱、声卡，以及设置里的声音设备名"),
        "text_too_small": ("字太小", "从最远的座位看不清：请减少行数和显示内容，或改准尺寸和距离"),
    }
)
"""Code of a fault → what it is, and what to do. A code that is not here is said as a fault."""
UNKNOWN_FAULT = ("设备报告了故障", "请到设备前查看")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the server knows of a device that was here since the start."""

    online: bool
    since: datetime
    """When it came, or was last heard of."""
    content: str
    """Digest of the catalogue that it shows."""
    faults: tuple[str, ...]
    software: str
    parts: tuple[Part, ...] = ()
    """What hangs on it."""
    fault_since: Mapping[str, datetime] = field(default_factory=dict)
    """Fault of the device itself → when it was first heard of."""


class Presence(Protocol):
    """What these pages ask about connected devices."""

    def seen(self, device: str) -> Seen | None:
        """What is known of a device; None when it was not here since the start."""

    def leader(self, zone: str) -> str:
        """The display that speaks for a zone now; empty when none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong with a device, for the one who is to mend it."""

    what: str
    to_do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """A device as a line of a list."""

    uid: str
    kind: str
    kind_zh: str
    name: str
    zone: str
    zone_name: str
    """`整个大厅` without a zone; of a pad or rater its counter."""
    role_zh: str
    """Of a display: what it shows; empty for others."""
    online: bool
    ever: bool
    """Whether it was ever here."""
    since: str
    """Hall time: `09:12`, or `11月23日 09:12` when it is not today; empty when never here."""
    current: bool
    """Whether it shows the catalogue that is in force."""
    content: str
    faults: tuple[Fault, ...]
    muted: bool
    """Whether it cannot be heard now."""
    leads: bool
    software: str
    enrolled: str
    """Hall-local date."""
    layout: Layout
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """All devices, and how many of those that carry the catalogue have the one in force."""

    lines: tuple[DeviceLine, ...]
    digest: str

    @property
    def displays(self) -> tuple[DeviceLine, ...]:
        """The screens."""
        return tuple(d for d in self.lines if d.kind == "display")

    def updated(self, kind: str) -> tuple[int, int]:
        """Return (how many devices of *kind* show what is in force, how many there are)."""
        there = [d for d in self.lines if d.kind == kind]
        return sum(1 for d in there if d.current), len(there)


def device_list(r: Read, presence: Presence) -> Devices:
    """Return every enrolled device."""
    found = [line(r, d, presence) for d in devices.every(r)]
    return Devices(lines=tuple(found), digest=r.hall.catalogue_digest)


def line(r: Read, device: Device, presence: Presence) -> DeviceLine:
    """Return one device as it is now."""
    seen = presence.seen(device.uid)
    zones = {z.code: z.name for z in r.config.zones}
    faults = () if seen is None or not seen.online else seen.faults
    return DeviceLine(
        uid=device.uid,
        kind=device.kind,
        kind_zh=_kind_zh(device),
        name=device.name,
        zone=device.zone,
        zone_name=_counter_name(r, device) or zones.get(device.zone, "整个大厅"),
        role_zh=ROLE_ZH.get(device.layout.role, "") if device.kind == "display" else "",
        online=seen is not None and seen.online,
        ever=seen is not None or bool(device.last_seen_at),
        since=clock_words(r, seen.since) if seen is not None else _last(r, device),
        current=seen is not None and seen.online and seen.content == r.hall.catalogue_digest,
        content="" if seen is None else seen.content,
        faults=tuple(fault(code) for code in faults),
        muted=bool({"muted", "no_sound"} & set(faults)),
        leads=any(presence.leader(z.code) == device.uid for z in r.config.zones),
        software=device.software if seen is None or not seen.software else seen.software,
        enrolled=local(instant(device.enrolled_at), r.hall.tz).date().isoformat(),
        layout=device.layout,
        version=device.version,
    )


def _kind_zh(device: Device) -> str:
    """Return what a device is; a pad may be a rater."""
    rater = device.kind == "pad" and device.layout.role == "rater"
    return "评价器" if rater else KIND_ZH.get(device.kind, device.kind)


def _counter_name(r: Read, device: Device) -> str:
    """Return the counter at which a pad or rater stands, empty for other devices."""
    place = r.config.counter_by_code.get(device.layout.counter) if device.kind == "pad" else None
    return "" if place is None else place.name


def _last(r: Read, device: Device) -> str:
    return clock_words(r, instant(device.last_seen_at)) if device.last_seen_at else ""


def fault(code: str) -> Fault:
    """Return a fault in words."""
    what, to_do = FAULT_ZH.get(code, UNKNOWN_FAULT)
    return Fault(what=what, to_do=to_do)


def clock_words(r: Read, at: datetime) -> str:
    """Return a moment in hall time: the clock alone today, else with its date."""
    there = local(at, r.hall.tz)
    if there.date() == r.local_now.date():
        return f"{there:%H:%M}"
    return f"{there.month}月{there.day}日 {there:%H:%M}"
