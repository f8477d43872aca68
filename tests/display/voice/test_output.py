"""Pages that sound, or do not, as the agent sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gevent
import pytest

from display.voice import output as module
from display.voice.output import FAILURES, AlsaSpeaker, Output, PageSpeaker, Played
from server.kit.announcing import Sound
from server.kit.voice.player import AlsaPlayer
from server.kit.voice.render import Clip
from server.kit.voice.wav import silence, wav

CLIP = Clip(wav=wav(silence(20)), seconds=0.02, engine="test")
LONG = Clip(wav=CLIP.wav, seconds=60, engine="test")


class Pages:
    """Browsers that answer as the test says."""

    def __init__(self) -> None:
        self.speaker = PageSpeaker(self.tell)
        self.said: list[tuple[str, str, Mapping[str, Any]]] = []
        self.answer: Any = lambda page, message: None

    def tell(self, page: str, name: str, message: Mapping[str, Any]) -> None:
        self.said.append((page, name, message))
        if name == "say":
            gevent.spawn(self.answer, page, message)

    def ends(self, page: str, message: Mapping[str, Any]) -> None:
        self.speaker.said(page, {"state": "ok", "id": message["id"], "event": "started"})
        self.speaker.said(page, {"state": "ok", "id": message["id"], "event": "ended"})

    def fails(self, page: str, message: Mapping[str, Any]) -> None:
        self.speaker.said(page, {"state": "ok", "id": message["id"], "event": "failed"})

    @property
    def asked(self) -> list[str]:
        return [page for page, name, _ in self.said if name == "say"]


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Pages:
    monkeypatch.setattr(module, "GRACE_S", 0.05)
    return Pages()


def test_a_page_is_told_what_to_play_and_the_answer_ends_it(pages):
    pages.answer = pages.ends
    pages.speaker.said("one", {"state": "ok"})

    assert pages.speaker.play(CLIP) is Played.ENDED
    (name, message) = next(m[1:] for m in pages.said if m[1] == "say")
    assert (name, message["seconds"]) == ("say", 0.02)
    assert pages.speaker.clip(message["url"].split("/")[-1].removesuffix(".wav")) == CLIP.wav


def test_a_page_that_never_says_it_has_ended_is_not_waited_for_as_jackqchen_does(pages):
    """Its announcer waits for SpeakCompleted without end, and every later call with it."""
    pages.speaker.said("one", {"state": "ok"})

    with gevent.Timeout(5):
        assert pages.speaker.play(CLIP) is Played.FAILED
        pages.answer = pages.ends
        assert pages.speaker.play(CLIP) is Played.ENDED
    assert ("one", "hush") in [m[:2] for m in pages.said]


def test_of_two_pages_one_sounds(pages):
    pages.answer = pages.ends
    pages.speaker.said("one", {"state": "ok"})
    pages.speaker.said("two", {"state": "ok"})
    for _ in range(3):
        pages.speaker.play(CLIP)

    assert pages.asked == ["one"] * 3


def test_when_the_page_that_sounds_is_closed_another_one_sounds(pages):
    pages.speaker.said("one", {"state": "ok"})
    pages.speaker.said("two", {"state": "ok"})
    pages.answer = lambda page, message: pages.speaker.left(page)
    with gevent.Timeout(0.4):  # at once, not when it has been silent for long
        assert pages.speaker.play(LONG) is Played.UNHEARD
    pages.answer = pages.ends

    assert pages.speaker.play(CLIP) is Played.ENDED
    assert pages.asked == ["one", "two"]


def test_the_page_that_sounds_keeps_the_sound(pages):
    pages.answer = pages.ends
    pages.speaker.said("one", {"state": "muted"})
    pages.speaker.said("two", {"state": "ok"})
    pages.speaker.play(CLIP)
    pages.speaker.said("one", {"state": "ok"})
    pages.speaker.play(CLIP)

    assert pages.asked == ["two", "two"]


def test_a_muted_page_is_not_asked_to_play(pages):
    pages.speaker.said("one", {"state": "muted"})

    assert pages.speaker.state() is Sound.MUTED
    assert pages.speaker.play(CLIP) is Played.UNHEARD
    assert pages.asked == []


def test_a_page_muted_in_the_middle_leaves_the_call_to_others(pages):
    pages.speaker.said("one", {"state": "ok"})
    pages.answer = lambda page, m: pages.speaker.said(
        page, {"state": "muted", "id": m["id"], "event": "failed"}
    )

    assert pages.speaker.play(CLIP) is Played.UNHEARD


def test_a_hung_page_says_nothing_and_is_given_up(pages, monkeypatch):
    pages.speaker.said("one", {"state": "ok"})
    monkeypatch.setattr(module, "PAGE_SILENT_S", -1)

    assert pages.speaker.state() is Sound.NONE
    assert pages.speaker.play(CLIP) is Played.UNHEARD


def test_a_page_whose_sounds_fail_again_and_again_is_given_a_rest(pages):
    pages.answer = pages.fails
    pages.speaker.said("one", {"state": "ok"})
    for _ in range(FAILURES):
        assert pages.speaker.state() is Sound.OK
        assert pages.speaker.play(CLIP) is Played.FAILED

    assert pages.speaker.state() is Sound.FAILED


def test_stop_ends_what_is_played_at_once(pages):
    pages.speaker.said("one", {"state": "ok"})
    pages.answer = lambda page, message: pages.speaker.stop()

    assert pages.speaker.play(LONG) is Played.STOPPED
    assert pages.said[-1][1] == "hush"


def test_an_old_answer_does_not_end_the_next_sound(pages):
    pages.speaker.said("one", {"state": "ok"})
    pages.answer = lambda page, message: pages.speaker.said(
        page, {"state": "ok", "id": "999", "event": "ended"}
    )

    assert pages.speaker.play(CLIP) is Played.FAILED


@pytest.mark.parametrize("message", [None, [], "x", {"state": 7}, {"state": "loud"}])
def test_what_a_browser_says_may_be_anything(pages, message):
    pages.speaker.said("one", message)

    assert pages.speaker.state() is Sound.NONE


def test_a_new_page_is_told_whether_this_screen_speaks(pages):
    pages.speaker.want(False)
    pages.speaker.said("one", {"state": "none"})
    pages.speaker.want(True)

    assert [m for m in pages.said if m[1] == "voice"] == [
        ("one", "voice", {"wanted": False}),
        ("one", "voice", {"wanted": True}),
    ]


def test_without_a_page_the_card_sounds_and_with_one_the_page(pages, tmp_path, monkeypatch):
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    played = tmp_path / "played.wav"
    (tmp_path / "asound.conf").write_text(
        f'pcm.hall {{ type file slave.pcm {{ type null }} file "{played}" format "wav" }}\n'
    )
    both = Output(pages.speaker, AlsaSpeaker(AlsaPlayer("hall")))
    both.try_out()
    played.unlink()

    assert both.state() is Sound.OK
    assert both.play(CLIP) is Played.ENDED
    assert played.stat().st_size > 44
    played.unlink()
    pages.answer = pages.ends
    pages.speaker.said("one", {"state": "ok"})
    assert both.play(CLIP) is Played.ENDED
    assert not played.exists()


def test_a_muted_page_and_no_card_is_muted_and_no_page_and_no_card_is_no_fault(
    pages, tmp_path, monkeypatch
):
    (tmp_path / "asound.conf").write_text("")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    both = Output(pages.speaker, AlsaSpeaker(AlsaPlayer("nowhere")))
    both.try_out()

    assert both.state() is Sound.NONE
    pages.speaker.said("one", {"state": "muted"})
    assert both.state() is Sound.MUTED
    assert both.play(CLIP) is Played.UNHEARD
