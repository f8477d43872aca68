"""Past days teach how long services last, how fast lines move and how wide ranges must be."""

from __future__ import annotations

import msgspec
import pytest

from server.domain.forecast.learning import (
    POOL,
    Model,
    Pace,
    Visit,
    model_of,
    paces,
    services_or_setting,
    thinned,
)
from server.domain.forecast.ranges import COMPARABLE
from tests.domain.forecast.test_ranges import past

NINE = 9 * 3600.0


def visit(queued_min: float, called_min: float, stay_s: float | None = 300.0, **more: object):
    called = NINE + called_min * 60
    values = {
        "queue_id": 1,
        "queued_s": NINE + queued_min * 60,
        "called_s": called,
        "left_s": None if stay_s is None else called + stay_s,
        **more,
    }
    return Visit(**values)


def test_jackqchen_wait_average_uses_minute_and_hours_vanish():
    """A wait of two hours and five minutes is 125 minutes, not 5."""
    found = paces([visit(0, 125)])[1]

    assert sum(p.busy_s for p in found.values()) == 125 * 60
    assert found == {
        9: Pace(busy_s=3600, calls=0),
        10: Pace(busy_s=3600, calls=0),
        11: Pace(busy_s=300, calls=1),
    }


def test_the_pace_counts_only_time_in_which_somebody_waited():
    day = [visit(0, 10), visit(5, 20), visit(50, 55), visit(58, 58)]

    assert paces(day)[1] == {9: Pace(busy_s=25 * 60, calls=3)}
    assert model_of([day]).pace_s(1, 9) == pytest.approx(500)


def test_an_hour_speaks_for_itself_once_it_has_seen_enough():
    slow = [visit(n * 2, n * 2 + 1) for n in range(25)]
    model = model_of([slow, slow])

    assert model.pace_s(1, 9) == 60
    assert model.pace_s(1, 15) == 60
    assert model.pace_s(2, 9) is None


def test_stays_are_kept_ascending_with_those_of_no_shows_and_without_slips_of_the_finger():
    day = [visit(0, 1, 90, no_show=True), visit(0, 1, 600), visit(0, 1, 1), visit(0, 1, 90_000),
           visit(0, 1, None)]  # fmt: skip
    model = model_of([day], pauses=[700, 300])

    assert model.services == {1: [90, 600]}
    assert model.pauses == [300, 700]
    assert model.no_show == {1: 0.2}


def test_a_long_past_is_kept_as_its_quantiles():
    kept = thinned([float(n) for n in range(10_000)], POOL)

    assert len(kept) == POOL
    assert kept == sorted(kept)
    assert sum(kept) / POOL == pytest.approx(4999.5, rel=0.001)


def test_a_queue_without_a_past_draws_from_the_setting_and_what_today_shows():
    pools = services_or_setting(Model(), {1: 600}, {1: [100.0]})

    assert 100.0 in pools[1]
    assert list(pools[1]) == sorted(pools[1])
    known = model_of([[visit(0, 1, 60)] * COMPARABLE])
    assert services_or_setting(known, {1: 600})[1] == [60.0] * COMPARABLE


def test_a_range_is_rough_until_this_queue_has_a_past_of_its_own():
    model = model_of([], outcomes=past())

    assert not model.is_rough(1)
    assert model.is_rough(77)
    assert Model().is_rough(1)


def test_a_queue_is_known_after_thirty_services():
    assert model_of([[visit(0, 1, 60)] * COMPARABLE]).knows(1)
    assert not model_of([[visit(0, 1, 60)] * (COMPARABLE - 1)]).knows(1)


def test_what_was_learnt_survives_being_written_down():
    model = model_of([[visit(0, 10), visit(5, 20)]], pauses=[300], outcomes=past())

    assert msgspec.json.decode(msgspec.json.encode(model), type=Model) == model
