"""The log as an answer."""

from __future__ import annotations

from server.kit.contract.codec import Event
from server.store import log
from server.store.work import Read


def events_after(r: Read, seq: int, limit: int) -> list[Event]:
    """Return up to *limit* events after *seq*, in order."""
    return log.events_after(r, seq, limit)


def last_seq(r: Read) -> int:
    """Return the number of the newest event."""
    return r.hall.event_seq


def faults(r: Read) -> list[str]:
    """Return a sentence for each fault of the log; empty = nothing was altered."""
    return list(log.verify(r))
