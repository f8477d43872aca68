"""The agents' frame: own page over /page, shared files, headers, start and end."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import websocket

from server.kit.agent import Agent
from tests.support.hall_server import Socket
from tests.support.ports import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[1] / "support" / "agent_process.py"


class Running:
    """A running agent."""

    def __init__(self, environ: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environ or {})},
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def ask(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        line.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = line.getresponse()
        return answer.status, dict(answer.headers), answer.read()

    def show(self, count: int = 1, pad: int = 0) -> int:
        return int(json.loads(self.ask(f"/show?count={count}&pad={pad}", "POST")[2])["n"])

    def health(self) -> Any:
        return json.loads(self.ask("/healthz")[2])


@contextlib.contextmanager
def running(environ: dict[str, str] | None = None) -> Iterator[Running]:
    agent = Running(environ)
    try:
        yield agent
    finally:
        agent.process.terminate()
        try:
            agent.process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            agent.process.kill()
            agent.process.communicate()


@pytest.fixture(scope="module")
def agent() -> Iterator[Running]:
    with running() as process:
        yield process


class PageClient(Socket):
    """A page that may leave views unanswered."""

    def __init__(self, port: int) -> None:
        super().__init__(port, namespace="/page")

    def view(self, *, answer: bool, deadline_s: float = 5) -> int:
        """Return the number of the next view."""
        self.ws.settimeout(deadline_s)
        text = self.packet()
        head, _, payload = text.partition("[")
        assert head.startswith("42/page,"), text
        name, view = json.loads("[" + payload)
        assert name == "view"
        if answer:
            self.ws.send(f"43/page,{head.removeprefix('42/page,')}[]")
        return int(view["n"])


def test_a_page_gets_the_newest_view_when_it_opens_and_each_one_after(agent: Running):
    now = agent.show()
    page = PageClient(agent.port)

    assert page.view(answer=True) == now
    later = agent.show()
    assert page.view(answer=True) == later
    page.close()


def test_a_page_that_is_busy_skips_the_views_between(agent: Running):
    busy, quick = PageClient(agent.port), PageClient(agent.port)
    busy.view(answer=False)
    quick.view(answer=True)

    newest = agent.show(count=50)

    while quick.view(answer=True) < newest:
        pass
    busy.ws.send("43/page,1[]")
    assert busy.view(answer=True) == newest
    busy.close()
    quick.close()


def test_a_page_that_never_answers_is_still_sent_the_newest_now_and_then(agent: Running):
    page = PageClient(agent.port)
    page.view(answer=False)

    time.sleep(1.1)
    newest = agent.show()

    assert page.view(answer=False) == newest
    page.close()


def test_what_a_page_says_reaches_the_agent(agent: Running):
    page = PageClient(agent.port)
    page.say("painted", {"call": "c1"})
    page.say("unknown", {"call": "c1"})

    wait_until(lambda: {"call": "c1"} in agent.health()["painted"], "the agent was told")
    assert agent.health()["painted"].count({"call": "c1"}) == 1
    page.close()


def test_pages_are_counted(agent: Running):
    wait_until(lambda: agent.health()["pages"] == 0, "earlier pages are gone")
    pages = [PageClient(agent.port) for _ in range(3)]
    assert agent.health()["pages"] == 3

    for page in pages:
        page.close()

    wait_until(lambda: agent.health()["pages"] == 0, "they are gone")


def test_only_the_page_namespace_is_open(agent: Running):
    assert not Socket(agent.port, namespace="/").accepted
    assert not Socket(agent.port, namespace="/edge").accepted


def test_pages_are_never_stored_and_run_only_our_own_files(agent: Running):
    status, headers, body = agent.ask("/")

    assert status == 200
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "试机".encode() in body


def test_files_are_kept_for_ever_by_their_hash_and_checked_without(agent: Running):
    body = agent.ask("/")[2].decode()
    hashed = [part.split('"')[0] for part in body.split('href="')[1:] + body.split('src="')[1:]]

    assert len(hashed) >= 4
    for address in hashed:
        status, headers, _ = agent.ask(address)
        assert (status, headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    for address in ("/kit/static/live.js", "/kit/live.js", "/static/probe.js?v=0000"):
        status, headers, _ = agent.ask(address)
        assert (status, headers["Cache-Control"]) == (200, "no-cache")
        assert agent.ask(address, If_None_Match=headers["ETag"])[0] == 304


@pytest.mark.parametrize(
    "path",
    [
        "/kit/static/../agent.py",
        "/kit/%2e%2e/agent.py",
        "/kit/static/none.js",
        "/static/../__init__.py",
    ],
)
def test_nothing_outside_the_folders_is_served(agent: Running, path: str):
    assert agent.ask(path)[0] == 404


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "[", ""]
)
def test_a_foreign_name_for_this_machine_is_refused(agent: Running, host: str):
    assert agent.ask("/", Host=host)[0] == 403
    assert agent.ask("/socket.io/?EIO=4&transport=polling", Host=host)[0] == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8101", "[::1]:8101"])
def test_loopback_names_are_accepted(agent: Running, host: str):
    assert agent.ask("/healthz", Host=host)[0] == 200


def test_a_page_of_another_origin_hears_nothing(agent: Running):
    page = websocket.create_connection(
        f"ws://127.0.0.1:{agent.port}/socket.io/?EIO=4&transport=websocket",
        origin="http://evil.example",
        timeout=5,
    )

    with contextlib.suppress(websocket.WebSocketConnectionClosedException):
        assert page.recv() == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.20", "::"])
def test_exposing_an_agent_must_be_said(host: str):
    with pytest.raises(ValueError, match="explicitly"):
        Agent("probe", "tests.support.probe").run(host, 0)


def test_it_ends_in_order_and_lets_requests_finish():
    with running() as agent:
        page = PageClient(agent.port)
        answers: list[int] = []
        asking = threading.Thread(target=lambda: answers.append(agent.ask("/slow", "POST")[0]))
        asking.start()
        time.sleep(0.1)

        agent.process.terminate()

        assert page.closed(deadline_s=5)
        assert agent.process.wait(8) == 0
        asking.join(5)
        assert answers == [200]


def test_systemd_is_told(tmp_path: Path):
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.settimeout(5)
        with running({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "200000"}) as agent:
            assert {systemd.recv(100) for _ in range(4)} == {b"READY=1", b"WATCHDOG=1"}
            agent.process.terminate()
            while systemd.recv(100) != b"STOPPING=1":
                pass


def test_the_page_in_a_browser_follows_its_agent(agent: Running, open_page: Callable[..., Page]):
    page = open_page()
    before = agent.show()
    page.goto(f"http://127.0.0.1:{agent.port}/")
    page.wait_for_selector('body[data-line="live"]')

    newest = agent.show(count=30)

    page.wait_for_function(f"document.getElementById('n').textContent === '{newest}'")
    assert {"n": before} in agent.health()["painted"]
