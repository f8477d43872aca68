"""The kiosk 取号机 in every state, with the hall before it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from server.kit.contract.screens import KioskRules
from tools.gallery_stage import EXIT_CODE, MORNING
from tools.gallery_state import KIOSK, STANDING, State

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tools.gallery_stage import Stage

Show = Callable[["Stage", "Page"], None]


def on(page: Page, screen: str) -> None:
    """Wait until the kiosk shows *screen* and takes touches."""
    expect(page.locator("#kiosk")).to_have_attribute("data-screen", screen)
    expect(page.locator(".kiosk--settling, .kiosk--busy")).to_have_count(0)


def press(page: Page, act: str, screen: str = "") -> None:
    """Touch a button; then wait for *screen* where it leads to one."""
    page.locator(f'button[value="{act}"]:not(.visually-hidden)').first.click()
    if screen:
        on(page, screen)


def act(page: Page, name: str, screen: str) -> None:
    """Do what no button on this page says: what a time-out or a gesture does."""
    button = page.locator("button.visually-hidden[name=act]").first
    button.evaluate("(b, name) => { b.value = name; b.click(); }", name)
    on(page, screen)


def home(stage: Stage, page: Page) -> None:
    """The home page of a morning."""
    _ = stage.business
    page.goto(stage.kiosk.url)
    on(page, "home")
    expect(page.locator("[data-notice=late]")).to_have_count(0, timeout=15_000)


def after(*acts: tuple[str, str], first: Show = home) -> Show:
    """Return how to come to a page: from home, (touch, page) after (touch, page)."""

    def show(stage: Stage, page: Page) -> None:
        first(stage, page)
        for name, screen in acts:
            press(page, name, screen)

    return show


def department(code: str) -> Show:
    """Show the page of a department."""
    return after((f"department {code}", "department"))


def item(code: str, department_code: str, *more: tuple[str, str], first: Show = home) -> Show:
    """Show the page of an item, found by its department."""

    def show(stage: Stage, page: Page) -> None:
        first(stage, page)
        if page.locator(f'button[value="choose item:{code}"]:visible').count() == 0:
            here = page.locator(f'button[value="department {department_code}"]:visible')
            if here.count() == 0:
                press(page, "departments", "departments")
            press(page, f"department {department_code}", "department")
        tile = page.locator(f'button[value="choose item:{code}"]')
        while not tile.is_visible():
            page.locator('[data-turn="1"]').click()
        tile.click()
        on(page, "item")
        for name, screen in more:
            press(page, name, screen)

    return show


def tab(name: str) -> Show:
    """Show one of the five disclosures."""

    def show(stage: Stage, page: Page) -> None:
        item("SP-02", "market")(stage, page)
        press(page, f"tab {name}")
        expect(page.locator(f'button[value="tab {name}"]')).to_have_attribute(
            "aria-selected", "true"
        )

    return show


def searched(text: str, found: str) -> Show:
    """Show the search after typing *text* by the keys on the screen."""

    def show(stage: Stage, page: Page) -> None:
        after(("search", "search"))(stage, page)
        for letter in text:
            press(page, f"key {letter}")
        expect(page.locator("[data-query]")).to_have_value(text)
        expect(page.locator(found).first).to_be_visible()

    return show


def mode(*names: str) -> Show:
    """Show the home page in one or more of its modes."""

    def show(stage: Stage, page: Page) -> None:
        home(stage, page)
        for name in names:
            press(page, name)
            if name.startswith("language"):
                expect(page.locator("#kiosk")).to_have_attribute("lang", re.compile("^en"))
            else:
                expect(page.locator(f'button[value="{name}"]')).to_have_attribute("aria-pressed", "true")  # fmt: skip

    return show


LARGE, LOW, ENGLISH = mode("large"), mode("low"), mode("language en")


def number(stage: Stage, page: Page, *, first: Show = home) -> None:
    """The number page with its slip."""
    item("GA-01", "police", first=first)(stage, page)
    press(page, "take")
    expect(page.locator("#kiosk[data-screen=confirm], #kiosk[data-screen=number]")).to_have_count(1)
    if page.locator("#kiosk[data-screen=confirm]").count():
        on(page, "confirm")
        press(page, "take")
    expect(page.locator("[data-paper]")).to_have_attribute("data-paper", "printed", timeout=15_000)
    on(page, "number")


def confirm(code: str, where: str, people: int = 0) -> Show:
    """The warning before the number."""

    def show(stage: Stage, page: Page) -> None:
        if people:
            stage.kiosk_rules(KioskRules(long_ahead=people))
        home(stage, page)
        waiting = len(stage.business.get(code, ()))
        stage.fill(code, max(0, people - waiting))
        item(code, where)(stage, page)
        if people:
            expect(page.locator(".facts dd").first).to_contain_text(re.compile(r"1\d"))
        press(page, "take", "confirm")

    return show


def printer(**faults: object) -> Callable[[Show], Show]:
    """Do something to the printer before a state."""

    def wrap(then: Show) -> Show:
        def show(stage: Stage, page: Page) -> None:
            _ = stage.kiosk
            stage.model.control(**faults)
            stage.kiosk.wait(lambda h: h["faults"] != [] or h["near_end"])
            then(stage, page)

        return show

    return wrap


def mended(stage: Stage) -> None:
    """Put paper in."""
    stage.model.control(paper="ok")
    stage.kiosk.wait(lambda h: h["faults"] == [])


def with_notice(kind: str) -> Show:
    """Show home under a bar."""

    def show(stage: Stage, page: Page) -> None:
        _ = stage.business
        page.goto(stage.kiosk.url)
        on(page, "home")
        expect(page.locator(f"[data-notice={kind}]")).to_be_visible(timeout=20_000)

    return show


def no_paper(stage: Stage, page: Page, first: Show = home) -> None:
    """A number without a slip."""
    item("MZ-01", "civil", first=first)(stage, page)
    press(page, "take")
    expect(page.locator("#kiosk[data-screen=confirm], #kiosk[data-screen=number]")).to_have_count(1)
    if page.locator("#kiosk[data-screen=confirm]").count():
        on(page, "confirm")
        press(page, "take")
    expect(page.locator("[data-paper]")).to_have_attribute("data-paper", "failed", timeout=20_000)
    on(page, "number")


def cut(stage: Stage, page: Page) -> None:
    """Home without the server."""
    home(stage, page)
    stage.kiosk_line.cut()
    expect(page.locator("[data-notice=late]")).to_be_visible(timeout=25_000)
    on(page, "home")


def cut_refused(stage: Stage, page: Page) -> None:
    """A touch that did not arrive."""
    cut(stage, page)
    press(page, "choose item:MZ-01", "item")
    press(page, "take", "refused")


def healed(stage: Stage) -> None:
    """Mend the cable."""
    stage.kiosk_line.heal()
    stage.kiosk.wait(lambda h: h["link"] == "live" and (h["beat_age_s"] or 99) < 3)


def waiting(stage: Stage, page: Page) -> None:
    """The server does not answer; the press shows."""
    item("MZ-01", "civil")(stage, page)
    stage.kiosk_line.stall()
    press(page, "take")
    expect(page.locator(".kiosk--busy")).to_have_count(1)
    page.wait_for_function(
        "() => getComputedStyle(document.querySelector('.kiosk'), '::after').opacity > 0.9"
    )


def stopped(stage: Stage, page: Page) -> None:
    """No numbers any more, as the duty manager said."""
    home(stage, page)
    stage.command("/day/stop")
    expect(page.locator(".tile__stopped").first).to_be_visible()


def refused(stage: Stage, page: Page) -> None:
    """Refused because issuing stopped while the citizen was reading."""
    item("MZ-01", "civil")(stage, page)
    before = page.evaluate(
        "() => fetch('/screen', {headers: {'X-Page': document.querySelector('[name=page]').value}})"
        ".then((answer) => answer.text())"
    )
    page.route("**/screen", lambda route: route.fulfill(body=before, content_type="text/html"))
    stage.command("/day/stop")
    press(page, "take", "refused")


def reopened(stage: Stage) -> None:
    """Give numbers again."""
    stage.command("/day/open")


def emergency(stage: Stage, page: Page) -> None:
    """Everybody leaves."""
    home(stage, page)
    stage.command("/emergency", text="大厅发生火情，请从最近的安全出口有序离开。")
    on(page, "emergency")


def calm(stage: Stage) -> None:
    """The emergency is over."""
    stage.command("/emergency", text=None)


def at_hour(hours: float, words: str) -> Show:
    """Show home at another hour, so many hours after the morning, when it says *words*."""

    def show(stage: Stage, page: Page) -> None:
        _ = stage.business, stage.kiosk
        stage.at(MORNING + timedelta(hours=hours))
        page.goto(stage.kiosk.url)
        on(page, "home")
        expect(page.locator("[data-notice=pause]")).to_contain_text(words, timeout=60_000)

    return show


def morning(stage: Stage) -> None:
    """Set the clock back."""
    stage.at(MORNING)


def asking(stage: Stage, page: Page) -> None:
    """Nobody has touched the page for a while."""
    stage.kiosk_rules(KioskRules(idle_s=3, ask_s=60))
    home(stage, page)
    press(page, "search", "search")
    # A kiosk that had not heard of the short time-out yet asks after the usual one.
    expect(page.get_by_role("alertdialog")).to_be_visible(timeout=90_000)


def patient(stage: Stage) -> None:
    """The usual time-outs again."""
    stage.kiosk_rules(KioskRules())


def attract(stage: Stage, page: Page) -> None:
    """Nobody is here."""
    home(stage, page)
    act(page, "leave", "attract")


def helped(stage: Stage) -> None:
    """Somebody goes there."""
    stage.answer_help()


def help_called(stage: Stage, page: Page) -> None:
    """A person has been called."""
    home(stage, page)
    press(page, "help")
    expect(page.locator(".notice--help")).to_contain_text("已通知工作人员")


def staff_code(stage: Stage, page: Page) -> None:
    """The staff code is asked for."""
    home(stage, page)
    act(page, "staff", "staff_code")


def staff(stage: Stage, page: Page) -> None:
    """The staff page."""
    staff_code(stage, page)
    for n, digit in enumerate(EXIT_CODE, start=1):
        press(page, f"digit {digit}")
        expect(page.locator(".staffcode__dots")).to_have_text("●" * n)
    press(page, "enter", "staff")


def broken(stage: Stage, page: Page) -> None:
    """An address that does not exist."""
    page.goto(f"{stage.kiosk.url}/nowhere")


def guide_printed(stage: Stage, page: Page) -> None:
    """The item's guide has been printed."""
    item("SP-02", "market")(stage, page)
    press(page, "print")
    expect(page.locator(".carry__paper--done")).to_be_visible(timeout=15_000)


EVERY_SIZE = frozenset(
    {"home", "home-large", "search-found", "department", "item-materials", "number", "confirm-long"}
)
"""States that are pictured at all three sizes; the others stand as the kiosk mostly does."""


def state(name: str, says: str, show: Show, **more: object) -> State:
    """Return a state of the kiosk, at its three sizes."""
    pictured = () if name in EVERY_SIZE else (KIOSK,)
    fields = {"sizes": STANDING, "pictured": pictured, "touch": True, **more}
    return State(name=f"kiosk-{name}", page="取号机", says=says, show=show, **fields)  # type: ignore[arg-type]  # a shorthand


STATES = (
    state("home", "首页：常办事项、部门、搜索", home),
    state("home-large", "首页，大字", LARGE),
    state("home-low", "首页，低位：控件都在下半屏", LOW),
    state("home-large-low", "首页，大字加低位", mode("large", "low")),
    state("home-english", "首页，英文", ENGLISH),
    state("help", "已呼叫工作人员", help_called, leave=helped),
    state("departments", "按部门找，大字", after(("departments", "departments"), first=LARGE)),
    state("department", "部门的事项，多的分页", department("market")),
    state("department-large", "部门的事项，大字", after(("departments", "departments"), ("department market", "department"), first=LARGE)),
    state("search", "找要办的事：拼音键盘", after(("search", "search"))),
    state("search-found", "输入首字母 sfz", searched("sfz", ".found .tile")),
    state("search-vain", "没有找到", searched("xqqq", ".nothing")),
    state("search-low", "找要办的事，低位", after(("search", "search"), first=LOW)),
    state("search-large", "找要办的事，大字", after(("search", "search"), first=LARGE)),
    state("consult", "咨询", after(("consult", "consult"))),
    state("appointment", "已预约取号", after(("appointment", "appointment"))),
    state("guide", "查办事指南", after(("guide", "departments"))),
    state("item-materials", "事项：申报材料清单", item("SP-02", "market")),
    state("item-content", "事项：服务内容", tab("content")),
    state("item-steps", "事项：办事程序", tab("steps")),
    state("item-promised", "事项：承诺时限", tab("promised")),
    state("item-fee", "事项：收费标准", tab("fee")),
    state("item-large", "事项，大字", item("SP-02", "market", first=LARGE)),
    state("item-low", "事项，低位", item("SP-02", "market", first=LOW)),
    state("item-english", "事项，英文", item("SP-02", "market", first=ENGLISH)),
    state("item-long", "名称最长的事项", item("JY-01", "education")),
    state("guide-printed", "办事指南已打印", guide_printed),
    state("asking", "还在办理吗？", asking, leave=patient),
    state("attract", "无人使用", attract),
    state("number", "号码、前面几人、窗口、二维码", number),
    state("number-large", "号码，大字", partial(number, first=LARGE)),
    state("number-low", "号码，低位", partial(number, first=LOW)),
    state("number-english", "号码，英文", partial(number, first=ENGLISH)),
    state("taking", "正在取号，服务器慢", waiting, leave=healed, sizes=(KIOSK,)),
    state("confirm-consult", "只咨询的窗口，取号前先说明", confirm("SW-01", "water")),
    state("confirm-long", "要等很久，取号前先问", confirm("JJD-01", "traffic", people=12), leave=patient),
    state("printer-out", "打印机缺纸：首页提示", printer(paper="out")(with_notice("printer")), leave=mended),
    state("number-no-paper", "打印机缺纸：请记下号码", printer(paper="out")(no_paper), leave=mended),
    state(
        "number-no-paper-large-low",
        "打印机缺纸，大字加低位：请记下号码",
        printer(paper="out")(lambda stage, page: no_paper(stage, page, mode("large", "low"))),
        leave=mended,
    ),
    state("stopped", "停止取号", stopped, leave=reopened),
    state("refused-stopped", "取号时刚好停止", refused, leave=reopened),
    state("emergency", "紧急情况", emergency, leave=calm),
    state("offline", "连不上服务器：人数不再显示", cut, leave=healed),
    state("refused-offline", "连不上服务器：没有取到号", cut_refused, leave=healed, walk=False),
    state("staff-code", "工作人员口令", staff_code),
    state("staff", "工作人员页", staff),
    state("broken", "地址不对", broken, expected=("404",)),
    state("lunch", "午休", at_hour(2.6, "午休"), leave=morning, walk=False),
    state("closed", "下班后", at_hour(8.6, "不是取号时间"), leave=morning, walk=False),
)  # fmt: skip
"""Everything a citizen may see at a kiosk."""
