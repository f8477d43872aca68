"""The same endpoints on PostgreSQL: a shorter selection, where the database could differ."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.checks import Refusals
from tests.api.table import ENDPOINTS, Endpoint
from tests.api.world import World, running_world
from tests.support.postgres import Cluster

ROWS = [e for e in ENDPOINTS if e.method == "POST"]


@pytest.fixture(scope="module")
def world(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    url = postgres.fresh_database()
    with running_world(tmp_path_factory.mktemp("api-pg") / "hall", database_url=url) as found:
        yield found
    postgres.drop(url)


@pytest.mark.parametrize("endpoint", ROWS, ids=[e.name for e in ROWS])
def test_a_command_works_once_and_hostile_ones_change_nothing(
    world: World, endpoint: Endpoint
) -> None:
    checks = Refusals()
    checks.test_it_works_and_the_same_key_gives_the_same_answer(world, endpoint)
    checks.test_a_malformed_body_changes_nothing(world, endpoint)
    checks.test_stale_eyes_are_told_to_look_again(world, endpoint)
    checks.test_what_does_not_exist_is_not_found(world, endpoint)


def test_texts_that_no_postgresql_holds_are_refused_in_words(world: World) -> None:
    for path in ("/t/%00", "/g/%00", "/api/v1/desk?counter=%00", "/desk?counter=a%00"):
        assert world.clerk.get(path).status == 400
    assert world.hall.client().sign_in("a\0b").status == 401
