"""Faults that other queue systems have, and the test that keeps each of them out of this one.

`FAULTS` names them all that concern screens, voice and kiosk; those without a test of their own
elsewhere are excluded here, by tests named after them.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium import KIOSK
from tests.support.hall import ROOT
from tools import gallery_kiosk
from tools.gallery_stage import Stage

FAULTS = (
    (
        "bcgov: of a full page of calls the last one is dropped",
        "access/test_peers_faults.py::test_no_call_is_dropped_at_the_edge_of_a_page_as_in_bcgov",
        "pages/test_board_page.py::test_more_calls_than_fit_turn_page_by_page",
    ),
    (
        "bcgov: a screen that comes back joins the room, but asks for nothing it missed",
        "access/test_peers_faults.py::test_a_screen_that_comes_back_knows_what_it_missed_unlike_in_bcgov",
        "kit/test_link.py::test_a_gap_at_the_end_is_found_by_the_beat",
        "kit/test_healing.py::test_a_cut_heals",
    ),
    (
        "FQM: looking at a page takes a number; a reload prints another one",
        "access/test_peers_faults.py::test_looking_again_takes_no_number_as_it_does_in_fqm",
    ),
    (
        "FQM: a recall plays whatever was played last",
        "display/voice/test_announcer.py::test_a_recall_says_its_own_number_not_what_was_played_last_as_in_fqm",
    ),
    (
        "FQM: finished tickets are counted among those ahead",
        "access/test_peers_faults.py::test_who_is_served_already_is_not_ahead_as_in_fqm",
    ),
    (
        "Novo SGA: a sound that fails blocks all later calls",
        "display/voice/test_announcer.py::test_a_failing_sound_blocks_no_later_call_as_it_does_in_novo",
        "pages/test_sound.py::test_a_sound_that_fails_in_the_browser_does_not_stop_the_next",
    ),
    (
        "Novo SGA: of several new calls a panel takes the first only",
        "access/test_peers_faults.py::test_of_calls_in_one_moment_none_is_lost_as_in_novo",
    ),
    (
        "JackQChen: near its end the paper is refused",
        "access/test_peers_faults.py::test_paper_near_its_end_is_printed_on_unlike_in_jackqchen",
    ),
    (
        "JackQChen: after the paper was out the port stays taken",
        "access/test_peers_faults.py::test_new_paper_is_enough_to_print_again_unlike_in_jackqchen",
    ),
    (
        "JackQChen: the number is kept before it is printed, and a fault is only said in a dialog",
        "access/test_peers_faults.py::test_staff_see_a_number_that_was_not_printed_unlike_in_jackqchen",
    ),
    (
        "JackQChen: the announcer waits for ever for the end of a sentence",
        "display/voice/test_output.py::test_a_page_that_never_says_it_has_ended_is_not_waited_for_as_jackqchen_does",
    ),
    (
        "JackQChen: of a wait only the minutes are kept, its hours vanish",
        "access/test_peers_faults.py::test_a_wait_of_hours_is_said_with_its_hours_unlike_in_jackqchen",
    ),
    (
        "ZMS: the kiosk prints through its browser",
        "access/test_peers_faults.py::test_no_page_prints_a_slip_by_the_browser_as_in_zms",
    ),
    (
        "ZMS: a call stands on the screen up to ten seconds later",
        "access/test_peers_faults.py::test_a_call_is_on_the_screen_at_once_unlike_in_zms",
    ),
    (
        "ZMS: without its sound a screen notices no new call",
        "pages/test_sound.py::test_a_browser_that_allows_no_sound_says_so_flashes_all_the_same_and_speaks_after_a_touch",
    ),
)
"""(whose fault, the tests that exclude it)."""

TESTS = ROOT / "tests"


def names_in(path: Path) -> set[str]:
    """Return the names of the tests of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}


@pytest.mark.parametrize("fault", FAULTS, ids=[f[0] for f in FAULTS])
def test_each_fault_has_a_test_that_exists(fault: tuple[str, ...]) -> None:
    """A test that was renamed or deleted leaves its fault without a guard."""
    words, *tests = fault
    missing = [
        t for t in tests
        if not (TESTS / t.partition("::")[0]).is_file()
        or t.partition("::")[2] not in names_in(TESTS / t.partition("::")[0])
    ]  # fmt: skip

    assert tests, words
    assert missing == []


TURNS = """
import { turn } from "./display/static/turn.js";
const seen = {};
for (const count of [1, 7, 8, 9, 15, 16, 17, 18]) for (const room of [1, 4, 7, 8, 9]) {
  const rows = new Set();
  const { pages } = turn({count, room, nowMs: 0, sinceMs: 0, everyMs: 1000});
  for (let page = 0; page < pages; page++) {
    const now = turn({count, room, nowMs: page * 1000 + 1, sinceMs: 0, everyMs: 1000});
    for (let i = 0; i < count; i++) if (now.shows(i)) rows.add(i);
  }
  seen[`${count} rows, ${room} at once`] = count - rows.size;
}
console.log(JSON.stringify(seen));
"""


def test_no_call_is_dropped_at_the_edge_of_a_page_as_in_bcgov() -> None:
    """Every row has its turn, also with exactly one page, one more, and one less."""
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", TURNS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    dropped = json.loads(ran.stdout)

    assert len(dropped) == 40
    assert {k: n for k, n in dropped.items() if n} == {}


@pytest.fixture
def screen(stage: Stage, open_page: Callable[..., Page]) -> Page:
    """The hall's own screen, live."""
    page = open_page(expected=["ERR_", "WebSocket"])
    page.goto(stage.display)
    page.wait_for_selector("body[data-fresh=live]", timeout=20_000)
    return page


def test_a_screen_that_comes_back_knows_what_it_missed_unlike_in_bcgov(
    stage: Stage, screen: Page
) -> None:
    """A call made while the cable was out stands on the screen after it is in again."""
    stage.free(16)
    stage.display_line.cut()
    try:
        called = stage.take_at(16, "LY-01")
        assert screen.locator(f"#calls >> text={called['number']}").count() == 0
    finally:
        stage.display_line.heal()

    expect(screen.locator("#calls").get_by_text(called["number"])).to_be_attached(timeout=30_000)
    stage.free(16)


def test_of_calls_in_one_moment_none_is_lost_as_in_novo(stage: Stage, screen: Page) -> None:
    """Three counters call at once; all three numbers are on the screen."""
    counters = {16: "LY-01", 17: "JY-01", 14: "XM-01"}
    for counter in counters:
        stage.free(counter)
    numbers = [stage.take_at(counter, item)["number"] for counter, item in counters.items()]

    for number in numbers:
        expect(screen.locator("#calls").get_by_text(number)).to_be_attached()
    for counter in counters:
        stage.free(counter)


def test_a_call_is_on_the_screen_at_once_unlike_in_zms(stage: Stage, screen: Page) -> None:
    """Within two seconds on a busy machine; the figure at rest is in docs/performance.md."""
    stage.free(16)
    slip = stage.guide.take("LY-01")
    clerk = stage.clerk(16)
    began = time.monotonic()
    assert clerk.at("call", ticket=slip["uid"], reason="测试").status == 200
    expect(screen.locator("#calls").get_by_text(slip["number"])).to_be_attached()
    took = time.monotonic() - began
    stage.free(16)

    assert took < 5


def test_looking_again_takes_no_number_as_it_does_in_fqm(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    """Reload, back, prefetch: only the touch of 取号 takes one, and once."""
    page = open_page(KIOSK)
    gallery_kiosk.number(stage, page)
    last = stage.guide.take("GA-01")["number"]
    slips = len(stage.model.slips())
    for _ in range(3):
        page.reload()
    page.go_back()
    for path in ("/", "/screen", "/act"):
        page.request.get(stage.kiosk.url + path)
    for path in ("/api/v1/tickets", "/api/v1/tickets?item=GA-01"):
        assert stage.machine.get(path).status in {404, 405}
    after = stage.guide.take("GA-01")["number"]

    assert int(after[1:]) == int(last[1:]) + 1
    assert len(stage.model.slips()) == slips


def test_who_is_served_already_is_not_ahead_as_in_fqm(stage: Stage) -> None:
    """Ahead are those who wait in the same queue now."""
    clerk = stage.free(17)
    while clerk.at("call-next").status == 200:
        stage.free(17)
    for _ in range(3):
        stage.take_at(17, "JY-01")
        stage.free(17)
    stage.guide.take("MZ-01")
    first, second = stage.guide.take("JY-01"), stage.guide.take("JY-01")

    assert (first["ahead"], second["ahead"]) == (0, 1)


def test_paper_near_its_end_is_printed_on_unlike_in_jackqchen(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    """Near its end is a word to staff; the citizen gets a slip."""
    _ = stage.kiosk
    stage.model.control(paper="near_end")
    try:
        stage.kiosk.wait(lambda h: h["near_end"])
        before = len(stage.model.slips())
        gallery_kiosk.number(stage, open_page(KIOSK))
        slips = stage.model.wait_for_slips(before + 1)
    finally:
        stage.model.control(paper="ok")

    assert len(slips) == before + 1


def test_new_paper_is_enough_to_print_again_unlike_in_jackqchen(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    """Out of paper, new paper, next slip: nobody restarts anything."""
    page = open_page(KIOSK)
    _ = stage.kiosk
    before = len(stage.model.slips())
    stage.model.control(paper="out")
    stage.kiosk.wait(lambda h: h["faults"] == ["paper_out"])
    stage.model.control(paper="ok")
    stage.kiosk.wait(lambda h: h["faults"] == [])
    gallery_kiosk.number(stage, page)

    assert len(stage.model.wait_for_slips(before + 1)) == before + 1


def test_staff_see_a_number_that_was_not_printed_unlike_in_jackqchen(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    """A number without a slip is one all the same, and the clerk is told."""
    page = open_page(KIOSK)
    clerk = stage.free(1)
    gallery_kiosk.printer(paper="out")(gallery_kiosk.no_paper)(stage, page)
    try:
        number = page.locator("[data-number]").inner_text()
        until = time.monotonic() + 10
        marks: dict[str, str] = {}
        while marks.get(number) != "failed" and time.monotonic() < until:
            marks = {t["number"]: t["print_state"] for t in clerk.desk()["waiting"]}
            time.sleep(0.05)
    finally:
        gallery_kiosk.mended(stage)

    assert marks[number] == "failed"


def test_a_wait_of_hours_is_said_with_its_hours_unlike_in_jackqchen() -> None:
    """Two hours and a half are not thirty minutes."""
    from server.kit.contract.words import wait_words

    low, high = 150, 210
    figure, unit = wait_words(low, high)
    numbers = [float(n) for n in re.findall(r"\d+(?:\.\d+)?", figure)]
    minutes = [n * 60 if "小时" in unit else n for n in numbers]

    assert minutes[0] <= low
    assert minutes[-1] >= high


def test_no_page_prints_a_slip_by_the_browser_as_in_zms() -> None:
    """A browser's print dialog stops a kiosk for ever."""
    pages = [*(ROOT / "kiosk").rglob("*.js"), *(ROOT / "kiosk").rglob("*.html")]
    guilty = [p.name for p in pages if re.search(r"\bprint\s*\(\s*\)", p.read_text("utf-8"))]

    assert pages
    assert guilty == []
