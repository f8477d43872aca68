"""Keeps the forecast of the waits fresh, and learns from the log what it needs for that.

The hall is read in one short snapshot on the hub; the replay, some ten milliseconds of arithmetic,
runs on a native thread and lets go of the interpreter between its runs, so that neither the writer
nor a screen waits for it. What changed for the public is then published by an ordinary command.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

import gevent
import gevent.event
import gevent.monkey
import gevent.threadpool
import structlog

from server.actions import waits as acts
from server.domain.forecast.learning import DAYS, Model, Visit, model_of
from server.domain.forecast.outlook import Forecast, Outlook, Scene
from server.domain.forecast.ranges import Outcome
from server.reads import waits as reads
from server.runtime import Runtime
from server.store import waits
from server.store.work import Actor, Read

SOONEST_S = 3.0
"""Between two forecasts at least so long, however much happens."""
LATEST_S = 30.0
"""After so long there is a new one even if nothing happened: time itself changes it."""
RUNS_AT_ONCE = 4
"""Runs of a replay between which other threads get the interpreter: about half a millisecond."""
ACTOR = Actor("job", "forecast")

T = TypeVar("T")
_yield_interpreter: Callable[[float], None] = gevent.monkey.get_original("time", "sleep")

log = structlog.get_logger("hallqueue.forecast")


class Forecaster:
    """The forecasts of one hall.

    Args:
        runtime: reads and runs commands.
        hall: whose.
    """

    def __init__(self, runtime: Runtime, hall: str) -> None:
        self._runtime = runtime
        self._hall = hall
        self._model = Model()
        self._learnt_for = ("", False)
        self._changed = gevent.event.Event()
        self._pool: gevent.threadpool.ThreadPool | None = None
        self._greenlet: gevent.Greenlet[..., None] | None = None
        self._newest: Forecast | None = None
        self.failures = 0
        """Rounds that failed; anything but 0 is worth an alarm."""
        runtime.on_commit(self._woken)

    def newest(self) -> Forecast | None:
        """Return the forecast in force; None before the first, and after a round that failed."""
        return self._newest

    def start(self) -> None:
        """Begin; the past is learnt first, from the log."""
        self._pool = gevent.threadpool.ThreadPool(1)
        self._greenlet = gevent.spawn(self._loop)

    def stop(self) -> None:
        """End; a replay under way is finished for nothing."""
        if self._greenlet is not None:
            self._greenlet.kill()
        if self._pool is not None:
            self._pool.kill()

    def _woken(self, hall: str) -> None:
        if hall == self._hall:
            self._changed.set()

    def _loop(self) -> None:
        while True:
            self.tried()
            gevent.sleep(SOONEST_S)
            self._changed.wait(LATEST_S - SOONEST_S)
            self._changed.clear()

    def tried(self) -> None:
        """Do one round; a failure is counted, and the old forecast does not go on speaking."""
        try:
            self.round()
        except Exception:
            # One of the loops that catch broadly: without a forecast the hall goes on and tells only
            # how many are ahead.
            self._newest = None
            self.failures += 1
            log.exception("forecast failed", hall=self._hall)

    def round(self) -> None:
        """Learn if a day has ended since, look at the hall, replay it, tell what changed."""
        day = self._runtime.read(self._hall, lambda r: (r.hall.date, r.hall.day_state == "closed"))
        if day != self._learnt_for:
            self._learn(*day)
            self._learnt_for = day
        scene = self._runtime.read(self._hall, reads.scene)
        forecast = self._aside(lambda: _replayed(scene, self._model))
        self._newest = forecast
        if self._runtime.read(self._hall, lambda r: acts.differs(r, forecast)):
            self._runtime.run(self._hall, ACTOR, lambda w: acts.tell(w, forecast))

    def _learn(self, date: str, closed: bool) -> None:
        """Learn from the days before *date*, and from itself when it has closed.

        Where the log holds no day that is over, the newest model that was kept speaks.
        """
        end = f"{date}~" if closed else date  # `~` sorts behind every date
        days = self._runtime.read(self._hall, lambda r: waits.past_days(r, end, DAYS))
        if not days:
            kept = self._runtime.read(self._hall, lambda r: waits.models(r, end, 1))
            self._model = kept[0][1] if kept else Model()
            return
        visits: list[Sequence[Visit]] = []
        pauses: list[float] = []
        for day in days:  # one short read for each, so that nobody waits for the whole past
            seen, rested = self._runtime.read(self._hall, _past(day))
            visits.append(seen)
            pauses += rested
            gevent.sleep(0)
        outcomes = self._runtime.read(self._hall, lambda r: reads.outcomes(r, days))
        self._model = self._aside(lambda: _learnt(visits, pauses, outcomes))
        model, last = self._model, days[0]
        self._runtime.run(self._hall, ACTOR, lambda w: acts.keep_model(w, last, model))

    def _aside(self, fn: Callable[[], T]) -> T:
        if self._pool is None:  # a test that calls `round` itself
            return fn()
        found: T = self._pool.apply(fn)
        return found


def _past(day: str) -> Callable[[Read], tuple[list[Visit], list[float]]]:
    return lambda r: (waits.visits_of_day(r, day), waits.pauses_of_day(r, day))


def _learnt(
    visits: Sequence[Sequence[Visit]], pauses: Sequence[float], outcomes: Sequence[Outcome]
) -> Model:
    begun = time.perf_counter()
    model = model_of(visits, pauses=pauses, outcomes=outcomes)
    log.info(
        "learnt",
        days=len(visits),
        tickets=sum(map(len, visits)),
        outcomes=len(outcomes),
        factor=round(model.ranges.factor, 3),
        ms=round(1000 * (time.perf_counter() - begun)),
    )
    return model


def _replayed(scene: Scene, model: Model) -> Forecast:
    # The same state gives the same forecast: nothing flickers by chance alone.
    outlook = Outlook(scene, model, random=Random(scene.seq))  # noqa: S311  not a secret
    while outlook.step(RUNS_AT_ONCE):
        _yield_interpreter(0)
    return outlook.forecast()
