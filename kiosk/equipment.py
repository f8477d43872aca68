"""What hangs on the kiosk, and how the box is: its printer, its staff page, its health."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from kiosk import journey as j
from kiosk.config import KioskConfig
from kiosk.journey import Journey, Paper, PrintGuide
from kiosk.machine import Machine, facts_of
from kiosk.outside import KioskLink, KioskPrinter
from kiosk.page import Page
from kiosk.printing.guide import Guide
from kiosk.watching import PrinterWatch

STUCK_S = 4.0
"""A slip not printed for so long while the printer reports a fault is told to the citizen."""
log = structlog.get_logger(__name__)


class Equipment:
    """The devices of this kiosk.

    Args:
        monotonic: seconds.
        spawn: runs a function beside the caller.
        changed: called when something that the pages show has changed.
        undelivered: how many outcomes of slips the server does not know yet.
        can_speak: whether the box can read aloud.
    """

    def __init__(
        self,
        *,
        config: KioskConfig,
        link: KioskLink,
        printer: KioskPrinter,
        monotonic: Callable[[], float],
        spawn: Callable[[Callable[[], None]], object],
        changed: Callable[[], None],
        undelivered: Callable[[], int],
        can_speak: Callable[[], bool],
    ) -> None:
        self._link = link
        self._printer = printer
        self._spawn = spawn
        self._changed = changed
        self._undelivered = undelivered
        self._can_speak = can_speak
        self._watch = PrinterWatch(printer, monotonic=monotonic, told=self._told)
        self.machine = Machine(
            code_file=config.code_file,
            close_command=config.close_command,
            facts=lambda: facts_of(self.health, printer=bool(config.printer.port)),
        )

    def look(self) -> None:
        """Read how the devices are; told to the server and the pages when it has changed."""
        self._watch.look()

    @property
    def faults(self) -> tuple[str, ...]:
        """Faults of the printer, the one to tell first before the others."""
        return self._watch.faults

    @property
    def near_end(self) -> bool:
        """True when the paper is nearly used up."""
        return self._watch.near_end

    @property
    def health(self) -> dict[str, object]:
        """How this kiosk is, for /healthz and staff: nothing of a citizen."""
        age = self._link.beat_age_s()
        return {
            "enrolled": self._link.enrolled,
            "link": self._link.status.value,
            "beat_age_s": None if age is None else round(age, 1),
            "content": self._link.catalogue.digest if self._link.catalogue else "",
            "faults": list(self.faults),
            "near_end": self.near_end,
            "undelivered": self._undelivered(),
            "can_speak": self._can_speak(),
        }

    def stuck(self, journey: Journey, now: float) -> Journey:
        """A slip that waits for the printer: its citizen is told, though it may still come out."""
        waits = journey.screen is j.Screen.NUMBER and journey.paper is Paper.PRINTING
        if not waits or journey.slip is None or now - journey.drawn < STUCK_S:
            return journey
        faults = self._printer.status().faults
        if not faults:
            return journey
        return j.printed(journey, journey.slip.uid, Paper.FAILED, faults[0], now=now)

    def print_guide(self, page: Page, wish: PrintGuide, guide: Guide) -> None:
        """Print the five disclosures of an item beside the caller; *page* shows what came of it."""

        def run() -> None:
            outcome = self._printer.print_guide(guide)
            log.info("guide.printed", item=wish.choice.item, state=outcome.state)
            page.journey = j.guide_printed(
                page.journey, wish.choice, Paper(outcome.state), outcome.fault
            )
            self._changed()

        self._spawn(run)

    def close_browser(self) -> None:
        """End the browser beside the caller; what became of it stands on the staff page."""

        def run() -> None:
            self.machine.close_browser()
            self._changed()

        self._spawn(run)

    def _told(self, faults: tuple[str, ...]) -> None:
        # Remembered by the link, which tells it again with each of its own acknowledgements.
        self._link.ack((), {"faults": list(faults)})
        self._changed()
