"""A kiosk as a process, and a finger on its page without a browser."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3

from tests.support.hall import ROOT, RunningHall
from tests.support.ports import free_port
from tests.support.voice import default_voices

READY_WITHIN_S = 40.0


@dataclass
class Finger:
    """A citizen at the page: presses buttons that stand on it, and nothing else."""

    url: str
    html: str = ""
    http: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(retries=False, timeout=30.0)
    )

    def open(self) -> Finger:
        self.html = self.http.request("GET", self.url + "/").data.decode()
        return self

    def look(self) -> Finger:
        answer = self.http.request("GET", self.url + "/screen", headers={"X-Page": self.token})
        if answer.status == 204:
            return self.open()
        self.html = answer.data.decode()
        return self

    def press(self, act: str, **fields: str) -> Finger:
        assert f'value="{act}"' in self.html, f"no button {act} on {self.screen}"
        answer = self.post(act, **fields)
        if answer.status == 204:
            return self.open()
        assert answer.status == 200, answer.status
        self.html = answer.data.decode()
        return self

    def post(self, act: str, **fields: str) -> urllib3.BaseHTTPResponse:
        return self.http.request(
            "POST",
            self.url + "/act",
            fields={"page": self.token, "serial": self.serial, "act": act, **fields},
            headers={"Origin": self.url, "X-Page": self.token},
            encode_multipart=False,
        )

    def found(self, pattern: str) -> str:
        hit = re.search(pattern, self.html)
        return hit[1] if hit else ""

    @property
    def token(self) -> str:
        return self.found(r'name="page" value="([^"]+)"')

    @property
    def serial(self) -> str:
        return self.found(r'name="serial" value="(\d+)"')

    @property
    def screen(self) -> str:
        return self.found(r'data-screen="(\w+)"')

    @property
    def number(self) -> str:
        return self.found(r"data-number>([^<]+)<")

    @property
    def paper(self) -> str:
        return self.found(r'data-paper="(\w+)"')

    def until(self, what: Callable[[Finger], bool], within_s: float = 20.0) -> Finger:
        deadline = time.monotonic() + within_s
        while not what(self.look()):
            assert time.monotonic() < deadline, self.html
            time.sleep(0.05)
        return self


@dataclass
class RunningKiosk:
    """One kiosk process and its folder."""

    folder: Path
    port: int
    environ: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "kiosk", *args],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, **self.environ},
            check=False,
        )

    def start(self, *, linked: bool = True) -> None:
        with (self.folder / "kiosk.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kiosk", "run"],
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env={**os.environ, **self.environ},
            )
        self.wait(lambda h: (h["link"] == "live" and h["content"]) if linked else True)

    def wait(self, what: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the health as soon as *what* is true of it."""
        http = urllib3.PoolManager(retries=False, timeout=2.0)
        deadline = time.monotonic() + READY_WITHIN_S
        health: dict[str, Any] = {}
        while time.monotonic() < deadline:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            try:
                health = json.loads(http.request("GET", f"{self.url}/healthz").data)
                if what(health):
                    return health
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(0.03)
        log = (self.folder / "kiosk.log").read_text(errors="replace")
        raise AssertionError(f"{health}\n{log[-4000:]}")

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def finger(self) -> Finger:
        return Finger(self.url).open()


@contextmanager
def running_kiosk(
    hall: RunningHall,
    folder: Path,
    *,
    printer: str = "",
    profile: str = "epson_tm_cn",
    more: Mapping[str, str] | None = None,
) -> Iterator[RunningKiosk]:
    """Enrol and run a kiosk of *hall* with *more* settings; it ends with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environ = {
        "HALL_KIOSK_SERVER_URL": hall.url,
        "HALL_KIOSK_STATE_DIR": str(folder / "state"),
        "HALL_KIOSK_PORT": str(port),
        "HALL_KIOSK_PRINTER_PORT": printer,
        "HALL_KIOSK_PRINTER_PROFILE": profile,
        "HALL_KIOSK_VOICES_DIR": str(
            default_voices()
        ),  # or each box builds its own for ten seconds
        **hall.environ,
        **(more or {}),
    }
    kiosk = RunningKiosk(folder, port, environ)
    done = kiosk.command("enrol", "--token", hall.enrolment("kiosk"), "--name", "一楼取号机")
    assert done.returncode == 0, done.stderr
    kiosk.start()
    try:
        yield kiosk
    finally:
        kiosk.stop()
