"""How this citizen wants the kiosk: large type 大字, low controls 低位, read aloud, language. Pure.

It belongs to the present citizen alone: it is kept while somebody stands here and gone with them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from server.kit.contract.screens import KioskRules

LARGE_IDLE_S = 90.0
"""Nobody who needs large type or listens gets less time than this (domain report 5.1)."""
SOURCE = "zh"
"""The language of the hall itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the pages are shown to one citizen."""

    large: bool = False
    """大字: type 1.4 times as large, longer time-outs."""
    low: bool = False
    """低位: everything that is touched stands in the lower half."""
    listen: bool = False
    """读给我听: each step is read aloud."""
    language: str = SOURCE
    """Code of a language of this kiosk."""

    @property
    def unhurried(self) -> bool:
        """Whether this citizen gets the longer time-outs."""
        return self.large or self.low or self.listen

    def idle_s(self, rules: KioskRules) -> float:
        """Return the seconds without a touch after which the page asks 还在办理吗?."""
        if self.unhurried:
            return max(LARGE_IDLE_S, float(rules.idle_large_s))
        return float(rules.idle_s)

    def stay_s(self, usual_s: float) -> float:
        """Return how long a page stands that goes away by itself."""
        return usual_s * 2 if self.unhurried else usual_s

    def after(self, mode: str, value: str) -> Manner:
        """Return the manner after a touch on one of the mode buttons; unknown modes change nothing."""
        match mode:
            case "large":
                return replace(self, large=not self.large)
            case "low":
                return replace(self, low=not self.low)
            case "listen":
                return replace(self, listen=not self.listen)
            case "language":
                return replace(self, language=value)
            case _:
                return self


MODES = frozenset({"large", "low", "listen", "language"})
"""The touches that change the manner and nothing else."""
