"""The screens of the hall in every role and state: those of `gallery_screens`, and the line that is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tools import gallery_screens
from tools.gallery_state import BOTH_WAYS, State

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tools.gallery_stage import Stage

SAYS = {
    "board": "上午办事：正在叫号、各队列等候",
    "board-full": "每个队列都有 200 人等候",
    "board-calm": "没有人等候",
    "board-everything": "所有区域都开",
    "board-calls": "只要叫号",
    "board-queues": "叫号和队列",
    "board-promotion": "宣传区：先进窗口",
    "board-leaders": "今日坐班领导",
    "board-light": "浅色",
    "board-far": "最远座位 15 米：字更大",
    "board-lost": "与服务器断开：注明是几点的情况",
    "board-emergency": "紧急情况",
    "disclosures": "整面五公开",
    "disclosures-touch": "五公开触摸台",
    "disclosures-light": "五公开，浅色",
    "counter-called": "窗口屏：请到本窗口",
    "counter-serving": "窗口屏：正在办理",
    "counter-free": "窗口屏：空闲",
    "counter-paused": "窗口屏：暂停服务至何时",
    "counter-closed": "窗口屏：暂未开放",
    "counter-unset": "窗口屏：还没有选窗口",
    "guide": "导览屏",
    "guide-light": "导览屏，浅色，人多",
    "leaders": "今日坐班领导",
    "leaders-none": "今天没有安排坐班领导",
    "leaders-emergency": "紧急情况",
}
PAGES = {
    "board": "综合屏",
    "disclosures": "五公开公示屏",
    "counter": "窗口屏",
    "guide": "导览屏",
    "leaders": "坐班领导屏",
}


REFUSE_SOUND = "HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('', 'NotAllowedError'));"
"""As a browser that nobody has touched."""


def shown(stage: Stage, page: Page, *, name: str) -> None:
    """Show a state of `gallery_screens`."""
    page.goto(f"{stage.screens}/{name}")
    page.wait_for_selector("body:not([data-fresh=opening])")


def live(stage: Stage, page: Page) -> None:
    """Show the hall's own screen as it works, a call on it."""
    _ = stage.business
    page.goto(stage.display)
    page.wait_for_selector("body[data-fresh=live]", timeout=20_000)
    page.wait_for_selector("#calls .call")


def silent(stage: Stage, page: Page, *, fresh: str) -> None:
    """Show it without its server: a dot after 5 s, a bar after 30 s."""
    live(stage, page)
    stage.display_line.cut()
    page.wait_for_selector(f"body[data-fresh={fresh}]", timeout=60_000)


def healed(stage: Stage) -> None:
    """Mend the cable."""
    stage.display_line.heal()


def muted(stage: Stage, page: Page) -> None:
    """The browser allows no sound: it says so, and flashes all the same."""
    page.add_init_script(REFUSE_SOUND)
    live(stage, page)
    page.wait_for_selector(".sound-bar:visible", timeout=20_000)


def speaking(stage: Stage, page: Page) -> None:
    """A call is being spoken: what else moves or sounds is dimmed."""
    live(stage, page)
    page.mouse.click(960, 540)  # a browser allows sound after a touch
    stage.free(9)
    stage.take_at(9, "GA-01")
    page.wait_for_selector("html[data-speaking]", timeout=20_000)


def unknown(stage: Stage, page: Page) -> None:
    """A screen that nobody has enrolled."""
    page.goto(stage.stranger)
    page.wait_for_selector("body[data-state=unusable]", timeout=20_000)


def state(name: str) -> State:
    """Return a state of a screen, at its three sizes."""
    role = name.partition("-")[0]
    layout, _ = gallery_screens.STATES[name]
    return State(
        name=f"screen-{name}",
        page=PAGES.get(role, role),
        says=SAYS.get(name, name),
        sizes=BOTH_WAYS,
        pictured=BOTH_WAYS if name in PAGES or name == "board-full" else BOTH_WAYS[:2],
        show=partial(shown, name=name),
        touch=layout.touch,
        inch=layout.screen_inch,
        anew=True,
    )


def own(name: str, says: str, show: Callable[[Stage, Page], None], **more: object) -> State:
    """Return a state of the hall's own screen."""
    fields = {"sizes": BOTH_WAYS, "pictured": BOTH_WAYS[:2], **more}
    return State(name=f"screen-{name}", page="综合屏", says=says, show=show, **fields)  # type: ignore[arg-type]  # a shorthand


STATES = (
    *(state(name) for name in gallery_screens.STATES),
    own("live", "正在运行的综合屏", live),
    own("muted", "浏览器不让出声：屏上写明静音，照样闪", muted),
    own("speaking", "正在播报：宣传区静音变暗", speaking, walk=False),
    own("late", "10 秒没有服务器的消息：一个小点", partial(silent, fresh="late"), leave=healed, walk=False),
    own("silent", "40 秒没有服务器的消息：一条提示", partial(silent, fresh="lost"), leave=healed, walk=False),
    own("unknown", "没有登记的屏幕", unknown),
)  # fmt: skip
"""Everything people may see on a screen of the hall."""
