"""A dialogue, a printer that follows its transcript, any port between them, and a clock."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from kiosk.printing.dialogue import PrinterDialogue
from kiosk.printing.escpos import encode
from kiosk.printing.layout import layout
from kiosk.printing.status import Outcome, PrinterStatus
from server.kit.serial.port import Port
from server.kit.serial.profiles import PrinterProfile, load_printer, printer_profiles
from server.kit.serial.testing import Clock, Delays, Garbage, OneByteAtATime, RandomLoss, run
from tests.devices.transcripts.tables import Script, TablePrinter
from tests.kiosk.printing.slips import SAMPLE

PROFILES = {name: load_printer(name) for name in printer_profiles()}
JOBS = {
    name: encode(layout(SAMPLE, profile.paper.columns), profile, pid="J001").data
    for name, profile in PROFILES.items()
}
"""The sample slip for each profile."""
Hostile = Callable[[Port, int, Clock], Port]
HOSTILE: dict[str, Hostile] = {
    "one byte at a time": lambda port, seed, clock: OneByteAtATime(port),
    "20 % loss": lambda port, seed, clock: RandomLoss(port, seed=seed, loss=0.2),
    "loss both ways": lambda port, seed, clock: RandomLoss(
        port, seed=seed, loss=0.02, both_ways=True
    ),
    "delays": lambda port, seed, clock: Delays(port, seed=seed, clock=clock, most_s=0.3),
    "garbage": lambda port, seed, clock: Garbage(port, seed=seed, share=0.3),
    "all of it": lambda port, seed, clock: OneByteAtATime(
        Garbage(
            Delays(
                RandomLoss(port, seed=seed, loss=0.1, both_ways=True),
                seed=seed, clock=clock, most_s=0.2,
            ),
            seed=seed, share=0.1,
        )
    ),
}  # fmt: skip


def script(name: str) -> Script:
    """Return the transcript of a profile."""
    module = importlib.import_module(f"tests.devices.transcripts.{name}")
    found = module.SCRIPT
    assert isinstance(found, Script)
    return found


class PrinterBench:
    """One printer of a family on a port, with the clock in the test's hand."""

    def __init__(
        self,
        name: str,
        *,
        hostile: Hostile | None = None,
        seed: int = 0,
        profile: PrinterProfile | None = None,
    ) -> None:
        self.profile = profile or PROFILES[name]
        self.data = JOBS[name]
        self.clock = Clock()
        self.printer = TablePrinter(script(name))
        self.port: Port = hostile(self.printer, seed, self.clock) if hostile else self.printer
        self.dialogue = PrinterDialogue(self.profile, self.profile.link)
        self.dialogue.opened(self.clock.now)
        self.outcomes: list[Outcome] = []

    def run(self, until: Callable[[], bool], within_s: float = 600.0) -> None:
        run(self.dialogue, self.port, self.clock, until=until, within_s=within_s)

    def for_s(self, seconds: float) -> None:
        end = self.clock.now + seconds
        self.run(lambda: self.clock.now >= end, seconds + 10)

    def check(self) -> PrinterStatus:
        self.for_s(0.1)  # what the printer said unasked is read before
        answers: list[PrinterStatus] = []
        self.dialogue.check(answers.append, self.clock.now)
        self.run(lambda: bool(answers))
        return answers[0]

    def send(self) -> None:
        self.dialogue.send(self.data, "J001", self.outcomes.append, self.clock.now)

    def outcome(self, within_s: float = 400.0) -> Outcome:
        self.run(lambda: bool(self.outcomes), within_s)
        return self.outcomes.pop()

    def print(self) -> Outcome:
        """Check, and send if that finds the printer well, as the kiosk does."""
        status = self.check()
        if status.faults:
            return Outcome(state="failed", fault=status.fault)
        self.send()
        return self.outcome()

    def until_sent(self) -> None:
        """Run until the printer has every byte of the slip."""
        self.run(lambda: self.has_the_slip())

    def has_the_slip(self) -> bool:
        """Return whether the printer received every byte of the slip, in order."""
        return self.data in bytes(self.printer.job)
