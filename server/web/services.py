"""What the web layer works with, put together once by `server/app.py`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from flask import current_app

from server.config import ServerConfig
from server.domain.forecast.outlook import Forecast
from server.kit.contract.board import Board
from server.kit.contract.paper import SlipBlock
from server.kit.contract.screens import Layout, ZoneVoice
from server.kit.contract.views import Catalogue, Material, TicketSlip
from server.reads.screens import Seen
from server.runtime import Runtime
from server.store.devices import Device
from server.store.media_files import MediaFiles
from server.store.work import Actor, Read, Work

T = TypeVar("T")
EXTENSION = "hallqueue"


class Presence(Protocol):
    """Who is connected: what the clerk's page and the health page ask."""

    def connected(self, device: str) -> bool:
        """Whether a device is connected this very moment."""

    def online(self, device: str) -> bool:
        """Whether a device is connected."""

    def faults(self, device: str) -> tuple[str, ...]:
        """What a device last reported to be wrong."""

    def seen(self, device: str) -> Seen | None:
        """What is known of a device; None when it was not here since the start."""

    def leader(self, zone: str) -> str:
        """The display that speaks for a zone now; empty when none does."""

    def drop(self, device: str) -> None:
        """Say `bye` to a revoked device and disconnect it."""


class ScreenPreview(Protocol):
    """A display's own page for a layout that is not in force yet."""

    STATIC: Path

    def html(
        self,
        layout: Layout,
        catalogue: Catalogue,
        board: Board | None,
        now: datetime,
        *,
        zone: str = "",
        static_url: str,
        view_url: str,
    ) -> str:
        """The page."""

    def view(
        self,
        layout: Layout,
        catalogue: Catalogue,
        board: Board | None,
        now: datetime,
        *,
        zone: str = "",
    ) -> dict[str, Any]:
        """What the page shows now."""


class SlipDrawing(Protocol):
    """A slip as a printer would print it."""

    @property
    def svg(self) -> str:
        """The paper; every text in it is escaped."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Its lines of text."""

    @property
    def mm(self) -> int:
        """Length of the paper."""

    @property
    def size(self) -> int:
        """Bytes on the wire."""

    @property
    def code_size(self) -> int:
        """Of these, those of the QR code."""

    @property
    def seconds(self) -> float:
        """On a wire of 9600 8N1."""

    @property
    def replaced(self) -> tuple[str, ...]:
        """Characters of which this printer has no glyph."""

    @property
    def drawn(self) -> tuple[str, ...]:
        """Characters of which this printer has no glyph and that are sent as pictures."""

    @property
    def dropped(self) -> tuple[str, ...]:
        """Characters of own words that no printer has."""


class SlipPreview(Protocol):
    """Slips drawn by the printer model, see ADR 0012. Takes up to a quarter of a second."""

    def draw(
        self,
        slip: TicketSlip,
        blocks: Sequence[SlipBlock],
        *,
        paper_mm: int,
        materials: Sequence[Material] = (),
        complaint_phone: str = "",
    ) -> SlipDrawing:
        """A slip on paper of 58 or 80 mm."""


class Studio(Protocol):
    """Speaks on the server, for managers; see `server.web.manage.studio`."""

    def packs(self) -> tuple[str, ...]:
        """Names of the voice packs that this server has."""

    def problem(self) -> str:
        """Why there is no good voice here, in words."""

    def credits(self) -> tuple[str, ...]:
        """Who must be named wherever the voice is used."""

    def hear(self, number: str, counter: str, rules: ZoneVoice) -> bytes:
        """A call as WAV."""


KNOWN_S = 2.0
"""How long a device's token is believed without a look into the database."""


class KnownDevices:
    """Devices by their token, looked up at most every `KNOWN_S`: a kiosk asks many times a second.

    A revoked device is refused at the latest after that time.
    """

    def __init__(self, look_up: Callable[[str], Device | None]) -> None:
        self._look_up = look_up
        self._known: dict[str, tuple[float, Device]] = {}

    def of(self, token: str) -> Device | None:
        """Return the enrolled, unrevoked device that holds *token*."""
        found = self._known.get(token)
        if found is not None and found[0] > time.monotonic():
            return found[1]
        self._known.pop(token, None)
        device = self._look_up(token)
        if device is not None:  # strangers are not kept: their tokens would fill the memory
            self._known[token] = (time.monotonic() + KNOWN_S, device)
        return device


@dataclass(frozen=True, kw_only=True)
class Services:
    """One hall's server."""

    config: ServerConfig
    hall: str
    runtime: Runtime
    presence: Presence
    devices: KnownDevices
    health: Callable[[], dict[str, object]]
    media: MediaFiles
    studio: Studio
    preview: ScreenPreview
    slips: SlipPreview
    forecast: Callable[[], Forecast | None] = lambda: None
    """The newest forecast of the waits, None before the first."""

    def run(self, actor: Actor, fn: Callable[[Work], T]) -> T:
        """Run a command."""
        return self.runtime.run(self.hall, actor, fn)

    def read(self, fn: Callable[[Read], T]) -> T:
        """Answer a question."""
        return self.runtime.read(self.hall, fn)


def services() -> Services:
    """Return the services of the running application."""
    return cast("Services", current_app.extensions[EXTENSION])
