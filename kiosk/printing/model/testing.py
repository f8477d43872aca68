"""The model as a process of its own, for other people's tests.

with running_model(tmp_path) as model:
    serial.Serial(model.port, 115200).write(ticket)
    [slip] = model.wait_for_slips(1)
    model.control(paper="out")
"""

import contextlib
import json
import os
import select
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from kiosk.printing.model.paper import Slip
from kiosk.printing.model.tray import read_tray

START_S = 20.0
"""Deadline for the process to say that it is ready, generous for a loaded machine."""


class RunningModel:
    """A printer model that runs in its own process."""

    def __init__(
        self, process: subprocess.Popen[bytes], *, link: Path, http: str, tray: Path
    ) -> None:
        self.process = process
        self.port = str(link)
        """Path to give to the kiosk as its serial port."""
        self.http = http
        """Address of the tray page, without a slash at the end."""
        self.tray = tray

    def control(self, **faults: object) -> dict[str, object]:
        """Does something to the printer (names: `faults.Faults`); returns the new state."""
        request = urllib.request.Request(  # noqa: S310 - loopback, address printed by the model
            f"{self.http}/model/control",
            data=json.dumps(faults).encode(),
            headers={"Content-Type": "application/json"},
        )
        return self._ask(request)

    def state(self) -> dict[str, object]:
        """The printer now (`view.View`): faults, buffer, complaints."""
        return self._ask(urllib.request.Request(f"{self.http}/model/state"))  # noqa: S310

    def complaints(self) -> list[dict[str, object]]:
        """What a real printer would have done wrong; empty is what a test wants to see."""
        complaints = self.state()["complaints"]
        assert isinstance(complaints, list)
        return complaints

    def slips(self) -> list[Slip]:
        """All paper in the tray, oldest first, read from disk: works after a kill, too."""
        return read_tray(self.tray)

    def wait_for_slips(self, count: int, *, within_s: float = 10.0) -> list[Slip]:
        """The slips as soon as there are `count`; AssertionError after `within_s`."""
        deadline = time.monotonic() + within_s
        while len(slips := self.slips()) < count:
            assert time.monotonic() < deadline, f"{len(slips)} of {count} slips after {within_s} s"
            time.sleep(0.02)
        return slips

    def kill(self) -> None:
        """SIGKILL: what is not on disk by now is lost."""
        self.process.kill()
        self.process.wait()

    @staticmethod
    def _ask(request: urllib.request.Request) -> dict[str, object]:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            state = json.load(answer)
        assert isinstance(state, dict)
        return state


@contextlib.contextmanager
def running_model(
    folder: Path,
    *,
    paper: int = 0,
    baud: int = 115200,
    dialect: str = "epson",
    profile: str = "",
    charset: str | None = None,
    fast: bool = True,
    speed: float | None = None,
    http: str = "127.0.0.1:0",
) -> Iterator[RunningModel]:
    """Starts the model with its port at `folder/printer` and its tray in `folder/tray`.

    With `fast` neither the wire nor the mechanism takes time. The process is ended at the end.
    """
    link, tray = folder / "printer", folder / "tray"
    command = [sys.executable, "-m", "kiosk.printing.model", "--link", str(link)]
    command += ["--http", http, "--tray", str(tray)]
    command += ["--paper", str(paper)] if paper else []
    command += ["--profile", profile] if profile else []
    command += ["--baud", str(baud), "--dialect", dialect]
    command += ["--fast"] if fast else []
    command += ["--charset", charset] if charset else []
    command += ["--speed", str(speed)] if speed else []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ})
    try:
        ready = json.loads(_first_line(process))
        yield RunningModel(process, link=link, http=ready["http"], tray=tray)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _first_line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], START_S)
    assert readable, "the printer model did not start"
    line = process.stdout.readline()
    assert line, f"the printer model ended with {process.wait()}"
    return line
