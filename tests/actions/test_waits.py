"""What is said about waiting is kept, shown when it changes, and judged by what came."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.actions import calling, catalogue, counters, days, tickets
from server.actions import waits as acts
from server.domain.forecast.learning import Model, Pace
from server.domain.moments import moment
from server.domain.people import Role
from server.store import waits
from tests.support.bench import Bench
from tests.support.waits import call, known, line, look, next_day, pass_over, queue_ids, serve


def kept(bench: Bench) -> list[waits.Settled]:
    return bench.read(lambda r: waits.estimates(r, r.hall.date, r.hall.date))


def shown(bench: Bench, queue: str) -> tuple[int | None, int | None, bool]:
    row = next(q for q in bench.board().queues if q.code == queue)
    return (row.low_min, row.high_min, row.rough)


def queue_of(bench: Bench, item: str = "MZ-01") -> str:
    return bench.read(lambda r: r.config.queue_by_id[r.config.item(item).queue_id].code)


def only(bench: Bench, item: str = "MZ-01") -> str:
    """Code of the only counter that is open, which serves the item's queue."""
    code = bench.read(lambda r: r.config.counters_of_queue[r.config.item(item).queue_id][0].code)
    bench.open(code)
    return code


def test_fqm_tickets_ahead_counts_finished_tickets(bench: Bench) -> None:
    """Ahead are those who wait in the same queue now, not all who ever took a number there."""
    counter = only(bench)
    staff = bench.staff()
    line(bench, 3)
    serve(bench, staff, counter)
    pass_over(bench, staff, counter)

    assert bench.issue().ahead == 1


def test_who_has_a_priority_has_only_those_ahead_who_have_one_too(bench: Bench) -> None:
    line(bench, 2)
    first = bench.issue(priority="elderly")
    second = bench.issue(priority="elderly")

    assert (first.ahead, second.ahead) == (0, 1)
    assert bench.issue().ahead == 4


def test_the_first_day_tells_only_how_many_are_ahead(bench: Bench) -> None:
    only(bench)
    line(bench, 2)
    slip = bench.issue(forecast=look(bench, Model()))

    assert (slip.ahead, slip.low_min, slip.high_min, slip.rough) == (2, None, None, False)
    (estimate,) = kept(bench)
    assert estimate.method == "cold"
    assert estimate.point_s > 0


def test_the_slip_carries_the_range_of_the_newest_forecast(bench: Bench) -> None:
    only(bench)
    line(bench, 4)
    forecast = look(bench)
    slip = bench.issue(forecast=forecast)

    assert (slip.low_min, slip.high_min, slip.rough) == (15, 25, False)
    assert [(e.ahead, e.point_s, e.low_min, e.high_min, e.outcome) for e in kept(bench)] == [
        (4, 1200, 15, 25, "")
    ]


def test_who_comes_after_the_forecast_is_told_the_longer_line(bench: Bench) -> None:
    only(bench)
    line(bench, 4)
    forecast = look(bench)
    slips = [bench.issue(forecast=forecast) for _ in range(3)]

    assert [s.ahead for s in slips] == [4, 5, 6]
    assert [s.high_min for s in slips] == [25, 35, 40]


def test_a_queue_without_a_past_of_its_own_gives_a_rough_range(bench: Bench) -> None:
    only(bench)
    line(bench, 2)
    model = known(queue_ids(bench))
    model.ranges.counts.clear()

    assert bench.issue(forecast=look(bench, model)).rough


def test_the_forecast_of_another_day_says_nothing(bench: Bench) -> None:
    only(bench)
    forecast = look(bench)
    next_day(bench)

    assert bench.issue(forecast=forecast).high_min is None
    assert kept(bench) == []


def test_the_first_call_settles_an_estimate_and_later_ones_do_not(bench: Bench) -> None:
    counter = only(bench)
    staff = bench.staff()
    bench.issue(forecast=look(bench))
    bench.clock.move(minutes=65)
    done = call(bench, staff, counter)
    bench.clock.move(minutes=10)
    done = bench.run(lambda w: calling.recall(w, done.ticket, version=done.version, staff=staff))
    done = bench.run(lambda w: calling.no_show(w, done.ticket, version=done.version, staff=staff))
    bench.run(lambda w: tickets.reinstate(w, done.ticket, version=done.version))
    call(bench, staff, counter)

    (estimate,) = kept(bench)
    assert (estimate.outcome, estimate.outcome_s) == ("called", 65 * 60)


def test_who_is_never_called_settles_an_estimate_without_a_wait(bench: Bench) -> None:
    only(bench)
    forecast = look(bench)
    gone, _ = bench.issue(forecast=forecast), bench.issue(forecast=forecast)
    bench.run(lambda w: tickets.cancel(w, gone.uid, version=1, reason="走了"))
    today = bench.board().date
    next_day(bench)

    found = bench.read(lambda r: waits.estimates(r, today, today))
    assert [(e.outcome, e.outcome_s) for e in found] == [("cancelled", None), ("expired", None)]


def test_all_screens_are_told_once_when_the_wait_has_changed(bench: Bench) -> None:
    only(bench)
    code = queue_of(bench)
    line(bench, 4)
    forecast = look(bench)
    bench.verified(lambda w: acts.tell(w, forecast))

    assert shown(bench, code) == (15, 25, False)
    before = bench.board().seq
    assert not bench.read(lambda r: acts.differs(r, forecast))
    bench.run(lambda w: acts.tell(w, forecast))
    assert bench.board().seq == before


@pytest.mark.parametrize("why", ["emergency", "closed", "next day"])
def test_the_wait_is_taken_back_when_nobody_is_served(bench: Bench, why: str) -> None:
    only(bench)
    code = queue_of(bench)
    line(bench, 4)
    before = look(bench)
    bench.run(lambda w: acts.tell(w, before))
    manager = bench.staff("m01", (Role.MANAGER, ""))
    if why == "emergency":
        bench.run(lambda w: catalogue.set_emergency(w, staff=manager, text="请有序撤离"))
    elif why == "closed":
        bench.run(lambda w: days.close_day(w, reason="停电"))
    else:
        next_day(bench)
    forecast = look(bench)
    bench.verified(lambda w: acts.tell(w, forecast), changes=why != "next day")

    assert shown(bench, code) == (None, None, False)


def test_without_a_counter_the_past_speaks_roughly_and_without_a_past_nobody(
    bench: Bench,
) -> None:
    paces = {q: Pace(busy_s=6000, calls=20) for q in queue_ids(bench)}
    line(bench, 3)
    said = bench.issue(forecast=look(bench, known(queue_ids(bench), pace=paces)))
    silent = bench.issue(forecast=look(bench))

    assert (said.low_min, said.high_min, said.rough) == (15, 25, True)
    assert (silent.low_min, silent.high_min) == (None, None)
    assert [e.method for e in kept(bench)] == ["simple", "cold"]


def test_a_pause_with_an_end_is_part_of_the_wait(bench: Bench) -> None:
    counter = only(bench)
    staff = bench.staff()
    line(bench, 2)
    until = moment(bench.clock.at + timedelta(minutes=30))
    bench.run(
        lambda w: counters.pause(w, counter, staff=staff, expected=None, reason="会议", until=until)
    )

    assert kept(bench) == []
    assert bench.issue(forecast=look(bench)).low_min == 35
