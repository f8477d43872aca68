"""Everything can be done by keys alone, and the focus is always seen.

No mouse and no finger here: Tab, Enter, Space, arrows and letters, as a screen reader's user, or a
clerk with a broken mouse, has them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.chromium import KIOSK, OFFICE
from tests.support.hall import PASSWORD
from tools.gallery_stage import Stage

OpenPage = Callable[..., Page]

MOST_TABS = 90
THINNEST_PX = 2

FOCUS = """(thinnest) => {
  const e = document.activeElement;
  if (!e || e === document.body) return {on: '', value: '', fault: ''};
  const on = `${e.tagName.toLowerCase()} ${e.getAttribute('name') || e.id || ''} "${
    (e.innerText || e.getAttribute('aria-label') || e.value || '').trim().slice(0, 30)}"`;
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= thinnest
    && !/rgba\\(.*, 0\\)/.test(style.outlineColor);
  const around = e.parentElement && (() => { const s = getComputedStyle(e.parentElement);
    return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= thinnest; })();
  let fault = '';
  // In a field the caret shows where the focus is (WCAG 2.4.7).
  const caret = e.matches('input:not([type=checkbox]):not([type=radio]), textarea') && style.caretColor !== 'transparent';
  if (!e.matches('main') && !caret && !ring && !around && style.boxShadow === 'none') fault = `no ring around ${on}`;
  else if (box.width < 1 || box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth)
    fault = `${on} has the focus outside of the window`;
  else if (e.closest('[aria-hidden=true]')) fault = `${on} is hidden from readers but takes the focus`;
  return {on, value: e.getAttribute('value') || e.getAttribute('href') || '', fault};
}"""


def tab_to(page: Page, wanted: str, *, back: bool = False) -> list[str]:
    """Press Tab until something whose words or value match *wanted* has the focus; return faults."""
    faults: list[str] = []
    visited: list[str] = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        now = page.evaluate(FOCUS, THINNEST_PX)
        visited.append(now["on"])
        if now["fault"]:
            faults.append(now["fault"])
        if re.search(wanted, f"{now['on']} {now['value']}"):
            return faults
    raise AssertionError(f"no Tab leads to {wanted}: {visited}")


def test_a_number_is_taken_by_keys(stage: Stage, open_page: OpenPage) -> None:
    """Home, item, number: three pages, no touch."""
    _ = stage.business
    page = open_page(KIOSK)
    page.goto(stage.kiosk.url)
    kiosk = page.locator("#kiosk")
    expect(kiosk).to_have_attribute("data-screen", "home")
    faults = tab_to(page, r"choose item:GA-01")
    page.keyboard.press("Enter")
    expect(kiosk).to_have_attribute("data-screen", "item")
    expect(page.locator(".kiosk--settling")).to_have_count(0)
    faults += tab_to(page, r" take$")
    page.keyboard.press("Enter")
    expect(page.locator("#kiosk[data-screen=confirm], #kiosk[data-screen=number]")).to_have_count(1)
    if kiosk.get_attribute("data-screen") == "confirm":  # the line is long by now
        expect(page.locator(".kiosk--settling")).to_have_count(0)
        faults += tab_to(page, r" take$")
        page.keyboard.press("Enter")
    expect(page.locator("[data-number]")).to_have_text(re.compile(r"^J\d{3}$"))
    expect(page.locator(".kiosk--settling")).to_have_count(0)
    faults += tab_to(page, r" home$")
    page.keyboard.press("Enter")
    expect(kiosk).to_have_attribute("data-screen", "home")

    assert faults == []


def test_an_item_is_found_by_typing_on_a_keyboard(stage: Stage, open_page: OpenPage) -> None:
    """A kiosk may have a keyboard for those who cannot use the screen."""
    page = open_page(KIOSK)
    page.goto(stage.kiosk.url)
    kiosk = page.locator("#kiosk")
    expect(kiosk).to_have_attribute("data-screen", "home")
    faults = tab_to(page, r" search$")
    page.keyboard.press("Enter")
    expect(kiosk).to_have_attribute("data-screen", "search")
    expect(page.locator(".kiosk--settling")).to_have_count(0)
    if not page.evaluate("document.activeElement.matches('[data-query]')"):
        faults += tab_to(page, r"input query")
    page.keyboard.type("jiehun")
    expect(page.locator(".found .tile__name").first).to_contain_text("结婚")
    expect(page.locator(".kiosk--busy")).to_have_count(0)
    faults += tab_to(page, r"choose item:MZ-01")
    page.keyboard.press("Enter")
    expect(kiosk).to_have_attribute("data-screen", "item")

    assert faults == []


def test_staff_sign_in_and_serve_by_keys(stage: Stage, open_page: OpenPage) -> None:
    """Sign in, call, begin, finish: by Tab and Enter here; F-keys are proven in the page's own test."""
    counter = 15
    stage.free(counter)
    stage.fill("LD-03", 2)
    page = open_page(OFFICE)
    page.goto(f"{stage.hall.url}/sign-in?next=/desk%3Fcounter%3D{counter}")
    expect(page.locator("#login")).to_be_focused()
    page.keyboard.type(f"c{counter:02d}")
    faults = tab_to(page, r"password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-live]")
    body = page.locator("body")
    for words, mood in (("呼叫下一位", "called"), ("开始办理", "serving"), ("办结", "free")):
        faults += tab_to(page, words)
        page.keyboard.press("Enter")
        expect(body).to_have_attribute("data-mood", mood)
        expect(page.locator("body:not([data-busy])")).to_have_count(1)
        page.wait_for_timeout(520)  # a second press within half a second would be a double tap
        page.evaluate("document.activeElement.blur()")

    assert faults == []


def test_a_manager_changes_a_setting_by_keys(stage: Stage, open_page: OpenPage) -> None:
    """From the sign-in to 已保存."""
    page = open_page(OFFICE)
    page.goto(f"{stage.hall.url}/sign-in?next=/manage")
    page.keyboard.type("manager")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{stage.hall.url}/manage")
    faults = tab_to(page, r"取号机")
    page.keyboard.press("Enter")
    page.wait_for_url("**/manage/kiosk")
    faults += tab_to(page, r"input ask_s")
    page.keyboard.press("Control+a")
    page.keyboard.type("20")
    faults += tab_to(page, r"保存")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    expect(page.locator("[name=ask_s]")).to_have_value("20")

    assert faults == []
