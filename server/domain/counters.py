"""Counters 窗口: closed, open or paused; one clerk, one ticket at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from server.domain.moments import Moment
from server.kit.contract.reasons import Refused

PAUSE_REASONS = ("午餐", "取件送件", "会议", "设备故障", "短暂离开")
"""Reasons of a pause that a hall offers unless it has its own list."""
OTHER_REASON = "其他原因"
"""What screens say of a reason in the clerk's own words, which may name somebody."""


class CounterState(StrEnum):
    """Whether a counter serves."""

    CLOSED = "closed"
    OPEN = "open"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A counter as the rules see it."""

    id: int
    code: str
    name: str
    zone_code: str
    department_code: str
    state: CounterState
    pause_reason: str
    paused_until: Moment | None
    clerk_id: int | None
    clerk_label: str
    opened_at: Moment | None
    ticket_id: int | None
    version: int

    def _with(self, **changes: object) -> Counter:
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]  # callers name fields

    def opened(self, *, clerk_id: int, clerk_label: str, now: Moment) -> Counter:
        """Return the counter serving with this clerk; opening again by the same clerk is fine.

        Raises:
            Refused: `counter_taken` when another clerk serves there.
        """
        if self.clerk_id not in (None, clerk_id):
            raise Refused("counter_taken", counter=self.name, clerk=self.clerk_label)
        fresh = self.state is CounterState.CLOSED
        return self._with(
            state=CounterState.OPEN,
            pause_reason="",
            paused_until=None,
            clerk_id=clerk_id,
            clerk_label=clerk_label,
            opened_at=now if fresh else self.opened_at,
        )

    def paused(self, *, reason: str, until: Moment | None) -> Counter:
        """Return the counter paused 暂停服务 with a reason.

        A ticket being served stays: pausing means "nobody next".

        Raises:
            Refused: `counter_closed`, or `reason_needed` for an empty reason.
        """
        if self.state is CounterState.CLOSED:
            raise Refused("counter_closed", counter=self.name)
        if not reason.strip():
            raise Refused("reason_needed")
        return self._with(
            state=CounterState.PAUSED, pause_reason=reason.strip(), paused_until=until
        )

    def resumed(self) -> Counter:
        """Return the counter open again after a pause; an open one stays open.

        Raises:
            Refused: `counter_closed`.
        """
        if self.state is CounterState.CLOSED:
            raise Refused("counter_closed", counter=self.name)
        return self._with(state=CounterState.OPEN, pause_reason="", paused_until=None)

    def closed(self) -> Counter:
        """Return the counter closed and free of its clerk; the caller has seen to its ticket."""
        return self._with(
            state=CounterState.CLOSED,
            pause_reason="",
            paused_until=None,
            clerk_id=None,
            clerk_label="",
            opened_at=None,
            ticket_id=None,
        )

    def holding(self, ticket_id: int | None) -> Counter:
        """Return the counter with this ticket, or free with None."""
        return self._with(ticket_id=ticket_id)

    def require_free(self, number: str) -> None:
        """Refuse unless the counter may take a ticket now.

        Args:
            number: text of the ticket it holds, for the words.

        Raises:
            Refused: `counter_closed`, `counter_paused` or `counter_busy`.
        """
        if self.state is CounterState.CLOSED:
            raise Refused("counter_closed", counter=self.name)
        if self.state is CounterState.PAUSED:
            raise Refused("counter_paused", counter=self.name)
        if self.ticket_id is not None:
            raise Refused("counter_busy", counter=self.name, number=number)
