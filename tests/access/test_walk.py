"""The walk leaves nothing out, and finds what it is for."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.access.judge import faults_of
from tests.access.walk import of
from tests.support.axe import violations
from tools.gallery_states import STATES

PAGES = ("kiosk", "screen", "phone", "desk", "staff", "manage")
SLOW = {
    "kiosk-refused-offline", "kiosk-lunch", "kiosk-closed",
    "screen-speaking", "screen-late", "screen-silent", "manage-devices-many",
}  # fmt: skip
"""States that only the gallery waits for."""

BAD = """<!doctype html><html lang="zh"><head><title>x</title></head><body style="margin:0">
<main><button style="width:40px;height:40px">小</button><button style="width:300px;height:300px">大</button>
<p style="width:60px;overflow:hidden;white-space:nowrap">一行放不下的字一行放不下的字</p>
<p style="position:absolute;left:400px;top:300px;font-size:30px;margin:0">压住了</p>
<p style="position:absolute;left:410px;top:305px;font-size:30px;margin:0">别的字</p>
<p style="color:#bbb;background:#fff">看不清</p></main></body></html>"""


def test_every_state_is_walked_but_those_that_take_too_long() -> None:
    """A state that nobody walks is named here."""
    walked = {s.name for s in of(*PAGES)}

    assert {s.name for s in STATES} - walked == SLOW


def test_every_state_has_a_name_of_its_own() -> None:
    """Or one picture would hide another."""
    names = [s.name for s in STATES]

    assert sorted(set(names)) == sorted(names)


def test_a_bad_page_is_found_bad(open_page: Callable[..., Page]) -> None:
    """Small, near, cut, one on the other, and too pale: each is said."""
    page = open_page()
    page.set_content(BAD)
    found = {fault.split()[0] for fault in faults_of(page, inch=19.0)}
    pale = violations(page)

    assert {"small", "near", "cut", "overlap"} <= found
    assert any(v.startswith("color-contrast") for v in pale)
