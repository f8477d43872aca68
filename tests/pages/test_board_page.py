"""The board page in Chromium: rows, the three flashes, honesty about its age, every size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from server.kit.contract.messages import (
    HallDay,
    HallEmergency,
    TicketCalled,
    TicketIssued,
    TicketLeft,
)
from tests.display.boards import BoardProcess, board_process, until
from tests.display.halls import DEPARTMENTS, called, serving
from tests.display.test_process import CALL, enrol, running
from tests.support.chromium import SIZES, WALL
from tests.support.hall_server import HallServer, hall_server

OpenPage = Callable[..., Page]

WATCH_FLASHES = """() => {
  window.flashes = [];
  for (const kind of ["animationstart", "animationiteration", "animationend"])
    document.addEventListener(kind, (e) => {
      if (e.animationName === "flash") window.flashes.push(kind.slice(9) + " " + e.target.dataset.key);
    }, true);
}"""

CUT = """() => {
  const found = [];
  const shown = (e) => e.getClientRects().length > 0 && !e.closest(".visually-hidden");
  for (const e of document.querySelectorAll("body *")) {
    if (!shown(e) || !e.textContent.trim() || getComputedStyle(e).display === "inline") continue;
    const name = `${e.className} "${e.textContent.trim()}"`;
    if (e.scrollWidth > e.clientWidth + 1 && !e.matches(".beat"))
      found.push(`${name} is ${e.scrollWidth} wide in ${e.clientWidth}`);
    if (e.children.length > 0) continue;
    const box = e.getBoundingClientRect();
    for (let a = e.parentElement; a && a !== document.body; a = a.parentElement) {
      if (getComputedStyle(a).overflowY !== "hidden") continue;
      const frame = a.getBoundingClientRect();
      if (box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
        found.push(`${name} reaches out of ${a.className}`);
    }
  }
  return found;
}"""
"""Boxes whose words are cut: wider than their box, or outside of one that hides what is outside."""

OUTSIDE = """() => [...document.querySelectorAll("body *")]
  .filter((e) => e.children.length === 0 && e.textContent.trim() && !e.closest(".visually-hidden"))
  .map((e) => [e, e.getBoundingClientRect()])
  .filter(([e, r]) => r.width > 0 && (r.left < -1 || r.top < -1 || r.right > innerWidth + 1 || r.bottom > innerHeight + 1))
  .map(([e, r]) => `${e.className} ${e.textContent.trim()}`)"""


@pytest.fixture(scope="module")
def hall() -> Iterator[HallServer]:
    with hall_server() as server:
        yield server


@pytest.fixture(scope="module")
def board_of_module() -> Iterator[BoardProcess]:
    with board_process() as process:
        yield process


@pytest.fixture
def wall(board_of_module: BoardProcess) -> BoardProcess:
    """A display with an open hall and nobody called."""
    board_of_module.truth(0)
    board_of_module.fresh(waiting=3)
    return board_of_module


@pytest.fixture
def own() -> Iterator[BoardProcess]:
    """A display of the test's own; stands before `open_page`, so that it outlives the page."""
    with board_process() as process:
        yield process


@pytest.fixture
def on_its_side() -> Iterator[BoardProcess]:
    """A display that was told to stand upright."""
    with board_process("portrait") as process:
        yield process


def live(page: Page, url: str) -> Page:
    """Open the board and wait until it follows its agent."""
    page.goto(url)
    page.wait_for_selector("body[data-fresh=live]")
    page.evaluate(WATCH_FLASHES)
    return page


def wait(page: Page, condition: str) -> None:
    """Wait until *condition* is true on the page, whose policy forbids code from text."""
    until(lambda: page.evaluate(condition), condition)


def tickets(page: Page) -> list[str]:
    return page.locator("#calls .call:visible .ticket").all_inner_texts()


def test_the_first_html_holds_the_rows(wall: BoardProcess) -> None:
    """Readable before any script runs, and for whoever fetches the page."""
    import urllib.request

    wall.events(called("A012"))
    with urllib.request.urlopen(wall.url, timeout=10) as answer:
        text = answer.read().decode()
        policy = answer.headers["Content-Security-Policy"]

    assert "A012" in text
    assert "3号窗口" in text
    assert "永德县政务服务中心" in text
    assert "default-src 'self'" in policy


def test_a_call_appears_flashes_three_times_and_is_acknowledged(
    wall: BoardProcess, open_page: OpenPage
) -> None:
    """The clerk learns 大屏已显示 only after the page has painted it."""
    page = live(open_page(WALL), wall.url)
    wall.events(called("A012", call="k1"))
    page.wait_for_selector('#calls [data-key="k1"][data-hero]')
    wait(page, "window.flashes.includes('end k1')")

    assert page.evaluate("window.flashes") == ["start k1", "iteration k1", "iteration k1", "end k1"]
    until(lambda: ("k1", 1, "page") in wall.acks(), "the call was not acknowledged")
    assert page.locator("[data-flash]").count() == 0


def test_a_recall_moves_the_row_up_and_flashes_again(
    wall: BoardProcess, open_page: OpenPage
) -> None:
    """重呼: the same element, first again."""
    page = live(open_page(WALL), wall.url)
    wall.events(called("A012", call="k2"), called("B003", "2", call="k3"))
    wait(page, "window.flashes.filter((f) => f.startsWith('end')).length === 2")
    assert tickets(page) == ["B003", "A012"]
    page.evaluate("document.querySelector('[data-key=k2]').marked = true; window.flashes = []")
    wall.events(called("A012", call="k2", times=2))
    wait(page, "window.flashes.includes('end k2')")

    assert tickets(page) == ["A012", "B003"]
    assert page.locator('[data-key="k2"] .words').inner_text() == "已呼叫 2 次"
    assert page.evaluate("document.querySelector('[data-key=k2]').marked") is True
    assert not [f for f in page.evaluate("window.flashes") if f.endswith("k3")]
    until(lambda: ("k2", 2, "page") in wall.acks(), "the recall was not acknowledged")


def test_nothing_flashes_after_a_reload(wall: BoardProcess, open_page: OpenPage) -> None:
    """The cue is still in the view; the page was not there when it was news."""
    page = live(open_page(WALL), wall.url)
    wall.events(called("A012", call="k4"))
    wait(page, "window.flashes.length > 0")
    page.reload()
    page.evaluate(WATCH_FLASHES)
    wait(page, "document.querySelector('#calls .call') !== null")
    wall.events(TicketIssued(ticket="B001", queue="B", waiting=7))
    wait(page, "document.querySelector('[data-key=B] .main').textContent === '7 人'")

    assert page.evaluate("window.flashes") == []
    assert page.locator("[data-flash]").count() == 0
    assert tickets(page) == ["A012"]


def test_nothing_flashes_after_the_display_reconnected(
    wall: BoardProcess, open_page: OpenPage
) -> None:
    """A snapshot with other calls: shown at once, still."""
    page = live(open_page(WALL), wall.url)
    line = {
        "call": "k5", "ticket": "M031", "queue": "M", "counter": "11", "counter_name": "11号窗口",
        "zone": "1F", "times": 1, "state": "called", "called_at": "2026-11-23T01:00:00.000Z",
        "serving_at": None,
    }  # fmt: skip
    wall.fresh(board={"calls": [line], "seq": 900})
    page.wait_for_selector('[data-key="k5"]')

    assert page.evaluate("window.flashes") == []


def test_serving_and_leaving_change_only_their_row(wall: BoardProcess, open_page: OpenPage) -> None:
    """The others keep their elements."""
    page = live(open_page(WALL), wall.url)
    wall.events(called("A012", call="k6"), called("B003", "2", call="k7"))
    page.wait_for_selector('[data-key="k7"]')
    page.evaluate("for (const e of document.querySelectorAll('.call')) e.marked = true")
    wall.events(serving("A012"))
    page.wait_for_selector('[data-key="k6"][data-state="serving"]')
    assert page.locator('[data-key="k6"] .words').inner_text() == "办理中"
    wall.events(TicketLeft(ticket="B003", queue="B", counter="2", reason="done", waiting=3))
    wait(page, "document.querySelector('[data-key=k7]') === null")

    assert tickets(page) == ["A012"]
    assert page.evaluate("document.querySelector('[data-key=k6]').marked") is True


def test_more_calls_than_fit_turn_page_by_page(wall: BoardProcess, open_page: OpenPage) -> None:
    """Seventeen counters: the newest stays, all others are seen within their turn."""
    page = live(open_page(WALL), wall.url)
    wall.events(*[called(f"A{n:03d}", str(n), call=f"p{n:02d}") for n in range(1, 18)])
    wait(page, "document.querySelectorAll('#calls .call').length === 17")
    assert page.locator("#calls-pager").inner_text() == "1/3"
    seen: set[str] = set()

    def look() -> bool:
        now = tickets(page)
        assert len(now) <= 7
        assert now[0] == "A017"
        seen.update(now)
        return len(seen) == 17

    until(look, "not every call was shown", deadline_s=30)


def test_all_queues_are_seen_in_turn(wall: BoardProcess, open_page: OpenPage) -> None:
    page = live(open_page(WALL), wall.url)
    seen: set[str] = set()

    def look() -> bool:
        seen.update(page.locator("#queues .queue:visible .letter").all_inner_texts())
        return seen == {letter for letter, *_ in DEPARTMENTS}

    until(look, "not every queue was shown", deadline_s=40)


def test_silence_shows_a_dot_then_a_bar_and_heals(wall: BoardProcess, open_page: OpenPage) -> None:
    """Over 5 s the dot changes, over 30 s a bar with the time of the last truth; then as before."""
    page = live(open_page(WALL), wall.url)
    assert page.locator("#bar").is_hidden()
    wall.truth(8)
    page.wait_for_selector("body[data-fresh=late]")
    assert page.locator("#bar").is_hidden()
    wall.truth(45)
    page.wait_for_selector("body[data-fresh=lost]")
    assert "画面停在" in page.locator("#bar").inner_text()
    assert page.locator("#calls-area").is_visible()
    wall.truth(0)
    page.wait_for_selector("body[data-fresh=live]")

    assert page.locator("#bar").is_hidden()


def test_the_page_tells_a_dead_agent_and_heals_without_a_flash(
    own: BoardProcess, open_page: OpenPage
) -> None:
    """The box's own process dies and is started again: the last truth stays meanwhile."""
    own.fresh()
    own.events(called("A012", call="d1"))
    page = live(open_page(WALL, expected=["WebSocket", "ERR_CONNECTION"]), own.url)
    own.process.kill()
    own.process.wait()
    page.wait_for_selector("body[data-fresh=late]", timeout=15_000)
    assert tickets(page) == ["A012"]
    own.start()
    own.fresh()
    page.wait_for_selector("body[data-fresh=live]", timeout=15_000)
    wait(page, "document.querySelectorAll('#calls .call').length === 0")

    assert page.evaluate("window.flashes") == []
    assert page.locator("#welcome").is_visible()


def test_an_emergency_covers_the_screen_and_gives_it_back(
    wall: BoardProcess, open_page: OpenPage
) -> None:
    page = live(open_page(WALL), wall.url)
    wall.events(called("A012", call="e1"), HallEmergency(on=True, text="请从安全出口有序撤离"))
    page.wait_for_selector("body[data-state=emergency]")
    box = page.locator("#cover").bounding_box()
    assert page.locator(".cover__emergency p").inner_text() == "请从安全出口有序撤离"
    assert box is not None
    assert (box["width"], box["height"]) == WALL
    wall.events(HallEmergency(on=False, text=""))
    page.wait_for_selector("body[data-state=board]")

    assert page.locator("#cover").is_hidden()
    assert tickets(page) == ["A012"]


def test_a_display_without_any_truth_says_that_it_is_connecting(
    own: BoardProcess, open_page: OpenPage
) -> None:
    """The quiet state, in the first HTML as well."""
    page = open_page(WALL)
    page.goto(own.url)

    assert page.locator(".cover__connecting").is_visible()
    own.fresh()
    page.wait_for_selector("body[data-state=board]")
    assert page.locator("#welcome").is_visible()


def test_the_clock_runs_in_hall_time_by_the_agents_clock(
    wall: BoardProcess, open_page: OpenPage
) -> None:
    """The machine's own zone and date do not matter."""
    page = live(open_page(WALL), wall.url)
    first = page.locator(".seconds").inner_text()
    wait(page, f"document.querySelector('.seconds').textContent !== '{first}'")
    from datetime import UTC, datetime, timedelta

    hall = datetime.now(UTC) + timedelta(hours=8)

    assert page.locator(".clock [data-f=time]").inner_text() in {
        f"{hall:%H:%M}",
        f"{hall - timedelta(seconds=2):%H:%M}",
    }


LONG = {
    "hall_name": "临沧市永德县行政审批与政务服务中心（公共资源交易大厅）",
    "notices": ["字" * 80],
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scene", ["busy", "long", "empty", "crowded", "old"])
def test_no_word_is_cut_at_any_size(
    wall: BoardProcess, open_page: OpenPage, size: tuple[int, int], scene: str
) -> None:
    """Every box of text holds its words, and none stands outside the screen."""
    make_scene(wall, scene)
    page = open_page(size)
    page.goto(wall.url)
    page.wait_for_selector("body[data-fresh=live], body[data-fresh=lost]")
    wait(page, "document.fonts.status === 'loaded'")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    assert page.evaluate(CUT) == []
    assert page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("size", SIZES)
def test_ordinary_words_have_their_full_size(
    wall: BoardProcess, open_page: OpenPage, size: tuple[int, int]
) -> None:
    """Shrinking is for words longer than anybody thought, not for those of every day."""
    page = live(open_page(size), wall.url)
    wall.events(called("M031", "11"))
    wall.events(called("A012", "3"))
    page.wait_for_selector('[data-key="c-A012"][data-hero]')
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    shrunk = page.evaluate(
        """() => [...document.querySelectorAll(".head, .call, .notice__text, .queue:not([hidden])")]
          .filter((e) => Number(e.style.getPropertyValue("--fit") || 1) < (e.matches(".queue") ? 0.84 : 1))
          .map((e) => `${e.className} ${e.style.getPropertyValue("--fit")}: ${e.textContent.trim()}`)"""
    )

    assert shrunk == []


def test_a_row_that_is_pushed_down_flashes_in_one_piece(
    wall: BoardProcess, open_page: OpenPage
) -> None:
    """Two calls within a second: the first goes on flashing in the list, words and ground in step."""
    page = live(open_page(WALL), wall.url)
    wall.events(called("A012", call="f1"))
    page.wait_for_selector('[data-key="f1"][data-flash]')
    wall.events(called("B003", "2", call="f2"))
    page.wait_for_selector('[data-key="f2"][data-hero]')
    starts = page.evaluate(
        """() => document.querySelector("[data-key=f1]").getAnimations({ subtree: true })
          .map((a) => Math.round(a.startTime))"""
    )

    assert len(starts) >= 4
    assert len(set(starts)) == 1


@pytest.mark.parametrize("size", SIZES)
def test_every_face_of_the_disclosure_region_fits(
    wall: BoardProcess, open_page: OpenPage, size: tuple[int, int]
) -> None:
    """All faces of the longest items, painted by the page itself one after the other."""
    from display.slides import slides
    from tests.display.halls import catalogue

    page = live(open_page(size), wall.url)
    import msgspec

    faces = msgspec.to_builtins(slides(catalogue(), ()))
    cut = page.evaluate(
        """async ([faces, cut]) => {
          const { Painter } = await import("/static/paint.js");
          const painter = new Painter();
          const found = [];
          for (const slide of faces) {
            painter.paintSlide({ slide });
            painter.fitAll();
            found.push(...Function("return (" + cut + ")()")().filter((w) => /fact|five/.test(w)));
            const smallest = Math.min(...[...document.querySelectorAll(".fact, .five__title")].map((e) => Number(e.style.getPropertyValue("--fit") || 1)));
            if (smallest < 0.8) found.push(slide.key + " shrinks to " + smallest);
          }
          return found;
        }""".replace('Function("return (" + cut + ")()")()', "(" + CUT + ")()"),
        [faces, ""],
    )

    assert cut == []


@pytest.mark.parametrize(("size", "least"), [(SIZES[0], 180), (SIZES[1], 180), (SIZES[2], 170)])
def test_the_newest_number_is_the_largest_thing(
    wall: BoardProcess, open_page: OpenPage, size: tuple[int, int], least: int
) -> None:
    """180–220 px: readable at 15 m on 55 inches (hanzi height at least distance ÷ 200)."""
    page = live(open_page(size), wall.url)
    wall.events(called("A012", call="s1"))
    page.wait_for_selector('[data-key="s1"][data-hero]')
    page.wait_for_timeout(200)
    sizes = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter((e) => e.getClientRects().length && e.children.length === 0)
          .map((e) => [parseFloat(getComputedStyle(e).fontSize), e.className])"""
    )
    largest = max(sizes)

    assert largest[1] == "ticket"
    assert least <= largest[0] <= 220


def test_a_television_on_its_side_gets_a_turned_picture(
    on_its_side: BoardProcess, open_page: OpenPage
) -> None:
    """orientation = portrait on a landscape window: the tall layout, a quarter turned."""
    on_its_side.fresh()
    page = live(open_page(WALL), on_its_side.url)
    box = page.locator(".head").bounding_box()

    assert page.evaluate("document.documentElement.dataset.shape") == "tall"
    assert box is not None
    assert box["height"] == WALL[1]
    assert page.evaluate(OUTSIDE) == []


def test_ten_thousand_events_leave_no_trace(wall: BoardProcess, open_page: OpenPage) -> None:
    """A screen runs for months: nodes and heap stay flat through the real line to the page."""
    page = live(open_page((640, 512)), wall.url)  # small: what is drawn is not the question
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def measure() -> dict[str, float]:
        for _ in range(2):
            session.send("HeapProfiler.collectGarbage")
        found: dict[str, Any] = session.send("Performance.getMetrics")
        return {m["name"]: m["value"] for m in found["metrics"]}

    wall.post("test/tickets", {"from": 0, "count": 300})
    wait(page, "document.querySelectorAll('#calls .call').length === 0")
    before = measure()
    wall.post("test/tickets", {"from": 300, "count": 2200})
    wait(page, "document.querySelectorAll('#calls .call').length === 0")
    after = measure()

    assert after["Nodes"] <= before["Nodes"] * 1.05 + 50
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 5
    assert after["JSHeapUsedSize"] <= before["JSHeapUsedSize"] * 1.1 + 300_000


def test_the_server_learns_that_a_real_screen_shows_the_call(
    hall: HallServer, tmp_path: Path, open_page: OpenPage
) -> None:
    """Server → display process → glass → server: 大屏已显示."""
    assert enrol(hall, tmp_path).returncode == 0
    with running(hall, tmp_path) as address:
        page = live(open_page(WALL, expected=["WebSocket", "ERR_CONNECTION"]), address)
        hall.publish(TicketCalled.TYPE, **{**CALL, "call": "k9"})
        page.wait_for_selector('[data-key="k9"]')
        until(
            lambda: [(w["call"], w["output"]) for w in hall.state()["written"]] == [("k9", "page")],
            "the server did not learn it",
        )


def make_scene(wall: BoardProcess, scene: str) -> None:
    if scene == "long":
        wall.fresh(waiting=123, catalogue=LONG)
        wall.events(
            called("AB1024", "1", counter_name="不动产登记与税务综合窗口"),
            called("K0031", "9", counter_name="婚姻登记综合服务窗口"),
            called("AA1001", "10", counter_name="17号窗口"),
            called("M9999", "11", counter_name="一楼东侧公安出入境窗口"),
            HallDay(date=_today(), state="closing"),
        )
    elif scene == "busy":
        wall.events(
            *[called(f"{letter}{n:03d}", str(n)) for n, (letter, *_) in enumerate(DEPARTMENTS, 1)],
            serving("A001", "1"),
            serving("S017", "17"),
        )
    elif scene == "crowded":
        wall.fresh(waiting=200)
    elif scene == "old":
        wall.events(called("A012"))
        wall.truth(45)


def _today() -> str:
    from datetime import UTC, datetime, timedelta

    return f"{datetime.now(UTC) + timedelta(hours=8):%Y-%m-%d}"


def test_calls_of_messages_are_what_the_page_test_thinks() -> None:
    """The helper makes real messages of the contract."""
    assert isinstance(called("A012"), TicketCalled)
