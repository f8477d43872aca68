"""The hall that is pictured: real processes on free ports, a Monday morning, people waiting.

Only what a state needs is started, and only once. The clock of all processes stands on Monday,
2026-11-23, 09:41 in the hall when the stage is set, and runs on from there.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from kiosk.idcard.model import Service, serve
from kiosk.staff import write_code
from server.actions import catalogue, identity, screens
from server.actions.settings import noted
from server.domain.people import Role, Staff
from server.kit.contract.paper import RealName
from server.kit.contract.screens import KioskRules, Layout
from server.store import devices, settings, waits
from tests.display.boards import BoardProcess, board_process
from tests.kiosk.box import RunningKiosk
from tests.support.display_box import running_display
from tests.support.hall import PASSWORD, Clerk, Client, RunningHall
from tests.support.ports import free_port, wait_port
from tests.support.relay import Relay
from tests.support.voice import default_voices
from tests.support.waits import known

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from kiosk.printing.model.testing import RunningModel

MORNING = datetime(2026, 11, 23, 1, 41, 5, tzinfo=UTC)
"""09:41 on a Monday in the hall."""
EXIT_CODE = "246813"
RULES = {"recall_min_s": 0, "min_calls": 1, "reinstate_limit": 9}
BUSY = (
    ("MZ-01", 3), ("SP-02", 7), ("GA-01", 4), ("WS-05", 2), ("GT-01", 3), ("LD-03", 3), ("JJD-01", 5),
    ("SW-01", 1), ("JY-01", 2), ("XM-01", 1), ("LY-01", 2), ("JT-01", 1),
)  # fmt: skip
"""Item -> people who take a number for it this morning."""


CHIEF = Staff(id=0, uid="", login="manager", label="", roles=((Role.MANAGER, ""),))
"""Who sets up screens."""


class Stage:
    """A hall with its kiosk, screens and people; close it at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack = ExitStack()
        self._clerks: dict[str, Clerk] = {}
        self._rule = RealName()
        self.places: dict[str, str] = {}
        """Addresses of things that were set up in 管理."""

    def close(self) -> None:
        """End everything."""
        self._stack.close()

    # the hall

    @cached_property
    def hall(self) -> RunningHall:
        """The server, with the sample hall of 2026 in it and its clock on `MORNING`."""
        hall = RunningHall(self.folder / "hall", free_port())
        hall.folder.mkdir(parents=True)
        hall.environ["HALL_CLOCK_FILE"] = str(hall.folder / "clock")
        hall.set_clock(_ahead(MORNING))
        hall.load()
        # The water office's counter advises only, as some offices' counters in the hall do.
        with closing(sqlite3.connect(hall.folder / "server" / "hall.db")) as db, db:
            db.execute("UPDATE queue SET consult_only = 1 WHERE code = 'F'")
        hall.work(lambda w: catalogue.set_rules(w, **RULES))
        hall.work(_experienced)
        hall.person("manager", "manager", label="值班主任")
        hall.person("admin", "admin", label="管理员")
        hall.person("guide", "guide", label="导办")
        self._stack.callback(hall.stop)
        hall.start()
        return hall

    def at(self, moment: datetime) -> None:
        """Set the clock of all processes."""
        self.hall.set_clock(_ahead(moment))

    @cached_property
    def manager(self) -> Client:
        """The manager 值班主任, signed in."""
        return self.hall.client("manager")

    def command(self, path: str, **body: Any) -> dict[str, Any]:
        """Let the manager do something, and insist that it was done."""
        answer = self.manager.post(path, body)
        assert answer.status == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    @cached_property
    def guide(self) -> Client:
        """The guide desk 导办台, where numbers are taken for people."""
        return self.hall.client("guide")

    @cached_property
    def machine(self) -> Client:
        """Another kiosk's voice on the line."""
        return self.hall.enrol("kiosk", name="二楼取号机")

    def clerk(self, counter: int) -> Clerk:
        """The clerk of a counter, open and signed in."""
        code = str(counter)
        if code not in self._clerks:
            self._clerks[code] = self.hall.clerk(f"c{counter:02d}", counter=code)
        return self._clerks[code]

    @cached_property
    def business(self) -> dict[str, list[dict[str, Any]]]:
        """A morning's business: numbers taken for each item; some are called, some served."""
        taken = {item: [self.guide.take(item) for _ in range(n)] for item, n in BUSY}
        for counter, started in (
            (1, True),
            (9, True),
            (12, False),
            (8, True),
            (3, True),
            (17, False),
        ):
            clerk = self.clerk(counter)
            answer = clerk.at("call-next")
            if answer.status == 200 and started:
                clerk.on(answer.json, "start")
        return taken

    def take_at(self, counter: int, item: str) -> dict[str, Any]:
        """Let somebody take a number for *item* and call it at a counter; slip and call in one."""
        clerk = self.free(counter)
        slip = self.guide.take(item)
        answer = clerk.at("call", ticket=slip["uid"], reason="图集")
        assert answer.status == 200, answer.text
        return {**slip, **answer.json}

    def free(self, counter: int) -> Clerk:
        """The clerk of a counter that is open and serves nobody."""
        clerk = self.clerk(counter)
        state = next(c for c in self.board_now()["counters"] if c["code"] == clerk.counter)
        if state["state"] == "closed":
            assert clerk.at("open").status == 200
        if state["state"] == "paused":
            assert clerk.at("resume").status == 200
        if state["ticket"] is not None:
            now = clerk.desk()["current"]
            if now["state"] == "called":
                now = clerk.on(now, "start").json
            assert clerk.on(now, "finish").status == 200
        return clerk

    def board_now(self) -> dict[str, Any]:
        """What all screens know."""
        found: dict[str, Any] = self.guide.get("/api/v1/board").json
        return found

    def fill(self, item: str, people: int) -> None:
        """Let so many more people take a number."""
        for _ in range(people):
            self.guide.take(item)

    # the kiosk

    @cached_property
    def model(self) -> RunningModel:
        """The printer."""
        from kiosk.printing.model.testing import running_model

        folder = self.folder / "model"
        folder.mkdir()
        return self._stack.enter_context(running_model(folder, baud=38400))

    @cached_property
    def cards(self) -> Service:
        """The card reader's service; nothing lies on it."""
        service = serve()
        self._stack.callback(service.shutdown)
        return service

    def ask_for_cards(self, rule: RealName) -> None:
        """Let queues ask for an identity card, or none, and wait until the kiosk knows it."""

        _ = self.kiosk
        if rule == self._rule:
            return
        self._rule = rule

        def change(w: Any) -> None:
            known = settings.stored(w, settings.REAL_NAME)
            identity.set_real_name(w, rule, staff=CHIEF, expected=known[1] if known else 0)

        self.hall.work(change)
        digest = self.guide.get("/api/v1/catalogue").json["digest"]
        self.kiosk.wait(lambda h: h["content"] == digest)

    @cached_property
    def kiosk_line(self) -> Relay:
        """The cable between the kiosk and the server."""
        return self._relay()

    @cached_property
    def kiosk(self) -> RunningKiosk:
        """The kiosk, on its cable, with its printer."""
        folder = self.folder / "kiosk"
        folder.mkdir()
        port = free_port()
        environ = {
            "HALL_KIOSK_SERVER_URL": self.kiosk_line.url,
            "HALL_KIOSK_STATE_DIR": str(folder / "state"),
            "HALL_KIOSK_PORT": str(port),
            "HALL_KIOSK_PRINTER_PORT": self.model.port,
            "HALL_KIOSK_PRINTER_PROFILE": "epson_tm_cn",
            "HALL_KIOSK_VOICES_DIR": str(default_voices()),
            "HALL_KIOSK_READER_PROFILE": "http_service",
            "HALL_KIOSK_READER_ADDRESS": self.cards.url,
            **self.hall.environ,
        }
        kiosk = RunningKiosk(folder, port, environ)
        write_code(folder / "state" / "exit-code", EXIT_CODE)
        done = kiosk.command(
            "enrol", "--token", self.hall.enrolment("kiosk"), "--name", "一楼取号机"
        )
        assert done.returncode == 0, done.stderr
        kiosk.start()
        self._stack.callback(kiosk.stop)
        kiosk.wait(lambda h: h["faults"] == [])
        return kiosk

    def answer_help(self) -> None:
        """Let somebody go to the kiosk whose citizen asks for a person."""
        own = json.loads((self.folder / "kiosk" / "state" / "device.json").read_text())
        self.command(f"/help/{own['device']}/answer")

    def kiosk_rules(self, rules: KioskRules) -> None:
        """Set how kiosks behave, shorter than a manager may, so that nobody waits for a picture."""

        def change(w: Any) -> None:
            before = settings.stored(w, "kiosk")
            text = msgspec.json.encode(rules).decode()
            settings.store(w, "kiosk", text, was_version=before[1] if before else 0)
            noted(w, "kiosk", was=None, value=rules)

        self.hall.work(change)

    # the screens

    @cached_property
    def board(self) -> BoardProcess:
        """A screen whose link says what the state wants."""
        return self._stack.enter_context(board_process())

    @cached_property
    def screens(self) -> str:
        """Address of the screens' pages as previews, one for each state of `gallery_screens`."""
        from tools.gallery_screens import Hall, served

        return self._stack.enter_context(served(Hall()))

    @cached_property
    def display_line(self) -> Relay:
        """The cable between the screen and the server."""
        return self._relay()

    @cached_property
    def display(self) -> str:
        """Address of a screen of the hall, on its cable."""
        return self._stack.enter_context(
            running_display(self.hall, self.folder / "display", server_url=self.display_line.url)
        )

    @cached_property
    def stranger(self) -> str:
        """Address of a screen that nobody has enrolled."""
        port = free_port()
        environ = {
            **os.environ,
            **self.hall.environ,
            "HALL_DISPLAY_SERVER_URL": self.hall.url,
            "HALL_DISPLAY_STATE_DIR": str(self.folder / "stranger"),
            "HALL_DISPLAY_PORT": str(port),
            "HALL_DISPLAY_VOICE_OUTPUT": "none",
        }
        with (self.folder / "stranger.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "display", "run"], env=environ, stdout=log, stderr=log
            )
        self._stack.callback(process.wait)
        self._stack.callback(process.terminate)
        wait_port(port, process=process)
        return f"http://127.0.0.1:{port}"

    def assign(self, layout: Layout, zone: str = "") -> None:
        """Tell the screen what it is."""
        _ = self.display
        uid = json.loads((self.folder / "display" / "state" / "device.json").read_text())["device"]

        def change(w: Any) -> None:
            device = devices.by_uid(w, uid)
            assert device is not None
            screens.assign(
                w, uid, name="一楼大屏", zone=zone, layout=layout, expected=device.version, staff=CHIEF
            )  # fmt: skip

        self.hall.work(change)

    # pages

    def sign_in(self, page: Page, login: str, path: str = "/") -> None:
        """Sign in through the form and go to *path*."""
        page.goto(f"{self.hall.url}/sign-in?next={quote(path, safe='')}")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url(f"{self.hall.url}{path}")

    def manager_page(self, page: Page, path: str = "/manage/") -> None:
        """Open a page of 管理 as the manager."""
        self.sign_in(page, "manager", path)

    def _relay(self) -> Relay:
        relay = Relay(("127.0.0.1", self.hall.port))
        self._stack.callback(relay.close)
        return relay


def _ahead(moment: datetime) -> float:
    """Seconds by which a clock that shows *moment* is ahead of this machine's."""
    return (moment - datetime.now(UTC)).total_seconds()


def _experienced(w: Any) -> None:
    """Give the hall a past: what a service takes and how long people waited is known."""
    services = [120.0 + 14 * n for n in range(40)]
    queues = [q.id for q in w.config.queues]
    waits.set_model(w, "2026-11-20", known(queues, services=dict.fromkeys(queues, services)))
