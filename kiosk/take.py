"""Take a number 取号: note it, ask the server, print it, say what became of the paper.

What a power cut or a kill leaves behind is finished at the next start by these rules:

| last step noted | the citizen may still stand here (≤ 60 s) | later |
|---|---|---|
| `intent`  | ask again with the same key, show, print | forget: nobody was told a number |
| `issued`  | show the number, print: no byte had left | report `failed`, fault `offline` |
| `sending` | show the number, report `unknown`; never print again by itself | report `unknown` |
| `outcome` | report it; without paper show the number once more | report it |

A reprint 补打 whose printing had not begun is forgotten here; the server still lists it.

Offline number bands will have their place where `Unreachable` leaves `Taker.take`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping

import msgspec
import structlog
from msgspec.structs import replace

from kiosk.journal import Journal, JournalFull, Record
from kiosk.journey import Paper, Take
from kiosk.outside import Prints
from server.kit.commands import Calls
from server.kit.contract.reasons import Refused
from server.kit.contract.views import TicketSlip
from server.kit.http import Unreachable

STANDS_HERE_S = 60.0
"""So long after the touch a citizen is taken to wait in front of the kiosk."""
REMEMBERED = 64
"""So many given numbers are remembered for a repeated touch."""

log = structlog.get_logger(__name__)


Shown = Callable[[TicketSlip, Paper, str], None]
"""Told of every change of a slip: the slip, what became of its paper, the fault."""


class Taker:
    """Takes and reprints of this kiosk, each at most once on paper.

    Args:
        now: Unix time in seconds.
        new_key: makes a UUID.
        shown: told when a slip's paper changes.
    """

    def __init__(
        self,
        *,
        link: Calls,
        journal: Journal,
        printer: Prints,
        now: Callable[[], float],
        new_key: Callable[[], str],
        shown: Shown,
    ) -> None:
        self._link = link
        self._journal = journal
        self._printer = printer
        self._now = now
        self._new_key = new_key
        self._shown = shown
        self._taking = threading.Lock()
        self._claiming = threading.Lock()
        self._printing: set[str] = set()
        """Records whose slip is being printed or waits for its turn at the printer."""
        self._delivering = threading.Lock()
        self._given: OrderedDict[str, TicketSlip] = OrderedDict()
        self._jobs_done: OrderedDict[str, None] = OrderedDict()

    def take(self, wish: Take) -> TicketSlip:
        """Return the number of a touch; the same touch always has the same number.

        Raises:
            Refused: the server gives no number now; nothing is left behind.
            Unreachable: no answer. The same touch may be sent again.
            JournalFull: nothing can be noted here, so nothing was asked.
        """
        with self._taking:
            known = self._given.get(wish.touch)
            if known is not None:
                return known
            record = self._journal.record(wish.touch)
            if record is None:
                record = Record(id=wish.touch, step="intent", at=self._now(), body=wish.body)
                self._journal.begin(record)
            return self._ask(record)

    def print_ticket(self, touch: str) -> None:
        """Print the slip of a touch, if its printing has not begun; report what became of it.

        Whose turn it is, the printer decides: behind a slip that waits for paper nobody waits, for
        a slip that came after its citizen has gone would be somebody else's.
        """
        with self._claiming:
            record = self._journal.record(touch)
            if record is None or record.step != "issued" or record.slip is None:
                return
            if touch in self._printing:
                return
            self._printing.add(touch)
        try:
            self._print(record, slip_from(record.slip))
        finally:
            self._printing.discard(touch)
        self.deliver()

    def reprint(self) -> None:
        """Fetch the reprints 补打 that staff asked for and print each once.

        Raises:
            Refused, Unreachable: the list could not be had.
        """
        answer = self._link.get("/api/v1/devices/me/slips")
        jobs = answer.get("jobs")
        for entry in jobs if isinstance(jobs, list) else []:
            job, slip = int(entry["job"]), slip_from(entry["slip"])
            self._reprint(job, slip)
        self.deliver()

    def recover(self) -> None:
        """Finish what the last run left behind, by the table above; then deliver."""
        for record in self._journal.open_records:
            if record.job is not None and record.step in {"sending", "outcome"}:
                # A list of reprints that was asked for before the outcome is delivered still has
                # it, and may arrive after the record is closed.
                self._job_over(record.id)
            self._resume(record)
        self.deliver()

    def tend(self) -> None:
        """Do what is due from time to time: forget intents that nobody waits for, deliver."""
        for record in self._journal.open_records:
            if record.step == "intent" and not self._stands_here(record):
                log.info("take.forgotten", touch=record.id)
                self._note(replace(record, step="done"))
        self.deliver()

    @property
    def busy(self) -> bool:
        """Whether a number is being taken or a slip printed at this moment."""
        return self._taking.locked() or bool(self._printing)

    @property
    def undelivered(self) -> int:
        """Outcomes that the server does not know yet."""
        return sum(1 for r in self._journal.open_records if r.step == "outcome")

    def deliver(self) -> None:
        """Report every outcome that the server does not know yet."""
        with self._delivering:
            for record in self._journal.open_records:
                if record.step == "outcome" and not self._report(record):
                    return

    def _ask(self, record: Record) -> TicketSlip:
        try:
            answer = self._link.call("/api/v1/tickets", record.body, key=record.id)
            slip = slip_from(answer)
        except Refused:
            self._note(replace(record, step="done"))
            raise
        self._note(replace(record, step="issued", slip=msgspec.to_builtins(slip)))
        self._given[record.id] = slip
        while len(self._given) > REMEMBERED:
            self._given.popitem(last=False)
        return slip

    def _print(self, record: Record, slip: TicketSlip) -> None:
        """Print and note; called by whoever claimed the record."""

        def sending(_pid: str) -> None:
            # Raises when it cannot be noted: then the printer sends nothing.
            self._journal.note(replace(record, step="sending"))

        try:
            outcome = self._printer.print(slip, on_sending=sending)
            state, fault = outcome.state, outcome.fault
        except OSError:
            log.exception("journal.failed")
            state, fault = "failed", "offline"
        self._settle(record, slip, state, fault)

    def _settle(self, record: Record, slip: TicketSlip, state: str, fault: str) -> None:
        self._note(
            replace(record, step="outcome", state=state, fault=fault, result_key=self._new_key())
        )
        self._shown(slip, Paper(state), fault)

    def _reprint(self, job: int, slip: TicketSlip) -> None:
        record_id = f"job-{job}"
        record = Record(
            id=record_id,
            step="issued",
            at=self._now(),
            slip=msgspec.to_builtins(slip),
            job=job,
        )
        with self._claiming:
            if record_id in self._jobs_done or self._journal.record(record_id) is not None:
                return
            try:
                self._journal.begin(record)
            except JournalFull:
                log.exception("journal.full", job=job)
                return
            self._printing.add(record_id)
        try:
            self._print(record, slip)
            self._job_over(record_id)
        finally:
            self._printing.discard(record_id)

    def _job_over(self, record_id: str) -> None:
        self._jobs_done[record_id] = None
        while len(self._jobs_done) > REMEMBERED:
            self._jobs_done.popitem(last=False)

    def _resume(self, record: Record) -> None:
        here = self._stands_here(record)
        slip = slip_from(record.slip) if record.slip is not None else None
        if record.step == "intent":
            if here:
                self._resume_intent(record)
            else:
                self._note(replace(record, step="done"))
        elif slip is None or (record.step == "issued" and record.job is not None):
            self._note(replace(record, step="done"))
        elif record.step == "issued" and here:
            self._shown(slip, Paper.PRINTING, "")
            self.print_ticket(record.id)
        elif record.step == "issued":
            self._settle(record, slip, "failed", "offline")
        elif record.step == "sending":
            if here and record.job is None:
                self._shown(slip, Paper.PRINTING, "")
            self._settle(record, slip, "unknown", "offline")
        elif here and record.job is None and record.state != "printed":
            self._shown(slip, Paper.PRINTING, "")
            self._shown(slip, Paper(record.state), record.fault)

    def _resume_intent(self, record: Record) -> None:
        try:
            with self._taking:
                slip = self._ask(record)
        except Refused as e:
            log.info("take.refused_after_restart", touch=record.id, code=e.code)
        except Unreachable:
            log.info("take.unreachable_after_restart", touch=record.id)
        else:
            self._shown(slip, Paper.PRINTING, "")
            self.print_ticket(record.id)

    def _report(self, record: Record) -> bool:
        """Deliver one outcome; False when the server cannot be reached now."""
        slip = slip_from(record.slip or {})
        body: dict[str, object] = {"state": record.state, "fault": record.fault}
        if record.job is not None:
            body["job"] = record.job
        try:
            self._link.call(
                f"/api/v1/tickets/{slip.uid}/print-results", body, key=record.result_key
            )
        except Unreachable:
            return False
        except Refused as e:
            # The ticket is gone or the outcome already known: nobody waits for it any more.
            log.warning("print_result.refused", ticket=slip.number, code=e.code)
        self._note(replace(record, step="done"))
        return True

    def _note(self, record: Record) -> None:
        try:
            self._journal.note(record)
        except OSError:
            # The space was kept at the beginning, so this is the disk itself failing. The number
            # is given and shown; after a restart the earlier step decides.
            log.exception("journal.failed", step=record.step)

    def _stands_here(self, record: Record) -> bool:
        return 0 <= self._now() - record.at <= STANDS_HERE_S


def slip_from(answer: Mapping[str, object]) -> TicketSlip:
    """Return the slip in *answer*; fields that this kiosk does not know are skipped.

    Raises:
        msgspec.ValidationError: a field lacks or has the wrong type.
    """
    known = {k: v for k, v in answer.items() if k in TicketSlip.__struct_fields__}
    return msgspec.convert(known, TicketSlip)
