"""窗口屏, 导览屏 and 五公开公示屏, from catalogue and board."""

from __future__ import annotations

from datetime import timedelta

import pytest

from display.find import find_text
from display.roles import wall_items
from display.screen import Screen
from server.kit.contract.messages import CounterChanged, HallEmergency, QueueForecast, TicketIssued
from server.kit.contract.screens import Layout
from tests.display.halls import NOW, Story, board, called, catalogue, serving


def screen(**layout: object) -> Screen:
    made = Screen(Layout(**layout))  # type: ignore[arg-type]
    made.furnish(catalogue())
    made.reset(board(waiting=3))
    return made


def test_a_counter_display_says_who_where_and_whom() -> None:
    made, story = screen(role="counter", counter="3"), Story()
    made.fold([story(called("C012", "3", queue="C"))], NOW)
    own = made.view(NOW).own

    assert own is not None
    assert (own.number, own.name, own.department) == ("3", "3号窗口", "卫生健康局（计划生育）")
    assert (own.state, own.ticket, own.words) == ("called", "C012", "到本窗口办理")
    assert made.shown("c-C012", 1)


def test_a_counter_display_acknowledges_only_its_own_calls() -> None:
    """What it does not show it may not claim."""
    made, story = screen(role="counter", counter="3"), Story()
    made.fold([story(called("A012", "1"))], NOW)

    assert not made.shown("c-A012", 1)
    assert made.view(NOW).own.ticket == ""  # type: ignore[union-attr]


def test_a_pause_is_said_with_its_end() -> None:
    made, story = screen(role="counter", counter="3"), Story()
    made.fold(
        [
            story(
                CounterChanged(
                    counter="3", state="paused", reason="午餐",
                    until="2026-11-23T06:30:00.000Z", clerk_label="0312",
                )
            )
        ],
        NOW,
    )  # fmt: skip
    own = made.view(NOW).own

    assert own is not None
    assert (own.state, own.words, own.more) == ("paused", "暂停服务", "午餐，14:30 恢复")
    assert own.clerk == "工号 0312"


def test_serving_and_free_are_told_apart() -> None:
    made, story = screen(role="counter", counter="3"), Story()
    assert made.view(NOW).own.state == "free"  # type: ignore[union-attr]
    made.fold([story(called("C012", "3", queue="C")), story(serving("C012"))], NOW)

    assert made.view(NOW).own.words == "正在办理"  # type: ignore[union-attr]


def test_a_counter_that_does_not_exist_asks_for_one() -> None:
    own = screen(role="counter", counter="99").view(NOW).own

    assert own is not None
    assert own.state == "unset"
    assert "管理员" in own.more


def test_the_guide_lists_every_counter_of_every_zone() -> None:
    made = screen(role="guide")
    guide = made.view(NOW).guide

    assert guide is not None
    assert [(z.name, len(z.rows)) for z in guide.zones] == [("一楼大厅", 12), ("二楼大厅", 5)]
    assert guide.zones[0].waiting == 12 * 3


def test_the_guide_says_how_many_wait_and_how_long() -> None:
    made, story = screen(role="guide"), Story()
    made.fold(
        [
            story(TicketIssued(ticket="A009", queue="A", waiting=9)),
            story(QueueForecast(queue="A", low_min=20, high_min=35, rough=True)),
        ],
        NOW,
    )
    row = made.view(NOW).guide.zones[0].rows[0]  # type: ignore[union-attr]

    assert (row.counter, row.department, row.about) == ("1号窗口", "民政局", "婚姻登记")
    assert (row.main, row.sub) == ("9 人", "粗略 20–35 分")


def test_a_guide_of_a_zone_shows_that_zone() -> None:
    guide = screen(role="guide", zones=("2F",)).view(NOW).guide

    assert guide is not None
    assert [z.code for z in guide.zones] == ["2F"]


def test_the_wall_holds_every_item_with_all_five() -> None:
    """Nothing is shortened; the departments stand in the catalogue's order."""
    here = catalogue()
    items = wall_items(here, (), find_text)

    assert {i.code for i in items} == {i.code for i in here.items}
    assert all(
        [f.kind for f in i.facts] == ["content", "steps", "materials", "promised", "fee"]
        for i in items
    )
    for item in here.items:
        row = next(i for i in items if i.code == item.code)
        assert item.disclosure is not None
        assert all(
            part.startswith(m.name)
            for part, m in zip(row.facts[2].parts, item.disclosure.materials, strict=True)
        )
    departments = [i.department for i in items]
    assert departments == sorted(departments, key=[d.code for d in here.departments].index)


@pytest.mark.parametrize("typed", ["结婚", "jiehun", "jh", "djg"])
def test_an_item_is_found_by_words_pinyin_and_initials(typed: str) -> None:
    """内地居民结婚登记 with its short name."""
    text = find_text(("内地居民结婚登记", "结婚登记", "领证"))

    assert (typed in text) == (typed != "djg")


@pytest.mark.parametrize("role", ["disclosures", "counter", "guide", "leaders", "board"])
def test_an_emergency_is_on_every_screen_and_goes_again(role: str) -> None:
    made, story = screen(role=role, counter="3"), Story()
    made.fold([story(HallEmergency(on=True, text="请有序撤离。"))], NOW)
    there = made.view(NOW)
    made.fold([story(HallEmergency(on=False, text=""))], NOW)
    after = made.view(NOW + timedelta(seconds=1))

    assert (there.state, there.emergency, there.role) == ("emergency", "请有序撤离。", role)
    assert after.state == "board"


def test_a_screen_that_is_assigned_anew_keeps_what_it_knows() -> None:
    """From board to guide of the second floor, without a restart."""
    made = screen()
    made.assign(Layout(role="guide"), "2F")
    view = made.view(NOW)

    assert view.role == "guide"
    assert view.zone == "二楼大厅"
    assert [z.code for z in view.guide.zones] == ["2F"]  # type: ignore[union-attr]
