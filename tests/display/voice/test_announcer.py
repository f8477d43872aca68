"""The announcer with a line, a voice and a loudspeaker of the test's own: what is said, and told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import gevent
import msgspec
import pytest

from display.voice.announcer import Announcer
from display.voice.output import Played
from server.kit.announcing import Announcement, Sound, Turn
from server.kit.contract.screens import QuietHours, Spoken, ZoneVoice
from server.kit.contract.views import Catalogue
from server.kit.link import LinkStatus, Output
from server.kit.voice.faults import VoiceFault
from server.kit.voice.render import Clip
from server.kit.voice.wav import silence, wav
from tests.display.halls import catalogue

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 12:00 in the hall
PLAIN = ZoneVoice(repeat=1, gap_ms=0)


class Line:
    """A link that is live and remembers what was said."""

    def __init__(self, rules: ZoneVoice) -> None:
        self.status = LinkStatus.LIVE
        self.catalogue: Catalogue | None = msgspec.structs.replace(catalogue(), voice=(rules,))
        self.age: float | None = 0.5
        self.reports: list[Mapping[str, Any]] = []
        self.acks: list[Output] = []

    def beat_age_s(self) -> float | None:
        return self.age

    def say(self, name: str, payload: Mapping[str, Any]) -> None:
        self.reports.append(payload)

    def ack(self, outputs: Sequence[Output], status: Any = None) -> None:
        self.acks += outputs


class Speech:
    """A voice whose sounds can be read: a clip's engine is the sentence."""

    def __init__(self) -> None:
        self.lacks: set[str] = set()
        self.asked: list[tuple[str, bool, float]] = []

    def say(
        self, text: str, *, lang: str = "zh", pack: str = "", chime: bool = False, gain: float = 1.0
    ) -> Clip:
        if lang in self.lacks or "all" in self.lacks:
            raise VoiceFault("no_engine" if "all" in self.lacks else "missing")
        self.asked.append((text, chime, gain))
        return Clip(wav=wav(silence(10)), seconds=0.01, engine=f"{lang}:{text}")

    def templates(self) -> dict[str, str]:
        return {}


class Card:
    """A loudspeaker that plays in no time, or as the test says."""

    def __init__(self) -> None:
        self.sound = Sound.OK
        self.played: list[str] = []
        self.outcomes: list[Played] = []
        self.during: Any = lambda: None
        self.stops = 0

    def state(self) -> Sound:
        return self.sound

    def play(self, clip: Clip, begun: Callable[[], None]) -> Played:
        self.played.append(clip.engine)
        begun()
        stops = self.stops
        self.during()
        if self.stops > stops:
            return Played.STOPPED
        return self.outcomes.pop(0) if self.outcomes else Played.ENDED

    def stop(self) -> None:
        self.stops += 1


class World:
    def __init__(self, rules: ZoneVoice = PLAIN) -> None:
        self.line, self.voice, self.card = Line(rules), Speech(), Card()
        self.spoken: list[str] = []
        self.told: list[Sound] = []
        self.announcer = Announcer(
            link=self.line,
            voice=self.voice,
            output=self.card,
            now=lambda: NOON,
            speaking=self.spoken.append,
            tell=self.told.append,
        )

    def turn(self, *items: Announcement, term: int = 1, zones: tuple[str, ...] = ("1F",)) -> None:
        turn = Turn(term=term, zones=zones, list=items, now="2026-11-23T04:00:00.000Z")
        self.announcer.hear("voice", msgspec.to_builtins(turn))

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            self.announcer.step()

    @property
    def numbers(self) -> list[str]:
        """Which tickets were heard, by the letter that the test gave each."""
        return [next(c for c in words if c.isascii() and c.isupper()) for words in self.card.played]

    @property
    def report(self) -> Mapping[str, Any]:
        return self.line.reports[-1]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the next announcement here."""
    monkeypatch.setattr("display.voice.announcer.IDLE_S", 0)


def item(letter: str, *, zone: str = "1F", times: int = 1) -> Announcement:
    return Announcement(
        id=f"k{letter}/{times}", call=f"k{letter}", times=times, ticket=f"{letter}001",
        counter_name="3号窗口", zone=zone, at="2026-11-23T04:00:00.000Z",
    )  # fmt: skip


ALARM = Announcement(id="emergency/1/0", text="请有序撤离", at="2026-11-23T04:00:00.000Z")


# ---- faults of other systems --------------------------------------------------------------------


def test_a_failing_sound_blocks_no_later_call_as_it_does_in_novo():
    """Its panel reads only the first message, and a sound that fails stops all that follow."""
    world = World()
    world.card.outcomes = [Played.FAILED, Played.ENDED, Played.ENDED]
    world.turn(item("A"), item("B"), item("C"))
    world.step(3)

    assert world.numbers == ["A", "B", "C"]
    assert world.report["dropped"] == ("kA/1",)
    assert world.report["ended"] == ("kB/1", "kC/1")


def test_a_recall_says_its_own_number_not_what_was_played_last_as_in_fqm():
    world = World()
    world.turn(item("A"), item("B"))
    world.step(2)
    world.turn(item("A", times=2))
    world.step()

    assert world.numbers == ["A", "B", "A"]
    assert [(a.call, a.times) for a in world.line.acks] == [("kA", 1), ("kB", 1), ("kA", 2)]


# ---- what is said -------------------------------------------------------------------------------


def test_languages_follow_each_other_in_one_announcement_and_the_chime_rings_once():
    world = World(ZoneVoice(repeat=1, gap_ms=0, languages=(Spoken(lang="zh"), Spoken(lang="en"))))
    world.turn(item("A"))
    world.step()

    (zh, en) = world.voice.asked
    assert (zh[1], en[1]) == (True, False)
    assert en[0].startswith("Ticket")
    assert len(world.card.played) == 1


def test_a_language_that_cannot_be_said_is_left_out():
    world = World(ZoneVoice(repeat=1, gap_ms=0, languages=(Spoken(lang="yue"), Spoken(lang="en"))))
    world.voice.lacks = {"yue"}
    world.turn(item("A"))
    world.step()

    assert [chime for _, chime, _ in world.voice.asked] == [True]
    assert world.report["ended"] == ("kA/1",)


def test_an_announcement_is_said_again_as_often_as_the_zone_wants():
    world = World(ZoneVoice(repeat=2, gap_ms=0))
    world.turn(item("A"), item("B"))
    world.step(2)

    assert world.numbers == ["A", "A", "B", "B"]
    assert len(world.line.acks) == 2


def test_while_three_others_wait_each_is_said_once():
    world = World(ZoneVoice(repeat=2, gap_ms=0))
    world.turn(*[item(letter) for letter in "ABCDE"])
    world.step(5)

    assert world.numbers == ["A", "B", "C", "C", "D", "D", "E", "E"]


def test_who_came_meanwhile_is_not_called_a_second_time():
    world = World(ZoneVoice(repeat=2, gap_ms=0))
    world.turn(item("A"), item("B"))
    world.card.during = lambda: world.turn(item("B"))
    world.step(2)

    assert world.numbers[0] == "A"
    assert world.numbers[1] == "B"


def test_at_an_hour_of_silence_calls_are_shown_only():
    quiet = QuietHours(from_at="12:00", to_at="14:00", volume=0)
    world = World(ZoneVoice(repeat=1, gap_ms=0, quiet=(quiet,)))
    world.turn(item("A"))
    world.step()

    assert world.card.played == []
    assert world.report["dropped"] == ("kA/1",)
    assert world.line.acks == []


def test_the_page_is_told_which_call_is_being_spoken():
    world = World()
    world.turn(item("A"), item("B"))
    world.step(2)

    assert world.spoken == ["kA", "", "kB", ""]


# ---- emergency ----------------------------------------------------------------------------------


def test_an_emergency_cuts_a_call_off():
    world = World()
    world.turn(item("A"))
    world.card.during = lambda: (setattr(world.card, "during", lambda: None), world.turn(ALARM))
    world.step(2)

    assert world.card.stops == 1
    assert "请有序撤离" in world.card.played[1]
    assert world.line.acks == []
    assert world.report["ended"] == ("emergency/1/0",)


def test_an_emergency_that_ends_is_not_said_to_its_end():
    world = World()
    world.turn(ALARM)
    world.card.during = world.turn
    world.step()

    assert world.card.stops == 1


def test_a_display_that_leads_no_more_is_silent_at_once():
    world = World()
    world.turn(item("A"), item("B"))
    world.card.during = lambda: world.turn(term=2, zones=())
    world.step(3)

    assert world.card.stops == 1
    assert world.numbers == ["A"]
    assert world.line.acks == []


def test_a_turn_of_an_old_term_is_not_listened_to():
    world = World()
    world.turn(item("A"), term=5)
    world.turn(item("A"), item("B"), term=4)
    world.step(3)

    assert world.numbers == ["A"]


def test_what_was_spoken_is_told_again_and_never_spoken_twice():
    """The report was lost with the connection: the server still has it on the list."""
    world = World()
    world.turn(item("A"))
    world.step()
    world.turn(item("A"), item("B"), term=2)
    assert world.report["ended"] == ("kA/1",)
    world.step(2)

    assert world.numbers == ["A", "B"]


def test_what_could_not_sound_here_is_left_to_another_display():
    world = World()
    world.card.outcomes = [Played.UNHEARD]
    world.card.during = lambda: setattr(world.card, "sound", Sound.MUTED)
    world.turn(item("A"))
    world.step()
    world.announcer.tick()

    assert world.report["sound"] == "muted"
    assert world.report["dropped"] == world.report["ended"] == ()
    assert world.told == [Sound.MUTED]


def test_nothing_is_begun_while_the_server_is_not_heard():
    world = World()
    world.turn(item("A"))
    world.line.age = 4.5
    world.step()
    assert world.card.played == []
    world.line.age = 0.5
    world.step()

    assert world.numbers == ["A"]


def test_after_a_reconnect_only_the_new_turn_counts():
    world = World()
    world.turn(item("A"))
    world.line.status = LinkStatus.LOST
    world.announcer.tick()
    world.line.status = LinkStatus.LIVE
    world.step()
    assert world.card.played == []
    world.turn(item("B"), term=2)
    world.step()

    assert world.numbers == ["B"]


def test_a_process_that_was_stopped_waits_for_a_new_term():
    """It may have been replaced: what it reads first is what was sent while it slept."""
    world = World()
    world.turn(item("A"), term=3)
    world.announcer.tick()
    assert world.announcer._ticked is not None
    world.announcer._ticked -= 10
    world.announcer.tick()
    world.turn(item("A"), item("B"), term=3)
    world.step(2)
    assert world.card.played == []
    world.turn(item("B"), term=4)
    world.step()

    assert world.numbers == ["B"]


def test_a_process_that_was_stopped_listens_to_a_server_that_was_started_anew():
    world = World()
    world.turn(item("A"), term=9)
    world.announcer.tick()
    assert world.announcer._ticked is not None
    world.announcer._ticked -= 10
    world.announcer.tick()
    world.line.status = LinkStatus.LOST
    world.announcer.tick()
    world.line.status = LinkStatus.LIVE
    world.turn(item("B"), term=1)
    world.step()

    assert world.numbers == ["B"]


def test_a_process_that_was_stopped_in_mid_sentence_is_silent_at_once():
    world = World()
    world.turn(item("A"))
    world.announcer.tick()

    def wake() -> None:
        assert world.announcer._ticked is not None
        world.announcer._ticked -= 10
        world.announcer.tick()

    world.card.during = wake
    world.step()

    assert world.card.stops == 1
    assert world.line.acks == []


def test_a_machine_without_any_voice_program_lets_others_speak():
    world = World()
    world.voice.lacks = {"all"}
    world.turn(item("A"))
    world.step()
    world.announcer.tick()

    assert world.told == [Sound.FAILED]
    assert world.report["dropped"] == ()


def test_a_leader_with_something_to_say_reports_while_it_speaks(monkeypatch):
    monkeypatch.setattr("display.voice.announcer.REPORT_S", 0)
    world = World()
    world.announcer.tick()
    world.turn(item("A"))
    world.card.during = world.announcer.tick
    world.step()

    assert [r["playing"] for r in world.line.reports if r["playing"]] == ["kA/1"] * 2
    assert [r["dropped"] for r in world.line.reports] == [()] * len(world.line.reports)


def test_the_first_call_of_the_day_finds_the_voices_open():
    world = World(ZoneVoice(languages=(Spoken(lang="zh"), Spoken(lang="en"))))
    world.turn()
    world.announcer.warm_up()

    assert len(world.voice.asked) == 2
    assert world.card.played == []


def test_a_screen_that_shall_not_speak_says_so_and_does_not():
    world = World()
    world.announcer.wanted = False
    world.turn(item("A"))
    world.step()
    world.announcer.tick()

    assert world.card.played == []
    assert world.told == [Sound.NONE]


def test_a_message_that_is_no_turn_is_passed_over():
    world = World()
    world.announcer.hear("voice", {"term": "x"})
    world.announcer.hear("something", {})
    world.turn(item("A"))
    world.step()

    assert world.numbers == ["A"]
    gevent.sleep(0)
