"""The processes of a demonstration: started one after the other, watched, ended together.

A process that ends with status 75 was asked to begin anew, as staff may do from afar, and is started
again, as systemd does on a box.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

READY_WITHIN_S = 30.0
"""A process that does not answer within this time has failed to start."""
END_WITHIN_S = 8.0
AGAIN_STATUS = 75
"""`EX_TEMPFAIL` of sysexits.h: asked to begin anew."""
LOOK_S = 0.5
TAIL = 2000
"""Characters of a log that are shown when its process failed."""


class DemoError(Exception):
    """The hall cannot be started; the words say why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process and how to know that it is ready."""

    name: str
    """For people."""
    command: tuple[str, ...]
    environ: Mapping[str, str]
    log: Path
    page: str
    """Address that answers 200 once it is ready."""


@dataclass(kw_only=True)
class Processes:
    """All that were started, in order."""

    _running: list[tuple[Process, subprocess.Popen[bytes]]] = field(default_factory=list)

    def start(self, process: Process) -> None:
        """Start *process* and wait until its page answers.

        Raises:
            DemoError: it ended, or did not answer in time; the end of its log stands in the words.
        """
        running = _begun(process)
        self._running.append((process, running))
        http = urllib3.PoolManager(retries=False, timeout=2.0)
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until and running.poll() is None:
            try:
                if http.request("GET", process.page).status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(0.1)
        tail = process.log.read_text(encoding="utf-8", errors="replace")[-TAIL:]
        raise DemoError(f"{process.name}没有启动，记录在 {process.log}：\n{tail}")

    def watch(self) -> None:
        """Wait for ever.

        Raises:
            DemoError: a process ended by itself.
        """
        while True:
            for place, (process, running) in enumerate(self._running):
                status = running.poll()
                if status == AGAIN_STATUS:
                    self._running[place] = (process, _begun(process))
                elif status is not None:
                    raise DemoError(f"{process.name}意外退出，记录在 {process.log}")
            time.sleep(LOOK_S)

    def stop(self) -> None:
        """End all, the last one started first; whatever does not end in time is killed."""
        for _, running in reversed(self._running):
            if running.poll() is None:
                running.terminate()
        until = time.monotonic() + END_WITHIN_S
        for _, running in self._running:
            try:
                running.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def _begun(process: Process) -> subprocess.Popen[bytes]:
    with process.log.open("ab") as file:
        return subprocess.Popen(
            process.command,
            stdout=file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=dict(process.environ),
            start_new_session=True,  # Ctrl-C reaches the demo alone, which ends them in order
        )
