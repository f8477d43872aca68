"""Text becomes the syllables a Mandarin speaker says."""

from __future__ import annotations

import re
import string

import pytest

from server.kit.voice.pinyin import LETTERS, Pause, Unreadable, sounds, written


@pytest.mark.parametrize(
    ("text", "syllables"),
    [
        ("请A023号到5号窗口", "qing3 ei1 ling2 er4 san1 hao4 dao4 wu3 hao4 chuang1 kou3"),
        ("重新取号", "chong2 xin1 qu3 hao4"),
        ("重要", "zhong4 yao4"),
        ("银行", "yin2 hang2"),
        ("行政", "xing2 zheng4"),
        ("一号窗口", "yi1 hao4 chuang1 kou3"),
        ("不要", "bu2 yao4"),
        ("你好", "ni2 hao3"),
        ("女士", "nv3 shi4"),
        ("幺零幺", "yao1 ling2 yao1"),
        ("B", "bi4"),
        ("请稍候，谢谢。", "qing3 shao1 hou4, xie4 xie4"),
        ("（重要）", "zhong4 yao4"),
    ],
)
def test_a_text_is_said_in_syllables(text, syllables):
    assert written(sounds(text)) == syllables


def test_every_letter_of_a_ticket_has_a_chinese_name():
    assert set(LETTERS) == set(string.ascii_uppercase)
    assert all(re.fullmatch(r"[a-z]+[1-4]( [a-z]+[1-4])*", names) for names in LETTERS.values())
    assert len(set(LETTERS.values())) == len(LETTERS)


def test_pauses_stand_between_words_only():
    heard = sounds("，，请，。到。")

    assert [s.long for s in heard if isinstance(s, Pause)] == [False]
    assert not isinstance(heard[0], Pause)
    assert not isinstance(heard[-1], Pause)


@pytest.mark.parametrize("text", ["请Ω", "ქართული", "請ᦕ到"])
def test_what_has_no_reading_is_named_and_not_left_out(text):
    with pytest.raises(Unreadable):
        sounds(text)
