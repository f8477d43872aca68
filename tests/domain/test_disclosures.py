"""None of the five disclosures 五公开 may be empty when an item is published."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.disclosures import FIVE, UNITS, missing_of_five, require_five
from server.kit.contract.reasons import Refused

WHOLE = {
    "content": "为双方自愿结婚的内地居民办理结婚登记",
    "steps": ["申请", "审查", "登记"],
    "materials": ["双方居民身份证"],
    "promised_unit": "workday",
    "promised_n": 5,
    "fee_text": "不收费",
}
EMPTY = {
    "content": [{"content": ""}, {"content": " \n"}],
    "steps": [{"steps": []}, {"steps": ["", " "]}],
    "materials": [{"materials": []}, {"materials": ["　"]}],
    "promised": [
        {"promised_unit": ""},
        {"promised_unit": "week"},
        {"promised_n": 0},
        {"promised_n": -1},
    ],
    "fee": [{"fee_text": ""}, {"fee_text": "　"}],
}
"""Ways in which each of the five can be empty."""


def test_the_five_are_the_essays_in_its_order():
    """服务内容 · 办事程序 · 申报材料 · 承诺时限 · 收费标准."""
    assert list(FIVE.values()) == ["服务内容", "办事程序", "申报材料", "承诺时限", "收费标准"]


def test_a_whole_disclosure_lacks_nothing():
    """And so it may be published."""
    missing = missing_of_five(**WHOLE)

    assert missing == ()
    require_five(missing)


@pytest.mark.parametrize(("name", "change"), [(n, c) for n in EMPTY for c in EMPTY[n]])
def test_each_of_the_five_is_missed_alone(name, change):
    """Blank is empty, full-width blank too."""
    assert missing_of_five(**{**WHOLE, **change}) == (name,)


@given(st.data())
def test_all_that_is_empty_is_named_in_the_order_of_the_five(data):
    """Whoever fills in the page learns of everything at once."""
    chosen = data.draw(st.sets(st.sampled_from(list(FIVE))))
    changes = {k: v for name in chosen for k, v in data.draw(st.sampled_from(EMPTY[name])).items()}

    missing = missing_of_five(**{**WHOLE, **changes})

    assert missing == tuple(n for n in FIVE if n in chosen)


def test_one_filled_step_or_paper_is_enough():
    """The gate asks whether something is said, not how well."""
    values = {**WHOLE, "steps": ["", "当场办理"], "materials": ["无需材料", ""]}

    assert missing_of_five(**values) == ()


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_a_limit_of_zero_says_something_only_where_time_is_not_counted(unit):
    """当场 and 无时限 need no number; 0 working days are no promise."""
    missing = missing_of_five(**{**WHOLE, "promised_unit": unit, "promised_n": 0})

    assert missing == (() if unit in {"spot", "none"} else ("promised",))


def test_the_refusal_names_everything_that_is_missing_in_words():
    """In Chinese for the person, in field names for the page."""
    with pytest.raises(Refused) as e:
        require_five(("materials", "fee"))

    assert e.value.code == "incomplete"
    assert e.value.zh == "五公开不完整，还缺：申报材料、收费标准。补齐后才能发布。"
    assert e.value.context["fields"] == ["materials", "fee"]
