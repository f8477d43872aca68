"""The clerk's page 窗口终端 in its moods, sign-in, home, refusals, and the printer's tray."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tools.gallery_state import BAR, DESK, OFFICE, State

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tools.gallery_stage import Stage

COUNTER = 14
"""畜牧兽医: nobody else in the gallery calls here."""
ITEM = "XM-01"
Show = Callable[["Stage", "Page"], None]


def mood(page: Page, wanted: str) -> None:
    """Wait until the page is in a mood and rests."""
    expect(page.locator("body")).to_have_attribute("data-mood", wanted)
    expect(page.locator("body:not([data-busy])")).to_have_count(1)


def sit(
    stage: Stage, page: Page, *, counter: int = COUNTER, people: int = 4, bar: bool = False
) -> None:
    """Open the page of a counter that is open and free."""
    clerk = stage.free(counter)
    there = len(clerk.desk()["waiting"])
    stage.fill(ITEM, people - there)
    query = "&bar=1" if bar else ""
    stage.sign_in(page, f"c{counter:02d}", f"/desk?counter={counter}{query}")
    page.wait_for_selector("body[data-live]")
    mood(page, "free")


def keys(*presses: tuple[str, str], then: str = "", bar: bool = False) -> Show:
    """Press keys, each until the page is in the mood named beside it; then wait for *then*."""

    def show(stage: Stage, page: Page) -> None:
        sit(stage, page, bar=bar)
        for key, wanted in presses:
            page.keyboard.press(key)
            if wanted:
                mood(page, wanted)
            page.wait_for_timeout(520)  # a press within half a second counts as a double tap
        if then:
            expect(page.locator(then).first).to_be_visible()

    return show


def closed(stage: Stage, page: Page) -> None:
    """The counter is not open yet."""
    clerk = stage.free(COUNTER)
    assert clerk.at("close", reason="图集").status == 200
    stage.sign_in(page, f"c{COUNTER:02d}", f"/desk?counter={COUNTER}")
    page.wait_for_selector("body[data-live]")
    mood(page, "closed")


def away(stage: Stage, page: Page) -> None:
    """Some are held, some were passed over."""
    keys(("F1", "called"), ("F3", "serving"), ("F7", "serving"), ("1", "free"))(stage, page)
    for key, wanted in (("F1", "called"), ("F6", "called"), ("F6", "free")):
        page.keyboard.press(key)
        mood(page, wanted)
        page.wait_for_timeout(520)
    expect(page.locator("#held .row").first).to_be_visible()
    expect(page.locator("#no-shows .row").first).to_be_visible()


def help_asked(stage: Stage, page: Page) -> None:
    """A citizen at the kiosk asks for a person."""
    sit(stage, page)
    stage.machine.post("/help")
    expect(page.locator(".alert[data-tone=help]").first).to_be_visible()


def answered(stage: Stage) -> None:
    """Somebody goes there."""
    stage.command(f"/help/{stage.machine.device}/answer")  # type: ignore[attr-defined]  # set at enrolment


def emergency(stage: Stage, page: Page) -> None:
    """An emergency stands on the page."""
    sit(stage, page)
    stage.command("/emergency", text="大厅发生火情，请从最近的安全出口有序离开。")
    expect(page.locator(".alert[data-tone=alarm]").first).to_be_visible()


def calm(stage: Stage) -> None:
    """The emergency is over."""
    stage.command("/emergency", text=None)


def cut_off(stage: Stage, page: Page) -> None:
    """The line to the server is cut."""
    sit(stage, page)
    page.context.set_offline(True)
    expect(page.locator("#late")).to_be_visible(timeout=20_000)


def choose(stage: Stage, page: Page) -> None:
    """Choose a counter."""
    _ = stage.business
    stage.clerk(COUNTER)
    stage.sign_in(page, f"c{COUNTER:02d}", "/desk")
    expect(page.get_by_text("选择窗口").first).to_be_visible()


def opened(path: str, login: str = "", selector: str = "main") -> Show:
    """Open a page, signed in as somebody or as nobody."""

    def show(stage: Stage, page: Page) -> None:
        if login.startswith("c") and login[1:].isdigit():
            stage.clerk(int(login[1:]))
        if login:
            stage.sign_in(page, login, path)
        else:
            page.goto(stage.hall.url + path)
        expect(page.locator(selector).first).to_be_visible()

    return show


def wrong_password(stage: Stage, page: Page) -> None:
    """The password was wrong."""
    page.goto(f"{stage.hall.url}/sign-in")
    page.fill("#login", "nobody-here")
    page.fill("#password", "wrong")
    page.press("#password", "Enter")
    expect(page.get_by_role("alert")).to_be_visible()


def forbidden(stage: Stage, page: Page) -> None:
    """A clerk looks where only managers may."""
    stage.clerk(COUNTER)
    stage.sign_in(page, f"c{COUNTER:02d}", "/")
    page.goto(f"{stage.hall.url}/desk?counter=1")


def tray(stage: Stage, page: Page) -> None:
    """Slips in the tray of the printer's model."""
    finger = stage.kiosk.finger()
    before = len(stage.model.slips())
    finger.press("choose item:MZ-01").press("take")
    if finger.screen == "confirm":
        finger.press("take")
    stage.model.wait_for_slips(before + 1)
    page.goto(stage.model.http)
    expect(page.locator("article, figure, pre, .slip").first).to_be_visible()


def desk(name: str, says: str, show: Show, **more: object) -> State:
    """Return a state of the clerk's page."""
    fields = {"sizes": (DESK,), "expected": (r"status of 4\d\d",), **more}
    return State(name=f"desk-{name}", page="窗口终端", says=says, show=show, **fields)  # type: ignore[arg-type]  # a shorthand


def plain(name: str, says: str, show: Show, **more: object) -> State:
    """Return a plain page of staff."""
    fields = {"sizes": (OFFICE,), "page": "登录与首页", **more}
    return State(name=f"staff-{name}", says=says, show=show, **fields)  # type: ignore[arg-type]  # a shorthand


CUT = (r"ERR_", "WebSocket")

STATES = (
    desk("free", "空闲：谁在等、等了多久", keys(), sizes=(DESK, OFFICE)),
    desk("called", "已呼叫：材料清单在手边", keys(("F1", "called")), sizes=(DESK, OFFICE)),
    desk("serving", "正在办理", keys(("F1", "called"), ("F3", "serving"))),
    desk("pass-asks", "过号要再按一次", keys(("F1", "called"), ("F6", "called"))),
    desk("hold", "挂起：选原因", keys(("F1", "called"), ("F3", "serving"), ("F7", "serving"), then=".sheet")),
    desk("transfer", "转移：选去哪里", keys(("F1", "called"), ("F8", "called"), then=".sheet")),
    desk("pause", "暂停：选原因", keys(("F9", "free"), then=".sheet")),
    desk("paused", "暂停服务", keys(("F9", "free"), ("1", "paused"))),
    desk("away", "挂起的和过号的", away),
    desk("closed", "还没开窗", closed),
    desk("help", "取号机有群众找工作人员", help_asked, leave=answered),
    desk("emergency", "紧急情况", emergency, leave=calm),
    desk("cut-off", "断网：悄悄地说明，自己恢复", cut_off, expected=CUT),
    desk("bar-free", "小窗：空闲", keys(bar=True), sizes=(BAR,)),
    desk("bar-called", "小窗：已呼叫", keys(("F1", "called"), bar=True), sizes=(BAR,)),
    desk("bar-serving", "小窗：正在办理", keys(("F1", "called"), ("F3", "serving"), bar=True), sizes=(BAR,)),
    desk("choose", "选择窗口", choose),
    plain("sign-in", "登录", opened("/sign-in", selector="#login")),
    plain("sign-in-wrong", "登录：密码不对", wrong_password, expected=("401",)),
    plain("password", "修改密码", opened("/password", "c14", "#old, input[type=password]")),
    plain("home-clerk", "窗口人员的首页", opened("/", "c14")),
    plain("home-manager", "值班主任的首页", opened("/", "manager")),
    plain("refused", "没有权限", forbidden, expected=("40",)),
    plain("nowhere", "地址不对", opened("/nowhere", selector="body"), expected=("404",)),
    plain("tray", "打印机模型的纸盘", tray, page="打印机模型"),
)  # fmt: skip
"""Everything staff may see, 管理 left out."""
