"""One slip on its way through a printer: what of it has left, and what was seen meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from kiosk.printing.status import Outcome


@dataclass(slots=True, kw_only=True)
class Job:
    """A slip on its way through the printer; only the dialogue changes it."""

    data: bytes
    pid: str
    reply: Callable[[Outcome], None]
    phase: Literal["prepare", "settle", "send", "wait"] = "prepare"
    sent: int = 0
    began: float = 0.0
    """When its first byte was offered, or when settling began."""
    asked_at: float | None = None
    """When `GS r` was last asked while settling."""
    heard_at: float | None = None
    """When the last answer to `GS r` was heard while settling."""
    left_at: float = 0.0
    """When its last byte must have left the wire."""
    deadline: float = 0.0
    blocked: bool = False
    troubled: bool = False
    """True once a fault or silence was seen with the job inside."""
    proof_cycle: int | None = None
    """Set when `GS r` was answered; a clean status of this cycle or later completes the proof."""
