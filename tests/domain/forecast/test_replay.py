"""The replay calls people as the hall does, and a ghost learns its wait without taking a place."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.forecast.replay import CounterNow, Curve, HallNow
from server.domain.forecast.replay import replay as replayed
from server.domain.moments import instant, moment
from server.domain.ordering import ORDINARY, Place, choose, place_of
from server.domain.rules import HallRules
from server.domain.tickets import State, Ticket
from tests.domain.test_tickets import AT, ticket

NOW = instant(AT) + timedelta(hours=1)
NOW_S = NOW.timestamp()
QUEUES = (1, 2, 3)
LASTS = {1: [300.0], 2: [480.0], 3: [777.0]}
"""One length of service a queue: then a replay is certain, and every run the same."""


def waiting(id_: int, minutes: float, queue: int = 1, rank: int = ORDINARY) -> Ticket:
    at = moment(NOW - timedelta(minutes=minutes))
    return ticket(State.WAITING, id=id_, sort_at=at, queued_at=at, rank=rank, queue_id=queue)


def hall(tickets: list[Ticket], *counters: CounterNow, **more: object) -> HallNow:
    lines: dict[int, list[Place]] = {q: [] for q in QUEUES}
    for t in sorted(tickets, key=lambda t: (t.rank, t.sort_at, t.id)):
        lines[t.queue_id].append(place_of(t))
    values: dict[str, object] = {
        "lines": lines,
        "counters": counters,
        "services": LASTS,
        "pauses": [],
        "now_s": NOW_S,
        "in_row": 2,
        **more,
    }
    return HallNow(**values)  # type: ignore[arg-type]  # the caller names fields


def seconds(found: HallNow, queue: int = 1) -> tuple[float, ...]:
    return replayed(found, random=Random(1), runs=3)[queue].seconds


def test_a_free_counter_calls_at_once_and_the_others_follow_its_service() -> None:
    found = hall([waiting(1, 9), waiting(2, 8), waiting(3, 7)], CounterNow(weights={1: 1}))

    assert seconds(found) == (0, 300, 600, 900)


def test_a_busy_counter_is_free_when_such_a_service_would_end() -> None:
    busy = CounterNow(weights={1: 1}, serving=1, elapsed_s=100)

    assert seconds(hall([waiting(1, 9)], busy)) == (200, 500)


def test_who_has_taken_longer_than_anybody_is_expected_to_end_soon() -> None:
    busy = CounterNow(weights={1: 1}, serving=1, elapsed_s=1000)
    (first, _) = seconds(hall([waiting(1, 9)], busy))

    assert 0 <= first <= 500


def test_a_service_of_a_queue_that_was_put_out_of_use_ends_some_time_soon() -> None:
    busy = CounterNow(weights={1: 1}, serving=99, elapsed_s=100)
    (first, _) = seconds(hall([waiting(1, 9)], busy))

    assert 0 <= first <= 50


def test_only_services_longer_than_this_one_already_is_are_drawn() -> None:
    busy = CounterNow(weights={1: 1}, serving=1, elapsed_s=100)
    found = hall([waiting(1, 9)], busy, services={**LASTS, 1: [10.0, 50.0, 90.0, 400.0]})

    assert seconds(found)[0] == 300


def test_a_counter_goes_to_lunch_after_the_service_under_way_and_comes_back() -> None:
    lunch = CounterNow(weights={1: 1}, away=((450.0, 4050.0),))
    found = hall([waiting(n, 9 - n) for n in (1, 2, 3)], lunch)

    assert seconds(found) == (0, 300, 4050, 4350)


def test_a_pause_with_an_end_lasts_until_then_and_one_without_as_pauses_did() -> None:
    told = CounterNow(weights={1: 1}, away=((0.0, 600.0),))
    open_ended = CounterNow(weights={1: 1}, paused=True)

    assert seconds(hall([waiting(1, 9)], told))[0] == 600
    assert seconds(hall([waiting(1, 9)], open_ended, pauses=[420.0]))[0] == 420


def test_where_nobody_serves_nothing_is_promised() -> None:
    found = hall([waiting(1, 9), waiting(2, 9, queue=2)], CounterNow(weights={2: 1}))

    assert seconds(found, 1) == (math.inf, math.inf)
    assert seconds(found, 2) == (0, 480)
    assert seconds(hall([], CounterNow(weights={1: 1}, paused=True))) == (math.inf,)


def test_an_empty_line_before_a_free_counter_is_no_wait() -> None:
    assert seconds(hall([], CounterNow(weights={1: 1}))) == (0,)


def test_the_line_of_another_queue_at_a_shared_counter_counts() -> None:
    shared = CounterNow(weights={1: 1, 2: 1})
    found = hall([waiting(1, 9, queue=2), waiting(2, 8, queue=2)], shared)

    assert seconds(found, 1) == (960,)


def test_after_two_priority_calls_in_a_row_the_replay_lets_an_ordinary_person_go() -> None:
    people = [waiting(1, 30), *(waiting(n, 9, rank=1) for n in (2, 3, 4))]
    found = hall(people, CounterNow(weights={1: 1}), recent=[(1, 1)])

    # One priority call went before: after one more it is the ordinary person's turn.
    assert seconds(found)[:2] == (0, 600)
    assert seconds(replace(found, in_row=0))[3] == 900


def test_a_curve_goes_on_with_its_slope_for_those_who_came_after_the_replay() -> None:
    curve = Curve(seconds=(0.0, 300.0, 600.0))

    assert [curve.at(n) for n in (-1, 0, 2, 4)] == [0, 0, 600, 1200]
    assert Curve(seconds=(120.0,)).at(2) == 360
    assert Curve(seconds=(math.inf,)).at(3) == math.inf


places = st.builds(
    waiting,
    st.integers(1, 10_000),
    st.integers(1, 90),
    st.sampled_from(QUEUES),
    st.sampled_from([ORDINARY, ORDINARY, 1, 2]),
)
people = st.lists(places, max_size=14, unique_by=lambda t: t.id)
at_counters = st.lists(
    st.builds(
        CounterNow,
        weights=st.dictionaries(st.sampled_from(QUEUES), st.integers(1, 3), min_size=1),
        serving=st.sampled_from([None, *QUEUES]),
        elapsed_s=st.integers(0, 250).map(float),
        away=st.sampled_from([(), ((300.0, 900.0),)]),
    ),
    min_size=1,
    max_size=4,
)
calls = st.lists(
    st.tuples(st.sampled_from(QUEUES), st.sampled_from([1, ORDINARY])), min_size=4, max_size=8
)


@settings(max_examples=150, deadline=None)
@given(people, at_counters, calls)
def test_the_replay_calls_whom_the_hall_would_call(
    tickets: list[Ticket], counters: list[CounterNow], recent: list[tuple[int, int]]
) -> None:
    """Each person's wait equals that of a plain walk that asks `choose` with whole tickets."""
    state = hall(tickets, *counters, recent=recent)
    expected = walked(tickets, counters, recent)
    for queue, curve in replayed(state, random=Random(1), runs=1).items():
        line = [t.id for t in sorted(tickets, key=lambda t: (t.rank, t.sort_at, t.id))
                if t.queue_id == queue]  # fmt: skip
        least = 0.0
        for id_, at in zip(line, curve.seconds, strict=False):
            least = max(least, expected.get(id_, math.inf))

            assert at == least


@settings(max_examples=150, deadline=None)
@given(people, at_counters, calls, st.sampled_from(QUEUES))
def test_a_ghost_waits_as_long_as_a_real_person_in_its_place(
    tickets: list[Ticket], counters: list[CounterNow], recent: list[tuple[int, int]], queue: int
) -> None:
    last = waiting(10_001, 0, queue)
    with_ghost = replayed(hall(tickets, *counters, recent=recent), random=Random(1), runs=1)
    real = walked([*tickets, last], counters, recent).get(last.id, math.inf)
    alone = with_ghost[queue].seconds

    assert alone[-1] == max(real, *alone[:-1], 0.0)


def walked(
    tickets: list[Ticket], counters: list[CounterNow], recent: list[tuple[int, int]]
) -> dict[int, float]:
    """Return ticket → seconds until it is called: slow, plain, and with the rule itself."""
    left, past = list(tickets), list(recent)
    free = [(_back(c, LASTS[c.serving][0] - c.elapsed_s if c.serving else 0.0), n)
            for n, c in enumerate(counters)]  # fmt: skip
    found: dict[int, float] = {}
    while free:
        at, n = min(free)
        free.remove((at, n))
        counter = counters[n]
        heads: dict[tuple[int, int], Ticket] = {}
        for t in sorted(left, key=lambda t: (t.sort_at, t.id)):
            if t.queue_id in counter.weights:
                heads.setdefault((t.queue_id, t.rank), t)
        chosen = choose(
            list(heads.values()),
            weights=counter.weights,
            rules=HallRules(priority_in_row=2),
            recent_ranks=[r for q, r in past if q in counter.weights][:2],
            now=NOW + timedelta(seconds=at),
        )
        if chosen is None:
            continue
        found[chosen.id] = at
        left.remove(chosen)
        past.insert(0, (chosen.queue_id, chosen.rank))
        free.append((_back(counter, at + LASTS[chosen.queue_id][0]), n))
    return found


def _back(counter: CounterNow, at: float) -> float:
    return next((end for begin, end in counter.away if begin <= at < end), at)
