"""What people type in vain: told to the hall, never a number of a person, never a delay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from kiosk.vain import AT_ONCE, VainSearches, worth_telling
from server.kit.http import Unreachable


class Link:
    """Takes down what is reported."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away
        self.reported: list[Mapping[str, object]] = []

    def call(
        self,
        path: str,
        body: Mapping[str, object],
        *,
        key: str,
        timeout_s: float = 2.0,
        tries: int = 2,
    ) -> dict[str, Any]:
        if self.away:
            raise Unreachable("away")
        self.reported.append({"path": path, "tries": tries, **body})
        return {}


def now(work: Callable[[], None]) -> None:
    work()


@pytest.mark.parametrize("text", ["开网吧", "kwb", "网吧 营业", "12345", "开 2 家店"])
def test_words_are_told(text: str) -> None:
    assert worth_telling(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "q",
        "？？",
        "123456",
        "13900001111",
        "533523 19500101",
        "1 2 3 4 5 6",
        "139-0000-1111",
        "１２３４５６７",
        "张三530102199001011234",
        "一" * 25,
    ],
)
def test_what_may_be_a_number_of_a_person_or_says_nothing_is_not_told(text: str) -> None:
    assert worth_telling(text) == ""


def test_a_vain_search_is_told_once_without_a_second_try() -> None:
    link = Link()
    VainSearches(link, reachable=lambda: True, spawn=now).tell("开网吧", "zh")

    assert link.reported == [
        {"path": "/api/v1/searches", "tries": 1, "text": "开网吧", "language": "zh"}
    ]


def test_offline_nothing_is_kept_and_nothing_raised() -> None:
    link = Link(away=True)
    VainSearches(link, reachable=lambda: False, spawn=now).tell("开网吧", "zh")
    VainSearches(link, reachable=lambda: True, spawn=now).tell("开网吧", "zh")

    assert link.reported == []


def test_reports_that_do_not_get_away_never_pile_up() -> None:
    waiting: list[Callable[[], None]] = []
    link = Link()
    vain = VainSearches(link, reachable=lambda: True, spawn=waiting.append)
    for _ in range(20):
        vain.tell("开网吧", "zh")

    assert len(waiting) == AT_ONCE
    for work in waiting:
        work()
    vain.tell("开网吧", "zh")
    assert len(waiting) == AT_ONCE + 1
