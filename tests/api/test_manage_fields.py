"""Fields of the managers' forms: what cannot be seen or is no time is refused in words."""

from __future__ import annotations

import pytest

from server.web.manage.fields import Fields


@pytest.mark.parametrize(
    "text", ["\u200b\u200b", "\u202e公告反", "a\x7fb", "a\x85b", "a\x00b", "\ue000", "今\u2066日"]
)
def test_what_nobody_can_see_is_no_notice(text: str) -> None:
    fields = Fields({"text": text})

    fields.text("text", "公告", most=100)

    assert "不能显示" in fields.errors["text"]


@pytest.mark.parametrize("text", ["停电通知", "👨‍👩‍👧 家庭窗口", "一\n二", "Room 2: 10–12"])
def test_what_people_can_read_stands_as_it_was_typed(text: str) -> None:
    fields = Fields({"text": text})

    assert fields.text("text", "公告", most=100) == text
    assert fields.well


def test_blank_lines_are_folded_so_that_nothing_falls_off_the_page() -> None:
    fields = Fields({"text": "上午" + "\r\n \n" * 60 + "下午"})

    assert fields.text("text", "公告", most=100) == "上午\n下午"


@pytest.mark.parametrize("typed", ["2026-11-23T09:30", "2026-11-23 09:30"])
def test_a_time_of_the_hall_is_a_moment(typed: str) -> None:
    fields = Fields({"at": typed})

    assert fields.moment("at", "开始时间", "Asia/Shanghai") == "2026-11-23T01:30:00.000Z"


@pytest.mark.parametrize(
    "typed",
    [
        "2026-W01-1",
        "2026-11-23",
        "2026-11-23T09:30+01:00",
        "1900-01-01T00:00",
        "明天",
        "9999-01-01T00:00",
    ],
)
def test_what_is_no_time_is_refused(typed: str) -> None:
    fields = Fields({"at": typed})

    assert fields.moment("at", "开始时间", "Asia/Shanghai") is None
    assert "at" in fields.errors
