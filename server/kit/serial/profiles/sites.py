"""What hangs on one box: port → devices, each with its role, profile and address. A site's own file.

[[port]]
name = "一层北侧"
address = "/dev/serial/by-path/…"

[[port.device]]
role = "led"
profile = "onbon_bx5k"
counter = "3"
params = { addr = 3 }
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from server.kit.serial.profiles.common import Baud, Flow, Part

MOST = 80
"""Devices of a box: the server takes no acknowledgement that tells of more."""
LONGEST_NAME = 40
Role = Literal["led", "pad", "rater", "reader"]


class Attached(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One device on a port."""

    role: Role
    profile: str
    """Name of a profile in `led`, `pads`, `raters` or `readers`, or a path that ends in `.toml`."""
    counter: str = ""
    """Code of the counter 窗口 that it belongs to; empty only for a reader or a bar for a zone."""
    zone: str = ""
    name: str = ""
    """For staff; empty = made from counter and role."""
    params: dict[str, int | str] = msgspec.field(default_factory=dict)
    """Values of the profile's parameters at this place, such as its address."""
    slogan: str = ""
    """What a bar shows while nobody is called; empty = its profile's own."""


class SitePort(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line with all that hangs on it; one process owns it."""

    name: str
    address: str
    """As `PortConfig.address`; `input:/dev/input/by-id/…` is a keypad or wedge."""
    baud: Baud | None = None
    flow: Flow | None = None
    rs485: bool = False
    """True for an on-board UART whose driver must switch the direction (TIOCSRS485)."""
    device: Annotated[tuple[Attached, ...], msgspec.Meta(min_length=1)]


class Site(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All lines of one box."""

    port: tuple[SitePort, ...] = ()

    def faults(self) -> list[str]:
        """Return what cannot be, as `key: words`."""
        found, seen = [], set()
        if sum(len(port.device) for port in self.port) > MOST:
            found.append(f"port: 一台主机最多接 {MOST} 个设备，多的接到另一台")
        for i, port in enumerate(self.port):
            if port.address in seen:
                found.append(f"port.{i}.address: {port.address} 写了两次，一个端口只能有一处")
            seen.add(port.address)
            for j, one in enumerate(port.device):
                if len(one.name) > LONGEST_NAME or not (one.name or " ").isprintable():
                    words = f"最多 {LONGEST_NAME} 个字，不能有看不见的字符"
                    found.append(f"port.{i}.device.{j}.name: {words}")
                if one.role in ("pad", "rater") and not one.counter:
                    found.append(f"port.{i}.device.{j}.counter: 呼叫器和评价器要写明窗口")
        return found
