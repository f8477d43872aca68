"""Slips as kiosks print them again."""

from __future__ import annotations

from server.domain.forecast.outlook import Forecast
from server.domain.tickets import State
from server.kit.contract.views import SlipJob
from server.store import devices, tickets
from server.store.devices import Device
from server.store.slips import slip
from server.store.work import Read


def pending(r: Read, device: Device, *, forecast: Forecast | None = None) -> list[SlipJob]:
    """Return the reprints that *device* has yet to print, oldest first.

    A reprint tells how many are ahead now, and the wait from now by the newest forecast.
    """
    jobs = []
    for job, ticket_id, nth in devices.pending_jobs(r, device.id):
        ticket = tickets.by_id(r, ticket_id)
        ahead = tickets.ahead_of(r, ticket)
        said = None
        if ticket.state is State.WAITING and forecast is not None and forecast.date == r.hall.date:
            said = forecast.of(ticket.queue_id, ahead)
        jobs.append(
            SlipJob(
                job=job,
                slip=slip(
                    r,
                    ticket,
                    ahead=ahead,
                    estimate=said,
                    reprint=nth,
                ),
            )
        )
    return jobs
