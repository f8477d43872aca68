"""A pty of its own for each test that asks for one."""

from __future__ import annotations

import pytest

from tests.devices.ptys import Pty


@pytest.fixture
def pty(tmp_path):
    tty = Pty(tmp_path)
    yield tty
    tty.close()
