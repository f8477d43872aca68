"""What a seed brings for the screens beside notices: the roster of leaders on duty, honour cards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from server.kit.contract.moments import instant, moment
from server.store import tables
from server.store.seed_parts import Seed

LEADER_WEEKS = 4
"""The roster of a week is entered for so many weeks from the day of setting up, then managers know."""
HONOUR_DAYS = 90
"""A card of a seed stands so long; nobody is an example for ever."""


def insert_shown(
    seed: Seed,
    now: str,
    new_uid: Callable[[], str],
    add: Callable[..., int],
    zones: Mapping[str, int],
    departments: Mapping[str, int],
) -> None:
    """Insert roster and cards; *add* inserts a row of the hall.

    Args:
        zones: code → id; *departments* likewise.
    """
    today = instant(now).astimezone(ZoneInfo(seed.hall.tz)).date()
    for later in range(7 * LEADER_WEEKS):
        day = today + timedelta(days=later)
        for n, leader in enumerate(ld for ld in seed.leaders if ld.weekday == day.weekday()):
            add(
                tables.duty_leader,
                date=day.isoformat(),
                department_id=departments[leader.department],
                post=leader.post,
                place=leader.place,
                sort=n,
            )
    for n, honour in enumerate(seed.honours):
        add(
            tables.media,
            uid=new_uid(),
            kind="honour",
            title=honour.title,
            text=honour.text,
            zone_id=zones.get(honour.zone),
            from_at=now,
            to_at=moment(instant(now) + timedelta(days=HONOUR_DAYS)),
            sort=n,
        )
