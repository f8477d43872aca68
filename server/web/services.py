"""What the web layer works with, put together once by `server/app.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast

from flask import current_app

from server.config import ServerConfig
from server.runtime import Runtime
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


@dataclass(frozen=True, kw_only=True)
class Services:
    """One hall's server."""

    config: ServerConfig
    hall: str
    runtime: Runtime
    presence: Presence
    health: Callable[[], dict[str, object]]

    def run(self, actor: Actor, fn: Callable[[Work], T]) -> T:
        """Run a command."""
        return self.runtime.run(self.hall, actor, fn)

    def read(self, fn: Callable[[Read], T]) -> T:
        """Answer a question."""
        return self.runtime.read(self.hall, fn)


def services() -> Services:
    """Return the services of the running application."""
    return cast("Services", current_app.extensions[EXTENSION])
