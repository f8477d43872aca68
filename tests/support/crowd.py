"""A crowd that hammers a running hall: kiosks that take numbers, clerks that call and serve.

Every command is sent twice at the same time with the same key, as a double tap and a lost answer
do together; a client that gets no answer repeats the same key until it has one. What each client
was told is kept, so that the database can be held against it.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import urllib3

from server.actions import catalogue
from server.kit.contract.board import Board, evolve
from server.reads import log
from server.reads.board import board
from server.store import tables
from server.store.sql import Sql
from server.store.work import Work
from tests.support.hall import Answer, Clerk, Client, RunningHall

ITEMS = ("MZ-01", "SP-02", "WS-05", "GT-01", "GA-01", "GS-01", "JJD-01", "LD-03")
GIVE_UP_S = 60.0


@dataclass
class Crowd:
    """The crowd and what it was told."""

    hall: RunningHall
    seed: int
    told: list[tuple[str, str]] = field(default_factory=list)
    """(uid, number) of every number a client was told."""
    called: list[tuple[str, str]] = field(default_factory=list)
    """(call key, ticket uid) of every call a clerk was told."""
    disagreements: list[str] = field(default_factory=list)
    """Two answers to one key that differ: a fault."""
    surprises: list[str] = field(default_factory=list)
    """Answers that no refusal explains: a fault."""
    done: int = 0
    in_flight: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, kiosks: list[Client], clerks: list[Clerk]) -> None:
        for n, kiosk in enumerate(kiosks):
            self._spawn(self._citizens, kiosk, random.Random(self.seed * 100 + n))
        for n, clerk in enumerate(clerks):
            self._spawn(self._clerk, clerk, random.Random(self.seed * 1000 + n))

    def end(self) -> None:
        """Let everybody finish what is under way."""
        self.stop.set()
        for thread in self._threads:
            thread.join(GIVE_UP_S + 10)
            assert not thread.is_alive(), "a client hangs"

    def _spawn(self, target: Any, *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def twice(self, client: Client, path: str, body: dict[str, Any]) -> Answer:
        """Send one command twice at once with one key; both answers must agree."""
        key = str(uuid.uuid4())
        answers: list[Answer | None] = [None, None]

        def send(n: int) -> None:
            answers[n] = self._until_answered(client, path, body, key)

        other = threading.Thread(target=send, args=(1,), daemon=True)
        other.start()
        send(0)
        other.join(GIVE_UP_S + 5)
        first, second = answers
        assert first is not None
        assert second is not None
        with self._lock:
            self.done += 1
            if first.status == second.status == 200 and first.text != second.text:
                self.disagreements.append(f"{path}: {first.text} / {second.text}")
            for answer in (first, second):
                if answer.status not in {200, 400, 403, 404, 409, 422}:
                    self.surprises.append(f"{path}: {answer.status} {answer.text[:300]}")
        # A refusal is judged again, so one twin may find nobody waiting and the other somebody; any
        # other refusal beside an answer means that the second was taken for a new command.
        refused = {first.code, second.code} - {"", "nobody_waiting"}
        if refused and 200 in {first.status, second.status}:
            with self._lock:
                self.disagreements.append(f"{path}: {first.status} {second.status} {refused}")
        return first if first.status == 200 else second

    def _until_answered(self, client: Client, path: str, body: dict[str, Any], key: str) -> Answer:
        until = time.monotonic() + GIVE_UP_S
        while True:
            with self._lock:
                self.in_flight += 1
            try:
                answer = client.post(path, body, key=key)
                if answer.status < 500:
                    return answer
            except urllib3.exceptions.HTTPError:
                pass
            finally:
                with self._lock:
                    self.in_flight -= 1
            assert time.monotonic() < until, f"no answer to {path}"
            time.sleep(0.05)

    def _citizens(self, kiosk: Client, chance: random.Random) -> None:
        while not self.stop.is_set():
            answer = self.twice(kiosk, "/tickets", {"item": chance.choice(ITEMS)})
            if answer.status == 200:
                with self._lock:
                    self.told.append((answer.json["uid"], answer.json["number"]))

    def _clerk(self, clerk: Clerk, chance: random.Random) -> None:
        while not self.stop.is_set():
            answer = self.twice(clerk, f"/counters/{clerk.counter}/call-next", {})
            if answer.status != 200:
                if answer.code == "counter_busy":
                    self._free(clerk)
                time.sleep(0.01)
                continue
            with self._lock:
                self.called.append((answer.json["number"], answer.json["ticket"]))
            self._serve(clerk, answer.json, chance)

    def _serve(self, clerk: Clerk, ticket: dict[str, Any], chance: random.Random) -> None:
        path = f"/tickets/{ticket['ticket']}"
        ways = [["start", "finish"], ["no-show"], ["recall", "start", "finish"], ["send-back"]]
        for verb in chance.choices(ways, weights=(8, 1, 2, 1))[0]:
            body = {"version": ticket["version"], "reason": "x"}
            answer = self.twice(clerk, f"{path}/{verb}", body)
            if answer.status != 200:
                return
            ticket = answer.json

    def _free(self, clerk: Clerk) -> None:
        current = clerk.desk()["current"]
        if current is not None:
            verb = "finish" if current["state"] == "serving" else "send-back"
            clerk.on(current, verb, reason="x")


def first_board(hall: RunningHall) -> Board:
    """The board before the crowd came."""
    db = hall.database()
    try:
        return db.read(hall.code, board)
    finally:
        db.close()


def hold_against(hall: RunningHall, crowd: Crowd, before: Board) -> None:
    """Prove that the database holds exactly what the clients were told, and that the log is true."""
    db = hall.database()
    try:
        assert db.read(hall.code, log.faults) == []
        folded = before
        for event in db.read(hall.code, lambda r: log.events_after(r, before.seq, 10_000_000)):
            folded = evolve(folded, event)
        assert folded == db.read(hall.code, board)
        with db.engine().connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT uid, number, series_queue_id, no, state, counter_id FROM ticket"
                " ORDER BY series_queue_id, no"
            ).all()
            at_counters = connection.exec_driver_sql(
                "SELECT id, ticket_id FROM counter WHERE ticket_id IS NOT NULL"
            ).all()
            waiting = connection.exec_driver_sql(
                "SELECT queue_id, count(*) FROM ticket WHERE state = 'waiting' GROUP BY queue_id"
            ).all()
            counted = connection.exec_driver_sql(
                "SELECT queue_id, waiting FROM number_series WHERE waiting <> 0"
            ).all()
    finally:
        db.close()
    stored = {uid: number for uid, number, *_ in rows}
    series: dict[int, list[int]] = {}
    for row in rows:
        series.setdefault(row[2], []).append(row[3])

    assert [told for told in crowd.told if stored.get(told[0]) != told[1]] == []
    assert len(crowd.told) == len(set(crowd.told)) == len({n for _, n in crowd.told})
    for numbers in series.values():
        assert numbers == list(range(1, len(numbers) + 1)), "a gap or a double"
    assert {row[1] for row in at_counters} == {
        t for (t,) in _ids(hall, "state IN ('called', 'serving')")
    }
    assert sorted(map(tuple, waiting)) == sorted(map(tuple, counted))
    assert crowd.disagreements == []
    assert crowd.surprises == []


def _ids(hall: RunningHall, where: str) -> list[tuple[int]]:
    db = hall.database()
    try:
        with db.engine().connect() as connection:
            found = connection.exec_driver_sql(f"SELECT id FROM ticket WHERE {where}").all()
            return [(row[0],) for row in found]
    finally:
        db.close()


_SERVES = Sql(sa.insert(tables.counter_queue), ["counter_id", "queue_id", "weight"])


def share_queues(hall: RunningHall) -> None:
    """Let every counter also serve the next two queues, so that clerks compete for tickets."""

    def share(w: Work) -> None:
        all_queues = w.config.queues
        for n, counter in enumerate(w.config.counters):
            for step in (1, 2):
                queue = all_queues[(n + step) % len(all_queues)]
                w.run(_SERVES, counter_id=counter.id, queue_id=queue.id, weight=1)
        catalogue.refresh(w)

    hall.work(share)


def people(hall: RunningHall, *, kiosks: int, clerks: int) -> tuple[list[Client], list[Clerk]]:
    """Enrolled kiosks, and clerks at open counters (at most 17 counters; the rest share by shifts)."""
    share_queues(hall)
    boxes = [hall.enrol("kiosk", name=f"取号机 {n}") for n in range(kiosks)]
    staff = []
    for n in range(clerks):
        counter = str(n % 17 + 1)
        staff.append(hall.clerk(f"h{n:02d}", counter=counter, open_=n < 17))
    return boxes, staff
