"""One bar of the model: power, faults, and what glows on it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from display.hung import HungDevice
from display.led.model.protocols import (
    Alpha,
    BarProtocol,
    Kanban4,
    Modbus,
    Onbon,
    StxNumber,
    StxText,
    Sunpn,
)

KNOWN = (
    "onbon_bx5k",
    "onbon_bx6k",
    "alpha",
    "modbus_rtu_text",
    "kanban4",
    "sunpn_3a",
    "stx_etx_numeric",
    "template_unknown",
)
"""Profiles whose protocols the model speaks, and a site's own whose ids begin so."""
GARBLED = 0.3
"""Share of the bytes that a garbling line turns into others, both ways."""


class Control(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is done to a bar; what is not given stays."""

    bar: str
    """Its key, `led:3`; empty = all of them."""
    power: bool | None = None
    """False: dark, and everything is forgotten."""
    silent: bool | None = None
    """True: it hears nothing and says nothing, and keeps its picture."""
    garble: bool | None = None
    """True: the line turns bytes into others."""


class BarView(msgspec.Struct, frozen=True, kw_only=True):
    """A bar as the page shows it."""

    key: str
    name: str
    profile: str
    place: str
    """Its address on its line."""
    kind: str
    """`matrix` or `digits`."""
    columns: int
    """Cells of a matrix, digits of a number display."""
    text: str
    effect: str
    colour: str
    power: bool
    silent: bool
    garble: bool
    frames: int
    complaint: str


@dataclass(kw_only=True)
class Bar:
    """A bar on a line."""

    hung: HungDevice
    protocol: BarProtocol
    kind: str
    columns: int
    seed: int = 0
    text: str = ""
    effect: str = "still"
    colour: str = ""
    power: bool = True
    silent: bool = False
    garble: bool = False
    frames: int = 0
    complaint: str = ""
    history: list[str] = field(default_factory=list)
    """The last texts it showed, for tests."""
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable, not secret

    def hear(self, data: bytes) -> bytes:
        """Take bytes of the line and return what the bar says."""
        if not self.power or self.silent:
            return b""
        said = b""
        for heard in self.protocol.hear(self._line(data)):
            self.frames += 1
            self.complaint = heard.complaint
            if heard.text is not None:
                self.text, self.effect, self.colour = heard.text, heard.effect, heard.colour
                self.history = [*self.history[-50:], heard.text]
            if heard.lit is False:
                self.text = ""
            said += heard.answer
        return self._line(said)

    def control(self, wanted: Control) -> None:
        """Do what is wanted to the bar."""
        if wanted.power is not None:
            self.power = wanted.power
            if not wanted.power:
                self.text, self.effect, self.colour, self.complaint = "", "still", "", ""
        if wanted.silent is not None:
            self.silent = wanted.silent
        if wanted.garble is not None:
            self.garble = wanted.garble

    def view(self) -> BarView:
        """Return it as the page shows it."""
        return BarView(
            key=self.hung.key,
            name=self.hung.name,
            profile=self.hung.profile.name,
            place=str(_params(self.hung).get("addr", "")),
            kind=self.kind,
            columns=self.columns,
            text=self.text,
            effect=self.effect,
            colour=self.colour or "red",
            power=self.power,
            silent=self.silent,
            garble=self.garble,
            frames=self.frames,
            complaint=self.complaint,
        )

    def _line(self, data: bytes) -> bytes:
        if not self.garble:
            return data
        return bytes(
            self._random.randrange(256) if self._random.random() < GARBLED else b for b in data
        )


def _params(hung: HungDevice) -> Mapping[str, int | str]:
    return {n: p.default for n, p in hung.profile.params.items()} | dict(hung.device.params)


def bar_of(hung: HungDevice, seed: int = 0) -> Bar:
    """Return the bar that *hung* describes.

    Raises:
        ValueError: the model does not speak its protocol.
    """
    params = _params(hung)
    own = hung.profile.id
    name = next((n for n in KNOWN if own.startswith(n)), own)

    def number(key: str, other: int = 0) -> int:
        value = params.get(key, other)
        return value if isinstance(value, int) else other

    address = number("addr")
    kind, columns = "matrix", 16
    protocol: BarProtocol
    match name:
        case "onbon_bx5k":
            protocol = Onbon(address, width_px=8 * number("w8", 8))
            columns = number("w8", 8)
        case "onbon_bx6k":
            protocol = Onbon(address, width_px=number("w", 64), six=True)
            columns = number("w", 64) // 8
        case "alpha":
            protocol, columns = Alpha(str(params.get("addr", "01"))), 14
        case "modbus_rtu_text":
            protocol = Modbus(address, number("reg"))
        case "kanban4":
            protocol, kind, columns = Kanban4(address), "digits", 3
        case "sunpn_3a":
            protocol, kind, columns = Sunpn(), "digits", 3
        case "stx_etx_numeric":
            protocol, kind, columns = StxNumber(address), "digits", 4
        case "template_unknown":
            protocol = StxText(address)
        case _:
            raise ValueError(f"模型不会说 {name} 的话")
    return Bar(hung=hung, protocol=protocol, kind=kind, columns=columns, seed=seed)
