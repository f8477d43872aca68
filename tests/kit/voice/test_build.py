"""The default pack is one woman's voice, level, unclipped, with the right tones, whole or not there."""

from __future__ import annotations

import msgspec
import pytest
from pypinyin import Style, lazy_pinyin

from server.kit.voice import build
from server.kit.voice.faults import VoiceFault
from server.kit.voice.pack import Pack
from server.kit.voice.pinyin import LETTERS
from server.kit.voice.wav import RATE, is_clipped, level_db
from tests.support.voice import is_clean, pitch

HALL_WORDS = "请号到窗口零一二三四五六七八九幺十百取号排队等候办理综合窗口咨询登记婚姻社保医保户口"


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("hao4", "ㄏㄠ4"),
        ("qing3", "ㄑㄧㄥ3"),
        ("chuang1", "ㄔㄨㄤ"),
        ("kou3", "ㄎㄡ3"),
        ("er4", "ㄦ4"),
        ("yi1", "ㄧ"),
        ("wu3", "ㄨ3"),
        ("liu4", "ㄌㄧㄡ4"),
        ("shi2", "ㄕ2"),
        ("zi4", "ㄗ4"),
        ("jue2", "ㄐㄩㄝ2"),
        ("ju4", "ㄐㄩ4"),
        ("yong4", "ㄩㄥ4"),
        ("lv4", "ㄌㄩ4"),
        ("zhong1", "ㄓㄨㄥ"),
        ("weng1", "ㄨㄥ"),
        ("ge5", "ㄍㄜ1"),
        ("a1", "ㄚ"),
        ("ou1", "ㄡ"),
        ("brr1", ""),
        ("hao9", ""),
    ],
)
def test_pinyin_leads_to_the_recording(name, sign):
    assert build.bopomofo(name) == sign


def test_every_recording_of_the_package_is_reached_by_one_spelling():
    recorded = {p.parent.name for p in build.SOURCE.glob("*/5.ogg")}

    assert len(recorded) == 1158
    assert recorded <= {build.bopomofo(name) for name in build.every_syllable()}


def test_the_spellings_are_those_of_pypinyin(default_pack):
    hanzi = "".join(chr(c) for c in range(0x4E00, 0x9FA5))
    spelled = set(lazy_pinyin(hanzi, style=Style.TONE3, neutral_tone_with_five=True))

    strange = {n for n in default_pack.clips if n not in spelled and n[-1] != "5"}
    assert len(strange) < 40, sorted(strange)


def test_the_hall_can_say_its_words_and_all_letters(default_pack):
    assert default_pack.missing(HALL_WORDS) == ()
    assert {n for names in LETTERS.values() for n in names.split()} <= set(default_pack.clips)


def test_most_of_what_is_written_can_be_said(default_pack):
    text = "申请食品经营许可证需要身份证复印件两份营业执照场所平面图健康证明请在休息区等候注意呼叫及大屏显示信息"

    assert len(default_pack.missing(text)) <= 1


def test_every_clip_is_level_unclipped_and_short(default_pack):
    for name in default_pack.clips:
        samples = default_pack.sound(name)
        assert level_db(samples) == pytest.approx(-20, abs=1.5), name
        assert is_clean(samples), name
        assert not is_clipped(samples), name
        assert 0.12 < len(samples) / RATE < 0.75, name


@pytest.mark.parametrize("name", ["hao4", "dao4", "er4", "si4", "liu4"])
def test_a_fourth_tone_falls(default_pack, name):
    heard = pitch(default_pack.sound(name))

    assert max(heard[: len(heard) // 2]) > 1.25 * heard[-1]


@pytest.mark.parametrize("name", ["ling2", "shi2", "bai2"])
def test_a_second_tone_rises(default_pack, name):
    heard = pitch(default_pack.sound(name))

    assert heard[-1] > 1.05 * min(heard)


@pytest.mark.parametrize("name", ["yi1", "san1", "qi1", "ba1", "ei1", "kei1", "zhei1"])
def test_a_first_tone_stays_high(default_pack, name):
    heard = pitch(default_pack.sound(name))

    assert max(heard) < 1.15 * min(heard)
    assert min(heard) > 300


@pytest.mark.parametrize("name", ["wu3", "jiu3", "qing3", "kou3"])
def test_a_third_tone_is_low(default_pack, name):
    heard = pitch(default_pack.sound(name))

    assert sorted(heard)[len(heard) // 2] < 260


def test_the_letter_a_has_lost_its_h(default_pack):
    with_h, without = default_pack.sound("hei1"), default_pack.sound("ei1")

    assert 0.15 < len(without) / RATE < len(with_h) / RATE - 0.05


def test_the_pack_names_its_voice_and_licence(default_pack):
    assert default_pack.info.license == "CC-BY-3.0"
    assert "羅竺" in default_pack.info.attribution
    assert "徵音梅林" in default_pack.info.attribution


def test_a_pack_that_is_there_is_not_built_again(tmp_path):
    folder = tmp_path / "voices" / "gcin"
    first = build.build(folder, only={"hao4"})
    made = folder.stat().st_ino

    again = build.build(folder, only={"hao4", "dao4"})

    assert folder.stat().st_ino == made
    assert set(again.clips) == set(first.clips) == {"hao4"}


def test_a_pack_of_an_older_builder_is_replaced_and_leaves_nothing_behind(tmp_path):
    folder = tmp_path / "gcin"
    build.build(folder, only={"hao4"})
    older = msgspec.structs.replace(build.INFO, version="0")
    (folder / "pack.json").write_bytes(msgspec.json.encode(older))

    pack = build.build(folder, only={"dao4"})

    assert set(pack.clips) == {"dao4"}
    assert [p.name for p in tmp_path.iterdir()] == ["gcin"]


def test_a_build_that_breaks_leaves_no_half_pack(tmp_path):
    source = tmp_path / "ogg"
    (source / "ㄏㄠ4").mkdir(parents=True)
    (source / "ㄏㄠ4" / "5.ogg").write_bytes(b"no ogg")

    with pytest.raises(VoiceFault, match="sox"):
        build.build(tmp_path / "voices" / "gcin", source=source)
    assert list((tmp_path / "voices").iterdir()) == []


def test_a_machine_without_the_recordings_says_what_to_install(tmp_path):
    with pytest.raises(VoiceFault, match="apt install gcin-voice"):
        build.build(tmp_path / "gcin", source=tmp_path / "none")


def test_two_builders_at_once_leave_one_whole_pack(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        packs = [pool.submit(build.build, tmp_path / "gcin", only={"hao4", "dao4"}) for _ in "ab"]

    assert [set(p.result().clips) for p in packs] == [{"hao4", "dao4"}] * 2
    assert [p.name for p in tmp_path.iterdir()] == ["gcin"]
    assert Pack.open(tmp_path / "gcin").say("号")


def test_a_builder_that_comes_second_leaves_the_pack_that_is_being_spoken_from(tmp_path):
    folder = tmp_path / "gcin"
    build.build(folder, only={"hao4"})
    spoken_from = folder.stat().st_ino
    build.build(tmp_path / "second" / "gcin", only={"hao4"})

    build._put(tmp_path / "second" / "gcin", folder)

    assert folder.stat().st_ino == spoken_from
