"""Reprints 补打 of a kiosk in words: which number, who asked, why, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.moments import instant
from server.reads.screens import FAULT_ZH, clock_words
from server.store import people
from server.store.devices import Device
from server.store.reprints import reprints
from server.store.work import Read

MOST = 10
STATE_ZH = {
    "requested": "还没有打",
    "printed": "打出来了",
    "failed": "没有打出来",
    "unknown": "打没打出来不清楚",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprintLine:
    """One reprint as a line of a list."""

    number: str
    nth: int
    at: str
    """Hall time."""
    who: str
    """Work number 工号."""
    reason: str
    state: str
    result: str


def reprint_lines(r: Read, device: Device) -> tuple[ReprintLine, ...]:
    """Return the newest reprints of *device*, newest first."""
    mine = [x for x in reprints(r) if x.device_id == device.id][-MOST:]
    if not mine:
        return ()
    labels = {p.uid: p.label for p in people.every(r)}
    return tuple(
        ReprintLine(
            number=x.ticket,
            nth=x.nth,
            at=clock_words(r, instant(x.at)),
            who=labels.get(x.by, ""),
            reason=x.reason,
            state=x.state,
            result=STATE_ZH.get(x.state, x.state)
            + (f"：{FAULT_ZH[x.fault][0]}" if x.fault in FAULT_ZH else ""),
        )
        for x in reversed(mine)
    )
