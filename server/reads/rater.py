"""What the rating page 评价页 of a counter shows: the counter's own public state, and nothing else."""

from __future__ import annotations

import msgspec

from server.domain.moments import instant
from server.domain.tickets import State
from server.reads.screens import clock_words
from server.store import counters, tickets
from server.store.devices import Device
from server.store.work import Read


class RaterView(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a counter as the people before it may see it; no names."""

    state: str
    """`unset` (no counter was given to it), `closed`, `idle`, `called`, `serving`, `paused` or
    `emergency`."""
    hall_name: str
    seq: int
    now: str
    """UTC."""
    utc_offset_s: int
    """The hall's distance from UTC."""
    counter: str = ""
    """Code."""
    counter_name: str = ""
    clerk_label: str = ""
    """Work number 工号 of who serves; empty while closed."""
    number: str = ""
    """Ticket at the counter."""
    reason: str = ""
    """Why it pauses, one of the hall's own list."""
    until: str = ""
    """When it serves again, as the hall's clock says it: `14:30`."""
    text: str = ""
    """Of an emergency."""


def rater_view(r: Read, device: Device) -> RaterView:
    """Return what *device*, a rater, shows now."""
    offset = r.local_now.utcoffset()
    code = device.layout.counter
    head = RaterView(
        state="unset",
        hall_name=r.hall.name,
        seq=r.hall.event_seq,
        now=r.at,
        utc_offset_s=0 if offset is None else int(offset.total_seconds()),
        counter=code,
    )
    if code not in r.config.counter_by_code:
        return head
    counter = counters.by_code(r, code)
    ticket = None if counter.ticket_id is None else tickets.by_id(r, counter.ticket_id)
    if ticket is not None:
        state = "serving" if ticket.state is State.SERVING else "called"
    else:
        state = {"open": "idle"}.get(counter.state.value, counter.state.value)
    if r.hall.emergency is not None:
        state = "emergency"
    until = counter.paused_until
    return msgspec.structs.replace(
        head,
        state=state,
        counter_name=counter.name,
        clerk_label=counter.clerk_label,
        number="" if ticket is None else ticket.number,
        reason=counter.pause_reason,
        until="" if until is None else clock_words(r, instant(until)),
        text=r.hall.emergency or "",
    )
