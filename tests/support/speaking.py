"""Displays that speak, before a running hall: real processes, real Chromium, a sound card of paper."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import urllib3
from playwright.sync_api import Browser, Page

from display.voice.phrases import Call, emergency_sentences, sentences
from server.actions import catalogue
from server.kit.contract.messages import Message
from server.kit.contract.screens import Spoken, ZoneVoice
from server.kit.voice.render import Voice
from server.store import settings
from tests.support.chromium import driver, find_chromium
from tests.support.hall import ROOT, Clerk, RunningHall, running_hall
from tests.support.ports import free_port, wait_port, wait_until
from tests.support.voice import recorded_pack, tone

FREE_TO_PLAY = "--autoplay-policy=no-user-gesture-required"
NOT_FREE = "--autoplay-policy=user-gesture-required"

LISTEN = """() => {
  window.heard = [];
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (!this.watched && !this.src.endsWith("/nothing.wav")) {
      this.watched = true;
      for (const name of ["playing", "ended", "error"])
        this.addEventListener(name, () => window.heard.push([name, this.src, Date.now()]));
    }
    return play.call(this);
  };
}"""
"""Writes down what the page really plays, by the browser's own events."""


@dataclass
class Box:
    """A display process that stands before the hall, and how a test asks it."""

    hall: RunningHall
    folder: Path
    name: str
    zone: str
    extra: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.port = free_port()
        self.uid = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.hall.environ,
            "HALL_DISPLAY_SERVER_URL": self.hall.url,
            "HALL_DISPLAY_STATE_DIR": str(self.folder / "state"),
            "HALL_DISPLAY_PORT": str(self.port),
            **self.extra,
        }

    def enrol(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        token = self.hall.enrolment("display", self.zone)
        done = subprocess.run(
            [sys.executable, "-m", "display", "enrol", "--token", token, "--name", self.name],
            cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        with (self.folder / "display.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "display", "run"],
                cwd=ROOT, env=self.environ, stdout=log, stderr=log,
            )  # fmt: skip
        wait_port(self.port, process=self.process)

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def health(self) -> dict[str, Any]:
        http = urllib3.PoolManager(retries=False, timeout=3.0)
        found: dict[str, Any] = http.request("GET", f"{self.url}/healthz").json()
        return found

    def leads(self) -> list[str]:
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            return list(self.health()["speaks_for"])
        return []

    def words(self) -> str:
        return (self.folder / "display.log").read_text(errors="replace")[-3000:]

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@contextlib.contextmanager
def box(
    hall: RunningHall,
    folder: Path,
    name: str,
    *,
    zone: str = "",
    extra: dict[str, str] | None = None,
) -> Iterator[Box]:
    """Enrol and run a display; it ends with the block."""
    found = Box(hall, folder / name, name, zone, extra or {})
    found.enrol()
    found.start()
    try:
        yield found
    finally:
        found.stop()


@contextlib.contextmanager
def browser(*flags: str) -> Iterator[Browser]:
    """Start a Chromium of the test's own, with *flags*."""
    with driver() as p:
        started = p.chromium.launch(
            executable_path=find_chromium(),
            args=["--no-sandbox", "--disable-dev-shm-usage", *flags],
        )
        try:
            yield started
        finally:
            started.close()


def listening(browser: Browser, url: str) -> Page:
    """Open a board that writes down in `heard` what it plays."""
    page = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
    page.add_init_script(f"({LISTEN})()")
    page.goto(url)
    page.wait_for_selector("body[data-fresh=live]")
    return page


def heard(page: Page, event: str) -> list[str]:
    """Return the sounds of which the page had *event*, in order: `playing`, `ended` or `error`."""
    return [src for name, src, _ in page.evaluate("window.heard") if name == event]


def call(clerk: Clerk, kiosk: Any, item: str) -> dict[str, Any]:
    """Take a number for *item* and call it."""
    kiosk.take(item)
    answer = clerk.at("call-next")
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


WORDS = ["请", "号", "到", "A", *"零一幺二三四五六七八九", *(f"{n}号窗口" for n in range(1, 18))]
BRIEF = ZoneVoice(
    languages=(Spoken(pack="test"),), repeat=1, gap_ms=100, chime=False, max_age_s=300
)

CARD = """#!{python}
import hashlib, io, json, os, sys, time, wave
content = sys.stdin.buffer.read()
with wave.open(io.BytesIO(content)) as file:
    seconds = file.getnframes() / file.getframerate()
name = hashlib.sha256(content).hexdigest()[:16]
def note(what):
    line = json.dumps([what, name, time.time()]) + "\\n"
    fd = os.open(os.environ["HALL_TEST_CARD"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(fd, line.encode())
if os.path.exists(os.environ["HALL_TEST_CARD"] + ".broken"):
    print("audio open error: Device or resource busy", file=sys.stderr)
    sys.exit(1)
print("Playing WAVE 'stdin'", file=sys.stderr, flush=True)
note("begin")
time.sleep(seconds)
note("end")
"""


class Ear:
    """Hears what the cards of a hall's displays play."""

    def __init__(self, folder: Path, rules: ZoneVoice) -> None:
        self.folder = folder
        self.rules = rules
        self.voice = Voice.open(folder / "ear", [folder / "packs"])
        self._names: dict[str, str] = {}
        program = folder / "bin" / "aplay"
        program.parent.mkdir()
        program.write_text(CARD.format(python=sys.executable))
        program.chmod(0o755)
        clips = recorded_pack(folder / "packs" / "test", WORDS) / "clips"
        for n, word in enumerate(WORDS):
            (clips / f"{word}.wav").write_bytes(tone(200 + 20 * n, seconds=0.1))

    def expects(self, ticket: str, counter: str = "3号窗口") -> None:
        """Know the sound of a call."""
        (one,) = sentences(Call(number=ticket, counter=counter), self.rules)
        self._name(ticket, self.voice.say(one.text, pack=one.pack, gain=0.8).wav)

    def expects_text(self, text: str) -> None:
        """Know the sound of an evacuation text."""
        (one,) = emergency_sentences(text, self.rules)
        self._name(text, self.voice.say(one.text, pack=one.pack, gain=0.8).wav)

    def _name(self, words: str, content: bytes) -> None:
        self._names[hashlib.sha256(content).hexdigest()[:16]] = words

    def heard(self, *boxes: Box, event: str = "end") -> list[str]:
        """Return what was heard, in order of time, whoever played it."""
        return [words for _, words, _ in self.times(*boxes, event=event)]

    def times(self, *boxes: Box, event: str = "end") -> list[tuple[float, str, str]]:
        found = []
        for one in boxes:
            path = Path(one.extra["HALL_TEST_CARD"])
            if not path.exists():
                continue
            for line in path.read_text().splitlines():
                what, name, at = json.loads(line)
                if what == event and name in self._names:
                    found.append((at, self._names[name], one.name))
        return sorted(found)

    def clear(self, *boxes: Box) -> None:
        for one in boxes:
            Path(one.extra["HALL_TEST_CARD"]).unlink(missing_ok=True)
            Path(one.extra["HALL_TEST_CARD"] + ".broken").unlink(missing_ok=True)


@contextlib.contextmanager
def speaking_hall(
    folder: Path, rules: ZoneVoice = BRIEF, *, clock: bool = False
) -> Iterator[tuple[RunningHall, Ear]]:
    """Run a hall whose zones speak by *rules*."""
    folder.mkdir(parents=True, exist_ok=True)
    with running_hall(folder / "hall", start=False, clock=clock) as hall:
        value = msgspec.json.encode((rules,)).decode()
        hall.work(
            lambda w: (settings.store(w, "voice", value, was_version=0), catalogue.refresh(w))
        )
        hall.start()
        yield hall, Ear(folder, rules)


@contextlib.contextmanager
def speaker(hall: RunningHall, ear: Ear, name: str, zone: str = "") -> Iterator[Box]:
    """Run a display with a card, and wait until the server may choose it."""
    extra = {
        "PATH": f"{ear.folder / 'bin'}:{os.environ['PATH']}",
        "HALL_TEST_CARD": str(ear.folder / f"{name}.card"),
        "HALL_DISPLAY_VOICE_PACKS": str(ear.folder / "packs"),
        "HALL_DISPLAY_VOICE_OUTPUT": "alsa",
    }
    with box(hall, ear.folder, name, zone=zone, extra=extra) as found:
        wait_until(lambda: found.health()["sound"] == "ok", f"{name} can be heard")
        yield found


def publish(hall: RunningHall, *messages: Message) -> None:
    """Let something happen in the hall, all in one commit."""
    hall.work(lambda w: [w.publish(m) for m in messages] and None)
