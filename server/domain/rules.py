"""The hall's own rules as values; managers edit them as data, code never assumes them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HallRules:
    """Rules of calling and passing over, with defaults for a county hall (*assumed*)."""

    min_calls: int = 3
    """Calls before a ticket may be passed over 过号."""
    recall_min_s: int = 10
    """Least seconds between two calls of a ticket."""
    no_show_window_min: int = 30
    """Minutes within which a no-show may be reinstated 过号恢复."""
    reinstate_limit: int = 1
    """How often one ticket may be reinstated."""
    reinstate_behind: int = 3
    """Behind how many waiting tickets a reinstated one is placed."""
    priority_in_row: int = 2
    """At most so many priority tickets in a row while ordinary people wait; 0 = no cap."""
    stop_before_min: int = 0
    """Fixed minutes before closing at which numbers stop; 0 = only by the work left."""
    always_open: bool = False
    """True for a demonstration hall: opening hours do not count."""
    transfer_keeps_place: bool = True
    """A transferred ticket keeps its place by the time it was taken."""

    @property
    def no_show_rule(self) -> str:
        """The rule in one line, as printed on the slip."""
        if self.reinstate_limit < 1:
            return "过号作废，请重新取号。"
        return f"过号 {self.no_show_window_min} 分钟内可凭此票到导办台恢复。"
