"""Who is next: class, time, weights; nobody is starved and ties are decided."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain.moments import instant, moment
from server.domain.ordering import ORDINARY, choose, place_behind
from server.domain.rules import HallRules
from server.domain.tickets import State, Ticket
from tests.domain.test_tickets import AT, ticket

NOW = instant(AT) + timedelta(hours=1)
RULES = HallRules(priority_in_row=2)


def waiting(id_: int, minutes: float, *, rank: int = ORDINARY, queue: int = 1) -> Ticket:
    """A ticket that has waited *minutes* at `NOW`."""
    at = moment(NOW - timedelta(minutes=minutes))
    return ticket(State.WAITING, id=id_, sort_at=at, queued_at=at, rank=rank, queue_id=queue)


def chosen(heads: list[Ticket], *, recent: tuple[int, ...] = (), **weights: int) -> int | None:
    """Id of the one who is next."""
    by_queue = {int(k[1:]): v for k, v in weights.items()}
    found = choose(heads, weights=by_queue, rules=RULES, recent_ranks=recent, now=NOW)
    return None if found is None else found.id


def test_nobody_waits_and_nobody_is_next() -> None:
    assert chosen([]) is None


def test_the_longest_wait_goes_first() -> None:
    assert chosen([waiting(1, 5), waiting(2, 20, queue=2)]) == 2


def test_a_priority_class_goes_before_a_longer_wait() -> None:
    assert chosen([waiting(1, 60), waiting(2, 1, rank=1)]) == 2


def test_after_two_priority_calls_in_a_row_an_ordinary_person_goes() -> None:
    heads = [waiting(1, 60), waiting(2, 1, rank=1)]

    assert chosen(heads, recent=(1, 9)) == 2
    assert chosen(heads, recent=(1, 1)) == 1
    assert chosen(heads, recent=(9, 1)) == 2


def test_the_cap_counts_only_while_ordinary_people_wait() -> None:
    assert chosen([waiting(2, 1, rank=1)], recent=(1, 1, 1)) == 2


def test_no_cap_lets_every_priority_go_first() -> None:
    found = choose(
        [waiting(1, 60), waiting(2, 1, rank=1)],
        weights={},
        rules=HallRules(priority_in_row=0),
        recent_ranks=(1, 1, 1, 1),
        now=NOW,
    )

    assert found is not None
    assert found.id == 2


def test_a_queue_of_double_weight_waits_twice_as_long() -> None:
    heads = [waiting(1, 15), waiting(2, 10, queue=2)]

    assert chosen(heads) == 1
    assert chosen(heads, q2=2) == 2


def test_a_tie_goes_to_the_number_that_was_given_first() -> None:
    assert chosen([waiting(8, 10), waiting(3, 10, queue=2)]) == 3


@given(
    st.lists(
        st.tuples(st.integers(0, 90), st.sampled_from([1, 2, ORDINARY])), min_size=1, max_size=30
    )
)
def test_everybody_is_called_once_and_no_ordinary_person_waits_behind_more_than_the_cap(
    people: list[tuple[int, int]],
) -> None:
    left = [waiting(i, m, rank=r) for i, (m, r) in enumerate(people, 1)]
    recent: list[int] = []
    order: list[Ticket] = []
    while left:
        found = choose(left, weights={}, rules=RULES, recent_ranks=recent, now=NOW)
        assert found is not None
        left.remove(found)
        order.append(found)
        recent.insert(0, found.rank)
        if any(t.rank == ORDINARY for t in left):
            assert [r < ORDINARY for r in recent[:3]] != [True, True, True]

    assert sorted(t.id for t in order) == list(range(1, len(people) + 1))
    ordinary = [t for t in order if t.rank == ORDINARY]
    assert ordinary == sorted(ordinary, key=lambda t: (t.sort_at, t.id))


def test_a_reinstated_ticket_comes_after_the_third_and_before_the_fourth() -> None:
    line = [waiting(i, 60 - i) for i in range(1, 6)]
    place = place_behind(line[:3], behind=3, now=moment(NOW))

    assert line[2].sort_at < place < line[3].sort_at


def test_a_reinstated_ticket_goes_to_the_end_of_a_shorter_line() -> None:
    line = [waiting(1, 60)]

    assert place_behind(line, behind=3, now=moment(NOW)) == moment(NOW)
