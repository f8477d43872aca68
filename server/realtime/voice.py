"""The announcements of the halls that this process serves, wired to events, devices and the clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec

from server.kit.announcing import Report
from server.kit.contract.codec import Event
from server.kit.contract.messages import CatalogueChanged, DeviceAssigned, DeviceChanged
from server.kit.contract.moments import moment
from server.reads.voice import Plan
from server.realtime.announcements import Announcements
from server.realtime.presence import DeviceIdentity

STALE_AFTER = (CatalogueChanged, DeviceAssigned, DeviceChanged)
"""What may have changed what a manager has set."""


class Voices:
    """Keeps one list of announcements for each hall, and tells the displays that lead.

    Args:
        ask: what is set in a hall; may wait for the store.
        tell: sends a display its turn.
        now: the server's clock.
    """

    def __init__(
        self,
        *,
        ask: Callable[[str], Plan],
        tell: Callable[[str, dict[str, Any]], None],
        now: Callable[[], datetime],
    ) -> None:
        self._ask = ask
        self._tell = tell
        self._now = now
        self._halls: dict[str, Announcements] = {}
        self._stale: set[str] = set()

    def follow(self, hall: str, events: Iterable[Event]) -> None:
        """Take what the fan-out has just sent, and tell the leaders in the same step."""
        known = list(events)
        announcements = self._of(hall)
        announcements.follow(known, time.monotonic())
        if any(isinstance(e.message, STALE_AFTER) for e in known):
            self._stale.add(hall)
        self._send(announcements)

    def joined(self, device: DeviceIdentity, sid: str) -> None:
        """Note a connection of a display."""
        if device.kind == "display":
            announcements = self._of(device.hall)
            announcements.joined(device.uid, sid, time.monotonic())
            self._send(announcements)

    def left(self, device: DeviceIdentity, sid: str) -> None:
        """Note the end of a connection."""
        announcements = self._of(device.hall)
        announcements.left(device.uid, sid, time.monotonic())
        self._send(announcements)

    def sounding(self, device: DeviceIdentity, sound: str) -> None:
        """Note what a display says of its sound."""
        announcements = self._of(device.hall)
        announcements.sounding(device.uid, sound, time.monotonic())
        self._send(announcements)

    def reported(self, device: DeviceIdentity, report: Report) -> None:
        """Take what a leader says of its list."""
        announcements = self._of(device.hall)
        announcements.reported(device.uid, report, time.monotonic())
        self._send(announcements)

    def tick(self) -> None:
        """Do what time brings; called twice a second, may wait for the store."""
        for hall in list(self._stale):
            self._stale.discard(hall)  # first: what changes during the question is asked again
            try:
                plan = self._ask(hall)
            except BaseException:
                self._stale.add(hall)
                raise
            announcements = self._halls[hall]
            if plan.emergency is not None and not announcements.furnished:
                announcements.alarm(plan.emergency, moment(self._now()))  # it outlives a restart
            announcements.furnish(plan, time.monotonic())
        for announcements in list(self._halls.values()):
            announcements.tick(self._now(), time.monotonic())
            self._send(announcements)

    def leader(self, hall: str, zone: str) -> str:
        """Return the uid of the display that speaks for *zone*, empty when none does."""
        return self._of(hall).leader(zone)

    def _of(self, hall: str) -> Announcements:
        known = self._halls.get(hall)
        if known is None:
            known = self._halls[hall] = Announcements(int(self._now().timestamp()))
            self._stale.add(hall)
        return known

    def _send(self, announcements: Announcements) -> None:
        for telling in announcements.due(self._now()):
            self._tell(telling.device, msgspec.to_builtins(telling.turn))
