"""The hall that the endpoint tests ask: one running server, and somebody of each kind."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import urllib3

from server.actions import screens
from server.kit.contract.reasons import REASONS
from server.store import devices, tables
from server.store.work import Work
from tests.support.hall import Answer, Client, RunningHall, running_hall

CHINESE = re.compile(r"[\u4e00-\u9fff]")
NOT_FOR_PEOPLE = re.compile(
    r"Traceback|Error|Exception|Expected|sqlite|psycopg|msgspec|\$\.|None\b"
)
BY_ITSELF = {"session", "sign_in", "wait_model"}
"""Tables that gain rows without anybody asking."""
TABLES = sorted(set(tables.METADATA.tables) - BY_ITSELF)
ITEM = "MZ-01"
"""Served at counter 1 only, as every item of its queue."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request: where, and with which body."""

    path: str
    body: dict[str, Any] = field(default_factory=dict)

    def but(self, **changes: Any) -> Call:
        return Call(path=self.path, body={**self.body, **changes})


def from_address(client: Client, address: str) -> Client:
    """Let *client* come from another loopback address, as another machine does."""
    client.http = urllib3.PoolManager(
        retries=False, timeout=20.0, maxsize=4, source_address=(address, 0)
    )
    return client


class World:
    """A running hall with its kiosks, screens and staff."""

    def __init__(self, hall: RunningHall) -> None:
        self.hall = hall
        engine = hall.database().engine().execution_options(isolation_level="AUTOCOMMIT")
        self.database = engine.connect()
        self.nobody = hall.client()
        self.kiosk = hall.enrol("kiosk", name="东门取号机")
        self.other_kiosk = hall.enrol("kiosk")
        self.display = hall.enrol("display")
        self.other_display = hall.enrol("display")
        self.clerk = hall.clerk("c01", counter="1")
        self.colleague = hall.clerk("c02", counter="2")
        for login, role in (
            ("guide", "guide"),
            ("manager", "manager"),
            ("supervisor", "supervisor"),
            ("admin", "admin"),
            ("headofpolice", "manager:police"),
        ):
            hall.person(login, role)
        hall.person("newcomer", "manager", keep=False)
        self.guide = hall.client("guide")
        self.manager = hall.client("manager")
        self.supervisor = hall.client("supervisor")
        self.admin = hall.client("admin")
        self.headofpolice = hall.client("headofpolice")
        self.newcomer = hall.client("newcomer")

    def asker(self, name: str) -> Client:
        found: Client = getattr(self, name)
        return found

    def board(self) -> dict[str, Any]:
        answer = self.display.get("/api/v1/board")
        assert answer.status == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def seq(self) -> int:
        return int(self.board()["seq"])

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Nothing that any screen shows changes in this block, and no table gains a row."""
        before = (self.board(), self.rows())
        yield
        assert before == (self.board(), self.rows())

    def rows(self) -> dict[str, int]:
        """How many rows each table has, those of sessions left out."""
        counts = " UNION ALL ".join(f"SELECT '{t}', count(*) FROM {t}" for t in TABLES)
        return {row[0]: row[1] for row in self.database.exec_driver_sql(counts)}

    def settle(self) -> None:
        """Day open, no emergency, counters 1 and 2 open and free."""
        board = self.board()
        if board["emergency"] is not None:
            assert self.manager.post("/emergency", {"text": None}).status == 200
        if board["day_state"] != "open":
            assert self.manager.post("/day/open").status == 200
        for clerk in (self.clerk, self.colleague):
            mine = next(c for c in board["counters"] if c["code"] == clerk.counter)
            if mine["state"] == "closed":
                assert clerk.at("open").status == 200
            if mine["state"] == "paused":
                assert clerk.at("resume").status == 200
            if mine["ticket"] is not None:
                now = clerk.desk()["current"]
                if now["state"] == "called":
                    now = clerk.on(now, "start").json
                assert clerk.on(now, "finish").status == 200

    def hang_pads(self, *counters: str) -> None:
        """The call pads of these counters hang on the display, and no others."""

        def hang(w: Work) -> None:
            device = devices.by_uid(w, self.display.device)  # type: ignore[attr-defined]
            assert device is not None
            layout = msgspec.structs.replace(device.layout, pads=counters)
            given = {"name": device.name, "zone": device.zone, "expected": device.version}
            if device.layout.pads != counters:
                screens.set_up(w, device, layout=layout, **given)  # type: ignore[arg-type]

        self.hall.work(hang)

    def waiting(self) -> dict[str, Any]:
        """A ticket that waits: uid, number, version."""
        slip = self.kiosk.take(ITEM)
        return {"uid": slip["uid"], "number": slip["number"], "version": 1, "url": slip["url"]}

    def called(self) -> dict[str, Any]:
        """A ticket that is called at counter 1 (a Done)."""
        self.settle()
        taken = self.waiting()
        answer = self.clerk.at("call", ticket=taken["uid"], reason="测试")
        assert answer.status == 200, answer.text
        found: dict[str, Any] = answer.json
        return {**found, "url": taken["url"]}

    def serving(self) -> dict[str, Any]:
        """A ticket that is served at counter 1."""
        return self.verb(self.called(), "start")

    def verb(self, ticket: Mapping[str, Any], verb: str, **body: Any) -> dict[str, Any]:
        answer = self.clerk.on(ticket, verb, **body)
        assert answer.status == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def send(
        self,
        asker: str | Client,
        call: Call,
        *,
        method: str = "POST",
        key: str | None = "new",
        raw: bytes | None = None,
        **headers: str | None,
    ) -> Answer:
        """Send *call*; `raw` replaces the body, a header of None is left out."""
        client = self.asker(asker) if isinstance(asker, str) else asker
        sent = client.headers(Content_Type="application/json")
        if key is not None:
            sent["Idempotency-Key"] = str(uuid.uuid4()) if key == "new" else key
        for name, value in headers.items():
            sent.pop(name.replace("_", "-"), None)
            if value is not None:
                sent[name.replace("_", "-")] = value
        extra: dict[str, Any] = {}
        if method != "GET":
            extra = {"body": raw} if raw is not None else {"json": call.body}
        http = client.http
        answer = http.request(method, client.url + call.path, headers=sent, redirect=False, **extra)
        text = answer.data.decode("utf-8", "replace")
        kind = answer.headers.get("Content-Type", "")
        parsed = answer.json() if "json" in kind and text else None
        return Answer(answer.status, answer.headers, parsed, text)


def refused(answer: Answer, status: int, *codes: str) -> None:
    """Prove that *answer* refuses with *status*, one of *codes*, and words for people."""
    assert answer.status == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json
    assert set(problem) == {"type", "title", "status", "code", "detail", "detail_en", "context"}
    assert problem["code"] in REASONS
    assert problem["status"] == REASONS[problem["code"]].status == status
    assert not codes or problem["code"] in codes, problem
    assert CHINESE.search(problem["detail"])
    assert problem["detail_en"]
    assert not NOT_FOR_PEOPLE.search(answer.text), answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@contextmanager
def running_world(folder: Path, **options: Any) -> Iterator[World]:
    """Run a hall with somebody of each kind."""
    rules = {"min_calls": 1, "reinstate_limit": 99}
    with running_hall(folder, rules=rules, **options) as hall:
        world = World(hall)
        yield world
        world.database.close()
