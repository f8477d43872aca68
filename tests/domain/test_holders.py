"""One open number a person and queue, so many a day: known by what a hash holds, never by a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.holders import OPEN, Held, refusal
from server.domain.tickets import State
from server.kit.contract.reasons import Refused

HERE, ELSEWHERE = 1, 2


def held(
    state: State, *, number: str = "A012", queue: int = HERE, taken_in: int | None = None
) -> Held:
    return Held(
        number=number,
        state=state,
        queue_id=queue,
        taken_in=queue if taken_in is None else taken_in,
        counter="3" if state in {State.CALLED, State.SERVING} else "",
    )


def asked(*numbers: Held, a_day: int = 0) -> Refused | None:
    return refusal(numbers, queue_id=HERE, queue="婚姻登记", a_day=a_day)


def test_whoever_holds_nothing_gets_a_number() -> None:
    assert asked() is None
    assert asked(a_day=1) is None


@pytest.mark.parametrize("state", list(State))
def test_a_number_still_to_be_served_is_the_only_one(state: State) -> None:
    no = asked(held(state))

    if state in {State.WAITING, State.CALLED, State.SERVING, State.HELD}:
        assert no is not None
        assert no.code == "number_open"
        assert no.context["number"] == "A012"
        assert "A012" in no.zh
    else:
        assert no is None


def test_whoever_is_being_called_is_told_where() -> None:
    no = asked(held(State.CALLED))

    assert no is not None
    assert (no.context["state"], no.context["counter"]) == ("called", "3")


def test_a_number_of_another_queue_is_no_hindrance() -> None:
    assert asked(held(State.WAITING, queue=ELSEWHERE), a_day=1) is None


def test_a_number_that_was_transferred_counts_where_it_waits_and_where_it_was_taken() -> None:
    here_now = held(State.WAITING, queue=HERE, taken_in=ELSEWHERE)
    gone = held(State.WAITING, queue=ELSEWHERE, taken_in=HERE)

    waits = asked(here_now)
    assert waits is not None
    assert waits.code == "number_open"
    assert asked(gone) is None
    used_up = asked(gone, a_day=1)
    assert used_up is not None
    assert used_up.code == "day_limit"


def test_the_limit_of_a_day_counts_all_that_were_taken() -> None:
    over = [held(State.DONE), held(State.CANCELLED, number="A013")]

    assert asked(*over, a_day=3) is None
    no = asked(*over, a_day=2)
    assert no is not None
    assert no.code == "day_limit"
    assert "2" in no.zh


@given(
    st.lists(
        st.tuples(
            st.sampled_from(State),
            st.sampled_from([HERE, ELSEWHERE]),
            st.sampled_from([HERE, ELSEWHERE]),
        ),
        max_size=8,
    ),
    st.integers(0, 4),
)
def test_nobody_gets_a_second_open_number_or_too_many_a_day(
    numbers: list[tuple[State, int, int]], a_day: int
) -> None:
    mine = [held(s, queue=q, taken_in=t) for s, q, t in numbers]

    no = asked(*mine, a_day=a_day)

    is_open = any(h.queue_id == HERE and h.state in OPEN for h in mine)
    taken = sum(h.taken_in == HERE for h in mine)
    assert (no is None) == (not is_open and not (a_day and taken >= a_day))
