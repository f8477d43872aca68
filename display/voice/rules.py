"""How loud a zone speaks at an hour, and how often. Pure: the hour comes in as an argument."""

from __future__ import annotations

from datetime import datetime

from server.kit.contract.screens import ZoneVoice

ONCE_FROM = 3
"""While so many others wait, each is said once: the last of them must not wait for minutes."""

EMERGENCY_VOLUME = 80
"""Percent, at least: an evacuation text is heard at any hour."""


def volume(rules: ZoneVoice, local: datetime, *, urgent: bool = False) -> float:
    """Return the gain 0 to 1 at *local*, hall time; 0 = calls are shown only."""
    if urgent:
        return max(rules.volume, EMERGENCY_VOLUME) / 100
    if not rules.on:
        return 0.0
    at = f"{local:%H:%M}"
    quiet = [q.volume for q in rules.quiet if _within(at, q.from_at, q.to_at)]
    return max(0, min([rules.volume, *quiet])) / 100


def readings(rules: ZoneVoice, others: int) -> int:
    """Return how often one announcement is said while *others* wait."""
    return 1 if others >= ONCE_FROM else max(1, rules.repeat)


def _within(at: str, begin: str, end: str) -> bool:
    return begin <= at < end if begin <= end else at >= begin or at < end
