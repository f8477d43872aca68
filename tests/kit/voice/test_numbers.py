"""Figures are read as people in a hall read them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.voice.numbers import (
    counter_words,
    english_counter,
    english_ticket,
    spoken,
    ticket_words,
    whole,
)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "零"),
        (7, "七"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (123, "一百二十三"),
        (1000, "一千"),
        (1010, "一千零一十"),
        (10000, "一万"),
        (10005, "一万零五"),
        (20010, "二万零一十"),
        (150000, "十五万"),
        (100010000, "一亿零一万"),
    ],
)
def test_a_number_is_read_as_one(value, words):
    assert whole(value) == words


@pytest.mark.parametrize(
    ("number", "digits", "words"),
    [
        ("A023", "yi", "A零二三"),
        ("A023", "whole", "A二十三"),
        ("A101", "yi", "A一零一"),
        ("A101", "yao", "A幺零幺"),
        ("A123", "whole", "A一百二十三"),
        ("M1600", "yao", "M幺六零零"),
        ("AA003", "yi", "A A零零三"),
        ("a023", "yi", "A零二三"),
        ("Ａ０２３", "yi", "A零二三"),
        ("008", "yi", "零零八"),
    ],
)
def test_a_ticket_is_read_by_the_rule_of_its_hall(number, digits, words):
    assert ticket_words(number, digits) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("3号窗口", "三号窗口"),
        ("12号窗口", "十二号窗口"),
        ("12", "十二号窗口"),
        ("5 号窗口", "五 号窗口"),
        ("综合窗口", "综合窗口"),
        ("二楼3号窗口", "二楼三号窗口"),
        ("F10", "F 十号窗口"),
    ],
)
def test_a_counter_is_one_number_and_never_digit_by_digit(name, words):
    assert counter_words(name) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("约 20–35 分钟", "约 二十到三十五 分钟"),
        ("前面2人", "前面两人"),
        ("请到2号窗口", "请到二号窗口"),
        ("材料2份", "材料两份"),
        ("12份", "十二份"),
        ("8:30-12:00", "八点三十分到十二点"),
        ("14:05", "十四点零五分"),
        ("2:00", "两点"),
        ("2026-11-25", "二零二六年十一月二十五日"),
        ("2026年", "二零二六年"),
        ("3.5元", "三点五元"),
        ("1,200元", "一千二百元"),
        ("50%", "百分之五十"),
        ("A012", "A零一二"),
        ("13800138000", "幺三八零零幺三八零零零"),
    ],
)
def test_a_text_is_read_with_its_figures(text, words):
    assert spoken(text) == words


def test_a_telephone_number_is_read_digit_by_digit_with_a_breath():
    assert spoken("0883-5211234") == "零八八三，五二幺幺二三四"


@given(st.text(max_size=60))
def test_no_figure_is_left_whatever_a_text_holds(text):
    assert not re.search(r"[0-9]", spoken(text))


@pytest.mark.parametrize(
    ("number", "counter", "words"),
    [
        ("A023", "5号窗口", "A, zero, two, three to counter five"),
        ("B110", "12", "B, one, one, zero to counter twelve"),
        ("A001", "31号窗口", "A, zero, zero, one to counter thirty one"),
        ("A001", "105号窗口", "A, zero, zero, one to counter one zero five"),
        ("A001", "F10", "A, zero, zero, one to counter F ten"),
        ("A001", "综合窗口", "A, zero, zero, one to the counter shown on the screen"),
    ],
)
def test_english_says_signs_one_by_one_and_counters_whole(number, counter, words):
    assert f"{english_ticket(number)} to {english_counter(counter)}" == words
