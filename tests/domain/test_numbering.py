"""Numbers: in order, never past the end, never cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.numbering import next_no, number_text
from server.kit.contract.reasons import Refused


def test_a_day_begins_with_the_first_number() -> None:
    assert next_no(None, first=1, last=999, queue="婚姻登记") == 1
    assert next_no(None, first=500, last=999, queue="婚姻登记") == 500


def test_numbers_do_not_wrap_within_a_day() -> None:
    with pytest.raises(Refused) as refused:
        next_no(999, first=1, last=999, queue="婚姻登记")

    assert refused.value.code == "numbers_used_up"
    assert "婚姻登记" in refused.value.zh


@given(st.integers(1, 500), st.integers(0, 200))
def test_numbers_follow_each_other_without_gap(first: int, count: int) -> None:
    given_out, last = [], None
    for _ in range(count):
        last = next_no(last, first=first, last=999, queue="q")
        given_out.append(last)

    assert given_out == list(range(first, first + count))


def test_a_number_is_padded_and_never_cut() -> None:
    assert number_text("A", 12, 3) == "A012"
    assert number_text("A", 1600, 3) == "A1600"
    assert number_text("", 7, 2) == "07"
