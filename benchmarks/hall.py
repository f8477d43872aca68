"""A whole hall for a benchmark: database, sample hall, device and clerk, and the server over it."""

from __future__ import annotations

import contextlib
import json
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from msgspec.structs import replace
from processes import Side, free_port, load, python, running

from server.actions import catalogue, counters, devices, people
from server.domain.people import Staff
from server.place import secret_key
from server.store import people as people_store
from server.store import seed
from server.store.engine import Database, DirectRunner, new_uid
from server.store.migrate import upgrade
from server.store.work import Actor

SETUP = Actor("job", "bench")
CONTRACT = (1,)
PUBLIC_URL = "http://192.0.2.10:8100"
DIGITS = 5
"""A benchmark gives more numbers in a minute than a queue of the sample hall has in a day."""
FILL_S = 0.3
"""Long enough for several hundred tickets."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A hall in a database, before any server runs."""

    database: Database
    runner: DirectRunner
    code: str
    queues: tuple[str, ...]
    counters: tuple[str, ...]
    clerk: Mapping[str, Staff]
    """By the counter that each has opened."""
    kiosk_token: str

    def close(self) -> None:
        """Let go of the file, so that a server may have it."""
        self.database.close()


def prepare(file: Path) -> Prepared:
    """Make the sample hall of 2026 in a new SQLite *file*, always open, every counter with a clerk."""
    sample = seed.sample("2026")
    sample = replace(
        sample,
        queues=tuple(replace(q, digits=DIGITS, last_no=10**DIGITS - 1) for q in sample.queues),
        settings=replace(sample.settings, always_open=True),
    )
    database = Database(f"sqlite:///{file}", clock=utc_now)
    upgrade(database)
    at = utc_now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    with database.engine().begin() as connection:
        seed.insert(connection, sample, now=at, new_uid=new_uid)
    code = sample.hall.code
    runner = DirectRunner(database)
    runner.run(code, SETUP, lambda w: catalogue.settle(w, public_url=PUBLIC_URL))
    token = runner.run(code, SETUP, lambda w: devices.create_enrolment(w, kind="kiosk", zone=""))
    kiosk = runner.run(
        code,
        SETUP,
        lambda w: devices.enrol(w, token=token, name="bench", software="0", contract=CONTRACT),
    )
    clerks = {c.code: _clerk(runner, code, c.code) for c in sample.counters}
    return Prepared(
        database=database,
        runner=runner,
        code=code,
        queues=tuple(q.code for q in sample.queues),
        counters=tuple(c.code for c in sample.counters),
        clerk=clerks,
        kiosk_token=kiosk.token,
    )


def _clerk(runner: DirectRunner, code: str, counter: str) -> Staff:
    key = runner.run(
        code,
        SETUP,
        lambda w: people.add_person(
            w,
            login=f"bench{counter}",
            label=counter,
            password_hash=secrets.token_hex(),
            roles=[("clerk", "")],
            must_change=False,
        ),
    )
    staff = runner.run(code, SETUP, lambda w: people_store.staff(w, people_store.by_id(w, key)))
    runner.run(code, SETUP, lambda w: counters.open_counter(w, counter, staff=staff))
    return staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """The real server over a prepared hall, and how the load generator speaks to it."""

    side: Side
    folder: Path

    def issuing(self) -> tuple[str, ...]:
        """Return the options for issuing tickets as a kiosk, in every queue in turn."""
        return (
            "--path",
            "/api/v1/tickets",
            "--bodies",
            str(self.folder / "bodies"),
            "--headers",
            str(self.folder / "kiosk-headers"),
        )

    def devices(self) -> tuple[str, ...]:
        """Return the options for connecting as a device."""
        return ("--namespace", "/edge", "--auths", str(self.folder / "auths"))

    def echo(self) -> tuple[str, ...]:
        """Return the options for the bystander: a device whose `ack` is acknowledged."""
        return (*self.devices(), "--echo-event", "ack", "--echo-body", '{"seq":1,"content":""}')

    def calling(self) -> tuple[str, ...]:
        """Return the options for a clerk who calls, starts and finishes, again and again."""
        return (
            *self.devices(),
            "--match",
            '"ticket.called"',
            "--calls",
            str(self.folder / "calls"),
            "--call-headers",
            str(self.folder / "clerk-headers"),
        )

    def fill(self, side: Side) -> None:
        """Issue tickets for a moment, so that the clerk of *side* finds a line."""
        fill = (*self.issuing(), "--posters", "4", "--warmup-ms", "0")
        load(side, *fill, "--bodies", str(self.folder / "first-queue"), seconds=FILL_S)


@contextlib.contextmanager
def hall(env: Mapping[str, str] | None = None) -> Iterator[Hall]:
    """Prepare a hall in a temporary folder and run `hall-server` over it.

    Args:
        env: more environment for the server's process only, e.g. `LD_PRELOAD`.
    """
    with tempfile.TemporaryDirectory(prefix="hall-bench-") as name:
        folder = Path(name)
        prepared = prepare(folder / "hall.db")
        clerk = _session(prepared, folder)
        prepared.close()
        _write_load(prepared, folder, clerk)
        port = free_port()
        settings = {
            "HALL_DATA_DIR": name,
            "HALL_PORT": str(port),
            "HALL_PUBLIC_URL": PUBLIC_URL,
            **(env or {}),
        }
        argv = [sys.executable, "-m", "server", "run"]
        with running("server", argv, port=port, env=settings) as side:
            yield Hall(side=side, folder=folder)


@contextlib.contextmanager
def memory_hall() -> Iterator[Side]:
    """Run the same routes with the database switched off."""
    port = free_port()
    with running("memory", python("memory_app.py", str(port)), port=port) as side:
        yield side


def _session(prepared: Prepared, folder: Path) -> list[str]:
    """Return the header lines of a clerk who is signed in at the first counter.

    The session is made by the product's own action; only the browser is left out, which would
    fetch the same cookie and CSRF token from the sign-in page.
    """
    staff = prepared.clerk[prepared.counters[0]]
    signed_in = prepared.runner.run(
        prepared.code, Actor("person", staff.uid), lambda w: people.sign_in(w, staff.id)
    )
    app = Flask(__name__)
    app.secret_key = secret_key(folder)
    with app.test_request_context():
        session["_user_id"] = signed_in.token
        session["_fresh"] = True
        csrf = generate_csrf()
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        cookie = signer.dumps(dict(session))
    return [f"Cookie: hall_session={cookie}", f"X-CSRFToken: {csrf}"]


def _write_load(prepared: Prepared, folder: Path, clerk: Sequence[str]) -> None:
    counter = prepared.counters[0]
    verb = '{"version":{version},"counter":"' + counter + '"}'
    calls = (
        f"/api/v1/counters/{counter}/call-next\t{{}}",
        f"/api/v1/tickets/{{ticket}}/start\t{verb}",
        f"/api/v1/tickets/{{ticket}}/finish\t{verb}",
    )
    auth = {
        "token": prepared.kiosk_token,
        "contract": CONTRACT,
        "since": None,
        "content": "",
        "software": "bench",
    }
    for name, lines in (
        ("bodies", [json.dumps({"queue": q}) for q in prepared.queues]),
        ("first-queue", [json.dumps({"queue": prepared.queues[0]})]),
        ("kiosk-headers", [f"Authorization: Bearer {prepared.kiosk_token}"]),
        ("clerk-headers", clerk),
        ("auths", [json.dumps(auth)]),
        ("calls", calls),
    ):
        (folder / name).write_text("".join(f"{line}\n" for line in lines))
