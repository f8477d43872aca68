"""常办事项: the kiosk's first page offers what people of this hall take most."""

from __future__ import annotations

from server.actions import common, days
from server.kit.contract.messages import CatalogueChanged
from server.reads.catalogue import catalogue
from tests.support.bench import Bench

MOST = ("GA-01", "MZ-02", "MZ-01")


def take(bench: Bench, **counts: int) -> None:
    for item, n in counts.items():
        for _ in range(n):
            bench.issue(item.replace("_", "-"))


def test_the_items_taken_most_come_first_from_the_next_day_on(bench: Bench) -> None:
    marked = {i.code for i in bench.read(catalogue).items if i.common}
    take(bench, MZ_01=20, GA_01=60, MZ_02=30)
    bench.run(common.learn)
    same_day = bench.read(catalogue)
    bench.clock.move(days=1)
    bench.run(days.tick)

    bench.verified(common.learn)

    next_day = bench.read(catalogue)
    assert same_day.common_items == ()
    assert {i.code for i in same_day.items if i.common} == marked
    assert next_day.common_items == MOST
    assert {i.code for i in next_day.items if i.common} == set(MOST)
    assert next_day.digest != same_day.digest


def test_learning_again_changes_nothing_and_tells_nobody(bench: Bench) -> None:
    take(bench, MZ_01=20, GA_01=60, MZ_02=30)
    bench.clock.move(days=1)
    bench.run(days.tick)
    bench.run(common.learn)
    seq = bench.board().seq

    bench.run(common.learn)

    assert bench.board().seq == seq
    assert isinstance(bench.events()[-1].message, CatalogueChanged)


def test_a_few_tickets_teach_nothing(bench: Bench) -> None:
    take(bench, MZ_01=5)
    bench.clock.move(days=1)
    bench.run(days.tick)
    bench.run(common.learn)

    assert bench.read(catalogue).common_items == ()


def test_after_a_month_without_people_the_marks_of_the_managers_stand_again(bench: Bench) -> None:
    take(bench, MZ_01=20, GA_01=60, MZ_02=30)
    bench.clock.move(days=1)
    bench.run(days.tick)
    bench.run(common.learn)
    learnt = bench.read(catalogue).common_items
    bench.clock.move(days=40)
    bench.run(days.tick)
    bench.run(common.learn)

    assert learnt == MOST
    assert bench.read(catalogue).common_items == ()
