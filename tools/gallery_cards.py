"""The card step 实名取号 of the kiosk in every state, with the model of a card reader beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from playwright.sync_api import expect

from server.kit.contract.paper import RealName
from tools.gallery_kiosk import ENGLISH, LARGE, LOW, Show, home, item, mode, on, press, state

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tools.gallery_stage import Stage

QUEUE, ITEM, OFFICE = "B", "WS-05", "health"
"""A queue whose numbers nobody takes at the kiosk in another state."""
USUAL = RealName(queues=(QUEUE,))
IN_TIME_MS = 20_000


def carded(
    *, lies: str = "none", first: Show = home, required: bool = False, card: str = "waiting"
) -> Show:
    """Return how to come to the card step with something on the reader."""

    def show(stage: Stage, page: Page) -> None:
        stage.cards.lies = "none"
        stage.ask_for_cards(replace(USUAL, required=required))
        reach(stage, page, first)
        stage.cards.lies = lies
        expect(page.locator("[data-card]")).to_have_attribute("data-card", card, timeout=IN_TIME_MS)

    return show


def reach(stage: Stage, page: Page, first: Show = home) -> None:
    """Come to the card step of the health office."""
    item(ITEM, OFFICE, first=first)(stage, page)
    press(page, "take")
    expect(page.locator("#kiosk[data-screen=confirm], #kiosk[data-screen=card]")).to_have_count(1)
    if page.locator("#kiosk[data-screen=confirm]").count():
        on(page, "confirm")
        press(page, "take")
    on(page, "card")


def held(stage: Stage, page: Page) -> None:
    """Lay down the card of somebody who has a number already."""
    carded()(stage, page)
    stage.cards.lies = "1"
    expect(page.locator("#kiosk[data-screen=number], #kiosk[data-screen=refused]")).to_have_count(
        1, timeout=IN_TIME_MS
    )
    if page.locator("#kiosk[data-screen=number]").count():
        stage.cards.lies = "none"
        carded()(stage, page)
        stage.cards.lies = "1"
    expect(page.locator("[data-held]")).to_be_visible(timeout=IN_TIME_MS)
    on(page, "refused")


def taken_away(stage: Stage) -> None:
    """Take the card away; the queue goes on asking for one."""
    stage.cards.lies = "none"


STATES = (
    state("card", "实名取号：请把身份证放在读卡区", carded(), leave=taken_away),
    state("card-large", "实名取号，大字", carded(first=LARGE), leave=taken_away),
    state("card-low", "实名取号，大字加低位", carded(first=mode("large", "low")), leave=taken_away),
    state("card-english", "实名取号，英文", carded(first=ENGLISH), leave=taken_away),
    state("card-unreadable", "没有读出来：说怎么放", carded(lies="unreadable", card="unreadable", first=LOW), leave=taken_away),
    state("card-faulty", "读卡器坏了：不刷也能取号", carded(lies="garbled", card="faulty"), leave=taken_away),
    state("card-closed", "必须刷身份证而读卡器坏了：请到导办台", carded(lies="garbled", card="faulty", required=True, first=LARGE), leave=taken_away),
    state("held", "在本队列已有号码：号码和怎么办", held, leave=taken_away),
)  # fmt: skip
"""Everything a citizen may see on the way to a number by card."""
