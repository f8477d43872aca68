"""The citizen's phone 手机页 by the QR code, and the guide of an item."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tools.gallery_state import PHONE, State

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tools.gallery_stage import Stage

OLD_PHONE = (360, 640)
COUNTER = 1


def waiting(stage: Stage, page: Page) -> None:
    """Three people are ahead."""
    _ = stage.business
    page.goto(stage.guide.take("MZ-01")["url"])
    expect(page.locator("[data-ticket=waiting]")).to_be_visible()


def unfolded(stage: Stage, page: Page) -> None:
    """The papers to bring."""
    waiting(stage, page)
    page.locator("summary").first.click()
    expect(page.get_by_role("heading", name="三、申报材料")).to_be_visible()


def called(stage: Stage, page: Page) -> None:
    """Called just now."""
    page.goto(stage.take_at(COUNTER, "MZ-01")["url"])
    expect(page.locator("[data-ticket=called]")).to_be_visible()


def after(
    verb: str, state: str, *, served: bool = False, **body: object
) -> Callable[[Stage, Page], None]:
    """What the phone shows after a clerk did something."""

    def show(stage: Stage, page: Page) -> None:
        ticket = stage.take_at(COUNTER, "MZ-01")
        clerk = stage.clerk(COUNTER)
        if served:
            ticket = {**ticket, **clerk.on(ticket, "start").json}
        answer = clerk.on(ticket, verb, **body)
        assert answer.status == 200, answer.text
        page.goto(ticket["url"])
        expect(page.locator(f"[data-ticket={state}]")).to_be_visible()

    return show


def asking(stage: Stage, page: Page) -> None:
    """Whether the number is really given back."""
    waiting(stage, page)
    page.get_by_role("link", name="我来不了了").click()
    expect(page.get_by_text("确定不来了吗")).to_be_visible()


def given_back(stage: Stage, page: Page) -> None:
    """The number is given back."""
    asking(stage, page)
    page.locator("form button").first.click()
    expect(page.locator("[data-ticket=cancelled]")).to_be_visible()


def gone(stage: Stage, page: Page) -> None:
    """An address of yesterday."""
    page.goto(f"{stage.hall.url}/t/abcdefghijklmnopqrstuv")


def emergency(stage: Stage, page: Page) -> None:
    """Everybody leaves; the number is kept."""
    _ = stage.business
    url = stage.guide.take("MZ-01")["url"]
    stage.command("/emergency", text="大厅发生火情，请从最近的安全出口有序离开。")
    page.goto(url)
    expect(page.locator("[data-state=emergency]")).to_be_visible()


def calm(stage: Stage) -> None:
    """The emergency is over."""
    stage.command("/emergency", text=None)


def guide(stage: Stage, page: Page) -> None:
    """The guide of an item."""
    page.goto(f"{stage.hall.url}/g/SP-02")


def cut_off(stage: Stage, page: Page) -> None:
    """The phone has lost the hall."""
    page.clock.install()
    waiting(stage, page)
    page.context.set_offline(True)
    lost = page.locator("#lost")
    for _ in range(12):
        page.clock.run_for(4000)
        if lost.is_visible():
            break
        page.wait_for_timeout(100)
    expect(lost).to_be_visible()


def state(name: str, says: str, show: Callable[[Stage, Page], None], **more: object) -> State:
    """Return a state of the phone, on a usual and on a small old one."""
    fields = {"sizes": (PHONE, OLD_PHONE), "pictured": (PHONE,), **more}
    return State(name=f"phone-{name}", page="手机页", says=says, show=show, **fields)  # type: ignore[arg-type]  # a shorthand


STATES = (
    state("waiting", "等候中：前面几人、还要多久、到哪个窗口", waiting),
    state("papers", "等候中：展开材料清单", unfolded),
    state("called", "叫到您了：整页变色、振动", called, expected=("navigator.vibrate",)),
    state("serving", "正在办理", after("start", "serving")),
    state("held", "暂时搁置", after("hold", "held", served=True, reason="补材料")),
    state("passed", "已过号，怎么恢复", after("no-show", "no_show")),
    state("done", "已办结", after("finish", "done", served=True)),
    state("give-back", "把号退回，再问一次", asking),
    state("given-back", "号已退回", given_back),
    state("gone", "号票已过当天", gone, expected=("404",)),
    state("emergency", "紧急情况，号码保留", emergency, leave=calm),
    state("cut-off", "手机断网：说明是几点的情况", cut_off, expected=("ERR_INTERNET_DISCONNECTED",)),
    state("guide", "办事指南（五公开）", guide),
)  # fmt: skip
"""Everything a citizen may see on a phone."""
