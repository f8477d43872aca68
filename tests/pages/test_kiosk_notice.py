"""The kiosk's notice of one line or two: no line holds a lone character."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]
WORDS = "今天的服务已结束，11月30日 周一 08:30 恢复取号"
LAST = """() => {
  const range = document.createRange(), text = document.querySelector("span").firstChild;
  const rows = new Map();
  for (let i = 0; i < text.length; i += 1) {
    range.setStart(text, i); range.setEnd(text, i + 1);
    const y = Math.round(range.getBoundingClientRect().y);
    rows.set(y, (rows.get(y) || 0) + 1);
  }
  return [...rows.values()];
}"""


@pytest.mark.parametrize("short", [1, 2, 3])
def test_a_notice_that_needs_two_lines_breaks_where_a_reader_would(
    chromium: Browser, short: int
) -> None:
    styles = "".join(
        (ROOT / path).read_text(encoding="utf-8")
        for path in ("server/kit/web/static/tokens.css", "kiosk/static/kiosk.css")
    )
    page = chromium.new_page(viewport={"width": 1280, "height": 720})
    page.set_content(
        f"<style>{styles} .notice {{ width: max-content; }}</style>"
        f'<p class="notice notice--late"><span>{WORDS}</span></p>'
    )
    wide = page.evaluate("document.querySelector('span').getBoundingClientRect().width")
    page.evaluate(
        "w => { document.querySelector('span').style.width = w + 'px'; }", wide - short * 8
    )
    rows = page.evaluate(LAST)
    page.close()

    assert len(rows) == 2
    assert min(rows) >= 8
