"""The dialogue with a printer: its status at all times, one job at a time, the proof at the end.

A `Driver` for `server.kit.serial.worker`: it never waits, every method is told the time, all run on
the port's thread. Rules it keeps:

* Status is asked by one reader, never inside a job's bytes (`enquiry`).
* A job is *failed* only if none of its bytes was taken by the port. *Printed* needs the profile's
  proof (`proof`). Everything else is *unknown*, and nothing is ever printed again by itself.
* While a printer is offline with a job inside (no paper, cover open) the job waits: printers go on
  with the same slip when the paper is back.
* After an unknown job the next one first parts whatever stub may stand in the printer; nobody has
  to say that it was repaired.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from kiosk.printing.enquiry import RETRY_S, SILENT_AFTER, WATCH_S, Enquiry
from kiosk.printing.escpos import ASB_ON
from kiosk.printing.job import Job
from kiosk.printing.proof import (
    BY_GS_R,
    HEALTHY,
    PAPER_END,
    is_proved,
    must_settle,
    settling_question,
)
from kiosk.printing.replies import Automatic, Block, PaperStatus, Reply, StarStatus
from kiosk.printing.status import Outcome, PrinterStatus
from server.kit.serial.frames import DeviceFault
from server.kit.serial.profiles import Link, PrinterProfile
from server.kit.serial.worker import Outlet

CHUNK = 64
"""Bytes handed over at once; a busy printer keeps room for more than that."""
CHECK_S = 2.0
"""How long a status check goes on trying to hear a printer that was well a moment ago."""
CHECK_EACH_S = 0.5
"""The same for each question of a round, where that is longer."""
SEND_S = 5.0
"""How long the port may take a job's bytes beyond the time that they need on the wire."""
EXPECTED_S = 1.0
"""How long a round of questions that was begun because a slip is expected stands for its check."""
STALL_S = 0.02
ASK_AGAIN_S = 1.0
QUIET_S = 0.3
"""Pause after which no late answer is to be expected, when no job is in doubt."""


class PrinterDialogue:
    """Talks with one printer. `status` may be read from any thread at any time."""

    def __init__(self, profile: PrinterProfile, link: Link, *, suspect: bool = False) -> None:
        self._profile = profile
        self._link = link
        self.enquiry = Enquiry(profile)
        self._open = False
        self._control = b""
        """Bytes of a command that the port has not taken yet."""
        self._checks: list[tuple[Callable[[PrinterStatus], None], int, float]] = []
        """Who asks, the first round that answers, the moment after which nothing is waited for."""
        self._expected: tuple[int, float] | None = None
        """The first round that stands for the check of a slip expected then."""
        self._job: Job | None = None
        self._stub = suspect
        self._broken_off = False
        self._owed = 0
        """Bytes that a command of the job in doubt may still wait for; 0 when none was sent here."""
        self._unsettled = True
        self._retract_at: float | None = None
        """When a slip that nobody took is taken back."""

    @property
    def status(self) -> PrinterStatus:
        """How the printer is."""
        return self.enquiry.status

    # What the kiosk asks, by `PortWorker.ask`.

    def check(self, reply: Callable[[PrinterStatus], None], now: float) -> None:
        """Ask the printer how it is and reply with that, or `silent` when it cannot be heard."""
        if not self._open:
            reply(self.status)
            return
        cycle = self.enquiry.cycle + 1
        if self._expected is not None and now - self._expected[1] <= EXPECTED_S:
            cycle = self._expected[0]
        else:
            self.enquiry.at(now)
        self._expected = None
        rules = self._profile.status
        one_try_s = 2 * rules.answer_ms / 1000 + RETRY_S
        patient_s = max(CHECK_S, CHECK_EACH_S * len(rules.queries))
        limit_s = one_try_s if self.enquiry.misses >= SILENT_AFTER else patient_s
        self._checks.append((reply, cycle, now + limit_s))
        self._answer_checks(now)

    def expect(self, now: float) -> None:
        """Ask the printer now how it is: a slip will follow as soon as its number is given."""
        if self._open and self._job is None:
            self._expected = (self.enquiry.cycle + 1, now)
            self.enquiry.at(now)

    def send(self, data: bytes, pid: str, reply: Callable[[Outcome], None], now: float) -> None:
        """Print *data*, which ends with the request to confirm *pid*, and reply what became of it.

        One job at a time: the caller waits for the reply before the next.
        """
        if self._job is not None:
            raise RuntimeError("one job at a time")
        self._job = Job(data=data, pid=pid, reply=reply, began=now)
        self._retract_at = None
        if not self._open:
            self._finish("failed", now, "no_port")

    # The driver.

    def opened(self, now: float) -> None:
        """Begin anew: nothing is known until the printer has answered."""
        self._open = True
        self._control = ASB_ON if self._profile.status.asb else b""
        self._unsettled = True
        self.enquiry.opened(now)

    def lost(self, fault: DeviceFault, now: float) -> None:
        """The port is gone: a job inside is unknown, one still outside has failed."""
        self._open = False
        self.enquiry.lost(now)
        if self._job is not None:
            self._finish("unknown" if self._job.sent else "failed", now, "no_port")
        self._answer_checks(float("inf"))

    def received(self, data: bytes, now: float) -> None:
        """Take what the printer says."""
        for reply in self.enquiry.replies.feed(data):
            self._take(reply, now)

    def turn(self, out: Outlet, now: float) -> float:
        """Send what is due; return the seconds until there is something to do again."""
        job = self._job
        wait_s = STALL_S if job else RETRY_S
        self._retract(now)
        if self._control:
            self._control = self._control[out.write(self._control) :]
            if self._control:
                self.enquiry.hold(now)
            else:
                self.enquiry.let_go()
        if not self._control and not (job and job.phase == "send"):
            wait_s = self._ask(out, now)
        self.enquiry.take_stock(now)
        self._answer_checks(now)
        if job is not None:
            wait_s = min(wait_s, self._work(job, out, now))
        for _, _, limit in self._checks:
            wait_s = min(wait_s, limit - now)
        if self._retract_at is not None:
            wait_s = min(wait_s, self._retract_at - now)
        return max(0.0, wait_s)

    # Status.

    def _ask(self, out: Outlet, now: float) -> float:
        job = self._job
        waits = job is not None and job.phase == "wait"
        question, wait_s = self.enquiry.ask(
            out,
            now,
            may_begin=job is None or waits,
            hurried=bool(self._checks),
            job_inside=job is not None,
            marked_only=waits and self._profile.confirm.kind in BY_GS_R,
        )
        if question:
            self._control = question[out.write(question) :]
        return wait_s

    def _take(self, reply: Reply, now: float) -> None:
        complete = self.enquiry.take(reply, now)
        job = self._job
        match reply:
            case Automatic() if job and job.phase in {"send", "wait"}:
                job.evidence.automatic = True
            case StarStatus() if job and job.phase == "settle" and reply.counter == 1:
                job.heard_at = now
            case StarStatus() if job and job.phase == "wait":
                self._judge(job, now)
            case PaperStatus(byte) if job and byte in HEALTHY:
                self._take_paper(job, byte, now)
            case Block(0x37, body) if job and body == b"\x22" + job.pid.encode():
                if job.phase == "wait" and self._profile.confirm.kind == "process_id":
                    self._finish("printed", now)
            case _:
                pass
        if complete:
            self._complete(now)

    def _take_paper(self, job: Job, byte: int, now: float) -> None:
        by_gs_r = self._profile.confirm.kind in BY_GS_R
        if job.phase == "settle":
            job.heard_at = now
        elif job.phase == "wait" and by_gs_r and not byte & PAPER_END:
            job.evidence.cycle = self.enquiry.cycle + 1
            self.enquiry.at(now)

    def _complete(self, now: float) -> None:
        """Go on from a round that was answered in full."""
        self._answer_checks(now)
        job = self._job
        if job is not None and job.phase == "wait":
            self._judge(job, now)
        proof_cycle = (self._job.evidence.cycle or 0) if self._job else 0
        awaited = bool(self._checks) or proof_cycle > self.enquiry.cycle
        self.enquiry.rest(now, awaited=awaited, job_inside=self._job is not None)

    def _answer_checks(self, now: float) -> None:
        for check in self._checks[:]:
            reply, cycle, limit = check
            heard = self.enquiry.heard >= cycle
            if heard or now >= limit or self.enquiry.is_mute():
                self._checks.remove(check)
                well = heard or self.status.faults or self.enquiry.is_mute()
                reply(self.status if well else replace(self.status, faults=("silent",)))

    def _retract(self, now: float) -> None:
        """Take back a slip that nobody took, where the profile says how and when."""
        if self._retract_at is None or now < self._retract_at or self._job is not None:
            return
        self._retract_at = None
        if self._profile.status.taken is None or self.status.at_exit:
            self._control += bytes.fromhex(self._profile.cut.retract or "")

    # The job.

    def _work(self, job: Job, out: Outlet, now: float) -> float:
        match job.phase:
            case "prepare":
                return self._prepare(job, now)
            case "settle":
                return self._settle(job, now)
            case "send":
                return self._send(job, out, now)
            case "wait":
                return self._wait(job, now)

    def _prepare(self, job: Job, now: float) -> float:
        """Begin when no query is under way and the printer is well; repair what came before."""
        if self.status.faults and self.enquiry.asked is None:
            self._finish("failed", now, self.status.fault)
            return 0.0
        if now - job.began > SEND_S:
            self._finish("failed", now, self.status.fault or "offline")
            return 0.0
        if self.enquiry.asked is not None or self._control:
            return STALL_S
        recover, confirm = self._profile.recover, self._profile.confirm
        if self._broken_off:
            self._control += bytes.fromhex(recover.clear or "")
        if self._stub:
            # A picture that broke off would swallow the stub's commands: it is ended in white. Where
            # no command waits for data, zeros do nothing.
            self._control += bytes(self._owed or len(job.data)) + bytes.fromhex(recover.stub)
        job.repair_s = self._link.wire_s(len(self._control))
        # What stands in the printer is printed and cut before it answers the last question.
        job.quiet_s = max(QUIET_S, confirm.print_ms / 1000) if self._stub else QUIET_S
        self._stub = self._broken_off = False
        settles = must_settle(confirm, self.enquiry, unsettled=self._unsettled)
        self._go_on(job, "settle" if settles else "send", now)
        return 0.0

    def _settle(self, job: Job, now: float) -> float:
        """Let late answers to an earlier job go by: they must not prove this one."""
        if job.heard_at is not None:
            if now - job.heard_at >= job.quiet_s:
                self._unsettled = False
                self._go_on(job, "send", now)
                return 0.0
            return job.heard_at + job.quiet_s - now
        limit_s = self._profile.confirm.timeout_ms / 1000 + job.quiet_s + job.repair_s
        if now - job.began > limit_s:
            self._finish("failed", now, "silent")
            return 0.0
        if not self._control and (job.asked_at is None or now >= job.asked_at + ASK_AGAIN_S):
            job.asked_at = now
            self._control = settling_question(self._profile.confirm)
            return 0.0
        return STALL_S if self._control else WATCH_S

    def _go_on(self, job: Job, phase: Literal["settle", "send"], now: float) -> None:
        job.phase, job.began = phase, now
        job.evidence.counter = self.enquiry.counter

    def _send(self, job: Job, out: Outlet, now: float) -> float:
        while job.sent < len(job.data) and not self._control:
            taken = out.write(job.data[job.sent : job.sent + CHUNK])
            job.sent += taken
            if taken == 0:
                break
        wire_s = self._link.wire_s(len(job.data))
        if job.sent == len(job.data):
            job.phase = "wait"
            job.left_at = now + wire_s + job.repair_s
            job.deadline = job.left_at + self._profile.confirm.timeout_ms / 1000
            self.enquiry.at(job.left_at)
            return 0.0
        limit_s = wire_s + job.repair_s + SEND_S
        if self.status.faults:
            limit_s += self._profile.confirm.offline_ms / 1000
        if now - job.began < limit_s:
            return STALL_S
        out.discard()
        state: Literal["failed", "unknown"] = "unknown" if job.sent else "failed"
        self._finish(state, now, self.status.fault or "offline")
        return 0.0

    def _wait(self, job: Job, now: float) -> float:
        """Wait for the proof as long as it can still come."""
        confirm = self._profile.confirm
        faults = self.status.faults
        blocked = bool(faults) and faults != ("silent",)
        job.evidence.troubled |= bool(faults) or self.enquiry.misses > 0
        if job.blocked and not blocked:
            job.deadline = now + confirm.timeout_ms / 1000
        job.blocked = blocked
        limit = job.left_at + (confirm.offline_ms + confirm.timeout_ms) / 1000
        due = limit if blocked else min(job.deadline, limit)
        if confirm.kind == "none":
            due = job.left_at + confirm.print_ms / 1000
        if now < due:
            return min(WATCH_S, due - now)
        self._finish("unknown", now, self.status.fault)
        return 0.0

    def _judge(self, job: Job, now: float) -> None:
        """Judge a job by the status just heard, where its proof is completed by one."""
        confirm = self._profile.confirm
        printed_by = job.left_at + confirm.print_ms / 1000
        if is_proved(job.evidence, confirm, self.enquiry, printed_by=printed_by):
            self._finish("printed", now)

    def _finish(
        self, state: Literal["printed", "failed", "unknown"], now: float, fault: str = ""
    ) -> None:
        job = self._job
        if job is None:
            return
        self._job = None
        cut, kind = self._profile.cut, self._profile.confirm.kind
        if state == "unknown" and (fault or kind != "none"):
            self._stub = self._unsettled = True
            self._broken_off = job.sent < len(job.data)
            self._owed = len(job.data)
        if state != "failed" and cut.retract_s:
            self._retract_at = now + cut.retract_s
        job.reply(
            Outcome(
                state=state,
                fault=fault,
                pid=job.pid,
                near_end=self.status.near_end,
                ended_at=now,
                took_ms=round((now - job.began) * 1000),
            )
        )
