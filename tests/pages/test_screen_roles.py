"""Every state of every screen in Chromium: nothing cut, nothing outside, readable from its distance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page

from server.kit.contract.screens import ROLES, DutyLeader, Layout
from server.kit.contract.views import Catalogue
from tests.display.boards import until
from tests.display.halls import catalogue
from tests.pages.test_board_page import CUT, OUTSIDE
from tests.support.axe import violations
from tests.support.chromium import OFFICE, SIZES, WALL
from tools.gallery_screens import ALL, HONOUR, STATES, Hall, Scene, served

OpenPage = Callable[..., Page]

GLYPHS = """() => {
  // What a glyph covers, not its box: drawn with the very font of the element.
  const ink = (element, text) => {
    const style = getComputedStyle(element);
    const context = document.createElement("canvas").getContext("2d");
    context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const m = context.measureText(text);
    return m.actualBoundingBoxAscent + m.actualBoundingBoxDescent;
  };
  return [...document.querySelectorAll("#calls .call:not([hidden])")].map((row) => [
    ink(row.querySelector(".ticket"), "0"), ink(row.querySelector(".counter"), "窗"),
  ]);
}"""
"""Heights in CSS pixels of a digit and of a hanzi, for each row that is on the page."""


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    with served(Hall()) as url:
        yield url


def shown(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/{name}")
    page.wait_for_selector("body:not([data-fresh=opening])")
    page.evaluate("document.fonts.ready")


@pytest.mark.parametrize("size", SIZES)
def test_no_word_of_any_state_is_cut_or_outside(
    gallery: str, open_page: OpenPage, size: tuple[int, int]
) -> None:
    """Each role, each subset of regions, both themes, with the real names of a county."""
    page = open_page(size)
    found = {}
    for name in STATES:
        shown(page, gallery, name)
        faults = page.evaluate(CUT) + page.evaluate(OUTSIDE)
        if faults:
            found[name] = faults

    assert found == {}


LONG = "综合服务区二号受理窗口（办不成事反映）"


@pytest.mark.parametrize("size", SIZES)
def test_the_longest_names_fit_on_every_role(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    """Departments, counters, posts and places longer than any hall's, 200 waiting in each queue."""
    here = longest_names()
    for name, layout in {
        "long-board": Layout(regions=ALL),
        "long-counter": Layout(role="counter", counter="3"),
        "long-guide": Layout(role="guide", distance_m=4),
        "long-leaders": Layout(role="leaders"),
        "long-wall": Layout(role="disclosures"),
        "long-table": Layout(role="disclosures", touch=True),
    }.items():
        monkeypatch.setitem(STATES, name, (layout, Scene(waiting=200, calls=17)))
    page = open_page(size)
    found = {}
    with served(Hall(here)) as url:
        for name in [n for n in STATES if n.startswith("long-")]:
            shown(page, url, name)
            if faults := page.evaluate(CUT) + page.evaluate(OUTSIDE):
                found[name] = faults
        page.goto("about:blank")

    assert found == {}


def longest_names() -> Catalogue:
    """A hall with long real names, and with counters and places that are longer still."""
    here = catalogue()
    return replace(
        here,
        counters=tuple(
            replace(c, name=LONG if n % 3 == 0 else c.name) for n, c in enumerate(here.counters)
        ),
        leaders=tuple(
            DutyLeader(
                date="2026-11-23",
                department=d,
                post="党组成员、副局长兼政务服务中心主任",
                place=LONG,
            )
            for d in ("C", "L", "Q")
        ),
        media=(
            replace(HONOUR, title="卫生健康局（计划生育）生育登记服务窗口", text=HONOUR.text * 3),
        ),
    )


def test_axe_finds_nothing_on_any_state(gallery: str, open_page: OpenPage) -> None:
    """wcag2a, wcag2aa, wcag22aa; contrast in both themes."""
    page = open_page(WALL)
    found = {}
    for name in STATES:
        shown(page, gallery, name)
        if faults := violations(page):
            found[name] = faults

    assert found == {}


@pytest.mark.parametrize(
    ("size", "inch", "distance"),
    [
        (WALL, 55.0, 8.0),
        (WALL, 55.0, 12.0),
        (WALL, 43.0, 5.0),
        (WALL, 75.0, 15.0),
        ((3840, 2160), 65.0, 8.0),
        ((1080, 1920), 43.0, 6.0),
        ((1080, 1920), 55.0, 8.0),
        (OFFICE, 19.0, 2.5),
    ],
)
def test_number_and_counter_are_read_from_the_last_seat(
    open_page: OpenPage,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
    inch: float,
    distance: float,
) -> None:
    """At the declared screen each glyph is at least distance ÷ 250 high, in millimetres."""
    layout = Layout(screen_inch=inch, distance_m=distance)
    monkeypatch.setitem(STATES, "measured", (layout, Scene(calls=9)))
    page = open_page(size)
    with served(Hall()) as url:
        shown(page, url, "measured")
        heights = page.evaluate(GLYPHS)
        page.goto("about:blank")
    mm = inch * 25.4 / (size[0] ** 2 + size[1] ** 2) ** 0.5
    least = [min(row) * mm for row in heights]

    assert len(heights) >= 2
    assert min(least) >= distance * 1000 / 250 - 0.5, (least, distance * 4)


def test_a_screen_that_is_too_far_shows_what_it_can_and_says_so(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manager's form beside a preview hears it, in words."""
    layout = Layout(screen_inch=24.0, distance_m=15.0, regions=ALL)
    monkeypatch.setitem(STATES, "far", (layout, Scene()))
    page = open_page(WALL)
    with served(Hall()) as url:
        page.goto(f"{url}/board")
        page.evaluate(
            """(src) => {
              window.said = [];
              addEventListener("message", (e) => window.said.push(e.data));
              const frame = document.createElement("iframe");
              frame.src = src;
              document.body.append(frame);
            }""",
            f"{url}/far",
        )
        page.wait_for_function("() => true")
        for _ in range(50):
            if page.evaluate("window.said.some((s) => s.words)"):
                break
            page.wait_for_timeout(100)
        said: list[dict[str, Any]] = page.evaluate("window.said")
        page.goto("about:blank")

    assert {s["source"] for s in said} == {"hall-screen"}
    assert any(not s["legible"] and "字高不到 60 毫米" in s["words"] for s in said)


@pytest.mark.parametrize("n", [8, 9, 16, 17])
def test_bcgov_overflow_slice_never_drops_the_last_ticket(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, n: int
) -> None:
    """bcgov showed `slice(8, length - 1)`: of 8, 9, 16 and 17 calls each is seen within its turn."""
    monkeypatch.setitem(STATES, "many", (Layout(), Scene(calls=n)))
    page = open_page(WALL)
    hall = Hall()
    with served(hall) as url:
        shown(page, url, "many")
        seen: set[str] = set()
        for _ in range(4):
            rows = page.locator("#calls .call:visible .ticket").all_inner_texts()
            seen |= set(rows)
            if len(seen) == n:
                break
            hall.now += timedelta(seconds=8)
            first = rows[1]
            until(
                lambda first=first: (
                    page.locator("#calls .call:visible .ticket").nth(1).inner_text() != first
                ),
                "the page did not turn",
            )
        page.goto("about:blank")

    assert len(seen) == n


def test_each_role_has_its_states() -> None:
    """The gallery forgets none."""
    assert {layout.role for layout, _ in STATES.values()} == set(ROLES)
    assert {layout.theme for layout, _ in STATES.values()} == {"hall", "light"}


def test_a_touch_table_is_worked_by_finger_and_by_letters(
    gallery: str, open_page: OpenPage
) -> None:
    """Letters → item whole → back; nothing scrolls, and every key is 20 mm."""
    page = open_page(WALL, touch=True)
    shown(page, gallery, "disclosures-touch")
    page.click("#find-words")
    for letter in "JH":
        page.click(f"#keys button:text-is('{letter}')")
    names = page.locator("#found .item:visible .item__name").all_inner_texts()
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, input")].filter((e) => e.offsetParent)
          .map((e) => [e.textContent || e.id, e.getBoundingClientRect()])
          .filter(([, r]) => r.height < 40 - 0.5 || r.width < 40 - 0.5).map(([t]) => t)"""
    )
    page.click("#found .item:visible >> nth=0")
    sheet = page.locator("#sheet").inner_text()
    revision = page.locator(".sheet__revision").inner_text()
    faults = page.evaluate(CUT) + page.evaluate(OUTSIDE)
    page.click("#sheet-back")

    assert "内地居民结婚登记" in names
    assert small == []
    assert all(
        label in sheet for label in ("服务内容", "办事程序", "申报材料", "承诺时限", "收费标准")
    )
    assert revision == "第 1 版 · 2026-11-20"
    assert faults == []
    assert page.locator("#table").is_visible()


def test_a_touch_table_can_be_worked_by_keyboard_alone(gallery: str, open_page: OpenPage) -> None:
    """Letters, Tab to the item, Enter; the words of its sheet are there."""
    page = open_page(WALL)
    shown(page, gallery, "disclosures-touch")
    page.keyboard.press("Tab")
    page.keyboard.type("spjy")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('item')"):
            break
    page.keyboard.press("Enter")

    assert page.locator("#sheet").is_visible()
    assert "食品" in page.locator(".sheet__name").inner_text()


def test_a_sheet_is_printed_whole_on_a4(gallery: str, open_page: OpenPage) -> None:
    """The five disclosures and their revision, black on white, without the screen around them."""
    page = open_page(WALL)
    shown(page, gallery, "disclosures-touch")
    page.click("#found .item:visible >> nth=0")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    hidden = page.locator("#head, .sheet__keys, .foot").evaluate_all(
        "(all) => all.every((e) => getComputedStyle(e).display === 'none')"
    )
    facts = page.locator("#sheet-facts > li:visible").count()
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert hidden
    assert facts >= 5
    assert colour == "rgb(255, 255, 255)"
