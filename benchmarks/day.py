"""How long "call next" takes early on a quiet day and late on a very busy one.

Through the actions and the store, without a server: the command's own time with its commit. Both
halls are brought to their size by the same actions as in life, so the log has grown as well.

Two calls are timed: an ordinary one, and the first one of a queue that nobody took a number of
before, where whatever looks back for earlier calls finds none.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hall import Prepared, prepare

from server.actions import calling, tickets
from server.kit.contract.views import Done
from server.store.engine import Job
from server.store.work import Actor, Work

QUIET, BUSY = 200, 20_000
STILL_WAITING = 10
"""One in so many tickets of the day still waits: 20 and 2,000."""
PRIORITY_EACH = 8
"""One in so many is of a priority class, so that the rule of the row is asked too."""
GROUP = 100
CALLS = 60
"""Calls measured in a round; each is followed, off the clock, by what keeps the line as long."""
KIOSK = Actor("device", "bench")


Pair = tuple[list[float], list[float]]
"""Medians of the rounds in ms, on the busy day and on the quiet one."""


class _UndoneError(Exception):
    """Rolls a measured call back, so that it can be measured again."""


def next_ticket_ms(*, rounds: int) -> tuple[Pair, Pair]:
    """Return the times of ordinary calls, and of first calls of a queue."""
    with tempfile.TemporaryDirectory(prefix="hall-bench-") as folder:
        busy = _Day(prepare(Path(folder) / "busy.db"), BUSY)
        quiet = _Day(prepare(Path(folder) / "quiet.db"), QUIET)
        ordinary: Pair = ([], [])
        first: Pair = ([], [])
        for _ in range(rounds):
            for n, day in enumerate((busy, quiet)):
                ordinary[n].append(day.ordinary_ms())
                first[n].append(day.first_ms())
        busy.close()
        quiet.close()
    return ordinary, first


class _Day:
    """A hall on which *size* tickets have been taken today, none of them in its last queue."""

    def __init__(self, hall: Prepared, size: int) -> None:
        self._hall = hall
        self._queues = hall.queues[:-1]
        self._serial = itertools.count()
        self._counters: Iterator[str] = itertools.cycle(hall.counters[:-1])
        self._together([self._issue() for _ in range(size)])
        served = size - size // STILL_WAITING
        self._together([self._serve(next(self._counters)) for _ in range(served)])
        for priority in ("", "elderly"):
            self._together([self._take(hall.queues[-1], priority)])

    def ordinary_ms(self) -> float:
        """Return the median time of `CALLS` calls, each durable."""
        took = []
        for counter in itertools.islice(self._counters, CALLS):
            begun = time.perf_counter()
            done = self._run(counter, functools.partial(self._call, counter))
            took.append((time.perf_counter() - begun) * 1000)
            self._together([self._end(counter, done.ticket, done.version), self._issue()])
        return statistics.median(took)

    def first_ms(self) -> float:
        """Return the median time of calling the first ticket of the last queue, undone each time."""
        counter = self._hall.counters[-1]

        def call_and_undo(w: Work) -> None:
            self._call(counter, w)
            raise _UndoneError

        took = []
        for _ in range(CALLS // 3):
            begun = time.perf_counter()
            with contextlib.suppress(_UndoneError):
                self._run(counter, call_and_undo)
            took.append((time.perf_counter() - begun) * 1000)
        return statistics.median(took)

    def _run(self, counter: str, fn: Callable[[Work], Any]) -> Any:
        actor = Actor("person", self._hall.clerk[counter].uid)
        return self._hall.runner.run(self._hall.code, actor, fn)

    def _call(self, counter: str, w: Work) -> Done:
        return calling.call_next(w, counter, staff=self._hall.clerk[counter], expected=None)

    def close(self) -> None:
        self._hall.close()

    def _issue(self) -> Job[Any]:
        n = next(self._serial)
        priority = "elderly" if n % PRIORITY_EACH == 0 else ""
        return self._take(self._queues[n % len(self._queues)], priority)

    def _take(self, queue: str, priority: str) -> Job[Any]:
        return Job(
            self._hall.code,
            KIOSK,
            lambda w: tickets.issue(w, queue=queue, priority=priority, source="kiosk"),
        )

    def _serve(self, counter: str) -> Job[Any]:
        staff = self._hall.clerk[counter]

        def serve(w: Work) -> None:
            t = self._call(counter, w)
            t = calling.start(w, t.ticket, version=t.version, staff=staff)
            calling.finish(w, t.ticket, version=t.version, staff=staff)

        return Job(self._hall.code, Actor("person", staff.uid), serve)

    def _end(self, counter: str, uid: str, version: int) -> Job[Any]:
        staff = self._hall.clerk[counter]

        def end(w: Work) -> None:
            t = calling.start(w, uid, version=version, staff=staff)
            calling.finish(w, uid, version=t.version, staff=staff)

        return Job(self._hall.code, Actor("person", staff.uid), end)

    def _together(self, jobs: list[Job[Any]]) -> None:
        link = self._hall.database.writer()
        for at in range(0, len(jobs), GROUP):
            group = jobs[at : at + GROUP]
            self._hall.database.run_together(link, group)
            for job in group:
                job.result()
