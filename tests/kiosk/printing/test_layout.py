"""What stands on a slip, for every width, with nothing lost and nothing too wide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printing.layout import Cut, Line, QrCode, cells, layout, normalise, wrap
from tests.kiosk.printing.slips import SAMPLE, slip

CHINESE = st.text(
    st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.sampled_from("，。、；：？！（）《》“”—…·￥％ \t0123456789ABCabc-./:¥•👍\u200b\u0301"),
        st.characters(),
    ),
    max_size=120,
)


def lines_of(ticket, columns):
    return [op for op in layout(ticket, columns) if isinstance(op, Line)]


def texts_of(ticket, columns=48):
    return [line.text for line in lines_of(ticket, columns)]


def test_the_sample_slip_says_everything_in_its_order():
    assert texts_of(SAMPLE) == [
        "永德县政务服务中心",
        "内地居民结婚登记",
        "A012",
        "前面 6 人，约 20-35 分钟",
        "请到 3号窗口",
        "当场办结·不收费",
        "扫码看进度",
        "过号 30 分钟内可凭此票到导办台恢复。",
        "2026-11-23 09:41",
    ]
    ops = layout(SAMPLE, 48)
    assert QrCode(data=SAMPLE.url) in ops
    assert ops[-1] == Cut()


@pytest.mark.parametrize("columns", [32, 48])
def test_the_number_is_four_times_as_large_as_the_text(columns):
    [number] = [line for line in lines_of(SAMPLE, columns) if line.text == "A012"]

    assert (number.width, number.height) == (4, 4)


def test_a_number_too_long_for_four_times_is_printed_as_large_as_fits():
    [number] = [line for line in lines_of(slip(number="VIP000123"), 32) if "VIP" in line.text]

    assert (number.text, number.width) == ("VIP000123", 3)


def test_a_ticket_without_an_item_names_its_queue():
    assert "婚姻登记" in texts_of(slip(item="", item_name=""))


def test_a_reprint_says_so_and_carries_the_same_number():
    texts = texts_of(slip(reprint=2))

    assert "补打 2（与原票同号）" in texts
    assert "A012" in texts
    assert not [text for text in texts_of(SAMPLE) if "补打" in text]


def test_a_consultation_ticket_says_that_it_is_one():
    assert "本号仅供咨询，不受理办件" in texts_of(slip(consult_only=True))


def test_a_priority_ticket_names_its_class():
    assert "优先：军人依法优先" in texts_of(slip(priority="军人依法优先"))


@pytest.mark.parametrize(
    ("ahead", "low", "high", "says"),
    [
        (0, None, None, "前面没有人，请留意叫号"),
        (6, None, None, "前面 6 人"),
        (6, 20, 35, "前面 6 人，约 20-35 分钟"),
        (6, 20, 20, "前面 6 人，约 20 分钟"),
        (1, 0, 5, "前面 1 人，5 分钟以内"),
    ],
)
def test_the_wait_is_said_only_as_far_as_it_is_known(ahead, low, high, says):
    assert says in texts_of(slip(ahead=ahead, low_min=low, high_min=high))


def test_counters_of_one_kind_are_named_shortly_and_others_in_full():
    assert "请到 3、5号窗口" in texts_of(slip(counters=("3号窗口", "5号窗口")))
    assert "请到 3号窗口、导办台" in texts_of(slip(counters=("3号窗口", "导办台")))
    assert not [text for text in texts_of(slip(counters=())) if "请到" in text]


@pytest.mark.parametrize("columns", [32, 48])
def test_the_longest_real_names_are_wrapped_and_never_cut(columns):
    name = "西双版纳傣族自治州勐腊县磨憨经济开发区政务服务管理局综合受理中心"
    item = "对实行本级统一管理的城镇职工基本医疗保险参保人员跨省异地就医直接结算备案登记"
    ticket = slip(hall_name=name, item_name=item)

    together = "".join(texts_of(ticket, columns))
    assert name in together
    assert item in together
    for line in lines_of(ticket, columns):
        assert cells(line.text) * line.width <= columns


@given(
    name=CHINESE,
    item=CHINESE,
    rule=CHINESE,
    number=st.from_regex(r"[A-Z]{1,3}[0-9]{3,6}", fullmatch=True),
    columns=st.sampled_from([32, 42, 48]),
)
def test_no_line_of_any_slip_is_wider_than_its_paper(name, item, rule, number, columns):
    ticket = slip(hall_name=name, item_name=item, no_show_rule=rule, number=number)

    for line in lines_of(ticket, columns):
        assert line.text
        assert cells(line.text) * line.width <= columns


@given(text=CHINESE, columns=st.integers(2, 60))
def test_wrapping_loses_no_text_and_no_line_is_too_wide(text, columns):
    lines = wrap(text, columns)

    assert "".join(lines).replace(" ", "") == normalise(text).replace(" ", "")
    assert all(0 < cells(line) <= columns for line in lines)


@given(text=CHINESE)
def test_normalising_twice_changes_nothing(text):
    once = normalise(text)

    assert normalise(once) == once


@given(text=CHINESE)
def test_no_text_can_hold_a_command(text):
    assert all(ch >= " " and ch != "\x7f" for ch in normalise(text))


def test_wrapped_lines_are_even_and_no_mark_begins_one():
    rule = "过号 30 分钟内可凭此票到导办台恢复。"

    assert wrap(rule, 32) == ["过号 30 分钟内可凭", "此票到导办台恢复。"]
    assert wrap("一二三，四五", 6) == ["一二", "三，", "四五"]
    assert wrap("一二（三）", 6) == ["一二", "（三）"]


def test_a_number_is_not_parted_at_a_line_end():
    assert wrap("请打电话 0883-5211234 咨询", 16) == ["请打电话", "0883-5211234", "咨询"]


def test_every_character_outside_ascii_is_two_cells_wide():
    assert cells("A-1 ") == 4
    assert cells("—…·①±°×é→") == 18


def test_a_yen_sign_becomes_the_one_that_chinese_printers_have():
    assert normalise("工本费¥9\u00a0元 • 免费〜👍\u200b") == "工本费￥9 元 · 免费～"
