"""What a kiosk wants of a card reader 身份证阅读器, and what every reader tells staff of itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from kiosk.idcard.card import Reading
from server.kit.contract.devices import Part, PartFault
from server.kit.contract.moments import moment
from server.kit.serial.profiles import ReaderProfile

Heard = Callable[[Reading], None]
"""Told of each reading, in a greenlet of its own; whoever gets a card hashes or forgets it."""


class CardReader(Protocol):
    """A reader. Between `ask` and `rest` it reads; at any other moment a card does nothing."""

    def start(self, heard: Heard) -> None:
        """Begin to look after the device; called once."""
        ...

    def stop(self) -> None:
        """End; the device is given free."""
        ...

    def ask(self) -> None:
        """Read until a card is given: somebody stands at the card step. Repeating it changes nothing."""
        ...

    def rest(self) -> None:
        """Read no more."""
        ...

    def status(self) -> tuple[str, ...]:
        """Return what is wrong with it, empty when it can read."""
        ...

    def part(self) -> Part:
        """Return what staff see of it."""
        ...


class Health:
    """Faults of a reader with the moment they began, and when it last read a card.

    Args:
        now: the time of day, aware.
        faults: what is wrong until something is known.
    """

    def __init__(self, now: Callable[[], datetime], faults: tuple[str, ...] = ()) -> None:
        self._now = now
        self._since: dict[str, str] = {}
        self._read_at = ""
        self.are(*faults)

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong now."""
        return tuple(self._since)

    def are(self, *faults: str) -> None:
        """Say what is wrong from now on; what was wrong before keeps its moment."""
        if faults != self.faults:
            now = moment(self._now())
            self._since = {code: self._since.get(code, now) for code in faults}

    def has_read(self) -> None:
        """Note that a card was read just now."""
        self._read_at = moment(self._now())

    def part(self, profile: ReaderProfile, address: str) -> Part:
        """Return it for staff."""
        return Part(
            key="reader",
            role="reader",
            name="身份证读卡器",
            profile=profile.id,
            profile_name=profile.name,
            verified=profile.verified,
            port=address,
            faults=tuple(PartFault(code=c, since=at) for c, at in self._since.items()),
            confirmed_at=self._read_at,
        )
