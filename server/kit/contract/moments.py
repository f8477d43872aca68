"""Moments as text: UTC, ISO-8601, milliseconds. They sort as text and mean the same everywhere."""

from __future__ import annotations

from datetime import UTC, datetime

Moment = str
"""`2026-11-23T01:15:07.412Z`"""


def moment(at: datetime) -> Moment:
    """Return *at* (aware) as a moment."""
    at = at.astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def instant(text: Moment) -> datetime:
    """Return the aware UTC time of a moment; raises `ValueError` for anything else."""
    if len(text) != 24 or text[-1] != "Z":
        msg = f"not a moment: {text}"
        raise ValueError(msg)
    return datetime.fromisoformat(text)
