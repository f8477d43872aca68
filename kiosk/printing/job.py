"""One slip on its way through a printer: what of it has left, and what was heard of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from kiosk.printing.proof import Evidence
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
    """When the settling question was last asked."""
    heard_at: float | None = None
    """When an answer to it was last heard."""
    quiet_s: float = 0.0
    """Pause after which no late answer to an earlier job is to be expected."""
    repair_s: float = 0.0
    """What the repair of an earlier job takes on the wire."""
    left_at: float = 0.0
    """When its last byte must have left the wire."""
    deadline: float = 0.0
    blocked: bool = False
    evidence: Evidence = field(default_factory=Evidence)
