"""The server under load, on a slow disk, asked to end, and beside other processes."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import urllib3

from server.reads import log
from tests.api.world import Call, World, refused
from tests.support.hall import Answer, Client, RunningHall, running_hall
from tests.support.ports import free_port, wait_until

ITEMS = ("MZ-01", "SP-02", "WS-05", "GT-01", "GA-01", "GS-01", "JJD-01", "LD-03")
AT_ONCE = 200
SLOW_MS = 400
SHIM = Path(__file__).resolve().parents[2] / "benchmarks" / "slowsync.c"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[RunningHall]:
    with running_hall(tmp_path / "hall", start=False) as found:
        yield found


def together(count: int, work: Callable[[int], None]) -> None:
    """Run *work* in *count* threads that begin at the same moment."""
    gate = threading.Barrier(count)

    def run(n: int) -> None:
        gate.wait(30)
        work(n)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "a command was never answered"


def told(hall: RunningHall) -> list[tuple[str, str]]:
    """(uid, number) of every ticket in the database, and a whole log."""
    db = hall.database()
    try:
        assert db.read(hall.code, log.faults) == []
        with db.engine().connect() as connection:
            return [
                (r[0], r[1])
                for r in connection.exec_driver_sql("SELECT uid, number FROM ticket ORDER BY id")
            ]
    finally:
        db.close()


def test_two_hundred_commands_at_once_are_each_answered(hall: RunningHall) -> None:
    """Every tenth is refused: that undoes nothing of those it shares a commit with."""
    hall.start()
    kiosk = hall.enrol("kiosk")
    answers: dict[int, Answer] = {}

    def ask(n: int) -> None:
        item = "nothing" if n % 10 == 0 else ITEMS[n % len(ITEMS)]
        answers[n] = Client(hall.url, kiosk.token).post("/tickets", {"item": item})

    together(AT_ONCE, ask)
    right = [a.json for n, a in answers.items() if n % 10]
    wrong = [a for n, a in answers.items() if n % 10 == 0]

    assert len(answers) == AT_ONCE
    for answer in wrong:
        refused(answer, 404, "not_found")
    assert sorted((t["uid"], t["number"]) for t in right) == sorted(told(hall))
    assert len({t["number"] for t in right}) == AT_ONCE * 9 // 10


def test_a_slow_disk_delays_commands_and_nobody_else(hall: RunningHall, tmp_path: Path) -> None:
    shim, witness = tmp_path / "slowsync.so", tmp_path / "syncs"
    compiler = shutil.which("gcc")
    assert compiler, "this test needs a C compiler: `apt-get install gcc`"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", shim, SHIM, "-ldl"], check=True)
    hall.environ |= {
        "LD_PRELOAD": str(shim),
        "SLOWSYNC_MS": str(SLOW_MS),
        "SLOWSYNC_COUNT": str(witness),
    }
    hall.start()
    kiosk = hall.enrol("kiosk")
    before = witness.stat().st_size
    commands: list[float] = []
    pings: list[float] = []
    done = threading.Event()

    def take(n: int) -> None:
        client = Client(hall.url, kiosk.token)
        for _ in range(3):
            began = time.perf_counter()
            client.take(ITEMS[n % len(ITEMS)])
            commands.append(time.perf_counter() - began)

    def ping() -> None:
        client = hall.client()
        while not done.is_set():
            began = time.perf_counter()
            assert client.get("/healthz").status == 200
            assert client.get("/t/wrong").status in {404, 429}
            pings.append(time.perf_counter() - began)
            time.sleep(0.02)

    watcher = threading.Thread(target=ping)
    watcher.start()
    together(8, take)
    done.set()
    watcher.join(10)

    assert witness.stat().st_size > before
    assert min(commands) >= SLOW_MS / 1000
    assert len(pings) > 10
    assert sorted(pings)[len(pings) * 3 // 4] < SLOW_MS / 2000, pings
    assert len(told(hall)) == 24


def test_what_was_answered_before_the_end_is_kept(hall: RunningHall) -> None:
    hall.start()
    kiosk = hall.enrol("kiosk")
    answered: list[tuple[str, str]] = []
    surprises: list[str] = []
    stop = threading.Event()

    def take(n: int) -> None:
        client = Client(hall.url, kiosk.token)
        while not stop.is_set():
            try:
                answer = client.post("/tickets", {"item": ITEMS[n % len(ITEMS)]})
            except urllib3.exceptions.HTTPError:
                return  # the server has gone
            if answer.status == 200:
                answered.append((answer.json["uid"], answer.json["number"]))
            elif answer.status != 503:
                surprises.append(answer.text)

    threads = [threading.Thread(target=take, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(answered) > 60, "some numbers")
    process = hall.process
    assert process is not None
    process.terminate()
    code = process.wait(15)
    stop.set()
    for thread in threads:
        thread.join(20)
    kept = told(hall)
    hall.start()
    again = hall.enrol("kiosk").take("MZ-01")

    assert code == 0
    assert surprises == []
    assert set(answered) <= set(kept)
    assert len({number for _, number in kept}) == len(kept)
    assert again["number"] not in {number for _, number in kept}


def test_a_second_server_on_the_same_folder_is_refused_in_words(hall: RunningHall) -> None:
    hall.start()
    other = RunningHall(hall.folder, free_port())
    second = subprocess.run(_run(other), capture_output=True, text=True, check=False, timeout=60)
    added = hall.command(
        "person", "add", "beside", "--label", "9", "--role", "clerk", "--password-stdin",
        typed="Correct-Horse-7\n",
    )  # fmt: skip

    assert second.returncode == 1
    assert "已有一个服务器在使用" in second.stderr
    assert "Traceback" not in second.stderr
    assert "已新增 beside" in added
    assert hall.client().sign_in("beside").headers["Location"] == "/password"
    hall.kill()
    hall.start()  # a killed server leaves no lock behind


def _run(hall: RunningHall) -> list[str]:
    return [
        *(sys.executable, "-m", "server", "run", *hall.data, "--port", str(hall.port)),
        *("--public-url", hall.url, "--demo"),
    ]


def test_a_database_held_by_somebody_else_is_said_and_the_same_key_works_later(
    hall: RunningHall,
) -> None:
    hall.start()
    kiosk, key = hall.enrol("kiosk"), str(uuid.uuid4())
    holder = sqlite3.connect(hall.folder / "server" / "hall.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        busy = kiosk.post("/tickets", {"item": "MZ-01"}, key=key)
        alive = hall.client().get("/healthz")
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    again = kiosk.post("/tickets", {"item": "MZ-01"}, key=key)

    refused(busy, 503, "busy")
    assert busy.headers["Retry-After"] == "1"
    assert alive.status == 200
    assert (again.status, again.json["number"]) == (200, "A001")


def test_a_broken_request_leaves_the_server_well(world: World) -> None:
    """Bytes that are no HTTP, a body that never comes: refused or dropped, the next is served."""
    port = world.hall.port
    for raw in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n{",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=3) as s:
            s.sendall(raw)
            s.shutdown(socket.SHUT_WR)
            try:
                answer = s.recv(4096)
            except OSError:
                answer = b""
            assert b"Traceback" not in answer
            assert b" 500 " not in answer.split(b"\r\n", 1)[0], answer
    assert world.send("kiosk", Call(path="/api/v1/tickets", body={"item": "MZ-01"})).status == 200
