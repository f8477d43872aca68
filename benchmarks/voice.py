"""A hall that calls and speaks, measured where people are: at the page and at the loudspeaker.

The whole product runs: server, two display processes, each with a board page in Chromium that may
play sound, and 48 more Socket.IO clients. A clerk's key is an HTTP request; the moment it is sent
counts. On the page a number counts when a frame with it is about to be painted; a voice begins with
the `playing` event of the page's audio element.
"""

from __future__ import annotations

import contextlib
import functools
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import urllib3
from hall import Hall as Prepared
from hall import hall
from playwright.sync_api import Page, sync_playwright
from processes import BUILD, REPOSITORY, Failed, Side, free_port, running
from report import Result, tidy

from server.actions import catalogue, devices
from server.kit.contract.screens import ZoneVoice
from server.kit.voice.render import Voice
from server.store import settings
from server.store.engine import Database, DirectRunner
from server.store.work import Actor

CLIENTS = 50
DISPLAYS = 2
RULES = ZoneVoice(repeat=1, gap_ms=500)
"""As a hall is set by default, chime and Mandarin, but each call said once."""
DEADLINE_S = 30.0
BURST = 5

WATCH = """() => {
  window.wanted = "";
  window.seen = 0;
  window.sounds = [];
  const look = () => {
    if (!window.wanted || window.seen || !document.body.textContent.includes(window.wanted)) return;
    const wanted = window.wanted;
    requestAnimationFrame(() => {
      if (wanted === window.wanted && !window.seen) window.seen = performance.timeOrigin + performance.now();
    });
  };
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(look).observe(document.body, {childList: true, subtree: true, characterData: true});
  });
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (!this.watched && !this.src.endsWith("/nothing.wav")) {
      this.watched = true;
      const note = (name) => window.sounds.push([name, performance.timeOrigin + performance.now()]);
      this.addEventListener("playing", () => {
        if (this.begun !== this.src) note("playing");  // it comes again when the browser fell behind
        this.begun = this.src;
      });
      this.addEventListener("ended", () => note("ended"));
    }
    return play.call(this);
  };
}"""


@dataclass(slots=True)
class Measured:
    """Milliseconds, one for each key or pair of announcements."""

    shown: list[float] = field(default_factory=list)
    """From the key to the page, the later of the two pages."""
    begun: list[float] = field(default_factory=list)
    """From the key to the voice, in a silent zone."""
    after: list[float] = field(default_factory=list)
    """From the end of one announcement to the beginning of the next that waits, less the hall's gap."""


@dataclass(slots=True)
class Hall:
    """A running hall of a benchmark, and a clerk's and a kiosk's way into it."""

    side: Side
    folder: Path
    pages: list[Page]
    counter: str
    queue: str
    http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False))

    def post(self, path: str, body: Any, who: str) -> dict[str, Any]:
        lines = (self.folder / f"{who}-headers").read_text().splitlines()
        headers = dict(line.split(": ", 1) for line in lines)
        headers["Idempotency-Key"] = str(uuid.uuid4())
        url = f"http://127.0.0.1:{self.side.port}/api/v1{path}"
        answer = self.http.request("POST", url, json=body, headers=headers)
        if answer.status != 200:
            raise Failed(f"{path}: {answer.status} {answer.data[:300]!r}")
        found: dict[str, Any] = answer.json()
        return found

    def take(self, queue: str) -> str:
        return str(self.post("/tickets", {"queue": queue}, "kiosk")["number"])

    def call(self, number: str, counter: str) -> tuple[dict[str, Any], float]:
        """Press the key; return the answer and the moment, ms since 1970."""
        for page in self.pages:
            page.evaluate("n => { window.seen = 0; window.wanted = n; }", number)
        at = time.time() * 1000
        done = self.post(f"/counters/{counter}/call-next", {}, "clerk")
        if done["number"] != number:
            raise Failed(f"called {done['number']}, not {number}")
        return done, at

    def finish(self, done: dict[str, Any], counter: str) -> None:
        """Serve the citizen, so that the counter is free again."""
        for verb in ("start", "finish"):
            body = {"version": done["version"], "counter": counter}
            done = self.post(f"/tickets/{done['ticket']}/{verb}", body, "clerk")

    def shown(self) -> float:
        """Return when the later page had the number, ms since 1970."""
        return max(
            float(_wait(lambda p=page: p.evaluate("window.seen"), "a page shows it"))
            for page in self.pages
        )

    def sounds(self, name: str) -> list[float]:
        """Return when pages had *name*, in order."""
        return sorted(
            at for page in self.pages for n, at in page.evaluate("window.sounds") if n == name
        )


def measure(hall: Hall, *, calls: int, spoken: int) -> Measured:
    """Call, look and listen."""
    found = Measured()
    counter, queue = hall.counter, hall.queue
    for n in range(spoken):
        number = hall.take(queue)
        done, at = hall.call(number, counter)
        _wait(lambda n=n: len(hall.sounds("ended")) > n, "the announcement ends")
        found.begun.append(hall.sounds("playing")[n] - at)
        found.shown.append(hall.shown() - at)
        hall.finish(done, counter)
        time.sleep(RULES.gap_ms / 1000 + 0.2)  # the zone is silent again
    for _ in range(calls):
        number = hall.take(queue)
        done, at = hall.call(number, counter)
        found.shown.append(hall.shown() - at)
        hall.finish(done, counter)
        time.sleep(0.15)
    _wait(lambda: len(hall.sounds("playing")) == len(hall.sounds("ended")), "it is silent")
    time.sleep(2)
    before = len(hall.sounds("ended"))
    for n in range(BURST):  # the next is called while one is being spoken
        number = hall.take(queue)
        done, _ = hall.call(number, counter)
        _wait(lambda n=n: len(hall.sounds("playing")) > before + n, "it is spoken")
        hall.finish(done, counter)
    _wait(lambda: len(hall.sounds("ended")) == before + BURST, "it is silent")
    ends, begins = hall.sounds("ended")[before:], hall.sounds("playing")[before:]
    gaps = [b - e - RULES.gap_ms for b, e in zip(begins[1:], ends, strict=False)]
    found.after.extend(gaps)
    return found


@contextlib.contextmanager
def speaking_hall(hall: Prepared) -> Iterator[Hall]:
    """Put displays, pages and the other clients before *hall*."""
    with contextlib.ExitStack() as stack:
        folder = hall.folder
        _furnish(folder)
        packs = Path(tempfile.gettempdir()) / "hall-bench-voices"
        Voice.open(packs).prepare()
        addresses = [
            stack.enter_context(_display(hall.side, folder, f"display{n}", packs))
            for n in range(DISPLAYS)
        ]
        stack.enter_context(_others(hall.side, folder))
        browser = stack.enter_context(_chromium())
        pages = []
        for address in addresses:
            page = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
            page.add_init_script(f"({WATCH})()")
            page.goto(address)
            page.wait_for_selector("body[data-fresh=live]")
            pages.append(page)
        http = urllib3.PoolManager(retries=False)
        for address in addresses:
            health = f"{address}/healthz"
            _wait(lambda url=health: http.request("GET", url).json()["sound"] == "ok", "sound")
        _wait(
            lambda: any(
                http.request("GET", f"{a}/healthz").json()["speaks_for"] for a in addresses
            ),
            "a leader",
        )
        time.sleep(2)  # pages have loaded everything
        queue = json.loads((folder / "first-queue").read_text())["queue"]
        counter = (folder / "calls").read_text().split("/")[4]
        yield Hall(side=hall.side, folder=folder, pages=pages, counter=counter, queue=queue)


def _furnish(folder: Path) -> None:
    """Set the voice and make one-time tokens for the displays."""
    database = Database(f"sqlite:///{folder / 'hall.db'}", clock=_utc_now)
    try:
        (code,) = database.halls()
        value = msgspec.json.encode((RULES,)).decode()

        def set_voice(w: Any) -> None:
            settings.store(w, settings.VOICE, value, was_version=0)
            catalogue.refresh(w)

        DirectRunner(database).run(code, Actor("job", "bench"), set_voice)
        tokens = [
            DirectRunner(database).run(
                code,
                Actor("job", "bench"),
                lambda w: devices.create_enrolment(w, kind="display", zone=""),
            )
            for _ in range(DISPLAYS)
        ]
        for n, token in enumerate(tokens):
            (folder / f"display{n}.token").write_text(token)
    finally:
        database.close()


@contextlib.contextmanager
def _display(side: Side, folder: Path, name: str, packs: Path) -> Iterator[str]:
    port = free_port()
    env = {
        "HALL_DISPLAY_SERVER_URL": f"http://127.0.0.1:{side.port}",
        "HALL_DISPLAY_STATE_DIR": str(folder / name),
        "HALL_DISPLAY_PORT": str(port),
        "HALL_DISPLAY_VOICE_OUTPUT": "page",
        "HALL_DISPLAY_VOICE_PACKS": str(packs / "voices"),
    }
    token = (folder / f"{name}.token").read_text()
    subprocess.run(
        [sys.executable, "-m", "display", "enrol", "--token", token, "--name", name],
        cwd=REPOSITORY, env={**os.environ, **env}, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    with running(name, [sys.executable, "-m", "display", "run"], port=port, env=env):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def _others(side: Side, folder: Path) -> Iterator[None]:
    """Keep the other Socket.IO clients connected: they hear every event."""
    argv = [str(BUILD / "loadgen"), "--port", str(side.port), "--seconds", "600"]
    argv += ["--namespace", "/edge", "--auths", str(folder / "auths")]
    argv += ["--listeners", str(CLIENTS - DISPLAYS)]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise Failed("the other clients could not connect")
        yield
        if process.poll() is not None:
            raise Failed("the other clients were lost")
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def _chromium() -> Iterator[Any]:
    flags = [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--autoplay-policy=no-user-gesture-required",
    ]
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        try:
            yield browser
        finally:
            browser.close()


def _wait(condition: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + DEADLINE_S
    while not (value := condition()):
        if time.monotonic() > end:
            raise Failed(f"waited in vain: {what}")
        time.sleep(0.01)
    return value


def _utc_now() -> datetime:
    return datetime.now(UTC)


@functools.cache
def measured(rounds: int) -> Measured:
    """Run the hall once for all lines that are printed of it."""
    with hall() as h, speaking_hall(h) as speaking:
        return measure(speaking, calls=20 * rounds, spoken=4 * rounds)


def shown(rounds: int) -> Result:
    """From a clerk's key to the number on both pages."""
    return _result("voice_shown", "ms from the key to the page, p99", measured(rounds).shown)


def begins(rounds: int) -> Result:
    """From a clerk's key to the voice, when nothing is being spoken."""
    return _result("voice_begins", "ms from the key to the voice, p99", measured(rounds).begun)


def follows(rounds: int) -> Result:
    """From the end of an announcement to the next, beyond the hall's own gap."""
    unit = "ms from one announcement to the next beyond the gap, p99"
    return _result("voice_follows", unit, measured(rounds).after)


def _result(bench: str, unit: str, values: list[float]) -> Result:
    ordered = sorted(values)
    return Result(
        bench=bench,
        value=ordered[min(len(ordered) - 1, math.ceil(len(ordered) * 0.99) - 1)],
        unit=unit,
        goal="<= 500",
        more={
            "p50_ms": tidy(statistics.median(ordered)),
            "worst_ms": tidy(ordered[-1]),
            "count": len(ordered),
            "clients": CLIENTS,
            "chromium": DISPLAYS,
        },
    )
