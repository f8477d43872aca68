"""The card step in Chromium: a card becomes a number by itself, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from kiosk.idcard import model as cards
from tests.kiosk.box import RunningKiosk, running_kiosk
from tests.kiosk.idcard.rule import ITEM, ask_for_cards, seen_empty
from tests.pages.judging import judged
from tests.support.axe import violations
from tests.support.chromium import KIOSK
from tests.support.hall import RunningHall

Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def reader() -> Iterator[cards.Service]:
    """The maker's service, with nothing on the reader."""
    service = cards.serve()
    yield service
    service.shutdown()
    service.server_close()


@pytest.fixture(scope="module")
def carded(
    hall: RunningHall, reader: cards.Service, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningKiosk]:
    """A kiosk with a reader, in a hall whose queue A asks for a card."""
    ask_for_cards(hall)
    more = {
        "HALL_KIOSK_READER_PROFILE": "http_service",
        "HALL_KIOSK_READER_ADDRESS": reader.url,
    }
    with running_kiosk(hall, tmp_path_factory.mktemp("carded"), more=more) as found:
        yield found


def on(page: Page, screen: str) -> None:
    expect(page.locator("#kiosk")).to_have_attribute("data-screen", screen)
    expect(page.locator(".kiosk--settling, .kiosk--busy")).to_have_count(0)


def press(page: Page, act: str) -> None:
    page.locator(f'button[value="{act}"]:not(.visually-hidden)').first.click()


def to_the_step(page: Page, kiosk: RunningKiosk) -> None:
    page.goto(kiosk.url)
    on(page, "home")
    press(page, f"choose item:{ITEM}")
    on(page, "item")
    press(page, "take")
    on(page, "card")


def told(page: Page, step: str) -> None:
    expect(page.locator("[data-card]")).to_have_attribute("data-card", step)


def test_a_card_becomes_a_number_and_the_second_time_shows_it_again(
    open_page: Opens, carded: RunningKiosk, reader: cards.Service
) -> None:
    page = open_page(KIOSK, touch=True)
    reader.lies = "1"
    page.goto(carded.url)
    on(page, "home")
    page.wait_for_timeout(1500)
    on(page, "home")
    assert reader.asked == 0, "a card that lies there while nobody asks is not read"
    reader.lies = "none"

    to_the_step(page, carded)
    expect(page.get_by_text("身份证只用来防止重复取号")).to_be_visible()
    expect(page.get_by_role("button", name="不刷身份证也能取号")).to_be_visible()
    assert judged(page, KIOSK) == []
    assert violations(page) == []
    reader.lies = "unreadable"
    told(page, "unreadable")
    expect(page.get_by_text("没有读出来")).to_be_visible()
    seen_empty(reader)
    reader.lies = "1"
    on(page, "number")
    mine = page.locator("[data-number]").inner_text()

    press(page, "home")
    to_the_step(page, carded)
    told(page, "left")
    expect(page.get_by_text("读卡区上还有一张身份证")).to_be_visible()
    seen_empty(reader)
    reader.lies = "1"
    on(page, "refused")
    expect(page.locator("[data-held]")).to_have_text(mine)
    expect(page.get_by_text("请留意叫号")).to_be_visible()
    press(page, "home")
    on(page, "home")
    assert mine not in page.content()
    reader.lies = "none"


def test_by_keys_alone_a_number_without_a_card_is_taken(
    open_page: Opens, carded: RunningKiosk
) -> None:
    page = open_page(KIOSK)
    to_the_step(page, carded)

    page.keyboard.press("Tab")
    expect(page.locator('button[value="without"]')).to_be_focused()
    page.keyboard.press("Enter")

    on(page, "number")


def test_a_reader_that_fails_before_ones_eyes_holds_nobody_up(
    open_page: Opens, carded: RunningKiosk, reader: cards.Service
) -> None:
    page = open_page(KIOSK)
    to_the_step(page, carded)
    reader.lies = "garbled"
    told(page, "faulty")
    expect(page.get_by_text("读卡器现在不能用")).to_be_visible()
    reader.lies = "none"
    told(page, "waiting")
    press(page, "without")
    on(page, "number")


def test_where_a_card_is_required_and_none_can_be_read_the_guide_desk_helps(
    open_page: Opens, hall: RunningHall, carded: RunningKiosk, reader: cards.Service
) -> None:
    page = open_page(KIOSK)
    ask_for_cards(hall, required=True)
    digest = hall.enrol("display").get("/api/v1/catalogue").json["digest"]
    carded.wait(lambda h: h["content"] == digest)
    to_the_step(page, carded)
    expect(page.get_by_text("没有带身份证，请到导办台")).to_be_visible()
    expect(page.locator('button[value="without"]')).to_have_count(0)
    reader.lies = "silent"
    told(page, "faulty")
    expect(page.locator(".card__told")).to_contain_text("请到导办台取号")
    reader.lies = "none"
    press(page, "home")
