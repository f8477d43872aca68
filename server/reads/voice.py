"""What a manager has set of the hall's voice 语音, and the displays that may speak."""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.contract.screens import ZoneVoice
from server.store import devices
from server.store.settings import voice_of
from server.store.work import Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A display as the hall's configuration knows it."""

    uid: str
    voice: bool
    """Whether it has a loudspeaker that may speak."""
    zones: tuple[str, ...]
    """Zones it shows; empty = the whole hall."""

    def shows(self, zone: str) -> bool:
        """Return whether people of *zone* look at it."""
        return not self.zones or zone in self.zones


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All of it, in one short read."""

    zones: tuple[str, ...] = ()
    voice: tuple[ZoneVoice, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    """In the order of their enrolment."""
    emergency: str | None = None
    """The evacuation text while there is an emergency."""


def plan(r: Read) -> Plan:
    """Return what is in force now."""
    return Plan(
        zones=tuple(z.code for z in r.config.zones),
        voice=voice_of(r.config.settings),
        speakers=tuple(
            Speaker(
                uid=d.uid,
                voice=d.layout.voice,
                zones=d.layout.zones or ((d.zone,) if d.zone else ()),
            )
            for d in devices.every(r)
            if d.kind == "display"
        ),
        emergency=r.hall.emergency,
    )
