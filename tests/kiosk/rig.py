"""One hall, one printer and one kiosk before them, for the modules that test a whole kiosk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk.printing.model.testing import RunningModel, running_model
from tests.kiosk.box import RunningKiosk, running_kiosk
from tests.support.hall import RunningHall, running_hall


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    """Run the sample hall of 2026."""
    with running_hall(tmp_path_factory.mktemp("hall")) as found:
        yield found


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningModel]:
    """Run a ticket printer's model."""
    with running_model(tmp_path_factory.mktemp("model"), baud=38400) as found:
        yield found


@pytest.fixture(scope="module")
def kiosk(
    hall: RunningHall, model: RunningModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningKiosk]:
    """Run a kiosk of the hall with the printer."""
    with running_kiosk(hall, tmp_path_factory.mktemp("kiosk"), printer=model.port) as found:
        found.wait(lambda h: h["faults"] == [])
        yield found
