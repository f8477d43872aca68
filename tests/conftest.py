"""Session fixtures: one PostgreSQL cluster and one Chromium for all tests that ask for them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.support.bench import Bench
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


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database: SQLite, then PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hall.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with the sample hall, to be copied."""
    from tests.support.bench import prepare

    path = tmp_path_factory.mktemp("prepared") / "hall.db"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def hall_url(request: pytest.FixtureRequest, tmp_path: Path, prepared_file: Path) -> Iterator[str]:
    """Return the address of a database with the sample hall: SQLite, then PostgreSQL."""
    from tests.support.bench import prepare

    if request.param == "sqlite":
        shutil.copy(prepared_file, tmp_path / "hall.db")
        yield f"sqlite:///{tmp_path / 'hall.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    url = cluster.fresh_database(template="hall", prepare=prepare)
    yield url
    cluster.drop(url)


@pytest.fixture
def bench(hall_url: str) -> Iterator[Bench]:
    """Run the sample hall of 2026 in this process, on SQLite and on PostgreSQL."""
    from tests.support.bench import opened

    with opened(hall_url) as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Run one Chromium that reaches loopback only."""
    from playwright.sync_api import expect

    from tests.support.chromium import launched

    expect.set_options(timeout=15_000)  # a deadline for a busy machine, not a pace
    with launched() as browser:
        yield browser


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Return `guarded_page` of the session's browser; its pages are closed and judged at the end."""
    from tests.support.chromium import guarded_page

    with ExitStack() as stack:
        yield lambda *args, **kwargs: stack.enter_context(guarded_page(chromium, *args, **kwargs))
