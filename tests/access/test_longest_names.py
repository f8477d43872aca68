"""The longest names: nothing is cut, nothing lies on anything else, at any size, on any page.

An item of 26 characters, a department of 12, a counter of 10: longer than every name in the sample
halls. Every item, department and counter of the hall is called so at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect

from server.actions import catalogue
from server.kit.contract.screens import Layout
from tests.access.judge import faults_of
from tests.access.screens import screens
from tests.access.walk import at_rest, drawn_anew
from tests.support.chromium import KIOSK, OFFICE, SIZES, WALL, guarded_page
from tools import gallery_kiosk, gallery_phone, gallery_staff
from tools.gallery_screens import Scene, catalogue_of
from tools.gallery_stage import Stage
from tools.gallery_state import BAR, DESK, PHONE, Size

ITEM = "建设工程消防设计审查和竣工验收备案（含装饰装修工程）"
DEPARTMENT = "综合行政执法和应急管理局"
COUNTER = "12号综合办事窗口东"
SAMPLE_LONGEST = {
    "items": max(len(i.name) for i in catalogue_of().items),
    "departments": max(len(d.name) for d in catalogue_of().departments),
    "counters": max(len(c.name) for c in catalogue_of().counters),
}


def test_the_names_are_longer_than_those_of_the_sample() -> None:
    """Or these tests would prove less than the others."""
    assert len(ITEM) == 26 > SAMPLE_LONGEST["items"]
    assert len(DEPARTMENT) == 12 >= SAMPLE_LONGEST["departments"]
    assert len(COUNTER) == 10 > SAMPLE_LONGEST["counters"]


def named(table: str, column: str, value: str) -> str:
    return f"UPDATE {table} SET {column} = {value}"


@pytest.fixture(scope="module")
def long_stage(stage: Stage) -> Iterator[Stage]:
    """The hall with its longest names; it gets its own back."""
    _ = stage.business, stage.kiosk
    path = stage.hall.folder / "server" / "hall.db"
    columns = {"item": ITEM, "department": DEPARTMENT, "counter": COUNTER}
    with closing(sqlite3.connect(path, timeout=20)) as db:
        before = {t: db.execute(f"SELECT name, id FROM {t}").fetchall() for t in columns}
        with db:
            for table, name in columns.items():
                db.execute(f"UPDATE {table} SET name = ?", (name,))
    stage.hall.work(catalogue.refresh)
    yield stage
    with closing(sqlite3.connect(path, timeout=20)) as db, db:
        for table, rows in before.items():
            db.executemany(f"UPDATE {table} SET name = ? WHERE id = ?", rows)
    stage.hall.work(catalogue.refresh)


def look(
    page: Page, sizes: tuple[Size, ...], *, anew: bool = False, inch: float = 0.0
) -> dict[str, list[str]]:
    """Return the faults of a page at each size, after loading it *anew* where its window is fixed."""
    found = {}
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        if anew:
            page.reload()
            page.wait_for_selector("body:not([data-fresh=opening])")
        drawn_anew(page)
        at_rest(page)
        found[f"{width}×{height}"] = faults_of(page, inch=inch)
    return {k: v for k, v in found.items() if v}


KIOSK_PAGES: dict[str, gallery_kiosk.Show] = {
    "home": gallery_kiosk.home,
    "home large": gallery_kiosk.LARGE,
    "department": gallery_kiosk.department("market"),
    "item": gallery_kiosk.item("SP-02", "market"),
    "item large": gallery_kiosk.item("SP-02", "market", first=gallery_kiosk.LARGE),
    "confirm": gallery_kiosk.confirm("SW-01", "water"),
    "number": gallery_kiosk.number,
    "stopped": gallery_kiosk.stopped,
}


@pytest.mark.parametrize("name", KIOSK_PAGES)
def test_the_kiosk_holds_the_longest_names(long_stage: Stage, chromium: Browser, name: str) -> None:
    try:
        with guarded_page(chromium, KIOSK, touch=True) as page:
            page.goto(long_stage.kiosk.url)
            KIOSK_PAGES[name](long_stage, page)
            if name in {"department", "item", "item large", "number"}:
                expect(page.locator("#kiosk")).to_contain_text(ITEM[:12])
            found = look(page, SIZES)
    finally:
        if name == "stopped":
            gallery_kiosk.reopened(long_stage)

    assert found == {}


@pytest.mark.parametrize("bar", [False, True], ids=["page", "bar"])
def test_the_clerks_page_holds_the_longest_names(
    long_stage: Stage, chromium: Browser, bar: bool
) -> None:
    with guarded_page(chromium, BAR if bar else DESK, expected=(r"status of 4\d\d",)) as page:
        gallery_staff.keys(("F1", "called"), bar=bar)(long_stage, page)
        expect(page.locator("body")).to_contain_text(ITEM)
        found = look(page, (BAR, (360, 800)) if bar else (DESK, OFFICE, WALL))

    assert found == {}


def test_the_phone_holds_the_longest_names(long_stage: Stage, chromium: Browser) -> None:
    with guarded_page(chromium, PHONE) as page:
        gallery_phone.waiting(long_stage, page)
        expect(page.locator("body")).to_contain_text(ITEM)
        found = look(page, (PHONE, (320, 568)))

    assert found == {}


def test_the_slip_holds_the_longest_names(long_stage: Stage) -> None:
    """Every character of the item and of the counter is on the paper."""
    before = len(long_stage.model.slips())
    finger = long_stage.kiosk.finger()
    finger.press("choose item:MZ-01").press("take")
    if finger.screen == "confirm":
        finger.press("take")
    lines = long_stage.model.wait_for_slips(before + 1)[-1].text
    whole = "".join("".join(lines).split())

    assert ITEM in whole
    assert COUNTER in whole


def longest_scene() -> Scene:
    """A busy hall in which everything has its longest name."""
    known = catalogue_of()
    number = count(1)
    return Scene(
        changes={
            "items": tuple(replace(i, name=ITEM, short_name=ITEM) for i in known.items),
            "departments": tuple(
                replace(d, name=DEPARTMENT, short_name=DEPARTMENT[:6]) for d in known.departments
            ),
            "counters": tuple(
                replace(c, name=f"{next(number):02d}{COUNTER[2:]}") for c in known.counters
            ),
        }
    )


ROLES = {
    "board": Layout(),
    "board-all": Layout(regions=("queues", "disclosures", "promotion", "leaders", "notices")),
    "disclosures": Layout(role="disclosures"),
    "touch": Layout(role="disclosures", touch=True, screen_inch=43),
    "counter": Layout(role="counter", counter="1", screen_inch=32, distance_m=5),
    "guide": Layout(role="guide", distance_m=4),
    "leaders": Layout(role="leaders"),
}


@pytest.fixture(scope="module")
def walls() -> Iterator[str]:
    scene = longest_scene()
    with screens({f"long-{name}": (layout, scene) for name, layout in ROLES.items()}) as url:
        yield url


@pytest.mark.parametrize("role", ROLES)
def test_the_screens_hold_the_longest_names(
    open_page: Callable[..., Page], walls: str, role: str
) -> None:
    page = open_page(WALL)
    page.goto(f"{walls}/long-{role}")
    page.wait_for_selector("body:not([data-fresh=opening])")

    assert look(page, SIZES, anew=True) == {}
