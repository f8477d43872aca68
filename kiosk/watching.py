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
        told: called with all faults of the printer when they have changed, `near_end` among them.
    """

    def __init__(
        self,
        printer: KioskPrinter,
        *,
        monotonic: Callable[[], float],
        told: Callable[[tuple[str, ...]], None],
    ) -> None:
        self._printer = printer
        self._monotonic = monotonic
        self._told = told
        self._from = monotonic() + SETTLE_S
        self.faults: tuple[str, ...] = ()
        """Faults of the printer, the one to tell first before the others."""
        self.near_end = False
        """True when the paper is nearly used up."""

    def look(self) -> None:
        """Read how the printer is."""
        if self._monotonic() < self._from:
            return
        status = self._printer.status()
        if (tuple(status.faults), status.near_end) == (self.faults, self.near_end):
            return
        log.info("printer.changed", faults=status.faults, near_end=status.near_end)
        self.faults, self.near_end = tuple(status.faults), status.near_end
        self._told((*self.faults, "near_end") if self.near_end else self.faults)
