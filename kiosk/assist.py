"""找工作人员: what the citizen is told between the touch and the person who comes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog

from server.kit.commands import Calling
from server.kit.contract.reasons import Refused
from server.kit.http import Unreachable

log = structlog.get_logger(__name__)

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
        """Key of what the citizen is told; empty when nobody was called."""
        return "" if self.state is HelpState.NONE else f"help.{self.state}"


class HelpLine:
    """Rings the guide desk for this kiosk.

    Args:
        monotonic: seconds.
        spawn: runs a function beside the caller.
        changed: told when the state has changed by itself.
    """

    def __init__(
        self,
        link: Calling,
        *,
        monotonic: Callable[[], float],
        spawn: Callable[[Callable[[], None]], object],
        changed: Callable[[], None],
    ) -> None:
        self._link = link
        self._monotonic = monotonic
        self._spawn = spawn
        self._changed = changed
        self._help = Help()

    @property
    def now(self) -> Help:
        """The call for a person, as time has changed it."""
        return self._help.at(self._monotonic())

    def ring(self) -> None:
        """Ring, at most once in a while; the page says so without waiting for it."""
        now = self._monotonic()
        if self._help.may_ring(now):
            self._help = Help(HelpState.CALLING, now)
            self._spawn(self._ring)

    def answered(self) -> None:
        """Staff have said that somebody is on the way."""
        self._help = Help(HelpState.ANSWERED, self._monotonic())

    def _ring(self) -> None:
        try:
            self._link.call("/api/v1/help", {}, key=str(uuid.uuid4()))
        except (Refused, Unreachable) as e:
            log.warning("help.failed", reason=str(e))
            self._help = Help(HelpState.FAILED, self._monotonic())
        else:
            # The answer of staff may have overtaken the answer to this request.
            if self._help.state is HelpState.CALLING:
                self._help = Help(HelpState.COMING, self._monotonic())
        self._changed()
