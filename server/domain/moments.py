"""Moments of the contract, and the hall's own time."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from server.kit.contract.moments import Moment, instant, moment

__all__ = ["Moment", "instant", "local", "local_date", "moment", "seconds_between"]


def seconds_between(earlier: Moment, later: Moment) -> float:
    """Return the seconds from *earlier* to *later* (negative when the order is reversed)."""
    return (instant(later) - instant(earlier)).total_seconds()


def local(at: datetime, tz: str) -> datetime:
    """Return *at* in the hall's time zone."""
    return at.astimezone(ZoneInfo(tz))


def local_date(at: datetime, tz: str) -> date:
    """Return the hall's date at *at*."""
    return local(at, tz).date()
