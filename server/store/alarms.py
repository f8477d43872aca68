"""Which alarms somebody has seen 已知晓."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from server.store import settings
from server.store.work import Read, Work

KEY = "alarms"
"""Where it is kept among the settings; no setting, and not in their history."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody has seen an alarm."""

    since: str
    """`since` of the alarm that was seen; a later one is another alarm."""
    who: str
    """Work number."""
    at: str
    """UTC."""


def known(r: Read) -> dict[str, Known]:
    """Return which alarms somebody has seen, by their key."""
    row = settings.stored(r, KEY)
    if row is None:
        return {}
    try:
        return msgspec.json.decode(row[0], type=dict[str, Known])
    except msgspec.ValidationError:  # of another version: an alarm more rather than one less
        return {}


def keep(w: Work, seen: Mapping[str, Known]) -> int:
    """Keep which alarms somebody has seen; return the version."""
    row = settings.stored(w, KEY)
    was = 0 if row is None else row[1]
    settings.store(w, KEY, msgspec.json.encode(seen).decode(), was_version=was)
    return was + 1
