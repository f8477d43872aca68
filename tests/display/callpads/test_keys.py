"""A key counts once for each time a finger goes down, and only if it was pressed now."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from display.callpads.keys import DOUBLE_S, FRESH_S, HELD_S, Keys


def polled() -> Keys:
    keys = Keys(polled=True, tells_idle=True)
    keys.idle(0.0)
    return keys


def test_a_key_that_is_told_at_every_poll_counts_once():
    keys = polled()
    assert [keys.pressed("01", 0.1 * n) for n in range(1, 60)] == [True] + [False] * 58


def test_a_key_counts_again_after_it_was_let_go():
    keys = polled()
    first = keys.pressed("01", 0.1)
    keys.idle(0.2)
    assert (first, keys.pressed("01", 0.1 + DOUBLE_S)) == (True, True)


def test_a_double_tap_counts_once():
    keys = polled()
    keys.pressed("01", 0.1)
    keys.idle(0.2)
    assert not keys.pressed("01", 0.3)


def test_two_keys_after_each_other_count_both():
    keys = polled()
    assert keys.pressed("04", 0.1)
    keys.idle(0.15)
    assert keys.pressed("01", 0.2)


def test_what_a_pad_kept_while_nobody_listened_does_not_count():
    keys = polled()
    assert not keys.pressed("01", FRESH_S + 0.1)
    keys.reset()
    assert not keys.pressed("02", 0.0)


def test_the_first_key_of_a_device_that_is_not_asked_counts():
    keys = Keys(polled=False, tells_idle=True)
    assert keys.pressed("60", 50.0)
    keys.idle(50.1)
    assert keys.pressed("60", 51.0)


def test_a_device_that_never_says_idle_is_judged_by_time():
    keys = Keys(polled=False, tells_idle=False)
    told = [keys.pressed("31", t / 10) for t in range(20)]
    assert told == [True] + [False] * 19
    assert keys.pressed("31", 1.9 + HELD_S)


@given(st.lists(st.tuples(st.sampled_from(["", "01", "02"]), st.floats(0.01, 1.0)), max_size=80))
def test_no_key_ever_counts_twice_within_a_double_tap(told):
    keys, now, last = polled(), 0.0, {}
    for key, gap in told:
        now += gap
        if not key:
            keys.idle(now)
        elif keys.pressed(key, now):
            assert now - last.get(key, -9.0) >= DOUBLE_S or len(last) > 1
            last = {key: now}
