"""The fallback engine gets pinyin, answers in time or fails in words, and never blocks for ever."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from server.kit.voice.espeak import Espeak
from server.kit.voice.faults import VoiceFault
from server.kit.voice.wav import RATE, level_db
from tests.support.voice import is_clean


def program(folder: Path, script: str) -> str:
    """Return a program that stands where espeak-ng would."""
    path = folder / "espeak"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    "text", ["请A023号，到5号窗口。", "重新取号", "姓名", "办理 GB 业务（2份）"]
)
def test_no_hanzi_ever_reaches_espeak(tmp_path, text):
    spy = program(tmp_path, f'tee {tmp_path}/given | espeak-ng "$@"')

    assert Espeak(spy).mandarin(text)

    given = (tmp_path / "given").read_text()
    assert given.isascii()
    assert given.startswith('<speak><prosody range="x-high">')


def test_a_word_of_two_readings_is_given_the_right_one(tmp_path):
    Espeak(program(tmp_path, f'tee {tmp_path}/given | espeak-ng "$@"')).mandarin("重新取号")

    assert "chong2 xin1" in (tmp_path / "given").read_text()


@pytest.mark.parametrize("text", ["请 A 零二三号，到五号窗口。", "请到姓名栏"])
def test_mandarin_is_as_loud_as_the_clips(text):
    samples = Espeak().mandarin(text)

    assert level_db(samples) == pytest.approx(-20, abs=2.5)
    assert is_clean(samples)


def test_english_is_spoken():
    samples = Espeak().english("Ticket A, zero, two, three, please go to counter five.")

    assert 3 < len(samples) / RATE < 8
    assert level_db(samples) == pytest.approx(-20, abs=2.5)


@pytest.mark.parametrize("text", ["", "，。", "[[h@loU]]"[:2], "<>"])
def test_nothing_to_say_is_a_fault_and_no_silence(text):
    with pytest.raises(VoiceFault) as fault:
        Espeak().english(text)
    assert fault.value.code == "text"


@pytest.mark.parametrize("text", ["-f /etc/passwd", "--help", "a < b & c > d", "[[h@loU]]"])
def test_a_text_is_never_an_option_or_markup(text):
    assert Espeak().english(text)


def test_jackqchen_waiting_for_the_speech_engine_for_ever(tmp_path):
    # Peer fault: the announcer waits for SpeakCompleted; an engine that hangs ends all calls.
    began = time.monotonic()

    with pytest.raises(VoiceFault) as fault:
        Espeak(program(tmp_path, "exec sleep 60"), timeout_s=0.3).english("Ticket A")
    assert fault.value.code == "timeout"
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("cat > /dev/null; exit 3", "failed"),
        ("cat > /dev/null; echo no sound", "failed"),
        ("cat > /dev/null", "failed"),
        ("exit 0", "failed"),
        ("sleep 60", "timeout"),
    ],
)
def test_an_engine_that_misbehaves_is_a_fault_in_words(tmp_path, script, code):
    with pytest.raises(VoiceFault) as fault:
        Espeak(program(tmp_path, script), timeout_s=0.5).mandarin("请到五号窗口")
    assert fault.value.code == code
    assert "没有播报" in fault.value.zh


def test_a_machine_without_the_engine_says_what_to_install():
    espeak = Espeak("no-such-espeak")

    assert not espeak.installed
    with pytest.raises(VoiceFault, match="espeak-ng") as fault:
        espeak.mandarin("请到五号窗口")
    assert fault.value.code == "no_engine"
