"""Counters 窗口: open, pause with a reason, resume, close."""

from __future__ import annotations

from datetime import datetime

from server.actions import days
from server.domain.counters import OTHER_REASON, PAUSE_REASONS, Counter
from server.domain.moments import instant, moment
from server.domain.people import Permission, Staff
from server.kit.contract.messages import CounterChanged
from server.kit.contract.reasons import Refused
from server.kit.contract.views import Done
from server.store import counters, tickets
from server.store.work import Work


def open_counter(w: Work, code: str, *, staff: Staff) -> Done:
    """Open a counter for its clerk; again by the same clerk changes nothing.

    Raises:
        Refused: `forbidden` (another department's counter), `counter_taken`, `clerk_elsewhere`,
            `day_closed` once the business day has ended.
    """
    days.ensure_today(w)
    counter = counters.by_code(w, code)
    staff.require(Permission.SERVE, counter.department_code)
    if w.hall.day_state == "closed":
        raise Refused("day_closed")
    elsewhere = counters.of_clerk(w, staff.id)
    if elsewhere is not None and elsewhere.id != counter.id:
        raise Refused("clerk_elsewhere", counter=elsewhere.name)
    if elsewhere is not None and counter.state.value == "open":
        return done(w, counter)
    after = counter.opened(clerk_id=staff.id, clerk_label=staff.label, now=w.at)
    return _save(w, counter, after)


def pause(
    w: Work, code: str, *, staff: Staff, expected: int | None, reason: str, until: str | None
) -> Done:
    """Pause a counter 暂停服务 with a reason and, if known, the time of return.

    Screens show a reason of the hall's list; one in the clerk's own words stays in the log.

    Raises:
        Refused: `not_your_counter`, `counter_closed`, `reason_needed`, `stale`, `malformed` for a
            time that is no moment or lies in the past.
    """
    days.ensure_today(w)
    counter = _own(w, code, staff, expected)
    back = None if not until else _future(w, until)
    given = reason.strip()
    known = given in w.config.setting("pause_reasons", PAUSE_REASONS)
    shown = given if known or not given else OTHER_REASON
    after = counter.paused(reason=shown, until=None if back is None else moment(back))
    return _save(w, counter, after, note=given)


def _future(w: Work, until: str) -> datetime:
    try:
        back = instant(until)
    except ValueError as error:
        raise Refused("malformed", problem="恢复时间的格式不对") from error
    if back <= w.now:
        raise Refused("malformed", problem="恢复时间已过")
    return back


def resume_counter(w: Work, code: str, *, staff: Staff, expected: int | None) -> Done:
    """Serve again after a pause.

    Raises:
        Refused: `not_your_counter`, `counter_closed`, `stale`.
    """
    days.ensure_today(w)
    counter = _own(w, code, staff, expected)
    if counter.state.value == "open":
        return done(w, counter)
    return _save(w, counter, counter.resumed())


def close(w: Work, code: str, *, staff: Staff, expected: int | None, reason: str) -> Done:
    """Close a counter; leaving people without any counter needs a reason.

    Raises:
        Refused: `not_your_counter`, `counter_busy`, `people_waiting`, `stale`.
    """
    days.ensure_today(w)
    counter = _own(w, code, staff, expected)
    if counter.ticket_id is not None:
        number = tickets.by_id(w, counter.ticket_id).number
        raise Refused("counter_busy", counter=counter.name, number=number)
    waiting = _left_alone(w, counter)
    if waiting and not reason.strip():
        raise Refused("people_waiting", waiting=waiting)
    return _save(w, counter, counter.closed(), note=reason.strip())


def _left_alone(w: Work, counter: Counter) -> int:
    """How many wait in queues that no other open counter serves."""
    alone = 0
    for queue_id in w.config.serves.get(counter.id, {}):
        line = counters.line(w, queue_id)
        others = line.open_counters - (1 if counter.state.value == "open" else 0)
        if others < 1:
            alone += line.waiting
    return alone


def _own(w: Work, code: str, staff: Staff, expected: int | None) -> Counter:
    counter = counters.by_code(w, code)
    if counter.clerk_id is None:
        staff.require(Permission.SERVE)
        raise Refused("counter_closed", counter=counter.name)
    if counter.clerk_id != staff.id:
        # A manager may free a counter whose clerk has gone home.
        if not staff.may(Permission.DAY):
            raise Refused("not_your_counter")
    else:
        staff.require(Permission.SERVE)
    if expected is not None and counter.version != expected:
        raise Refused("stale", number=counter.name)
    return counter


def _save(w: Work, before: Counter, after: Counter, *, note: str = "") -> Done:
    counters.save(w, after, was=before.version)
    w.publish(
        CounterChanged(
            counter=after.code,
            state=after.state.value,
            reason=after.pause_reason,
            until=after.paused_until,
            clerk_label=after.clerk_label,
        ),
        counter_id=after.id,
        state_from=before.state.value,
        state_to=after.state.value,
        note=note,
    )
    return done(w, after)


def done(w: Work, counter: Counter) -> Done:
    """Return the answer that names a counter and the ticket it holds."""
    if counter.ticket_id is None:
        return Done(counter=counter.code, counter_version=counter.version)
    ticket = tickets.by_id(w, counter.ticket_id)
    return Done(
        ticket=ticket.uid,
        number=ticket.number,
        state=ticket.state.value,
        version=ticket.version,
        counter=counter.code,
        counter_version=counter.version,
    )
