"""Common items 常办事项: the kiosk's first page offers what people of this hall take most."""

from __future__ import annotations

from datetime import date, timedelta

from server.actions import catalogue
from server.store import settings
from server.store.taken import taken
from server.store.work import Work

DAYS = 30
"""So many days before today count."""
ENOUGH = 100
"""With fewer tickets in them, what the managers marked as common stands."""
MOST = 8
"""So many tiles the kiosk's first page has."""


def learn(w: Work) -> None:
    """Learn the common items from the days before today; the catalogue changes only with them."""
    since = (date.fromisoformat(w.hall.date or w.today) - timedelta(days=DAYS)).isoformat()
    counts = taken(w, since=since, until=w.hall.date or w.today)
    enough = sum(n for _, n in counts) >= ENOUGH
    found = tuple(code for code, _ in counts[:MOST]) if enough else ()
    if found == settings.common_of(w.config.settings):
        return
    known = settings.stored(w, settings.COMMON)
    settings.store(
        w, settings.COMMON, settings.as_json(found), was_version=0 if known is None else known[1]
    )
    catalogue.refresh(w)
