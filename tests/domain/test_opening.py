"""When numbers are given: hours, lunch, calendar, and the stop rule."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.opening import Hours, Issuing, issuing, next_opening, seconds_left, span
from server.domain.rules import HallRules

TZ = ZoneInfo("Asia/Shanghai")
SPANS = (span("08:30", "12:00"), span("14:30", "18:00"))
HOURS = Hours(by_weekday=dict.fromkeys(range(5), SPANS))


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of Monday 2026-11-23, hall time."""
    return datetime(2026, 11, 23, hour, minute, tzinfo=TZ)


def asked(now: datetime, **changes: object) -> Issuing:
    """The answer for a queue nobody waits in, one counter, ten minutes a service."""
    values: dict[str, object] = {
        "now": now,
        "spans": SPANS,
        "rules": HallRules(),
        "day_state": "open",
        "stopped_by_staff": False,
        "queue": "婚姻登记",
        "waiting": 0,
        "counters": 1,
        "service_s": 600,
    }
    return issuing(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (at(8, 29), "hall_closed"),
        (at(8, 30), ""),
        (at(11, 59), ""),
        (at(12, 0), "lunch_break"),
        (at(14, 29), "lunch_break"),
        (at(14, 30), ""),
        (at(17, 59), ""),
        (at(18, 0), "hall_closed"),
        (at(23, 59), "hall_closed"),
    ],
)
def test_the_hours_of_a_day(now: datetime, reason: str) -> None:
    assert asked(now).reason == reason


def test_before_opening_and_over_lunch_it_says_when_numbers_come_back() -> None:
    assert asked(at(7)).resumes_at == at(8, 30)
    assert asked(at(12, 30)).resumes_at == at(14, 30)
    assert asked(at(19)).resumes_at is None


@pytest.mark.parametrize(
    ("after", "calendar", "opens"),
    [
        (date(2026, 11, 23), {}, datetime(2026, 11, 24, 8, 30, tzinfo=TZ)),
        (date(2026, 11, 27), {}, datetime(2026, 11, 30, 8, 30, tzinfo=TZ)),
        (date(2026, 11, 27), {"2026-11-28": "makeup"}, datetime(2026, 11, 28, 8, 30, tzinfo=TZ)),
        (
            date(2026, 9, 30),
            {f"2026-10-0{n}": "holiday" for n in range(1, 8)},
            datetime(2026, 10, 8, 8, 30, tzinfo=TZ),
        ),
    ],
    ids=["tomorrow", "over the weekend", "a make-up Saturday", "after a holiday"],
)
def test_a_hall_that_has_closed_says_when_it_opens_again(
    after: date, calendar: dict[str, str], opens: datetime
) -> None:
    later = next_opening(after, lambda d: HOURS.on(d, calendar.get(d.isoformat(), "")), TZ)
    evening = datetime(after.year, after.month, after.day, 19, tzinfo=TZ)

    assert later == opens
    assert asked(evening, later=later).resumes_at == opens
    assert asked(evening, later=later, day_state="closed").resumes_at == opens


def test_a_hall_without_hours_promises_no_opening() -> None:
    assert next_opening(date(2026, 11, 23), lambda _: (), TZ) is None


def test_a_closed_hall_tells_its_hours_in_words() -> None:
    refusal = asked(at(7)).refusal

    assert refusal is not None
    assert "08:30–12:00、14:30–18:00" in refusal.zh


def test_a_number_that_can_not_be_served_today_is_not_given() -> None:
    # 17:00, an hour left: five wait at ten minutes each and the sixth just fits.
    assert asked(at(17), waiting=5).issuing
    assert asked(at(17), waiting=6).reason == "stopped"
    assert asked(at(17), waiting=6, counters=2).issuing


def test_lunch_does_not_count_as_time_to_serve() -> None:
    # At 11:30 four hours of service are left: half an hour before lunch, three and a half after.
    assert seconds_left(SPANS, at(11, 30)) == 4 * 3600
    assert asked(at(11, 30), waiting=23).issuing
    assert asked(at(11, 30), waiting=24).reason == "stopped"


def test_the_last_citizen_of_an_empty_queue_is_still_taken() -> None:
    assert asked(at(17, 58)).issuing


def test_a_fixed_stop_before_closing_counts_besides_the_work_left() -> None:
    assert asked(at(17, 40), rules=HallRules(stop_before_min=30)).reason == "stopped"


def test_a_demonstration_hall_is_open_whenever_it_is_started() -> None:
    assert asked(at(3), rules=HallRules(always_open=True)).issuing


def test_a_closed_day_or_a_hand_stops_even_a_demonstration() -> None:
    always = HallRules(always_open=True)

    assert asked(at(10), rules=always, day_state="closing").reason == "day_closed"
    assert asked(at(10), rules=always, stopped_by_staff=True).reason == "queue_closed"


def test_a_holiday_has_no_hours_and_a_makeup_saturday_has_mondays() -> None:
    assert HOURS.on(date(2026, 11, 23)) == SPANS
    assert HOURS.on(date(2026, 11, 28)) == ()
    assert HOURS.on(date(2026, 10, 10), "makeup") == SPANS
    assert HOURS.on(date(2026, 10, 1), "holiday") == ()


@pytest.mark.parametrize(("a", "b"), [("12:00", "12:00"), ("14:00", "8:30"), ("x", "12:00")])
def test_a_span_that_is_none_is_refused(a: str, b: str) -> None:
    with pytest.raises(ValueError):
        span(a, b)


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 60), st.integers(1, 5))
def test_more_counters_never_close_a_queue(h: int, m: int, waiting: int, counters: int) -> None:
    fewer = asked(at(h, m), waiting=waiting, counters=counters)
    more = asked(at(h, m), waiting=waiting, counters=counters + 1)

    assert more.issuing or not fewer.issuing
