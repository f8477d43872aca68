from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.hall_server import HallServer, hall_server
from tests.support.links import Watched, watched
from tests.support.relay import Relay, relay


@pytest.fixture(scope="session")
def hall() -> Iterator[HallServer]:
    with hall_server() as server:
        yield server


@pytest.fixture
def wire(hall: HallServer) -> Iterator[Relay]:
    with relay(hall.port) as between:
        yield between


@pytest.fixture
def follow(tmp_path: Path) -> Iterator[Callable[..., Watched]]:
    """Return a function that starts a link to an address; all are stopped at the end."""
    with ExitStack() as stack:
        yield lambda url, **kwargs: stack.enter_context(watched(url, tmp_path, **kwargs))
