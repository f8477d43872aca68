"""读给我听: what is read aloud of each page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk import journey as j
from kiosk.content import Choice, Hall
from kiosk.journey import Journey, Paper, Refusal, Screen, Tab
from kiosk.language import load
from kiosk.speech import LONGEST, cut, said, step_of
from kiosk.words import Words
from tests.kiosk.hall import hall, line, slip

ZH, EN = (Words(x) for x in load())
HALL = hall(line("A", waiting=6, low_min=20, high_min=35))
MARRIED = Choice(item="MZ-01")


def at(screen: Screen, **more: object) -> Journey:
    """A citizen on a page."""
    return replace(j.begin(0), screen=screen, **more)  # type: ignore[arg-type]  # shorthand


EVERY = {
    Screen.ATTRACT: at(Screen.ATTRACT),
    Screen.HOME: at(Screen.HOME),
    Screen.DEPARTMENTS: at(Screen.DEPARTMENTS),
    Screen.DEPARTMENT: at(Screen.DEPARTMENT, department="civil"),
    Screen.SEARCH: at(Screen.SEARCH),
    Screen.CONSULT: at(Screen.CONSULT),
    Screen.APPOINTMENT: at(Screen.APPOINTMENT),
    Screen.ITEM: at(Screen.ITEM, choice=MARRIED),
    Screen.CONFIRM: at(Screen.CONFIRM, choice=MARRIED),
    Screen.CARD: at(Screen.CARD, choice=MARRIED),
    Screen.TAKING: at(Screen.TAKING, choice=MARRIED),
    Screen.NUMBER: at(Screen.NUMBER, slip=slip()),
    Screen.REFUSED: at(
        Screen.REFUSED, refusal=Refusal(code="stopped", words="停了。", words_en="No more.")
    ),
}


@pytest.mark.parametrize("screen", [s for s in Screen if s not in {"staff_code", "staff"}])
def test_every_step_can_be_heard_in_both_languages(screen: Screen) -> None:
    chinese, english = (said(EVERY[screen], HALL, w) for w in (ZH, EN))

    assert chinese
    assert english
    assert len(chinese) <= LONGEST


def test_the_item_says_where_how_many_how_long_and_what_to_bring() -> None:
    assert said(EVERY[Screen.ITEM], HALL, ZH) == (
        "内地居民结婚登记，在1号窗口、2号窗口办理。前面有 6 人等候。大约要等 20到35 分钟。"
        "请看材料带齐了没有：双方居民身份证；合影。要取号，请点最大的“取号”按钮。"
    )


def test_each_tab_is_read() -> None:
    told = {tab: said(at(Screen.ITEM, choice=MARRIED, tab=tab), HALL, ZH) for tab in Tab}

    assert "为双方自愿结婚的内地居民办理结婚登记" in told[Tab.CONTENT]
    assert "申请；审查；发证" in told[Tab.STEPS]
    assert "当场办结" in told[Tab.PROMISED]
    assert "不收费" in told[Tab.FEE]


def test_the_number_is_read_with_where_to_go() -> None:
    text = said(at(Screen.NUMBER, slip=slip(), paper=Paper.PRINTED), HALL, ZH)

    assert text == (
        "您的号码是 A012。前面有 6 人等候。大约要等 20到35 分钟。"
        "请到1号窗口、2号窗口办理。请取走小票。"
    )


def test_without_paper_it_is_said_to_note_the_number() -> None:
    text = said(at(Screen.NUMBER, slip=slip(), paper=Paper.FAILED, fault="jam"), HALL, ZH)

    assert "请记下号码" in text


def test_what_a_citizen_typed_is_never_spoken() -> None:
    for query in ("zhangsan", "身份证", "qqq"):
        for words in (ZH, EN):
            assert query not in said(at(Screen.SEARCH, query=query), HALL, words)


def test_the_question_is_read_before_everything_else() -> None:
    text = said(replace(EVERY[Screen.ITEM], asking=True), HALL, ZH)

    assert text == "还在办理吗？要继续，请点“继续办理”。"


def test_a_stopped_line_is_read_with_why_and_when() -> None:
    lunch = hall(
        line("A", issuing=False, reason="lunch_break", resumes_at="2026-11-23T06:30:00.000Z")
    )

    text = said(EVERY[Screen.ITEM], lunch, ZH)

    assert "午休时间，暂停取号，14:30 恢复取号。" in text
    assert "请点最大的" not in text


def test_an_emergency_is_all_there_is_to_say() -> None:
    fire = hall(emergency="请听从工作人员指引，有序离开。")

    assert said(EVERY[Screen.ITEM], fire, EN) == "请听从工作人员指引，有序离开。"


def test_a_long_text_ends_with_a_sentence() -> None:
    text = cut("很长的一句话。" * 100)

    assert len(text) <= LONGEST
    assert text.endswith("。")
    assert len(cut("没有句号" * 200)) == LONGEST


def test_a_count_that_changes_does_not_begin_the_step_anew() -> None:
    item = EVERY[Screen.ITEM]
    more: Hall = hall(line("A", waiting=7))

    assert said(item, HALL, ZH) != said(item, more, ZH)
    assert step_of(item) == step_of(replace(item, deadline=99.0))
    assert step_of(item) != step_of(replace(item, tab=Tab.FEE))
    assert step_of(item) != step_of(replace(item, asking=True))
