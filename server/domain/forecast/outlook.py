"""The forecast in force: from what a hall looks like now to what its people are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from random import Random

from server.domain.forecast.learning import Model, services_or_setting
from server.domain.forecast.ranges import Printed
from server.domain.forecast.replay import RUNS, CounterNow, Curve, HallNow, Replay
from server.domain.forecast.simple import Lately, cold, median_of_three
from server.domain.ordering import Place

REPLAY, SIMPLE, COLD = "replay", "simple", "cold"
"""How an estimate was made: `wait_estimate.method`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The hall at one moment, as one consistent read saw it."""

    seq: int
    """Number of the newest event."""
    date: str
    hour: int
    """Local hour of the day."""
    now_s: float
    lines: Mapping[int, Sequence[Place]]
    """Every active queue → who waits, in order."""
    counters: Sequence[CounterNow]
    in_row: int
    recent: Sequence[tuple[int, int]]
    settings: Mapping[int, int]
    """Queue → the manager's figure for a service, seconds."""
    lately: Mapping[int, Lately]
    stays: Mapping[int, Sequence[float]]
    """Queue → stays at counters of today, seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What is said to one person."""

    ahead: int
    method: str
    point_s: float
    """The single best figure; never printed, but judged."""
    low_min: int | None
    high_min: int | None
    """None with a `low_min` = that long or longer."""
    rough: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What can be said of every queue, until the next one replaces it."""

    seq: int
    date: str
    curves: Mapping[int, Curve]
    lately: Mapping[int, Lately]
    hour: int
    settings: Mapping[int, int]
    model: Model

    def of(self, queue_id: int, ahead: int, *, shown: Printed | None = None) -> Estimate | None:
        """Return what is said to who has *ahead* people before them; None for an unknown queue.

        A queue whose services are known is told what the replay says; until its estimates have been
        judged the range is rough. One without a past is told nothing but how many are ahead; the
        figure is kept. Where nobody serves, though the past says that somebody usually does, the rule
        of thumb speaks, roughly.

        Args:
            queue_id: the line.
            ahead: people in it before the one who asks.
            shown: what a screen shows now; it stays while it is as good as right.
        """
        curve = self.curves.get(queue_id)
        if curve is None:
            return None
        model, plain = self.model, curve.at(ahead)
        if isfinite(plain):
            if not model.knows(queue_id):
                return _said(ahead, COLD, plain, None, rough=True)
            printed = (
                model.ranges.printed(plain, ahead)
                if shown is None
                else model.ranges.steady(shown, plain, ahead)
            )
            point = model.ranges.point_s(plain)
            return _said(ahead, REPLAY, point, printed, rough=model.is_rough(queue_id))
        pace = model.pace_s(queue_id, self.hour)
        if pace is None:
            point = cold(ahead, self.settings[queue_id], self.lately[queue_id])
            return _said(ahead, COLD, point, None, rough=True)
        point = median_of_three(ahead, pace, self.lately[queue_id])
        return _said(ahead, SIMPLE, point, model.ranges.printed(point, ahead), rough=True)


def _said(
    ahead: int, method: str, point_s: float, printed: Printed | None, *, rough: bool
) -> Estimate:
    low, high = printed or (None, None)
    return Estimate(
        ahead=ahead,
        method=method,
        point_s=point_s,
        low_min=low,
        high_min=high,
        rough=rough and printed is not None,
    )


class Outlook:
    """A forecast in the making, in steps: the caller lets others work between two of them."""

    def __init__(self, scene: Scene, model: Model, *, random: Random, runs: int = RUNS) -> None:
        self._scene = scene
        self._model = model
        places = sum(map(len, scene.lines.values()))
        self._left = min(runs, max(FEWEST_RUNS, MOST_CALLS // max(1, places)))
        self._replay = Replay(
            HallNow(
                lines=scene.lines,
                counters=scene.counters,
                services=services_or_setting(model, scene.settings, scene.stays),
                pauses=model.pauses or USUAL_PAUSES,
                now_s=scene.now_s,
                in_row=scene.in_row,
                recent=scene.recent,
            ),
            random=random,
        )

    def step(self, runs: int) -> bool:
        """Play the hall on so many times; return False once it was enough."""
        for _ in range(min(runs, self._left)):
            self._replay.run()
        self._left -= runs
        return self._left > 0

    def forecast(self) -> Forecast:
        """Return the forecast of the runs so far, of which there is at least one."""
        scene = self._scene
        return Forecast(
            seq=scene.seq,
            date=scene.date,
            curves=self._replay.curves(),
            lately=scene.lately,
            hour=scene.hour,
            settings=scene.settings,
            model=self._model,
        )


def forecast(scene: Scene, model: Model, *, random: Random, runs: int = RUNS) -> Forecast:
    """Return the forecast for *scene*."""
    outlook = Outlook(scene, model, random=random, runs=runs)
    while outlook.step(runs):
        pass
    return outlook.forecast()


MOST_CALLS, FEWEST_RUNS = 20_000, 20
"""A replay of a very full hall has fewer runs: some 100 ms of arithmetic are the most."""
USUAL_PAUSES = (240.0, 360.0, 480.0, 600.0, 840.0)
"""Pauses without a stated end before any was seen (*assumed*)."""
