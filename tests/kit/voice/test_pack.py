"""A sentence is laid from the longest clips of one voice; bad packs are refused in words."""

from __future__ import annotations

import json

import pytest

from server.kit.voice.faults import VoiceFault
from server.kit.voice.pack import Pack
from server.kit.voice.wav import RATE, level_db
from tests.support.voice import recorded_pack, recording, tone

WORDS = ["请", "到", "号", "A", *"零一二三四五六七八九", "3号窗口"]


def test_the_longest_clip_comes_first(tmp_path):
    pack = Pack.open(recorded_pack(tmp_path / "x", [*WORDS, "窗口", "三", "到3号窗口"]))

    assert pack.steps("请A零二三号，到三号窗口") == (
        "请", "a", "零", "二", "三", "号", 220, "到三号窗口",
    )  # fmt: skip


def test_a_shorter_clip_is_taken_where_the_longest_leads_nowhere(tmp_path):
    pack = Pack.open(recorded_pack(tmp_path / "x", ["请到", "请", "到三号", "窗口"]))

    assert pack.steps("请到三号窗口") == ("请", "到三号", "窗口")


def test_a_clip_may_be_named_with_figures_or_with_hanzi(tmp_path):
    pack = Pack.open(recorded_pack(tmp_path / "x", ["0", "二", "12号窗口", "到十一号窗口"]))

    assert pack.steps("零二") == ("零", "二")
    assert pack.steps("到十一号窗口十二号窗口") == ("到十一号窗口", "十二号窗口")


def test_the_last_word_before_a_pause_has_its_own_take(tmp_path):
    pack = Pack.open(
        recorded_pack(tmp_path / "x", ["请", "号", "号_end", "到", "3号窗口", "3号窗口_end"])
    )

    assert pack.steps("请号，到三号窗口。") == ("请", "号_end", 220, "到", "三号窗口_end")
    assert pack.steps("三号窗口到号") == ("三号窗口", "到", "号_end")


def test_one_clip_missing_means_not_a_word_of_the_sentence(tmp_path):
    pack = Pack.open(recorded_pack(tmp_path / "x", [w for w in WORDS if w != "七"]))

    assert pack.say("请A零二七号，到三号窗口") is None
    assert pack.missing("请A零二七号，到四号窗口") == ("七", "窗口")
    assert pack.say("请A零二三号，到三号窗口")


def test_a_clip_that_cannot_be_read_counts_as_missing(tmp_path):
    folder = recorded_pack(tmp_path / "x", WORDS)
    (folder / "clips" / "到.wav").write_bytes(b"RIFF torn")

    assert Pack.open(folder).say("请到三号窗口") is None


def test_a_latin_word_is_never_cut_in_two(tmp_path):
    info = '{"name": "x", "lang": "en", "license": "own"}'
    pack = Pack.open(recorded_pack(tmp_path / "x", ["t", "ticket", "to", "A", "please"], info))

    assert pack.steps("Ticket A, please") == ("ticket", "a", 220, "please")
    assert pack.missing("total A") == ("total",)


@pytest.mark.parametrize(("rate", "channels"), [(44100, 1), (48000, 1), (16000, 1), (44100, 2)])
def test_recordings_of_a_telephone_are_taken_as_they_are(tmp_path, rate, channels):
    samples = [s for s in wave_of(rate) for _ in range(channels)]
    content = recording(samples, rate=rate, channels=channels)
    pack = Pack.open(recorded_pack(tmp_path / "x", ["请"], content=content))

    spoken = pack.say("请")

    assert spoken
    assert len(spoken) / RATE == pytest.approx(0.3, abs=0.02)
    assert level_db(spoken) == pytest.approx(-20, abs=0.5)


def wave_of(rate: int) -> list[int]:
    """Return half a second of silence, 0.3 s of a soft tone, half a second of silence."""
    import math

    quiet = [0] * (rate // 2)
    return [
        *quiet,
        *(round(900 * math.sin(i * 1400 / rate)) for i in range(rate * 3 // 10)),
        *quiet,
    ]


def test_gaps_and_pauses_are_as_long_as_the_pack_says(tmp_path):
    info = '{"name": "x", "license": "own", "gap_ms": 100, "pause_ms": 400, "prepared": true}'
    pack = Pack.open(recorded_pack(tmp_path / "x", ["请", "到"], info))

    assert len(pack.say("请到") or []) / RATE == pytest.approx(0.7, abs=0.001)
    assert len(pack.say("请，到") or []) / RATE == pytest.approx(1.0, abs=0.001)


HOSTILE = {
    "no json": "{",
    "not an object": "[]",
    "an unknown key": '{"name": "x", "license": "own", "gap": 30}',
    "no licence": '{"name": "x"}',
    "another name": '{"name": "y", "license": "own"}',
    "a name that climbs": '{"name": "../x", "license": "own"}',
    "a gap of a minute": '{"name": "x", "license": "own", "gap_ms": 60000}',
    "a wrong hole": '{"name": "x", "license": "own", "template": "{number} {name}"}',
    "a number for a text": '{"name": "x", "license": 3}',
    "not utf-8": b'{"name": "x", "license": "\xff"}',
    "huge": json.dumps({"name": "x", "license": "o" * 100_000}),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_pack_that_says_nonsense_is_refused_in_words(tmp_path, content):
    folder = recorded_pack(tmp_path / "x", ["请"])
    (folder / "pack.json").write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(VoiceFault) as refused:
        Pack.open(folder)
    assert refused.value.code == "pack"
    assert refused.value.zh.startswith("语音包不能使用。（")


def test_a_folder_without_a_pack_is_refused(tmp_path):
    with pytest.raises(VoiceFault, match=r"没有 pack\.json"):
        Pack.open(tmp_path)


def test_a_pack_reads_nothing_outside_its_folder(tmp_path):
    (tmp_path / "secret.wav").write_bytes(tone())
    folder = recorded_pack(tmp_path / "x", ["请"])
    (folder / "clips" / "到.wav").symlink_to(tmp_path / "secret.wav")
    (folder / "clips" / "号.wav").symlink_to("/")

    assert set(Pack.open(folder).clips) == {"请"}


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF", tone()[:30], tone(rate=4000), tone(seconds=11), b"\0" * 5_000_000],
    ids=["empty", "begun", "torn", "slow rate", "eleven seconds", "five megabytes"],
)
def test_a_hostile_clip_makes_the_sentence_someone_elses(tmp_path, content):
    folder = recorded_pack(tmp_path / "x", ["请"])
    (folder / "clips" / "到.wav").write_bytes(content)

    assert Pack.open(folder).say("请到") is None
