"""Device profiles: facts about printers as data, read from firmware_configs and checked in full.

A profile is a TOML file. Unknown keys, missing keys, impossible values and values without a source
refuse to load: a profile that is half understood would print half a ticket. `python -m
server.kit.serial.profiles` prints the JSON schema that firmware_configs/schema.json holds.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

Hex = Annotated[str, msgspec.Meta(pattern=r"^([0-9A-F]{2})( ?[0-9A-F]{2})*$")]
"""Literal bytes as upper-case hex pairs, blanks allowed between pairs: `1D56 4200`."""
Positive = Annotated[int, msgspec.Meta(gt=0)]
FaultCode = Literal["paper_out", "cover_open", "cutter", "jam", "offline"]
"""Faults that a printer itself reports; `silent` and `no_port` are ours to see."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a profile: frozen, and any key it does not know refuses."""


class Link(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How bytes travel: the line's settings as the device has them on its self-test page."""

    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    bits: Literal[7, 8] = 8
    parity: Literal["N", "E", "O"] = "N"
    stop: Literal[1, 2] = 1
    flow: Literal["none", "rtscts", "xonxoff"] = "none"
    """`rtscts` also for DTR/DSR printers whose DTR is wired to our CTS; Linux cannot watch DSR."""

    def wire_s(self, count: int) -> float:
        """Return the seconds that *count* bytes need on the wire."""
        per_byte = 1 + self.bits + (self.parity != "N") + self.stop
        return count * per_byte / self.baud


class Paper(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The roll: what fits on one line."""

    width_mm: Literal[58, 80]
    dots: Positive
    columns: Positive
    """Cells of font A (12×24 dots) on one line; a hanzi takes two."""


class Text(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which characters the printer's own font has."""

    charset: Literal["gb2312", "gbk", "gb18030"]
    four_byte: bool
    """True when the firmware prints four-byte GB18030 codes; otherwise they would be garbage."""
    start: Hex
    """Sent first in every job: reset and Chinese mode."""


class Qr(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a QR code 二维码 is printed."""

    mode: Literal["native", "raster"]
    """`native`: the printer draws it (`GS ( k`); `raster`: we send its dots (`GS v 0`)."""
    module_dots: Annotated[int, msgspec.Meta(ge=2, le=16)]
    level: Literal["L", "M", "Q", "H"]


class Cut(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the paper is parted; the same bytes mean opposite things on different makes."""

    bytes: Hex
    feed: Hex | None = None
    """Sent before `bytes` where these cut at the head instead of feeding to the cutter first."""


class StatusBit(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One meaning in the answer to `DLE EOT query`: set when any bit of *mask* is set."""

    query: Annotated[int, msgspec.Meta(ge=1, le=5)]
    mask: Annotated[int, msgspec.Meta(ge=1, le=255)]
    means: FaultCode | Literal["near_end"]


class Status(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the printer says how it is."""

    queries: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=1, le=5)], ...], msgspec.Meta(min_length=1)
    ]
    """The n of the `DLE EOT n` asked, in this order, one at a time."""
    bits: tuple[StatusBit, ...]
    asb: bool = False
    """True when automatic status (`GS a`) is switched on as well."""
    answer_ms: Positive
    """How long one answer may take."""
    poll_ms: Positive
    """How often an idle printer is asked."""


class Confirm(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts as the proof that a slip was printed, strongest first."""

    kind: Literal["process_id", "gs_r", "dle_eot"]
    """`process_id`: `GS ( H` answers after printing. `gs_r`: the buffer was worked off. `dle_eot`:
    the printer was alive and without fault during and after the slip; weak."""
    print_ms: Positive
    """How long a slip needs from its last byte to the cut."""
    timeout_ms: Positive
    """How long a healthy printer may take to confirm, from the last byte on."""
    offline_ms: Positive
    """How long a job waits for paper or a closed cover before its fate is called unknown."""


class Recover(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent before the next job after one whose fate is unknown."""

    stub: Hex
    """Resets the printer and parts whatever stub of a slip stands in it."""
    clear: Hex | None = None
    """Sent before `stub` when a job broke off in the middle: clears the printer's buffers."""


class PrinterProfile(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that differs between printers, as far as a queue ticket needs it."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]+$")]
    name: str
    """For people, Chinese."""
    verified: Literal["measured", "vendor_source", "published_document", "unverified"]
    """How far the values have been proved on this very family of printers."""
    link: Link
    paper: Paper
    text: Text
    qr: Qr
    cut: Cut
    status: Status
    confirm: Confirm
    recover: Recover
    sources: dict[str, str]
    """Where each value comes from, by dotted path; `link` covers all of `link.*`."""


Baud = Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200]
Flow = Literal["none", "rtscts", "xonxoff"]


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


def printer_profiles() -> tuple[str, ...]:
    """Return the ids of the printer profiles that ship with the product, sorted."""
    folder = resources.files("firmware_configs") / "printers"
    return tuple(
        sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml"))
    )


def load_printer(name: str) -> PrinterProfile:
    """Return the profile called *name*, or read from the path *name* when it ends in `.toml`.

    Raises:
        ValueError: there is no such profile, or it is not valid; the message says which key.
    """
    if name.endswith(".toml"):
        path = Path(name)
        if not path.is_file():
            raise ValueError(f"there is no profile {name}")
        return parse_printer(path.read_bytes(), name=path.stem)
    if name not in printer_profiles():
        raise ValueError(f"there is no profile {name}; there are {', '.join(printer_profiles())}")
    file = resources.files("firmware_configs") / "printers" / f"{name}.toml"
    return parse_printer(file.read_bytes(), name=name)


def parse_printer(data: bytes, *, name: str) -> PrinterProfile:
    """Return the profile in the TOML text *data* of the file *name* (without its ending).

    Raises:
        ValueError: the text is not a valid profile of that name.
    """
    try:
        profile = msgspec.toml.decode(data, type=PrinterProfile)
    except (msgspec.ValidationError, msgspec.DecodeError) as e:
        raise ValueError(f"profile {name}: {e}") from e
    if profile.id != name:
        raise ValueError(f"profile {name}: its id is {profile.id}")
    unasked = {bit.query for bit in profile.status.bits} - set(profile.status.queries)
    if unasked:
        raise ValueError(f"profile {name}: bits of queries that are never asked: {unasked}")
    if not any(bit.means == "paper_out" for bit in profile.status.bits):
        raise ValueError(f"profile {name}: nothing says when the paper is out")
    missing = unsourced(msgspec.toml.decode(data), profile.sources)
    if missing:
        raise ValueError(f"profile {name}: no source for {', '.join(missing)}")
    return profile


def unsourced(table: dict[str, Any], sources: dict[str, str]) -> list[str]:
    """Return the dotted paths of *table* whose value has no source, not even for its table."""
    paths = [p for p in _leaves(table) if p.split(".")[0] not in _ABOUT]
    return [p for p in paths if not any(p == s or p.startswith(f"{s}.") for s in sources)]


def schema_text() -> str:
    """Return the JSON schema of a printer profile, as firmware_configs/schema.json holds it."""
    return json.dumps(msgspec.json.schema(PrinterProfile), ensure_ascii=False, indent=2) + "\n"


_ABOUT = frozenset({"id", "name", "verified", "sources"})
"""Keys that speak about the profile itself and therefore need no source."""


def _leaves(table: dict[str, Any], prefix: str = "") -> list[str]:
    found: list[str] = []
    for key, value in table.items():
        path = f"{prefix}{key}"
        found += _leaves(value, f"{path}.") if isinstance(value, dict) else [path]
    return found


if __name__ == "__main__":
    print(schema_text(), end="")
