"""Slips as kiosks print them again."""

from __future__ import annotations

from server.kit.contract.views import SlipJob
from server.store import counters, devices, tickets
from server.store.devices import Device
from server.store.slips import slip
from server.store.work import Read


def pending(r: Read, device: Device) -> list[SlipJob]:
    """Return the reprints that *device* has yet to print, oldest first."""
    jobs = []
    for job, ticket_id, nth in devices.pending_jobs(r, device.id):
        ticket = tickets.by_id(r, ticket_id)
        line = counters.line(r, ticket.queue_id)
        jobs.append(
            SlipJob(
                job=job,
                slip=slip(
                    r,
                    ticket,
                    ahead=tickets.ahead_of(r, ticket),
                    line=line,
                    reprint=nth,
                ),
            )
        )
    return jobs
