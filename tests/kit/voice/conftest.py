"""The default pack, and a voice that has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.kit.voice.pack import Pack
from server.kit.voice.render import Voice
from tests.support.voice import default_voices


@pytest.fixture(scope="session")
def voices() -> Path:
    """Return the folder with the default pack."""
    return default_voices()


@pytest.fixture
def default_pack(voices: Path) -> Pack:
    """Return the default pack."""
    return Pack.open(voices / "gcin")


@pytest.fixture
def voice(voices: Path, tmp_path: Path) -> Voice:
    """Return a voice with the default pack and the machine's espeak-ng."""
    return Voice.open(tmp_path, folders=[voices])
