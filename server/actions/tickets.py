"""Numbers: issue, print result, reprint, cancel, reinstate."""

from __future__ import annotations

import secrets
from dataclasses import replace

from server.actions import days, identity, waits
from server.domain.forecast.outlook import Forecast
from server.domain.moments import seconds_between
from server.domain.numbering import next_no, number_text
from server.domain.ordering import ORDINARY, place_behind
from server.domain.people import Permission, Staff
from server.domain.tickets import OVER, STATE_ZH, State, Ticket, Verb
from server.kit.contract.messages import (
    SlipRequested,
    TicketIssued,
    TicketLeft,
    TicketPrinted,
    TicketRequeued,
)
from server.kit.contract.reasons import Refused
from server.kit.contract.views import Done, TicketSlip
from server.store import counters, devices, tickets
from server.store.devices import Device
from server.store.hallconfig import ItemInfo, PriorityInfo, QueueInfo
from server.store.slips import slip
from server.store.work import Work

PRINT_FAULTS = frozenset(
    {"", "paper_out", "cover_open", "cutter", "jam", "offline", "silent", "no_port"}
)
"""The closed list of what can be wrong with the paper."""


def new_token() -> str:
    """Return the secret part of a ticket's public address: 96 random bits, 16 characters."""
    return secrets.token_urlsafe(12)


def issue(
    w: Work,
    *,
    item: str = "",
    queue: str = "",
    priority: str = "",
    priority_reason: str = "",
    source: str,
    device: Device | None = None,
    forecast: Forecast | None = None,
    holder: str = "",
    holder_date: str = "",
) -> TicketSlip:
    """Give the next number of the item's queue and return what is printed.

    Args:
        w: the command's work.
        item: code of the item; its queue is used.
        queue: code of a queue, when no item was chosen.
        priority: code of a priority class, given by staff only.
        priority_reason: why.
        source: `kiosk` or `staff`.
        device: the kiosk that will print.
        forecast: the newest one, for the range on the slip; None = only people ahead are told.
        holder: hash of the identity card 实名取号, made by the kiosk; empty without a card.
        holder_date: the day whose key made it.

    Raises:
        Refused: `not_found`, `malformed` without item and queue, `priority_reason_needed`, the
            reason why numbers are not given now, or why not to this person: `identity_needed`,
            `identity_stale`, `number_open`, `day_limit`.
    """
    days.ensure_today(w)
    info, wanted = _wanted(w, item, queue)
    klass = _priority(w, priority, priority_reason)
    line = counters.line(w, info.id)
    serving = w.config.counters_of_queue[info.id]
    answer = days.judge(w, line, counters_total=len(serving))
    if answer.refusal is not None:
        raise answer.refusal
    carded = identity.asks(w, info)
    if carded:
        identity.admit(w, info, holder=holder, holder_date=holder_date, by_staff=source == "staff")
    no = next_no(line.last_no or None, first=info.first_no, last=info.last_no, queue=info.name)
    counters.set_series(w, line, last_no=no, waiting=line.waiting + 1)
    ticket = tickets.add(
        w,
        uid=w.new_uid(),
        date=w.hall.date,
        queue_id=info.id,
        series_queue_id=info.id,
        item_id=None if wanted is None else wanted.id,
        revision=0 if wanted is None else wanted.revision,
        no=no,
        number=number_text(info.prefix, no, info.digits),
        state=State.WAITING,
        version=1,
        source=source,
        device_id=None if device is None else device.id,
        priority="" if klass is None else klass.code,
        rank=ORDINARY if klass is None else klass.rank,
        priority_reason=priority_reason.strip(),
        queued_at=w.at,
        sort_at=tickets.end_of_line(w, info.id, rank=ORDINARY if klass is None else klass.rank),
        counter_id=None,
        call_uid=None,
        calls=0,
        called_at=None,
        serving_at=None,
        left_at=None,
        ended_at=None,
        note="",
        transfers=0,
        reinstatements=0,
        return_queue_id=None,
        print_state="none" if device is None else "issued",
        print_fault="",
        prints=0,
        token=new_token(),
    )
    if carded and holder:
        identity.hold(w, ticket.id, holder)
    without = identity.WITHOUT_CARD if carded and source == "staff" else ""
    w.publish(
        TicketIssued(ticket=ticket.number, queue=info.code, waiting=line.waiting + 1),
        ticket_id=ticket.id,
        queue_id=info.id,
        item_id=ticket.item_id,
        state_to=State.WAITING.value,
        note="；".join(note for note in (ticket.priority_reason, without) if note),
    )
    # Somebody with a priority has only those before them who have one too.
    ahead = line.waiting if klass is None else tickets.ahead_of(w, ticket)
    estimate = waits.estimate_for(w, forecast, info.id, ahead=ahead)
    waits.record(w, ticket, estimate)
    return slip(w, ticket, ahead=ahead, estimate=estimate)


def _wanted(w: Work, item: str, queue: str) -> tuple[QueueInfo, ItemInfo | None]:
    if item:
        wanted = w.config.item(item)
        return (w.config.queue_by_id[wanted.queue_id], wanted)
    if queue:
        return (w.config.queue(queue), None)
    raise Refused("malformed", problem="没有选择事项或业务")


def _priority(w: Work, code: str, reason: str) -> PriorityInfo | None:
    if not code:
        return None
    found = w.config.priority(code)
    if found.needs_reason and not reason.strip():
        raise Refused("priority_reason_needed", priority=found.name)
    return found


def print_result(
    w: Work, uid: str, *, device: Device, state: str, fault: str, job: int | None
) -> Done:
    """Record what became of the paper; a late `printed` after `unknown` corrects it.

    Raises:
        Refused: `not_found`, `malformed` for a state or fault outside the closed lists.
    """
    if state not in {"printed", "failed", "unknown"}:
        raise Refused("malformed", problem=f"打印结果 {state}")
    if fault not in PRINT_FAULTS:
        raise Refused("malformed", problem=f"打印故障 {fault}")
    ticket = tickets.by_uid(w, uid)
    if job is None:
        if ticket.device_id != device.id:
            raise Refused("forbidden")
        devices.add_print_job(
            w, ticket_id=ticket.id, device_id=device.id, kind="first", state=state, fault=fault
        )
    elif not devices.set_print_job(w, job, device_id=device.id, state=state, fault=fault):
        raise Refused("not_found", what=f"打印任务 {job}")
    settled = ticket.print_state == "printed" and state != "printed"
    changed = _with(
        ticket,
        print_state=ticket.print_state if settled else state,
        print_fault=ticket.print_fault if settled else fault,
        prints=ticket.prints + (1 if state == "printed" else 0),
    )
    tickets.save(w, changed, was=ticket.version)
    w.publish(
        TicketPrinted(uid=uid, ticket=ticket.number, device=device.uid, state=state, fault=fault),
        ticket_id=ticket.id,
        queue_id=ticket.queue_id,
    )
    return _done(changed)


def _with(ticket: Ticket, **changes: object) -> Ticket:
    # Paper does not change what a clerk sees of the ticket's life: the version stays.
    return replace(ticket, **changes)  # type: ignore[arg-type]  # callers name fields of Ticket


def request_reprint(w: Work, uid: str, *, staff: Staff, device: str, reason: str) -> Done:
    """Ask a kiosk to print a ticket again 补打, with the same number and a mark.

    Raises:
        Refused: `forbidden`, `not_found`, `wrong_state` for a ticket whose day is over.
    """
    staff.require(Permission.GUIDE)
    ticket = _open(w, uid)
    if not reason.strip():
        raise Refused("reason_needed")
    kiosk = devices.by_uid(w, device)
    if kiosk is None or kiosk.revoked or kiosk.kind != "kiosk":
        raise Refused("not_found", what="这台取号机")
    devices.add_print_job(
        w,
        ticket_id=ticket.id,
        device_id=kiosk.id,
        kind="reprint",
        state="requested",
        requested_by=staff.uid,
        reason=reason.strip(),
    )
    w.publish(
        SlipRequested(device=kiosk.uid, ticket=ticket.number),
        ticket_id=ticket.id,
        queue_id=ticket.queue_id,
        note=reason.strip(),
    )
    return _done(ticket)


def _open(w: Work, uid: str) -> Ticket:
    days.ensure_today(w)
    ticket = tickets.by_uid(w, uid)
    if ticket.state in OVER:
        raise Refused(
            "wrong_state",
            number=ticket.number,
            state=ticket.state.value,
            state_zh=STATE_ZH[ticket.state],
            verb="reprint",
            verb_zh="补打",
        )
    return ticket


def cancel(w: Work, uid: str, *, version: int, reason: str) -> Done:
    """Take a waiting, held or passed ticket out of the line for good.

    Raises:
        Refused: `stale`, `wrong_state`, `reason_needed`.
    """
    days.ensure_today(w)
    if not reason.strip():
        raise Refused("reason_needed")
    ticket = seen(w, uid, version)
    after = ticket.after(Verb.CANCEL, ended_at=w.at, note=reason.strip())
    tickets.save(w, after, was=ticket.version)
    waits.never_came(w, ticket, State.CANCELLED.value)
    if ticket.state is State.WAITING:
        waiting = counters.change_waiting(w, ticket.queue_id, -1)
    else:
        waiting = counters.line(w, ticket.queue_id).waiting
    w.publish(
        TicketLeft(
            ticket=ticket.number,
            queue=w.config.queue_by_id[ticket.queue_id].code,
            counter=None,
            reason=State.CANCELLED.value,
            waiting=waiting,
        ),
        ticket_id=ticket.id,
        queue_id=ticket.queue_id,
        state_from=ticket.state.value,
        state_to=after.state.value,
        note=reason.strip(),
    )
    return _done(after)


def give_back(w: Work, token: str) -> Done:
    """Take the ticket of a public address out of the line: its holder 来不了了 said so.

    Repeated, it changes nothing and answers alike.

    Raises:
        Refused: `not_found` for an address of no ticket of today, `wrong_state` for a ticket that
            is at a counter or has ended otherwise.
    """
    days.ensure_today(w)
    ticket = tickets.by_token(w, token)
    if ticket is None or ticket.date != w.hall.date:
        raise Refused("not_found", what="这张号票")
    if ticket.state is State.CANCELLED:
        return _done(ticket)
    return cancel(w, ticket.uid, version=ticket.version, reason="本人退号")


def reinstate(w: Work, uid: str, *, version: int) -> Done:
    """Put a passed-over ticket back by the hall's rule 过号恢复.

    Raises:
        Refused: `stale`, `wrong_state`, `reinstate_too_late`, `reinstate_used_up`.
    """
    days.ensure_today(w)
    rules = w.config.rules
    ticket = seen(w, uid, version)
    if ticket.state is State.NO_SHOW:
        away_s = seconds_between(ticket.left_at or w.at, w.at)
        if away_s > rules.no_show_window_min * 60:
            raise Refused(
                "reinstate_too_late", number=ticket.number, window_min=rules.no_show_window_min
            )
        if ticket.reinstatements >= rules.reinstate_limit:
            raise Refused("reinstate_used_up", number=ticket.number, limit=rules.reinstate_limit)
    first = tickets.waiting_in(
        w, ticket.queue_id, rank=ticket.rank, most=max(1, rules.reinstate_behind)
    )
    end = tickets.end_of_line(w, ticket.queue_id, rank=ticket.rank)
    place = place_behind(first, behind=rules.reinstate_behind, now=end)
    after = ticket.after(
        Verb.REINSTATE,
        sort_at=place,
        reinstatements=ticket.reinstatements + 1,
        calls=0,
        call_uid=None,
    )
    tickets.save(w, after, was=ticket.version)
    waiting = counters.change_waiting(w, ticket.queue_id, +1)
    w.publish(
        TicketRequeued(
            ticket=ticket.number,
            queue=w.config.queue_by_id[ticket.queue_id].code,
            counter=None,
            reason="reinstated",
            waiting=waiting,
        ),
        ticket_id=ticket.id,
        queue_id=ticket.queue_id,
        state_from=ticket.state.value,
        state_to=after.state.value,
    )
    return _done(after)


def seen(w: Work, uid: str, version: int) -> Ticket:
    """Return the ticket if it is still as the page showed it; raises `Refused("stale")`."""
    ticket = tickets.by_uid(w, uid)
    if ticket.version != version:
        raise Refused("stale", number=ticket.number)
    return ticket


def _done(ticket: Ticket) -> Done:
    return Done(
        ticket=ticket.uid,
        number=ticket.number,
        state=ticket.state.value,
        version=ticket.version,
    )
