"""What the pages say in one language: names, waits, hours, refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs

from kiosk.content import Choice, Content, Line
from kiosk.language import load
from kiosk.state import Refusal
from kiosk.words import Words
from server.kit.contract.reasons import REASONS, Refused
from server.kit.contract.screens import ServiceHours
from server.kit.contract.views import Limit
from server.kit.contract.words import limit_words
from tests.kiosk.hall import catalogue, slip

ZH, EN = (Words(x) for x in load())


def english_hall() -> Content:
    """The hall of the tests with English names for one item, its department and the centre."""
    plain = catalogue()
    return Content(
        structs.replace(
            plain,
            hall_name_en="Yongde Service Centre",
            items=tuple(
                structs.replace(i, name_en="Marriage registration") if i.code == "MZ-01" else i
                for i in plain.items
            ),
            departments=tuple(
                structs.replace(d, name_en="Civil affairs") if d.code == "civil" else d
                for d in plain.departments
            ),
        )
    )


def test_names_are_english_where_the_hall_has_them_and_chinese_else() -> None:
    content = english_hall()
    married, divorced = (content.offer(Choice(item=c)) for c in ("MZ-01", "MZ-02"))
    assert married is not None
    assert divorced is not None

    assert (EN.name(married), EN.short(married)) == ("Marriage registration",) * 2
    assert EN.department_of(married) == "Civil affairs"
    assert EN.name(divorced) == "内地居民离婚登记"
    assert (ZH.name(married), ZH.short(married)) == ("内地居民结婚登记", "结婚登记")
    assert EN.hall(content.catalogue) == "Yongde Service Centre"
    assert ZH.hall(content.catalogue) == "永德县政务服务中心"


def test_the_english_name_is_found_too() -> None:
    assert [o.choice.item for o in english_hall().search("marri")] == ["MZ-01"]


def test_a_county_s_own_names_are_shown_and_found(tmp_path: Path) -> None:
    (tmp_path / "wa.toml").write_text(
        'code = "wa"\nshown = "Vax"\n[strings]\n[items]\n"MZ-01" = "Kix lai"\n', encoding="utf-8"
    )
    own = load(str(tmp_path))[-1]
    content = Content(catalogue(), also=(own.items,))
    offer = content.offer(Choice(item="MZ-01"))
    assert offer is not None

    assert Words(own).name(offer) == "Kix lai"
    assert [o.choice.item for o in content.search("kixlai")] == ["MZ-01"]


def test_a_counter_is_said_by_its_number_or_by_its_name() -> None:
    assert EN.counters(("1号窗口", "2号窗口")) == "Counter 1, Counter 2"
    assert EN.counters(("综合窗口",)) == "综合窗口"
    assert ZH.counters(("1号窗口", "2号窗口", "3号窗口")) == "1号窗口、2号窗口等 3 个窗口"


@pytest.mark.parametrize(
    ("low", "high", "zh", "en"),
    [
        (20, 35, "约 20–35 分钟", "20–35 min"),
        (0, 5, "5 分钟以内", "5 min or less"),
        (60, 150, "约 1–2.5 小时", "1–2.5 h"),
        (200, 300, "3 小时以上", "3 h or more"),
        (None, None, "", ""),
    ],
)
def test_a_wait_in_words(low: int | None, high: int | None, zh: str, en: str) -> None:
    waiting = Line(people=3, low=low, high=high)

    assert (ZH.wait_line(waiting), EN.wait_line(waiting)) == (zh, en)


@pytest.mark.parametrize("unit", ["spot", "workday", "day", "month", "none"])
def test_a_limit_is_said_as_everywhere_else_and_in_english(unit: str) -> None:
    limit = Limit(n=5, unit=unit)

    assert ZH.limit(limit) == limit_words(limit)
    assert EN.limit(limit).isascii()


def test_days_of_equal_hours_stand_together() -> None:
    hours = [
        ServiceHours(weekday=day, from_at=start, to_at=end)
        for day in range(5)
        for start, end in (("08:30", "12:00"), ("14:30", "17:30"))
    ]
    saturday = ServiceHours(weekday=5, from_at="09:00", to_at="12:00")

    assert ZH.hours([*hours, saturday]) == [
        "周一至周五 08:30–12:00、14:30–17:30",
        "周六 09:00–12:00",
    ]
    assert EN.hours(hours) == ["Mon–Fri 08:30–12:00, 14:30–17:30"]
    week = [replace_day(saturday, day) for day in range(7)]
    assert ZH.hours(week) == ["每天 09:00–12:00"]


def replace_day(hours: ServiceHours, day: int) -> ServiceHours:
    return structs.replace(hours, weekday=day)


def test_every_refusal_has_english_words() -> None:
    for code in REASONS:
        refused = Refused(code)
        said = EN.refusal(Refusal(code=code, words=refused.zh, words_en=refused.en))

        assert said
        assert not any("\u4e00" <= c <= "\u9fff" for c in said)


def test_a_date_in_both_languages() -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)

    assert (ZH.date(monday), ZH.weekday(monday.weekday())) == ("11月23日", "周一")
    assert (EN.date(monday), EN.weekday(monday.weekday())) == ("11/23", "Mon")


def test_the_number_page_names_what_it_is_for() -> None:
    offer = english_hall().offer(Choice(item="MZ-01"))

    assert ZH.slip_for(slip(), None) == "民政 · 内地居民结婚登记"
    assert EN.slip_for(slip(consult_only=True), offer) == (
        "Civil affairs · Marriage registration (advice)"
    )


def test_a_fault_newer_than_this_kiosk_has_words() -> None:
    assert ZH.fault("burning") == "小票没有打印出来"
    assert replace(Line(), why="").giving
