"""A running hall for tests: the real `hall-server` as a process, with clients for it.

    with running_hall(tmp_path) as hall:
        kiosk = hall.enrol("kiosk")
        clerk = hall.clerk("c01", counter="1")
        slip = kiosk.take("MZ-01")

Nothing in it stands in for the product: the server is its own process, reached by its published
interface; only setting up (sample, people, enrolment tokens) calls the actions directly, because
starting a command line for each would take most of the tests' time.
"""

from __future__ import annotations

import functools
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import argon2
import urllib3

from server.actions import asks, catalogue, devices, pads, people
from server.domain.moments import moment
from server.domain.people import Role, Staff
from server.kit.clock import clock_from
from server.store import migrate, seed
from server.store.engine import Database, DirectRunner, new_uid
from server.store.work import Actor, Work
from tests.support.ports import free_port

READY_WITHIN_S = 90.0
"""A deadline for a busy machine, not a pace."""
CSRF = re.compile(r'name="csrf[_-]token"[^>]*?(?:value|content)="([^"]+)"')
PASSWORD = "Correct-Horse-7"
MANAGER = Staff(id=0, uid="m", login="m", label="M", roles=((Role.MANAGER, ""),))
ADMIN = Staff(id=0, uid="a", login="a", label="A", roles=((Role.ADMIN, ""),))
ROOT = Path(__file__).resolve().parents[2]
_hash = functools.lru_cache(argon2.PasswordHasher(time_cost=1, memory_cost=1024).hash)


@dataclass
class Answer:
    """Status, headers and JSON of an answer."""

    status: int
    headers: Mapping[str, str]
    json: Any
    text: str

    @property
    def code(self) -> str:
        """The reason's code of a refusal, empty otherwise."""
        return self.json.get("code", "") if isinstance(self.json, dict) else ""


class Client:
    """Somebody who speaks HTTP to the server: a device with a token, or a browser with a cookie."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url
        self.token = token
        self.http = urllib3.PoolManager(retries=False, timeout=20.0, maxsize=4)
        self.cookie = ""
        self.csrf = ""

    def headers(self, **more: str) -> dict[str, str]:
        found = {k.replace("_", "-"): v for k, v in more.items() if v}
        if self.token:
            found["Authorization"] = f"Bearer {self.token}"
        if self.cookie:
            found["Cookie"] = self.cookie
        if self.csrf:
            found["X-CSRFToken"] = self.csrf
        return found

    def request(self, method: str, path: str, **kwargs: Any) -> Answer:
        headers = {**self.headers(), **kwargs.pop("headers", {})}
        raw = self.http.request(method, self.url + path, headers=headers, redirect=False, **kwargs)
        given = raw.headers.get("Set-Cookie")
        if given and given.startswith("hall_session="):
            self.cookie = given.partition(";")[0]
        text = raw.data.decode("utf-8", "replace")
        kind = raw.headers.get("Content-Type", "")
        parsed = raw.json() if "json" in kind and text else None
        return Answer(raw.status, raw.headers, parsed, text)

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers=self.headers(**headers))

    def post(self, path: str, body: Any = None, *, key: str | None = "new") -> Answer:
        """POST *body*; `key="new"` makes a fresh key, None sends none."""
        headers = {"Idempotency-Key": str(uuid.uuid4()) if key == "new" else key} if key else {}
        return self.request("POST", f"/api/v1{path}", json=body or {}, headers=headers)

    def take(self, item: str, *, key: str | None = "new") -> dict[str, Any]:
        """Take a number for an item and return the slip."""
        answer = self.post("/tickets", {"item": item}, key=key)
        assert answer.status == 200, answer.text
        return answer.json

    def sign_in(self, login: str, password: str = PASSWORD) -> Answer:
        """Sign in through the form."""
        page = self.get("/sign-in")
        found = CSRF.search(page.text)
        assert found is not None, page.text[:400]
        answer = self.request(
            "POST",
            "/sign-in",
            fields={"csrf_token": found[1], "login": login, "password": password},
            encode_multipart=False,
        )
        if answer.status == 302:
            desk = self.get("/password")
            found = CSRF.search(desk.text)
            assert found is not None, desk.text[:400]
            self.csrf = found[1]
        return answer


class Clerk(Client):
    """A signed-in clerk with a counter."""

    def __init__(self, url: str, counter: str) -> None:
        super().__init__(url)
        self.counter = counter

    def at(self, verb: str, **body: Any) -> Answer:
        """Command to the own counter."""
        return self.post(f"/counters/{self.counter}/{verb}", body)

    def on(self, ticket: Mapping[str, Any], verb: str, **body: Any) -> Answer:
        """Verb on a ticket as it was last seen (`ticket` is a Done or a DeskTicket)."""
        uid = ticket.get("ticket") or ticket["uid"]
        return self.post(f"/tickets/{uid}/{verb}", {"version": ticket["version"], **body})

    def desk(self) -> dict[str, Any]:
        """The clerk's view."""
        answer = self.get(f"/api/v1/desk?counter={self.counter}")
        assert answer.status == 200, answer.text
        return answer.json


@dataclass
class RunningHall:
    """One server process and its data."""

    folder: Path
    port: int
    database_url: str = ""
    options: tuple[str, ...] = ()
    environ: dict[str, str] = field(default_factory=dict)
    sample: str = "2026"
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> list[str]:
        found = ["--data-dir", str(self.folder / "server")]
        if self.database_url:
            found += ["--database-url", self.database_url]
        return found

    def command(self, *args: str, typed: str = "", check: bool = True) -> str:
        """Run a `hall-server` command and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "server", *args, *self.data],
            input=typed,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, **self.environ},
            check=False,
        )
        if check:
            assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout + ("" if check else done.stderr)

    @property
    def code(self) -> str:
        """Code of the hall in the sample."""
        return "yongde" if self.sample == "2026" else "yongde-2007"

    def database(self) -> Database:
        """The hall's database; the caller closes it."""
        url = self.database_url or f"sqlite:///{self.folder / 'server' / 'hall.db'}"
        return Database(url, clock=clock_from(self.environ).now)

    def work(self, fn: Callable[[Work], Any]) -> Any:
        """Run an action as the technician's command line does."""
        db = self.database()
        try:
            return DirectRunner(db).run(self.code, Actor("job", "test"), fn)
        finally:
            db.close()

    def load(self) -> None:
        """Load the sample into an empty database."""
        (self.folder / "server").mkdir(parents=True, exist_ok=True)
        db = self.database()
        try:
            migrate.upgrade(db)
            with db.engine().begin() as connection:
                found = seed.sample(self.sample)
                seed.insert(connection, found, now=moment(db.clock()), new_uid=new_uid)
        finally:
            db.close()

    def start(self) -> None:
        """Start the server and wait until it is ready."""
        log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "server", "run", *self.data, "--port", str(self.port)),
                *("--public-url", self.url, "--demo", *self.options),
            ],
            stdout=log,
            stderr=log,
            cwd=ROOT,
            env={**os.environ, **self.environ},
        )
        log.close()
        self.wait_ready()

    def wait_ready(self) -> None:
        http = urllib3.PoolManager(retries=False, timeout=2.0)
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            try:
                if http.request("GET", f"{self.url}/readyz").status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(0.03)
        raise AssertionError((self.folder / "server.log").read_text(errors="replace")[-4000:])

    def kill(self) -> None:
        """`kill -9`, as the power cut does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end, as systemd does."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def set_clock(self, seconds: float) -> None:
        """Move the server's clock by *seconds*; needs `clock=True` at the start."""
        path = self.folder / "clock"
        spare = path.with_suffix(".new")
        spare.write_text(str(seconds), encoding="ascii")
        spare.replace(path)

    def person(self, login: str, *roles: str, label: str = "", keep: bool = True) -> None:
        """Add a person with the password of all tests; a role may be `clerk:MZ`."""
        granted = [(a, b) for a, _, b in (r.partition(":") for r in roles)]
        self.work(
            lambda w: people.add_person(
                w,
                login=login,
                label=label or login,
                password_hash=_hash(PASSWORD),
                roles=granted,
                must_change=not keep,
            )
        )

    def client(self, login: str = "") -> Client:
        """A browser, signed in when *login* is given."""
        client = Client(self.url)
        if login:
            answer = client.sign_in(login)
            assert answer.status == 302, answer.text
        return client

    def clerk(self, login: str, *, counter: str, open_: bool = True) -> Clerk:
        """Add a clerk, sign in, and open a counter."""
        self.person(login, "clerk")
        clerk = Clerk(self.url, counter)
        answer = clerk.sign_in(login)
        assert answer.status == 302, answer.text
        if open_:
            opened = clerk.at("open")
            assert opened.status == 200, opened.text
        return clerk

    def enrolment(self, kind: str, zone: str = "") -> str:
        """A one-time token."""
        token: str = self.work(lambda w: devices.create_enrolment(w, kind=kind, zone=zone))
        return token

    def ask(self, device: str, what: str, part: str = "") -> str:
        """Ask something of a device from afar; return the identity of the wish."""
        done = self.work(lambda w: asks.ask(w, device, what=what, part=part, staff=MANAGER))
        return str(done.ask)

    def pad_token(self, counter: str, role: str) -> str:
        """A one-time token of a call pad or rater at a counter."""
        token: str = self.work(
            lambda w: pads.create_enrolment(w, counter=counter, role=role, staff=ADMIN)
        )
        return token

    def enrol(self, kind: str, zone: str = "", name: str = "") -> Client:
        """Enrol a device and return its client."""
        token = self.enrolment(kind, zone)
        answer = Client(self.url).post(
            "/devices/enrol", {"token": token, "name": name or kind}, key=None
        )
        assert answer.status == 200, answer.text
        client = Client(self.url, answer.json["token"])
        client.device = answer.json["device"]  # type: ignore[attr-defined]
        return client


@contextmanager
def running_hall(
    folder: Path,
    *,
    database_url: str = "",
    sample: str = "2026",
    always_open: bool = True,
    clock: bool = False,
    rules: Mapping[str, Any] | None = None,
    options: tuple[str, ...] = (),
    start: bool = True,
) -> Iterator[RunningHall]:
    """Run a server with a sample hall; everything ends with the block.

    Args:
        folder: where its data goes.
        database_url: PostgreSQL; empty = SQLite.
        sample: which sample.
        always_open: the hall's hours do not count.
        clock: the clock may be moved with `set_clock`.
        rules: rules of the hall to set.
        options: more flags of `hall-server run`.
        start: False leaves the start to the test.
    """
    folder.mkdir(parents=True, exist_ok=True)
    hall = RunningHall(folder, free_port(), database_url, options, sample=sample)
    if clock:
        hall.environ["HALL_CLOCK_FILE"] = str(folder / "clock")
        hall.set_clock(0)
    hall.load()
    settings = {"always_open": always_open, "recall_min_s": 0, **(rules or {})}
    hall.work(lambda w: catalogue.set_rules(w, **settings))
    if start:
        hall.start()
    try:
        yield hall
    finally:
        hall.stop()
