"""Clips of what the page says: an address for each text, a sound when it is asked for."""

from __future__ import annotations

from kiosk.voice import REMEMBERED, Reader
from server.kit.voice.faults import VoiceFault
from server.kit.voice.render import Clip, VoiceState


class Voice:
    """Says everything but what it is told not to."""

    def __init__(self, *, espeak: bool = True, dumb: str = "") -> None:
        self.espeak = espeak
        self.dumb = dumb
        self.said: list[tuple[str, str, str]] = []

    def say(self, text: str, *, lang: str = "zh", pack: str = "") -> Clip:
        if text == self.dumb:
            raise VoiceFault("missing", pack)
        self.said.append((text, lang, pack))
        return Clip(wav=text.encode(), seconds=1.0, engine="test")

    def state(self) -> VoiceState:
        return VoiceState(packs=(), espeak=self.espeak, problem="", credits=())


def test_a_text_has_one_address_and_its_sound() -> None:
    voice = Voice()
    reader = Reader(voice)
    name = reader.name("您好。", lang="zh", pack="")

    assert voice.said == []
    assert reader.name("您好。", lang="zh", pack="") == name
    assert reader.sound(name) == "您好。".encode()
    assert reader.name("您好。", lang="wa", pack="vax") != name


def test_an_address_says_nothing_of_the_text_and_cannot_be_guessed() -> None:
    names = {Reader(Voice()).name("您好。", lang="zh", pack="") for _ in range(3)}

    assert len(names) == 3
    assert all(len(n) >= 12 for n in names)


def test_an_unknown_address_and_a_text_nobody_can_say_have_no_sound() -> None:
    reader = Reader(Voice(dumb="哑"))

    assert reader.sound("nonsense") is None
    assert reader.sound(reader.name("哑", lang="wa", pack="vax")) is None


def test_old_addresses_are_forgotten() -> None:
    reader = Reader(Voice())
    first = reader.name("0", lang="zh", pack="")
    for n in range(1, REMEMBERED + 1):
        reader.name(str(n), lang="zh", pack="")

    assert reader.sound(first) is None
    assert len(reader._texts) == len(reader._names) == REMEMBERED


def test_a_box_without_a_voice_says_so() -> None:
    assert not Reader(None).can_speak(0)
    assert not Reader(Voice(espeak=False)).can_speak(0)
    assert Reader(Voice()).can_speak(0)
    assert Reader(None).name("您好。", lang="zh", pack="") == ""
    assert Reader(Voice()).name("", lang="zh", pack="") == ""
