"""One running hall for all endpoint tests; each scene brings it into the state it needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.table import ENDPOINTS
from tests.api.world import World, running_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A running hall on SQLite with somebody of each kind."""
    with running_world(tmp_path_factory.mktemp("api") / "hall") as found:
        yield found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    group = getattr(metafunc.cls, "group", None)
    if group is not None and "endpoint" in metafunc.fixturenames:
        rows = [e for e in ENDPOINTS if e.group == group]
        metafunc.parametrize("endpoint", rows, ids=[e.name for e in rows])
