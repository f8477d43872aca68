"""One port, one native thread, one inbox: devices never hold up the hub, and nobody shares a port.

The thread is the only one of a gevent `ThreadPool(1)`, because under monkey-patching a
`threading.Thread` is a greenlet. It waits on the port and on a wake-up pipe with the system's own
`poll`, so it needs no hub and runs the same whether or not the process is monkey-patched.

A driver never waits: the worker tells it what arrived and what time it is, and it says when it
wants to be asked again. A driver is therefore proved without threads, ports or clocks.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar, cast

import gevent
from gevent.event import Event
from gevent.threadpool import ThreadPool

from server.kit.serial.frames import DeviceFault
from server.kit.serial.port import Port, VirtualPort, open_port, readable

__all__ = ["Driver", "Outlet", "PortWorker", "Stopped", "open_port"]

T = TypeVar("T")

BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Waits between attempts to open a port; the last repeats."""
MAX_WAIT_S = 5.0
BLIND_WAIT_S = 0.02
"""How often a port is read where the system cannot wait on it."""

_log = logging.getLogger(__name__)


class Outlet(Protocol):
    """What a driver may do with its port."""

    def write(self, data: bytes) -> int:
        """Hand over as much as is taken now and return how many bytes."""
        ...

    def pending(self) -> int:
        """Return how many bytes were taken and have not left yet."""
        ...

    def discard(self) -> None:
        """Throw away bytes that have not left yet."""
        ...


class Driver(Protocol):
    """A device's behaviour; all methods run on the port's thread, return at once, see one clock."""

    def opened(self, now: float) -> None:
        """Begin anew: the port is open, nothing is known of the device."""
        ...

    def received(self, data: bytes, now: float) -> None:
        """Take bytes that arrived, in whatever pieces."""
        ...

    def turn(self, out: Outlet, now: float) -> float:
        """Do what is due and return the seconds until the next turn if nothing happens before."""
        ...

    def lost(self, fault: DeviceFault, now: float) -> None:
        """Take note that the port is gone; repeated for every vain attempt to open it."""
        ...


class Stopped(Exception):  # noqa: N818 - it is an event, not an error
    """The worker was stopped before it could answer."""


class PortWorker:
    """Runs a driver on its port, opens it again when it is gone, and answers questions put to it.

    `start`, `stop` and `ask` belong to greenlets of one hub; the driver to the port's thread.
    """

    def __init__(
        self,
        name: str,
        driver: Driver,
        opener: Callable[[], Port],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        """The address, for logs."""
        self.crashes = 0
        """How often the driver raised something that no driver should: a bug, logged each time."""
        self._driver = driver
        self._opener = opener
        self._clock = clock
        self._inbox: deque[_Question[object]] = deque()
        self._stopping = False
        self._over = False
        self._ended: _Answer[None] | None = None
        self._bell, self._ringing = VirtualPort.pair("wake-up")

    def start(self) -> None:
        """Begin to work on the port's own thread."""
        if self._ended is not None:
            raise RuntimeError("a worker starts once")
        self._ended = _Answer()
        ThreadPool(1).spawn(self._run)

    def stop(self, timeout_s: float = 3.0) -> bool:
        """Close the port, end the thread and return whether it ended in time.

        Questions still open are answered by `Stopped`. Stopping again does nothing.
        """
        self._stopping = True
        self.wake()
        return self._ended is None or self._ended.landed.wait(timeout_s)

    def wake(self) -> None:
        """Let the thread take its next turn now."""
        with contextlib.suppress(DeviceFault):  # it has ended
            self._bell.write(b"!")

    def ask(self, begin: Callable[[Callable[[T], None], float], None]) -> T:
        """Run `begin(reply, now)` on the port's thread and wait for what is replied, at any time.

        Only the calling greenlet waits. While the port is closed, one attempt to open it is made
        before *begin* runs.

        Raises:
            Stopped: the worker ended first, or has not begun.
        """
        if self._ended is None or self._over:
            raise Stopped
        question = _Question(begin)
        as_object = cast("_Question[object]", question)
        self._inbox.append(as_object)
        self.wake()
        self._take_back_if_over(as_object)
        return question.answer.wait()

    def _take_back_if_over(self, question: _Question[object]) -> None:
        # The thread may have ended while the question was put into the inbox.
        if self._over:
            with contextlib.suppress(ValueError):  # the thread took it and refused it
                self._inbox.remove(question)
                question.answer.refuse()

    # Everything below runs on the port's thread.

    def _run(self) -> None:
        port: Port | None = None
        attempts = 0
        asked: list[_Question[object]] = []
        while not self._stopping:
            # This loop catches broadly: one bug in a driver must not end the only thread that can
            # print. It is counted in `crashes`, and the port begins anew.
            try:
                if port is None:
                    port = self._opener()
                    self._driver.opened(self._clock())
                self._begin(asked)
                self._listen(port, self._driver.turn(port, self._clock()))
                attempts = 0
            except Exception as e:
                if port is not None:
                    port.close()
                    port = None
                self._driver.lost(self._judge(e), self._clock())
                self._begin(asked)
                self._doze(BACKOFF_S[min(attempts, len(BACKOFF_S) - 1)])
                attempts += 1
        if port is not None:
            port.close()
        self._driver.lost(DeviceFault("no_port"), self._clock())
        self._finish(asked)

    def _judge(self, error: Exception) -> DeviceFault:
        if isinstance(error, DeviceFault):
            return error
        self.crashes += 1
        _log.exception("driver of %s failed", self.name, exc_info=error)
        return DeviceFault("no_port", evidence=repr(error).encode())

    def _begin(self, asked: list[_Question[object]]) -> None:
        asked[:] = [q for q in asked if not q.answer.given]
        while self._inbox:
            question = self._inbox.popleft()
            asked.append(question)
            question.begin(question.answer.give, self._clock())

    def _listen(self, port: Port, wait_s: float) -> None:
        fileno = port.fileno()
        if fileno is None:
            self._doze(min(wait_s, BLIND_WAIT_S))
        elif not self._doze(min(wait_s, MAX_WAIT_S), fileno):
            return
        data = port.read()
        if data:
            self._driver.received(data, self._clock())

    def _doze(self, wait_s: float, fileno: int | None = None) -> bool:
        """Wait for a wake-up or for bytes on *fileno*; return whether there may be bytes."""
        if fileno is not None and fileno < 0:
            raise DeviceFault("no_port")
        bell = self._ringing.fileno()
        ready = readable([d for d in (bell, fileno) if d is not None], max(0.0, wait_s))
        if bell in ready:
            self._ringing.read()
        return fileno in ready

    def _finish(self, asked: list[_Question[object]]) -> None:
        self._over = True
        while self._inbox:
            with contextlib.suppress(IndexError):  # its asker took it back
                asked.append(self._inbox.popleft())
        for question in asked:
            question.answer.refuse()
        self._bell.close()
        self._ringing.close()
        if self._ended is not None:
            self._ended.give(None)


class _Answer(Generic[T]):
    """A place for one value, filled by the port's thread, awaited by the greenlet that made it.

    The loop's async watcher is the one thing of gevent that another thread may touch. It is
    started at once and closed only after it has fired, so that no signal meets a closed watcher.
    """

    def __init__(self) -> None:
        self.given = False
        self.landed = Event()
        """Set on the hub once the value is there."""
        self._value: list[T] = []
        self._signal = gevent.get_hub().loop.async_()
        self._signal.start(self._land)

    def give(self, value: T) -> None:
        """Fill the place; later values are dropped."""
        if not self.given:
            self._value.append(value)
            self.refuse()

    def refuse(self) -> None:
        """Let the waiter go, without a value if there is none."""
        if not self.given:
            self.given = True
            self._signal.send()

    def wait(self) -> T:
        """Return the value; other greenlets run meanwhile.

        Raises:
            Stopped: it was refused.
        """
        self.landed.wait()
        if not self._value:
            raise Stopped
        return self._value[0]

    def _land(self) -> None:
        self._signal.stop()
        self._signal.close()
        self.landed.set()


class _Question(Generic[T]):
    def __init__(self, begin: Callable[[Callable[[T], None], float], None]) -> None:
        self.begin = begin
        self.answer: _Answer[T] = _Answer()
