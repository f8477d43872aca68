"""What the web layer works with, put together once by `server/app.py`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast

from flask import current_app

from server.config import ServerConfig
from server.domain.forecast.outlook import Forecast
from server.runtime import Runtime
from server.store.devices import Device
from server.store.work import Actor, Read, Work

T = TypeVar("T")
EXTENSION = "hallqueue"


class Presence(Protocol):
    """Who is connected: what the clerk's page and the health page ask."""

    def displays(self, zone: str) -> int:
        """How many displays that show *zone* are connected."""

    def online(self, device: str) -> bool:
        """Whether a device is connected."""

    def faults(self, device: str) -> tuple[str, ...]:
        """What a device last reported to be wrong."""

    def drop(self, device: str) -> None:
        """Say `bye` to a revoked device and disconnect it."""


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
