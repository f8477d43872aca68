"""What the link tells its agent, and what the agent tells back."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from server.kit.contract.board import Board
from server.kit.contract.codec import Event


class LinkStatus(StrEnum):
    """How the link is."""

    CONNECTING = "connecting"
    LIVE = "live"
    LOST = "lost"
    UNKNOWN_DEVICE = "unknown_device"
    UPGRADE_NEEDED = "upgrade_needed"


TURNED_AWAY = {
    "device_unknown": LinkStatus.UNKNOWN_DEVICE,
    "contract_too_old": LinkStatus.UPGRADE_NEEDED,
}
"""Refusals that only a person can end: the link goes on trying, slowly."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What changed, for the agent's one callback."""

    board: Board | None
    events: tuple[Event, ...]
    """Events folded into *board* since the last change, in order."""
    fresh: bool
    """True when they came with a snapshot or replay: nothing of them is spoken or flashed."""
    catalogue_changed: bool
    status: LinkStatus
    setup_changed: bool = False
    """True when `HallLink.setup` is new: this device is told to be something else."""


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """A call was brought to people: `page` showed, `voice` spoke or `panel` lit it."""

    call: str
    times: int
    output: str
    at: str
    """UTC."""
