"""Takes the pictures of README from a running demonstration.

make run ARGS="--busy --speed 30"          # let it run for some minutes
.venv/bin/python tools/screenshots.py      # writes docs/img/*.png
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OUT = Path(__file__).resolve().parents[1] / "docs" / "img"
SETTLE_MS = 2500


def main() -> int:
    """Take all pictures; 0 when done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", default=".hall", help="the demonstration's folder")
    parser.add_argument("--server", default="http://127.0.0.1:8100")
    parser.add_argument("--kiosk", default="http://127.0.0.1:8101")
    parser.add_argument("--display", default="http://127.0.0.1:8102")
    parser.add_argument("--tray", default="http://127.0.0.1:8103")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    args = parser.parse_args()
    people = json.loads((Path(args.dir) / "people.json").read_text(encoding="utf-8"))
    password = {p["login"]: p["password"] for p in people}
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=args.chromium, args=["--no-sandbox"])
        _shoot(browser, args.display + "/", "board", 1920, 1080)
        _shoot(browser, args.display + "/", "board-portrait", 1080, 1920)
        _shoot(browser, args.kiosk + "/", "kiosk", 1080, 1920)
        _shoot(browser, args.tray + "/", "tray", 1280, 1000)
        page = browser.new_page(viewport={"width": 420, "height": 900})
        page.goto(args.server + "/sign-in")
        page.fill("input[name=login]", "c01")
        page.fill("input[name=password]", password["c01"])
        page.keyboard.press("Enter")
        page.wait_for_url(args.server + "/")
        page.goto(args.server + "/desk?counter=1")
        _save(page, "desk")
        page.set_viewport_size({"width": 1440, "height": 900})
        _save(page, "desk-wide")
        browser.close()
    return 0


def _shoot(browser: Browser, url: str, name: str, width: int, height: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(url)
    page.wait_for_timeout(SETTLE_MS)
    # A board with more calls than rows turns its pages; the picture shows the first, still.
    page.wait_for_function(
        "() => { const p = document.querySelector('#calls-pager');"
        " return (!p || p.hidden || p.textContent.startsWith('1/'))"
        " && !document.querySelector('[data-flash]'); }"
    )
    page.screenshot(path=OUT / f"{name}.png")
    page.close()


def _save(page: Page, name: str) -> None:
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=OUT / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
