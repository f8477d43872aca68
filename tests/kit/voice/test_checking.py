"""A pack is looked over before a hall depends on it."""

from __future__ import annotations

import math

from server.kit.voice.checking import checked
from server.kit.voice.pack import Pack
from server.kit.voice.wav import RATE
from tests.support.voice import recorded_pack, recording, tone

WORDS = ["请", "号", "到", "A", *"零一二三四五六七八九幺", "3号窗口"]
CALL = "请A零幺二号，到三号窗口。"


def test_a_good_pack_has_no_fault(tmp_path):
    report = checked(Pack.open(recorded_pack(tmp_path / "x", WORDS)), [CALL])

    assert report.usable
    assert (report.missing, report.faults, report.hints) == ((), (), ())


def test_what_is_missing_is_listed_once(tmp_path):
    pack = Pack.open(recorded_pack(tmp_path / "x", [w for w in WORDS if w not in "幺号"]))

    report = checked(pack, [CALL, CALL, "请B零三号，到四号窗口。"])

    assert set(report.missing) == {"幺", "号", "b", "号窗口"}
    assert not report.usable


def test_broken_sounds_are_named_with_what_to_do(tmp_path):
    folder = recorded_pack(tmp_path / "x", WORDS)
    clips = folder / "clips"
    (clips / "零.wav").write_bytes(b"RIFF")
    (clips / "一.wav").write_bytes(recording([0] * RATE))
    loud = [max(-32767, min(32767, round(60000 * math.sin(i / 30)))) for i in range(8000)]
    (clips / "二.wav").write_bytes(recording(loud))
    (clips / "三.wav").write_bytes(tone(rate=4000))

    report = checked(Pack.open(folder), [CALL])

    assert not report.usable
    for name, words in (
        ("零", "不是完整"),
        ("一", "没有声音"),
        ("二", "破音"),
        ("三", "采样率 4000"),
    ):
        assert any(f.startswith(f"{name}.wav: ") and words in f for f in report.faults), name


def test_soft_and_slow_recordings_are_hints_only(tmp_path):
    folder = recorded_pack(tmp_path / "x", WORDS)
    (folder / "clips" / "零.wav").write_bytes(tone(peak=300))
    (folder / "clips" / "一.wav").write_bytes(tone(seconds=1.5))
    (folder / "clips" / "到3号窗口.wav").write_bytes(tone(seconds=1.5))

    report = checked(Pack.open(folder), [CALL])

    assert report.usable
    assert sorted(h[:1] for h in report.hints) == ["一", "零"]
