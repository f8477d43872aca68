"""A display as a process of its own before a running hall."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.hall import ROOT, RunningHall
from tests.support.ports import free_port, wait_port
from tests.support.voice import default_voices


@contextmanager
def running_display(
    hall: RunningHall, folder: Path, *, server_url: str = "", zone: str = ""
) -> Iterator[str]:
    """As `display_process`, for its address; it must end well when it is told to."""
    with display_process(hall, folder, server_url=server_url, zone=zone) as (url, process):
        yield url
        process.terminate()
        assert process.wait(10) == 0


@contextmanager
def display_process(
    hall: RunningHall, folder: Path, *, server_url: str = "", zone: str = ""
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Enrol and run a `hall-display`, give its address and process.

    Args:
        server_url: how it reaches the server, e.g. a relay's address; empty = directly.
        zone: the part of the hall it hangs in; empty = the whole hall.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environ = {
        **os.environ,
        **hall.environ,
        "HALL_DISPLAY_SERVER_URL": server_url or hall.url,
        "HALL_DISPLAY_STATE_DIR": str(folder / "state"),
        "HALL_DISPLAY_PORT": str(port),
        "HALL_DISPLAY_VOICE_PACKS": str(default_voices()),  # or it builds its own for ten seconds
    }
    command = [sys.executable, "-m", "display"]
    enrolled = subprocess.run(
        [*command, "enrol", "--token", hall.enrolment("display", zone), "--name", "综合屏"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert enrolled.returncode == 0, enrolled.stderr
    with (folder / "display.log").open("ab") as log:
        process = subprocess.Popen([*command, "run"], cwd=ROOT, env=environ, stdout=log, stderr=log)
    try:
        wait_port(port, process=process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()
