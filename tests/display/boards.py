"""A running `board_process` as a test drives it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from server.kit.contract.messages import Message

SCRIPT = Path(__file__).with_name("board_process.py")
ROOT = SCRIPT.parents[2]


class BoardProcess:
    """A display without a server; `url` is its page."""

    def __init__(self, orientation: str = "auto", media: str = "/nowhere") -> None:
        self.port = 0
        self.orientation = orientation
        self.media = media
        self.start()

    def start(self) -> None:
        """Start it, on the same port as before."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.display.board_process", str(self.port),
             self.orientation, self.media],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the display did not start"
        self.port = int(line)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def post(self, path: str, body: Any) -> Any:
        request = urllib.request.Request(
            self.url + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def fresh(self, **body: Any) -> None:
        """A (re)connect: the display gets a whole truth."""
        self.post("test/fresh", body)

    def events(self, *messages: Message) -> None:
        """Live events of the server."""
        self.post(
            "test/events",
            [{"type": m.TYPE, "data": msgspec.to_builtins(m)} for m in messages],
        )

    def layout(self, **layout: Any) -> None:
        """A manager chooses what the screen is."""
        self.post("test/layout", layout)

    def told(self) -> dict[str, Any]:
        """What staff were told of this screen."""
        with urllib.request.urlopen(self.url + "test/told", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def truth(self, age_s: float) -> None:
        self.post("test/truth", {"age_s": age_s})

    def acks(self) -> list[tuple[str, int, str]]:
        with urllib.request.urlopen(self.url + "test/acks", timeout=10) as answer:
            return [(c, t, o) for c, t, o in json.load(answer)]

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextlib.contextmanager
def board_process(orientation: str = "auto", media: str = "/nowhere") -> Iterator[BoardProcess]:
    process = BoardProcess(orientation, media)
    try:
        yield process
    finally:
        process.stop()


def until(condition: Callable[[], object], what: str, deadline_s: float = 10.0) -> None:
    """Wait for *condition*; *what* says what did not come true."""
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)
