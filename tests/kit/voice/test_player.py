"""A box without a browser plays through ALSA: one sound after the other, whatever one of them does."""

from __future__ import annotations

import os
import threading
import time
import wave
from pathlib import Path

import pytest

from server.kit.voice.faults import VoiceFault
from server.kit.voice.player import AlsaPlayer
from tests.support.voice import tone

SOUND = tone(seconds=0.4)


@pytest.fixture
def card(tmp_path, monkeypatch):
    """Return the file that the sound card `hall` writes; `stuck` is one that never takes a sample."""
    os.mkfifo(tmp_path / "fifo")
    config = "".join(
        f'pcm.{name} {{ type file slave.pcm {{ type null }} file "{tmp_path / file}" format "wav" }}\n'
        for name, file in (("hall", "played.wav"), ("stuck", "fifo"))
    )
    (tmp_path / "asound.conf").write_text(config)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    return tmp_path / "played.wav"


def frames(path: Path) -> bytes:
    with wave.open(str(path)) as file:
        return file.readframes(file.getnframes())


def test_the_sound_reaches_the_card_whole(card):
    began: list[bool] = []

    ended = AlsaPlayer("hall").play(SOUND, started=lambda: began.append(True))

    assert ended
    assert began == [True]
    assert frames(card).startswith(SOUND[44:])


def test_a_device_that_is_not_there_is_named(card):
    began: list[bool] = []

    with pytest.raises(VoiceFault, match="nowhere") as fault:
        AlsaPlayer("nowhere").play(SOUND, started=lambda: began.append(True))
    assert fault.value.code == "sound"
    assert began == []


def test_a_box_without_aplay_says_so():
    with pytest.raises(VoiceFault, match="no-such-aplay") as fault:
        AlsaPlayer(program="no-such-aplay").play(SOUND)
    assert fault.value.code == "sound"


@pytest.mark.parametrize("content", [b"", b"no sound", SOUND[:20]])
def test_what_is_no_wav_is_not_played(card, content):
    with pytest.raises(VoiceFault) as fault:
        AlsaPlayer("hall").play(content)
    assert fault.value.code == "sound"


def test_jackqchen_waiting_for_the_end_of_a_sound_for_ever(card):
    # Peer fault: the announcer waits for SpeakCompleted without a time-out.
    began = time.monotonic()

    with pytest.raises(VoiceFault) as fault:
        AlsaPlayer("stuck", grace_s=0.4).play(SOUND)
    assert fault.value.code == "timeout"
    assert time.monotonic() - began < 5


def test_novo_a_failing_sound_blocks_all_later_calls(card):
    # Peer fault: the panel reads the first message only; a sound that fails ends all that follow.
    player = AlsaPlayer("hall", grace_s=0.4)
    for torn in (b"torn", SOUND[:20]):
        with pytest.raises(VoiceFault):
            player.play(torn)
    player._device = "stuck"
    with pytest.raises(VoiceFault):
        player.play(SOUND)
    player._device = "hall"

    assert player.play(SOUND)
    assert frames(card).startswith(SOUND[44:])


def test_a_sound_can_be_stopped_and_the_next_is_played(card):
    player = AlsaPlayer("stuck", grace_s=60)
    ended: list[bool] = []
    playing = threading.Thread(target=lambda: ended.append(player.play(SOUND)))
    playing.start()
    deadline = time.monotonic() + 10
    while player._playing is None and time.monotonic() < deadline:
        time.sleep(0.01)

    player.stop()
    playing.join(10)

    assert ended == [False]
    player._device = "hall"
    assert player.play(SOUND)


def test_stopping_nothing_is_harmless(card):
    player = AlsaPlayer("hall")
    player.stop()

    assert player.play(SOUND)


def test_a_mistake_of_the_listener_does_not_stop_the_sound(card):
    def mistaken() -> None:
        raise VoiceFault("failed")

    threading.excepthook, kept = (lambda _: None), threading.excepthook
    try:
        assert AlsaPlayer("hall").play(SOUND, started=mistaken)
    finally:
        threading.excepthook = kept
    assert frames(card).startswith(SOUND[44:])
