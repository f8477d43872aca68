"""The business day 营业日: it opens by itself, stops, closes, and rolls over at midnight.

Every command on tickets or counters first calls `ensure_today`, so a restart on another day, or a
command in the first millisecond after midnight, meets today's day and never yesterday's numbers.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

from server.domain import opening
from server.domain.moments import moment
from server.domain.tickets import AT_COUNTER, State, Verb
from server.kit.contract.messages import (
    CounterChanged,
    HallDay,
    QueueChanged,
    TicketLeft,
)
from server.kit.contract.reasons import Refused
from server.store import catalogue, counters, identity, tickets, waits
from server.store.work import Work

OPEN_STATES = (State.WAITING, State.CALLED, State.SERVING, State.HELD, State.NO_SHOW)
DAY_ZH = {"open": "营业中", "closing": "停止取号", "closed": "已结束"}


def ensure_today(w: Work) -> None:
    """Make the hall's business day the calendar date, ending the day before if need be.

    A clock that goes back does not bring a day back: numbers would be given twice.
    """
    if w.today > w.hall.date:
        _roll(w)


def _roll(w: Work) -> None:
    if w.hall.date and w.hall.day_state != "closed":
        _end(w, reason="跨日自动结束")
    _begin(w)


def _begin(w: Work) -> None:
    w.changed_hall(date=w.today, day_state="open")
    if catalogue.is_day(w, w.today):  # a clock that had gone ahead was here before
        catalogue.set_day(w, w.today, "open", closed_at=None, reason="", expired=0)
    else:
        catalogue.add_day(w, w.today)
    counters.clear_forecasts(w)
    w.publish(HallDay(date=w.today, state="open"))
    refresh_issuing(w)


def _end(w: Work, *, reason: str) -> None:
    expired = _expire_all(w, reason)
    for counter in counters.every(w):
        if counter.state.value == "closed":
            continue
        counters.save(w, counter.closed(), was=counter.version)
        w.publish(
            CounterChanged(
                counter=counter.code, state="closed", reason="", until=None, clerk_label=""
            ),
            counter_id=counter.id,
            state_from=counter.state.value,
            state_to="closed",
            note=reason,
        )
    # Who took a number by card is needed to the end of the day and not a moment longer.
    identity.forget(w)
    w.changed_hall(day_state="closed")
    catalogue.set_day(w, w.hall.date, "closed", closed_at=w.at, reason=reason, expired=expired)
    w.publish(HallDay(date=w.hall.date, state="closed"), note=reason)


def _expire_all(w: Work, reason: str) -> int:
    """End every ticket of the day; return how many people were never served."""
    waiting = {row.id: row for row in counters.lines(w)}
    left = {key: row.waiting for key, row in waiting.items()}
    held_by = {c.ticket_id: c for c in counters.every(w) if c.ticket_id is not None}
    expired = 0
    for ticket in tickets.in_states(w, *OPEN_STATES):
        counter_code = None
        if ticket.state in AT_COUNTER:
            counter = held_by[ticket.id]
            counter_code = counter.code
            counters.save(w, counter.holding(None), was=counter.version)
        if ticket.state is State.WAITING:
            left[ticket.queue_id] -= 1
        if ticket.state is State.SERVING:
            after = ticket.after(Verb.FINISH, ended_at=w.at, note=reason)
        else:
            after = ticket
            if ticket.state is State.CALLED:
                after = ticket.after(Verb.NO_SHOW, left_at=w.at)
            after = after.after(Verb.EXPIRE, ended_at=w.at, note=reason)
            expired += 1
        tickets.save(w, after, was=ticket.version)
        w.publish(
            TicketLeft(
                ticket=ticket.number,
                queue=w.config.queue_by_id[ticket.queue_id].code,
                counter=counter_code,
                reason=after.state.value,
                waiting=left[ticket.queue_id],
            ),
            ticket_id=ticket.id,
            queue_id=ticket.queue_id,
            state_from=ticket.state.value,
            state_to=after.state.value,
            note=reason,
        )
    waits.settle_day(w, outcome=State.EXPIRED.value)
    for key, row in waiting.items():
        if row.last_no is not None and left[key] != row.waiting:
            counters.set_series(w, row, last_no=row.last_no, waiting=left[key])
    return expired


def open_day(w: Work) -> None:
    """Open today: after a roll-over it is open; one that was stopped or closed opens again.

    A clock that had gone ahead for a while has left the business day in the future, where it would
    stay until that day comes. Once somebody has closed that day, this brings back today, whose
    numbers go on where they were.
    """
    ensure_today(w)
    if w.hall.day_state == "open":
        return
    if w.hall.day_state == "closed" and w.today < w.hall.date:
        _begin(w)
        return
    w.changed_hall(day_state="open")
    catalogue.set_day(w, w.hall.date, "open", closed_at=None, reason="", expired=0)
    w.publish(HallDay(date=w.hall.date, state="open"))
    refresh_issuing(w)


def stop_issuing(w: Work) -> None:
    """Stop giving numbers for today; those who hold one are still served.

    Raises:
        Refused: `day_wrong_state` when the day is closed.
    """
    ensure_today(w)
    if w.hall.day_state == "closed":
        raise Refused("day_wrong_state", state="closed", state_zh=DAY_ZH["closed"])
    if w.hall.day_state == "closing":
        return
    w.changed_hall(day_state="closing")
    catalogue.set_day(w, w.hall.date, "closing", closed_at=None, reason="", expired=0)
    w.publish(HallDay(date=w.hall.date, state="closing"))
    refresh_issuing(w)


def close_day(w: Work, *, reason: str) -> None:
    """Close the business day; closing with people waiting needs a reason 写明原因.

    Raises:
        Refused: `people_waiting` when people wait or are at a counter and no reason is given.
    """
    ensure_today(w)
    if w.hall.day_state == "closed":
        return
    there = [t for t in tickets.in_states(w, *OPEN_STATES) if t.state is not State.NO_SHOW]
    if there and not reason.strip():
        raise Refused("people_waiting", waiting=len(there))
    _end(w, reason=reason.strip() or "正常结束")
    refresh_issuing(w)


def refresh_issuing(w: Work) -> None:
    """Say anew for each queue whether numbers are given; publish only what changed."""
    serving = w.config.counters_of_queue
    for row in counters.lines(w):
        info = w.config.queue_by_id[row.id]
        answer = judge(w, row, counters_total=len(serving[row.id]))
        resumes = None if answer.resumes_at is None else moment(answer.resumes_at)
        if (row.issuing, row.reason, row.resumes_at) == (answer.issuing, answer.reason, resumes):
            continue
        counters.set_issuing(
            w, row.id, issuing=answer.issuing, reason=answer.reason, resumes_at=resumes
        )
        w.publish(
            QueueChanged(
                queue=info.code,
                issuing=answer.issuing,
                reason=answer.reason,
                resumes_at=resumes,
                waiting=row.waiting,
            ),
            queue_id=row.id,
        )


def judge(w: Work, row: counters.Line, *, counters_total: int) -> opening.Issuing:
    """Say whether a queue gives numbers at this moment."""
    if w.hall.emergency is not None:
        return opening.Issuing(refusal=Refused("emergency"), resumes_at=None)
    info = w.config.queue_by_id[row.id]
    stopped = info.code in w.config.setting("stopped_queues", [])
    today = w.local_now.date()
    # A day that is over stays over, also when a clock that had gone ahead has closed it too early.
    over = max(today, date.fromisoformat(w.hall.date)) if w.hall.date else today
    return opening.issuing(
        now=w.local_now,
        spans=w.config.spans(info.code, today),
        rules=w.config.rules,
        day_state=w.hall.day_state,
        stopped_by_staff=stopped,
        queue=info.name,
        waiting=row.waiting,
        counters=row.open_counters or counters_total,
        service_s=row.service_s,
        later=opening.next_opening(over, partial(w.config.spans, info.code), w.local_now.tzinfo),
    )


def tick(w: Work) -> None:
    """What the clock brings: roll over, refresh what is open. Called every few seconds."""
    ensure_today(w)
    refresh_issuing(w)
    _end_pauses(w)


def _end_pauses(w: Work) -> None:
    # A pause past its time is shown as it is: the counter is still empty. Only the promise "until"
    # is withdrawn, so that no screen shows a time that has gone by.
    for counter in counters.every(w):
        if counter.state.value == "paused" and counter.paused_until and counter.paused_until < w.at:
            changed = replace(counter, paused_until=None, version=counter.version + 1)
            counters.save(w, changed, was=counter.version)
            w.publish(
                CounterChanged(
                    counter=counter.code,
                    state="paused",
                    reason=counter.pause_reason,
                    until=None,
                    clerk_label=counter.clerk_label,
                ),
                counter_id=counter.id,
                note="超过预计恢复时间",
            )
