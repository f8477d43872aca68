"""What is offered and how long the lines are, in a citizen's words."""

from __future__ import annotations

import re

import msgspec
import pytest
import qrcode

from kiosk.assist import Help, HelpState
from kiosk.content import (
    CLOSING,
    STOPPED,
    Choice,
    Content,
    Line,
    fee_line,
)
from kiosk.language import load
from kiosk.printing.status import FAULTS as PRINTER_FAULTS
from kiosk.views import qr_path
from kiosk.words import Words
from server.kit.contract.reasons import REASONS
from server.kit.contract.views import Fee, Limit
from server.kit.contract.words import limit_words
from tests.kiosk.hall import DISCLOSURE, board, catalogue, hall, line


def test_a_department_offers_its_items_and_a_line_without_items() -> None:
    content = Content(catalogue())

    offers = {d.code: [o.name for o in d.offers] for d in content.departments}

    assert offers == {
        "civil": ["内地居民结婚登记", "内地居民离婚登记"],
        "police": ["居民身份证换领、补领"],
        "water": ["水务咨询"],
    }


def test_only_the_own_zone_is_offered_when_asked() -> None:
    content = Content(catalogue(), zone="1F")

    assert [d.code for d in content.departments] == ["civil", "police"]
    assert content.offer(Choice(queue="C")) is None


def test_counters_and_fee_stand_with_an_offer() -> None:
    offer = Content(catalogue()).offer(Choice(item="MZ-01"))

    assert offer is not None
    assert offer.counters == ("1号窗口", "2号窗口")
    assert offer.fee == "不收费"


def test_search_finds_offers_and_lines_without_items() -> None:
    content = Content(catalogue())

    assert [o.short_name for o in content.search("sfz")] == ["身份证换领补领"]
    assert [o.name for o in content.search("shuiwu")] == ["水务咨询"]


ZH = Words(load()[0])


def test_the_wait_is_what_the_hall_estimates() -> None:
    found = hall(line("A", waiting=6, low_min=10, high_min=25)).line("A")

    assert (found.people, found.low, found.high, found.open_counters) == (6, 10, 25, 2)
    assert ZH.wait_line(found) == "约 10–25 分钟"


def test_a_rough_wait_says_that_it_is_rough() -> None:
    found = hall(line("A", waiting=6, low_min=10, high_min=25, rough=True)).line("A")

    assert ZH.wait_line(found) == "粗略 10–25 分钟"
    assert ZH.takes(found) == "粗略估计要等 10–25 分钟。"


def test_while_there_is_no_history_only_the_people_are_told() -> None:
    found = hall(line("A", waiting=6)).line("A")

    assert (found.people, ZH.wait_line(found)) == (6, "")


def test_with_all_counters_closed_no_time_is_claimed() -> None:
    found = hall(line("A", waiting=6, low_min=10, high_min=25), closed=("1", "2")).line("A")

    assert (found.people, ZH.wait_line(found), found.open_counters) == (6, "", 0)


def test_an_old_board_claims_nothing() -> None:
    assert (
        hall(line("A", waiting=6, issuing=False, reason="stopped"), fresh=False).line("A") == Line()
    )


def test_a_stopped_line_says_why_and_when() -> None:
    found = hall(
        line("A", issuing=False, reason="lunch_break", resumes_at="2026-11-23T06:30:00.000Z")
    ).line("A")

    assert not found.giving
    assert (ZH.why(found), ZH.then(found)) == ("午休时间，暂停取号", "14:30 恢复取号")
    assert ZH.paused(found) == "午休，14:30 恢复"


def test_a_line_that_goes_on_another_day_says_which() -> None:
    found = hall(
        line("A", issuing=False, reason="hall_closed", resumes_at="2026-11-24T00:30:00.000Z")
    ).line("A")

    later = hall(
        line("A", issuing=False, reason="hall_closed", resumes_at="2026-11-26T00:30:00.000Z")
    ).line("A")

    assert ZH.then(found) == "明天 08:30 恢复取号"
    assert ZH.then(later) == "11月26日 周四 08:30 恢复取号"


def test_a_queue_whose_numbers_are_taken_says_what_to_do() -> None:
    found = hall(line("A", issuing=False, reason="quota_reached")).line("A")

    assert (ZH.why(found), ZH.then(found)) == ("今天的号已取完", "若窗口空闲，可直接到窗口办理")


def test_a_closed_day_stops_every_line() -> None:
    found = hall(day="closed").line("A")

    assert not found.giving
    assert ZH.why(found) == "今天的服务已结束"


def test_a_day_that_gives_no_more_numbers_is_not_over_for_those_who_hold_one() -> None:
    found = hall(line("A", issuing=False, reason="day_closed"), day="closing").line("A")

    assert (ZH.why(found), ZH.paused(found)) == ("今天已停止取号，已取的号照常办", "今天已停号")


def test_a_reason_newer_than_this_kiosk_still_stops_the_line() -> None:
    found = hall(line("A", issuing=False, reason="strike")).line("A")

    assert ZH.why(found) == "这里暂停取号"


def test_a_hall_at_lunch_says_so_once_for_all_its_lines() -> None:
    stopped = {"issuing": False, "reason": "lunch_break", "resumes_at": "2026-11-23T06:30:00.000Z"}
    at_lunch = hall(*(line(c, **stopped) for c in "ABC"))
    one_open = hall(*(line(c, **stopped) for c in "AB"))

    assert at_lunch.pause is not None
    assert ZH.pause(at_lunch.pause) == "午休时间，暂停取号，14:30 恢复取号"
    assert one_open.pause is None
    assert hall().pause is None


def test_every_reason_to_stop_has_words_and_is_in_the_contract() -> None:
    assert set(STOPPED) <= set(REASONS)
    for why in (*STOPPED, CLOSING):
        assert all(ZH.t(f"{kind}.{why}") for kind in ("stopped", "stopped_short", "stopped_then"))


def test_every_fault_of_the_printer_has_words() -> None:
    assert all(ZH.t(f"fault.{fault}") for fault in PRINTER_FAULTS)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit(n=0, unit="spot"), "当场办结"),
        (Limit(n=5, unit="workday"), "5 个工作日"),
        (Limit(n=30, unit="day"), "30 个自然日"),
        (Limit(n=3, unit="month"), "3 个月"),
        (Limit(n=0, unit="none"), "没有规定时限"),
    ],
)
def test_a_limit_in_words(limit: Limit, words: str) -> None:
    assert limit_words(limit) == words


@pytest.mark.parametrize(
    ("fee", "words"),
    [
        (Fee(charged=False, text="不收费（体检费由医院收）"), "不收费"),
        (Fee(charged=True, text="工本费10元"), "工本费10元"),
        (Fee(charged=True, text="号牌100元、登记证书10元、行驶证10元"), "收费"),
        (Fee(charged=True, text=""), "收费"),
    ],
)
def test_a_fee_on_a_tile(fee: Fee, words: str) -> None:
    assert fee_line(msgspec.structs.replace(DISCLOSURE, fee=fee)) == words
    assert fee_line(None) == ""


def test_a_choice_is_one_word_and_back() -> None:
    for choice in (Choice(item="MZ-01"), Choice(queue="A")):
        assert Choice.of(choice.value) == choice
    for bad in ("", "item:", "MZ-01", "queue", "x:y"):
        with pytest.raises(ValueError):
            Choice.of(bad)


def test_help_passes_and_rings_once() -> None:
    asked = Help(HelpState.COMING, 100.0)

    assert not asked.may_ring(110.0)
    assert asked.may_ring(116.0)
    assert ZH.t(asked.at(279.0).words) == "已通知工作人员，请在这里稍候"
    assert asked.at(281.0) == Help()
    assert Help(HelpState.FAILED, 100.0).may_ring(101.0)
    assert not Help(HelpState.CALLING, 100.0).may_ring(130.0)


def test_the_qr_code_is_drawn_whole() -> None:
    text = "http://hall.example/t/abcdefghijklmnopqrstuv"
    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)

    size, path = qr_path(text)
    drawn = [[False] * size for _ in range(size)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        for i in range(int(width)):
            drawn[int(y)][int(x) + i] = True

    assert drawn == code.get_matrix()


def test_an_empty_board_line_is_unknown() -> None:
    assert hall().line("nowhere") == Line()
    assert board().queues
