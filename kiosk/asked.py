"""What staff ask of this kiosk from afar: a test page, the count of a new roll, a restart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from kiosk.equipment import Equipment
from server.kit.asks import RESTART, Deed

FREE_WITHIN_S = 60.0
"""So long a restart waits for the citizen before the kiosk to go; then it is refused."""
LOOK_S = 0.5


class Busy(Protocol):
    """The part of a kiosk that is asked here."""

    @property
    def equipment(self) -> Equipment:
        """Its devices."""
        ...

    @property
    def engaged(self) -> bool:
        """Whether a citizen is in the middle of a journey or a paper is being printed."""
        ...

    @property
    def local_time(self) -> str:
        """The hall's date and time, as it is printed."""
        ...


def deeds(
    kiosk: Busy, *, monotonic: Callable[[], float], sleep: Callable[[float], object]
) -> Mapping[str, Deed]:
    """Return what this kiosk does when it is asked from afar.

    Args:
        kiosk: the kiosk.
        monotonic: seconds.
        sleep: waits so many seconds and lets others go on.
    """

    def print_test(_part: str) -> tuple[bool, str]:
        return kiosk.equipment.print_test(kiosk.local_time)

    def new_roll(_part: str) -> tuple[bool, str]:
        return (True, "") if kiosk.equipment.new_roll() else (False, "no_port")

    def restart(_part: str) -> tuple[bool, str]:
        until = monotonic() + FREE_WITHIN_S
        while kiosk.engaged:
            if monotonic() >= until:
                return False, "busy"
            sleep(LOOK_S)
        return True, ""

    return {"test_page": print_test, "new_roll": new_roll, RESTART: restart}
