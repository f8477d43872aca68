"""What a kiosk tells the server of its printer, and what it does when staff ask from afar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk import asked
from kiosk.config import KioskConfig, PrinterConfig
from kiosk.equipment import Equipment
from kiosk.outside import NoFigures, NoPrinter, NoPrinterState
from kiosk.roll import LOW_MM
from server.kit.change import LinkStatus, Output
from server.kit.contract.devices import Part
from server.kit.contract.moments import moment
from server.kit.contract.screens import DeviceSetup, Layout
from server.kit.serial.profiles import load_printer
from tests.support.devices import part

T0 = datetime(2026, 11, 25, 1, 41, tzinfo=UTC)
PROFILE = load_printer("epson_tm_cn")


@dataclass
class State:
    faults: Sequence[str] = ()
    near_end: bool = False


@dataclass
class Paper:
    """A printer that says what the test wants."""

    profile = PROFILE
    now: State = field(default_factory=State)
    figures: NoFigures = field(default_factory=NoFigures)
    outcome: NoPrinterState = field(
        default_factory=lambda: NoPrinterState(state="printed", fault="")
    )
    tests: list[tuple[str, str]] = field(default_factory=list)

    def print(self, slip: object, *, on_sending: object = None) -> NoPrinterState:
        return self.outcome

    def print_guide(self, guide: object) -> NoPrinterState:
        return self.outcome

    def print_test(self, kiosk: str, printed_local: str) -> NoPrinterState:
        self.tests.append((kiosk, printed_local))
        return self.outcome

    def status(self) -> State:
        return self.now

    def facts(self) -> NoFigures:
        return self.figures


@dataclass
class Line:
    """A link that keeps what it was told."""

    told: list[dict[str, Any]] = field(default_factory=list)
    enrolled = True
    device, zone = "k1", ""
    board = catalogue = None
    status = LinkStatus.LIVE
    clock_ahead_s = 0.0
    setup = DeviceSetup(
        device="k1", version=1, kind="kiosk", name="东门取号机", zone="", layout=Layout()
    )

    def beat_age_s(self) -> float | None:
        return 0.5

    def ack(self, outputs: Sequence[Output], status: Mapping[str, object] | None = None) -> None:
        self.told.append(dict(status or {}))


class Box:
    """The equipment of a kiosk; time stands until it is moved."""

    def __init__(self, folder: Path, printer: Paper | NoPrinter | None = None) -> None:
        self.seconds = 0.0
        self.paper = Paper()
        self.link = Line()
        self.equipment = Equipment(
            config=KioskConfig(state_dir=str(folder), printer=PrinterConfig(port="/dev/ttyS0")),
            link=self.link,  # type: ignore[arg-type]  # the part that is needed
            printer=self.paper if printer is None else printer,
            monotonic=lambda: self.seconds,
            now=lambda: T0 + timedelta(seconds=self.seconds),
            spawn=lambda work: work(),
            changed=lambda: None,
            undelivered=lambda: 0,
            can_speak=lambda: False,
        )

    def look(self, after_s: float = 1.0) -> None:
        self.seconds += after_s
        self.equipment.look()

    @property
    def said(self) -> Part:
        """The printer as it was told last."""
        return msgspec.convert(self.link.told[-1]["parts"][0], Part)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    found = Box(tmp_path)
    found.look(5)
    return found


def test_a_printer_is_told_whole_with_its_profile(box: Box) -> None:
    told = box.said

    assert (told.key, told.profile, told.verified) == ("printer", PROFILE.id, PROFILE.verified)
    assert (told.port, told.confirm_kind) == ("/dev/ttyS0", PROFILE.confirm.kind)
    assert (told.faults, told.confirmed_at, told.paper_left_mm) == ((), "", -1)


def test_nothing_is_told_before_the_printer_had_time_to_answer(tmp_path: Path) -> None:
    box = Box(tmp_path)
    box.paper.now = State(faults=("silent",))
    box.look(1)

    assert box.link.told == []


def test_what_has_not_changed_is_not_told_again(box: Box) -> None:
    for _ in range(30):
        box.look()

    assert len(box.link.told) == 1


def test_a_fault_keeps_its_age_while_others_come_and_go(box: Box) -> None:
    box.paper.now = State(faults=("paper_out",))
    box.look()
    since = moment(T0 + timedelta(seconds=box.seconds))
    box.paper.now = State(faults=("cover_open", "paper_out"))
    box.look(60)

    assert [f.code for f in box.said.faults] == ["cover_open", "paper_out"]
    assert [f.since for f in box.said.faults] == [moment(T0 + timedelta(seconds=66)), since]
    assert box.link.told[-1]["faults"] == ["cover_open", "paper_out"]


def test_the_last_proof_is_told_as_a_moment_that_stays(box: Box) -> None:
    box.paper.figures = NoFigures(confirmed_at=box.seconds - 2, confirm_ms=412, fed_mm=80)
    box.look()
    first = (box.said.confirmed_at, box.said.confirm_ms)
    box.look(100)

    assert first == (moment(T0 + timedelta(seconds=3)), 412)
    assert (box.said.confirmed_at, len(box.link.told)) == (first[0], 2)


def test_little_paper_is_told_by_estimate_and_prints_on(box: Box) -> None:
    box.equipment.new_roll()
    full = round(PROFILE.paper.roll_m * 1000)
    box.paper.figures = NoFigures(fed_mm=full - LOW_MM + 1)
    box.look()
    since = box.said.faults[0].since
    box.look(60)
    told = box.said

    assert [f.code for f in told.faults] == ["paper_low"]
    assert told.faults[0].since == since
    assert told.paper_left_mm == LOW_MM - 100  # told in steps of ten centimetres
    assert box.equipment.faults == ()  # citizens are told nothing


def test_the_sensor_goes_before_the_estimate(box: Box) -> None:
    box.equipment.new_roll()
    box.paper.figures = NoFigures(fed_mm=PROFILE.paper.roll_m * 1000)
    box.paper.now = State(near_end=True)
    box.look()
    assert [f.code for f in box.said.faults] == ["near_end"]
    box.paper.now = State(faults=("paper_out",))
    box.look()

    assert [f.code for f in box.said.faults] == ["paper_out"]


def test_a_new_roll_ends_the_warning(box: Box) -> None:
    box.equipment.new_roll()
    box.paper.figures = NoFigures(fed_mm=PROFILE.paper.roll_m * 1000)
    box.look()
    box.equipment.new_roll()
    box.look()

    assert box.said.faults == ()
    assert box.said.paper_left_mm == box.said.paper_roll_mm


def test_other_devices_are_told_beside_the_printer(box: Box) -> None:
    box.equipment.add(lambda: None)
    box.equipment.add(lambda: part("reader", ("silent", "2026-11-25T01:00:00.000Z")))
    box.look()

    assert [p["key"] for p in box.link.told[-1]["parts"]] == ["printer", "reader"]


def test_a_kiosk_without_a_printer_says_so(tmp_path: Path) -> None:
    box = Box(tmp_path, NoPrinter())
    box.look(5)

    assert box.link.told[-1] == {"faults": ["no_port"], "parts": []}
    assert not box.equipment.new_roll()


@dataclass
class Kiosk:
    """A kiosk as those who ask from afar know it."""

    equipment: Equipment
    free_at: float = 0.0
    seconds: float = 0.0
    local_time = "2026-11-25 09:41"

    @property
    def engaged(self) -> bool:
        return self.seconds < self.free_at

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def does(kiosk: Kiosk, what: str) -> tuple[bool, str]:
    deeds = asked.deeds(kiosk, monotonic=lambda: kiosk.seconds, sleep=kiosk.sleep)
    return deeds[what]("printer")


def test_a_test_page_carries_the_kiosks_name_and_says_what_came_of_it(box: Box) -> None:
    kiosk = Kiosk(box.equipment)
    well = does(kiosk, "test_page")
    box.paper.outcome = NoPrinterState(state="failed", fault="paper_out")
    out = does(kiosk, "test_page")
    box.paper.outcome = NoPrinterState(state="unknown", fault="")

    assert box.paper.tests[0] == ("东门取号机", "2026-11-25 09:41")
    assert (well, out) == ((True, ""), (False, "paper_out"))
    assert does(kiosk, "test_page") == (False, "unknown")


@pytest.mark.parametrize(
    ("free_at", "answer"), [(0, (True, "")), (59, (True, "")), (61, (False, "busy"))]
)
def test_a_restart_waits_a_minute_for_the_citizen(
    box: Box, free_at: float, answer: tuple[bool, str]
) -> None:
    assert does(Kiosk(box.equipment, free_at), "restart") == answer
