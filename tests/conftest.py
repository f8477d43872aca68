"""Session fixtures: one PostgreSQL cluster and one Chromium for all tests that ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.support.postgres import Cluster


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """Run a temporary PostgreSQL cluster; `postgres.fresh_database()` gives an address."""
    from tests.support.postgres import running

    with running() as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres: Cluster) -> Iterator[str]:
    """Return the address of an empty database of this test's own."""
    url = postgres.fresh_database()
    yield url
    postgres.drop(url)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Run one Chromium that reaches loopback only."""
    from tests.support.chromium import launched

    with launched() as browser:
        yield browser


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Return `guarded_page` of the session's browser; its pages are closed and judged at the end."""
    from tests.support.chromium import guarded_page

    with ExitStack() as stack:
        yield lambda *args, **kwargs: stack.enter_context(guarded_page(chromium, *args, **kwargs))
