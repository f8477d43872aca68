"""A sentence comes whole, as one WAV, in one voice; the hall speaks while the pack is being made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.kit.voice.espeak import Espeak
from server.kit.voice.faults import VoiceFault
from server.kit.voice.render import MAX_HELD, MAX_TEXT, Voice
from server.kit.voice.wav import RATE, level_db, samples_from_wav
from tests.support.voice import is_clean, recorded_pack

CALL = "请A零二三号，到五号窗口。"
ROOT = Path(__file__).resolve().parents[3]


def test_a_call_is_spoken_by_the_default_pack(voice):
    clip = voice.say(CALL)

    samples = samples_from_wav(clip.wav, max_seconds=60)
    assert clip.engine == "gcin"
    assert 3.5 < clip.seconds < 4.6
    assert len(samples) / RATE == pytest.approx(clip.seconds)
    assert level_db(samples) == pytest.approx(-20, abs=1)
    assert is_clean(samples)


def test_the_pause_before_the_counter_is_heard(voice):
    clip = voice.say(CALL)

    samples = samples_from_wav(clip.wav, max_seconds=60)
    longest = max(len(run) for run in "".join("x" if s else "." for s in samples).split("x"))
    assert longest / RATE == pytest.approx(0.22, abs=0.01)


def test_a_syllable_that_is_lacking_gives_the_whole_sentence_to_one_other_voice(voice):
    clip = voice.say("请核对姓名")

    assert clip.engine == "espeak"


def test_a_recorded_pack_speaks_first_and_hands_over_whole_sentences_only(voice, tmp_path):
    words = ["请", "号", "到", "A", *"零二三", "5号窗口"]
    recorded_pack(tmp_path / "voices" / "county", words)

    assert voice.say(CALL, pack="county").engine == "county"
    assert voice.say("请A零二四号，到五号窗口。", pack="county").engine == "gcin"
    assert voice.say("请核对姓名", pack="county").engine == "espeak"


def test_a_second_language_that_lacks_a_clip_is_left_out_and_not_said_in_mandarin(voice, tmp_path):
    info = '{"name": "wa", "lang": "wbm", "license": "own", "template": "{counter} {number}"}'
    recorded_pack(tmp_path / "voices" / "wa", ["A", "零", "一", "3号窗口"], info)

    assert voice.templates() == {"wa": "{counter} {number}"}
    assert voice.say("三号窗口 A零零一", lang="wbm", pack="wa").engine == "wa"
    with pytest.raises(VoiceFault) as fault:
        voice.say("三号窗口 A零零二", lang="wbm", pack="wa")
    assert fault.value.code == "missing"


def test_english_is_spoken_by_espeak(voice):
    clip = voice.say("Ticket A, zero, two, three, please go to counter five.", lang="en")

    assert clip.engine == "espeak"


@pytest.mark.parametrize("pack", ["nix", "../../etc", "/etc", "", "A B", "broken"])
def test_a_pack_that_cannot_be_used_does_not_silence_the_hall(voice, tmp_path, pack):
    (tmp_path / "voices" / "broken").mkdir(parents=True)
    (tmp_path / "voices" / "broken" / "pack.json").write_text("{")

    assert voice.say(CALL, pack=pack).engine == "gcin"


def test_the_chime_comes_first(voice):
    plain, chimed = voice.say(CALL), voice.say(CALL, chime=True)

    assert chimed.seconds == pytest.approx(plain.seconds + voice.chime().seconds)
    assert chimed.wav.endswith(plain.wav[44:])


def test_the_chime_is_two_falling_bells(voice):
    samples = samples_from_wav(voice.chime().wav)

    assert strongest(samples[RATE // 10 : RATE // 10 + 4096]) == pytest.approx(659, abs=6)
    assert strongest(samples[RATE * 6 // 10 : RATE * 6 // 10 + 4096]) == pytest.approx(523, abs=6)
    assert is_clean(samples)


def strongest(samples):
    """Return the strongest of the frequencies around the two tones, in Hz."""
    import cmath

    def power(hertz: int) -> float:
        turn = -2j * cmath.pi * hertz / RATE
        return abs(sum(s * cmath.exp(turn * i) for i, s in enumerate(samples)))

    return max(range(480, 720, 6), key=power)


def test_the_volume_is_in_the_samples(voice):
    loud = samples_from_wav(voice.say(CALL).wav)
    soft = samples_from_wav(voice.say(CALL, gain=0.5).wav)

    assert level_db(soft) == pytest.approx(level_db(loud) - 6, abs=0.2)
    assert not any(samples_from_wav(voice.say(CALL, gain=-1).wav))


def test_a_whole_step_of_the_kiosk_can_be_read_aloud(voice):
    text = "请选择您要办理的事项。材料带齐了吗？身份证原件，复印件2份；前面还有6人，约20–35分钟。"

    clip = voice.say(text)

    assert clip.seconds > 10
    assert set(clip.engine.split("+")) <= {"gcin", "espeak"}


@pytest.mark.parametrize("text", ["", "  ", "。", "……", "请" * (MAX_TEXT + 1)])
def test_nothing_and_too_much_are_refused_in_words(voice, text):
    with pytest.raises(VoiceFault) as fault:
        voice.say(text)
    assert fault.value.code == "text"


def test_a_sentence_is_rendered_once(voice):
    assert voice.say(CALL) is voice.say(CALL)


def test_what_is_kept_is_bounded(voice):
    for number in range(120):
        voice.say(f"请A{number:03d}号到五号窗口")

    assert sum(len(c.wav) for c in voice._held.values()) <= MAX_HELD
    assert len(voice._held) > 20


def test_a_machine_without_any_voice_says_so(tmp_path):
    voice = Voice.open(tmp_path, espeak=Espeak("no-such-espeak"), source=tmp_path / "none")

    assert "gcin-voice" in voice.prepare()
    assert voice.state().problem
    assert voice.state().packs == ()
    with pytest.raises(VoiceFault) as fault:
        voice.say(CALL)
    assert fault.value.code == "no_engine"


def test_until_the_pack_is_made_the_hall_is_spoken_to_by_espeak(tmp_path):
    voice = Voice.open(tmp_path)

    assert voice.say(CALL).engine == "espeak"


def test_a_machine_with_the_pack_and_without_espeak_still_calls(voices, tmp_path):
    voice = Voice.open(tmp_path, folders=[voices], espeak=Espeak("no-such-espeak"))

    assert voice.say(CALL).engine == "gcin"
    assert voice.state().problem == ""


def test_the_credit_is_there_to_be_shown(voice):
    assert voice.prepare() == ""
    assert "CC-BY-3.0" in voice.state().credits[0]


def test_other_greenlets_go_on_while_the_pack_is_made_and_sentences_are_spoken(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", UNDER_GEVENT, str(tmp_path)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    engines, longest_ms, beats = done.stdout.split()
    assert engines == "espeak,gcin"
    assert float(longest_ms) < 100
    assert int(beats) > 50


UNDER_GEVENT = """
from gevent import monkey; monkey.patch_all()
import sys, time, gevent
from pathlib import Path
from server.kit.voice import build
from server.kit.voice.render import Voice
import pypinyin; pypinyin.lazy_pinyin("重新")
names = {"qing3", "ei1", "ling2", "er4", "san1", "hao4", "dao4", "wu3", "chuang1", "kou3"}
names |= {n for n in build.every_syllable() if n[0] in "bd"}
whole = build.every_syllable
build.every_syllable = lambda: (n for n in whole() if n in names)
voice = Voice.open(Path(sys.argv[1]))
gaps, running = [], True
def beat():
    # Work of this thread between two beats: what others on the machine do does not count.
    last = time.thread_time()
    while running:
        gevent.sleep(0.005)
        now = time.thread_time()
        gaps.append(now - last)
        last = now
gevent.spawn(beat)
gevent.sleep(0.05)
gaps.clear()
preparing = gevent.spawn(voice.prepare)
gevent.sleep(0.02)
first = voice.say("请A零二三号，到五号窗口", chime=True, gain=0.8).engine
assert preparing.get() == "", preparing.value
second = voice.say("请A零二三号，到五号窗口", chime=True, gain=0.8).engine
running = False
print(f"{first},{second}", max(gaps) * 1000, len(gaps))
"""
