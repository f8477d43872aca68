"""What hangs on a box, as the box tells the server: printers, bars, pads, readers. Frozen, staff only.

A part has no field that could hold a citizen's name or number; its name is the device's own.
"""

from __future__ import annotations

import msgspec


class PartFault(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong with a part."""

    code: str
    """As in a device's `faults`: `paper_out`, `silent`, `no_port`, `refused` ..."""
    since: str
    """UTC."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One attached device; sent with every acknowledgement of its box."""

    key: str
    """Unchanging within the box: `printer`, `led:3`, `pad:3`, `reader`."""
    role: str
    """`printer`, `led`, `pad`, `rater` or `reader`."""
    name: str
    """For staff: `3号窗口条屏`."""
    profile: str
    """Id of its profile in `firmware_configs`."""
    profile_name: str
    verified: str
    """How far the profile is proved, see `server.kit.serial.profiles.Verified`."""
    port: str
    """Address of its port."""
    counter: str = ""
    """Code of its counter; empty = none."""
    faults: tuple[PartFault, ...] = ()
    """The one to tell first before the others; `near_end` last."""
    confirmed_at: str = ""
    """UTC: when it last proved that it did what it was told; empty = not since the box started."""
    confirm_ms: int = 0
    """How long that proof took; of a printer from the first byte to the proof."""
    confirm_kind: str = ""
    """Of a printer: what proves a slip, `process_id` … `none`."""
    paper_left_mm: int = -1
    """Estimate of the paper left on the roll; -1 = no printer, or nobody said that a roll is new."""
    paper_roll_mm: int = 0
    replaced: tuple[str, ...] = ()
    """Characters that it could not show lately; `〓` or `?` stood in their place."""


PART_ROLES = ("printer", "led", "pad", "rater", "reader")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The identity of a wish, and how far it is."""

    ask: str
    state: str


class OpenAsk(msgspec.Struct, frozen=True, kw_only=True):
    """Something a device has yet to do, or has begun and not finished."""

    ask: str
    what: str
    """`test_page`, `restart`, `new_roll`, `show_test` or `identify`."""
    part: str
    """Key of the part that is meant; empty = the device itself."""
    state: str
    """`asked` or `begun`."""
    asked_at: str
    """UTC."""


class OpenAsks(msgspec.Struct, frozen=True, kw_only=True):
    """What staff asked of a device and is still open, oldest first."""

    asks: tuple[OpenAsk, ...]


class AlarmView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that needs a person now; staff only."""

    key: str
    """Device, part and fault."""
    device: str
    name: str
    """The device's, or that of what hangs on it."""
    place: str
    what: str
    """`缺纸`, `综合屏离线`, in words for staff."""
    to_do: str
    since: str
    """UTC; empty when nobody knows."""
    since_words: str
    """The same in hall time, with its date when it is not today."""
    mild: bool
    """Whether the device goes on doing its work."""
    known_by: str
    """Work number of who has seen it; empty = nobody."""
    known_at: str


class Alarms(msgspec.Struct, frozen=True, kw_only=True):
    """What needs a person now: the greatest harm to citizens first, what is known already last."""

    at: str
    """UTC."""
    alarms: tuple[AlarmView, ...]
