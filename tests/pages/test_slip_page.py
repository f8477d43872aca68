"""小票 as a manager meets it: by keyboard and pointer, with the paper following every change."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.test_manage_pages import OpenPage, enter
from tests.support.hall import RunningHall, running_hall

PAGE = "/manage/slip"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    """A hall whose slips nobody has laid out yet."""
    with running_hall(tmp_path_factory.mktemp("slip")) as found:
        found.person("boss", "manager")
        found.person("eyes", "supervisor")
        yield found


def paper(page: Page) -> str:
    return page.locator(".sheet__paper svg").get_attribute("aria-label") or ""


def parts(page: Page) -> list[str]:
    return page.locator("[name^=what_]").evaluate_all("found => found.map(x => x.value)")


def test_the_paper_follows_and_the_focus_stays_with_what_moves(
    hall: RunningHall, open_page: OpenPage
) -> None:
    page = open_page((1366, 768))
    enter(hall, page, "boss", PAGE)
    expect(page.locator("[data-see]")).to_be_hidden()

    page.get_by_role("button", name="自己的话", exact=False).last.click()
    words = page.locator("#text_12")
    expect(words).to_be_focused()
    page.keyboard.type("请在休息区等候")
    expect(page.locator(".sheet__paper svg")).to_have_attribute(
        "aria-label", re.compile("请在休息区等候")
    )

    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#text_11")).to_be_focused()
    expect(page.locator("#text_11")).to_have_value("请在休息区等候")
    expect(page.locator("#slip-say")).to_have_text("“自己的话”移到第 12 项")
    assert parts(page)[-2:] == ["text", "issued"]

    page.get_by_label("58 毫米纸").check()
    expect(page.locator('[data-paper="58"]')).to_be_visible()
    page.get_by_label("补打", exact=True).check()
    expect(page.locator(".sheet__paper svg")).to_have_attribute("aria-label", re.compile("补打 2"))

    page.get_by_role("button", name="保存").last.click()
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    assert parts(page)[-2:] == ["text", "issued"]
    assert "请在休息区等候" in paper(page)


def test_it_works_without_script_and_without_a_mouse(hall: RunningHall, chromium: Browser) -> None:
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 1366, "height": 768}
    )
    page = context.new_page()
    enter(hall, page, "boss", PAGE)
    before = parts(page)

    page.get_by_role("button", name="事项往上移").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/slip/look")
    assert parts(page) == [before[1], before[0], *before[2:]]

    page.get_by_label("最长名称").check()
    page.get_by_role("button", name="看看改后的样子").click()
    expect(page.get_by_label("最长名称")).to_be_checked()
    assert parts(page)[0] == "item"
    context.close()


def test_who_only_looks_sees_every_ticket(hall: RunningHall, open_page: OpenPage) -> None:
    page = open_page((1366, 768))
    enter(hall, page, "eyes", PAGE)

    page.get_by_label("咨询", exact=True).check()
    expect(page.locator(".sheet__paper svg")).to_have_attribute(
        "aria-label", re.compile("本号仅供咨询")
    )
    assert page.locator(".part__keys, .add, .save").count() == 0
