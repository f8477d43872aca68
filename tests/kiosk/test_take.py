"""Taking a number: one touch, one number, at most one paper, whatever breaks when."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from kiosk.content import Choice
from kiosk.journal import Journal, JournalFull, Record
from kiosk.journey import Paper, Take
from kiosk.take import Taker, slip_from
from server.kit.contract.reasons import Refused
from server.kit.contract.views import TicketSlip
from server.kit.http import Unreachable
from tests.kiosk.hall import slip


class PowerCut(BaseException):
    """The process ends here: nothing after it runs."""


@dataclass
class Hall:
    """The world outside the kiosk: it remembers over power cuts. Not a stand-in for code of ours,
    but the two machines at the other ends of the cables, reduced to what a kiosk can see."""

    numbers: dict[str, TicketSlip] = field(default_factory=dict)
    """Given numbers by key: the server's idempotency record."""
    results: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    papers: list[str] = field(default_factory=list)
    """What lies in the tray."""
    jobs: list[dict[str, object]] = field(default_factory=list)
    up: bool = True
    answers_lost: int = 0
    refuse: str = ""
    faults: str = ""
    cut: str = ""
    """Where the power goes out."""

    def die(self, where: str) -> None:
        if self.cut == where:
            raise PowerCut(where)

    def call(self, path, body, *, key, timeout_s=2.0, tries=2):
        self.die("before the request")
        if not self.up:
            raise Unreachable("down")
        if path == "/api/v1/tickets":
            if self.refuse:
                raise Refused(self.refuse)
            if key not in self.numbers:
                n = len(self.numbers) + 1
                self.numbers[key] = slip(f"A{n:03d}", f"u{n:03d}")
            self.die("before the answer")
            if self.answers_lost:
                self.answers_lost -= 1
                raise Unreachable("lost")
            return msgspec.to_builtins(self.numbers[key]) | {"a_newer_field": 1}
        uid = path.split("/")[-2]
        assert self.keys.setdefault(key, uid) == uid
        self.results.append((uid, dict(body)))
        if "job" in body:
            self.jobs = [j for j in self.jobs if j["job"] != body["job"]]
        self.die("after the report")
        return {}

    def get(self, path):
        assert path == "/api/v1/devices/me/slips"
        if not self.up:
            raise Unreachable("down")
        return {"jobs": list(self.jobs)}

    def print(self, slip: TicketSlip, *, on_sending: Callable[[str], None] | None = None):
        self.die("before the printer")
        if self.faults:
            return Done("failed", self.faults)
        assert on_sending is not None
        on_sending("0001")
        self.die("before the first byte")
        self.papers.append(f"{slip.number}{'+' if slip.reprint else ''}")
        self.die("after the paper")
        return Done("printed", "")


@dataclass
class Done:
    state: str
    fault: str


class Box:
    """A kiosk's taker on a folder that outlives it."""

    def __init__(self, folder: Path, outside: Hall) -> None:
        self.folder = folder
        self.hall = outside
        self.now = 1000.0
        self.ids = itertools.count()
        self.shown: list[tuple[str, Paper, str]] = []
        self.journal: Journal | None = None
        self.start()

    def start(self) -> None:
        if self.journal is not None:
            self.journal.close()
        self.journal = Journal(self.folder / "journal")
        self.taker = Taker(
            link=self.hall,
            journal=self.journal,
            printer=self.hall,
            now=lambda: self.now,
            new_key=lambda: f"key-{os.urandom(4).hex()}",
            shown=lambda s, p, f: self.shown.append((s.number, p, f)),
        )

    def touch(self, touch: str = "t1") -> TicketSlip:
        given = self.taker.take(Take(touch=touch, choice=Choice(item="MZ-01")))
        self.taker.print_ticket(touch)
        return given


@pytest.fixture
def outside() -> Hall:
    return Hall()


@pytest.fixture
def box(tmp_path: Path, outside: Hall) -> Box:
    return Box(tmp_path, outside)


def test_a_touch_is_a_number_a_paper_and_a_report(box: Box, outside: Hall) -> None:
    given = box.touch()

    assert given.number == "A001"
    assert outside.papers == ["A001"]
    assert outside.results == [("u001", {"state": "printed", "fault": ""})]
    assert box.shown == [("A001", Paper.PRINTED, "")]
    assert box.journal.open_records == ()


def test_the_same_touch_twice_is_one_number_and_one_paper(box: Box, outside: Hall) -> None:
    first = box.touch()
    second = box.touch()

    assert first == second
    assert outside.papers == ["A001"]


def test_a_lost_answer_is_asked_again_under_the_same_key(box: Box, outside: Hall) -> None:
    outside.answers_lost = 1

    with pytest.raises(Unreachable):
        box.touch()
    again = box.touch()

    assert again.number == "A001"
    assert list(outside.numbers) == ["t1"]
    assert outside.papers == ["A001"]


def test_a_refusal_leaves_nothing_behind(box: Box, outside: Hall) -> None:
    outside.refuse = "stopped"

    with pytest.raises(Refused) as refused:
        box.touch()

    assert refused.value.code == "stopped"
    assert box.journal.open_records == ()


def test_out_of_paper_the_number_stands_and_staff_are_told(box: Box, outside: Hall) -> None:
    outside.faults = "paper_out"

    given = box.touch()

    assert given.number == "A001"
    assert box.shown == [("A001", Paper.FAILED, "paper_out")]
    assert outside.results == [("u001", {"state": "failed", "fault": "paper_out"})]


def test_nobody_waits_behind_a_slip_that_waits_for_paper(box: Box, outside: Hall) -> None:
    asked, new_roll, first = threading.Event(), threading.Event(), outside.print

    def out_of_paper(slip: TicketSlip, *, on_sending: Callable[[str], None] | None = None):
        asked.set()
        new_roll.wait(20)
        return first(slip, on_sending=on_sending)

    outside.print = out_of_paper  # type: ignore[method-assign]
    inside = box.taker.take(Take(touch="t1", choice=Choice(item="MZ-01")))
    waits = threading.Thread(target=box.taker.print_ticket, args=("t1",))
    waits.start()
    assert asked.wait(20)
    outside.print, outside.faults = first, "paper_out"  # type: ignore[method-assign]

    after = box.taker.take(Take(touch="t2", choice=Choice(item="MZ-01")))
    box.taker.print_ticket("t1")  # the same touch again: it is inside already
    box.taker.print_ticket("t2")

    assert outside.results == [(after.uid, {"state": "failed", "fault": "paper_out"})]
    assert box.taker.busy
    outside.faults = ""
    new_roll.set()
    waits.join(20)
    assert outside.papers == [inside.number]
    assert not box.taker.busy


def test_an_outcome_waits_until_the_server_is_back(box: Box, outside: Hall) -> None:
    box.taker.take(Take(touch="t1", choice=Choice(item="MZ-01")))
    outside.up = False
    box.taker.print_ticket("t1")
    box.taker.tend()
    waiting = box.taker.undelivered
    box.start()
    outside.up = True
    box.taker.recover()

    assert waiting == 1
    assert outside.papers == ["A001"]
    assert outside.results == [("u001", {"state": "printed", "fault": ""})]


def test_a_ticket_whose_report_waits_is_not_printed_again(box: Box, outside: Hall) -> None:
    box.taker.take(Take(touch="t1", choice=Choice(item="MZ-01")))
    outside.up = False
    box.taker.print_ticket("t1")
    box.taker.print_ticket("t1")

    assert outside.papers == ["A001"]


def test_an_outcome_reported_twice_has_one_key(box: Box, outside: Hall) -> None:
    outside.cut = "after the report"
    with pytest.raises(PowerCut):
        box.touch()
    outside.cut = ""
    box.start()
    box.taker.recover()

    assert len(outside.results) == 2
    assert len(outside.keys) == 1


CUTS = {
    # where the power goes: numbers given, papers, and what is shown and reported afterwards
    "before the request": (1, ["A001"], Paper.PRINTED, "printed"),
    "before the answer": (1, ["A001"], Paper.PRINTED, "printed"),
    "before the printer": (1, ["A001"], Paper.PRINTED, "printed"),
    "before the first byte": (1, [], Paper.UNKNOWN, "unknown"),
    "after the paper": (1, ["A001"], Paper.UNKNOWN, "unknown"),
}


@pytest.mark.parametrize("cut", CUTS)
def test_back_within_a_minute_the_citizen_has_one_number_and_at_most_one_paper(
    box: Box, outside: Hall, cut: str
) -> None:
    numbers, papers, paper, state = CUTS[cut]
    outside.cut = cut
    with pytest.raises(PowerCut):
        box.touch()

    outside.cut = ""
    box.now += 30
    box.start()
    box.taker.recover()

    assert len(outside.numbers) == numbers
    assert outside.papers == papers
    assert box.shown[0] == ("A001", Paper.PRINTING, "")
    assert box.shown[-1][1] is paper
    assert [r["state"] for _, r in outside.results] == [state]
    assert box.journal.open_records == ()


@pytest.mark.parametrize(
    ("cut", "numbers", "papers", "states"),
    [
        ("before the request", 0, [], []),
        ("before the answer", 1, [], []),
        ("before the printer", 1, [], ["failed"]),
        ("before the first byte", 1, [], ["unknown"]),
        ("after the paper", 1, ["A001"], ["unknown"]),
    ],
)
def test_back_after_an_hour_nothing_is_printed_for_nobody(
    box: Box, outside: Hall, cut: str, numbers: int, papers: list[str], states: list[str]
) -> None:
    outside.cut = cut
    with pytest.raises(PowerCut):
        box.touch()

    outside.cut = ""
    box.now += 3600
    box.start()
    box.taker.recover()
    box.taker.tend()

    assert len(outside.numbers) == numbers
    assert outside.papers == papers
    assert all(paper is not Paper.PRINTING for _, paper, _ in box.shown)
    assert [r["state"] for _, r in outside.results] == states
    assert box.journal.open_records == ()


def test_a_power_cut_in_the_recovery_prints_nothing_twice(box: Box, outside: Hall) -> None:
    for cut in ("before the printer", "before the printer", "after the paper", "after the report"):
        outside.cut = cut
        box.start()
        with pytest.raises(PowerCut):
            if outside.numbers:
                box.taker.recover()
            else:
                box.touch()
    outside.cut = ""
    box.start()
    box.taker.recover()

    assert outside.papers == ["A001"]
    assert len(outside.numbers) == 1


def test_a_clock_set_back_counts_as_long_ago(box: Box, outside: Hall) -> None:
    outside.cut = "before the printer"
    with pytest.raises(PowerCut):
        box.touch()
    outside.cut = ""
    box.now -= 100_000
    box.start()
    box.taker.recover()

    assert outside.papers == []
    assert outside.results[0][1] == {"state": "failed", "fault": "offline"}


def test_a_server_gone_at_the_restart_does_not_stop_it(box: Box, outside: Hall) -> None:
    outside.cut = "before the answer"
    with pytest.raises(PowerCut):
        box.touch()
    outside.cut, outside.up = "", False
    box.start()
    box.taker.recover()
    box.now += 61
    outside.up = True
    box.taker.tend()

    assert box.journal.open_records == ()
    assert outside.papers == []


def test_without_room_in_the_journal_nothing_is_asked(box: Box, outside: Hall) -> None:
    for i in range(500):
        box.journal.begin(Record(id=f"x{i}", step="intent", at=box.now))

    with pytest.raises(JournalFull):
        box.touch()

    assert outside.numbers == {}


def test_a_journal_that_cannot_note_the_sending_sends_nothing(box: Box, outside: Hall) -> None:
    box.taker.take(Take(touch="t1", choice=Choice(item="MZ-01")))
    os.close(box.journal._fd)
    box.journal._fd = os.open(os.devnull, os.O_RDONLY)
    box.taker.print_ticket("t1")

    assert outside.papers == []
    assert box.shown == [("A001", Paper.FAILED, "offline")]


def job(n: int) -> dict[str, object]:
    return {"job": n, "slip": msgspec.to_builtins(slip("A007", "u007", reprint=1))}


def test_a_reprint_is_printed_once_and_reported(box: Box, outside: Hall) -> None:
    outside.jobs = [job(5)]

    box.taker.reprint()
    box.taker.reprint()

    assert outside.papers == ["A007+"]
    assert outside.results == [("u007", {"state": "printed", "fault": "", "job": 5})]


def test_a_reprint_still_listed_because_the_report_is_on_its_way_is_not_printed_again(
    box: Box, outside: Hall
) -> None:
    outside.jobs = [job(5)]
    box.taker.reprint()
    outside.jobs = [job(5)]

    box.taker.reprint()

    assert outside.papers == ["A007+"]


@pytest.mark.parametrize(
    ("cut", "papers", "states"),
    [
        ("before the printer", ["A007+"], ["printed"]),
        ("before the first byte", [], ["unknown"]),
        ("after the paper", ["A007+"], ["unknown"]),
    ],
)
def test_a_power_cut_in_a_reprint_prints_it_at_most_once(
    box: Box, outside: Hall, cut: str, papers: list[str], states: list[str]
) -> None:
    outside.jobs = [job(5)]
    outside.cut = cut
    with pytest.raises(PowerCut):
        box.taker.reprint()
    outside.cut = ""
    box.start()
    box.taker.recover()
    box.taker.reprint()

    assert outside.papers == papers
    assert [r["state"] for _, r in outside.results] == states
    assert all(paper is not Paper.PRINTING for _, paper, _ in box.shown)


def test_an_unknown_field_of_a_newer_server_is_skipped() -> None:
    assert slip_from(msgspec.to_builtins(slip()) | {"colour": "red"}) == slip()


def test_an_answer_that_is_no_slip_is_not_believed() -> None:
    with pytest.raises(msgspec.ValidationError):
        slip_from({"number": "A001"})


def test_a_list_from_before_the_report_prints_nothing_again_after_a_power_cut(
    box: Box, outside: Hall
) -> None:
    outside.jobs = [job(5)]
    outside.cut = "after the paper"
    with pytest.raises(PowerCut):
        box.taker.reprint()
    outside.cut = ""
    box.start()
    box.taker.recover()
    outside.jobs = [job(5)]  # the answer to a request that was under way before the report

    box.taker.reprint()

    assert outside.papers == ["A007+"]
