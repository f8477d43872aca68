"""`hall-display` as a process, with the real realtime part of a server."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.kit.contract.messages import TicketCalled
from tests.display.boards import ROOT, until
from tests.support.hall_server import HallServer, hall_server

CALL = {
    "call": "k1", "ticket": "A012", "queue": "A", "counter": "3", "counter_name": "3号窗口",
    "zone": "1F", "times": 1, "speak": True, "waiting": 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def hall() -> Iterator[HallServer]:
    with hall_server() as server:
        yield server


def command(
    *arguments: str, environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "display", *arguments],
        cwd=ROOT,
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def enrol(
    hall: HallServer, folder: Path, token: str = "one-time"
) -> subprocess.CompletedProcess[str]:
    return command(
        "enrol", "--server", hall.url, "--state-dir", str(folder), "--token", token, "--name", "一楼大屏"
    )  # fmt: skip


@contextlib.contextmanager
def running(hall: HallServer, folder: Path, environ: dict[str, str] | None = None) -> Iterator[str]:
    """Run a display and give its address; it must end well when it is told to."""
    process = subprocess.Popen(
        [sys.executable, "-m", "display", "run", "--server", hall.url, "--state-dir", str(folder),
         "--port", "0"],
        cwd=ROOT,
        env={**os.environ, **(environ or {})},
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process.stdout.readline().removeprefix("hall-display: ").strip()
        process.terminate()
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=5) as answer:
        return str(answer.read().decode())


def test_enrolment_keeps_the_token_for_its_owner_only(hall: HallServer, tmp_path: Path) -> None:
    """Mode 0600, and the words say which zone."""
    done = enrol(hall, tmp_path)

    assert done.returncode == 0, done.stderr
    assert "1F" in done.stdout
    assert stat.S_IMODE((tmp_path / "device.json").stat().st_mode) == 0o600


def test_a_used_token_is_refused_in_words(hall: HallServer, tmp_path: Path) -> None:
    done = enrol(hall, tmp_path, token="used")

    assert done.returncode == 1
    assert "登记码无效" in done.stderr
    assert not (tmp_path / "device.json").exists()


def test_a_folder_that_cannot_be_used_is_told_and_spends_no_token(
    hall: HallServer, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")

    for arguments in (("enrol", "--token", "one-time"), ("run",)):
        done = command(
            *arguments, "--server", hall.url, "--state-dir", str(tmp_path / "file" / "state")
        )

        assert done.returncode == 1
        assert done.stderr.startswith("hall-display: ")
        assert "Traceback" not in done.stderr


def test_an_unreachable_server_is_told(tmp_path: Path) -> None:
    done = command(
        "enrol", "--server", "http://127.0.0.1:9", "--state-dir", str(tmp_path), "--token", "t"
    )

    assert done.returncode == 1
    assert "连不上服务器" in done.stderr


def test_a_mistyped_setting_stops_the_start_with_its_name() -> None:
    done = command("run", environ={"HALL_DISPLAY_COLOUR": "red"})

    assert done.returncode == 2
    assert "colour" in done.stderr


def test_a_call_reaches_the_page_and_nothing_is_acknowledged_without_one(
    hall: HallServer, tmp_path: Path
) -> None:
    """Server → link → screen → first HTML; no page has painted it, so nobody says so."""
    enrol(hall, tmp_path)
    with running(hall, tmp_path) as address:
        until(lambda: "永德县政务服务中心" in read(address), "no catalogue")
        hall.publish(TicketCalled.TYPE, **CALL)
        until(lambda: "A012" in read(address), "the call is not on the page")
        health = json.loads(read(address + "healthz"))
        asked = command("status", "--port", address.rsplit(":", 1)[1].strip("/"))

        assert (health["link"], health["pages"], health["zones"]) == ("live", 0, ["1F"])
        assert f'"device_name": "{health["device_name"]}"' in asked.stdout
        assert health["device_name"]
        assert asked.returncode == 0
        assert hall.state()["written"] == []
        with pytest.raises(urllib.error.HTTPError, match="404"):
            read(address + "qr/unknown.svg")


def test_the_status_of_a_screen_that_does_not_run_is_an_error() -> None:
    asked = command("status", "--port", "9")

    assert asked.returncode == 1
    assert "没有应答" in asked.stderr


def test_a_display_without_enrolment_says_what_to_do(hall: HallServer, tmp_path: Path) -> None:
    """The page, not only a log, tells the one who hangs the screen up."""
    with running(hall, tmp_path) as address:
        until(lambda: "重新登记" in read(address), "the page does not say it")


def test_a_box_with_a_wrong_clock_shows_the_servers_date(hall: HallServer, tmp_path: Path) -> None:
    """Ten days behind, as after a night without power: the beat corrects it."""
    enrol(hall, tmp_path)
    shift = tmp_path / "shift"
    shift.write_text(str(-10 * 86400), encoding="ascii")
    with running(hall, tmp_path, {"HALL_CLOCK_FILE": str(shift)}) as address:
        until(lambda: "永德县政务服务中心" in read(address), "no catalogue")
        today = datetime.now(UTC) + timedelta(hours=8)

        assert f"{today.month}月{today.day}日" in read(address)


def test_a_restart_without_server_shows_the_last_truth(tmp_path: Path) -> None:
    """Board and catalogue from disk, with the time when they were true."""
    with hall_server() as hall:
        enrol(hall, tmp_path)
        with running(hall, tmp_path) as address:
            until(lambda: "永德县政务服务中心" in read(address), "no catalogue")
            hall.post("/test/day", date=f"{datetime.now(UTC) + timedelta(hours=8):%Y-%m-%d}")
            hall.publish(TicketCalled.TYPE, **CALL)
            until(lambda: "A012" in read(address), "the call is not on the page")
    kept = json.loads((tmp_path / "board.json").read_text(encoding="utf-8"))
    with running(hall, tmp_path) as address:
        text = read(address)

    assert kept["board"]["calls"][0]["ticket"] == "A012"
    assert "永德县政务服务中心" in text
    assert "A012" in text
