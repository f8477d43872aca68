"""A call becomes one sentence in each language of its zone, and nothing of the citizen is in it."""

from __future__ import annotations

import dataclasses

import pytest

from display.voice.phrases import (
    EMERGENCY_EN,
    Call,
    Sentence,
    emergency_sentences,
    recordings,
    samples_of,
    sentences,
)
from server.kit.contract.screens import Spoken, ZoneVoice

CALL = Call(number="A012", counter="3号窗口")


@pytest.mark.parametrize(
    ("digits", "text"),
    [
        ("yao", "请A零幺二号，到三号窗口。"),
        ("yi", "请A零一二号，到三号窗口。"),
        ("whole", "请A十二号，到三号窗口。"),
        ("something newer", "请A零幺二号，到三号窗口。"),
    ],
)
def test_a_call_is_read_by_the_zones_rule(digits, text):
    assert sentences(CALL, ZoneVoice(digits=digits)) == (Sentence(lang="zh", pack="", text=text),)


@pytest.mark.parametrize(
    ("counter", "text"),
    [
        ("11号窗口", "请A零幺二号，到十一号窗口。"),
        ("11", "请A零幺二号，到十一号窗口。"),
        ("综合窗口", "请A零幺二号，到综合窗口。"),
    ],
)
def test_counters_are_called_by_name_and_never_with_a_telephone_digit(counter, text):
    (said,) = sentences(Call(number="A012", counter=counter), ZoneVoice())

    assert said.text == text


def test_languages_come_in_the_zones_order_each_with_its_own_words():
    rules = ZoneVoice(
        languages=(Spoken(lang="wbm", pack="wa"), Spoken(), Spoken(lang="en", pack="en-county"))
    )

    said = sentences(CALL, rules, {"wa": "{counter} {number}"})

    assert said == (
        Sentence(lang="wbm", pack="wa", text="三号窗口 A零幺二"),
        Sentence(lang="zh", pack="", text="请A零幺二号，到三号窗口。"),
        Sentence(
            lang="en",
            pack="en-county",
            text="Ticket A, zero, one, two, please go to counter three.",
        ),
    )


def test_a_recorded_mandarin_pack_may_have_its_own_word_order():
    rules = ZoneVoice(languages=(Spoken(pack="county"),))

    (said,) = sentences(CALL, rules, {"county": "{number}号请到{counter}"})

    assert said.text == "A零幺二号请到三号窗口"


def test_a_call_can_carry_nothing_of_the_citizen():
    assert {f.name for f in dataclasses.fields(Call)} == {"number", "counter"}


def test_an_emergency_is_said_in_mandarin_whatever_the_zone_speaks():
    rules = ZoneVoice(languages=(Spoken(lang="wbm", pack="wa"), Spoken(lang="en")))

    said = emergency_sentences("请听从工作人员指挥，有序离开。", rules)

    assert said == (
        Sentence(lang="zh", pack="", text="请听从工作人员指挥，有序离开。"),
        Sentence(lang="en", pack="", text=EMERGENCY_EN),
    )


def test_a_speaker_records_each_word_of_the_hall_once():
    takes = recordings("AB", ["1号窗口", "2", "综合窗口"])

    assert [t.name for t in takes] == [
        "请", "号", "到", "零", "一", "幺", *"二三四五六七八九", "A", "B",
        "1号窗口", "2号窗口", "综合窗口",
    ]  # fmt: skip
    assert takes[-2].words == "二号窗口"


@pytest.mark.parametrize("digits", ["yao", "yi", "whole"])
def test_what_is_recorded_is_enough_for_every_call(tmp_path, digits):
    from server.kit.voice.pack import Pack
    from tests.support.voice import recorded_pack

    letters, counters = "ABM", ["1号窗口", "12号窗口", "综合窗口"]
    names = [t.name for t in recordings(letters, counters, digits=digits)]
    pack = Pack.open(recorded_pack(tmp_path / "x", names))

    for number in ("A012", "B999", "M110", "A1600", "A005"):
        for counter in counters:
            (said,) = sentences(Call(number=number, counter=counter), ZoneVoice(digits=digits))
            assert pack.missing(said.text) == (), said.text


@pytest.mark.parametrize("digits", ["yao", "yi", "whole"])
def test_the_sentences_of_the_check_need_every_recording(tmp_path, digits):
    from server.kit.voice.pack import Pack
    from tests.support.voice import recorded_pack

    letters, counters = "AB", ["1号窗口", "综合窗口"]
    names = [t.name for t in recordings(letters, counters, digits=digits)]
    needed = samples_of(letters, counters, digits=digits)
    for number, left_out in enumerate(names):
        pack = Pack.open(
            recorded_pack(tmp_path / f"x{number}", [n for n in names if n != left_out])
        )
        lacking = [m for s in needed for m in pack.missing(s)]
        assert lacking or (digits == "yao" and left_out == "一"), left_out
