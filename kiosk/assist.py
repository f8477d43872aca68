"""找工作人员: what the citizen is told between the touch and the person who comes. Pure.

Large type 大字 and 读给我听 will have their place here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

COMING_S = 180.0
"""So long the page says that somebody was told; nobody has answered yet."""
ANSWERED_S = 60.0
"""So long it says that somebody has set out."""
FAILED_S = 30.0
AGAIN_S = 15.0
"""A second touch within so many seconds rings nobody twice."""


class HelpState(StrEnum):
    """Where the call for a person stands."""

    NONE = "none"
    CALLING = "calling"
    COMING = "coming"
    ANSWERED = "answered"
    FAILED = "failed"


WORDS: dict[HelpState, str] = {
    HelpState.NONE: "",
    HelpState.CALLING: "正在呼叫工作人员…",
    HelpState.COMING: "已通知工作人员，请在这里稍候",
    HelpState.ANSWERED: "工作人员已收到，马上到您身边",
    HelpState.FAILED: "现在呼叫不到工作人员，请直接到导办台",
}

_STAYS: dict[HelpState, float] = {
    HelpState.CALLING: COMING_S,
    HelpState.COMING: COMING_S,
    HelpState.ANSWERED: ANSWERED_S,
    HelpState.FAILED: FAILED_S,
}


@dataclass(frozen=True, slots=True)
class Help:
    """The call for a person at this kiosk; belongs to the kiosk, not to a citizen."""

    state: HelpState = HelpState.NONE
    since: float = 0.0

    def at(self, now: float) -> Help:
        """Return the state as time alone has changed it."""
        stays = _STAYS.get(self.state)
        return Help() if stays is not None and now >= self.since + stays else self

    def may_ring(self, now: float) -> bool:
        """Whether a touch now rings the guide desk."""
        current = self.at(now)
        if current.state in {HelpState.NONE, HelpState.FAILED}:
            return True
        return current.state is not HelpState.CALLING and now >= current.since + AGAIN_S

    @property
    def words(self) -> str:
        """What the citizen is told; empty when nobody was called."""
        return WORDS[self.state]
