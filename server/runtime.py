"""The native writer thread, and the bridge from it to the gevent hub.

On SQLite every command runs on one native thread, which takes all that wait, runs each in its
savepoint, commits once and then answers. The gevent loop never waits for a disk: with 20 ms added
to fsync, committing inside the loop raised other clients' p99 from 5 to 380 ms, and group commit
kept 5 ms at four times the rate (docs/performance.md).

Under monkey-patching `threading.Thread` is a greenlet, so the thread comes from gevent's pool and
the queue between is the C one with native locks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

import gevent
import gevent.event
import gevent.monkey
import gevent.threadpool

from server.kit.contract.reasons import Refused
from server.store.engine import Database, Job, in_words
from server.store.sql import Link
from server.store.work import Actor, Read, Work

T = TypeVar("T")

MOST_TOGETHER = 128
"""So many commands share one commit at most."""
MOST_WAITING = 4000
"""Beyond this the server says it is busy rather than promise what it cannot do in time."""
ANSWER_WITHIN_S = 15.0
"""After this a client is told to repeat with the same key; the command may still happen."""

_NativeQueue = gevent.monkey.get_original("queue", "SimpleQueue")


class Runtime:
    """Runs commands and questions of one database inside a gevent process.

    Args:
        database: where.
        on_commit: called on the hub with the hall's code after each commit that published.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._listeners: list[Callable[[str], None]] = []
        self._writer = _Writer(database, self._committed) if database.is_sqlite else None

    def on_commit(self, callback: Callable[[str], None]) -> None:
        """Have *callback* called with the hall's code after each commit that published."""
        self._listeners.append(callback)

    def _committed(self, halls: set[str]) -> None:
        for hall in halls:
            for callback in self._listeners:
                callback(hall)

    def run(self, hall: str, actor: Actor, fn: Callable[[Work], T]) -> T:
        """Run *fn* on *hall* and return its value once it is durable.

        Raises:
            Refused: what the command refuses, or `busy` when the answer does not come in time.
        """
        job: Job[T] = Job(hall, actor, fn)
        if self._writer is not None:
            self._writer.submit(job)
        else:
            self.database.run_alone(job)
            if job.last_seq:
                self._committed({hall})
        return job.result()

    def read(self, hall: str, fn: Callable[[Read], T]) -> T:
        """Return *fn* of one consistent snapshot of *hall*."""
        return self.database.read(hall, fn)

    def close(self) -> None:
        """Finish what waits, then stop the writer and close the database."""
        if self._writer is not None:
            self._writer.stop()
        self.database.close()


class _Writer:
    """One native thread that owns the only connection that writes."""

    def __init__(self, database: Database, committed: Callable[[set[str]], None]) -> None:
        self._database = database
        self._committed = committed
        self._inbox: Any = _NativeQueue()
        self._outbox: deque[list[Job[Any]]] = deque()
        self._waiting = 0
        hub = gevent.get_hub()
        self._bell = hub.loop.async_()
        self._bell.start(self._deliver)
        self._pool = gevent.threadpool.ThreadPool(1, hub=hub)
        self._thread = self._pool.spawn(self._work)

    def submit(self, job: Job[Any]) -> None:
        """Hand *job* to the thread and wait, letting other greenlets run."""
        if self._waiting >= MOST_WAITING:
            raise Refused("busy")
        answered = gevent.event.Event()
        job.done = answered.set
        self._waiting += 1
        self._inbox.put(job)
        if not answered.wait(ANSWER_WITHIN_S):
            raise Refused("busy")

    def _work(self) -> None:
        # Runs on the native thread; nothing here may touch the hub but `_bell.send`.
        link: Link | None = None
        while True:
            jobs = self._take()
            if jobs is None:
                break
            try:
                if link is None:
                    link = self._database.writer()
                self._database.run_together(link, jobs)
            except Exception as error:
                # The connection itself is unusable: everyone is told, the next group opens anew.
                for job in jobs:
                    job.error = in_words(error)
                    job.last_seq = 0
                link = None
            self._outbox.append(jobs)
            self._bell.send()
        if link is not None:
            link.driver.close()

    def _take(self) -> list[Job[Any]] | None:
        first = self._inbox.get()
        if first is None:
            return None
        jobs = [first]
        while len(jobs) < MOST_TOGETHER and not self._inbox.empty():
            following = self._inbox.get()
            if following is None:
                self._inbox.put(None)
                break
            jobs.append(following)
        return jobs

    def _deliver(self) -> None:
        halls: set[str] = set()
        while self._outbox:
            jobs = self._outbox.popleft()
            self._waiting -= len(jobs)
            for job in jobs:
                if job.last_seq:
                    halls.add(job.hall)
                job.done()
        if halls:
            self._committed(halls)

    def stop(self) -> None:
        self._inbox.put(None)
        self._thread.get()
        self._bell.stop()
        self._bell.close()
        self._pool.kill()
