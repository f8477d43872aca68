"""Days of a hall with people waiting, for what is learnt from them."""

from __future__ import annotations

from random import Random

from server.actions import calling, days
from server.domain.forecast.learning import Model
from server.domain.forecast.outlook import Forecast, forecast
from server.domain.forecast.ranges import Ranges
from server.domain.people import Staff
from server.kit.contract.views import Done, TicketSlip
from server.reads import waits as reads
from tests.support.bench import Bench


def known(queue_ids: list[int], **more: object) -> Model:
    """A model that knows these queues: services of five minutes, ranges from -10 % to +20 %."""
    values: dict[str, object] = {
        "services": {q: [300.0] * 40 for q in queue_ids},
        "ranges": Ranges(
            bands=dict.fromkeys((0, 1, 3, 6, 11, 21), (0.9, 1.2)),
            counts=dict.fromkeys(queue_ids, 100),
        ),
        **more,
    }
    return Model(**values)  # type: ignore[arg-type]  # callers name fields of Model


def queue_ids(bench: Bench) -> list[int]:
    return bench.read(lambda r: [q.id for q in r.config.queues])


def look(bench: Bench, model: Model | None = None) -> Forecast:
    """The forecast of the hall as it is, by a model that knows every queue."""
    scene = bench.read(reads.scene)
    return forecast(scene, model or known(queue_ids(bench)), random=Random(1), runs=5)


def call(bench: Bench, staff: Staff, counter: str = "1") -> Done:
    return bench.run(lambda w: calling.call_next(w, counter, staff=staff, expected=None))


def serve(bench: Bench, staff: Staff, counter: str = "1", *, minutes: float = 5) -> Done:
    """Call, start and finish the next ticket."""
    done = call(bench, staff, counter)
    done = bench.run(lambda w: calling.start(w, done.ticket, version=done.version, staff=staff))
    bench.clock.move(minutes=minutes)
    return bench.run(lambda w: calling.finish(w, done.ticket, version=done.version, staff=staff))


def pass_over(bench: Bench, staff: Staff, counter: str = "1") -> Done:
    done = call(bench, staff, counter)
    bench.clock.move(minutes=2)
    return bench.run(lambda w: calling.no_show(w, done.ticket, version=done.version, staff=staff))


def line(bench: Bench, count: int, **more: object) -> list[TicketSlip]:
    """So many people take a number, one a minute."""
    slips = []
    for _ in range(count):
        slips.append(bench.issue(**more))
        bench.clock.move(minutes=1)
    return slips


def next_day(bench: Bench) -> None:
    """The same time, a day later; the day before is over."""
    bench.clock.move(days=1)
    bench.run(days.tick)
