"""A card holds its number until it is hashed, shows it to nobody, and refuses what is no number."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import pickle
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.idcard.answers import Lying, Nothing, judged
from kiosk.idcard.card import LENGTH, Card, Unread, card_from, check_of, is_number
from kiosk.idcard.model import PEOPLE, number_of
from server.kit.serial.profiles import load_reader

KEY = bytes(range(32))
GB_EXAMPLES = ("11010519491231002X", "440524188001010014")
"""Source: GB 11643-1999, annex A, the two worked examples."""


def card(number: str = GB_EXAMPLES[0]) -> Card:
    found = card_from(number)
    assert found is not None
    return found


def test_the_examples_of_the_standard_are_numbers() -> None:
    assert all(is_number(n.encode()) for n in GB_EXAMPLES)
    assert card_from(" 11010519491231002x\n") is not None


def test_the_people_of_the_model_have_right_check_digits() -> None:
    assert all(is_number(number_of(i).encode()) for i in range(len(PEOPLE)))


@pytest.mark.parametrize(
    "wrong",
    [
        "110105491231002",
        "110105194912310021",
        "11010519491331002X",
        "1101051949123100ⅩX",
        "１１０１０５19491231002X",
        "",
        "X" * 18,
        "1" * 10_000,
        110105194912310021,
        None,
        ["11010519491231002X"],
        b"\xff" * 18,
    ],
)
def test_what_is_no_number_is_refused_and_named_nowhere(wrong: object) -> None:
    assert card_from(wrong) is None


@given(st.integers(0, LENGTH - 1), st.integers(1, 9), st.integers(0, 3))
def test_one_wrong_digit_never_passes(place: int, by: int, person: int) -> None:
    number = bytearray(number_of(person).encode())
    if number[place] == ord("X"):
        number[place] = ord("0") + by
    else:
        number[place] = ord("0") + (number[place] - ord("0") + by) % 10

    assert not is_number(bytes(number))


def test_it_is_hashed_once_by_the_key_of_the_day() -> None:
    one = card()
    expected = hmac.new(KEY, GB_EXAMPLES[0].encode(), hashlib.sha256).hexdigest()

    assert one.hashed(KEY) == expected
    with pytest.raises(RuntimeError, match="forgotten"):
        one.hashed(KEY)


def test_a_small_and_a_large_x_are_one_person() -> None:
    assert card("11010519491231002x").hashed(KEY) == card("11010519491231002X").hashed(KEY)


def test_nobody_sees_the_number() -> None:
    one = card()

    shown = [repr(one), str(one), f"{one}", f"{[one]}"]
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            copied(one)
    try:
        Card(b"110105194912310021")
    except ValueError as error:
        shown.append("".join(traceback.format_exception(error)))

    assert len(shown) == 5
    assert not any("1101" in text for text in shown[:4])
    assert "not the number" in shown[4].splitlines()[-1]
    assert not hasattr(one, "__dict__")


def test_a_forgotten_card_holds_nothing() -> None:
    one = card()
    inside = one._number

    one.forget()

    assert not inside
    assert not one._number


HTTP = load_reader("http_service")


def says(answer: object) -> object:
    return judged(json.dumps(answer).encode(), HTTP)


def test_an_answer_is_judged_by_the_profile() -> None:
    number = number_of(1)

    read = says({"state": "read", "card": {"number": number, "name": "示例"}})
    assert isinstance(read, Card)
    assert says({"state": "none"}) is Nothing.NO_CARD
    assert says({}) is Nothing.NO_CARD
    assert says({"state": "read", "card": {"number": number[:-1] + "?"}}) is Unread.UNREADABLE
    wrong: list[object] = [
        [],
        "text",
        7,
        None,
        {"state": {"read": 1}},
        {"state": "read"},
        {"state": "read", "card": number},
        {"state": "read", "card": {"number": 5}},
        {"state": "read", "card": {"number": [number]}},
    ]
    assert [says(one) for one in wrong] == [Nothing.GARBLED] * len(wrong)
    assert judged(b"\xff\xfe", HTTP) is Nothing.GARBLED
    assert judged(b"[" * 100_000, HTTP) is Nothing.GARBLED
    assert judged(b'{"state":"none","x":"' + b"A" * (2 << 20) + b'"}', HTTP) is Nothing.GARBLED


@given(st.binary(max_size=200))
def test_no_answer_makes_it_fail(answer: bytes) -> None:
    assert not isinstance(judged(answer, HTTP), Card)


def test_a_card_that_lies_there_is_given_once() -> None:
    lying = Lying()
    lying.asked()

    assert isinstance(lying.seen(card()), Card)
    lying.asked()
    assert lying.seen(card()) is Unread.LEFT
    assert lying.seen(card()) is None, "told once"
    assert lying.seen(Nothing.NO_CARD) is None
    assert isinstance(lying.seen(card()), Card), "taken away and laid down again"


def test_one_that_cannot_be_read_is_told_once_each_time() -> None:
    lying = Lying()

    assert lying.seen(Unread.UNREADABLE) is Unread.UNREADABLE
    assert lying.seen(Unread.UNREADABLE) is None
    lying.seen(Nothing.NO_CARD)
    assert lying.seen(Unread.UNREADABLE) is Unread.UNREADABLE


def test_the_check_digit_is_that_of_the_table() -> None:
    assert check_of(b"11010519491231002") == ord("X")
