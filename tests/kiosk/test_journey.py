"""The touch flow: what each touch does, and that every path ends at home knowing nothing."""

from __future__ import annotations

import itertools
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk import journey as j
from kiosk.content import Choice, Hall
from kiosk.journey import (
    Act,
    Journey,
    Manner,
    Paper,
    PrintGuide,
    Refusal,
    Screen,
    StaffWish,
    Tab,
    Take,
    TryCode,
)
from server.kit.contract.screens import KioskRules
from tests.kiosk.hall import hall, line, slip

HALL = hall()


class Citizen:
    """Touches a journey as a page would, with a clock that only moves when told."""

    def __init__(self, at: Hall = HALL) -> None:
        self.hall = at
        self.now = 1000.0
        self.ids = itertools.count(1)
        self.journey = j.begin(self.now)
        self.wishes: list[object] = []

    def touch(self, name: str, value: str = "", *, serial: int | None = None) -> Journey:
        act = Act(name=name, value=value, serial=self.journey.serial if serial is None else serial)
        self.journey, wish = j.step(
            self.journey, act, self.hall, now=self.now, new_touch=lambda: f"touch-{next(self.ids)}"
        )
        if wish is not None:
            self.wishes.append(wish)
        return self.journey

    def wait(self, seconds: float) -> Journey:
        self.now += seconds
        self.journey = j.advance(self.journey, self.now)
        return self.journey

    @property
    def at_home_knowing_nothing(self) -> bool:
        blank = j.begin(self.journey.drawn, self.journey.serial)
        return replace(self.journey, deadline=blank.deadline) == blank

    @property
    def at_rest_knowing_nothing(self) -> bool:
        """On the attract page, as new."""
        return self.journey == j.rest(self.journey.drawn, self.journey.serial, j.begin(0).rules)


def test_a_common_item_takes_two_touches() -> None:
    citizen = Citizen()

    citizen.touch("choose", "item:MZ-01")
    citizen.touch("take")

    assert citizen.journey.screen is Screen.TAKING
    assert citizen.wishes == [Take(touch="touch-1", choice=Choice(item="MZ-01"))]


def test_an_item_of_a_department_takes_three_touches() -> None:
    citizen = Citizen()

    citizen.touch("department", "civil")
    citizen.touch("choose", "item:MZ-02")
    citizen.touch("take")

    assert citizen.wishes == [Take(touch="touch-1", choice=Choice(item="MZ-02"))]


def test_the_number_page_goes_home_twelve_seconds_after_the_paper() -> None:
    citizen = Citizen()
    citizen.touch("choose", "item:MZ-01")
    citizen.touch("take")
    citizen.journey = j.issued(citizen.journey, "touch-1", slip(), now=citizen.now)
    citizen.wait(3)
    citizen.journey = j.printed(citizen.journey, "u012", Paper.PRINTED, "", now=citizen.now)

    assert citizen.wait(11.9).screen is Screen.NUMBER
    assert citizen.wait(0.2).screen is Screen.HOME
    assert citizen.at_home_knowing_nothing


def test_without_paper_the_number_stays_longer() -> None:
    citizen = Citizen()
    citizen.journey = j.show_number(citizen.journey, slip(), now=citizen.now)
    citizen.journey = j.printed(citizen.journey, "u012", Paper.FAILED, "paper_out", now=citizen.now)

    assert citizen.wait(40).screen is Screen.NUMBER
    assert citizen.journey.fault == "paper_out"
    assert citizen.wait(6).screen is Screen.HOME


def test_a_silent_printer_does_not_hold_the_page_for_ever() -> None:
    citizen = Citizen()
    citizen.journey = j.show_number(citizen.journey, slip(), now=citizen.now)

    assert citizen.wait(61).screen is Screen.HOME


def test_the_paper_of_another_ticket_changes_nothing() -> None:
    shown = j.show_number(j.begin(0), slip(), now=0)

    assert j.printed(shown, "u999", Paper.FAILED, "jam", now=1) == shown


def test_an_answer_that_comes_for_an_older_touch_is_not_shown() -> None:
    citizen = Citizen()
    citizen.touch("choose", "item:MZ-01")
    citizen.touch("take")

    assert j.issued(citizen.journey, "touch-0", slip(), now=citizen.now) == citizen.journey


def test_idle_for_a_minute_asks_and_then_goes_home() -> None:
    citizen = Citizen()
    citizen.touch("search")
    citizen.touch("type", "结婚")

    assert not citizen.wait(59).asking
    assert citizen.wait(2).asking
    assert citizen.wait(13).screen is Screen.SEARCH
    assert citizen.wait(2).screen is Screen.HOME
    assert citizen.at_home_knowing_nothing


def test_a_page_asleep_for_an_hour_goes_home_without_asking() -> None:
    citizen = Citizen()
    citizen.touch("choose", "item:MZ-01")

    assert citizen.wait(3600).screen is Screen.HOME
    assert citizen.at_home_knowing_nothing


def test_stay_goes_on_where_it_was() -> None:
    citizen = Citizen()
    citizen.touch("choose", "item:MZ-01")
    citizen.touch("tick", "0")
    citizen.wait(65)

    citizen.touch("stay")

    assert not citizen.journey.asking
    assert citizen.journey.ticked == {0}
    assert citizen.wait(59).screen is Screen.ITEM


def test_any_sign_of_life_puts_off_the_question() -> None:
    citizen = Citizen()
    citizen.touch("choose", "item:MZ-01")
    for _ in range(5):
        citizen.wait(50)
        citizen.touch("alive")

    assert citizen.journey.screen is Screen.ITEM
    assert not citizen.journey.asking


def test_home_never_asks_and_rests_on_the_attract_page() -> None:
    citizen = Citizen()

    assert citizen.wait(59).screen is Screen.HOME
    assert citizen.wait(2).screen is Screen.ATTRACT
    assert citizen.at_rest_knowing_nothing
    assert citizen.wait(10_000).screen is Screen.ATTRACT


def test_a_touch_on_the_attract_page_begins_at_home() -> None:
    citizen = Citizen()
    citizen.wait(61)

    citizen.touch("start")

    assert citizen.at_home_knowing_nothing


def test_a_mode_touched_on_the_attract_page_is_there_at_home() -> None:
    citizen = Citizen()
    citizen.wait(61)

    citizen.touch("large")

    assert citizen.journey.screen is Screen.HOME
    assert citizen.journey.manner == Manner(large=True)


def test_large_type_gives_ninety_seconds_before_it_asks() -> None:
    citizen = Citizen()
    citizen.touch("large")
    citizen.touch("choose", "item:MZ-01")

    assert not citizen.wait(89).asking
    assert citizen.wait(2).asking


def test_a_hall_may_give_more_time_but_never_less_than_ninety_seconds_in_large_type() -> None:
    hurried = KioskRules(idle_s=30, idle_large_s=40)

    assert Manner().idle_s(hurried) == 30
    assert Manner(large=True).idle_s(hurried) == 90
    assert Manner(listen=True).idle_s(KioskRules(idle_large_s=120)) == 120


def test_a_mode_changes_nothing_but_how_the_page_is_shown() -> None:
    citizen = Citizen()
    citizen.touch("choose", "item:MZ-01")
    citizen.touch("tick", "0")
    before = citizen.journey
    for mode in ("large", "low", "listen"):
        citizen.touch(mode)
    citizen.touch("language", "en")

    shown = Manner(large=True, low=True, listen=True, language="en")
    assert citizen.journey.manner == shown
    assert replace(citizen.journey, manner=Manner(), deadline=before.deadline) == before


def test_the_manner_stays_while_the_same_citizen_goes_home_and_on() -> None:
    citizen = Citizen()
    citizen.touch("low")
    citizen.touch("department", "civil")
    citizen.touch("back")
    citizen.touch("choose", "item:MZ-01")
    citizen.touch("home")

    assert citizen.journey.manner.low


def test_the_next_citizen_begins_with_the_hall_s_own_manner() -> None:
    for leave in ("home", "wait", "leave"):
        citizen = Citizen()
        citizen.touch("large")
        citizen.touch("language", "en")
        citizen.journey = j.show_number(citizen.journey, slip(), now=citizen.now)
        citizen.journey = j.printed(citizen.journey, "u012", Paper.PRINTED, "", now=citizen.now)
        if leave == "wait":
            citizen.wait(25)
        else:
            citizen.touch(leave)

        assert citizen.journey.manner == Manner(), leave


def test_the_number_stays_longer_in_large_type() -> None:
    citizen = Citizen()
    citizen.touch("large")
    citizen.journey = j.show_number(citizen.journey, slip(), now=citizen.now)
    citizen.journey = j.printed(citizen.journey, "u012", Paper.PRINTED, "", now=citizen.now)

    assert citizen.wait(23).screen is Screen.NUMBER
    assert citizen.wait(2).screen is Screen.HOME


def test_the_places_behind_the_service_buttons() -> None:
    for touch, screen in (
        ("departments", Screen.DEPARTMENTS),
        ("guide", Screen.DEPARTMENTS),
        ("consult", Screen.CONSULT),
        ("appointment", Screen.APPOINTMENT),
    ):
        citizen = Citizen()
        citizen.touch(touch)

        assert citizen.journey.screen is screen
        assert citizen.journey.guiding == (touch == "guide")
        citizen.touch("back")
        assert citizen.at_home_knowing_nothing


def test_a_guide_is_read_by_department_and_by_search_without_a_number() -> None:
    citizen = Citizen()
    citizen.touch("guide")
    citizen.touch("search")
    citizen.touch("type", "结婚")
    citizen.touch("choose", "item:MZ-01")

    assert (citizen.journey.screen, citizen.journey.guiding) == (Screen.ITEM, True)
    assert citizen.wishes == []


def test_a_guide_is_printed_once_for_each_citizen_and_again_after_a_fault() -> None:
    citizen = Citizen()
    citizen.touch("choose", "item:MZ-01")
    choice = Choice(item="MZ-01")
    citizen.touch("print")
    citizen.touch("print")
    citizen.journey = j.guide_printed(citizen.journey, choice, Paper.FAILED, "paper_out")
    citizen.touch("print")
    citizen.journey = j.guide_printed(citizen.journey, choice, Paper.PRINTED, "")
    citizen.touch("print")

    assert citizen.wishes == [PrintGuide(choice=choice)] * 2


def test_what_has_no_disclosures_prints_no_guide() -> None:
    citizen = Citizen()
    citizen.touch("choose", "queue:C")
    citizen.touch("print")

    assert citizen.wishes == []


def test_a_search_in_vain_is_told_when_it_is_given_up() -> None:
    citizen = Citizen()
    citizen.touch("search")
    told = []
    for name, value in (("type", "开网"), ("type", "开网吧"), ("key", "delete"), ("back", "")):
        before = citizen.journey
        citizen.touch(name, value)
        told.append(j.vain_between(before, citizen.journey))

    assert told == ["", "", "", "开网吧"]


def test_a_search_that_finds_something_after_all_is_not_told() -> None:
    citizen = Citizen()
    citizen.touch("search")
    citizen.touch("type", "sfzz")
    citizen.touch("type", "sfz")
    before = citizen.journey
    citizen.touch("choose", "item:GA-01")

    assert j.vain_between(before, citizen.journey) == ""


def test_a_search_in_vain_that_nobody_ends_is_told_when_the_page_goes_home() -> None:
    citizen = Citizen()
    citizen.touch("search")
    citizen.touch("type", "开网吧")
    citizen.wait(61)
    before = citizen.journey

    assert before.asking
    assert j.vain_between(before, citizen.wait(16)) == "开网吧"


def test_an_emptied_box_is_a_search_given_up() -> None:
    citizen = Citizen()
    citizen.touch("search")
    citizen.touch("type", "开网吧")
    before = citizen.journey

    assert j.vain_between(before, citizen.touch("key", "clear")) == "开网吧"


def test_a_vain_search_leads_to_the_departments() -> None:
    citizen = Citizen()
    citizen.touch("search")
    citizen.touch("type", "qqq")
    citizen.touch("departments")

    assert citizen.journey.screen is Screen.DEPARTMENTS
    assert (citizen.journey.query, citizen.journey.vain) == ("", "")


def test_the_staff_code_is_asked_and_never_stays() -> None:
    citizen = Citizen()
    citizen.wait(61)
    citizen.touch("staff")
    for digit in "852017":
        citizen.touch("digit", digit)
    citizen.touch("enter")
    asked = list(citizen.wishes)
    citizen.journey = j.code_tried(citizen.journey, right=False, now=citizen.now)
    again = citizen.journey
    citizen.journey = j.code_tried(citizen.journey, right=True, now=citizen.now)
    citizen.touch("close")

    assert asked == [TryCode(code="852017")]
    assert (again.screen, again.code, again.wrong) == (Screen.STAFF_CODE, "", True)
    assert (citizen.journey.screen, citizen.journey.code) == (Screen.STAFF, "")
    assert citizen.wishes[-1] == StaffWish(name="close")
    assert citizen.wait(61).screen is Screen.ATTRACT
    assert citizen.at_rest_knowing_nothing


def test_the_staff_page_has_no_other_door() -> None:
    citizen = Citizen()
    for name in ("close", "restart", "enter", "digit"):
        citizen.touch(name, "1")
    citizen.touch("search")
    citizen.touch("staff")

    assert citizen.wishes == []
    assert citizen.journey.screen is Screen.SEARCH


def test_a_second_tap_of_a_double_tap_does_nothing() -> None:
    citizen = Citizen()
    serial = citizen.journey.serial
    citizen.touch("choose", "item:MZ-01")

    citizen.touch("choose", "item:GA-01", serial=serial)

    assert citizen.journey.choice == Choice(item="MZ-01")


def test_two_touches_of_take_are_one_wish() -> None:
    citizen = Citizen()
    citizen.touch("choose", "item:MZ-01")
    serial = citizen.journey.serial

    citizen.touch("take", serial=serial)
    citizen.touch("take", serial=serial)
    citizen.touch("take")
    citizen.touch("home")
    citizen.touch("back")

    assert citizen.wishes == [Take(touch="touch-1", choice=Choice(item="MZ-01"))]
    assert citizen.journey.screen is Screen.TAKING


def test_advice_only_is_said_before_the_number() -> None:
    citizen = Citizen()
    citizen.touch("choose", "queue:C")

    citizen.touch("take")
    said = citizen.journey.screen
    citizen.touch("take")

    assert said is Screen.CONFIRM
    assert citizen.wishes == [Take(touch="touch-2", choice=Choice(queue="C"))]


def test_a_long_line_warns_and_asks() -> None:
    citizen = Citizen(hall(line("A", waiting=60)))
    citizen.touch("choose", "item:MZ-01")

    citizen.touch("take")

    assert citizen.journey.screen is Screen.CONFIRM
    assert citizen.wishes == []
    citizen.touch("home")
    assert citizen.at_home_knowing_nothing
    assert [w.code for w in j.warnings_for(citizen.hall.line("A"), consult_only=False)] == [
        "long_wait"
    ]


def test_a_wait_longer_than_the_hall_says_warns_before_the_number() -> None:
    rules = KioskRules(long_wait_min=45, long_ahead=10)
    at = [
        hall(line("A", waiting=5, low_min=20, high_min=40)),
        hall(line("A", waiting=5, low_min=30, high_min=50)),
        hall(line("A", waiting=5, low_min=180, high_min=None)),
        hall(line("A", waiting=9)),
        hall(line("A", waiting=10)),
        hall(line("A", waiting=0)),
    ]

    warned = [bool(j.warnings_for(h.line("A"), consult_only=False, rules=rules)) for h in at]

    assert warned == [False, True, True, False, True, False]


def test_many_people_before_closed_counters_warn_too() -> None:
    crowded = hall(line("A", waiting=30), closed=("1", "2"))

    assert [w.code for w in j.warnings_for(crowded.line("A"), consult_only=False)] == ["long_wait"]


def test_an_old_count_warns_of_nothing() -> None:
    assert (
        j.warnings_for(hall(line("A", waiting=60), fresh=False).line("A"), consult_only=False) == ()
    )


def test_back_leads_through_the_pages_as_they_were() -> None:
    citizen = Citizen()
    citizen.touch("search")
    citizen.touch("type", "jh")
    citizen.touch("choose", "item:MZ-01")
    citizen.touch("tab", "fee")

    citizen.touch("back")
    first = citizen.journey
    citizen.touch("back")

    assert (first.screen, first.query, first.choice) == (Screen.SEARCH, "jh", None)
    assert citizen.at_home_knowing_nothing


def test_back_from_the_warning_keeps_the_ticks() -> None:
    citizen = Citizen(hall(line("A", waiting=60)))
    citizen.touch("choose", "item:MZ-01")
    citizen.touch("tick", "1")
    citizen.touch("take")

    citizen.touch("back")

    assert citizen.journey.screen is Screen.ITEM
    assert citizen.journey.ticked == {1}


def test_another_item_begins_with_no_ticks_and_the_check_list() -> None:
    citizen = Citizen()
    citizen.touch("department", "civil")
    citizen.touch("choose", "item:MZ-01")
    citizen.touch("tick", "0")
    citizen.touch("tab", "steps")
    citizen.touch("back")

    citizen.touch("choose", "item:MZ-02")

    assert citizen.journey.ticked == frozenset()
    assert citizen.journey.tab is Tab.MATERIALS


def test_retry_sends_the_same_touch_again() -> None:
    citizen = Citizen()
    citizen.touch("choose", "item:MZ-01")
    citizen.touch("take")
    citizen.journey = j.refused(
        citizen.journey,
        "touch-1",
        Refusal(code="unreachable", words="连不上", retry=True),
        now=citizen.now,
    )

    citizen.touch("retry")

    assert citizen.journey.screen is Screen.TAKING
    assert citizen.wishes == [Take(touch="touch-1", choice=Choice(item="MZ-01"))] * 2


def test_a_judged_refusal_cannot_be_retried() -> None:
    citizen = Citizen()
    citizen.touch("choose", "item:MZ-01")
    citizen.touch("take")
    citizen.journey = j.refused(
        citizen.journey, "touch-1", Refusal(code="stopped", words="停了"), now=citizen.now
    )

    citizen.touch("retry")

    assert citizen.journey.screen is Screen.REFUSED
    assert citizen.wait(31).screen is Screen.HOME
    assert citizen.at_home_knowing_nothing


def test_what_is_not_offered_cannot_be_chosen() -> None:
    citizen = Citizen()

    for value in ("item:XX-99", "queue:Z", "queue:A", "MZ-01", "", "item:"):
        citizen.touch("choose", value)

    assert citizen.journey.screen is Screen.HOME


def test_help_works_on_any_page_and_even_on_an_old_one() -> None:
    citizen = Citizen()
    citizen.touch("choose", "item:MZ-01")

    citizen.touch("help", serial=0)

    assert len(citizen.wishes) == 1
    assert citizen.journey.screen is Screen.ITEM


NAMES = st.sampled_from(
    [
        "home",
        "back",
        "search",
        "department",
        "choose",
        "type",
        "key",
        "tab",
        "tick",
        "take",
        "retry",
        "stay",
        "alive",
        "help",
        "start",
        "leave",
        "large",
        "low",
        "listen",
        "language",
        "guide",
        "departments",
        "consult",
        "appointment",
        "print",
        "staff",
        "digit",
        "enter",
        "restart",
        "nonsense",
    ]
)
VALUES = st.sampled_from(
    [
        "",
        "civil",
        "item:MZ-01",
        "item:GA-01",
        "queue:C",
        "sfz",
        "a",
        "delete",
        "fee",
        "1",
        "99",
        "²",
    ]
) | st.text(max_size=30)
WORLD = st.sampled_from(["touch", "old", "wait", "issued", "refused", "lost", "printed", "failed"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(WORLD, NAMES, VALUES, st.floats(0, 100)), max_size=40), st.booleans())
def test_every_path_ends_at_home_and_nothing_of_the_citizen_stays(steps, crowded) -> None:
    """Whatever is touched and whatever happens: left alone, the page rests, as new."""
    citizen = Citizen(hall(line("A", waiting=80)) if crowded else HALL)
    for what, name, value, seconds in steps:
        at = citizen.journey
        match what:
            case "touch":
                citizen.touch(name, value)
            case "old":
                citizen.touch(name, value, serial=at.serial - 1)
            case "wait":
                citizen.wait(seconds)
            case "issued":
                citizen.journey = j.issued(at, at.touch, slip(), now=citizen.now)
            case "refused" | "lost":
                refusal = Refusal(code="stopped", words="停", retry=what == "lost")
                citizen.journey = j.refused(at, at.touch, refusal, now=citizen.now)
            case "printed":
                citizen.journey = j.printed(at, "u012", Paper.PRINTED, "", now=citizen.now)
            case "failed":
                citizen.journey = j.printed(at, "u012", Paper.FAILED, "jam", now=citizen.now)
        assert citizen.journey.serial >= at.serial
    if citizen.journey.screen is Screen.TAKING:  # the taker always answers in the end
        citizen.journey = j.refused(
            citizen.journey, citizen.journey.touch, Refusal(code="x", words="x"), now=citizen.now
        )
    for _ in range(4):
        citizen.wait(130)

    assert citizen.at_rest_knowing_nothing
    touches = [w.touch for w in citizen.wishes if isinstance(w, Take)]
    choices = {w.touch: w.choice for w in citizen.wishes if isinstance(w, Take)}
    assert all(
        choices[t] == w.choice
        for t, w in zip(touches, (w for w in citizen.wishes if isinstance(w, Take)), strict=True)
    )


def test_a_journey_is_compared_by_all_it_holds() -> None:
    """The test above can fail: one forgotten field makes a journey differ from home."""
    blank = j.begin(0)

    for changed in (
        replace(blank, query="x"),
        replace(blank, slip=slip()),
        replace(blank, touch="t"),
        replace(blank, ticked=frozenset({1})),
        replace(blank, trail=(blank,)),
    ):
        assert changed != blank
