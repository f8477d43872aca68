"""What hangs on the kiosk, and how the box is: its printer, its staff page, its health."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import structlog

from kiosk import journey as j
from kiosk.config import KioskConfig
from kiosk.journey import Journey, Paper, PrintGuide
from kiosk.machine import FAULTS_ZH, Machine, facts_of
from kiosk.outside import KioskLink, KioskPrinter
from kiosk.page import Page
from kiosk.printing.guide import Guide
from kiosk.roll import Roll
from kiosk.watching import PrinterWatch
from server.kit.contract.devices import Part, PartFault
from server.kit.contract.moments import moment

STEP_MM = 100
"""The estimate of the paper is told in steps of ten centimetres."""
NEW_ROLL_ZH = "已记下换了新纸，从整卷开始估算。"
STUCK_S = 4.0
"""A slip not printed for so long while the printer reports a fault is told to the citizen."""
log = structlog.get_logger(__name__)


class Equipment:
    """The devices of this kiosk.

    Args:
        monotonic: seconds.
        now: the hall's time, aware.
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
        now: Callable[[], datetime],
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
        self._monotonic = monotonic
        self._now = now
        self._port = config.printer.port
        self._watch = PrinterWatch(printer, monotonic=monotonic, at=self._at)
        profile = printer.profile
        self.roll = Roll(
            Path(config.state_dir) / "roll.json",
            full_mm=0 if profile is None else round(profile.paper.roll_m * 1000),
            at=self._at,
        )
        """The paper in the printer."""
        self._others: list[Callable[[], Part | None]] = []
        self._confirmed: tuple[float | None, str] = (None, "")
        self._low_since = ""
        self._told: tuple[tuple[str, ...], tuple[Part, ...]] | None = None
        self.machine = Machine(
            code_file=config.code_file,
            close_command=config.close_command,
            facts=lambda: facts_of(self.health, printer=bool(config.printer.port)),
        )

    def add(self, part: Callable[[], Part | None]) -> None:
        """Report another attached device with the printer: *part* says how it is, None = not there."""
        self._others.append(part)

    def look(self) -> None:
        """Read how the devices are; told to the server and the pages when it has changed."""
        changed = self._watch.look()
        if self._watch.settled:
            fed_mm = self._printer.facts().fed_mm
            self.roll.look(fed_mm=fed_mm, out="paper_out" in self.faults)
            low = self.roll.low and not self.near_end and "paper_out" not in self.faults
            self._low_since = (self._low_since or self._at()) if low else ""
        told = (self._codes(), self.parts())
        if self._watch.settled and told != self._told:
            self._told = told
            # Remembered by the link, which tells it again with each of its own acknowledgements.
            parts = [msgspec.to_builtins(part) for part in told[1]]
            self._link.ack((), {"faults": list(told[0]), "parts": parts})
        if changed:
            self._changed()

    def parts(self) -> tuple[Part, ...]:
        """What hangs on this kiosk, as staff see it."""
        found = [self._paper(), *(part() for part in self._others)]
        return tuple(part for part in found if part is not None)

    def _paper(self) -> Part | None:
        profile = self._printer.profile
        if profile is None:
            return None
        facts = self._printer.facts()
        if facts.confirmed_at != self._confirmed[0] and facts.confirmed_at is not None:
            age = timedelta(seconds=self._monotonic() - facts.confirmed_at)
            self._confirmed = (facts.confirmed_at, moment(self._now() - age))
        since = self._watch.since
        return Part(
            key="printer",
            role="printer",
            name="打印机",
            profile=profile.id,
            profile_name=profile.name,
            verified=profile.verified,
            port=self._port,
            faults=tuple(
                PartFault(code=c, since=since.get(c, self._low_since)) for c in self._codes()
            ),
            confirmed_at=self._confirmed[1],
            confirm_ms=facts.confirm_ms or 0,
            confirm_kind=profile.confirm.kind,
            paper_left_mm=-1 if self.roll.left_mm < 0 else self.roll.left_mm // STEP_MM * STEP_MM,
            paper_roll_mm=self.roll.full_mm,
        )

    def _codes(self) -> tuple[str, ...]:
        """All faults of the printer, those with which it prints on last."""
        ending = ("near_end",) if self.near_end else ("paper_low",) if self._low_since else ()
        return (*self.faults, *ending)

    def _at(self) -> str:
        return moment(self._now())

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
            "paper_left_mm": self.roll.left_mm,
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

    def expect_slip(self) -> None:
        """Make the printer ready for a slip whose number is being asked for; returns at once."""
        self._printer.expect_slip()

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

    def print_test(self, printed_local: str) -> tuple[bool, str]:
        """Print a test page; return whether it is proved to be on paper, and what is wrong if not."""
        setup = self._link.setup
        outcome = self._printer.print_test("取号机" if setup is None else setup.name, printed_local)
        log.info("test_page.printed", state=outcome.state, fault=outcome.fault)
        return outcome.state == "printed", outcome.fault or (
            "" if outcome.state == "printed" else outcome.state
        )

    def test_page(self, printed_local: str) -> None:
        """Print a test page beside the caller; what became of it stands on the staff page."""

        def run() -> None:
            well, fault = self.print_test(printed_local)
            why = FAULTS_ZH.get(fault, "请看打印机")
            self.machine.say("测试页已打印。" if well else f"测试页没有打印成功：{why}。")
            self._changed()

        self.machine.say("正在打印测试页…")
        self._spawn(run)

    def new_roll(self) -> bool:
        """Count the paper from a full roll on; False where there is no printer."""
        if self._printer.profile is None:
            return False
        self.roll.new()
        self.machine.say(NEW_ROLL_ZH)
        self._changed()
        return True
