"""A running model of bars for tests of other programs.

with running_bars(folder, site_text) as bars:
    bars.control(bar="led:3", power=False)
    assert bars.text("led:3") == ""
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3

_HTTP = urllib3.PoolManager(retries=False, timeout=5.0)


class RunningBars:
    """A model process that stands behind the ports of a site's file."""

    def __init__(self, site: Path, http: str, process: subprocess.Popen[str]) -> None:
        self.site = site
        self.http = http
        self._process = process

    def state(self) -> dict[str, Any]:
        """Return everything on the page."""
        found: dict[str, Any] = _HTTP.request("GET", f"{self.http}/model/state").json()
        return found

    def bar(self, key: str) -> dict[str, Any]:
        """Return the bar *key* as the page shows it."""
        bars: list[dict[str, Any]] = [b for line in self.state()["lines"] for b in line["bars"]]
        return next(b for b in bars if b["key"] == key)

    def text(self, key: str) -> str:
        """Return what a person reads on the bar *key*."""
        return str(self.bar(key)["text"])

    def pad(self, key: str) -> str:
        """Return what a person reads on the call pad *key*."""
        pads = [p for line in self.state()["lines"] for p in line["pads"]]
        return next(str(p["shown"]) for p in pads if p["key"] == key)

    def control(self, **wanted: object) -> None:
        """Do something to a bar, see `bars.Control`, or press a key, see `pages.Press`."""
        answer = _HTTP.request("POST", f"{self.http}/model/control", json=wanted)
        if answer.status != 200:
            raise RuntimeError(answer.data.decode())

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(10)


@contextmanager
def running_bars(site: Path, *, fast: bool = True) -> Iterator[RunningBars]:
    """Run the model behind the ports of the site's file *site*."""
    command = [sys.executable, "-m", "display.led.model", "--site", str(site)]
    command += ["--http", "127.0.0.1:0", *(["--fast"] if fast else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            ready = json.loads(process.stdout.readline())
            yield RunningBars(site, ready["http"], process)
        finally:
            process.terminate()
            process.wait(10)
