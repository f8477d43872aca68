"""When numbers are given: opening hours, lunch, the calendar and the stop rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from server.domain.rules import HallRules
from server.kit.contract.reasons import Refused

Span = tuple[time, time]
"""A stretch of opening on one day, local time, from (inclusive) to (exclusive)."""

WEEKDAYS = "一二三四五六日"

AHEAD_DAYS = 31
"""The next opening is looked for so far ahead; the longest holiday 长假 is nine days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Opening hours of a hall, queue or counter by weekday (0 = Monday), lunch being a gap."""

    by_weekday: Mapping[int, tuple[Span, ...]]

    def on(self, day: date, kind: str = "") -> tuple[Span, ...]:
        """Return the spans of *day*, in order.

        Args:
            day: hall-local date.
            kind: its kind in the calendar: `workday`, `makeup` 调休上班, `rest`, `holiday`, or
                empty when the calendar says nothing and the weekday decides.

        A make-up working day that falls on a weekend keeps the hours of the first weekday that
        has any (*assumed*; halls announce it so).
        """
        if kind in {"rest", "holiday"}:
            return ()
        spans = self.by_weekday.get(day.weekday(), ())
        if spans or kind not in {"makeup", "workday"}:
            return spans
        return next((self.by_weekday[d] for d in range(7) if self.by_weekday.get(d)), ())


def in_words(spans: Sequence[Span]) -> str:
    """Return the hours of a day for a citizen: `今天 08:30–12:00、14:30–18:00。`"""
    if not spans:
        return "今天不对外服务。"
    return "今天 " + "、".join(f"{a:%H:%M}–{b:%H:%M}" for a, b in spans) + "。"


def seconds_left(spans: Sequence[Span], now: datetime) -> float:
    """Return how many seconds of service remain today after *now* (hall time), lunch not counted."""
    left = 0.0
    for start, end in spans:
        begin = max(now, datetime.combine(now.date(), start, now.tzinfo))
        finish = datetime.combine(now.date(), end, now.tzinfo)
        left += max(0.0, (finish - begin).total_seconds())
    return left


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuing:
    """Whether a queue gives numbers now, and if not, what the citizen is told."""

    refusal: Refused | None
    resumes_at: datetime | None

    @property
    def issuing(self) -> bool:
        """True when numbers are given."""
        return self.refusal is None

    @property
    def reason(self) -> str:
        """Code of the refusal; empty while issuing."""
        return "" if self.refusal is None else self.refusal.code


GIVEN = Issuing(refusal=None, resumes_at=None)


def issuing(
    *,
    now: datetime,
    spans: Sequence[Span],
    rules: HallRules,
    day_state: str,
    stopped_by_staff: bool,
    queue: str,
    waiting: int,
    counters: int,
    service_s: int,
    later: datetime | None = None,
) -> Issuing:
    """Say whether a queue gives numbers at *now* (hall time, aware).

    A number that was given is a promise to be served today, so numbers stop when the work left
    (waiting × service ÷ counters) no longer fits before closing, or a fixed time before it.

    Args:
        now: hall time.
        spans: the queue's hours today.
        rules: `always_open`, `stop_before_min`.
        day_state: the business day's state; numbers are given on an open day only.
        stopped_by_staff: somebody stopped this queue by hand.
        queue: its name, for the words.
        waiting: tickets that wait in it.
        counters: counters that could serve it today (open ones, or all when none is open yet).
        service_s: its typical service time in seconds.
        later: when it opens on a later day, see `next_opening`; None when nobody knows.
    """
    if day_state != "open":
        back = None if rules.always_open else later
        return Issuing(refusal=Refused("day_closed"), resumes_at=back)
    if stopped_by_staff:
        return Issuing(refusal=Refused("queue_closed", queue=queue), resumes_at=None)
    if rules.always_open:
        return GIVEN
    moment = now.timetz().replace(tzinfo=None)
    if not any(a <= moment < b for a, b in spans):
        return outside(now, spans, later)
    left = seconds_left(spans, now)
    needed = (waiting + 1) * service_s / max(1, counters)
    if left < rules.stop_before_min * 60 or (waiting > 0 and needed > left):
        return Issuing(refusal=Refused("stopped", queue=queue), resumes_at=None)
    return GIVEN


def next_opening(
    after: date, spans_on: Callable[[date], Sequence[Span]], zone: tzinfo | None
) -> datetime | None:
    """Return when a queue opens next on a day after *after*; None when no hours are known.

    Args:
        after: hall-local date.
        spans_on: the queue's hours on a day, by weekday and calendar.
        zone: the hall's time zone.
    """
    days = (after + timedelta(days=n) for n in range(1, AHEAD_DAYS + 1))
    return next((datetime.combine(d, s[0][0], zone) for d in days if (s := spans_on(d))), None)


def outside(now: datetime, spans: Sequence[Span], tomorrow: datetime | None) -> Issuing:
    """Say why a queue gives no numbers outside its hours: before them, at lunch, or after them.

    Args:
        now: hall time.
        spans: the queue's hours today.
        tomorrow: when it opens on a later day; None when nobody knows.
    """
    later = [a for a, _ in spans if datetime.combine(now.date(), a, now.tzinfo) > now]
    begun = any(datetime.combine(now.date(), a, now.tzinfo) <= now for a, _ in spans)
    if later and begun:
        back = datetime.combine(now.date(), later[0], now.tzinfo)
        return Issuing(refusal=Refused("lunch_break", from_=f"{later[0]:%H:%M}"), resumes_at=back)
    resumes = datetime.combine(now.date(), later[0], now.tzinfo) if later else tomorrow
    return Issuing(refusal=Refused("hall_closed", hours=in_words(spans)), resumes_at=resumes)


def span(from_: str, to_: str) -> Span:
    """Return a span from `HH:MM` texts; `24:00` is the end of the day.

    Raises:
        ValueError: not a time, or not from earlier to later.
    """
    start = time.fromisoformat(from_)
    end = time.max if to_ == "24:00" else time.fromisoformat(to_)
    if start >= end:
        msg = f"{from_} is not before {to_}"
        raise ValueError(msg)
    return (start, end)


def next_midnight(now: datetime) -> datetime:
    """Return the beginning of the hall's next day."""
    return datetime.combine(now.date() + timedelta(days=1), time.min, now.tzinfo)
