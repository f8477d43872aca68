"""A real Chromium for page tests, with two rules: no error in the console, no foreign network.

A missing Chromium fails the tests that need it. The sandbox is off because tests may run as root
in a container; products never start it so.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Playwright,
    WebError,
    sync_playwright,
)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

HERE = frozenset({"127.0.0.1", "localhost"})

KIOSK = (1080, 1920)
WALL = (1920, 1080)
OFFICE = (1280, 1024)
SIZES = (KIOSK, WALL, OFFICE)
"""The sizes at which every page works: portrait kiosk, landscape screen, office monitor."""


def find_chromium() -> str:
    """Return the path of a Chromium on PATH.

    Raises:
        RuntimeError: there is none; the words say what to install.
    """
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    msg = "these tests need Chromium: `apt-get install chromium fonts-noto-cjk`"
    raise RuntimeError(msg)


_DRIVERS: list[Playwright] = []
"""The driver that runs in this process: Playwright's blocking interface allows one at a time."""


@contextlib.contextmanager
def driver() -> Iterator[Playwright]:
    """Start Playwright's driver, or lend the one that runs already."""
    if _DRIVERS:
        yield _DRIVERS[0]
        return
    with sync_playwright() as started:
        _DRIVERS.append(started)
        try:
            yield started
        finally:
            _DRIVERS.clear()


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """Start a Chromium that can reach loopback only."""
    with driver() as p:
        browser = p.chromium.launch(
            executable_path=find_chromium(),
            args=[
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
            ],
        )
        try:
            yield browser
        finally:
            browser.close()


class Watch:
    """Collects what a page must not do."""

    def __init__(self, expected: Sequence[str]) -> None:
        self._expected = [re.compile(e) for e in expected]
        self.faults: list[str] = []

    def follow(self, page: Page) -> None:
        """Begin to watch *page*."""
        page.on("console", self._console)
        page.on("request", lambda r: self._address(r.url))
        page.on("websocket", lambda w: self._address(w.url))

    def error(self, error: WebError) -> None:
        """Note an exception nobody caught."""
        self._note(f"uncaught: {error.error.message}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "assert"}:
            self._note(f"console: {message.text} ({message.location.get('url', '')})")

    def _address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in HERE:
            # Never excusable: nothing needs the Internet at run time.
            self.faults.append(f"foreign request: {url}")

    def _note(self, words: str) -> None:
        if not any(e.search(words) for e in self._expected):
            self.faults.append(words)


@contextlib.contextmanager
def guarded_page(
    browser: Browser,
    size: tuple[int, int] = OFFICE,
    *,
    touch: bool = False,
    expected: Sequence[str] = (),
) -> Iterator[Page]:
    """Open a page in a new context and fail when it misbehaved.

    Args:
        size: viewport in CSS pixels, width first.
        touch: True for a touch screen.
        expected: patterns of console errors that this test provokes, for instance
            `ERR_CONNECTION_REFUSED` when it stops the server.

    Raises:
        AssertionError: an error in the console, an uncaught exception, or a request to any host
            but loopback.
    """
    watch = Watch(expected)
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        has_touch=touch,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(10_000)
    context.on("page", watch.follow)
    context.on("weberror", watch.error)
    try:
        yield context.new_page()
    finally:
        context.close()
    assert not watch.faults, "the page misbehaved:\n" + "\n".join(watch.faults)


def until(page: Page, expression: str) -> None:
    """Wait until *expression* is true; the page's own policy forbids `wait_for_function`."""
    deadline = time.monotonic() + 15
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)
