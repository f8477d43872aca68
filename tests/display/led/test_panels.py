"""What a bar shows: the first that is true, and nothing old."""

from __future__ import annotations

from msgspec.structs import replace

from display.led.panels import SLOGAN, sign_of
from server.kit.contract.board import Board, CallLine, evolve
from server.kit.contract.messages import (
    CounterChanged,
    HallDay,
    HallEmergency,
    TicketLeft,
    TicketServing,
)
from tests.display.halls import Story, board, called, serving


def story(*messages, start: Board | None = None) -> Board:
    tell, now = Story(), start or board()
    for message in messages:
        now = evolve(now, tell(message))
    return now


def paused(counter="3", reason="开会") -> CounterChanged:
    return CounterChanged(
        counter=counter, state="paused", reason=reason, until=None, clerk_label=""
    )


def test_a_called_number_is_shown_at_its_counter_and_nowhere_else():
    now = story(called("A012", "3"))
    sign = sign_of(now, counter="3")

    assert (sign.state, sign.words["number"], sign.words["digits"]) == ("call", "A012", "012")
    assert (sign.words["counter"], sign.words["name"]) == ("3", "3号窗口")
    assert sign.call == ("c-A012", 1)
    assert sign_of(now, counter="4").state == "idle"


def test_a_recall_is_another_sign_so_that_it_is_shown_and_told_again():
    first = story(called("A012"))
    again = story(called("A012"), called("A012", times=2))

    assert sign_of(first, counter="3") != sign_of(again, counter="3")
    assert sign_of(again, counter="3").call == ("c-A012", 2)


def test_a_number_being_served_brings_no_call_to_anybody():
    sign = sign_of(story(called("A012"), serving("A012")), counter="3")

    assert (sign.state, sign.words["number"], sign.call) == ("serving", "A012", None)


def test_whoever_is_on_the_way_goes_before_whoever_is_served():
    now = story(called("A012"), serving("A012"), called("A013"))

    assert sign_of(now, counter="3").words["number"] == "A013"
    other = story(called("A012"), called("A013"), serving("A013"))
    assert sign_of(other, counter="3").words["number"] == "A012"


def test_a_number_goes_before_a_pause_and_a_pause_says_why():
    now = story(called("A012"), paused())
    assert sign_of(now, counter="3").state == "call"

    after = story(
        called("A012"), paused(),
        TicketLeft(ticket="A012", queue="A", counter="3", reason="done", waiting=0),
    )  # fmt: skip
    sign = sign_of(after, counter="3")
    assert (sign.state, sign.words["reason"]) == ("paused", "开会")


def test_a_closed_counter_and_a_closed_hall_say_so():
    assert sign_of(board(open_counters=False), counter="3").state == "closed"
    assert sign_of(board(day_state="closed"), counter="3").state == "closed"
    assert sign_of(board(day_state="closed"), zone="1F").state == "closed"


def test_an_open_counter_shows_its_slogan_or_the_usual_one():
    assert sign_of(board(), counter="3").words["slogan"] == SLOGAN
    assert sign_of(board(), counter="3", slogan="办事不求人").words["slogan"] == "办事不求人"


def test_an_emergency_is_on_every_bar_and_everything_is_as_before_when_it_is_over():
    now = story(called("A012"), HallEmergency(on=True, text="请从东门撤离"))
    for place in ({"counter": "3"}, {"counter": "9"}, {"zone": "2F"}, {}):
        sign = sign_of(now, **place)
        assert (sign.state, sign.words["text"], sign.call) == ("emergency", "请从东门撤离", None)
    over = story(called("A012"), HallEmergency(on=True, text="x"), HallEmergency(on=False, text=""))

    assert sign_of(over, counter="3").state == "call"
    assert sign_of(story(HallEmergency(on=True, text="")), counter="3").words["text"]


def test_a_zones_bar_shows_the_last_call_of_its_zone_while_it_is_open():
    now = story(called("A012", "3"), called("N001", "13"), called("B001", "4"))

    assert sign_of(now, zone="1F").words["number"] == "B001"
    assert sign_of(now, zone="2F").words["number"] == "N001"
    assert sign_of(now).words["number"] == "B001"
    taken = story(called("N001", "13"), serving("N001", "13"))
    assert sign_of(taken, zone="2F").state == "idle"


def test_yesterdays_numbers_are_void_while_the_server_is_away():
    now = story(called("A012"))

    assert sign_of(now, today="2026-11-23", counter="3").state == "call"
    assert sign_of(now, today="2026-11-24", counter="3").state == "closed"
    assert sign_of(now, today="", counter="3").state == "call"  # the server is there


def test_a_new_day_begins_without_numbers():
    now = story(called("A012"), HallDay(date="2026-11-24", state="open"))

    assert sign_of(now, counter="3").state == "closed"  # every counter starts closed


def test_before_the_first_truth_a_bar_greets():
    assert sign_of(None, counter="3").state == "idle"


def test_a_counter_that_nobody_knows_shows_the_slogan():
    assert sign_of(board(), counter="99").state == "idle"


def test_a_sign_has_no_place_for_a_person():
    """What a board does not hold, a bar cannot show: the words come from these fields alone."""
    held = {*Board.__struct_fields__, *CallLine.__struct_fields__}

    assert not {"holder", "name", "id_number", "phone"} & held


def test_served_again_is_no_new_call():
    call = story(called("A012"))
    line = replace(call.calls[0], state="serving")

    assert sign_of(replace(call, calls=(line,)), counter="3").call is None
    assert TicketServing.AUDIENCE == "public"
