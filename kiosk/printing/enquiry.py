"""How a printer is, asked all the time: one question under way, its answer by order or by head.

`DLE EOT n` is asked one n at a time, because answers look alike and only their order tells them
apart; while a question is under way nothing else is sent. Star is asked by `ESC ACK SOH` and
answers with its whole automatic status. What a printer says unasked counts at once.
"""

from __future__ import annotations

from kiosk.printing.replies import (
    FULL,
    UNMARKED,
    Automatic,
    FullStatus,
    RealTime,
    Replies,
    Reply,
    StarStatus,
)
from kiosk.printing.status import (
    PrinterStatus,
    automatic_meaning,
    in_order,
    is_at_exit,
    meaning,
    star_answers,
)
from server.kit.serial.profiles import PrinterProfile
from server.kit.serial.worker import Outlet

ASK_STAR = bytes.fromhex("1B0601")
"""`ESC ACK SOH`: the automatic status now, in real time (Star line mode specification)."""
WATCH_S = 0.5
"""How often a printer is asked while a job is inside, something is wrong or a slip is not taken."""
RETRY_S = 0.2
SILENT_AFTER = 2
"""Vain attempts to hear a status after which a printer counts as silent."""
HELD_S = 2.0
"""How long a line may hold our bytes back before the printer counts as offline."""


class Enquiry:
    """Asks a printer how it is. `status` may be read from any thread at any time."""

    def __init__(self, profile: PrinterProfile) -> None:
        self._rules = profile.status
        self._never_answers = profile.confirm.kind == "none"
        """True for a printer that need not say anything: its silence is no fault."""
        self.status = PrinterStatus(faults=("no_port",), near_end=False, since=0.0)
        self.replies = Replies(asb=profile.status.asb, star=profile.status.kind == "star")
        self.asked: int | None = None
        """n of the question under way."""
        self.cycle, self.cycle_began = 0, 0.0
        """Number of the newest round of questions."""
        self.heard = 0
        """Number of the newest round that was answered in full since the port was opened."""
        self.misses = 0
        self.automatic: frozenset[str] | None = None
        """What the newest automatic status means; None before the first since the port opened."""
        self.counter: int | None = None
        """Star's ETB counter as last heard."""
        self._is_open = False
        self._queries: list[int] = []
        self._answer_by = 0.0
        self._looked_again = False
        self._answers: dict[int, int | bytes] = {}
        self._next_cycle = 0.0
        self._overtaken = False
        """True when an automatic status arrived during the round and may be newer."""
        self._held_since: float | None = None
        self._meaning: frozenset[str] = frozenset()
        self._at_exit = False

    def opened(self, now: float) -> None:
        """Begin anew: nothing is known until the printer has answered."""
        self._is_open = True
        self.replies.reset()
        self.replies.awaited = 0
        self._queries, self.asked, self._answers = [], None, {}
        self.heard, self._held_since, self.misses = 0, None, 0
        self.automatic = self.counter = None
        self._meaning, self._at_exit = frozenset(), False
        self._next_cycle = now
        self.take_stock(now)

    def lost(self, now: float) -> None:
        """The port is gone."""
        self._is_open = False
        self.take_stock(now)

    def at(self, moment: float) -> None:
        """Begin the next round at *moment*."""
        self._next_cycle = moment

    def is_mute(self) -> bool:
        """Return whether this printer need not answer and has not done so."""
        return self._never_answers and not self.heard and self.misses > 0

    def ask(
        self,
        out: Outlet,
        now: float,
        *,
        may_begin: bool,
        hurried: bool,
        job_inside: bool,
        marked_only: bool,
    ) -> tuple[bytes, float]:
        """Return what is to be asked now, maybe nothing, and when to come again.

        Args:
            out: the port; what it still holds is waited for.
            now: the moment.
            may_begin: whether a new round may begin.
            hurried: whether somebody waits for an answer.
            job_inside: whether a job is on its way.
            marked_only: whether an answer without fixed bits could be mistaken for a proof.
        """
        if self.asked is not None:
            if now < self._answer_by:
                return b"", self._answer_by - now
            if not self._looked_again:  # a busy computer may not have read what has come in time
                self._looked_again = True
                return b"", 0.0
            self._give_up(now, hurried=hurried, job_inside=job_inside)
        if not self._queries:
            pause_s = self._pause_s(job_inside=job_inside)
            if now < self._next_cycle or not may_begin:
                return b"", max(RETRY_S, self._next_cycle - now) if may_begin else pause_s
            self._begin(now, marked_only=marked_only)
            if not job_inside:
                self.replies.reset()
        if out.pending():  # the line still holds earlier bytes: more would only pile up
            self.hold(now)
            self._queries, self._next_cycle = [], now + RETRY_S
            return b"", RETRY_S
        self.let_go()
        self.asked = self.replies.awaited = self._queries.pop(0)
        self._answer_by = now + self._rules.answer_ms / 1000
        self._looked_again = False
        star = self._rules.kind == "star"
        return (
            ASK_STAR if star else bytes([0x10, 0x04, self.asked]),
            self._rules.answer_ms / 1000,
        )

    def take(self, reply: Reply, now: float) -> bool:
        """Take a reply and return whether a round of questions is complete by it."""
        match reply:
            case StarStatus(asb):
                self.counter = reply.counter
                self._answers = star_answers(asb)
                return self._answered(now)
            case RealTime(byte) if self.asked is not None:
                self._answers[self.asked] = byte
                return self._answered(now)
            case FullStatus(six) if self.asked == FULL:
                self._answers[FULL] = six
                return self._answered(now)
            case Automatic(asb):
                self.automatic = self._meaning = automatic_meaning(asb)
                self._overtaken = bool(self._answers)  # answers still to come are newer
                self.take_stock(now)
        return False

    def rest(self, now: float, *, awaited: bool, job_inside: bool) -> None:
        """Set when the next round begins after one that is complete."""
        self._next_cycle = now if awaited else now + self._pause_s(job_inside=job_inside)

    def hold(self, now: float) -> None:
        """Note that the line does not take our bytes."""
        self._held_since = now if self._held_since is None else self._held_since

    def let_go(self) -> None:
        """Note that the line took what it was given."""
        self._held_since = None

    def take_stock(self, now: float) -> None:
        """Say how the printer is, as far as it is known."""
        if not self._is_open:
            faults: tuple[str, ...] = ("no_port",)
        elif self._held_since is not None and now - self._held_since > HELD_S:
            faults = ("offline",)
        elif not self.heard or self.misses >= SILENT_AFTER:
            faults = () if self._never_answers else ("silent",)
        else:
            faults = in_order(self._meaning)
        near_end = "near_end" in self._meaning
        known = (self.status.faults, self.status.near_end, self.status.at_exit)
        if (faults, near_end, self._at_exit) != known:
            self.status = PrinterStatus(
                faults=faults, near_end=near_end, since=now, at_exit=self._at_exit
            )

    def _begin(self, now: float, *, marked_only: bool) -> None:
        skipped = {UNMARKED} if marked_only else set()
        self._queries = [n for n in self._rules.queries if n not in skipped]
        self._answers = {n: answer for n, answer in self._answers.items() if n in skipped}
        self.cycle += 1
        self.cycle_began, self._overtaken = now, False

    def _give_up(self, now: float, *, hurried: bool, job_inside: bool) -> None:
        if self.asked == FULL:
            self.replies.reset()  # what has come of the six would swallow the next answer
        self.asked, self.replies.awaited = None, 0
        self._queries = []
        self.misses += 1
        hurry = hurried or self.misses < SILENT_AFTER
        self._next_cycle = now + (RETRY_S if hurry else self._pause_s(job_inside=job_inside))

    def _answered(self, now: float) -> bool:
        """Take the answers so far as the printer's status once the round is complete."""
        asked, self.asked = self.asked, None
        if self._queries:
            return False
        if asked is not None:
            self.misses = 0
            if self._overtaken:
                self._next_cycle = now
                return False
            self.heard = self.cycle
        self._meaning = meaning(self._answers, self._rules)
        self._at_exit = is_at_exit(self._answers, self._rules.taken)
        self.take_stock(now)
        return asked is not None

    def _pause_s(self, *, job_inside: bool) -> float:
        watched = job_inside or self.status.faults or self.status.at_exit
        poll_s = self._rules.poll_ms / 1000
        return min(WATCH_S, poll_s) if watched else poll_s
