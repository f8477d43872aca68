"""The clerk's page 窗口终端 in one answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Protocol

from server.domain import ordering
from server.domain.counters import PAUSE_REASONS, Counter
from server.domain.moments import instant, moment
from server.domain.people import Permission, Staff
from server.domain.tickets import State, Ticket
from server.kit.contract.reasons import Refused
from server.kit.contract.views import (
    CatalogueCounter,
    DeskCounter,
    DeskDevice,
    DeskHelp,
    DeskQueue,
    DeskTicket,
    DeskView,
    Heard,
)
from server.store import counters, devices, log, tickets
from server.store.slips import fee_text, promise_line
from server.store.work import Read

MOST_WAITING = 30
"""So many of those waiting are listed; the count tells the rest."""
LATE_AFTER_S = 5
"""A call that no screen acknowledged after so many seconds is reported as not delivered."""
HOLD_REASONS = ("补材料", "复印", "填表", "缴费", "等候审核")


class Presence(Protocol):
    """What this page asks about connected devices."""

    def connected(self, device: str) -> bool:
        """Whether a device is connected this very moment."""

    def online(self, device: str) -> bool:
        """Whether a device is connected."""

    def faults(self, device: str) -> tuple[str, ...]:
        """What a device last reported to be wrong."""


def desk(r: Read, code: str, *, staff: Staff, presence: Presence) -> DeskView:
    """Return what the page of counter *code* shows to *staff*.

    Raises:
        Refused: `forbidden`, `not_found`, `not_your_counter` when a colleague serves there.
    """
    if not (staff.may(Permission.SERVE) or staff.may(Permission.WATCH)):
        raise Refused("forbidden")
    counter = counters.by_code(r, code)
    if counter.clerk_id not in {None, staff.id} and not staff.may(Permission.WATCH):
        raise Refused("not_your_counter")
    current = None if counter.ticket_id is None else tickets.by_id(r, counter.ticket_id)
    lines = {line.id: line for line in counters.lines(r)}
    here = r.config.serves.get(counter.id, {})
    waiting = _in_order(r, counter)
    return DeskView(
        hall=r.hall.code,
        hall_name=r.hall.name,
        tz=r.hall.tz,
        seq=r.hall.event_seq,
        now=r.at,
        date=r.hall.date,
        day_state=r.hall.day_state,
        emergency=r.hall.emergency,
        clerk_label=staff.label,
        counter=_counter(r, counter),
        current=None if current is None else _ticket(r, current),
        heard=None if current is None else _heard(r, counter, current, presence),
        done_today=tickets.done_at(r, counter.id, _midnight(r)),
        waiting_count=sum(lines[q].waiting for q in here if q in lines),
        longest_since=min((t.queued_at for t in waiting), default=None),
        waiting=tuple(_ticket(r, t) for t in waiting[:MOST_WAITING]),
        held=tuple(_ticket(r, t) for t in tickets.in_states(r, State.HELD) if t.queue_id in here),
        no_shows=_no_shows(r, here),
        queues=tuple(
            DeskQueue(
                code=q.code,
                name=q.name,
                department=r.config.department_by_id[q.department_id].short_name,
                waiting=lines[q.id].waiting,
                open_counters=lines[q.id].open_counters,
                here=q.id in here,
            )
            for q in r.config.queues
        ),
        counters=tuple(
            CatalogueCounter(
                code=c.code,
                name=c.name,
                department=r.config.department_by_id[c.department_id].code,
                zone=r.config.zone_by_id[c.zone_id].code,
            )
            for c in r.config.counters
        ),
        kiosks=tuple(
            DeskDevice(
                uid=d.uid,
                name=d.name,
                online=presence.online(d.uid),
                faults=presence.faults(d.uid),
            )
            for d in devices.every(r)
            if d.kind == "kiosk"
        ),
        help=tuple(
            DeskHelp(device=uid, name=name, at=at) for uid, name, at in devices.open_help(r)
        ),
        min_calls=r.config.rules.min_calls,
        recall_min_s=r.config.rules.recall_min_s,
        pause_reasons=tuple(r.config.setting("pause_reasons", PAUSE_REASONS)),
        hold_reasons=tuple(r.config.setting("hold_reasons", HOLD_REASONS)),
    )


def _midnight(r: Read) -> str:
    day = datetime.combine(r.local_now.date(), time.min, r.local_now.tzinfo)
    return moment(day)


def _in_order(r: Read, counter: Counter) -> list[Ticket]:
    """Return those who wait in the order in which this counter would call them now."""
    left = tickets.waiting_here(r, counter.id, MOST_WAITING * 2)
    recent: list[int] = []
    if len({t.rank for t in left}) > 1:
        recent = tickets.recent_ranks(r, counter.id, r.config.rules.priority_in_row)
    weights = r.config.serves.get(counter.id, {})
    ordered: list[Ticket] = []
    while left and len(ordered) < MOST_WAITING:
        chosen = ordering.choose(
            left, weights=weights, rules=r.config.rules, recent_ranks=recent, now=r.now
        )
        assert chosen is not None
        left.remove(chosen)
        ordered.append(chosen)
        recent.insert(0, chosen.rank)
    return ordered


def _no_shows(r: Read, here: Mapping[int, int]) -> tuple[DeskTicket, ...]:
    rules = r.config.rules
    oldest = moment(r.now - timedelta(minutes=rules.no_show_window_min))
    found = [
        t
        for t in tickets.in_states(r, State.NO_SHOW)
        if t.queue_id in here
        and (t.left_at or "") >= oldest
        and t.reinstatements < rules.reinstate_limit
    ]
    found.sort(key=lambda t: t.left_at or "", reverse=True)
    return tuple(_ticket(r, t) for t in found)


def _counter(r: Read, c: Counter) -> DeskCounter:
    info = r.config.counter_by_id[c.id]
    return DeskCounter(
        code=c.code,
        name=c.name,
        department=r.config.department_by_id[info.department_id].name,
        zone=c.zone_code,
        state=c.state.value,
        reason=c.pause_reason,
        until=c.paused_until,
        version=c.version,
        clerk_label=c.clerk_label,
        opened_at=c.opened_at,
    )


def _ticket(r: Read, t: Ticket) -> DeskTicket:
    queue = r.config.queue_by_id[t.queue_id]
    item = None if t.item_id is None else r.config.item_by_id.get(t.item_id)
    view = None if item is None else item.disclosure
    klass = next((p for p in r.config.priorities if p.code == t.priority), None)
    return DeskTicket(
        uid=t.uid,
        number=t.number,
        version=t.version,
        state=t.state.value,
        queue=queue.code,
        queue_name=queue.name,
        item="" if item is None else item.code,
        item_name="" if item is None else item.name,
        mode="" if item is None else item.mode,
        revision=t.revision,
        promise="" if view is None else promise_line(view).partition("·")[0],
        fee="" if view is None else fee_text(view),
        materials=() if view is None else view.materials,
        priority="" if klass is None else klass.name,
        priority_reason=t.priority_reason,
        queued_at=t.queued_at,
        called_at=t.called_at,
        serving_at=t.serving_at,
        left_at=t.left_at,
        calls=t.calls,
        note=t.note,
        transfers=t.transfers,
        print_state=t.print_state,
        print_fault=t.print_fault,
    )


def _heard(r: Read, counter: Counter, ticket: Ticket, presence: Presence) -> Heard:
    call = ticket.call_uid or ""
    acks = log.acks(r, call, ticket.calls)
    shown = acks.get("page", 0)
    waited = (r.now - instant(ticket.called_at or r.at)).total_seconds()
    return Heard(
        call=call,
        times=ticket.calls,
        screens=sum(
            d.shows_calls(counter.zone_code, counter.code) and presence.connected(d.uid)
            for d in devices.every(r)
        ),
        shown=shown,
        spoken=acks.get("voice", 0) > 0,
        late=shown == 0 and waited > LATE_AFTER_S,
    )
