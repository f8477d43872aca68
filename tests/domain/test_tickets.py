"""The ticket's state machine: every pair of state and verb, walked."""

from __future__ import annotations

import pytest

from server.domain.tickets import (
    AT_COUNTER,
    OVER,
    STATE_ZH,
    TRANSITIONS,
    VERB_ZH,
    State,
    Ticket,
    Verb,
)
from server.kit.contract.reasons import Refused

AT = "2026-11-23T01:30:00.000Z"


def ticket(state: State, **changes: object) -> Ticket:
    """A ticket in *state*, at counter 7 when that state needs one."""
    values: dict[str, object] = {
        "id": 1,
        "uid": "u",
        "date": "2026-11-23",
        "queue_id": 1,
        "series_queue_id": 1,
        "item_id": None,
        "revision": 0,
        "no": 12,
        "number": "A012",
        "state": state,
        "version": 5,
        "source": "kiosk",
        "device_id": None,
        "priority": "",
        "rank": 9,
        "priority_reason": "",
        "queued_at": AT,
        "sort_at": AT,
        "counter_id": 7 if state in AT_COUNTER else None,
        "call_uid": None,
        "calls": 0,
        "called_at": None,
        "serving_at": None,
        "left_at": None,
        "ended_at": None,
        "note": "",
        "transfers": 0,
        "reinstatements": 0,
        "return_queue_id": None,
        "print_state": "none",
        "print_fault": "",
        "prints": 0,
        "token": "t",
    }
    return Ticket(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verb", Verb)
def test_every_pair_of_state_and_verb_is_decided(state: State, verb: Verb) -> None:
    before = ticket(state)
    target = TRANSITIONS.get((state, verb))

    if target is None:
        with pytest.raises(Refused) as refused:
            before.after(verb, finish_when_called=True)

        assert refused.value.code == "wrong_state"
        assert STATE_ZH[state] in refused.value.zh
        assert VERB_ZH[verb] in refused.value.zh
        return
    changes = {"counter_id": 7} if target in AT_COUNTER else {}
    after = before.after(verb, finish_when_called=True, **changes)

    assert after.state is target
    assert after.version == before.version + 1
    assert (after.counter_id is not None) == (target in AT_COUNTER)
    assert (after.number, after.queued_at) == (before.number, before.queued_at)


def test_a_called_ticket_is_finished_only_where_the_queue_allows_it() -> None:
    with pytest.raises(Refused):
        ticket(State.CALLED).after(Verb.FINISH)

    assert ticket(State.CALLED).after(Verb.FINISH, finish_when_called=True).state is State.DONE


def test_no_way_leads_out_of_what_is_over() -> None:
    assert not [pair for pair in TRANSITIONS if pair[0] in OVER]


def test_every_state_and_verb_has_chinese_words() -> None:
    assert set(STATE_ZH) == set(State)
    assert set(VERB_ZH) == set(Verb)


def test_every_state_but_the_first_can_be_reached() -> None:
    assert {s for s in State if s is not State.WAITING} <= set(TRANSITIONS.values())
