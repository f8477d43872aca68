"""Sets a running hall to ask for cards."""

from __future__ import annotations

from typing import Any

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
