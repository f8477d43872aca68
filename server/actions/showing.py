"""What notices, media and the roster have in common: checks of time, zone, order."""

from __future__ import annotations

from collections.abc import Sequence

from server.kit.contract.reasons import Refused
from server.store.work import Work


def zone_id(w: Work, code: str) -> int | None:
    """Return the id of a zone, None for the whole hall.

    Raises:
        Refused: `not_found`.
    """
    if not code:
        return None
    found = next((z.id for z in w.config.zones if z.code == code), None)
    if found is None:
        raise Refused("not_found", what=f"分区 {code}")
    return found


def require_order(from_at: str | None, to_at: str | None) -> None:
    """Refuse with `malformed` a time that ends before it begins."""
    if from_at and to_at and from_at >= to_at:
        raise Refused("malformed", problem="结束时间要晚于开始时间")


def moved(keys: Sequence[int], key: int, *, up: bool) -> list[int]:
    """Return *keys* with *key* one place earlier or later; at the end it stays."""
    found = list(keys)
    if key not in found:
        raise Refused("not_found", what="这一条")
    at = found.index(key)
    to = max(0, min(len(found) - 1, at - 1 if up else at + 1))
    found.insert(to, found.pop(at))
    return found
