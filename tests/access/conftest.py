"""One running hall for all tests of this folder: the stage of the gallery."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tools.gallery_stage import Stage


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The hall on a Monday morning; its parts start when first asked for."""
    found = Stage(tmp_path_factory.mktemp("access"))
    yield found
    found.close()
