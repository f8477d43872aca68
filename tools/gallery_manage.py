"""The managers' pages 管理, of a hall that has been set up."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.api.manage import Form
from tools.gallery_pictures import poster
from tools.gallery_state import DESK, PHONE, State

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tools.gallery_stage import Stage

Show = Callable[["Stage", "Page"], None]
REFUSED = (r"status of 4\d\d",)


def set_up(stage: Stage) -> dict[str, str]:
    """Set up the hall once as a manager does; return the addresses of its things."""
    if stage.places:
        return stage.places
    boss, hall = stage.manager, stage.hall
    hall.enrol("display", "1F", "一楼东侧大屏")
    hall.enrol("display", "2F", "二楼综合屏")
    for word in ("办酒席", "开网吧", "开网吧", "遛狗证"):
        stage.machine.post("/searches", {"text": word, "language": "zh"})
    card = Form.of(boss, "/manage/media/new/honour")
    card.fill(title="3号窗口 婚姻登记", text="三季度先进窗口：办件 1206 件，无一超时。").send()
    picture = Form.of(boss, "/manage/media/new/picture").fill(
        title="办事不求人", text="大厅一楼的自助区"
    )
    picture.send(
        file=("poster.png", poster("办事不求人", "能一次办完的，绝不让您跑第二趟"), "image/png")
    )
    Form.of(boss, "/manage/voice/1F").fill(volume="70").send()
    roster = Form.of(boss, "/manage/leaders")
    day = roster.get("first")
    roster.fill(
        **{
            f"department_{day}_0": "civil", f"post_{day}_0": "副局长", f"place_{day}_0": "1号窗口旁",
            f"department_{day}_1": "market", f"post_{day}_1": "局长", f"place_{day}_1": "二楼会商室",
        }
    ).send()  # fmt: skip
    text = "".join(boss.get(f"/manage/{p}").text for p in ("screens", "shown", "devices"))
    for name, pattern in (
        ("screen", r"/manage/screens/[\w-]{16,}"),
        ("media", r"/manage/media/[\w-]{16,}"),
        ("notice", r"/manage/notices/\d+"),
        ("device", r"/manage/devices/[\w-]{16,}"),
    ):
        found = re.search(pattern, text)
        assert found, name
        stage.places[name] = found[0]
    return stage.places


def opened(
    stage: Stage,
    page: Page,
    *,
    path: str = "",
    thing: str = "",
    more: str = "",
    login: str = "manager",
) -> None:
    """Open a page of 管理, or that of a thing of the hall."""
    places = set_up(stage)
    _ = stage.business
    stage.sign_in(page, login, (places[thing] if thing else path) + more)
    expect(page.locator("main h1").first).to_be_visible()


def screen_of(role: str) -> Show:
    """Show a screen's page with a role chosen; the preview follows."""

    def show(stage: Stage, page: Page) -> None:
        opened(stage, page, thing="screen")
        page.locator(f'input[name=role][value="{role}"]').check(force=True)
        frame = page.frame_locator("iframe")
        expect(frame.locator(f'body[data-role="{role}"]')).to_be_attached()

    return show


def wrong(stage: Stage, page: Page) -> None:
    """A form that cannot be saved says what to change, beside the field."""
    opened(stage, page, path="/manage/kiosk")
    page.fill("[name=ask_s]", "500")
    page.locator("form.form button[type=submit]").first.click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()


def saved(stage: Stage, page: Page) -> None:
    """Saved."""
    opened(stage, page, path="/manage/kiosk")
    page.fill("[name=ask_s]", "18")
    page.locator("form.form button[type=submit]").first.click()
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()


def slip_of(paper: str, sample: str) -> Show:
    """Show the slip with more on it, as another paper and another ticket make it."""

    def show(stage: Stage, page: Page) -> None:
        opened(stage, page, path="/manage/slip")
        page.locator('button[value="add:materials"]').click()
        page.locator('button[value="add:text"]').click()
        expect(page.locator("#text_13")).to_be_focused()
        page.locator("#text_13").fill("请在休息区等候，注意听叫号、看大屏")
        page.locator(f'input[name=paper][value="{paper}"]').check()
        page.locator(f'input[name=sample][value="{sample}"]').check()
        expect(page.locator(f'.sheet__paper[data-paper="{paper}"]')).to_be_visible()
        expect(page.locator(".sheet__paper svg")).to_have_attribute(
            "aria-label", re.compile("看大屏")
        )

    return show


def slip_wrong(stage: Stage, page: Page) -> None:
    """Own words that nobody wrote: said at their part."""
    opened(stage, page, path="/manage/slip")
    page.locator('button[value="add:text"]').click()
    expect(page.locator("#text_12")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#text_12[aria-invalid=true]")).to_be_visible()


def token(stage: Stage, page: Page) -> None:
    """A one-time token to enrol a device with."""
    opened(stage, page, path="/manage/devices/enrol", login="admin")
    page.locator("button[type=submit]", has_text="得到登记码").click()
    expect(page.locator(".token__code")).to_be_visible()


def state(name: str, says: str, show: Show | None = None, **more: object) -> State:
    """Return a state of 管理, on a desk's screen and on a phone."""
    where = {k: more.pop(k) for k in ("path", "thing", "more", "login") if k in more}
    fields = {"sizes": (DESK, PHONE), "pictured": (DESK,), "expected": REFUSED, **more}
    return State(
        name=f"manage-{name}",
        page="管理",
        says=says,
        show=show or partial(opened, **where),  # type: ignore[arg-type]  # names of its own arguments
        **fields,  # type: ignore[arg-type]  # a shorthand
    )


STATES = (
    state("overview", "总览", path="/manage", pictured=(DESK, PHONE)),
    state("screens", "屏幕", path="/manage/screens"),
    state("screen", "一块屏幕：用途、区域、预览", screen_of("board"), pictured=(DESK, PHONE)),
    state("screen-guide", "改成导览屏，预览跟着变", screen_of("guide")),
    state("screen-disclosures", "改成五公开公示屏", screen_of("disclosures")),
    state("voice", "声音", path="/manage/voice"),
    state("voice-zone", "一个分区怎么叫号，先试听", path="/manage/voice/1F"),
    state("shown", "公告与媒体", path="/manage/shown"),
    state("notice", "改公告", thing="notice"),
    state("notice-delete", "删公告，再问一次", thing="notice", more="/delete"),
    state("media", "改一张荣誉卡", thing="media"),
    state("media-new", "新增图片", path="/manage/media/new/picture"),
    state("kiosk", "取号机", path="/manage/kiosk"),
    state("kiosk-wrong", "填得不对：写在旁边", wrong),
    state("kiosk-saved", "已保存", saved),
    state("slip", "小票：有什么、多大，右边是打印机印出来的", path="/manage/slip"),
    state("slip-narrow", "58 毫米纸、最长名称、材料和自己的话", slip_of("58", "longest")),
    state("slip-wrong", "自己的话还没有写：写在那一项下面", slip_wrong, pictured=()),
    state("real-name", "实名取号：哪些队列、怎么告诉市民、哪些取号机能读卡", path="/manage/real-name"),
    state("keywords", "一个事项的同义词", path="/manage/kiosk/items/MZ-01"),
    state("searches", "没找到的词", path="/manage/searches"),
    state("leaders", "坐班领导", path="/manage/leaders"),
    state("waits", "等候时间准不准", path="/manage/waits"),
    state("devices", "设备", path="/manage/devices"),
    state("device", "一台设备", thing="device"),
    state("device-revoke", "停用设备，再问一次", thing="device", more="/revoke", login="admin"),
    state("enrol", "登记新设备", path="/manage/devices/enrol", login="admin"),
    state("token", "登记码和二维码", token),
    state("history", "设置记录", path="/manage/history"),
    state("emergency", "紧急疏散", path="/manage/emergency"),
)  # fmt: skip
"""Everything a manager may see."""
