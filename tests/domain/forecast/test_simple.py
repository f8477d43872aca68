"""The rules of thumb: three simple figures, their median, and the first day."""

from __future__ import annotations

import pytest

from server.domain.forecast.simple import (
    Lately,
    cold,
    median_of_three,
    setting_pace,
    shrunk_pace,
)


def test_the_last_hour_moves_history_by_what_it_showed():
    assert shrunk_pace(120, Lately()) == 120
    assert shrunk_pace(120, Lately(calls=20, busy_s=4800)) == pytest.approx(180)


def test_the_median_of_three_ignores_one_that_is_far_off():
    lately = Lately(calls=10, busy_s=1200, last_wait_s=9999)

    assert median_of_three(4, 120, lately) == 600
    assert median_of_three(4, 120, Lately()) == 600


def test_of_a_counter_that_serves_three_queues_each_has_a_third():
    shared = {1: 1, 2: 1, 3: 1}

    assert setting_pace(600, [shared, shared, shared]) == 600
    assert setting_pace(600, [{1: 1}, {1: 1}]) == 300
    assert setting_pace(600, []) == 1200


def test_the_first_day_goes_by_the_setting_and_soon_by_what_is_seen():
    assert cold(1, 300, Lately()) == 600
    assert cold(0, 300, Lately(calls=6, busy_s=600)) == 200
