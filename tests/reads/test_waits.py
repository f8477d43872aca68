"""What a replay begins with, what past days teach, and how estimates came true."""

from __future__ import annotations

from datetime import timedelta
from math import isfinite

import pytest

from server.actions import calling, catalogue, counters, tickets
from server.actions import waits as acts
from server.domain.forecast.learning import Visit
from server.domain.forecast.outlook import Scene
from server.domain.forecast.ranges import Ranges
from server.domain.moments import moment
from server.domain.ordering import ORDINARY
from server.reads import waits as reads
from server.store import waits
from tests.support.bench import Bench
from tests.support.waits import (
    call,
    known,
    line,
    look,
    next_day,
    pass_over,
    queue_ids,
    serve,
)


def scene(bench: Bench) -> Scene:
    return bench.read(reads.scene)


def queue_id(bench: Bench, item: str = "MZ-01") -> int:
    return bench.read(lambda r: r.config.item(item).queue_id)


def opened(bench: Bench) -> str:
    """Open the first counter that serves MZ-01 and return its code."""
    code = bench.read(lambda r: r.config.counters_of_queue[r.config.item("MZ-01").queue_id][0].code)
    bench.open(code)
    return code


def visits(bench: Bench, day: str) -> list[Visit]:
    return bench.read(lambda r: waits.visits_of_day(r, day))


def test_a_scene_holds_every_line_in_the_order_of_turns(bench: Bench) -> None:
    first, second = line(bench, 2)
    third = bench.issue(priority="elderly")
    found = scene(bench).lines[queue_id(bench)]
    numbers = bench.read(lambda r: [tickets_number(r, p.id) for p in found])

    assert numbers == [third.number, first.number, second.number]
    assert found[0].rank < ORDINARY


def tickets_number(r, ticket_id: int) -> str:
    from server.store import tickets as rows

    return rows.by_id(r, ticket_id).number


def test_a_scene_holds_open_and_paused_counters_with_whom_they_serve(bench: Bench) -> None:
    code = opened(bench)
    staff = bench.staff()
    line(bench, 1)
    call(bench, staff, code)
    bench.clock.move(minutes=3)
    (busy,) = scene(bench).counters

    assert busy.serving == queue_id(bench)
    assert busy.elapsed_s == pytest.approx(180, abs=1)
    assert (busy.away, busy.paused) == ((), False)
    until = moment(bench.clock.at + timedelta(minutes=20))
    for said, away, paused in ((until, 1, False), (None, 0, True)):
        bench.run(
            lambda w, said=said: counters.pause(
                w, code, staff=staff, expected=None, reason="会议", until=said
            )
        )
        (resting,) = scene(bench).counters
        assert (len(resting.away), resting.paused) == (away, paused)


def test_lunch_is_a_gap_in_the_hours_and_the_end_of_the_day_is_none(bench: Bench) -> None:
    """At 09:30 lunch from 12:00 to 14:30 lies 2.5 hours ahead."""
    bench.run(lambda w: catalogue.set_rules(w, always_open=False))
    opened(bench)
    (counter,) = scene(bench).counters
    ((leaves, returns),) = counter.away

    assert leaves == pytest.approx(2.5 * 3600, abs=5)
    assert returns - leaves == pytest.approx(2.5 * 3600)
    bench.clock.move(hours=6)
    assert scene(bench).counters[0].away == ()


def test_the_last_hour_is_part_of_the_scene(bench: Bench) -> None:
    code = opened(bench)
    staff = bench.staff()
    line(bench, 3)
    serve(bench, staff, code)
    serve(bench, staff, code)
    found = scene(bench)
    lately = found.lately[queue_id(bench)]

    assert lately.calls == 2
    assert lately.busy_s == pytest.approx(13 * 60, abs=2)
    assert lately.last_wait_s == pytest.approx(7 * 60, abs=2)
    assert found.stays[queue_id(bench)] == pytest.approx([300, 300], abs=1)


def test_the_last_calls_are_read_only_when_somebody_with_a_priority_waits(bench: Bench) -> None:
    code = opened(bench)
    line(bench, 2)
    call(bench, bench.staff(), code)

    assert list(scene(bench).recent) == []
    bench.issue(priority="elderly")
    assert list(scene(bench).recent) == [(queue_id(bench), ORDINARY)]


def test_the_log_tells_the_visits_of_a_day(bench: Bench) -> None:
    """A service, a no-show with two calls, and one who was put back and called again."""
    code = opened(bench)
    staff = bench.staff()
    today = bench.board().date
    line(bench, 3)
    serve(bench, staff, code, minutes=5)
    done = call(bench, staff, code)
    bench.clock.move(minutes=1)
    done = bench.run(lambda w: calling.recall(w, done.ticket, version=done.version, staff=staff))
    bench.clock.move(minutes=1)
    done = bench.run(lambda w: calling.no_show(w, done.ticket, version=done.version, staff=staff))
    bench.run(lambda w: tickets.reinstate(w, done.ticket, version=done.version))
    serve(bench, staff, code, minutes=4)
    serve(bench, staff, code, minutes=3)
    found = visits(bench, today)

    assert [(v.left_s or 0) - v.called_s for v in found] == pytest.approx(
        [300, 120, 240, 180], abs=1
    )
    assert [v.no_show for v in found] == [False, True, False, False]
    assert found[0].queued_s == pytest.approx(9.5 * 3600, abs=5)
    # Who was reinstated waits from then on, not from the morning.
    assert found[3].called_s - found[3].queued_s == pytest.approx(240, abs=2)


def test_a_transferred_ticket_is_a_visit_to_each_queue(bench: Bench) -> None:
    code = opened(bench)
    staff = bench.staff()
    here = queue_id(bench)
    there = bench.read(
        lambda r: next(
            q for q in r.config.queues if q.id != here and r.config.counters_of_queue[q.id]
        )
    )
    line(bench, 1)
    done = call(bench, staff, code)
    bench.clock.move(minutes=4)
    bench.run(
        lambda w: calling.transfer(
            w, done.ticket, version=done.version, staff=staff, queue=there.code,
            come_back=False, reason="",
        )
    )  # fmt: skip
    bench.clock.move(minutes=6)
    other = bench.read(lambda r: r.config.counters_of_queue[there.id][0].code)
    call(bench, bench.open(other, "c02"), other)
    first, second = visits(bench, bench.board().date)

    assert (first.queue_id, second.queue_id) == (here, there.id)
    assert second.called_s - second.queued_s == pytest.approx(360, abs=2)
    assert second.left_s is None


def test_the_log_tells_how_long_pauses_without_an_end_lasted(bench: Bench) -> None:
    code = opened(bench)
    staff = bench.staff()
    day = bench.board().date
    later = moment(bench.clock.at + timedelta(hours=1))
    for until, minutes in ((None, 7), (later, 9), (None, 3)):
        bench.run(
            lambda w, until=until: counters.pause(
                w, code, staff=staff, expected=None, reason="会议", until=until
            )
        )
        bench.clock.move(minutes=minutes)
        bench.run(lambda w: counters.resume_counter(w, code, staff=staff, expected=None))

    found = bench.read(lambda r: waits.pauses_of_day(r, day))
    assert found == pytest.approx([420, 180], abs=1)


def judged(bench: Bench, count: int, *, wait_min: float) -> str:
    """So many are told 0–5 minutes or so and are called after *wait_min*; return the day."""
    code = opened(bench)
    staff = bench.staff()
    for _ in range(count):
        forecast = look(bench)
        bench.issue(forecast=forecast)
        bench.clock.move(minutes=wait_min)
        serve(bench, staff, code, minutes=1)
    return bench.board().date


def test_outcomes_are_the_plain_figures_of_the_replay_before_the_factor(bench: Bench) -> None:
    """The factor in force on the day is that of the newest model before it."""
    ids = queue_ids(bench)
    strong = known(ids, ranges=Ranges(bands={}, counts={}, factor=1.5))
    bench.run(lambda w: acts.keep_model(w, "2026-11-20", strong))
    bench.run(lambda w: acts.keep_model(w, "2026-11-30", known(ids)))
    opened(bench)
    line(bench, 3)
    plain = look(bench).of(queue_id(bench), 3)
    assert plain is not None
    bench.issue(forecast=look(bench, strong))
    staff = bench.staff()
    for _ in range(4):
        serve(bench, staff, opened(bench), minutes=2)
    day = bench.board().date
    (outcome,) = bench.read(lambda r: reads.outcomes(r, [day]))

    assert outcome.estimate_s == pytest.approx(plain.point_s, abs=1)
    assert outcome.ahead == 3
    assert outcome.actual_s == pytest.approx(6 * 60, abs=2)


def test_a_week_is_reported_with_error_bias_coverage_and_late_share(bench: Bench) -> None:
    judged(bench, 3, wait_min=0)
    judged(bench, 1, wait_min=8)
    (report,) = bench.read(lambda r: reads.reports(r, 4))

    assert (report.week, report.queue_name) == ("2026-11-23", report.queue_name)
    assert (report.count, report.ranged, report.never_called) == (4, 4, 0)
    assert report.mae_min == pytest.approx(2.0, abs=0.1)
    assert report.bias_min == pytest.approx(-2.0, abs=0.1)
    assert (report.coverage, report.late) == (0.75, 0.25)
    assert not report.may_say, "four tickets are no proof"


def test_eight_of_ten_is_said_when_the_own_log_shows_it(bench: Bench) -> None:
    judged(bench, 30, wait_min=0)
    (proven,) = bench.read(lambda r: reads.reports(r, 4))
    judged(bench, 12, wait_min=8)
    (failed,) = bench.read(lambda r: reads.reports(r, 4))

    assert proven.may_say
    assert failed.count == 42
    assert not failed.may_say


def test_a_report_goes_back_so_many_weeks_and_no_further(bench: Bench) -> None:
    judged(bench, 1, wait_min=0)
    for _ in range(8):
        next_day(bench)
    judged(bench, 1, wait_min=0)

    weeks = {n: [w.week for w in bench.read(lambda r, n=n: reads.reports(r, n))] for n in (1, 2)}
    assert weeks == {1: ["2026-11-30"], 2: ["2026-11-30", "2026-11-23"]}


def test_a_day_is_learnt_from_even_when_people_were_left_over(bench: Bench) -> None:
    code = opened(bench)
    staff = bench.staff()
    line(bench, 4)
    serve(bench, staff, code)
    pass_over(bench, staff, code)
    call(bench, staff, code)
    day = bench.board().date
    next_day(bench)
    found = visits(bench, day)

    assert [v.left_s is None for v in found] == [False, False, True]
    assert all(isfinite(v.called_s) for v in found)
