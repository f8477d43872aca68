"""A hall in the test's own process: the real store and actions, and a clock the test moves.

`verified(fn)` runs an action, folds what it published into the board of before, and compares with
a fresh board: snapshot + events = fresh snapshot. Every action is run through it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from server.actions import catalogue, counters, days, devices, people, tickets
from server.domain.moments import moment
from server.domain.people import Role, Staff
from server.kit.contract import codec
from server.kit.contract.board import Board, evolve
from server.kit.contract.codec import Event
from server.kit.contract.views import TicketSlip
from server.reads import log
from server.reads.board import board
from server.store import devices as device_rows
from server.store import migrate, seed
from server.store.engine import Database, DirectRunner, new_uid
from server.store.work import Actor, Read, Work

T = TypeVar("T")

MORNING = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
"""Monday 09:30 in the hall."""
JOB = Actor("job", "test")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = MORNING) -> None:
        self.at = at

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)  # no two commands share a moment
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class Bench:
    """One hall on one database."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.clock = clock
        self.db = Database(url, clock=clock.now)
        self.hall = self.db.halls()[0]
        self.runner = DirectRunner(self.db)
        self._staff: dict[str, Staff] = {}

    def close(self) -> None:
        self.runner.close()
        self.db.close()

    def run(self, fn: Callable[[Work], T], actor: Actor = JOB) -> T:
        return self.runner.run(self.hall, actor, fn)

    def read(self, fn: Callable[[Read], T]) -> T:
        return self.db.read(self.hall, fn)

    def board(self) -> Board:
        return self.read(board)

    def events(self, since: int = 0) -> list[Event]:
        return self.read(lambda r: log.events_after(r, since, 100_000))

    def staff(self, login: str = "c01", *roles: tuple[Role, str]) -> Staff:
        """A person, added when new; a clerk of the whole hall when no role is named."""
        if login not in self._staff:
            granted = roles or ((Role.CLERK, ""),)
            key = self.run(
                lambda w: people.add_person(
                    w,
                    login=login,
                    label=login.upper(),
                    password_hash="x",
                    roles=[(r.value, d) for r, d in granted],
                    must_change=False,
                )
            )
            self._staff[login] = Staff(
                id=key, uid=f"uid-{login}", login=login, label=login.upper(), roles=granted
            )
        return self._staff[login]

    def device(self, kind: str = "kiosk") -> device_rows.Device:
        """An enrolled device."""
        token = self.run(lambda w: devices.create_enrolment(w, kind=kind, zone=""))
        found = self.run(
            lambda w: devices.enrol(w, token=token, name=kind, software="t", contract=[1])
        )
        device = self.read(lambda r: device_rows.by_uid(r, found.device))
        assert device is not None
        return device

    def issue(self, item: str = "MZ-01", **kwargs: Any) -> TicketSlip:
        return self.run(lambda w: tickets.issue(w, item=item, source="staff", **kwargs))

    def open(self, counter: str = "1", login: str = "c01") -> Staff:
        staff = self.staff(login)
        self.run(lambda w: counters.open_counter(w, counter, staff=staff))
        return staff

    def verified(self, fn: Callable[[Work], T], *, changes: bool = True) -> T:
        """Run *fn* and prove that its events tell the whole change of the board.

        Args:
            changes: False for an action that changes nothing the public sees.
        """
        before = self.board()
        value = self.run(fn)
        self.prove(before, changes=changes)
        return value

    def prove(self, before: Board, *, changes: bool = True) -> None:
        """Fold the events since *before* into it and compare with a fresh board."""
        folded = before
        for event in self.events(before.seq):
            wire = json.loads(json.dumps(codec.dump(event)))
            again = codec.load(wire)
            assert again == event
            shown = codec.public(event)
            folded = evolve(folded, codec.load(codec.dump(shown)) or shown)
        fresh = self.board()

        assert folded == fresh
        if changes:
            assert fresh.seq > before.seq, "the action published nothing"

    def whole(self) -> None:
        """Prove what must be true at any moment: the log, the counts, the occupation."""
        assert self.read(log.faults) == []
        present = self.board()
        with self.db.engine().connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT q.code, count(*) FROM ticket t JOIN queue q ON q.id = t.queue_id"
                " JOIN hall h ON h.id = t.hall_id AND h.date = t.date"
                " WHERE t.state = 'waiting' GROUP BY q.code"
            ).all()
        counted = {row[0]: row[1] for row in rows}
        shown = {q.code: q.waiting for q in present.queues if q.waiting}

        assert shown == counted
        at = [c.counter for c in present.calls]
        assert len(at) == len(set(at))
        assert {c.code: c.ticket for c in present.counters if c.ticket} == {
            c.counter: c.ticket for c in present.calls
        }


def prepare(url: str, *, sample: str = "2026", always_open: bool = True) -> None:
    """Fill an empty database with a sample hall whose day of the `MORNING` is open."""
    clock = Clock()
    db = Database(url, clock=clock.now)
    migrate.upgrade(db)
    with db.engine().begin() as connection:
        found = seed.sample(sample)
        seed.insert(connection, found, now=moment(clock.at), new_uid=new_uid)
    runner, hall = DirectRunner(db), db.halls()[0]
    runner.run(hall, JOB, lambda w: catalogue.settle(w, public_url="https://hall.example"))
    rules = {"always_open": always_open, "recall_min_s": 0, "min_calls": 1}
    runner.run(hall, JOB, lambda w: catalogue.set_rules(w, **rules))
    runner.run(hall, JOB, days.tick)
    runner.close()
    db.close()


@contextmanager
def opened(url: str) -> Iterator[Bench]:
    """A bench on a prepared database, closed at the end."""
    bench = Bench(url, Clock(MORNING + timedelta(seconds=1)))
    try:
        yield bench
    finally:
        bench.close()
