"""What staff ask of this box from afar: which screen is it, does it show its colours, begin anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from server.kit.asks import RESTART, Deed

TEST_S = 20.0
"""So long a name or test picture stands on a screen or bar; a call ends it at once."""


class Shows(Protocol):
    """The part of a display that is asked here."""

    def try_out(self, what: str, seconds: float) -> bool:
        """Show the name (`identify`) or the test picture (`show_test`); False when it may not now."""
        ...


def deeds(display: Shows, part_test: Callable[[str, float], bool]) -> Mapping[str, Deed]:
    """Return what this box does when it is asked from afar.

    Args:
        display: the screen.
        part_test: lets the bar with this key show itself for so many seconds; False = there is none.
    """

    def shows(what: str) -> Deed:
        def deed(part: str) -> tuple[bool, str]:
            if part:
                return (True, "") if part_test(part, TEST_S) else (False, "unsupported")
            return (True, "") if display.try_out(what, TEST_S) else (False, "emergency")

        return deed

    return {
        "identify": shows("identify"),
        "show_test": shows("show_test"),
        RESTART: lambda _: (True, ""),
    }
