"""`hall-display voice`: what staff type, and what they are told."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from display.config import DisplayConfig
from display.voice.command import add_to
from server.kit.voice.wav import samples_from_wav
from tests.support.voice import default_voices, recorded_pack

ROOT = Path(__file__).resolve().parents[3]

WORDS = ["请", "号", "到", "A", "B", *"零一幺二三四五六七八九", "1号窗口", "2号窗口"]


@pytest.fixture
def state(tmp_path):
    """Return a state folder that has the default pack."""
    state = tmp_path / "state"
    (state / "voices").mkdir(parents=True)
    (state / "voices" / "gcin").symlink_to(default_voices() / "gcin")
    return state


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def voice(state, capsys) -> Callable[..., Done]:
    """Return a function that runs `voice …` on that state folder."""
    parser = argparse.ArgumentParser()
    add_to(parser.add_subparsers(required=True), argparse.ArgumentParser(add_help=False))

    def run(*words: object) -> Done:
        arguments = parser.parse_args(["voice", *map(str, words)])
        status = arguments.command(DisplayConfig(state_dir=str(state)), arguments)
        said = capsys.readouterr()
        return Done(status, said.out, said.err)

    return run


def test_the_command_line_of_the_display_has_the_voice(state, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "display", "voice", "say", "A023", "5",
         "--out", tmp_path / "call.wav", "--state-dir", state],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "call.wav").read_bytes().startswith(b"RIFF")


def test_a_call_is_written_to_a_file(voice, tmp_path):
    done = voice("say", "A023", "5", "--out", tmp_path / "call.wav")

    assert done.returncode == 0, done.stderr
    assert "请A零二三号，到五号窗口。" in done.stdout
    assert "语音包 gcin" in done.stdout
    assert len(samples_from_wav((tmp_path / "call.wav").read_bytes())) > 4 * 22050


@pytest.mark.parametrize("words", [("", ""), ("A023", " ")])
def test_a_call_without_words_is_refused_in_words(voice, words):
    done = voice("say", *words)

    assert done.returncode != 0
    assert "号码和窗口都要写" in done.stderr


def test_the_style_and_the_language_are_options(voice, tmp_path):
    one = voice("say", "A101", "12", "--style", "yi", "--out", tmp_path / "a.wav")
    two = voice("say", "A101", "12", "--lang", "en", "--out", tmp_path / "b.wav")

    assert "请A一零一号，到十二号窗口。" in one.stdout
    assert "Ticket A, one, zero, one, please go to counter twelve." in two.stdout
    assert "espeak-ng" in two.stdout


def test_a_pack_that_lacks_words_is_named_with_them(voice, state, tmp_path):
    recorded_pack(state / "voices" / "county", [w for w in WORDS if w != "三"])

    done = voice("say", "A023", "1", "--pack", "county", "--out", tmp_path / "a.wav")

    assert done.returncode == 0
    assert "语音包 county 缺少 三" in done.stderr
    assert "语音包 gcin" in done.stdout


def test_an_unknown_pack_and_a_missing_card_are_refused_in_words(voice, monkeypatch, tmp_path):
    (tmp_path / "asound.conf").write_text("")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))

    unknown = voice("say", "A023", "5", "--pack", "nix")
    silent = voice("say", "A023", "5")

    assert (unknown.returncode, silent.returncode) == (1, 1)
    assert "没有叫 nix 的语音包" in unknown.stderr
    assert "请检查音箱、声卡" in silent.stderr
    assert "Traceback" not in unknown.stderr + silent.stderr


def test_a_pack_is_checked_for_this_halls_letters_and_counters(voice, tmp_path):
    folder = recorded_pack(tmp_path / "county", WORDS)

    good = voice("check", folder, "--letters", "A-B", "--counters", "2")
    lacking = voice("check", folder, "--letters", "A-C", "--counters", "1,2,综合窗口")

    assert (good.returncode, lacking.returncode) == (0, 1)
    assert "没有问题，可以使用。" in good.stdout
    assert "缺少 2 个" in lacking.stdout
    assert "c" in lacking.stdout
    assert "综合窗口" in lacking.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("check", "/no/such/folder"),
        ("check", ".", "--letters", "1-9"),
        ("check", ".", "--counters", "0"),
        ("record-list", "--counters", "，"),
        ("record-list", "--letters", "甲"),
    ],
)
def test_what_cannot_be_is_refused_in_chinese(voice, words):
    done = voice(*words)

    assert done.returncode == 1
    assert any("\u4e00" <= c <= "\u9fff" for c in done.stderr)
    assert "Traceback" not in done.stderr


def test_the_list_for_a_speaker_holds_file_names_and_words(voice):
    done = voice("record-list", "--letters", "A-Q", "--counters", "17")

    assert done.returncode == 0
    assert "共 48 条，约 21 分钟" in done.stdout
    assert "请.wav    读: 请" in done.stdout
    assert "17号窗口.wav    读: 十七号窗口" in done.stdout
    assert "Q.wav    读: Q" in done.stdout


def test_the_default_pack_is_made_once_and_names_its_voice(voice):
    done = voice("build")

    assert done.returncode == 0
    assert "1161 个音节" in done.stdout
    assert "羅竺" in done.stdout
