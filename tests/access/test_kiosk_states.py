"""A citizen at the kiosk: every screen, manner, warning and refusal."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.access.walk import of, walk
from tools.gallery_stage import Stage
from tools.gallery_state import State

WALKED = of("kiosk")


@pytest.mark.parametrize("state", WALKED, ids=[s.name for s in WALKED])
def test_everybody_can_use_it(stage: Stage, chromium: Browser, state: State) -> None:
    """Nothing against WCAG 2.2 A and AA; no word cut, covered or outside; no small target."""
    walk(stage, chromium, state)
