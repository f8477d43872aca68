"""What happens by the clock: the day's tick, and forgetting what need not be kept."""

from __future__ import annotations

from collections.abc import Callable

import gevent
import structlog

from server.actions import common, days, once, people
from server.kit.contract.reasons import Refused
from server.runtime import Runtime
from server.store.work import Actor, Work

TICK_S = 5.0
"""So often it is checked whether the day rolls over and which queues give numbers."""
FORGET_S = 3600.0
"""So often old answers and sessions are deleted."""

log = structlog.get_logger("hallqueue.jobs")


class Timetable:
    """The timers of one hall.

    Args:
        runtime: runs the commands.
        hall: whose.
    """

    def __init__(self, runtime: Runtime, hall: str) -> None:
        self._runtime = runtime
        self._hall = hall
        self._greenlets: list[gevent.Greenlet[..., None]] = []
        self.failures = 0
        """Runs that failed; anything but 0 is worth an alarm."""

    def start(self) -> None:
        """Begin; the first tick is done before this returns, so nobody meets yesterday."""
        self._once("day", days.tick)
        self._once("common", common.learn)
        self._greenlets = [
            gevent.spawn(self._every, TICK_S, "day", days.tick),
            gevent.spawn(self._every, FORGET_S, "forget", _forget),
            gevent.spawn(self._every, FORGET_S, "common", common.learn),
        ]

    def stop(self) -> None:
        """End the timers."""
        gevent.killall(self._greenlets)

    def _every(self, seconds: float, name: str, fn: Callable[[Work], object]) -> None:
        while True:
            gevent.sleep(seconds)
            self._once(name, fn)

    def _once(self, name: str, fn: Callable[[Work], object]) -> None:
        try:
            self._runtime.run(self._hall, Actor("job", name), fn)
        except Refused as refused:
            self.failures += 1
            log.warning("job refused", job=name, code=refused.code)
        except Exception:
            # One of the three loops that catch broadly: a timer that dies silently would leave
            # yesterday's numbers on the wall. It is counted, logged and tried again.
            self.failures += 1
            log.exception("job failed", job=name)


def _forget(w: Work) -> None:
    once.forget(w)
    people.forget_sessions(w)
