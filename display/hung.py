"""What hangs on this box, read and checked in full: a site's file, its ports, devices, profiles.

Whatever cannot be is refused with file, line, key and what is allowed, before any port is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from server.kit.contract.devices import Part, PartFault
from server.kit.contract.moments import moment
from server.kit.serial.members import Standing
from server.kit.serial.profiles import (
    Attached,
    FrameProfile,
    Link,
    PortConfig,
    SitePort,
    load_frames,
    load_site,
)
from server.kit.serial.profiles.lines import line_of

__all__ = ["HungDevice", "HungLine", "Moments", "hung_lines", "part_of"]

MOMENTS_KEPT = 500

INPUT = "input:"
"""Begin of the address of a keypad that is a keyboard to the system."""
ROLE_WORDS = {"led": "条屏", "pad": "呼叫器", "rater": "评价器"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HungDevice:
    """One device with its profile."""

    key: str
    """Unchanging within the box: `led:3`, `led:zone-1F`, `pad:3`."""
    name: str
    """For staff."""
    device: Attached
    profile: FrameProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class HungLine:
    """One port with all that hangs on it."""

    port: SitePort
    link: Link
    devices: tuple[HungDevice, ...]

    @property
    def is_input(self) -> bool:
        """Return whether it is a keyboard of the system and no line."""
        return self.port.address.startswith(INPUT)


class Moments:
    """Moments of the ports' clock in UTC; one that was told once stays the same.

    Args:
        clock: the clock of the ports.
        now: the time of day, aware.
    """

    def __init__(self, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        self._clock = clock
        self._now = now
        self._told: dict[float, str] = {}

    def utc(self, at: float | None) -> str:
        """Return the moment *at* as the contract has it, empty for None."""
        if at is None:
            return ""
        if at not in self._told:
            if len(self._told) > MOMENTS_KEPT:
                self._told.clear()
            self._told[at] = moment(self._now() - timedelta(seconds=self._clock() - at))
        return self._told[at]


def part_of(
    hung: HungDevice,
    standing: Standing,
    *,
    port: str,
    moments: Moments,
    replaced: tuple[str, ...] = (),
) -> Part:
    """Return a device as staff are told of it.

    Args:
        hung: what it is.
        standing: how it is, on the clock of its line.
        port: address of its port.
        moments: of that clock.
        replaced: characters that it could not show.
    """
    fault = standing.fault
    return Part(
        key=hung.key,
        role=hung.device.role,
        name=hung.name,
        profile=hung.profile.id,
        profile_name=hung.profile.name,
        verified=hung.profile.verified,
        port=port,
        counter=hung.device.counter,
        faults=(PartFault(code=fault, since=moments.utc(standing.since)),) if fault else (),
        confirmed_at=moments.utc(standing.confirmed),
        confirm_ms=round(standing.took_s * 1000),
        replaced=replaced,
    )


def hung_lines(path: str) -> tuple[HungLine, ...]:
    """Return the lines of the site's file at *path*.

    Raises:
        ValueError: it cannot be read, or something in it or in a profile cannot be; every fault is
            a line `file 第 n 行，key：what, and what is allowed`.
    """
    site = load_site(path)
    text = Path(path).read_text("utf-8")
    faults: list[str] = []

    def wrong(key: str, words: str) -> None:
        line = line_of(text, key)
        where = f"{path} 第 {line} 行" if line else path
        faults.append(f"{where}，{key}：{words}")

    lines: list[HungLine] = []
    used: dict[str, int] = {}
    for i, port in enumerate(site.port):
        devices: list[HungDevice] = []
        for j, device in enumerate(port.device):
            at = f"port.{i}.device.{j}"
            if device.role not in ROLE_WORDS:
                wrong(f"{at}.role", f"大屏主机上不接 {device.role}；允许：{'、'.join(ROLE_WORDS)}")
                continue
            try:
                profile = load_frames(device.role, _beside(path, device.profile))
            except ValueError as e:
                wrong(f"{at}.profile", str(e))
                continue
            for fault in profile.wrong_params(device.params):
                name, words = fault.split(": ", 1)
                wrong(f"{at}.params.{name}", words)
            devices.append(
                HungDevice(
                    key=_key(device, used), name=_name(device), device=device, profile=profile
                )
            )
        for key, words in _clashes(i, port, devices):
            wrong(key, words)
        if devices:
            config = PortConfig(address=port.address, baud=port.baud, flow=port.flow)
            link = config.link(devices[0].profile.link)
            lines.append(HungLine(port=port, link=link, devices=tuple(devices)))
    if faults:
        raise ValueError("\n".join(faults))
    return tuple(lines)


def _beside(path: str, profile: str) -> str:
    """Return *profile*; a path in it starts at the folder of the site's file."""
    return str(Path(path).parent / profile) if profile.endswith(".toml") else profile


def _key(device: Attached, used: dict[str, int]) -> str:
    place = device.counter or (f"zone-{device.zone}" if device.zone else "hall")
    key = f"{device.role}:{place}"
    used[key] = used.get(key, 0) + 1
    return key if used[key] == 1 else f"{key}-{used[key]}"


def _name(device: Attached) -> str:
    if device.name:
        return device.name
    place = f"{device.counter}号窗口" if device.counter else f"{device.zone or '全厅'} "
    return f"{place}{ROLE_WORDS[device.role]}"


def _clashes(i: int, port: SitePort, devices: list[HungDevice]) -> Iterator[tuple[str, str]]:
    """Yield what cannot be on one port: two speeds, two devices with one address, a bar on keys."""
    if port.address.startswith(INPUT):
        if len(port.device) > 1 or port.device[0].role == "led":
            yield f"port.{i}.device", "键盘式端口上只接一个设备；允许：pad、rater"
        return
    links = {}
    places: dict[tuple[str, object], str] = {}
    for j, one in enumerate(devices):
        link = PortConfig(address=port.address, baud=port.baud, flow=port.flow).link(
            one.profile.link
        )
        links[link] = one
        if len(links) > 1:
            own = f"{link.baud} {link.bits}{link.parity}{link.stop}"
            words = "与同一端口的前一个设备不同；可以在 port 里写 baud，校验位不同的要分开接线"
            yield f"port.{i}.device.{j}.profile", f"{one.profile.id} 的线路是 {own}，{words}"
            return
        default = one.profile.params.get("addr")
        address = one.device.params.get("addr", default.default if default else None)
        place = (one.profile.id, address)
        if place in places:
            at = "没有地址" if address is None else f"地址 {address}"
            yield (
                f"port.{i}.device.{j}.params.addr",
                f"{at} 已经是 {places[place]} 的，同一条线上地址不能重复",
            )
        places[place] = one.name
