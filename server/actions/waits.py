"""What is said about waiting: kept with the ticket, shown to all, and judged by what came."""

from __future__ import annotations

from server.domain.forecast.learning import Model
from server.domain.forecast.outlook import Estimate, Forecast
from server.domain.moments import seconds_between
from server.domain.tickets import Ticket
from server.kit.contract.messages import QueueForecast
from server.store import counters, waits
from server.store.work import Read, Work


def estimate_for(
    w: Work, forecast: Forecast | None, queue_id: int, *, ahead: int
) -> Estimate | None:
    """Return what may be said to somebody with *ahead* people before them, if anything."""
    if forecast is None or forecast.date != w.hall.date:
        return None
    return forecast.of(queue_id, ahead)


def record(w: Work, ticket: Ticket, estimate: Estimate | None) -> None:
    """Keep what the slip says, so that it can be judged; nothing said, nothing kept."""
    if estimate is not None:
        waits.add(w, ticket_id=ticket.id, queue_id=ticket.queue_id, estimate=estimate)


def came(w: Work, ticket: Ticket) -> None:
    """Keep that a waiting ticket is called now; only the first call counts."""
    waited = seconds_between(ticket.queued_at, w.at)
    waits.settle(w, ticket.id, outcome=waits.CALLED, seconds=max(0.0, waited))


def never_came(w: Work, ticket: Ticket, outcome: str) -> None:
    """Keep that a ticket ended before anybody called it."""
    waits.settle(w, ticket.id, outcome=outcome, seconds=None)


Said = tuple[int | None, int | None, bool]
"""Low, high and rough, as a queue's line shows them."""


def _changed(r: Read, forecast: Forecast) -> list[tuple[counters.Line, Said]]:
    if forecast.date != r.hall.date:
        return []
    silent = r.hall.day_state == "closed" or r.hall.emergency is not None
    changed: list[tuple[counters.Line, Said]] = []
    for line in counters.lines(r):
        shown = None if line.low_min is None else (line.low_min, line.high_min)
        found = None if silent else forecast.of(line.id, line.waiting, shown=shown)
        said = (
            (None, None, False) if found is None else (found.low_min, found.high_min, found.rough)
        )
        if (line.low_min, line.high_min, line.rough) != said:
            changed.append((line, said))
    return changed


def differs(r: Read, forecast: Forecast) -> bool:
    """Say whether `tell` would tell anything."""
    return bool(_changed(r, forecast))


def tell(w: Work, forecast: Forecast) -> None:
    """Tell all screens the wait of who takes a number now, for queues where it has changed."""
    for line, (low, high, rough) in _changed(w, forecast):
        counters.set_forecast(w, line.id, low_min=low, high_min=high, rough=rough)
        w.publish(
            QueueForecast(
                queue=w.config.queue_by_id[line.id].code, low_min=low, high_min=high, rough=rough
            ),
            queue_id=line.id,
        )


def keep_model(w: Work, date: str, model: Model) -> None:
    """Keep what was learnt up to the end of *date*."""
    waits.set_model(w, date, model)
