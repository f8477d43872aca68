"""What server and displays say to each other about the voice 语音: over `/edge`, event `voice`.

The server keeps the announcements that have not ended, in order; the display that leads a zone
speaks them and tells every second, and at every change, how far it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from server.kit.contract.screens import ZoneVoice

EVENT = "voice"
"""Name of the message, in both directions."""

Word = Annotated[str, Meta(max_length=64)]
Identities = Annotated[tuple[Word, ...], Meta(max_length=500)]


class Sound(StrEnum):
    """Whether a display can be heard."""

    OK = "ok"
    MUTED = "muted"
    """The browser plays nothing before somebody has touched the page 静音."""
    FAILED = "failed"
    """What was played did not sound."""
    NONE = "none"
    """There is no page, no sound card, or the display is set to be silent."""


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be spoken. It carries a number and a counter, nothing of the citizen."""

    id: str
    """`{call}/{times}`, or `emergency/{n}/{round}`; a recall is another announcement.

    No identity comes twice, not even after a restart of the server."""
    call: str = ""
    """Identity of the call; empty for an emergency."""
    times: int = 1
    ticket: str = ""
    counter_name: str = ""
    zone: str = ""
    """Empty for an emergency, which is spoken in every zone."""
    at: str = ""
    """UTC time of the call."""
    text: str = ""
    """The evacuation text; empty for a call."""

    @property
    def urgent(self) -> bool:
        """True for an emergency: it cuts off what is being spoken."""
        return bool(self.text)


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What a display is to speak; the whole truth each time. Without zones it speaks no more."""

    term: int
    """Number of this leadership; grows with every change of what a display leads,
    and over every restart of the server."""
    zones: tuple[str, ...]
    list: tuple[Announcement, ...]
    """In the order in which they are spoken."""
    now: str
    """UTC time of the server."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a leader says of its list. `ended` and `dropped` repeat until the list has lost them."""

    term: int
    playing: Word | None = None
    ended: Identities = ()
    dropped: Identities = ()
    """Not spoken: the voice is off or silent at this hour, or the sound failed."""
    sound: Word = ""
    """A `Sound`."""


def zone_voice(voice: Iterable[ZoneVoice], zone: str) -> ZoneVoice:
    """Return how *zone* speaks: by its own entry, else by the one for all others."""
    known = {v.zone: v for v in reversed(tuple(voice))}
    return known.get(zone) or known.get("") or ZoneVoice()
