"""What all profiles share: bytes as text, the line, how far values are proved, and their sources."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

Hex = Annotated[str, msgspec.Meta(pattern=r"^([0-9A-F]{2})( ?[0-9A-F]{2})*$")]
"""Literal bytes as upper-case hex pairs, blanks allowed between pairs: `1D56 4200`."""
Positive = Annotated[int, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Byte = Annotated[int, msgspec.Meta(ge=0, le=255)]
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]+$")]
Verified = Literal[
    "measured",
    "vendor_oracle",
    "vendor_source",
    "published_vector",
    "published_document",
    "unverified",
]
"""How far the values of a profile have been proved, strongest first: `measured` on this very
family; `vendor_oracle` equal to the vendor's own program; `vendor_source` read from it;
`published_vector` equal to published example bytes; `published_document` read from a manual."""
Baud = Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200]
Flow = Literal["none", "rtscts", "xonxoff"]

ABOUT = frozenset({"id", "name", "verified", "kind", "sources"})
"""Keys that speak about the profile itself and therefore need no source."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a profile: frozen, and any key it does not know refuses."""


class Link(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How bytes travel: the line's settings as the device has them on its self-test page."""

    baud: Baud = 9600
    bits: Literal[7, 8] = 8
    parity: Literal["N", "E", "O"] = "N"
    stop: Literal[1, 2] = 1
    flow: Flow = "none"
    """`rtscts` also for DTR/DSR printers whose DTR is wired to our CTS; Linux cannot watch DSR."""

    def wire_s(self, count: int) -> float:
        """Return the seconds that *count* bytes need on the wire."""
        per_byte = 1 + self.bits + (self.parity != "N") + self.stop
        return count * per_byte / self.baud


class PortConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a device is attached: a site's own facts, which go before the profile's."""

    address: str
    """`/dev/serial/by-path/…`, `COM3`, `tcp://192.0.2.7:9100`, `udp://192.0.2.8:5005`."""
    baud: Baud | None = None
    """Speed set on the device, when it differs from the profile."""
    flow: Flow | None = None
    """Flow control by the cable at hand, when it differs from the profile."""

    def link(self, profile: Link) -> Link:
        """Return *profile* with this site's own settings in place."""
        own = {"baud": self.baud, "flow": self.flow}
        return msgspec.structs.replace(profile, **{k: v for k, v in own.items() if v is not None})


def unsourced(table: dict[str, Any], sources: dict[str, str]) -> list[str]:
    """Return the dotted paths of *table* whose value has no source, not even for its table."""
    paths = [p for p in _leaves(table) if p.split(".")[0] not in ABOUT]
    return [p for p in paths if not any(p == s or p.startswith(f"{s}.") for s in sources)]


def _leaves(table: dict[str, Any], prefix: str = "") -> list[str]:
    found: list[str] = []
    for key, value in table.items():
        path = f"{prefix}{key}"
        found += _leaves(value, f"{path}.") if isinstance(value, dict) else [path]
    return found
