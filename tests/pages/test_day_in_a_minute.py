"""A day in a minute: one citizen's way from the finger to 已办结, on every page at once.

Server, kiosk, printer model and display are processes; kiosk, wall, two clerks and a phone are pages
in Chromium. Each step is done on one page and looked for on all others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from kiosk.printing.model.paper import Slip
from kiosk.printing.model.testing import RunningModel, running_model
from tests.kiosk.box import RunningKiosk, running_kiosk
from tests.pages.test_board_page import WATCH_FLASHES
from tests.support.chromium import KIOSK, OFFICE, WALL
from tests.support.display_box import running_display
from tests.support.hall import PASSWORD, Client, RunningHall, running_hall
from tests.support.ports import wait_until

OpenPage = Callable[..., Page]

PHONE = (390, 844)
ITEM = "MZ-01"
REFUSED = r"status of 4\d\d"
"""What Chromium writes of a refusal, which is an answer."""


@dataclass
class Place:
    """All processes of a hall."""

    hall: RunningHall
    model: RunningModel
    kiosk: RunningKiosk
    wall: str
    """Address of the board."""

    @property
    def enrolled(self) -> dict[str, str]:
        """What the kiosk keeps of its enrolment."""
        found: dict[str, str] = json.loads((self.kiosk.folder / "state/device.json").read_text())
        return found


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("day")
    with ExitStack() as stack:
        enter = stack.enter_context
        hall = enter(running_hall(folder / "hall", rules={"min_calls": 2}))
        model = enter(running_model(folder / "model", baud=38400))
        kiosk = enter(running_kiosk(hall, folder / "kiosk", printer=model.port))
        wall = enter(running_display(hall, folder / "display"))
        kiosk.wait(lambda h: h["faults"] == [])
        yield Place(hall, model, kiosk, wall)


class Day:
    """The pages of one day; `counts` holds them against each other."""

    def __init__(self, place: Place, open_page: OpenPage) -> None:
        self.place = place
        self.open_page = open_page
        self.kiosk = open_page(KIOSK, touch=True)
        self.kiosk.goto(place.kiosk.url)
        self.wall = open_page(WALL)
        self.wall.goto(place.wall)
        self.wall.wait_for_selector("body[data-fresh=live]")
        self.wall.evaluate(WATCH_FLASHES)
        self.phone = open_page(PHONE)

    def touch(self) -> str:
        """Take a number at the kiosk and return it; the page goes home again."""
        self.kiosk.locator(f'button[value="choose item:{ITEM}"]').first.click()
        screen(self.kiosk, "item")
        self.kiosk.locator('button[value="take"]').click()
        screen(self.kiosk, "number")
        number = self.kiosk.locator("[data-number]").inner_text()
        assert re.fullmatch(r"A\d{3}", number)
        return number

    def paper(self, state: str) -> str:
        """Wait until the kiosk says what became of the paper; return its words."""
        words = self.kiosk.locator("[data-paper]")
        expect(words).to_have_attribute("data-paper", state)
        said = words.inner_text()
        self.kiosk.locator('button[value="home"]').click()
        screen(self.kiosk, "home")
        return said

    def sit(self, counter: str) -> Page:
        """A clerk signs in, comes back to the counter and opens it by F9."""
        login = f"clerk{counter}"
        self.place.hall.person(login, "clerk")
        page = self.open_page(OFFICE, expected=[REFUSED])
        page.goto(f"{self.place.hall.url}/desk?counter={counter}")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.click("text=登录 >> nth=-1")
        page.wait_for_selector("body[data-live]")
        press(page, "F9", "free")
        return page

    def counts(self, desk: Page, queue: str, people: int) -> None:
        """The same number of people waits on wall, clerk's page, kiosk and server."""
        expect(self.wall.locator(f'#queues [data-key="{queue}"] .main')).to_have_text(
            f"{people} 人"
        )
        expect(desk.locator("#waiting .row")).to_have_count(people)
        if queue == "A":
            tile = self.kiosk.locator(f'button[value="choose item:{ITEM}"] .tile__wait')
            expect(tile).to_contain_text(f"等候 {people} 人" if people else "无人等候")
        board = Client(self.place.hall.url, self.place.enrolled["token"]).get("/api/v1/board").json
        assert {q["code"]: q["waiting"] for q in board["queues"]}[queue] == people

    def on_phone(self, slip: Slip, *words: str) -> None:
        """The address in the slip's QR says these words."""
        self.phone.goto(slip.qr[0])
        for each in words:
            expect(self.phone.locator("#content")).to_contain_text(each)

    def on_wall(self, number: str, words: str) -> None:
        """The wall shows a call of *number* with these words."""
        row = self.wall.locator("#calls .call", has_text=number)
        expect(row.locator(".words")).to_have_text(re.compile(words))

    def flashed(self, times: int) -> None:
        """So many calls have begun to flash, and not one more."""
        begun = "window.flashes.filter((f) => f.startsWith('start')).length"
        wait_until(lambda: self.wall.evaluate(begun) >= times, f"{times} calls flash")
        assert self.wall.evaluate(begun) == times


def screen(page: Page, name: str) -> None:
    expect(page.locator("#kiosk")).to_have_attribute("data-screen", name)


def press(page: Page, key: str, mood: str) -> None:
    """Press a key of the clerk's page, when the half second of a double tap is over."""
    page.wait_for_timeout(520)
    page.keyboard.press(key)
    expect(page.locator("body"), page.inner_text("#say")).to_have_attribute("data-mood", mood)
    expect(page.locator("body:not([data-busy])")).to_have_count(1)


def test_a_day_in_a_minute(place: Place, open_page: OpenPage) -> None:
    day = Day(place, open_page)

    # Touch → paper: number, item, QR and cut.
    number = day.touch()
    assert "请取走小票" in day.paper("printed")
    [slip] = place.model.wait_for_slips(1)
    assert number in [line.strip() for line in slip.text]
    assert "内地居民结婚登记" in "".join(line.strip() for line in slip.text)
    assert slip.cut in {"full", "partial"}
    assert [q.startswith(f"{place.hall.url}/t/") for q in slip.qr] == [True]
    day.on_phone(slip, number, "等候中", "下一个就是您")

    # Out of paper: the number stands on the page, staff are told; mended, the next one prints.
    desk = day.sit("1")
    place.model.control(paper="out")
    place.kiosk.wait(lambda h: h["faults"] == ["paper_out"])
    second = day.touch()
    assert f"打印机缺纸，您的号码是 {second}" in day.paper("failed")
    expect(day.kiosk.locator("[data-notice=printer]")).to_contain_text("打印机缺纸")
    expect(desk.locator(".alert", has_text="一楼取号机")).to_contain_text("缺纸", timeout=20_000)
    place.model.control(paper="ok")
    place.kiosk.wait(lambda h: h["faults"] == [])
    expect(desk.locator(".alert", has_text="一楼取号机")).to_have_count(0, timeout=20_000)
    third = day.touch()
    day.paper("printed")
    assert third in place.model.wait_for_slips(2)[-1].text
    assert len(place.model.slips()) == 2
    assert len({number, second, third}) == 3
    day.counts(desk, "A", 3)

    # A guide has the second one printed again: the same number, marked.
    ticket = place.hall.client("clerk1").get("/api/v1/desk?counter=1").json["waiting"][1]
    assert (ticket["number"], ticket["print_state"]) == (second, "failed")
    place.hall.person("guide", "guide")
    guide = place.hall.client("guide")
    body = {"device": place.enrolled["device"], "reason": "缺纸"}
    assert guide.post(f"/tickets/{ticket['uid']}/reprint", body).status == 200
    again = place.model.wait_for_slips(3)[-1]
    assert second in again.text
    assert any("补打 1" in line for line in again.text)
    day.on_phone(again, second, "前面还有", "1 人")

    # Call → wall, recall, no-show, reinstate.
    press(desk, "F1", "called")
    day.on_wall(number, "请到窗口办理")
    day.flashed(1)
    expect(desk.locator(".heard")).to_have_text("✓ 大屏已显示 1/1")
    day.counts(desk, "A", 2)
    day.on_phone(slip, "叫到您了", "1号窗口")
    press(desk, "F2", "called")
    day.on_wall(number, "已呼叫 2 次")
    day.flashed(2)
    day.on_phone(slip, "已呼叫 2 次")
    desk.wait_for_timeout(520)
    desk.keyboard.press("F6")
    expect(desk.locator("#say")).to_contain_text("再按一次 F6")
    press(desk, "F6", "free")
    expect(day.wall.locator("#calls .call")).to_have_count(0)
    day.on_phone(slip, "已过号")
    day.counts(desk, "A", 2)
    desk.click("#no-shows [data-do=reinstate]")
    day.counts(desk, "A", 3)
    day.on_phone(slip, "等候中")

    # The two others are served; then the first comes and goes on at another counter.
    for other in (second, third):
        press(desk, "F1", "called")
        day.on_wall(other, "请到窗口办理")
        press(desk, "F3", "serving")
        day.on_wall(other, "办理中")
        press(desk, "F4", "free")
    day.on_phone(again, "已办结")
    day.counts(desk, "A", 1)
    press(desk, "F1", "called")
    press(desk, "F3", "serving")
    day.on_wall(number, "办理中")
    there = day.sit("3")
    desk.keyboard.press("F8")
    desk.keyboard.type("c")
    desk.keyboard.press("Enter")
    expect(desk.locator("body")).to_have_attribute("data-mood", "free")
    day.counts(desk, "A", 0)
    day.counts(there, "C", 1)
    day.on_phone(slip, "等候中", "3号窗口")
    press(there, "F1", "called")
    day.on_wall(number, "请到窗口办理")
    press(there, "F3", "serving")
    press(there, "F4", "free")

    # Everybody is gone, on every page; the log is whole.
    expect(there.locator(".done")).to_have_text("已办 1")
    expect(desk.locator(".done")).to_contain_text("已办")
    expect(day.wall.locator("#calls .call")).to_have_count(0)
    expect(day.wall.locator("#sum")).to_have_text("共 0 人等候")
    day.counts(desk, "A", 0)
    day.counts(there, "C", 0)
    day.on_phone(slip, number, "已办结")
    day.flashed(6)
    assert place.model.complaints() == []
    assert len(place.model.slips()) == 3
    place.hall.command("log", "verify")
