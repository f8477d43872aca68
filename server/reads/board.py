"""The board: the public truth of the hall as it is now."""

from __future__ import annotations

from server.domain.tickets import State
from server.kit.contract.board import Board, CallLine, CounterLine, QueueLine, newest_first
from server.store import counters, tickets
from server.store.work import Read


def board(r: Read) -> Board:
    """Return the board; folding later events into it gives every later board."""
    at_counters = tickets.in_states(r, State.CALLED, State.SERVING)
    number = {t.id: t.number for t in at_counters}
    present = counters.every(r)
    where = {c.id: c for c in present}
    return Board(
        hall=r.hall.code,
        seq=r.hall.event_seq,
        date=r.hall.date,
        day_state=r.hall.day_state,
        digest=r.hall.catalogue_digest,
        emergency=r.hall.emergency,
        queues=tuple(
            QueueLine(
                code=r.config.queue_by_id[line.id].code,
                waiting=line.waiting,
                issuing=line.issuing,
                reason=line.reason,
                resumes_at=line.resumes_at,
                service_s=line.service_s,
                low_min=line.low_min,
                high_min=line.high_min,
                rough=line.rough,
            )
            for line in counters.lines(r)
        ),
        counters=tuple(
            CounterLine(
                code=c.code,
                name=c.name,
                zone=c.zone_code,
                state=c.state.value,
                reason=c.pause_reason,
                until=c.paused_until,
                clerk_label=c.clerk_label,
                ticket=None if c.ticket_id is None else number[c.ticket_id],
            )
            for c in present
        ),
        calls=newest_first(
            CallLine(
                call=t.call_uid or "",
                ticket=t.number,
                queue=r.config.queue_by_id[t.queue_id].code,
                counter=where[t.counter_id].code,
                counter_name=where[t.counter_id].name,
                zone=where[t.counter_id].zone_code,
                times=t.calls,
                state=t.state.value,
                called_at=t.called_at or "",
                serving_at=t.serving_at,
            )
            for t in at_counters
            if t.counter_id is not None
        ),
    )
