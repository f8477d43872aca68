"""A kiosk's takes before a printer model that can be struck at any point of a slip; on one clock.

Ours are the taker, the journal on disk, the dialogue and the encoder; the printer's model and a
server reduced to its idempotency record stand at the other ends. Nothing waits: a fault of three
minutes takes a few milliseconds.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from kiosk.content import Choice
from kiosk.journal import Journal
from kiosk.journey import Paper, Take
from kiosk.printing.dialogue import PrinterDialogue
from kiosk.printing.escpos import encode
from kiosk.printing.layout import layout
from kiosk.printing.model.faults import Faults
from kiosk.printing.model.machine import Machine
from kiosk.printing.model.makes import MAKES
from kiosk.printing.model.paper import Image, Slip
from kiosk.printing.status import Outcome, PrinterStatus
from kiosk.take import Taker
from server.kit.contract.views import TicketSlip
from server.kit.serial.frames import DeviceFault
from server.kit.serial.profiles import load_printer
from server.kit.serial.testing import Clock, run
from tests.kiosk.printing.slips import slip

NUMBER = re.compile(r"A\d{3}")
POINTS = 20
SOON_S = 5.0
"""A fault that somebody mends at once."""
REPAIR = Faults(recover=True)
STRIKES: dict[str, Faults | None] = {
    "near end": Faults(paper="near_end"),
    "paper out": Faults(paper="out"),
    "cover open": Faults(cover="open"),
    "jam": Faults(jam=True),
    "cutter": Faults(cutter=True),
    "cutter at the cut": Faults(cutter="next"),
    "silent": Faults(silent=True),
    "power lost": Faults(power="off"),
    "kiosk killed": None,
    "power lost and kiosk killed": Faults(power="off"),
    "port unplugged": None,
}


class KilledError(BaseException):
    """The kiosk's process ends here: nothing after it runs."""


@dataclass
class Server:
    """What the server remembers: a number for each touch, and what became of each slip."""

    numbers: dict[str, TicketSlip] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    """Ticket's uid → state of its paper as last reported."""

    def call(
        self, path: str, body: Any, *, key: str, timeout_s: float = 2.0, tries: int = 2
    ) -> dict[str, Any]:
        """Answer as the server does, twice the same for the same key."""
        if path == "/api/v1/tickets":
            n = len(self.numbers) + 1
            number = f"A{(n - 1) % 999 + 1:03d}"
            self.numbers.setdefault(key, slip(number=number, uid=f"u{n:021d}"))
            given: dict[str, Any] = msgspec.to_builtins(self.numbers[key])
            return given
        self.states[path.split("/")[-2]] = body["state"]
        return {}

    def get(self, path: str) -> dict[str, Any]:
        """No reprint was asked for."""
        return {"jobs": []}


class ModelPort:
    """The printer's end of the cable, moved by the clock; strikes where it is told."""

    def __init__(self, machine: Machine, clock: Clock) -> None:
        self.name = "model"
        self.machine = machine
        self.unplugged = False
        self._clock = clock
        self._due: float | None = None
        self._then = clock.now
        """The moment up to which the mechanism has been moved."""
        self._plan: Callable[[], None] | None = None
        self._left = -1
        self._later: list[tuple[float, Callable[[], None]]] = []

    def arm(self, motions: int, strike: Callable[[], None]) -> None:
        """Call *strike* once the printer has made so many further motions."""
        self._left, self._plan = motions, strike

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Call *do* when so much time has passed."""
        self._later.append((self._clock.now + seconds, do))

    def disarm(self) -> None:
        """Forget what was planned."""
        self._plan, self._left, self._later = None, -1, []

    def fileno(self) -> int | None:
        return None

    def read(self) -> bytes:
        self._pass()
        return self.machine.take_answers()

    def write(self, data: bytes) -> int:
        self._pass()
        taken = data[: max(0, self.machine.free)]
        self.machine.receive(taken)
        self._pass()
        return len(taken)

    def pending(self) -> int:
        return 0

    def discard(self) -> None: ...

    def close(self) -> None: ...

    def _pass(self) -> None:
        """Let the mechanism do what it could since last time."""
        for moment, do in self._later[:]:
            if moment <= self._clock.now:
                self._later.remove((moment, do))
                do()
        while True:
            if self._due is None:
                if self._left == 0 and self.machine.busy:
                    self._strike()
                took = self.machine.start()
                if took is None:
                    self._then = self._clock.now
                    break
                self._due = self._then + took
            if self._due > self._clock.now:
                break
            self._then, self._due = self._due, None
            self.machine.finish()
            self._left -= self._left > 0
        if self.unplugged:
            raise DeviceFault("no_port")

    def _strike(self) -> None:
        plan, self._plan, self._left = self._plan, None, -1
        if plan:
            plan()


class Box:
    """A kiosk with a printer of one make."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.profile = load_printer(name)
        self.clock = Clock()
        self.server = Server()
        self.papers: list[Slip] = []
        make = MAKES[name]
        self.machine = Machine(
            make=make,
            paper_mm=make.paper_mm,
            keeper=self,
            now=lambda: datetime(2026, 11, 23, 1, 15, tzinfo=UTC),
        )
        self.port = ModelPort(self.machine, self.clock)
        self.touches = itertools.count(1)
        self.shown: dict[str, Paper] = {}
        """Number → what its citizen was last told of the paper."""
        self._journal: Journal | None = None
        self._pids = (f"{n:04d}" for n in itertools.count(1))
        self.start()

    # The model's tray.

    def next_number(self) -> int:
        return len(self.papers) + 1

    def keep(self, paper: Slip) -> None:
        self.papers.append(paper)

    # The kiosk.

    def start(self) -> None:
        """Start the kiosk's process on what the last one left."""
        if self._journal is not None:
            self._journal.close()
        self._journal = Journal(self.folder / f"journal-{self.name}")
        doubtful = any(r.step == "sending" for r in self._journal.open_records)
        self.dialogue = PrinterDialogue(self.profile, self.profile.link, suspect=doubtful)
        self.dialogue.opened(self.clock.now)
        self.taker = Taker(
            link=self.server,
            journal=self._journal,
            printer=self,
            now=lambda: self.clock.now,
            new_key=lambda: f"key-{next(self.touches)}",
            shown=self._show,
        )
        self.taker.recover()

    def _show(self, ticket: TicketSlip, paper: Paper, fault: str) -> None:
        self.shown[ticket.number] = paper

    def touch(self) -> TicketSlip:
        """Touch 取号: a number first, then its paper."""
        touch = f"touch-{next(self.touches)}"
        given = self.taker.take(Take(touch=touch, choice=Choice(item="MZ-01")))
        self.shown[given.number] = Paper.PRINTING
        self.taker.print_ticket(touch)
        return given

    def print(
        self, ticket: TicketSlip, *, on_sending: Callable[[str], None] | None = None
    ) -> Outcome:
        """Do what `Printer.print` does, on the clock."""
        status = self.check()
        if status.faults:
            return Outcome(state="failed", fault=status.fault)
        pid = next(self._pids)
        job = encode(layout(ticket, self.profile.paper.columns), self.profile, pid=pid)
        if on_sending is not None:
            on_sending(pid)
        ends: list[Outcome] = []
        self.dialogue.send(job.data, pid, ends.append, self.clock.now)
        self._run(lambda: bool(ends))
        return ends[0]

    def check(self) -> PrinterStatus:
        answers: list[PrinterStatus] = []
        self.dialogue.check(answers.append, self.clock.now)
        self._run(lambda: bool(answers))
        return answers[0]

    def for_s(self, seconds: float) -> None:
        end = self.clock.now + seconds
        self._run(lambda: self.clock.now >= end)

    def _run(self, until: Callable[[], bool]) -> None:
        was_lost = self.dialogue.status.faults == ("no_port",)
        if was_lost and not self.port.unplugged:
            self.dialogue.opened(self.clock.now)
        run(self.dialogue, self.port, self.clock, until=until, within_s=900)

    # The blows.

    def strike(self, name: str, *, soon: bool) -> Callable[[], None]:
        """Return what happens: the fault, who mends it and when, and whether the kiosk dies."""

        def mend() -> None:
            self.machine.control(REPAIR)
            self.port.unplugged = False

        def blow() -> None:
            fault = STRIKES[name]
            if fault is not None:
                self.machine.control(fault)
            if name == "port unplugged":
                self.port.unplugged = True
            if soon:
                self.port.later(SOON_S, mend)
            if "killed" in name:
                raise KilledError

        return blow

    def mend(self) -> None:
        """Whatever is wrong: somebody comes and mends it."""
        self.port.disarm()
        self.machine.control(REPAIR)
        self.port.unplugged = False
        self.for_s(1.0)


@dataclass(frozen=True, kw_only=True)
class Round:
    """What became of one struck slip and of the one after it."""

    number: str
    uid: str
    next_number: str
    next_uid: str
    papers: tuple[Slip, ...]
    """All paper that fell meanwhile."""
    given: TicketSlip | None
    """What the citizen was told; None when the kiosk died before."""


def motions_of(name: str) -> int:
    """Return how many motions a whole slip of this make is."""
    box = Machine(
        make=MAKES[name],
        paper_mm=MAKES[name].paper_mm,
        keeper=_Floor(),
        now=lambda: datetime(2026, 11, 23, tzinfo=UTC),
    )
    profile = load_printer(name)
    data = encode(layout(slip(number="A001"), profile.paper.columns), profile, pid="0001").data
    count = 0
    for at in range(0, len(data), 1000):
        box.receive(data[at : at + 1000])
        while box.start() is not None:
            box.finish()
            count += 1
    return count


class _Floor:
    """Paper that nobody keeps."""

    def next_number(self) -> int:
        return 1

    def keep(self, paper: Slip) -> None: ...


def struck(box: Box, name: str, point: int, *, motions: int) -> Round:
    """Strike one slip at *point* of `POINTS`, mend, take the next number; return what became."""
    before = len(box.papers)
    known = set(box.server.numbers)
    box.port.arm(motions * point // POINTS, box.strike(name, soon=point % 2 == 0))
    given: TicketSlip | None = None
    try:
        given = box.touch()
    except KilledError:
        box.start()
    box.mend()
    after = box.touch()
    box.for_s(1.0)
    [mine] = [s for key, s in box.server.numbers.items() if key not in known and s != after]
    return Round(
        number=mine.number,
        uid=mine.uid,
        next_number=after.number,
        next_uid=after.uid,
        papers=tuple(box.papers[before:]),
        given=given,
    )


def counted(papers: tuple[Slip, ...], rows: int) -> tuple[Counter[str], Counter[str]]:
    """Return by number how often it is on paper at all, and how often whole and parted.

    A picture has no text to read: it counts under "", whole when it has all its *rows*.
    """
    begun: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for paper in papers:
        is_parted = paper.cut in {"full", "partial", "torn"}
        pictures = [item for item in paper.items if isinstance(item, Image)]
        numbers = [line.strip() for line in paper.text if NUMBER.fullmatch(line.strip())]
        for number in numbers:
            begun[number] += 1
        if numbers:
            whole[numbers[-1]] += is_parted and bool(paper.qr or pictures)
        elif not paper.text and pictures:
            begun[""] += 1
            whole[""] += is_parted and sum(picture.height for picture in pictures) >= rows
    return begun, whole
