"""Sets a running hall to ask for cards, and waits until a reader has been seen empty."""

from __future__ import annotations

import time
from typing import Any

from kiosk.idcard.model import Service
from server.actions import identity
from server.domain.people import Role, Staff
from server.kit.contract.paper import RealName
from server.store import settings
from server.store.work import Work
from tests.support.hall import RunningHall

CHIEF = Staff(id=0, uid="m", login="m", label="M", roles=((Role.MANAGER, ""),))
QUEUE, ITEM = "A", "MZ-01"


def ask_for_cards(hall: RunningHall, **changes: Any) -> None:
    """Let queue A ask for a card."""
    value = RealName(**{"queues": (QUEUE,), **changes})

    def store(w: Work) -> None:
        known = settings.stored(w, settings.REAL_NAME)
        identity.set_real_name(w, value, staff=CHIEF, expected=known[1] if known else 0)

    hall.work(store)


def seen_empty(service: Service, within_s: float = 20.0) -> None:
    """Wait until the kiosk has asked and was told that no card lies there."""
    service.lies = "none"
    before, end = service.asked, time.monotonic() + within_s
    while service.asked < before + 2:
        assert time.monotonic() < end, "nobody asks for a card"
        time.sleep(0.02)
