"""How the printer is, read again and again; told once when it has changed."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from kiosk.outside import KioskPrinter

SETTLE_S = 3.0
"""A printer needs so long after the start to say how it is."""

log = structlog.get_logger(__name__)


class PrinterWatch:
    """Reads the status of the kiosk's printer.

    Args:
        monotonic: seconds.
        at: the moment now, UTC, as text.
    """

    def __init__(
        self, printer: KioskPrinter, *, monotonic: Callable[[], float], at: Callable[[], str]
    ) -> None:
        self._printer = printer
        self._monotonic = monotonic
        self._at = at
        self._from = monotonic() + SETTLE_S
        self.faults: tuple[str, ...] = ()
        """Faults of the printer, the one to tell first before the others."""
        self.near_end = False
        """True when the paper is nearly used up, by the printer's sensor."""
        self.since: dict[str, str] = {}
        """Fault, `near_end` among them → since when it has been so, UTC."""

    @property
    def settled(self) -> bool:
        """Whether the printer has had time to say how it is."""
        return self._monotonic() >= self._from

    def look(self) -> bool:
        """Read how the printer is; say whether that has changed."""
        if not self.settled:
            return False
        status = self._printer.status()
        if (tuple(status.faults), status.near_end) == (self.faults, self.near_end):
            return False
        log.info("printer.changed", faults=status.faults, near_end=status.near_end)
        self.faults, self.near_end = tuple(status.faults), status.near_end
        now = (*self.faults, "near_end") if self.near_end else self.faults
        self.since = {code: self.since.get(code, self._at()) for code in now}
        return True
