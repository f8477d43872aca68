"""Screens of one's own making, as previews: a layout, a scene, and a catalogue with other names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from unittest.mock import patch

from server.kit.contract.screens import Layout
from tools import gallery_screens
from tools.gallery_screens import Hall, Scene, served


@contextmanager
def screens(states: Mapping[str, tuple[Layout, Scene]]) -> Iterator[str]:
    """Serve the pages of *states*, each at `/{name}`, and give their address."""
    with patch.dict(gallery_screens.STATES, states), served(Hall()) as url:
        yield url
