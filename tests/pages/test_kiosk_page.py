"""The kiosk's page in Chromium: what a citizen sees and touches, at three sizes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kiosk.printing.model.testing import RunningModel
from tests.kiosk.box import RunningKiosk
from tests.pages.judging import judged
from tests.support.axe import violations
from tests.support.chromium import KIOSK, SIZES
from tests.support.hall import RunningHall

Opens = Callable[..., Page]


def on(page: Page, screen: str) -> None:
    """Wait until *page* shows a screen."""
    expect(page.locator("#kiosk")).to_have_attribute("data-screen", screen)


def press(page: Page, act: str) -> None:
    page.locator(f'button[value="{act}"]').first.click()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_screen_can_be_touched_and_read(
    open_page: Opens, kiosk: RunningKiosk, size: tuple[int, int]
) -> None:
    page = open_page(size, touch=True)
    faults: dict[str, list[str]] = {}
    page.goto(kiosk.url)
    on(page, "home")
    faults["home"] = judged(page, size)
    departments = page.locator('.departments button[name="act"]').evaluate_all(
        "bs => bs.map(b => b.value)"
    )
    for department in departments:
        press(page, department)
        on(page, "department")
        faults[department] = judged(page, size)
        press(page, "home")
        on(page, "home")
    press(page, "search")
    on(page, "search")
    faults["search"] = judged(page, size)
    press(page, "key x")
    expect(page.locator(".found .tile").first).to_be_visible()
    faults["found"] = judged(page, size)
    for key in "qqq":
        press(page, f"key {key}")
    expect(page.get_by_text("没有找到")).to_be_visible()
    faults["nothing found"] = judged(page, size)
    press(page, "departments")
    on(page, "departments")
    faults["departments"] = judged(page, size)
    press(page, "home")
    on(page, "home")
    for place in ("consult", "appointment", "guide"):
        press(page, place)
        on(page, "departments" if place == "guide" else place)
        faults[place] = judged(page, size)
        press(page, "home")
        on(page, "home")

    assert len(departments) >= 15
    assert {k: v for k, v in faults.items() if v} == {}


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_longest_items_can_be_touched_and_read(
    open_page: Opens, kiosk: RunningKiosk, size: tuple[int, int]
) -> None:
    page = open_page(size, touch=True)
    faults: dict[str, list[str]] = {}
    for department, item in (
        ("industry", "JJ-01"),
        ("transport", "YZ-01"),
        ("education", "JY-01"),
        ("health", "WS-01"),
        ("traffic", "JJD-02"),
    ):
        page.goto(kiosk.url)
        button = page.locator(f'button[value="department {department}"]')
        if button.count() == 0:
            continue
        button.click()
        on(page, "department")
        tile = page.locator(f'button[value="choose item:{item}"]')
        while not tile.is_visible():
            page.locator('[data-turn="1"]').click()
        tile.click()
        on(page, "item")
        for tab in ("materials", "content", "steps", "promised", "fee"):
            press(page, f"tab {tab}")
            expect(page.locator(f'button[value="tab {tab}"]')).to_have_attribute(
                "aria-selected", "true"
            )
            expect(page.locator(".kiosk--busy")).to_have_count(0)
            faults[f"{item} {tab}"] = judged(page, size)

    assert len(faults) >= 15
    assert {k: v for k, v in faults.items() if v} == {}


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_two_touches_to_a_number_on_paper_and_home_again(
    open_page: Opens, kiosk: RunningKiosk, model: RunningModel, size: tuple[int, int]
) -> None:
    before = len(model.slips())
    page = open_page(size, touch=True)
    page.goto(kiosk.url)
    press(page, "choose item:GA-01")
    on(page, "item")
    press(page, "take")
    number = page.locator("[data-number]")
    expect(number).to_have_text(re.compile(r"^J\d{3}$"))
    faults = judged(page, size)
    expect(page.locator("[data-paper]")).to_have_attribute("data-paper", "printed")
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('#kiosk *')].filter((e) => e.checkVisibility()
          && [...e.childNodes].some((n) => n.nodeType === 3 && n.nodeValue.trim()))
          .map((e) => [e.matches('[data-number]'), parseFloat(getComputedStyle(e).fontSize)])"""
    )
    slip = model.wait_for_slips(before + 1)[-1]
    said = number.inner_text()
    expect(page.locator("#kiosk")).to_have_attribute("data-screen", "home", timeout=20_000)

    assert said in slip.text
    assert faults == []
    assert min(s for is_number, s in sizes if is_number) >= 3 * max(
        s for is_number, s in sizes if not is_number
    )
    assert said not in page.content()


def test_the_first_html_is_the_home_page_without_any_script(chromium, kiosk: RunningKiosk) -> None:
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 1080, "height": 1920}
    )
    page = context.new_page()
    page.goto(kiosk.url)
    words = page.inner_text("body")
    page.click('button[value="choose item:MZ-01"]')
    page.click('button[value="take"]')
    number = page.inner_text("[data-number]")
    context.close()

    assert "您要办什么事" in words
    assert "结婚登记" in words
    assert re.match(r"^A\d{3}$", number)


def test_a_double_tap_takes_nothing_it_did_not_mean(open_page: Opens, kiosk: RunningKiosk) -> None:
    page = open_page(KIOSK, touch=True)
    page.goto(kiosk.url)
    box = page.locator('button[value="choose item:MZ-01"]').bounding_box()
    assert box is not None
    for _ in range(2):
        page.touchscreen.tap(box["x"] + 50, box["y"] + 50)
    on(page, "item")
    expect(page.locator(".matter__name")).to_have_text("内地居民结婚登记")
    take = page.locator('button[value="take"]')
    where = take.bounding_box()
    assert where is not None
    expect(page.locator(".kiosk--settling")).to_have_count(0)
    for _ in range(3):
        page.touchscreen.tap(where["x"] + 200, where["y"] + 40)
    on(page, "number")
    number = page.locator("[data-number]").inner_text()
    expect(page.locator("[data-paper]")).to_have_attribute("data-paper", "printed")

    on(page, "number")
    assert page.locator("[data-number]").inner_text() == number


def test_letters_stand_at_once_and_find_as_they_are_typed(
    open_page: Opens, kiosk: RunningKiosk
) -> None:
    page = open_page(KIOSK, touch=True)
    page.goto(kiosk.url)
    press(page, "search")
    on(page, "search")
    for key in ("s", "f", "z"):
        press(page, f"key {key}")
    box = page.locator("[data-query]")
    expect(box).to_have_value("sfz")
    expect(page.locator(".found .tile__name").first).to_contain_text("身份证")
    press(page, "key delete")
    expect(box).to_have_value("sf")
    press(page, "key clear")
    expect(box).to_have_value("")
    expect(page.get_by_text("大家常找")).to_be_visible()
    page.locator(".chips--words button").first.click()
    expect(page.locator(".found .tile").first).to_be_visible()
    box.fill("我要结婚")
    expect(page.locator(".found .tile__name").first).to_contain_text("结婚")


def test_the_check_list_ticks_and_says_when_all_is_there(
    open_page: Opens, kiosk: RunningKiosk
) -> None:
    page = open_page(KIOSK, touch=True)
    page.goto(kiosk.url)
    press(page, "choose item:MZ-01")
    on(page, "item")
    expect(page.get_by_text("材料带齐了吗")).to_be_visible()
    checks = page.locator(".check")
    for i in range(checks.count()):
        if not checks.nth(i).is_visible():
            page.locator('[data-turn="1"]').click()
        checks.nth(i).click()
        expect(checks.nth(i)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("材料都带齐了")).to_be_visible()
    press(page, "home")
    on(page, "home")
    press(page, "choose item:MZ-01")
    on(page, "item")

    expect(page.locator('.check[aria-pressed="true"]')).to_have_count(0)


def test_a_reload_forgets_everything(open_page: Opens, kiosk: RunningKiosk) -> None:
    page = open_page(KIOSK)
    page.goto(kiosk.url)
    press(page, "search")
    on(page, "search")
    press(page, "key s")
    expect(page.locator("[data-query]")).to_have_value("s")
    page.reload()

    on(page, "home")


def test_waiting_counts_follow_without_a_touch(
    open_page: Opens, kiosk: RunningKiosk, hall: RunningHall
) -> None:
    page = open_page(KIOSK)
    page.goto(kiosk.url)
    tile = page.locator('button[value="choose item:LD-03"]')
    device = hall.enrol("kiosk", name="另一台")
    device.take("LD-03")
    expect(tile).to_contain_text("等候 1 人")
    device.take("LD-03")

    expect(tile).to_contain_text("等候 2 人")


def test_help_says_somebody_comes_and_that_somebody_answered(
    open_page: Opens, kiosk: RunningKiosk, hall: RunningHall
) -> None:
    hall.person("guide", "guide")
    guide = hall.client("guide")
    page = open_page(KIOSK)
    page.goto(kiosk.url)
    press(page, "help")
    expect(page.get_by_text("已通知工作人员")).to_be_visible()
    faults = judged(page, KIOSK) + violations(page)
    device = (kiosk.folder / "state" / "device.json").read_text()
    uid = re.search(r'"device": ?"([^"]+)"', device)
    assert uid is not None
    guide.post(f"/help/{uid[1]}/answer")

    expect(page.get_by_text("马上到您身边")).to_be_visible()
    assert faults == []


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_out_of_paper_the_number_stays_with_what_to_do(
    open_page: Opens, kiosk: RunningKiosk, model: RunningModel, size: tuple[int, int]
) -> None:
    page = open_page(size, touch=True)
    model.control(paper="out")
    try:
        kiosk.wait(lambda h: h["faults"] == ["paper_out"])
        page.goto(kiosk.url)
        on(page, "home")
        expect(page.locator("[data-notice=printer]")).to_contain_text("打印机缺纸")
        faults = judged(page, size)
        press(page, "choose item:GA-01")
        on(page, "item")
        press(page, "take")
        expect(page.locator("[data-paper]")).to_have_attribute("data-paper", "failed")
        number = page.locator("[data-number]").inner_text()
        expect(page.locator("[data-paper]")).to_contain_text(f"打印机缺纸，您的号码是 {number}")
        faults += judged(page, size)
    finally:
        model.control(paper="ok")
        kiosk.wait(lambda h: h["faults"] == [])
    press(page, "home")
    on(page, "home")

    assert faults == []


def test_server_gone_the_counts_go_and_the_same_touch_works_when_it_is_back(
    open_page: Opens, kiosk: RunningKiosk, hall: RunningHall
) -> None:
    page = open_page(KIOSK)
    page.goto(kiosk.url)
    expect(page.locator(".tile__wait").first).to_be_visible()
    hall.kill()
    try:
        expect(page.locator("[data-notice=late]")).to_be_visible(timeout=20_000)
        expect(page.locator(".tile__wait")).to_have_count(0)
        faults = judged(page, KIOSK)
        press(page, "choose item:MZ-01")
        on(page, "item")
        press(page, "take")
        on(page, "refused")
        expect(page.get_by_text("连不上服务器")).to_be_visible()
        faults += judged(page, KIOSK)
    finally:
        hall.start()
    press(page, "retry")
    on(page, "number")
    press(page, "home")
    on(page, "home")

    expect(page.locator(".tile__wait").first).to_be_visible(timeout=20_000)
    assert faults == []


def test_a_restarted_kiosk_gives_its_page_back_alone(open_page: Opens, kiosk: RunningKiosk) -> None:
    page = open_page(KIOSK, expected=["ERR_CONNECTION_REFUSED", "WebSocket", "ERR_EMPTY_RESPONSE"])
    page.goto(kiosk.url)
    press(page, "search")
    on(page, "search")
    kiosk.kill()
    expect(page.locator("#stalled")).to_be_visible()
    kiosk.start()

    expect(page.locator("#kiosk")).to_have_attribute("data-screen", "home", timeout=20_000)
    expect(page.locator("#stalled")).to_be_hidden()
    press(page, "search")
    on(page, "search")
