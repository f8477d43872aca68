"""A number on a wall is read from the last seat: its characters are at least distance ÷ 250 high.

Measured is the ink of what is painted, in Chromium, on the declared screen at the declared distance;
the page's own arithmetic (display/static/legible.js) is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from server.kit.contract.screens import Layout
from tests.access.judge import px_of_mm
from tests.access.screens import screens
from tests.support.chromium import KIOSK, OFFICE, WALL
from tools.gallery_screens import BUSY, FULL

LEAST = 250

BOARDS = {
    "55-8": Layout(screen_inch=55, distance_m=8),
    "43-5": Layout(screen_inch=43, distance_m=5),
    "65-12": Layout(screen_inch=65, distance_m=12),
    "75-15": Layout(screen_inch=75, distance_m=15),
    "19-3": Layout(screen_inch=19, distance_m=3, regions=("queues",)),
    "light": Layout(screen_inch=55, distance_m=8, theme="light"),
}
COUNTERS = {
    "counter-19-5": Layout(role="counter", counter="1", screen_inch=19, distance_m=5),
    "counter-32-8": Layout(role="counter", counter="1", screen_inch=32, distance_m=8),
}
GUIDES = {"guide-55-4": Layout(role="guide", screen_inch=55, distance_m=4)}

INK = """(selector) => {
  const canvas = document.createElement('canvas').getContext('2d');
  return [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility() && e.textContent.trim()
    && e.getBoundingClientRect().width > 0).map((e) => {
    const style = getComputedStyle(e);
    canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const text = e.textContent.trim();
    // Character height 字高 is that of the hanzi where there are any, else that of a digit.
    const m = canvas.measureText(/[\\u4e00-\\u9fff]/.test(text) ? '国' : '0');
    const scale = e.getBoundingClientRect().height / e.offsetHeight || 1;
    return [text, (m.actualBoundingBoxAscent + m.actualBoundingBoxDescent) * scale];
  });
}"""


@pytest.fixture(scope="module")
def walls() -> Iterator[str]:
    """Busy screens of many sizes, seen from many distances."""
    made = {name: (layout, BUSY) for name, layout in {**BOARDS, **COUNTERS, **GUIDES}.items()}
    made["full"] = (Layout(screen_inch=55, distance_m=8), FULL)
    with screens(made) as url:
        yield url


def too_small(page: Page, selector: str, layout: Layout) -> list[str]:
    """Return what is written too small on *page*, in millimetres."""
    size: Any = page.viewport_size
    mm = px_of_mm((size["width"], size["height"]), layout.screen_inch)
    least = layout.distance_m * 1000 / LEAST
    inks: list[tuple[str, float]] = page.evaluate(INK, selector)
    assert inks, f"nothing is written in {selector}"
    return [
        f"{text}: {px / mm:.1f} mm of {least:.1f}" for text, px in inks if px / mm < least - 0.5
    ]


@pytest.mark.parametrize("size", [WALL, KIOSK, OFFICE], ids=str)
def test_numbers_and_counters_are_read_from_the_last_seat(
    open_page: Callable[..., Page], walls: str, size: tuple[int, int]
) -> None:
    """On every board, every row that is shown: fewer rows rather than smaller ones."""
    page = open_page(size)
    faults = {}
    for name, layout in {**BOARDS, "full": BOARDS["55-8"]}.items():
        if size == OFFICE and layout.screen_inch > 60:
            continue
        page.goto(f"{walls}/{name}")
        page.wait_for_selector("#calls .call[data-hero]")
        page.wait_for_selector("body:not([data-fresh=opening])")
        faults[name] = too_small(page, "#calls .call .ticket, #calls .call .counter", layout)

    assert {k: v for k, v in faults.items() if v} == {}


@pytest.mark.parametrize("size", [WALL, KIOSK, OFFICE], ids=str)
def test_a_counters_own_screen_is_read_from_the_seats(
    open_page: Callable[..., Page], walls: str, size: tuple[int, int]
) -> None:
    page = open_page(size)
    faults = {}
    for name, layout in COUNTERS.items():
        page.goto(f"{walls}/{name}")
        page.wait_for_selector("body:not([data-fresh=opening])")
        faults[name] = too_small(page, ".own__ticket, .own__digits", layout)

    assert {k: v for k, v in faults.items() if v} == {}


@pytest.mark.parametrize("size", [WALL, KIOSK], ids=str)
def test_the_guide_is_read_by_those_who_come_in(
    open_page: Callable[..., Page], walls: str, size: tuple[int, int]
) -> None:
    page = open_page(size)
    page.goto(f"{walls}/guide-55-4")
    page.wait_for_selector(".spot .spot__counter:visible")

    assert too_small(page, ".spot .spot__counter", GUIDES["guide-55-4"]) == []
