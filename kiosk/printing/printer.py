"""The kiosk's printer: a slip in, what became of it out; its status at any time, cheaply.

    printer = Printer(PortConfig(address="/dev/ttyUSB0"), load_printer("generic_80_gbk"))
    printer.start()
    outcome = printer.print(slip, on_sending=lambda pid: journal.sending(slip.uid, pid))

All work on the port is done on the port's own thread; only the calling greenlet waits.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import gevent
from gevent.lock import BoundedSemaphore

from kiosk.printing.dialogue import PrinterDialogue
from kiosk.printing.escpos import encode
from kiosk.printing.guide import Guide, guide_layout
from kiosk.printing.layout import Op, layout
from kiosk.printing.paper_use import fed_mm
from kiosk.printing.status import FAULTS, Outcome, PrinterFacts, PrinterStatus
from kiosk.printing.test_page import page_layout
from server.kit.contract.views import TicketSlip
from server.kit.serial.profiles import PortConfig, PrinterProfile
from server.kit.serial.worker import PortWorker, Stopped, open_port

__all__ = ["FAULTS", "Outcome", "Printer", "PrinterFacts", "PrinterStatus", "process_ids"]

TURN_S = 0.2
"""How often a second caller looks whether the first one's slip is stuck."""
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def process_ids(first: int) -> Iterator[str]:
    """Yield process ids without end: four digits of base 36, counting from *first*.

    Ids come back after 1,679,616 jobs. A random *first* keeps a late answer to a job of an earlier
    run from proving one of this run.
    """
    number = first
    while True:
        digits = ""
        rest = number % 36**4
        for _ in range(4):
            rest, digit = divmod(rest, 36)
            digits = _DIGITS[digit] + digits
        yield digits
        number += 1


class Printer:
    """A ticket printer on a port. One slip at a time; a second caller waits its turn.

    Args:
        port: where it is attached.
        profile: what it is, by `server.kit.serial.profiles.load_printer`.
        suspect: True when the kiosk's journal holds a slip whose fate is unknown from an earlier
            run: the next job first parts whatever stub may stand in the printer.
        new_pid: gives the next process id; by default it counts from a random number.
        compose: says what is printed for a slip on paper of so many cells, asked for each slip, so
            that a layout that a manager changes is on the next one.
    """

    def __init__(
        self,
        port: PortConfig | str,
        profile: PrinterProfile,
        *,
        suspect: bool = False,
        new_pid: Callable[[], str] | None = None,
        compose: Callable[[TicketSlip, int], Sequence[Op]] = layout,
    ) -> None:
        config = PortConfig(address=port) if isinstance(port, str) else port
        link = config.link(profile.link)
        self.profile = profile
        self._compose = compose
        ids = process_ids(int.from_bytes(os.urandom(4), "big"))
        self._new_pid = new_pid or partial(next, ids)
        self._dialogue = PrinterDialogue(profile, link, suspect=suspect)
        opener = partial(open_port, config.address, link)
        self._worker = PortWorker(config.address, self._dialogue, opener)
        self._turn = BoundedSemaphore(1)
        self._facts = PrinterFacts()

    def start(self) -> None:
        """Open the port, and keep it open and its status current from now on."""
        self._worker.start()

    def stop(self) -> None:
        """Close the port. A job inside becomes unknown."""
        self._worker.stop()

    def status(self) -> PrinterStatus:
        """Return the newest known status; never waits and may be called from anywhere."""
        return self._dialogue.status

    def facts(self) -> PrinterFacts:
        """Return the last proof and the paper used; never waits and may be called from anywhere."""
        return self._facts

    def expect_slip(self) -> None:
        """Begin to ask the printer how it is, while the number is still being asked for; no wait.

        On a slow line that takes as long as the server's answer; the slip then begins at once.
        """
        gevent.spawn(self._expect)

    def print(
        self, slip: TicketSlip, *, on_sending: Callable[[str], None] | None = None
    ) -> Outcome:
        """Print *slip* and return what became of it: `printed`, `failed` or `unknown`.

        The printer is asked first; when it cannot print, the outcome is `failed` with its fault and
        nothing has left. Otherwise *on_sending* is called with the job's process id before the
        first byte leaves, on the calling greenlet: what it raises comes back to the caller and
        nothing is printed. A printer that runs out of paper with the slip inside is waited for, up
        to the profile's `offline_ms`; meanwhile other slips fail at once with its fault. Nothing is
        ever printed twice by itself.
        """
        return self._in_turn(self._compose(slip, self.profile.paper.columns), on_sending)

    def print_guide(self, guide: Guide) -> Outcome:
        """Print the five disclosures 五公开 of an item; the outcome is as that of a slip."""
        return self._in_turn(guide_layout(guide, self.profile.paper.columns), None)

    def print_test(self, kiosk: str, printed_local: str) -> Outcome:
        """Print a test page 测试页 for staff; it carries no number and the outcome is as a slip's.

        Args:
            kiosk: the kiosk's name.
            printed_local: the hall's date and time.
        """
        return self._in_turn(page_layout(self.profile, kiosk, printed_local), None)

    def _expect(self) -> None:
        def begin(reply: Callable[[None], None], now: float) -> None:
            self._dialogue.expect(now)
            reply(None)

        with contextlib.suppress(Stopped):
            self._worker.ask(begin)

    def _in_turn(self, ops: Sequence[Op], on_sending: Callable[[str], None] | None) -> Outcome:
        while not self._turn.acquire(timeout=TURN_S):
            # Another slip is inside: wait for it, but not for a person who brings paper.
            now = self.status()
            if now.faults:
                return Outcome(state="failed", fault=now.fault, near_end=now.near_end)
        try:
            return self._print(ops, on_sending)
        finally:
            self._turn.release()

    def _print(self, ops: Sequence[Op], on_sending: Callable[[str], None] | None) -> Outcome:
        try:
            checked = self._worker.ask(self._dialogue.check)
        except Stopped:
            return Outcome(state="failed", fault="no_port")
        if checked.faults:
            return Outcome(state="failed", fault=checked.fault, near_end=checked.near_end)
        pid = self._new_pid()
        job = encode(ops, self.profile, pid=pid)
        if on_sending is not None:
            on_sending(pid)
        try:
            outcome: Outcome = self._worker.ask(partial(self._dialogue.send, job.data, pid))
        except Stopped:
            return Outcome(state="failed", fault="no_port", pid=pid)
        self._count(outcome, fed_mm(ops, self.profile))
        return replace(outcome, replaced=job.replaced)

    def _count(self, outcome: Outcome, length_mm: float) -> None:
        """Add a job to the figures; one that may be half on paper counts as whole."""
        facts = self._facts
        if outcome.state != "failed":
            facts = replace(
                facts, fed_mm=facts.fed_mm + length_mm, last_mm=length_mm, jobs=facts.jobs + 1
            )
        if outcome.state == "printed":
            facts = replace(facts, confirmed_at=outcome.ended_at, confirm_ms=outcome.took_ms)
        self._facts = facts
