"""The forecaster learns from the log, keeps the forecast fresh and tells what changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest

from server.actions import days
from server.actions import waits as acts
from server.jobs.forecaster import Forecaster
from server.runtime import Runtime
from server.store import waits
from server.store.work import Actor, Read, Work
from tests.support.bench import Bench
from tests.support.waits import known, line, next_day, queue_ids, serve

T = TypeVar("T")


class Direct(Runtime):
    """The runtime over a bench: commands run in the calling thread."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._listeners = []
        self.broken = False

    def run(self, hall: str, actor: Actor, fn: Callable[[Work], T]) -> T:
        return self.bench.run(fn, actor)

    def read(self, hall: str, fn: Callable[[Read], T]) -> T:
        if self.broken:
            raise ConnectionError("the database is away")
        return self.bench.read(fn)


def worked(bench: Bench, forecaster: Forecaster, people: int = 31) -> None:
    """A day on which *people* are served one after the other, each told what is known."""
    item = "MZ-01"
    queue = bench.read(lambda r: r.config.item(item).queue_id)
    code = bench.read(lambda r: r.config.counters_of_queue[queue][0].code)
    staff = bench.open(code)
    line(bench, 2)
    for _ in range(people):
        forecaster.round()
        bench.issue(forecast=forecaster.newest())
        serve(bench, staff, code, minutes=4)


@pytest.fixture
def forecaster(bench: Bench) -> Forecaster:
    return Forecaster(Direct(bench), bench.hall)


def test_there_is_nothing_to_tell_before_the_first_round(forecaster: Forecaster) -> None:
    assert forecaster.newest() is None


def test_a_hall_without_a_past_publishes_no_range(bench: Bench, forecaster: Forecaster) -> None:
    before = bench.board().seq
    line(bench, 3)
    after = bench.board().seq
    forecaster.round()

    assert forecaster.newest() is not None
    assert bench.board().seq == after > before


def morning(bench: Bench) -> None:
    """A new day: a counter is open, five people wait."""
    next_day(bench)
    code = bench.read(lambda r: r.config.counters_of_queue[r.config.item("MZ-01").queue_id][0].code)
    bench.open(code)
    line(bench, 5)


def test_what_a_day_has_taught_is_told_roughly_the_next_and_as_learnt_the_day_after(
    bench: Bench, forecaster: Forecaster
) -> None:
    worked(bench, forecaster)
    assert all(q.high_min is None for q in bench.board().queues), "nothing is known on the first"
    dates = [bench.board().date]
    for rough in (True, False):
        morning(bench)
        before = bench.board()
        forecaster.round()
        bench.prove(before)
        (told,) = [q for q in bench.board().queues if q.waiting]

        assert told.low_min is not None
        assert told.low_min <= 20 <= (told.high_min or 0), "five people of four minutes each"
        assert told.rough == rough
        dates.append(bench.board().date)
        if rough:
            worked(bench, forecaster, 38)
    models = bench.read(lambda r: waits.models(r, "2099-01-01", 5))

    assert [d for d, _ in models] == [dates[1], dates[0]]
    assert models[0][1].ranges.count >= 30
    assert models[1][1].ranges.count == 0, "the first day compared nothing with services it knew"


def test_a_restart_learns_from_the_log_again(bench: Bench, forecaster: Forecaster) -> None:
    worked(bench, forecaster)
    next_day(bench)
    forecaster.round()
    again = Forecaster(Direct(bench), bench.hall)
    again.round()

    first, second = forecaster.newest(), again.newest()
    assert first is not None
    assert second is not None
    assert second.model == first.model
    assert second.model.services


def test_a_hall_without_past_days_speaks_by_the_newest_model_that_was_kept(
    bench: Bench, forecaster: Forecaster
) -> None:
    model = known(queue_ids(bench))
    bench.run(lambda w: acts.keep_model(w, "2026-11-20", model))
    forecaster.round()

    newest = forecaster.newest()
    assert newest is not None
    assert newest.model == model


def test_a_day_that_is_closed_is_learnt_from_at_once(bench: Bench, forecaster: Forecaster) -> None:
    worked(bench, forecaster)
    bench.run(lambda w: days.close_day(w, reason="停电"))
    forecaster.round()

    newest = forecaster.newest()
    assert newest is not None
    assert newest.model.days == 1


def test_an_old_forecast_does_not_go_on_speaking_when_rounds_fail(
    bench: Bench, forecaster: Forecaster
) -> None:
    forecaster.round()
    assert forecaster.newest() is not None
    forecaster._runtime.broken = True
    forecaster.tried()

    assert forecaster.newest() is None
    assert forecaster.failures == 1


def test_the_same_state_gives_the_same_forecast(bench: Bench, forecaster: Forecaster) -> None:
    line(bench, 5)
    forecaster.round()
    first = forecaster.newest()
    forecaster.round()
    second = forecaster.newest()
    assert first is not None
    assert second is not None
    assert first.curves == second.curves
