"""A day of a busy hall on one page: 864,000 events, ten in each of 86,400 seconds, as fast as a Chromium
takes their views.

Events go through the product's own fold, view and page. The heap is read after a collection at a
tenth of the day and at its end; a task of the page's scripts longer than 50 ms, once it has loaded,
is counted by the browser itself. That count is by the wall clock; on a machine that does other things
too it counts their time. So the last minutes of the day are traced: `longest_task_cpu_ms` is the
longest task by the processor time of the page's own thread.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, Playwright, sync_playwright

HERE = Path(__file__).parent
DAY_S = 86_400
PIECES = 40
TRACED_S = 300
CHROMIUM = "/usr/bin/chromium"

WATCH = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.tasks.push(entry.duration);
  }).observe({ entryTypes: ["longtask"] });
}"""


def played(*, day_s: int = DAY_S, playwright: Playwright | None = None) -> dict[str, Any]:
    """Play *day_s* seconds of the hall and return what was measured.

    Args:
        day_s: seconds of the hall's day.
        playwright: a driver that runs already in this process; it allows no second one.
    """
    process = subprocess.Popen(
        [sys.executable, str(HERE / "screen_process.py"), "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        url = f"http://127.0.0.1:{int(process.stdout.readline())}/"
        with contextlib.nullcontext(playwright) if playwright else sync_playwright() as p:
            browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            page.goto(url)
            page.wait_for_selector("body[data-fresh=live]")
            piece = max(1, day_s // PIECES)
            _play(url, min(30, piece))  # what is compiled at its first use is compiled
            page.evaluate(WATCH)
            cdp = page.context.new_cdp_session(page)
            heaps: list[float] = []
            begun = time.perf_counter()
            told: dict[str, int] = {}
            for _ in range(PIECES):
                told = _play(url, piece)
                heaps.append(_heap_mb(cdp))
                print(f"{len(heaps)}/{PIECES}: {heaps[-1]:.2f} MB", file=sys.stderr, flush=True)
            seconds = time.perf_counter() - begun
            tasks = page.evaluate("window.tasks")
            longest = _traced_ms(browser, page, url)
            nodes = page.evaluate("document.querySelectorAll('*').length")
            browser.close()
    finally:
        process.kill()
        process.wait()
    early, late = heaps[PIECES // 10 - 1], heaps[-1]
    return {
        "events": piece * PIECES * 10,
        "seconds": round(seconds, 1),
        "heap_mb_at_10_percent": round(early, 2),
        "heap_mb_at_100_percent": round(late, 2),
        "heap_mb_most": round(max(heaps[PIECES // 10 - 1 :]), 2),
        "drift": (late - early) / early,
        "longest_task_ms": round(max(tasks, default=0.0)),
        "tasks_over_50_ms": len(tasks),
        "longest_task_cpu_ms": round(longest, 1),
        "elements": nodes,
        "views_taken": told["views"],
        "calls_acknowledged": told["acks"],
    }


def _play(url: str, seconds: int) -> dict[str, int]:
    ask = urllib.request.Request(
        f"{url}play",
        data=json.dumps({"seconds": seconds}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(ask, timeout=3600) as answer:
        found: dict[str, int] = json.load(answer)
        return found


def _traced_ms(browser: Browser, page: Page, url: str) -> float:
    """Return the longest task of the page's thread in `TRACED_S` more seconds, by processor time."""
    browser.start_tracing(
        page=page, categories=["toplevel", "disabled-by-default-devtools.timeline"]
    )
    _play(url, TRACED_S)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    threads = {
        (e["pid"], e["tid"])
        for e in events
        if e.get("name") == "thread_name" and e["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        e.get("tdur", 0)
        for e in events
        if e.get("name", "").endswith("RunTask") and (e["pid"], e["tid"]) in threads
    ]
    return max(tasks, default=0) / 1000


def _heap_mb(cdp: CDPSession) -> float:
    for _ in range(2):  # what the first one made free to collect
        cdp.send("HeapProfiler.collectGarbage")
    return float(cdp.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


if __name__ == "__main__":
    print(json.dumps(played(day_s=int(sys.argv[1]) if len(sys.argv) > 1 else DAY_S)))
