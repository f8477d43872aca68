"""The kiosk for whoever stands there: 大字, 低位, read aloud, foreign, by keys, and for staff."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kiosk.printing.model.testing import RunningModel
from tests.kiosk.box import RunningKiosk, running_kiosk
from tests.pages.judging import judged
from tests.support.axe import violations
from tests.support.chromium import KIOSK, OFFICE, SIZES, WALL, until
from tests.support.hall import ROOT, RunningHall

Opens = Callable[..., Page]
CODE = "852017"
GONE = ["ERR_CONNECTION_REFUSED", "WebSocket", "ERR_EMPTY_RESPONSE"]
"""What Chromium writes when its kiosk ends before it."""
MANNERS = {
    "plain": (),
    "large": ("large",),
    "low": ("low",),
    "english": ("language en",),
}


def on(page: Page, screen: str) -> None:
    expect(page.locator("#kiosk")).to_have_attribute("data-screen", screen)
    expect(page.locator(".kiosk--settling, .kiosk--busy")).to_have_count(0)


def press(page: Page, act: str) -> None:
    """Touch a button that can be seen, turning pages until it can."""
    button = page.locator(f'button[value="{act}"]:not(.visually-hidden)')
    expect(button.first).to_be_attached()
    while not button.first.is_visible():
        page.locator('[data-turn="1"]:visible:not([disabled])').last.click()
    button.first.click()


def opened(page: Page, kiosk: RunningKiosk, manner: str = "plain") -> Page:
    page.goto(kiosk.url)
    on(page, "home")
    for mode in MANNERS[manner]:
        press(page, mode)
        # The button for Chinese is there when English is shown; a pressed one is pressed.
        pressed = "language zh" if mode.startswith("language") else f"{mode}"
        expect(page.locator(f'button[value="{pressed}"]:not([aria-pressed=false])')).to_have_count(
            1
        )
        on(page, "home")
    return page


def take(page: Page, warned: Callable[[], None] = lambda: None) -> None:
    """Take a number; a long line asks once more."""
    press(page, "take")
    expect(page.locator("#kiosk")).to_have_attribute("data-screen", re.compile("confirm|number"))
    if page.locator("[data-screen=confirm]").count():
        on(page, "confirm")
        warned()
        press(page, "take")
    on(page, "number")


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("manner", MANNERS)
def test_every_manner_can_be_touched_and_read_at_every_size(
    open_page: Opens, kiosk: RunningKiosk, size: tuple[int, int], manner: str
) -> None:
    """Targets, gaps, text, 低位's lower half; and axe-core finds nothing on any page."""
    page = open_page(size, touch=True)
    faults: dict[str, list[str]] = {}

    def judge(name: str) -> None:
        faults[name] = judged(page, size) + (violations(page) if size == OFFICE else [])

    opened(page, kiosk, manner)
    judge("home")
    press(page, "search")
    on(page, "search")
    judge("search")
    press(page, "key s")
    expect(page.locator(".found .tile").first).to_be_visible()
    judge("found")
    for key in "qqq":
        press(page, f"key {key}")
    expect(page.locator(".nothing .big")).to_be_visible()
    judge("nothing found")
    press(page, "departments")
    on(page, "departments")
    judge("departments")
    press(page, "department traffic")
    on(page, "department")
    judge("department")
    press(page, "choose item:JJD-02")
    on(page, "item")
    for tab in ("materials", "content", "steps", "promised", "fee"):
        press(page, f"tab {tab}")
        expect(page.locator(f'button[value="tab {tab}"]')).to_have_attribute(
            "aria-selected", "true"
        )
        judge(f"item {tab}")
    press(page, "home")
    on(page, "home")
    for place in ("consult", "appointment"):
        press(page, place)
        on(page, place)
        judge(place)
        press(page, "home")
        on(page, "home")
    press(page, "choose item:GA-01")
    on(page, "item")
    take(page, lambda: judge("confirm"))
    expect(page.locator("[data-paper]")).to_have_attribute("data-paper", "printed")
    judge("number")

    assert {k: v for k, v in faults.items() if v} == {}


def test_large_type_is_one_and_four_tenths_as_large(open_page: Opens, kiosk: RunningKiosk) -> None:
    page = opened(open_page(KIOSK), kiosk)
    name = page.locator(".tile__name").first

    def size() -> float:
        return float(name.evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))

    plain = size()
    press(page, "large")
    expect(page.locator(".kiosk--large")).to_have_count(1)

    assert size() == pytest.approx(1.4 * plain, abs=0.5)


def test_the_manner_is_gone_with_the_citizen(open_page: Opens, kiosk: RunningKiosk) -> None:
    page = open_page(KIOSK)
    for manner in ("large", "low", "english"):
        opened(page, kiosk, manner)
        press(page, "choose item:GA-01")
        on(page, "item")
        take(page)
        press(page, "home")
        on(page, "home")

        expect(page.locator(".kiosk--large, .kiosk--low, .kiosk--foreign")).to_have_count(0)
        assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_english_by_one_touch_on_every_page(open_page: Opens, kiosk: RunningKiosk) -> None:
    page = opened(open_page(WALL), kiosk, "english")
    expect(page.get_by_text("What do you need?")).to_be_visible()
    press(page, "choose item:GA-01")
    on(page, "item")
    expect(page.get_by_role("button", name="Get a ticket")).to_be_visible()
    take(page)
    expect(page.get_by_text("Your number")).to_be_visible()

    assert page.evaluate("document.documentElement.lang") == "en"


def test_each_step_is_heard_and_a_touch_stops_it(open_page: Opens, kiosk: RunningKiosk) -> None:
    page = open_page(KIOSK)
    page.add_init_script(
        """const play = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = function () { window.heard = this; return play.call(this); };"""
    )
    opened(page, kiosk)
    with page.expect_response(lambda r: "/voice/" in r.url) as home:
        press(page, "listen")
    until(page, "window.heard && !window.heard.paused && window.heard.currentTime > 0")
    expect(page.get_by_role("button", name="停止朗读")).to_be_visible()
    box = page.locator(".top").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 500, box["y"] + 40)
    until(page, "window.heard.paused")
    with page.expect_response(lambda r: "/voice/" in r.url) as item:
        press(page, "choose item:GA-01")
    on(page, "item")

    for answer in (home.value, item.value):
        assert (answer.status, answer.headers["content-type"]) == (200, "audio/wav")
        assert answer.body()[:4] == b"RIFF"
    assert home.value.url != item.value.url
    expect(page.locator("body.no-sound")).to_have_count(0)


def test_a_browser_that_cannot_sound_says_so_on_the_button(
    open_page: Opens, kiosk: RunningKiosk
) -> None:
    page = open_page(KIOSK)
    page.add_init_script(
        "HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
    )
    opened(page, kiosk)
    press(page, "listen")

    expect(page.locator("[data-listen]")).to_have_text("本机无声", use_inner_text=True)


def test_a_box_without_a_loudspeaker_says_so_on_the_button(
    open_page: Opens, hall: RunningHall, tmp_path: Path
) -> None:
    with running_kiosk(hall, tmp_path / "mute", more={"HALL_KIOSK_SOUND": "false"}) as mute:
        page = opened(open_page(KIOSK, expected=GONE), mute)
        button = page.locator("[data-listen]")

        expect(button).to_be_disabled()
        expect(button).to_have_text("本机无声", use_inner_text=True)


def test_a_county_s_own_language_has_its_button(
    open_page: Opens, hall: RunningHall, tmp_path: Path
) -> None:
    folder = tmp_path / "languages"
    folder.mkdir()
    (folder / "wa.toml").write_text(
        'code = "wa"\nshown = "Vax"\n[strings]\n"home.find" = "Pa grax"\n'
        '[items]\n"MZ-01" = "Kix lai"\n',
        encoding="utf-8",
    )
    own = {"HALL_KIOSK_LANGUAGES_DIR": str(folder)}
    with running_kiosk(hall, tmp_path / "kiosk", more=own) as kiosk:
        page = opened(open_page(KIOSK, expected=GONE), kiosk)
        press(page, "language wa")
        expect(page.get_by_text("Pa grax")).to_be_visible()
        expect(page.locator(".tile__name").first).to_have_text("Kix lai")
        expect(page.get_by_text("按部门找")).to_be_visible()
        faults = judged(page, KIOSK)
        on(page, "home")
        press(page, "language zh")
        expect(page.get_by_text("点这里找")).to_be_visible()

    assert faults == []


def test_a_declared_small_screen_has_larger_targets(
    open_page: Opens, hall: RunningHall, tmp_path: Path
) -> None:
    """20 mm are 111 px on a 15.6 inch screen of 1920 × 1080."""
    with running_kiosk(hall, tmp_path / "small", more={"HALL_KIOSK_SCREEN_INCH": "15.6"}) as kiosk:
        page = opened(open_page(WALL, expected=GONE), kiosk)
        press(page, "choose item:GA-01")
        on(page, "item")
        least = page.evaluate(
            """() => Math.min(...[...document.querySelectorAll('#kiosk button')]
              .filter((b) => b.checkVisibility() && !b.matches('.visually-hidden'))
              .map((b) => Math.min(b.offsetWidth, b.offsetHeight)))"""
        )

    assert least >= 111


def test_the_guide_comes_on_paper_once_and_by_code(
    open_page: Opens, kiosk: RunningKiosk, model: RunningModel
) -> None:
    before = len(model.slips())
    page = opened(open_page(KIOSK), kiosk)
    press(page, "guide")
    on(page, "departments")
    press(page, "department civil")
    on(page, "department")
    press(page, "choose item:MZ-01")
    on(page, "item")
    expect(page.locator(".carry .qr")).to_be_visible()
    press(page, "print")
    expect(page.get_by_text("请取走指南")).to_be_visible()
    paper = model.wait_for_slips(before + 1)[-1]

    expect(page.locator('button[value="print"]')).to_have_count(0)
    text = "".join(paper.text)
    for part in ("办事指南", "一、服务内容", "五、收费标准", "这不是号票"):
        assert part in text


def test_left_alone_the_page_invites_and_says_when_it_is_open(
    open_page: Opens, kiosk: RunningKiosk
) -> None:
    page = opened(open_page(KIOSK), kiosk)
    page.evaluate(
        """() => { const body = new FormData(document.getElementById('kiosk'));
          body.set('act', 'leave'); return fetch('/act', {method: 'POST', body}); }"""
    )
    on(page, "attract")
    faults = judged(page, KIOSK) + violations(page)
    expect(page.get_by_text("点击屏幕取号")).to_be_visible()
    expect(page.get_by_text("开放时间")).to_be_visible()
    press(page, "large")
    on(page, "home")

    expect(page.locator(".kiosk--large")).to_have_count(1)
    assert faults == []


def test_a_number_by_keys_alone(open_page: Opens, kiosk: RunningKiosk) -> None:
    page = opened(open_page(KIOSK), kiosk)

    def tab_to(value: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.value") == value:
                break
        seen = page.evaluate("getComputedStyle(document.activeElement).outlineStyle !== 'none'")
        assert page.evaluate("document.activeElement.value") == value
        assert seen, f"the focus on {value} cannot be seen"

    tab_to("choose item:GA-01")
    page.keyboard.press("Enter")
    on(page, "item")
    tab_to("tick 0")
    page.keyboard.press("Space")
    expect(page.locator(".check").first).to_have_attribute("aria-pressed", "true")
    tab_to("take")
    page.keyboard.press("Enter")
    on(page, "number")
    tab_to("home")
    page.keyboard.press("Enter")

    on(page, "home")


@pytest.fixture
def coded(kiosk: RunningKiosk) -> Iterator[RunningKiosk]:
    """Give the kiosk a staff code, and take it away again."""
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "exit-code"],
        input=f"{CODE}\n",
        text=True,
        capture_output=True,
        cwd=ROOT,
        env={**dict(kiosk.environ), "PATH": "/usr/bin:/bin"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    yield kiosk
    (kiosk.folder / "state" / "exit-code").unlink()


def corners(page: Page) -> None:
    """Touch the four corners in turn."""
    size = page.viewport_size
    assert size is not None
    right, bottom = size["width"] - 4, size["height"] - 4
    for x, y in ((4, 4), (right, 4), (right, bottom), (4, bottom)):
        page.mouse.click(x, y)


def test_without_a_code_set_there_is_no_way_out(open_page: Opens, kiosk: RunningKiosk) -> None:
    page = opened(open_page(KIOSK), kiosk)
    corners(page)
    on(page, "staff_code")

    expect(page.get_by_text("没有设置口令")).to_be_visible()
    expect(page.locator('button[value="enter"]:visible')).to_have_count(0)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_four_corners_and_the_code_lead_to_the_staff_page(
    open_page: Opens, coded: RunningKiosk, size: tuple[int, int]
) -> None:
    page = opened(open_page(size), coded)
    corners(page)
    on(page, "staff_code")
    faults = judged(page, size)
    for digit in "000001":
        press(page, f"digit {digit}")
    press(page, "enter")
    expect(page.get_by_text("口令不对")).to_be_visible()
    for digit in CODE:
        press(page, f"digit {digit}")
    expect(page.locator(".staffcode__dots")).to_have_text("●" * len(CODE))
    press(page, "enter")
    on(page, "staff")
    faults += judged(page, size) + violations(page)
    press(page, "close")
    expect(page.get_by_text("没有设置退出命令")).to_be_visible()
    press(page, "restart")
    on(page, "home")

    assert faults == []
    assert CODE not in page.content()
