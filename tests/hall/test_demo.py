"""`hall-demo` as a newcomer starts it: one command, a whole hall; and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import urllib3

from kiosk.demo import PRINTER, PRINTER_BAUD, new_password
from kiosk.printing.model.tray import read_tray
from server.domain.people import check_password
from server.kit.serial.profiles import load_printer
from tests.support.hall import ROOT
from tests.support.ports import free_port, wait_until

PARTS = (
    "server",
    "kiosk",
    "display",
    "tray",
    "disclosures",
    "guide",
    "window",
    "bars",
    "reader",
)
STARTS_IN_S = 120.0
WORDS = {
    "server": "永德县政务服务中心",
    "kiosk": "您要办什么事",
    "display": "永德县政务服务中心",
    "tray": "纸盘",
    "disclosures": "五公开",
    "guide": "办事指南",
    "window": "号窗口",
    "bars": "条屏",
    "reader": "读卡器",
}
"""What stands in the first HTML of each page, before any script."""


class Demo:
    """One start of the demonstration."""

    def __init__(self, folder: Path, ports: dict[str, int], *options: str) -> None:
        self.folder = folder
        self.ports = ports
        flags = [f"--{part}-port={port}" for part, port in ports.items()]
        self.log = folder.parent / "demo.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kiosk.demo", f"--dir={folder}", *flags, *options],
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def ready(self) -> Demo:
        """Wait until it has told the addresses."""

        def told() -> bool:
            assert self.process.poll() is None, self.said
            return "演示账号" in self.said

        wait_until(told, "the addresses", deadline_s=STARTS_IN_S)
        return self

    def page(self, part: str) -> str:
        """The first HTML that a browser has."""
        http = urllib3.PoolManager(retries=urllib3.Retry(3, redirect=3), timeout=10.0)
        answer = http.request("GET", f"http://127.0.0.1:{self.ports[part]}/")
        assert answer.status == 200, part
        return answer.data.decode()

    def family(self) -> list[int]:
        """The processes it has started."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def tickets(self) -> dict[str, str]:
        """Number → state of all tickets in the database."""
        db = sqlite3.connect(f"file:{self.folder}/server/hall.db?mode=ro", uri=True)
        with closing(db):
            return dict(db.execute("SELECT number, state FROM ticket").fetchall())


@contextmanager
def demo(folder: Path, *options: str) -> Iterator[Demo]:
    """Start a demonstration on free ports; whatever happens, its processes end."""
    found = Demo(folder, {part: free_port() for part in PARTS}, *options)
    try:
        yield found
    finally:
        family = found.family() if found.process.poll() is None else []
        if found.process.poll() is None:
            try:
                found.end()
            except subprocess.TimeoutExpired:
                found.process.kill()
                found.process.wait()
        for pid in family:
            if lives(pid):
                os.kill(pid, signal.SIGKILL)


def lives(pid: int) -> bool:
    """Whether a process runs; one that has ended and not been waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_the_model_of_the_printer_listens_at_the_speed_the_kiosk_speaks() -> None:
    assert int(PRINTER_BAUD) == load_printer(PRINTER).link.baud


@pytest.mark.timeout(600)
def test_one_command_starts_a_hall_and_its_end_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "hall"
    with demo(folder, "--busy", "--speed=60") as first:
        first.ready()
        for part, word in WORDS.items():  # kiosk and display may still be connecting
            wait_until(lambda p=part, w=word: w in first.page(p), f"{word} on {part}")
        family = first.family()
        wait_until(
            lambda: "done" in first.tickets().values() and len(read_tray(folder / "tray")) >= 3,
            "slips in the tray and a ticket that is done",
            deadline_s=120,
        )
        status = first.end()
        issued, slips = first.tickets(), len(read_tray(folder / "tray"))
    people = (folder / "people.json").read_bytes()

    assert len(family) == len(PARTS)
    assert status == 0
    assert [pid for pid in family if lives(pid)] == []
    assert all(free(port) for port in first.ports.values())
    assert (folder / "people.json").stat().st_mode & 0o777 == 0o600

    # A second start goes on where the first ended, with the same people. A touch that was under way
    # at the end may get its number now.
    with demo(folder, "--one-screen") as second:
        second.ready()
        assert issued.items() <= second.tickets().items()
        assert len(read_tray(folder / "tray")) >= slips
        assert (folder / "people.json").read_bytes() == people
        assert second.end() == 0

    # --fresh begins anew.
    with demo(folder, "--fresh", "--one-screen") as third:
        third.ready()
        assert third.tickets() == {}
        assert read_tray(folder / "tray") == []
        assert json.loads((folder / "people.json").read_bytes()) != json.loads(people)


def test_no_demo_password_is_refused() -> None:
    """A login in a password is refused: letters at random would stop one start in forty."""
    logins = [f"c{n:02d}" for n in range(1, 18)]
    for login in (*logins, "guide", "manager"):
        for _ in range(300):
            check_password(new_password(), login=login)


def test_ctrl_c_ends_the_hall_in_order(tmp_path: Path) -> None:
    with demo(tmp_path / "hall", "--one-screen") as found:
        found.ready()
        family = found.family()
        found.process.send_signal(signal.SIGINT)
        status = found.process.wait(30)

    assert status == 0
    assert [pid for pid in family if lives(pid)] == []


def test_an_occupied_port_is_told_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ports = {part: free_port() for part in PARTS} | {"display": other.getsockname()[1]}
        found = Demo(tmp_path / "hall", ports)
        status = found.process.wait(30)

    assert status == 1
    assert f"综合屏的端口 {ports['display']} 用不了" in found.said
    assert "--display-port" in found.said
    assert not (tmp_path / "hall").exists(), "nothing is begun that cannot be finished"


def test_a_folder_that_is_not_a_demonstration_is_not_emptied(tmp_path: Path) -> None:
    folder = tmp_path / "thesis"
    folder.mkdir()
    (folder / "chapter.txt").write_text("three years of work")
    found = Demo(folder, {part: free_port() for part in PARTS}, "--fresh")

    assert found.process.wait(30) == 1
    assert (folder / "chapter.txt").exists()
    assert "没有清空" in found.said


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8100", "http://localhost", "http://[::1]:8100"]
)
def test_a_real_hall_does_not_start_with_an_address_no_phone_reaches(
    tmp_path: Path, address: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server", "run", "--data-dir", str(tmp_path), "--port", "0",
         "--public-url", address],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )  # fmt: skip

    assert done.returncode > 0
    assert "public_url" in done.stderr
    assert "Traceback" not in done.stderr
