"""The business day: opening, stopping, closing with people waiting, midnight, a clock gone wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.actions import calling, catalogue, counters, days, tickets
from server.domain.people import Role, Staff
from server.domain.tickets import State
from server.kit.contract.reasons import Refused
from server.store import tickets as rows
from tests.support.bench import Bench


def test_a_command_in_the_first_millisecond_of_a_day_meets_that_day(bench: Bench) -> None:
    bench.issue()
    bench.issue()
    bench.clock.move(hours=15)

    slip = bench.issue()

    assert slip.number == "A001"
    assert bench.board().date == "2026-11-24"
    bench.whole()


def test_a_restart_three_days_later_opens_that_day_and_ends_the_old_one(bench: Bench) -> None:
    staff = bench.open()
    old = bench.issue()
    called = bench.issue()
    bench.run(lambda w: calling.call(w, "1", called.uid, staff=staff, expected=None, reason="x"))
    bench.clock.move(days=3)

    bench.run(days.tick)

    assert bench.board().date == "2026-11-26"
    assert bench.read(lambda r: rows.by_uid(r, old.uid)).state is State.EXPIRED
    assert bench.read(lambda r: rows.by_uid(r, called.uid)).state is State.EXPIRED
    bench.whole()


def test_a_ticket_in_service_at_midnight_counts_as_done_not_as_lost(bench: Bench) -> None:
    staff = bench.open()
    bench.issue()
    done = bench.run(lambda w: calling.call_next(w, "1", staff=staff, expected=None))
    done = bench.run(lambda w: calling.start(w, done.ticket, version=done.version, staff=staff))
    bench.clock.move(hours=15)
    bench.run(days.tick)

    assert bench.read(lambda r: rows.by_uid(r, done.ticket)).state is State.DONE


def test_a_clock_that_goes_back_gives_no_number_twice(bench: Bench) -> None:
    first = bench.issue()
    bench.clock.at -= timedelta(days=2)

    second = bench.issue()

    assert (first.number, second.number) == ("A001", "A002")
    assert bench.board().date == "2026-11-23"


def test_closing_with_people_waiting_needs_a_reason(bench: Bench) -> None:
    bench.issue()

    with pytest.raises(Refused) as refused:
        bench.run(lambda w: days.close_day(w, reason="  "))
    assert refused.value.code == "people_waiting"
    bench.run(lambda w: days.close_day(w, reason="停电"))

    assert bench.board().day_state == "closed"
    with pytest.raises(Refused) as refused:
        bench.issue()
    assert refused.value.code == "day_closed"


def test_a_stopped_day_still_serves_those_who_hold_a_number(bench: Bench) -> None:
    staff = bench.open()
    bench.issue()
    bench.run(days.stop_issuing)

    with pytest.raises(Refused):
        bench.issue()
    done = bench.run(lambda w: calling.call_next(w, "1", staff=staff, expected=None))

    assert done.number == "A001"


def test_a_reopened_day_goes_on_with_its_numbers(bench: Bench) -> None:
    bench.issue()
    bench.run(lambda w: days.close_day(w, reason="演练"))
    bench.run(days.open_day)

    assert bench.issue().number == "A002"


def test_lunch_does_not_clear_the_line(bench: Bench) -> None:
    bench.run(lambda w: catalogue.set_rules(w, always_open=False))
    slip = bench.issue()
    bench.clock.move(hours=3)
    bench.run(days.tick)
    with pytest.raises(Refused) as refused:
        bench.issue()
    assert refused.value.code == "lunch_break"
    bench.clock.move(hours=2, minutes=30)
    bench.run(days.tick)

    assert bench.read(lambda r: rows.by_uid(r, slip.uid)).state is State.WAITING
    assert bench.issue().ahead == 1


def test_reinstating_has_a_window_and_a_limit(bench: Bench) -> None:
    staff = bench.open()
    bench.issue()
    done = bench.run(lambda w: calling.call_next(w, "1", staff=staff, expected=None))
    done = bench.run(lambda w: calling.no_show(w, done.ticket, version=done.version, staff=staff))
    done = bench.run(lambda w: tickets.reinstate(w, done.ticket, version=done.version))
    again = bench.run(lambda w: calling.call_next(w, "1", staff=staff, expected=None))
    again = bench.run(
        lambda w: calling.no_show(w, again.ticket, version=again.version, staff=staff)
    )
    with pytest.raises(Refused) as refused:
        bench.run(lambda w: tickets.reinstate(w, again.ticket, version=again.version))
    assert refused.value.code == "reinstate_used_up"

    bench.run(lambda w: catalogue.set_rules(w, reinstate_limit=5))
    bench.clock.move(minutes=31)
    with pytest.raises(Refused) as refused:
        bench.run(lambda w: tickets.reinstate(w, again.ticket, version=again.version))
    assert refused.value.code == "reinstate_too_late"


def test_the_last_open_counter_closes_on_waiting_people_only_with_a_reason(bench: Bench) -> None:
    staff = bench.open()
    bench.issue()

    with pytest.raises(Refused) as refused:
        bench.run(lambda w: counters.close(w, "1", staff=staff, expected=None, reason=""))

    assert refused.value.code == "people_waiting"
    bench.run(lambda w: counters.close(w, "1", staff=staff, expected=None, reason="生病"))


def _serve_next(bench: Bench, staff: Staff) -> str:
    done = bench.run(lambda w: calling.call_next(w, "1", staff=staff, expected=None))
    here = bench.run(lambda w: calling.start(w, done.ticket, version=done.version, staff=staff))
    bench.run(lambda w: calling.finish(w, here.ticket, version=here.version, staff=staff))
    return str(done.number)


def test_nobody_is_overtaken_because_the_clock_was_set_back(bench: Bench) -> None:
    staff = bench.open()
    first, second = bench.issue(), bench.issue()
    bench.clock.move(hours=-1)
    third = bench.issue()

    called = [_serve_next(bench, staff) for _ in range(3)]

    assert called == [first.number, second.number, third.number]
    bench.whole()


def test_a_reinstated_ticket_goes_to_the_end_though_the_clock_was_set_back(bench: Bench) -> None:
    bench.run(lambda w: catalogue.set_rules(w, min_calls=1))
    staff = bench.open()
    bench.issue()
    done = bench.run(lambda w: calling.call_next(w, "1", staff=staff, expected=None))
    gone = bench.run(lambda w: calling.no_show(w, done.ticket, version=done.version, staff=staff))
    waiting = bench.issue()
    bench.clock.move(hours=-1)

    bench.run(lambda w: tickets.reinstate(w, gone.ticket, version=gone.version))

    done = bench.run(lambda w: calling.call_next(w, "1", staff=staff, expected=None))
    assert done.number == waiting.number


def test_a_call_may_be_repeated_though_the_clock_was_set_back(bench: Bench) -> None:
    staff = bench.open()
    bench.issue()
    done = bench.run(lambda w: calling.call_next(w, "1", staff=staff, expected=None))
    bench.clock.move(hours=-1)

    again = bench.run(lambda w: calling.recall(w, done.ticket, version=done.version, staff=staff))

    assert again.number == done.number


def test_a_day_that_a_wrong_clock_left_in_the_future_is_brought_back_by_hand(bench: Bench) -> None:
    first = bench.issue()
    bench.clock.move(days=365)
    bench.issue()
    bench.clock.move(days=-365)
    bench.issue()
    assert bench.board().date == "2027-11-23"

    bench.run(lambda w: days.close_day(w, reason="时钟错误"))
    bench.verified(days.open_day)

    assert bench.board().date == "2026-11-23"
    assert (first.number, bench.issue().number) == ("A001", "A002"), "no number twice"
    bench.whole()
    bench.clock.move(days=1)
    assert bench.issue().number == "A001"
    assert bench.board().date == "2026-11-24"
    bench.clock.move(days=364)
    assert bench.issue().number == "A003", "that date's numbers go on, too"
    assert bench.board().date == "2027-11-23"
    bench.whole()


def test_a_stopped_day_in_the_future_is_not_left_while_people_hold_its_numbers(
    bench: Bench,
) -> None:
    bench.clock.move(days=365)
    bench.issue()
    bench.clock.move(days=-365)
    bench.run(days.stop_issuing)

    bench.run(days.open_day)

    assert bench.board().date == "2027-11-23"
    bench.whole()


def test_no_counter_opens_on_a_closed_day(bench: Bench) -> None:
    staff = bench.staff()
    bench.run(lambda w: days.close_day(w, reason="停电"))

    with pytest.raises(Refused) as refused:
        bench.run(lambda w: counters.open_counter(w, "1", staff=staff))

    assert refused.value.code == "day_closed"
    bench.clock.move(hours=16)
    bench.verified(lambda w: counters.open_counter(w, "1", staff=staff))


def test_nobody_is_called_back_into_an_emergency(bench: Bench) -> None:
    staff, manager = bench.open(), bench.staff("m", (Role.MANAGER, ""))
    bench.issue()
    bench.issue()
    done = bench.run(lambda w: calling.call_next(w, "1", staff=staff, expected=None))
    bench.run(lambda w: catalogue.set_emergency(w, staff=manager, text="请从东门离开"))

    with pytest.raises(Refused) as refused:
        bench.run(lambda w: calling.recall(w, done.ticket, version=done.version, staff=staff))
    assert refused.value.code == "emergency"
    done = bench.run(
        lambda w: calling.send_back(
            w, done.ticket, version=done.version, staff=staff, reason="疏散"
        )
    )
    with pytest.raises(Refused) as refused:
        bench.run(lambda w: calling.call_next(w, "1", staff=staff, expected=None))
    assert refused.value.code == "emergency"

    bench.run(lambda w: catalogue.set_emergency(w, staff=manager, text=None))
    again = bench.run(lambda w: calling.call_next(w, "1", staff=staff, expected=None))
    assert again.number == done.number


@pytest.mark.parametrize(
    ("days_on", "opens"),
    [(0, "2026-11-24T00:30:00.000Z"), (4, "2026-11-30T00:30:00.000Z")],
    ids=["Monday evening", "Friday evening"],
)
def test_after_closing_time_the_board_says_when_numbers_are_given_again(
    bench: Bench, days_on: int, opens: str
) -> None:
    bench.run(lambda w: catalogue.set_rules(w, always_open=False))
    bench.clock.move(days=days_on, hours=10)
    bench.run(days.tick)
    shut = {(q.reason, q.resumes_at) for q in bench.board().queues}
    bench.run(lambda w: days.close_day(w, reason=""))

    assert shut == {("hall_closed", opens)}
    assert {(q.reason, q.resumes_at) for q in bench.board().queues} == {("day_closed", opens)}
