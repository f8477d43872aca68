"""A display whose network is cut, stalled or reset heals alone, and nothing is news twice.

A real server, a real `hall-display` behind a relay, and its page in Chromium: what counts is what
hangs on the wall. While the network is away numbers are given and called on.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.pages.test_board_page import WATCH_FLASHES
from tests.support.chromium import WALL
from tests.support.display_box import running_display
from tests.support.hall import Clerk, Client, RunningHall, running_hall
from tests.support.ports import wait_until
from tests.support.relay import Relay, relay
from tests.support.torture import report, scaled

OpenPage = Callable[..., Page]

BACK_S = 3.0
"""The promise: so soon after the network's return the wall shows the truth."""
LATE_S, LOST_S = 5, 30
"""Silence after which the dot changes, and after which the bar stands in place of the notices."""
DEAD_S = 6
"""Silence after which the link gives a stalled connection up; before it, events are only late."""
LINES = {"1": "MZ-01", "2": "WS-05", "3": "JS-01"}
"""Counters that are open, each with an item that is done there."""

ON_THE_WALL = """() => {
  const words = (e, name) => e.querySelector(`[data-f=${name}]`).textContent;
  return {
    calls: [...document.querySelectorAll("#calls .call")].map((e) =>
      [e.dataset.key, words(e, "ticket"), e.dataset.state, Number(e.dataset.times)]),
    waiting: Object.fromEntries([...document.querySelectorAll("#queues .queue")].map((e) =>
      [e.dataset.key, words(e, "main") + " " + words(e, "sub")])),
    sum: document.querySelector("#sum").textContent,
    date: words(document.querySelector("#head"), "date"),
  };
}"""


class Site:
    """A hall at work and its display behind a relay."""

    def __init__(self, hall: RunningHall, wire: Relay, url: str) -> None:
        self.hall = hall
        self.wire = wire
        self.url = url
        """The display's page."""
        self.kiosk: Client = hall.enrol("kiosk")
        self.clerks = [hall.clerk(f"w{c}", counter=c, open_=False) for c in LINES]
        self.shift = timedelta()
        """By how much the clocks of server and display are ahead."""

    def begin(self) -> None:
        """Open the counters of today; after a midnight everybody signs in again."""
        for clerk in self.clerks:
            answer = clerk.at("open")
            if answer.status == 401:
                clerk.sign_in(f"w{clerk.counter}")
                answer = clerk.at("open")
            assert answer.status == 200, answer.text

    def to_midnight(self) -> datetime:
        """Move the clocks to five seconds after the next midnight of the hall; return it."""
        local = datetime.now(UTC) + self.shift + timedelta(hours=8)
        tomorrow = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        self.shift += tomorrow - local + timedelta(seconds=5)
        self.hall.set_clock(self.shift.total_seconds())
        return tomorrow


class Wall:
    """The site and what hangs on its wall: the display's page."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site = site
        self.wire = site.wire
        self.kiosk = site.kiosk
        self.clerks = site.clerks
        self.page = page
        self.turn = 0

    def stir(self) -> None:
        """One number, and one step at one counter: call, call again, begin, end, pass over."""
        self.turn += 1
        clerk = self.clerks[self.turn % len(self.clerks)]
        self.kiosk.take(LINES[clerk.counter])
        current = clerk.desk()["current"]
        if current is None:
            answer = clerk.at("call-next")
        elif current["state"] == "serving":
            answer = clerk.on(current, "finish")
        elif current["calls"] < 2:
            answer = clerk.on(current, "recall")
        else:
            answer = clerk.on(current, "no-show" if self.turn % 5 == 0 else "start")
        assert answer.status == 200, answer.text

    def truth(self) -> dict[str, Any]:
        """What the server says, in the words of `ON_THE_WALL`."""
        board = self.kiosk.get("/api/v1/board").json
        year, month, day = map(int, board["date"].split("-"))
        assert year
        waiting = {q["code"]: q["waiting"] for q in board["queues"]}
        return {
            "calls": [[c["call"], c["ticket"], c["state"], c["times"]] for c in board["calls"]],
            "waiting": waiting,
            "sum": f"共 {sum(waiting.values())} 人等候",
            "date": f"{month}月{day}日",
        }

    def shown(self) -> dict[str, Any]:
        """What a citizen reads."""
        found: dict[str, Any] = self.page.evaluate(ON_THE_WALL)
        for code, words in found["waiting"].items():
            people = re.search(r"(\d+) 人", words)
            found["waiting"][code] = int(people[1]) if people else 0
        return found

    def is_true(self, within_s: float) -> float:
        """Wait until the wall shows the truth; return how long it took, in seconds."""
        began = time.monotonic()
        truth = self.truth()
        seen: dict[str, Any] = {}

        def same() -> bool:
            seen.update(self.shown())
            return seen == truth

        try:
            wait_until(same, "the truth on the wall", deadline_s=within_s)
        except AssertionError as error:
            raise AssertionError(f"{error}\nwall  {seen}\ntruth {truth}") from None
        return time.monotonic() - began

    def flashes(self) -> list[str]:
        """Calls that began to flash since the last time it was asked."""
        found = self.page.evaluate("(() => { const f = flashes; flashes = []; return f; })()")
        return [f.removeprefix("start ") for f in found if f.startswith("start ")]

    def clerk_at(self, counter: str) -> Clerk:
        return next(c for c in self.clerks if c.counter == counter)

    def call_is_news(self) -> None:
        """A call made now appears and flashes: the wall works as before."""
        self.flashes()
        clerk = self.clerk_at("1")
        while (current := clerk.desk()["current"]) is not None:
            clerk.on(current, "finish" if current["state"] == "serving" else "start")
        self.kiosk.take(LINES["1"])
        assert clerk.at("call-next").status == 200
        call = self.truth()["calls"][0][0]
        wait_until(lambda: f"start {call}" in self.page.evaluate("flashes"), "the call flashes")
        # A call of just before may begin to flash only now; the news itself flashes once.
        assert self.flashes().count(call) == 1


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A hall that is open, with its display."""
    folder = tmp_path_factory.mktemp("cut-off")
    with (
        running_hall(folder / "hall", clock=True, rules={"min_calls": 1}) as hall,
        relay(hall.port) as wire,
        running_display(hall, folder / "display", server_url=wire.url) as url,
    ):
        found = Site(hall, wire, url)
        found.begin()
        yield found


@pytest.fixture
def wall(site: Site, open_page: OpenPage) -> Wall:
    """The wall shows the truth of a hall at work, and nothing flashes."""
    page = open_page(WALL)
    page.goto(site.url)
    page.wait_for_selector("body[data-fresh=live]")
    page.evaluate(WATCH_FLASHES)
    found = Wall(site, page)
    for _ in range(9):
        found.stir()
    found.is_true(5)
    still = page.locator("[data-flash]")
    wait_until(lambda: still.count() == 0, "the flashes end")
    found.flashes()
    return found


def away(wall: Wall, how: str, outage_s: float) -> list[str]:
    """Take the network away for so long, and give it back; return what flashed meanwhile."""
    begin = time.monotonic()
    getattr(wall.wire, how)()
    said = set()
    while (age := time.monotonic() - begin) < outage_s:
        wall.stir()
        if how == "reset":
            wall.wire.reset()
        if how != "reset" and age > LATE_S + 2.5:
            said.add(wall.page.get_attribute("body", "data-fresh"))
        if how != "reset" and age > LOST_S + 2.5:
            bar = wall.page.locator("#bar")
            assert bar.is_visible()
            assert re.search(r"画面停在 \d\d:\d\d:\d\d", bar.inner_text())
        time.sleep(0.1)
    if how != "reset" and outage_s > LATE_S + 3:
        assert said in ({"late"}, {"late", "lost"}), "the wall does not say that it is old"
        assert ("lost" in said) == (outage_s > LOST_S + 3)
    missed = wall.flashes()
    wall.wire.heal()
    return missed


def heals(wall: Wall, how: str, outage_s: float) -> float:
    """One outage from its begin to a wall that is as before; returns the seconds to the truth."""
    missed = away(wall, how, outage_s)
    took = wall.is_true(BACK_S)
    wall.page.wait_for_selector("body[data-fresh=live]", timeout=BACK_S * 1000)
    news = wall.flashes()

    if how == "cut" or (how == "stall" and outage_s > DEAD_S + 1):
        assert missed + news == [], "a call of the outage flashed"
    called = {c[0]: c[3] for c in wall.truth()["calls"]}
    for call in {*missed, *news}:
        assert (missed + news).count(call) <= called.get(call, 2)
    # The truth may have stood on the wall before the link was back: what comes next brings it back
    # for certain, and only a call after that is news.
    wall.stir()
    wall.is_true(BACK_S)
    wall.call_is_news()
    return took


def midnight_passes(wall: Wall, how: str, outage_s: float) -> float:
    """Midnight without network: the new day's numbers and calls are there when it is back."""
    yesterday = wall.truth()
    assert yesterday["calls"]
    getattr(wall.wire, how)()
    tomorrow = wall.site.to_midnight()
    wait_until(lambda: wall.truth()["date"] != yesterday["date"], "the new day", deadline_s=30)
    begin = time.monotonic()
    wall.site.begin()
    while time.monotonic() - begin < outage_s:
        wall.stir()
        time.sleep(0.1)
    assert wall.flashes() == []
    assert wall.shown()["calls"] == [] or wall.shown()["calls"] == yesterday["calls"]
    wall.wire.heal()
    took = wall.is_true(BACK_S)

    assert wall.flashes() == [], "a call of the night flashed"
    assert wall.shown()["date"] == f"{tomorrow.month}月{tomorrow.day}日"
    assert wall.truth()["calls"]
    wall.call_is_news()
    return took


def test_a_wall_cut_off_shortly_shows_the_truth_again(wall: Wall) -> None:
    for how in ("cut", "stall", "reset"):
        heals(wall, how, 1)


@pytest.mark.parametrize("how", ["cut", "stall"])
def test_a_wall_says_how_old_it_is_and_heals(wall: Wall, how: str) -> None:
    heals(wall, how, LATE_S + 4)


def test_a_wall_cut_off_over_midnight_wakes_in_the_new_day(wall: Wall) -> None:
    midnight_passes(wall, "stall", DEAD_S + 2)


@pytest.mark.torture
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("how", ["cut", "stall", "reset"])
def test_a_wall_without_network_for_a_second_again_and_again(wall: Wall, how: str) -> None:
    took = [heals(wall, how, 1) for _ in range(scaled(10, least=2))]

    report(f"display {how} for 1 s", {"outages": len(took), "slowest_s": round(max(took), 2)})


@pytest.mark.torture
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("how", ["cut", "stall", "reset"])
def test_a_wall_without_network_for_a_minute(wall: Wall, how: str) -> None:
    outage_s = scaled(60, least=LATE_S + 4)
    took = [heals(wall, how, outage_s) for _ in range(scaled(2, least=1))]

    report(
        f"display {how} for {outage_s} s", {"outages": len(took), "slowest_s": round(max(took), 2)}
    )


@pytest.mark.torture
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("how", ["cut", "stall"])
def test_a_wall_without_network_over_midnight(wall: Wall, how: str) -> None:
    outage_s = scaled(60, least=DEAD_S + 2)
    took = midnight_passes(wall, how, outage_s)

    report(f"display {how} over midnight", {"outages": 1, "slowest_s": round(took, 2)})
