"""How loud and how often: pure."""

from __future__ import annotations

from datetime import datetime

import pytest

from display.voice.rules import readings, volume
from server.kit.announcing import zone_voice
from server.kit.contract.screens import QuietHours, ZoneVoice

LUNCH = QuietHours(from_at="12:00", to_at="14:30", volume=30)
NIGHT = QuietHours(from_at="22:00", to_at="07:00", volume=0)
RULES = ZoneVoice(volume=80, quiet=(LUNCH, NIGHT))


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-23T{clock}:00+08:00")


@pytest.mark.parametrize(
    ("clock", "loud"),
    [
        ("11:59", 0.8), ("12:00", 0.3), ("14:29", 0.3), ("14:30", 0.8),
        ("21:59", 0.8), ("22:00", 0), ("00:00", 0), ("06:59", 0), ("07:00", 0.8),
    ],
)  # fmt: skip
def test_quiet_hours_begin_and_end_at_their_minute_also_over_midnight(clock, loud):
    assert volume(RULES, at(clock)) == loud


def test_quiet_hours_make_nothing_louder():
    assert volume(ZoneVoice(volume=20, quiet=(LUNCH,)), at("12:30")) == 0.2


def test_a_zone_whose_voice_is_off_is_silent_but_for_an_emergency():
    off = ZoneVoice(on=False, volume=10, quiet=(NIGHT,))

    assert volume(off, at("09:00")) == 0
    assert volume(off, at("23:00"), urgent=True) == 0.8


@pytest.mark.parametrize(("others", "times"), [(0, 2), (2, 2), (3, 1), (20, 1)])
def test_while_many_wait_each_is_said_once(others, times):
    assert readings(ZoneVoice(repeat=2), others) == times


def test_a_zone_speaks_by_its_own_entry_else_by_the_one_for_all():
    everywhere, upstairs = ZoneVoice(volume=50), ZoneVoice(zone="2F", volume=90)

    assert zone_voice((everywhere, upstairs), "2F") is upstairs
    assert zone_voice((everywhere, upstairs), "1F") is everywhere
    assert zone_voice((), "1F") == ZoneVoice()
