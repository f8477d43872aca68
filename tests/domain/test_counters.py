"""Counters: one clerk, one ticket, pauses with a reason."""

from __future__ import annotations

import pytest

from server.domain.counters import Counter, CounterState
from server.kit.contract.reasons import Refused

AT = "2026-11-23T01:30:00.000Z"
CLOSED = Counter(
    id=1,
    code="3",
    name="3号窗口",
    zone_code="1F",
    department_code="MZ",
    state=CounterState.CLOSED,
    pause_reason="",
    paused_until=None,
    clerk_id=None,
    clerk_label="",
    opened_at=None,
    ticket_id=None,
    version=1,
)
OPEN = CLOSED.opened(clerk_id=7, clerk_label="07号", now=AT)


def refused(fn: object) -> str:
    """Code of the refusal."""
    with pytest.raises(Refused) as error:
        fn()  # type: ignore[operator]
    return error.value.code


def test_a_counter_serves_one_clerk_at_a_time() -> None:
    assert refused(lambda: OPEN.opened(clerk_id=8, clerk_label="08号", now=AT)) == "counter_taken"
    assert OPEN.opened(clerk_id=7, clerk_label="07号", now="later").opened_at == AT


def test_a_pause_needs_a_reason_and_an_open_counter() -> None:
    assert refused(lambda: OPEN.paused(reason="  ", until=None)) == "reason_needed"
    assert refused(lambda: CLOSED.paused(reason="午餐", until=None)) == "counter_closed"

    paused = OPEN.paused(reason=" 午餐 ", until="2026-11-23T06:30:00.000Z")
    assert (paused.state, paused.pause_reason) == (CounterState.PAUSED, "午餐")
    assert paused.resumed().paused_until is None


def test_a_pause_keeps_the_ticket_that_is_being_served() -> None:
    assert OPEN.holding(12).paused(reason="午餐", until=None).ticket_id == 12


def test_only_a_free_open_counter_takes_a_ticket() -> None:
    OPEN.require_free("")

    assert refused(lambda: CLOSED.require_free("")) == "counter_closed"
    paused = OPEN.paused(reason="午餐", until=None)
    assert refused(lambda: paused.require_free("")) == "counter_paused"
    assert refused(lambda: OPEN.holding(12).require_free("A012")) == "counter_busy"


def test_a_closed_counter_keeps_nothing_of_its_clerk() -> None:
    closed = OPEN.closed()

    assert (closed.clerk_id, closed.clerk_label, closed.opened_at) == (None, "", None)
    assert refused(closed.resumed) == "counter_closed"


def test_every_change_is_a_new_version() -> None:
    assert OPEN.version == CLOSED.version + 1
    assert OPEN.holding(1).version == OPEN.version + 1
