"""管理 as its people meet it: seen, by keyboard alone, without script, and with the server gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.api.manage import Form, png
from tests.support.axe import violations
from tests.support.display_box import running_display
from tests.support.hall import PASSWORD, RunningHall, running_hall

OpenPage = Callable[..., Page]
LAPTOP = (1366, 768)
WALL = (1920, 1080)
PHONE = (390, 844)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    """A hall where every page of 管理 has something to show."""
    with running_hall(tmp_path_factory.mktemp("manage")) as hall:
        for login, role in (("boss", "manager"), ("root", "admin"), ("eyes", "supervisor")):
            hall.person(login, role)
        hall.enrol("display", "1F", "一楼东侧大屏")
        hall.enrol("display", "2F", "二楼办事大厅西侧靠窗第三块综合显示屏")
        kiosk = hall.enrol("kiosk", "1F", "一楼取号机")
        for word in ("办酒席", "开网吧", "开网吧"):
            kiosk.post("/searches", {"text": word})
        boss = hall.client("boss")
        card = Form.of(boss, "/manage/media/new/honour").fill(title="综合窗口", text="满意率 100%")
        assert card.send(file=("a.png", png(64, 64), "image/png")).status == 303
        assert Form.of(boss, "/manage/voice/1F").fill(volume="55").send().status == 303
        roster = Form.of(boss, "/manage/leaders")
        day = roster.get("first")
        roster = roster.fill(**{f"department_{day}_0": "civil", f"post_{day}_0": "局长"})
        assert roster.send().status == 303
        yield hall


def enter(hall: RunningHall, page: Page, login: str, path: str) -> None:
    page.goto(f"{hall.url}/sign-in?next={path}")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(hall.url + path)


def places(hall: RunningHall) -> list[str]:
    """Addresses of all pages, of things that exist."""
    boss = hall.client("boss")
    text = boss.get("/manage/screens").text + boss.get("/manage/shown").text
    text += boss.get("/manage/devices").text
    found = [
        re.search(pattern, text)
        for pattern in (
            r"/manage/screens/[\w-]{16,}", r"/manage/media/[\w-]{16,}", r"/manage/notices/\d+",
            r"/manage/devices/[\w-]{16,}",
        )
    ]  # fmt: skip
    own = [m[0] for m in found if m]
    assert len(own) == 4
    return [
        "/manage", "/manage/screens", "/manage/voice", "/manage/voice/1F", "/manage/shown",
        "/manage/kiosk", "/manage/kiosk/items/MZ-01", "/manage/searches", "/manage/leaders",
        "/manage/waits", "/manage/devices", "/manage/history", "/manage/emergency",
        "/manage/notices/new", "/manage/media/new/video", "/manage/devices/enrol",
        "/manage/pads/enrol",
        *own, f"{own[1]}/delete", f"{own[3]}/revoke",
    ]  # fmt: skip


@pytest.mark.parametrize("size", [LAPTOP, WALL, PHONE], ids=["office", "wall", "phone"])
def test_every_page_is_accessible_and_fits(hall, open_page, size):
    page = open_page(size)
    enter(hall, page, "boss", "/manage")
    faults: dict[str, list[str]] = {}
    for path in places(hall):
        page.goto(hall.url + path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found = [f"{wide} px wide"] if wide > size[0] else []
        found += violations(page) if size != WALL else []  # seen like in the office
        if found:
            faults[path] = found

    assert faults == {}


def test_refused_and_stale_forms_and_the_token_are_accessible(hall, open_page):
    page = open_page(LAPTOP, expected=(r"status of 4\d\d",))
    enter(hall, page, "root", "/manage/kiosk")
    page.fill("#idle_s", "1")
    page.press("#idle_s", "Enter")
    expect(page.locator("#idle_s-wrong")).to_contain_text("30 到 600")
    assert violations(page) == []
    boss = hall.client("boss")
    page.goto(hall.url + "/manage/kiosk")
    assert Form.of(boss, "/manage/kiosk").fill(idle_s="66").send().status == 303
    page.fill("#idle_s", "70")
    page.press("#idle_s", "Enter")
    expect(page.locator(".refusal--stale")).to_contain_text("工号 boss")
    expect(page.locator(".refusal--stale")).to_contain_text("66 秒")
    expect(page.locator("#idle_s")).to_have_value("70")
    assert violations(page) == []
    page.goto(hall.url + "/manage/devices/enrol")
    page.press("#kind", "Enter")
    page.locator("main button[type=submit]").click()
    expect(page.locator(".token__command")).to_contain_text("hall-display enrol")
    assert violations(page) == []


def test_a_setting_is_changed_by_keyboard_alone(hall, open_page):
    page = open_page(LAPTOP)
    enter(hall, page, "boss", "/manage/voice/all")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "volume":
            break
    page.keyboard.press("Control+a")
    page.keyboard.type("42")
    page.keyboard.press("Enter")

    expect(page.locator(".done")).to_contain_text("已保存")
    expect(page.locator(".card").first).to_contain_text("音量 42%")


def test_the_preview_follows_every_change_before_anything_is_saved(hall, open_page):
    page = open_page(WALL)
    screen = next(p for p in places(hall) if "/screens/" in p)
    enter(hall, page, "boss", screen)
    preview = page.frame_locator("iframe.preview__page")
    expect(preview.locator("body")).to_contain_text("永德县政务服务中心")
    before = hall.client("boss").get(screen).text
    page.locator("input[name=role][value=disclosures]").check()
    expect(preview.locator("body")).to_contain_text("五公开", timeout=15_000)
    page.get_by_role("button", name="竖屏").click()
    box = page.locator(".preview__box").bounding_box()
    assert box is not None
    assert box["height"] > box["width"]
    frame = page.locator("iframe.preview__page")
    assert frame.evaluate("f => [f.contentWindow.innerWidth, f.contentWindow.innerHeight]") == [
        1080,
        1920,
    ]

    assert re.search(r'value="board" checked', before)
    assert re.search(r'value="board" checked', hall.client("boss").get(screen).text)


def test_a_call_is_heard_on_the_page_before_it_is_saved(hall, open_page):
    page = open_page(LAPTOP)
    enter(hall, page, "eyes", "/manage/voice/1F")
    page.get_by_role("button", name="试听").click()

    expect(page.locator("#listen-say")).to_contain_text("正在播放", timeout=30_000)
    assert page.locator("#player").evaluate("a => a.duration") > 2


def test_everything_is_changed_without_script(hall, chromium):
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 1366, "height": 768}
    )
    page = context.new_page()
    try:
        screen = next(p for p in places(hall) if "/screens/" in p)
        page.goto(f"{hall.url}/sign-in?next={screen}")
        page.fill("#login", "boss")
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.select_option("#rows", "4")
        page.get_by_role("button", name="看看改后的样子").click()
        expect(page.locator("iframe.preview__page")).to_be_visible()
        page.get_by_role("button", name="保存").click()
        expect(page.locator(".done")).to_contain_text("已保存")
        assert page.locator("#rows").input_value() == "4"
        page.goto(hall.url + "/manage/media/new/picture")
        page.fill("#title", "没有脚本")
        page.set_input_files(
            "#file", {"name": "a.png", "mimeType": "image/png", "buffer": png(9, 9, 77)}
        )
        page.get_by_role("button", name="保存").click()
        expect(page.locator(".done")).to_contain_text("“没有脚本”已保存")
        page.goto(hall.url + "/manage/searches")
        row = page.locator(".row", has_text="开网吧")
        row.locator("select").select_option(index=1)
        row.get_by_role("button", name="加为同义词").click()
        expect(page.locator(".done")).to_contain_text("取号机现在搜“开网吧”能找到")
    finally:
        context.close()


def test_facts_follow_the_hall_and_a_lost_server_is_said_quietly(tmp_path, open_page):
    with running_hall(tmp_path) as hall:
        hall.person("boss", "manager")
        hall.enrol("display", "1F", "老屏")
        page = open_page(LAPTOP, expected=("ERR_", "Failed to load resource"))
        enter(hall, page, "boss", "/manage/screens")
        expect(page.locator(".card")).to_have_count(1)
        hall.enrol("display", "1F", "新屏")
        expect(page.locator(".card")).to_have_count(2)
        hall.stop()
        expect(page.locator("#lost")).to_contain_text("连不上服务器", timeout=25_000)
        expect(page.locator(".card")).to_have_count(2)
        hall.start()
        expect(page.locator("#lost")).to_be_hidden(timeout=25_000)


def test_a_real_screen_becomes_what_it_is_told_and_the_list_says_so(tmp_path, open_page):
    with running_hall(tmp_path / "hall") as hall:
        hall.person("boss", "manager")
        with running_display(hall, tmp_path / "display", zone="1F") as address:
            wall = open_page(WALL, expected=("ERR_CONNECTION_REFUSED",))  # when it ends
            page = open_page(LAPTOP)
            wall.goto(address)
            expect(wall.locator("body")).to_have_attribute("data-role", "board")
            enter(hall, page, "boss", "/manage/screens")
            expect(page.locator(".card .state--on", has_text="在线")).to_be_visible()
            expect(page.locator(".card", has_text="内容最新")).to_be_visible(timeout=25_000)
            expect(page.locator(".title__fact")).to_contain_text("1 / 1 块屏幕已更新")
            page.locator(".card h2 a").click()
            page.locator("input[name=role][value=guide]").check()
            page.locator(".save button").click()
            expect(page.locator(".done")).to_contain_text("已保存")
            expect(wall.locator("body")).to_have_attribute("data-role", "guide", timeout=25_000)
            page.goto(hall.url + "/manage/history?key=device")
            expect(page.locator(".change").first).to_contain_text("综合屏")
            expect(page.locator(".change ins").first).to_contain_text("导览屏")
            wall.close()
        page.goto(hall.url + "/manage/screens")
        expect(page.locator(".card .state--off", has_text="离线")).to_be_visible(timeout=25_000)


def test_who_leaves_with_something_typed_is_asked(hall, open_page):
    page = open_page(LAPTOP)
    asked: list[str] = []
    page.on("dialog", lambda d: (asked.append(d.type), d.accept()))
    enter(hall, page, "boss", "/manage/kiosk")
    page.goto(hall.url + "/manage/waits")
    assert asked == []
    page.goto(hall.url + "/manage/kiosk")
    page.fill("#idle_s", "88")
    page.locator(".side a", has_text="总览").click()
    page.wait_for_url(hall.url + "/manage")

    assert asked == ["beforeunload"]
