"""Which announcement is next and who speaks it: bookkeeping alone, moments are arguments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.announcing import Announcement, Report, Turn
from server.kit.contract.codec import Event
from server.kit.contract.messages import (
    HallDay,
    HallEmergency,
    Message,
    TicketCalled,
    TicketLeft,
    TicketRequeued,
    TicketServing,
)
from server.kit.contract.moments import moment
from server.kit.contract.screens import ZoneVoice
from server.reads.voice import Plan, Speaker
from server.realtime.announcements import EMERGENCY_EVERY_S, SILENT_S, Announcements

T0 = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LOBBY = Speaker(uid="lobby", voice=True, zones=())
FLOOR1 = Speaker(uid="floor1", voice=True, zones=("1F",))
FLOOR1B = Speaker(uid="floor1b", voice=True, zones=("1F",))
FLOOR2 = Speaker(uid="floor2", voice=True, zones=("2F",))
DUMB = Speaker(uid="dumb", voice=False, zones=("1F",))
PLAN = Plan(zones=("1F", "2F"), speakers=(LOBBY, DUMB, FLOOR1, FLOOR1B, FLOOR2))


class World:
    """A hall's announcements with a clock, and what each display was told last."""

    def __init__(self, *here: str, plan: Plan = PLAN) -> None:
        self.announcements = Announcements()
        self.at = 0.0
        self.seq = 0
        self.told: dict[str, Turn] = {}
        self.announcements.furnish(plan, 0)
        for uid in here:
            self.join(uid)

    def join(self, uid: str, sound: str = "ok") -> None:
        self.announcements.joined(uid, f"sid-{uid}", self.at)
        self.sound(uid, sound)

    def sound(self, uid: str, sound: str) -> None:
        self.announcements.sounding(uid, sound, self.at)
        self.collect()

    def leave(self, uid: str) -> None:
        self.announcements.left(uid, f"sid-{uid}", self.at)
        self.told.pop(uid, None)
        self.collect()

    def happen(self, *messages: Message) -> None:
        events = []
        for message in messages:
            self.seq += 1
            at = moment(T0 + timedelta(seconds=self.at))
            events.append(Event(hall="main", seq=self.seq, at=at, message=message))
        self.announcements.follow(events, self.at)
        self.collect()

    def call(self, ticket: str, *, zone: str = "1F", times: int = 1, speak: bool = True) -> None:
        self.happen(
            TicketCalled(
                call=f"k{ticket}", ticket=ticket, queue="A", counter="3", counter_name="3号窗口",
                zone=zone, times=times, speak=speak, waiting=0,
            )
        )  # fmt: skip

    def report(self, uid: str, **said: object) -> None:
        term = said.pop("term", None) or self.told[uid].term
        report = Report(term=term, **{"sound": "ok", **said})  # type: ignore[arg-type]
        self.announcements.reported(uid, report, self.at)
        self.collect()

    def pass_(self, seconds: float, *speaking: str) -> None:
        """Let time pass in ticks; *speaking* leaders say every second that they live."""
        until = self.at + seconds
        while self.at < until:
            self.at += 0.5
            for uid in speaking:
                if self.told.get(uid) and self.told[uid].list:
                    self.report(uid, playing=self.told[uid].list[0].id)
            self.announcements.tick(T0 + timedelta(seconds=self.at), self.at)
            self.collect()

    def collect(self) -> None:
        for telling in self.announcements.due(T0 + timedelta(seconds=self.at)):
            self.told[telling.device] = telling.turn

    def list(self, uid: str) -> list[str]:
        turn = self.told.get(uid)
        return [] if turn is None else [a.id for a in turn.list]


# ---- the list -----------------------------------------------------------------------------------


def test_two_calls_in_one_second_are_spoken_one_after_the_other_none_is_lost():
    world = World("floor1")
    world.call("A001")
    world.call("A002")

    assert world.list("floor1") == ["kA001/1", "kA002/1"]
    world.report("floor1", playing="kA001/1")
    assert world.list("floor1") == ["kA001/1", "kA002/1"]
    world.report("floor1", ended=("kA001/1",), playing="kA002/1")
    assert world.list("floor1") == ["kA002/1"]


def test_an_announcement_carries_number_counter_and_time_only():
    world = World("floor1")
    world.call("A001")

    assert world.told["floor1"].list == (
        Announcement(
            id="kA001/1", call="kA001", times=1, ticket="A001", counter_name="3号窗口", zone="1F",
            at=moment(T0),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    "gone",
    [
        TicketServing(ticket="A001", counter="3"),
        TicketLeft(ticket="A001", queue="A", counter="3", reason="no_show", waiting=0),
        TicketRequeued(ticket="A001", queue="B", counter="3", reason="transferred", waiting=1),
    ],
)
def test_who_has_come_or_gone_is_not_called_any_more(gone):
    world = World("floor1")
    world.call("A001")
    world.call("A002")
    world.happen(gone)

    assert world.list("floor1") == ["kA002/1"]


def test_a_recall_while_waiting_replaces_the_call_and_keeps_its_turn():
    world = World("floor1")
    world.call("A001")
    world.call("A002")
    world.report("floor1", playing=None)
    world.call("A001", times=2)

    assert world.list("floor1") == ["kA001/2", "kA002/1"]


def test_a_recall_of_what_is_being_spoken_comes_after_those_who_wait():
    world = World("floor1")
    world.call("A001")
    world.call("A002")
    world.report("floor1", playing="kA001/1")
    world.call("A001", times=2)

    assert world.list("floor1") == ["kA002/1", "kA001/2"]


def test_a_call_that_is_not_to_be_spoken_is_not():
    world = World("floor1")
    world.call("A001", speak=False)

    assert world.list("floor1") == []


def test_a_call_too_old_is_shown_only_but_one_being_spoken_is_finished():
    world = World("floor1", plan=Plan(**_of(PLAN), voice=(ZoneVoice(max_age_s=30),)))
    world.call("A001")
    world.call("A002")
    world.pass_(29, "floor1")
    assert world.list("floor1") == ["kA001/1", "kA002/1"]
    world.pass_(2, "floor1")

    assert world.list("floor1") == ["kA001/1"]


def test_a_zone_without_voice_has_no_announcements():
    world = World(
        "lobby", plan=Plan(**_of(PLAN), voice=(ZoneVoice(), ZoneVoice(zone="2F", on=False)))
    )
    world.call("A001", zone="2F")
    world.call("A002", zone="1F")

    assert world.list("lobby") == ["kA002/1"]


def test_a_new_day_speaks_nothing_of_the_day_before():
    world = World("floor1")
    world.call("A001")
    world.happen(HallDay(date="2026-11-24", state="open"))

    assert world.list("floor1") == []


def test_the_end_of_number_giving_silences_nobody():
    world = World("floor1")
    world.call("A001")
    world.happen(HallDay(date="2026-11-23", state="closing"))

    assert world.list("floor1") == ["kA001/1"]


def test_after_a_restart_nothing_old_is_spoken():
    world = World("floor1")
    world.call("A001")
    world.announcements = Announcements()
    world.announcements.furnish(PLAN, world.at)
    world.join("floor1")

    assert world.list("floor1") == []


def test_no_term_and_no_emergency_of_a_server_comes_again_after_its_restart():
    terms, names = [], []
    for since in (1_795_000_000, 1_795_000_060):
        world = World()
        world.announcements = Announcements(since)
        world.announcements.furnish(PLAN, world.at)
        world.join("floor1")
        world.happen(HallEmergency(on=True, text="请有序撤离"))
        terms.append(world.told["floor1"].term)
        names += world.list("floor1")

    assert terms[0] < terms[1]
    assert len(set(names)) == len(names) == 2


# ---- emergency ----------------------------------------------------------------------------------


def test_in_an_emergency_the_evacuation_text_is_all_that_is_spoken():
    world = World("floor1", "floor2")
    world.call("A001")
    world.happen(HallEmergency(on=True, text="请有序撤离"))

    for uid in ("floor1", "floor2"):
        assert [a.text for a in world.told[uid].list] == ["请有序撤离"]
    world.happen(HallEmergency(on=False, text=""))
    assert world.list("floor1") == []


def test_the_evacuation_text_is_repeated_until_it_ends():
    world = World("floor1", "floor2")
    world.happen(HallEmergency(on=True, text="请有序撤离"))
    first = world.list("floor1")
    world.pass_(4, "floor1", "floor2")
    for uid in ("floor1", "floor2"):
        world.report(uid, ended=tuple(first))
    assert world.list("floor1") == []
    world.pass_(EMERGENCY_EVERY_S - 4.5)
    assert world.list("floor1") == []
    world.pass_(1)

    assert len(world.list("floor1")) == 1
    assert world.list("floor1") != first
    assert world.list("floor1") == world.list("floor2")


def test_a_leader_of_several_zones_speaks_the_evacuation_text_once():
    world = World("lobby")
    world.happen(HallEmergency(on=True, text="请有序撤离"))

    assert len(world.list("lobby")) == 1


def test_an_emergency_is_spoken_where_calls_are_not():
    off = Plan(**_of(PLAN), voice=(ZoneVoice(on=False),))
    world = World("lobby", plan=off)
    world.happen(HallEmergency(on=True, text="请有序撤离"))

    assert len(world.list("lobby")) == 1


# ---- who speaks ---------------------------------------------------------------------------------


def test_the_display_of_the_zone_speaks_before_one_of_the_whole_hall():
    world = World("lobby", "floor1", plan=Plan())
    world.announcements.furnish(PLAN, 0)

    assert world.announcements.leader("1F") == "floor1"
    assert world.announcements.leader("2F") == "lobby"


def test_among_equals_the_first_enrolled_speaks():
    world = World()
    for uid in ("floor1b", "floor1", "lobby"):
        world.announcements.joined(uid, f"sid-{uid}", 0)
    world.announcements._here["floor1"].sound = "ok"
    world.sound("floor1b", "ok")

    assert world.announcements.leader("1F") == "floor1"


def test_a_leader_stays_while_it_lives():
    world = World("floor1b")
    world.join("floor1")

    assert world.announcements.leader("1F") == "floor1b"


def test_the_display_of_a_zone_takes_over_from_one_of_the_whole_hall_that_came_first():
    world = World("lobby")
    world.join("floor1")

    assert world.announcements.leader("1F") == "floor1"
    assert world.told["lobby"].zones == ("2F",)


def test_a_zone_is_handed_over_between_two_announcements():
    world = World("lobby")
    world.call("A001")
    world.call("A002")
    world.report("lobby", playing="kA001/1")
    world.join("floor1")
    assert world.announcements.leader("1F") == "lobby"
    world.report("lobby", ended=("kA001/1",))

    assert world.list("floor1") == ["kA002/1"]
    assert world.list("lobby") == []


def test_a_zone_is_not_handed_over_in_the_midst_of_the_evacuation_text():
    world = World("lobby")
    world.happen(HallEmergency(on=True, text="请有序撤离"))
    (alarm,) = world.list("lobby")
    world.report("lobby", playing=alarm)
    world.join("floor1")
    assert world.announcements.leader("1F") == "lobby"
    world.report("lobby", ended=(alarm,))

    assert world.announcements.leader("1F") == "floor1"


@pytest.mark.parametrize("sound", ["muted", "failed", "none", ""])
def test_who_cannot_be_heard_does_not_lead(sound):
    world = World()
    world.join("floor1", sound)

    assert world.announcements.leader("1F") == ""
    world.join("lobby")
    assert world.announcements.leader("1F") == "lobby"


def test_a_screen_without_loudspeaker_does_not_lead():
    world = World("dumb")

    assert world.announcements.leader("1F") == ""


def test_a_zone_that_a_screen_does_not_show_is_not_its_own():
    world = World("floor2")

    assert world.announcements.leader("1F") == ""


def test_a_display_of_the_whole_hall_speaks_for_several_zones_one_after_the_other_by_time():
    world = World("lobby")
    world.call("A001", zone="2F")
    world.call("A002", zone="1F")
    world.call("A003", zone="2F")

    assert world.told["lobby"].zones == ("1F", "2F")
    assert world.list("lobby") == ["kA001/1", "kA002/1", "kA003/1"]


def test_zones_with_leaders_of_their_own_do_not_wait_for_each_other():
    world = World("floor1", "floor2")
    world.call("A001", zone="1F")
    world.call("B001", zone="2F")

    assert world.list("floor1") == ["kA001/1"]
    assert world.list("floor2") == ["kB001/1"]


def test_a_leader_that_disconnects_is_replaced_at_once_and_the_list_goes_on():
    world = World("floor1", "floor1b")
    world.call("A001")
    world.call("A002")
    world.report("floor1", playing="kA001/1")
    world.leave("floor1")

    assert world.list("floor1b") == ["kA001/1", "kA002/1"]


def test_a_leader_that_is_muted_is_replaced_at_once():
    world = World("floor1", "floor1b")
    world.call("A001")
    world.report("floor1", playing="kA001/1", sound="muted")

    assert world.list("floor1b") == ["kA001/1"]
    assert world.told["floor1"].zones == ()


def test_a_leader_that_says_nothing_is_replaced():
    """Stopped, hung, or behind a network that swallows everything."""
    world = World("floor1", "floor1b")
    world.call("A001")
    world.pass_(SILENT_S)
    assert world.announcements.leader("1F") == "floor1"
    world.pass_(1)

    assert world.announcements.leader("1F") == "floor1b"
    assert world.list("floor1b") == ["kA001/1"]


def test_a_leader_with_nothing_to_say_may_be_silent():
    world = World("floor1", "floor1b")
    world.pass_(60)

    assert world.announcements.leader("1F") == "floor1"


def test_an_old_leader_that_wakes_up_is_not_listened_to():
    world = World("floor1", "floor1b")
    world.call("A001")
    old = world.told["floor1"].term
    world.pass_(4)
    world.report("floor1", term=old, ended=("kA001/1",))

    assert world.list("floor1b") == ["kA001/1"]
    assert world.announcements.leader("1F") == "floor1b"


def test_the_only_display_leads_again_when_it_wakes_up():
    world = World("floor1")
    world.call("A001")
    old = world.told["floor1"].term
    world.pass_(4)
    assert world.announcements.leader("1F") == ""
    world.report("floor1", term=old)

    assert world.told["floor1"].term > old
    assert world.list("floor1") == ["kA001/1"]


def test_a_display_that_connects_anew_is_told_anew():
    """Its process may have been started again and know nothing."""
    world = World("floor1")
    world.call("A001")
    term = world.told.pop("floor1").term
    world.join("floor1")

    assert world.told["floor1"].term > term
    assert world.list("floor1") == ["kA001/1"]


def test_a_second_connection_of_a_display_ends_without_taking_the_voice():
    world = World("floor1")
    world.announcements.joined("floor1", "newer", 0)
    world.sound("floor1", "ok")
    world.leave("floor1")

    assert world.announcements.leader("1F") == "floor1"


def test_what_has_ended_is_told_again_under_a_new_term_and_not_spoken_twice():
    """A leader that gains a zone in the moment in which it ends an announcement."""
    world = World("lobby", "floor1")
    world.leave("lobby")
    world.join("lobby")
    world.call("A001", zone="2F")
    old = world.told["lobby"].term
    world.leave("floor1")
    world.report("lobby", term=old, ended=("kA001/1",))
    assert world.list("lobby") == ["kA001/1"]
    world.report("lobby", ended=("kA001/1",))

    assert world.list("lobby") == []


# ---- every history ------------------------------------------------------------------------------

_UIDS = ("lobby", "floor1", "floor1b", "floor2")
_STEPS = st.one_of(
    st.tuples(st.just("call"), st.integers(1, 5), st.sampled_from(["1F", "2F"])),
    st.tuples(st.just("recall"), st.integers(1, 5), st.sampled_from(["1F", "2F"])),
    st.tuples(st.just("serve"), st.integers(1, 5), st.just("")),
    st.tuples(st.just("join"), st.sampled_from(_UIDS), st.sampled_from(["ok", "muted"])),
    st.tuples(st.just("leave"), st.sampled_from(_UIDS), st.just("")),
    st.tuples(st.just("end"), st.sampled_from(_UIDS), st.just("")),
    st.tuples(st.just("pass"), st.integers(1, 5), st.just("")),
)


@given(st.lists(_STEPS, max_size=30))
def test_one_leader_a_zone_and_no_call_is_lost(steps):
    """Whatever happens: nothing is told to two displays, and what has not ended is on a list."""
    world = World(plan=Plan(**_of(PLAN), voice=(ZoneVoice(max_age_s=10_000),)))
    times = dict.fromkeys(range(1, 6), 0)
    owed: dict[str, str] = {}
    for what, who, more in steps:
        if what == "call" or (what == "recall" and times[who]):
            times[who] += 1
            owed[f"A{who}"] = f"kA{who}/{times[who]}"
            world.call(f"A{who}", times=times[who], zone=more)
        elif what == "serve":
            owed.pop(f"A{who}", None)
            world.happen(TicketServing(ticket=f"A{who}", counter="3"))
        elif what == "join":
            world.join(who, more)
        elif what == "leave":
            world.leave(who)
        elif what == "end" and world.list(who):
            first = world.list(who)[0]
            owed = {t: i for t, i in owed.items() if i != first}
            world.report(who, ended=(first,))
        elif what == "pass":
            world.pass_(who, *_UIDS)

        assert {a.id for a in world.announcements.waiting} == set(owed.values())
        led = [z for t in world.told.values() for z in t.zones]
        assert len(led) == len(set(led)), "two displays lead one zone"
        for uid, turn in world.told.items():
            assert all(world.announcements.leader(z) == uid for z in turn.zones)
            assert [a.id for a in turn.list] == [
                a.id for a in world.announcements.waiting if a.zone in turn.zones
            ]


def _of(plan: Plan) -> dict[str, object]:
    return {"zones": plan.zones, "speakers": plan.speakers}
