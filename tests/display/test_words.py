"""The words on the board."""

from __future__ import annotations

import msgspec
import pytest

from display.slides import FACE_CHARS, notice_pages, slides
from display.words import (
    WHOLE_NAME_CHARS,
    counters_words,
    department_words,
    queue_words,
    range_words,
)
from server.kit.contract.reasons import REASONS
from server.kit.contract.views import CatalogueDepartment, Limit, Material
from server.kit.contract.words import limit_words
from tests.display.halls import NOW, board, catalogue, disclosure


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["3号窗口"], "3号窗口"),
        (["12号窗口", "11号窗口"], "11、12号窗口"),
        (["1号窗口", "2号窗口", "3号窗口", "4号窗口", "9号窗口"], "1–4、9号窗口"),
        (["婚姻登记窗口", "3号窗口"], "婚姻登记窗口、3号窗口"),
        ([], ""),
    ],
)
def test_counters_are_said_in_one_breath(names: list[str], words: str) -> None:
    assert counters_words(names) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ((None, None), ""),
        ((0, 5), "5 分以内"),
        ((20, 35), "约 20–35 分"),
        ((60, 120), "约 60–120 分"),
        ((65, 130), "约 1–2.5 小时"),
        ((180, 400), "3 小时以上"),
        ((1500, 3010), "3 小时以上"),
        ((45, None), "45 分以上"),
        ((150, None), "2.5 小时以上"),
        ((400, None), "3 小时以上"),
    ],
)
def test_a_wait_is_said_as_people_say_it(span: tuple[int | None, int | None], words: str) -> None:
    assert range_words(*span) == words


def test_a_range_that_is_not_learnt_yet_says_so() -> None:
    """粗略 in place of 约; a bound claims nothing that would need the word."""
    assert range_words(20, 35, rough=True) == "粗略 20–35 分"
    assert range_words(0, 5, rough=True) == "5 分以内"


@pytest.mark.parametrize(
    ("name", "short", "words"),
    [
        ("民政局", "民政", "民政局"),
        ("文化和旅游局", "文旅", "文旅局"),
        ("工业和信息化局", "工信", "工信局"),
        ("人力资源和社会保障局", "人社局", "人社局"),
        ("公安局交警大队", "交警", "交警大队"),
        ("交通运输局（道路运输）", "道路运输", "道路运输"),
        ("没有简称的很长的部门名称", "", "没有简称的很长的部门名称"),
    ],
)
def test_departments_are_named_alike(name: str, short: str, words: str) -> None:
    """文旅 beside 民政局 would look like another kind of thing."""
    department = CatalogueDepartment(code="x", name=name, short_name=short)

    assert department_words(department, WHOLE_NAME_CHARS) == words


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit(n=7, unit="workday"), "7 个工作日"),
        (Limit(n=0, unit="spot"), "当场办结"),
        (Limit(n=30, unit="day"), "30 个自然日"),
        (Limit(n=3, unit="month"), "3 个月"),
        (Limit(n=0, unit="none"), "没有规定时限"),
    ],
)
def test_a_limit_is_never_a_number_without_its_unit(limit: Limit, words: str) -> None:
    assert limit_words(limit) == words


@pytest.mark.parametrize(
    ("reason", "counter_state", "waiting", "expected"),
    [
        ("stopped", "open", 4, ("open", "4 人", "", "停止取号")),
        ("hall_closed", "closed", 0, ("closed", "未开窗", "14:30 开始", "未到取号时间")),
        ("lunch_break", "closed", 0, ("paused", "午休", "14:30 恢复", "")),
        ("lunch_break", "closed", 3, ("paused", "午休", "3 人等候", "")),
        ("quota_reached", "closed", 0, ("closed", "未开窗", "", "号已取完")),
        ("day_closed", "closed", 0, ("closed", "未开窗", "", "")),
        ("", "paused", 0, ("paused", "暂停服务", "", "")),
    ],
)
def test_a_queue_that_gives_no_numbers_says_why(
    reason: str, counter_state: str, waiting: int, expected: tuple[str, str, str, str]
) -> None:
    """For those who wait and for those who come, each in words."""
    whole, here = board(), catalogue()
    line = msgspec.structs.replace(
        whole.queues[0],
        issuing=not reason,
        reason=reason,
        waiting=waiting,
        resumes_at="2026-11-23T06:30:00.000Z",
    )
    counter = msgspec.structs.replace(whole.counters[0], state=counter_state)
    from zoneinfo import ZoneInfo

    assert queue_words(line, here.queues[0], [counter], ZoneInfo(here.tz)) == expected


def test_what_begins_on_another_day_is_not_said_as_if_it_were_today() -> None:
    from zoneinfo import ZoneInfo

    whole, here = board(), catalogue()
    line = msgspec.structs.replace(
        whole.queues[0], issuing=False, reason="hall_closed", resumes_at="2026-11-24T00:30:00.000Z"
    )
    said = queue_words(line, here.queues[0], [], ZoneInfo(here.tz), "2026-11-23")

    assert said == ("closed", "未开窗", "", "未到取号时间")


def test_a_queue_for_consultation_only_says_so() -> None:
    """Most counters of the hall of 2007 give advice and decide nothing."""
    from zoneinfo import ZoneInfo

    whole, here = board(waiting=1), catalogue()
    queue = msgspec.structs.replace(here.queues[0], consult_only=True)

    assert (
        queue_words(whole.queues[0], queue, [whole.counters[0]], ZoneInfo(here.tz))[3] == "只咨询"
    )


def test_every_reason_a_queue_can_have_has_words() -> None:
    """A code of the contract that this module forgot would be said as 暂停取号: true, but poor."""
    from display.words import STOPPED

    assert STOPPED.keys() <= REASONS.keys()


def test_every_item_shows_all_five_disclosures_whole() -> None:
    """However long its texts are, nothing is left out and no face is too full."""
    here = catalogue()
    for item in here.items:
        faces = [s for s in slides(here, ()) if s.item == item.code]
        kinds = {f.kind for face in faces for f in face.facts}
        text = "".join(f.text for face in faces for f in face.facts)
        assert item.disclosure is not None
        d = item.disclosure

        assert kinds == {"content", "steps", "materials", "promised", "fee"}
        assert all(m.name in text for m in d.materials)
        assert all(step in text for step in d.steps)
        assert d.content in text
        assert d.fee.text in text
        assert all(len(f.text) <= FACE_CHARS + 30 for face in faces for f in face.facts)


def test_a_sample_promise_says_so() -> None:
    """示例: no value that is not certain is shown as fact."""
    here = catalogue()
    facts = {(s.item, f.kind): f for s in slides(here, ()) for f in s.facts}

    assert facts["SP-02", "promised"].example
    assert not facts["MZ-01", "promised"].example


def test_items_of_other_zones_do_not_turn_here() -> None:
    assert {s.item for s in slides(catalogue(), ("2F",))} == {"JY-01"}


def test_an_item_without_disclosure_has_no_slide() -> None:
    here = catalogue()
    bare = tuple(msgspec.structs.replace(i, disclosure=None) for i in here.items)

    assert slides(msgspec.structs.replace(here, items=bare), ()) == ()


def test_without_public_address_there_is_no_qr() -> None:
    """A code that leads nowhere would make a fool of the citizen."""
    assert {s.qr for s in slides(catalogue(public_url=""), ())} == {""}


def test_no_materials_is_said() -> None:
    here = catalogue()
    item = msgspec.structs.replace(here.items[0], disclosure=disclosure("SP-02", materials=()))
    faces = slides(msgspec.structs.replace(here, items=(item,)), ())

    assert "无需提交材料" in [f.text for s in faces for f in s.facts]


def test_thirty_materials_fill_as_many_faces_as_they_need() -> None:
    here = catalogue()
    many = tuple(Material(name=f"第{n}种申报材料的名称", form="原件") for n in range(1, 31))
    item = msgspec.structs.replace(here.items[0], disclosure=disclosure("SP-02", materials=many))
    text = "".join(
        f.text for s in slides(msgspec.structs.replace(here, items=(item,)), ()) for f in s.facts
    )

    assert all(m.name in text for m in many)


def test_notices_are_cut_where_one_breathes() -> None:
    """No page is longer than its line, no character is lost."""
    notice = "今日坐班领导：民政局副局长（3号窗口旁），欢迎当面反映问题。过号 30 分钟内可凭号票到导办台恢复。"
    pages = notice_pages([notice, "", "短。"])

    assert pages == (
        "今日坐班领导：民政局副局长（3号窗口旁），欢迎当面反映问题。",
        "过号 30 分钟内可凭号票到导办台恢复。",
        "短。",
    )


def test_a_notice_without_any_stop_is_cut_by_length() -> None:
    pages = notice_pages(["字" * 100])

    assert "".join(pages) == "字" * 100
    assert max(map(len, pages)) <= 38


def test_now_is_a_monday_morning_in_the_hall() -> None:
    """The other tests rest on it."""
    assert NOW.isoformat() == "2026-11-23T01:41:07+00:00"
