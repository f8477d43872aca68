"""Calling 叫号 and serving: from the line to a counter and on."""

from __future__ import annotations

from server.actions import days, waits
from server.actions.tickets import seen
from server.domain import ordering
from server.domain.counters import Counter
from server.domain.moments import seconds_between
from server.domain.people import Permission, Staff
from server.domain.tickets import AT_COUNTER, State, Ticket, Verb
from server.domain.waiting import RECENT, typical_service_s
from server.kit.contract.messages import (
    TicketCalled,
    TicketLeft,
    TicketRequeued,
    TicketServing,
)
from server.kit.contract.reasons import Refused
from server.kit.contract.views import Done
from server.store import counters, tickets
from server.store.work import Work


def call_next(w: Work, code: str, *, staff: Staff, expected: int | None) -> Done:
    """Call who is next at a counter.

    Raises:
        Refused: `stale`, `counter_closed`, `counter_paused`, `counter_busy`, `nobody_waiting`,
            `not_your_counter`, `not_found`.
    """
    days.ensure_today(w)
    counter = own_counter(w, code, staff, expected)
    _require_free(w, counter)
    heads = tickets.heads(w, counter.id)
    ranks = {t.rank for t in heads}
    mixed = len(ranks) > 1 and ordering.ORDINARY in ranks
    in_row = w.config.rules.priority_in_row
    chosen = ordering.choose(
        heads,
        weights=w.config.serves.get(counter.id, {}),
        rules=w.config.rules,
        recent_ranks=tickets.recent_ranks(w, counter.id, in_row) if mixed else (),
        now=w.now,
    )
    if chosen is None:
        raise Refused("nobody_waiting")
    return _call(w, counter, chosen)


def call(w: Work, code: str, uid: str, *, staff: Staff, expected: int | None, reason: str) -> Done:
    """Call a particular waiting ticket, out of turn; the log keeps the reason.

    Raises:
        Refused: as `call_next`, and `reason_needed`, `not_served_here`, `wrong_state`.
    """
    days.ensure_today(w)
    counter = own_counter(w, code, staff, expected)
    if not reason.strip():
        raise Refused("reason_needed")
    _require_free(w, counter)
    ticket = tickets.by_uid(w, uid)
    if ticket.queue_id not in w.config.serves.get(counter.id, {}):
        raise Refused("not_served_here", counter=counter.name)
    return _call(w, counter, ticket, note=reason.strip())


def own_counter(w: Work, code: str, staff: Staff, expected: int | None) -> Counter:
    """Return the counter that *staff* serves, if it is as the page showed it.

    Raises:
        Refused: `not_found`, `forbidden`, `not_your_counter`, `counter_closed`, `stale`.
    """
    staff.require(Permission.SERVE)
    counter = counters.by_code(w, code)
    if counter.clerk_id is None:
        raise Refused("counter_closed", counter=counter.name)
    if counter.clerk_id != staff.id:
        raise Refused("not_your_counter")
    if expected is not None and counter.version != expected:
        raise Refused("stale", number=counter.name)
    return counter


def _require_calm(w: Work) -> None:
    if w.hall.emergency is not None:
        raise Refused("emergency")  # every screen shows the way out; nobody is called back in


def _require_free(w: Work, counter: Counter) -> None:
    _require_calm(w)
    held = counter.ticket_id
    counter.require_free("" if held is None else tickets.by_id(w, held).number)


def _call(w: Work, counter: Counter, ticket: Ticket, *, note: str = "") -> Done:
    call_uid = w.new_uid()
    after = ticket.after(
        Verb.CALL,
        counter_id=counter.id,
        call_uid=call_uid,
        calls=1,
        called_at=w.at,
        serving_at=None,
        note=note,
    )
    tickets.save(w, after, was=ticket.version)
    waits.came(w, ticket)
    waiting = counters.change_waiting(w, ticket.queue_id, -1)
    return _summon(w, counter, ticket, after, waiting=waiting, note=note)


def _summon(
    w: Work,
    counter: Counter,
    before: Ticket,
    after: Ticket,
    *,
    waiting: int,
    note: str = "",
    resumed: bool = False,
) -> Done:
    held = counter if counter.ticket_id == after.id else counter.holding(after.id)
    if held is not counter:
        counters.save(w, held, was=counter.version)
    w.publish(
        TicketCalled(
            call=after.call_uid or "",
            ticket=after.number,
            queue=w.config.queue_by_id[after.queue_id].code,
            counter=counter.code,
            counter_name=counter.name,
            zone=counter.zone_code,
            times=after.calls,
            speak=True,
            waiting=waiting,
            resumed=resumed,
        ),
        ticket_id=after.id,
        counter_id=counter.id,
        queue_id=after.queue_id,
        item_id=after.item_id,
        state_from=before.state.value,
        state_to=after.state.value,
        note=note,
    )
    return _done(after, held)


def own_ticket(w: Work, uid: str, version: int, staff: Staff, verb: Verb) -> tuple[Ticket, Counter]:
    """Return a ticket that is at the clerk's own counter, and the counter.

    Raises:
        Refused: `not_found`, `forbidden`, `not_your_ticket`, `wrong_state`, `stale`.
    """
    staff.require(Permission.SERVE)
    ticket = tickets.by_uid(w, uid)
    mine = counters.of_clerk(w, staff.id)
    if ticket.counter_id is not None and (mine is None or ticket.counter_id != mine.id):
        raise Refused("not_your_ticket", number=ticket.number)
    if ticket.version != version:
        raise Refused("stale", number=ticket.number)
    if ticket.state not in AT_COUNTER or mine is None:
        ticket.after(verb)  # raises wrong_state in the ticket's own words
        raise Refused("not_your_ticket", number=ticket.number)
    return (ticket, mine)


def recall(w: Work, uid: str, *, version: int, staff: Staff) -> Done:
    """Call again 重呼, the same call once more.

    Raises:
        Refused: `recall_too_soon`, and those of `own_ticket`.
    """
    days.ensure_today(w)
    ticket, counter = own_ticket(w, uid, version, staff, Verb.RECALL)
    _require_calm(w)
    least = w.config.rules.recall_min_s
    since = seconds_between(ticket.called_at or w.at, w.at)
    # A clock that was set back since the call says nothing about how long ago it was.
    if ticket.state is State.CALLED and 0 <= since < least:
        raise Refused("recall_too_soon", wait_s=max(1, round(least - since)))
    after = ticket.after(Verb.RECALL, calls=ticket.calls + 1, called_at=w.at)
    tickets.save(w, after, was=ticket.version)
    waiting = counters.line(w, ticket.queue_id).waiting
    return _summon(w, counter, ticket, after, waiting=waiting)


def start(w: Work, uid: str, *, version: int, staff: Staff) -> Done:
    """The person is at the counter 开始办理."""
    days.ensure_today(w)
    ticket, counter = own_ticket(w, uid, version, staff, Verb.START)
    after = ticket.after(Verb.START, serving_at=w.at)
    tickets.save(w, after, was=ticket.version)
    w.publish(
        TicketServing(ticket=ticket.number, counter=counter.code),
        ticket_id=ticket.id,
        counter_id=counter.id,
        queue_id=ticket.queue_id,
        item_id=ticket.item_id,
        state_from=ticket.state.value,
        state_to=after.state.value,
    )
    return _done(after, counter)


def finish(w: Work, uid: str, *, version: int, staff: Staff) -> Done:
    """Service ended 办结; a ticket that was sent here to come back returns to its own line."""
    days.ensure_today(w)
    ticket, counter = own_ticket(w, uid, version, staff, Verb.FINISH)
    info = w.config.queue_by_id[ticket.queue_id]
    service_s = _learn(w, ticket)
    if ticket.return_queue_id is not None and ticket.state is State.SERVING:
        return _move(
            w,
            ticket,
            counter,
            to=ticket.return_queue_id,
            back=None,
            note="办完返回",
            service_s=service_s,
        )
    after = ticket.after(
        Verb.FINISH,
        finish_when_called=info.finish_when_called,
        ended_at=w.at,
        left_at=w.at,
    )
    return _leave(w, ticket, after, counter, service_s=service_s)


def no_show(w: Work, uid: str, *, version: int, staff: Staff) -> Done:
    """The person did not come 过号.

    Raises:
        Refused: `calls_too_few`, and those of `own_ticket`.
    """
    days.ensure_today(w)
    ticket, counter = own_ticket(w, uid, version, staff, Verb.NO_SHOW)
    after = ticket.after(Verb.NO_SHOW, left_at=w.at)
    least = w.config.rules.min_calls
    if ticket.calls < least:
        raise Refused("calls_too_few", min_calls=least, calls=ticket.calls)
    return _leave(w, ticket, after, counter)


def hold(w: Work, uid: str, *, version: int, staff: Staff, reason: str) -> Done:
    """Set the ticket aside 挂起, with a reason; the counter is free.

    Raises:
        Refused: `reason_needed`, and those of `own_ticket`.
    """
    days.ensure_today(w)
    ticket, counter = own_ticket(w, uid, version, staff, Verb.HOLD)
    if not reason.strip():
        raise Refused("reason_needed")
    after = ticket.after(Verb.HOLD, left_at=w.at, note=reason.strip())
    return _leave(w, ticket, after, counter)


def resume(w: Work, uid: str, *, version: int, staff: Staff, counter_code: str) -> Done:
    """Bring a held ticket back 回呼 to a free counter that serves its queue.

    Raises:
        Refused: `counter_busy` and the like, `not_served_here`, `stale`, `wrong_state`.
    """
    days.ensure_today(w)
    counter = own_counter(w, counter_code, staff, None)
    ticket = seen(w, uid, version)
    if ticket.queue_id not in w.config.serves.get(counter.id, {}):
        raise Refused("not_served_here", counter=counter.name)
    _require_free(w, counter)
    after = ticket.after(
        Verb.RESUME,
        counter_id=counter.id,
        call_uid=w.new_uid(),
        calls=1,
        called_at=w.at,
        serving_at=None,
    )
    tickets.save(w, after, was=ticket.version)
    waiting = counters.line(w, ticket.queue_id).waiting
    return _summon(w, counter, ticket, after, waiting=waiting, resumed=True)


def transfer(
    w: Work, uid: str, *, version: int, staff: Staff, queue: str, come_back: bool, reason: str
) -> Done:
    """Send the ticket to another queue 转移; number and place are kept.

    Args:
        w: the command's work.
        uid: the ticket.
        version: as the page showed it.
        staff: who asks.
        queue: code of the target.
        come_back: the ticket returns to this queue when the other has finished.
        reason: for the log, may be empty.

    Raises:
        Refused: `target_unknown`, `same_queue`, and those of `own_ticket`.
    """
    days.ensure_today(w)
    ticket, counter = own_ticket(w, uid, version, staff, Verb.TRANSFER)
    target = w.config.queue_by_code.get(queue)
    if target is None or not w.config.counters_of_queue[target.id]:
        raise Refused("target_unknown")
    if target.id == ticket.queue_id:
        raise Refused("same_queue")
    # Sent on without a wish of its own, it still returns to where it is expected.
    back = ticket.queue_id if come_back else ticket.return_queue_id
    if back == target.id:
        back = None
    return _move(w, ticket, counter, to=target.id, back=back, note=reason.strip())


def _move(
    w: Work,
    ticket: Ticket,
    counter: Counter,
    *,
    to: int,
    back: int | None,
    note: str,
    service_s: int | None = None,
) -> Done:
    keeps = w.config.rules.transfer_keeps_place
    after = ticket.after(
        Verb.TRANSFER,
        queue_id=to,
        sort_at=ticket.sort_at if keeps else tickets.end_of_line(w, to, rank=ticket.rank),
        return_queue_id=back,
        transfers=ticket.transfers + 1,
        left_at=w.at,
        calls=0,
        call_uid=None,
        note=note,
    )
    return _requeue(w, ticket, after, counter, reason="transferred", service_s=service_s)


def send_back(w: Work, uid: str, *, version: int, staff: Staff, reason: str) -> Done:
    """Put a called ticket back into its line, in its place.

    Raises:
        Refused: `reason_needed`, and those of `own_ticket`.
    """
    days.ensure_today(w)
    ticket, counter = own_ticket(w, uid, version, staff, Verb.SEND_BACK)
    if not reason.strip():
        raise Refused("reason_needed")
    after = ticket.after(Verb.SEND_BACK, calls=0, call_uid=None, left_at=w.at, note=reason.strip())
    return _requeue(w, ticket, after, counter, reason="sent_back")


def _requeue(
    w: Work,
    ticket: Ticket,
    after: Ticket,
    counter: Counter,
    *,
    reason: str,
    service_s: int | None = None,
) -> Done:
    tickets.save(w, after, was=ticket.version)
    free = counter.holding(None)
    counters.save(w, free, was=counter.version)
    waiting = counters.change_waiting(w, after.queue_id, +1)
    w.publish(
        TicketRequeued(
            ticket=ticket.number,
            queue=w.config.queue_by_id[after.queue_id].code,
            counter=counter.code,
            reason=reason,
            waiting=waiting,
            from_queue=w.config.queue_by_id[ticket.queue_id].code,
            service_s=service_s,
        ),
        ticket_id=ticket.id,
        counter_id=counter.id,
        queue_id=after.queue_id,
        item_id=ticket.item_id,
        state_from=ticket.state.value,
        state_to=after.state.value,
        note=after.note,
    )
    return _done(after, free)


def _leave(
    w: Work, ticket: Ticket, after: Ticket, counter: Counter, *, service_s: int | None = None
) -> Done:
    tickets.save(w, after, was=ticket.version)
    free = counter.holding(None)
    counters.save(w, free, was=counter.version)
    w.publish(
        TicketLeft(
            ticket=ticket.number,
            queue=w.config.queue_by_id[ticket.queue_id].code,
            counter=counter.code,
            reason=after.state.value,
            waiting=counters.line(w, ticket.queue_id).waiting,
            service_s=service_s,
        ),
        ticket_id=ticket.id,
        counter_id=counter.id,
        queue_id=ticket.queue_id,
        item_id=ticket.item_id,
        state_from=ticket.state.value,
        state_to=after.state.value,
        note=after.note,
    )
    return _done(after, free)


def _learn(w: Work, ticket: Ticket) -> int | None:
    """Add this service to what the queue has learnt; return the new typical time if it changed."""
    if ticket.serving_at is None:
        return None
    line = counters.line(w, ticket.queue_id)
    recent = [round(seconds_between(ticket.serving_at, w.at), 1), *line.recent_s][:RECENT]
    setting = w.config.queue_by_id[ticket.queue_id].service_setting_s
    typical = typical_service_s(recent, setting_s=setting)
    counters.set_service(w, ticket.queue_id, service_s=typical, recent_s=recent)
    return typical if typical != line.service_s else None


def _done(ticket: Ticket, counter: Counter) -> Done:
    return Done(
        ticket=ticket.uid,
        number=ticket.number,
        state=ticket.state.value,
        version=ticket.version,
        counter=counter.code,
        counter_version=counter.version,
    )
