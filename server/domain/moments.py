"""Moments as text: UTC, ISO-8601, milliseconds. They sort as text and mean the same everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Moment = str
"""`2026-11-23T01:15:07.412Z`"""


def moment(at: datetime) -> Moment:
    """Return *at* (aware) as a moment."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def instant(text: Moment) -> datetime:
    """Return the aware UTC time of a moment; raises `ValueError` for anything else."""
    if len(text) != 24 or text[-1] != "Z":
        raise ValueError(f"not a moment: {text}")
    return datetime.fromisoformat(text)


def seconds_between(earlier: Moment, later: Moment) -> float:
    """Return the seconds from *earlier* to *later* (negative when the order is reversed)."""
    return (instant(later) - instant(earlier)).total_seconds()


def local(at: datetime, tz: str) -> datetime:
    """Return *at* in the hall's time zone."""
    return at.astimezone(ZoneInfo(tz))


def local_date(at: datetime, tz: str) -> date:
    """Return the hall's date at *at*."""
    return local(at, tz).date()
