"""Words that are the same on kiosk, screen, paper and phone."""

from __future__ import annotations

import pytest

from server.kit.contract.words import about, wait_words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (None, None, ("", "")),
        (0, None, ("", "")),
        (90, None, ("90", "分钟以上")),
        (0, 5, ("5", "分钟以内")),
        (20, 20, ("20", "分钟")),
        (20, 35, ("20–35", "分钟")),
        (90, 120, ("90–120", "分钟")),
        (0, 125, ("2.5", "小时以内")),
        (65, 130, ("1–2.5", "小时")),
        (175, 355, ("2.5–6", "小时")),
        (180, 400, ("3", "小时以上")),
        (1500, 3010, ("3", "小时以上")),
    ],
)
def test_a_range_in_words(low: int | None, high: int | None, words: tuple[str, str]) -> None:
    assert wait_words(low, high) == words


def test_a_bound_goes_without_about() -> None:
    assert about("分钟以内") == about("小时以上") == ""
    assert about("分钟") == "约 "
