"""The dialogue with a printer: its status at all times, one job at a time, the proof at the end.

A `Driver` for `server.kit.serial.worker`: it never waits, every method is told the time, all run on
the port's thread. Rules it keeps:

* `DLE EOT n` is asked one n at a time, never inside a job's bytes, and while a query is under way
  nothing else is sent: answers look alike and only their order tells them apart.
* A job is *failed* only if none of its bytes was taken by the port. *Printed* needs the profile's
  proof. Everything else is *unknown*, and nothing is ever printed again by itself.
* While a printer is offline with a job inside (no paper, cover open) the job waits: printers go on
  with the same slip when the paper is back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from kiosk.printing.escpos import ASB_ON, ASK_PAPER
from kiosk.printing.job import Job
from kiosk.printing.status import (
    Automatic,
    Block,
    Outcome,
    PaperStatus,
    PrinterStatus,
    RealTime,
    Replies,
    Reply,
    automatic_meaning,
    in_order,
    meaning,
)
from server.kit.serial.frames import DeviceFault
from server.kit.serial.profiles import Link, PrinterProfile
from server.kit.serial.worker import Outlet

CHUNK = 64
"""Bytes handed over at once; a busy printer keeps room for more than that."""
CHECK_S = 2.0
"""How long a status check goes on trying to hear a printer that was well a moment ago."""
SEND_S = 5.0
"""How long the port may take a job's bytes beyond the time that they need on the wire."""
STALL_S = 0.02
WATCH_S = 0.5
"""How often a printer is asked while a job is inside or something is wrong with it."""
RETRY_S = 0.2
SILENT_AFTER = 2
"""Vain attempts to hear a status after which a printer counts as silent."""
HELD_S = 2.0
"""How long a line may hold our bytes back before the printer counts as offline."""
ASK_AGAIN_S = 1.0
QUIET_S = 0.3
"""Pause after which no late answer to an earlier job is to be expected."""


class PrinterDialogue:
    """Talks with one printer. `status` may be read from any thread at any time."""

    def __init__(self, profile: PrinterProfile, link: Link, *, suspect: bool = False) -> None:
        self.status = PrinterStatus(faults=("no_port",), near_end=False, since=0.0)
        self._profile = profile
        self._rules = profile.status
        self._link = link
        self._replies = Replies(asb=profile.status.asb)
        self._open = False
        self._control = b""
        """Bytes of a command that the port has not taken yet."""
        self._queries: list[int] = []
        self._asked: int | None = None
        self._answer_by = 0.0
        self._answers: dict[int, int] = {}
        self._next_cycle = 0.0
        self._cycle, self._cycle_began = 0, 0.0
        """Number of the newest cycle of queries."""
        self._heard = 0
        """Number of the newest cycle that was answered in full since the port was opened."""
        self._overtaken = False
        """True when an automatic status arrived during the cycle and may be newer."""
        self._misses = 0
        self._held_since: float | None = None
        self._meaning: frozenset[str] = frozenset()
        self._checks: list[tuple[Callable[[PrinterStatus], None], int, float]] = []
        """Who asks, the first cycle that answers, the moment after which nothing is waited for."""
        self._job: Job | None = None
        self._stub = suspect
        self._broken_off = False
        self._unsettled = True

    # What the kiosk asks, by `PortWorker.ask`.

    def check(self, reply: Callable[[PrinterStatus], None], now: float) -> None:
        """Ask the printer how it is and reply with that, or `silent` when it cannot be heard."""
        if not self._open:
            reply(self.status)
            return
        one_try_s = 2 * self._rules.answer_ms / 1000 + RETRY_S
        limit_s = one_try_s if self._misses >= SILENT_AFTER else CHECK_S
        self._checks.append((reply, self._cycle + 1, now + limit_s))
        self._next_cycle = now

    def send(self, data: bytes, pid: str, reply: Callable[[Outcome], None], now: float) -> None:
        """Print *data*, which ends with the request to confirm *pid*, and reply what became of it.

        One job at a time: the caller waits for the reply before the next.
        """
        if self._job is not None:
            raise RuntimeError("one job at a time")
        self._job = Job(data=data, pid=pid, reply=reply, began=now)
        if not self._open:
            self._finish("failed", now, "no_port")

    # The driver.

    def opened(self, now: float) -> None:
        """Begin anew: nothing is known until the printer has answered."""
        self._open = True
        self._control = ASB_ON if self._rules.asb else b""
        self._replies.reset()
        self._queries, self._asked, self._answers = [], None, {}
        self._heard, self._held_since, self._misses = 0, None, 0
        self._meaning = frozenset()
        self._next_cycle = now
        self._unsettled = True
        self._publish(now)

    def lost(self, fault: DeviceFault, now: float) -> None:
        """The port is gone: a job inside is unknown, one still outside has failed."""
        self._open = False
        self._publish(now)
        if self._job is not None:
            self._finish("unknown" if self._job.sent else "failed", now, "no_port")
        self._answer_checks(float("inf"))

    def received(self, data: bytes, now: float) -> None:
        """Take what the printer says."""
        for reply in self._replies.feed(data):
            self._take(reply, now)

    def turn(self, out: Outlet, now: float) -> float:
        """Send what is due; return the seconds until there is something to do again."""
        job = self._job
        wait_s = STALL_S if job else RETRY_S
        if self._control:
            self._control = self._control[out.write(self._control) :]
        if self._control:
            self._held_since = now if self._held_since is None else self._held_since
        elif not (job and job.phase == "send"):
            wait_s = self._poll(out, now)
        self._publish(now)
        self._answer_checks(now)
        if job is not None:
            wait_s = min(wait_s, self._work(job, out, now))
        for _, _, limit in self._checks:
            wait_s = min(wait_s, limit - now)
        return max(0.0, wait_s)

    # Status.

    def _poll(self, out: Outlet, now: float) -> float:
        """Ask one query at a time; return when to come again."""
        if self._asked is not None:
            if now < self._answer_by:
                return self._answer_by - now
            self._asked = None
            self._queries = []
            self._misses += 1
            hurry = self._checks or self._misses < SILENT_AFTER
            self._next_cycle = now + (RETRY_S if hurry else self._pause_s())
        if not self._queries:
            settled = self._job is None or self._job.phase == "wait"
            if now < self._next_cycle or not settled:
                return max(RETRY_S, self._next_cycle - now) if settled else self._pause_s()
            self._queries = list(self._rules.queries)
            self._answers = {}
            self._cycle += 1
            self._cycle_began, self._overtaken = now, False
            if self._job is None:
                self._replies.reset()
        if out.pending():  # the line still holds earlier bytes: more would only pile up
            self._held_since = now if self._held_since is None else self._held_since
            self._queries, self._next_cycle = [], now + RETRY_S
            return RETRY_S
        self._held_since = None
        self._asked = self._queries.pop(0)
        self._answer_by = now + self._rules.answer_ms / 1000
        query = bytes([0x10, 0x04, self._asked])
        self._control = query[out.write(query) :]
        return self._rules.answer_ms / 1000

    def _pause_s(self) -> float:
        watched = self._job is not None or self.status.faults
        return min(WATCH_S, self._rules.poll_ms / 1000) if watched else self._rules.poll_ms / 1000

    def _take(self, reply: Reply, now: float) -> None:
        match reply:
            case RealTime(byte) if self._asked is not None:
                self._answers[self._asked] = byte
                self._asked = None
                if not self._queries:
                    self._complete(now)
            case Automatic(asb):
                self._meaning = automatic_meaning(asb)
                self._overtaken = bool(self._answers)  # answers still to come are newer
                self._publish(now)
            case PaperStatus(byte):
                self._take_paper(byte, now)
            case Block(0x37, body) if self._job and body == b"\x22" + self._job.pid.encode():
                if self._job.phase == "wait" and self._profile.confirm.kind == "process_id":
                    self._finish("printed", now)
            case _:
                pass

    def _take_paper(self, byte: int, now: float) -> None:
        job = self._job
        if job is None or byte not in (0x00, 0x03, 0x0C, 0x0F):
            return  # noise: both bits of a sensor pair are always alike
        if job.phase == "settle":
            job.heard_at = now
        elif job.phase == "wait" and self._profile.confirm.kind == "gs_r" and not byte & 0x0C:
            job.proof_cycle = self._cycle + 1
            self._next_cycle = now

    def _complete(self, now: float) -> None:
        """Take all answers of a cycle as the printer's status."""
        self._misses = 0
        if self._overtaken:
            self._next_cycle = now
            return
        self._heard = self._cycle
        self._meaning = meaning(self._answers, self._rules)
        self._publish(now)
        self._answer_checks(now)
        job = self._job
        if job is not None and job.phase == "wait":
            self._judge(job, now)
        awaited = self._checks or (job is not None and (job.proof_cycle or 0) > self._cycle)
        self._next_cycle = now if awaited else now + self._pause_s()

    def _publish(self, now: float) -> None:
        if not self._open:
            faults: tuple[str, ...] = ("no_port",)
        elif self._held_since is not None and now - self._held_since > HELD_S:
            faults = ("offline",)
        elif not self._heard or self._misses >= SILENT_AFTER:
            faults = ("silent",)
        else:
            faults = in_order(self._meaning)
        near_end = "near_end" in self._meaning
        if (faults, near_end) != (self.status.faults, self.status.near_end):
            self.status = PrinterStatus(faults=faults, near_end=near_end, since=now)

    def _answer_checks(self, now: float) -> None:
        for check in self._checks[:]:
            reply, cycle, limit = check
            heard = self._heard >= cycle
            if heard or now >= limit:
                self._checks.remove(check)
                well = heard or self.status.faults
                reply(self.status if well else replace(self.status, faults=("silent",)))

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
        if self.status.faults and self._asked is None:
            self._finish("failed", now, self.status.fault)
            return 0.0
        if now - job.began > SEND_S:
            self._finish("failed", now, self.status.fault or "offline")
            return 0.0
        if self._asked is not None or self._control:
            return STALL_S
        recover = self._profile.recover
        if self._broken_off:
            self._control += bytes.fromhex(recover.clear or "")
        if self._stub:
            self._control += bytes.fromhex(recover.stub)
        self._stub = self._broken_off = False
        job.began = now
        settles = self._unsettled and self._profile.confirm.kind == "gs_r"
        job.phase = "settle" if settles else "send"
        return 0.0

    def _settle(self, job: Job, now: float) -> float:
        """Let late answers to `GS r` of an earlier job go by: they must not prove this one."""
        if job.heard_at is not None:
            if now - job.heard_at >= QUIET_S:
                self._unsettled = False
                job.phase, job.began = "send", now
                return 0.0
            return job.heard_at + QUIET_S - now
        if now - job.began > self._profile.confirm.timeout_ms / 1000:
            self._finish("failed", now, "silent")
            return 0.0
        if not self._control and (job.asked_at is None or now >= job.asked_at + ASK_AGAIN_S):
            job.asked_at = now
            self._control = ASK_PAPER
            return 0.0
        return STALL_S if self._control else WATCH_S

    def _send(self, job: Job, out: Outlet, now: float) -> float:
        while job.sent < len(job.data) and not self._control:
            taken = out.write(job.data[job.sent : job.sent + CHUNK])
            job.sent += taken
            if taken == 0:
                break
        wire_s = self._link.wire_s(len(job.data))
        if job.sent == len(job.data):
            confirm = self._profile.confirm
            job.phase = "wait"
            job.left_at = now + wire_s
            job.deadline = job.left_at + confirm.timeout_ms / 1000
            self._next_cycle = job.left_at
            return 0.0
        limit_s = wire_s + SEND_S
        if self.status.faults:
            limit_s += self._profile.confirm.offline_ms / 1000
        if now - job.began < limit_s:
            return STALL_S
        out.discard()
        self._finish("unknown" if job.sent else "failed", now, self.status.fault or "offline")
        return 0.0

    def _wait(self, job: Job, now: float) -> float:
        """Wait for the proof as long as it can still come."""
        confirm = self._profile.confirm
        faults = self.status.faults
        blocked = bool(faults) and faults != ("silent",)
        job.troubled = job.troubled or bool(faults)
        if job.blocked and not blocked:
            job.deadline = now + confirm.timeout_ms / 1000
        job.blocked = blocked
        limit = job.left_at + (confirm.offline_ms + confirm.timeout_ms) / 1000
        due = limit if blocked else min(job.deadline, limit)
        if now < due:
            return min(WATCH_S, due - now)
        self._finish("unknown", now, self.status.fault)
        return 0.0

    def _judge(self, job: Job, now: float) -> None:
        """Judge a job by the status just heard, where its proof is completed by one."""
        if self.status.faults:
            return
        confirm = self._profile.confirm
        printed_by = job.left_at + confirm.print_ms / 1000
        match confirm.kind:
            case "gs_r":
                proved = job.proof_cycle is not None and self._heard >= job.proof_cycle
            case "dle_eot":
                proved = not job.troubled and self._cycle_began >= printed_by
            case "process_id":
                proved = False  # only the block with its id proves it
        if proved:
            self._finish("printed", now)

    def _finish(
        self, state: Literal["printed", "failed", "unknown"], now: float, fault: str = ""
    ) -> None:
        job = self._job
        if job is None:
            return
        self._job = None
        if state == "unknown":
            self._stub = self._unsettled = True
            self._broken_off = job.sent < len(job.data)
        near_end = self.status.near_end
        job.reply(
            Outcome(
                state=state,
                fault=fault,
                pid=job.pid,
                near_end=near_end,
                ended_at=now,
                took_ms=round((now - job.began) * 1000),
            )
        )
