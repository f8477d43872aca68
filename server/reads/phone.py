"""What a citizen's phone shows by the QR code of the ticket, and the guide of an item."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from server.domain import opening
from server.domain.forecast.outlook import Estimate, Forecast
from server.domain.moments import instant, local
from server.domain.tickets import OVER, STATE_ZH, TRANSITIONS, State, Verb
from server.kit.contract.views import DisclosureView
from server.kit.contract.words import about, wait_words, when_words
from server.store import catalogue, counters, tickets
from server.store.work import Read


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneTicket:
    """The live state of one ticket; no name, no identity number."""

    hall_name: str
    number: str
    state: str
    state_zh: str
    queue_name: str
    item: str
    item_name: str
    ahead: int
    rough: bool
    """True while the range is not learnt from this queue's own days: 粗略."""
    wait: str
    """The wait from now in words: `约 20–35 分钟`, `5 分钟以内`, `90 分钟以上`; empty when nothing honest
    can be said."""
    served: bool
    """Whether a counter of the queue is open now."""
    pause: str
    """Outside the hours of the queue: `before` them, at `lunch`, or `over` for today; else empty."""
    pause_until: str
    """When it goes on: `14:30`, `明天 08:30`; empty when nobody knows, or it does not pause."""
    counters: tuple[str, ...]
    """Counters that serve the queue."""
    counter: str
    """The counter that calls or serves it; empty otherwise."""
    calls: int
    """How often it was called in the call under way."""
    no_show_rule: str
    emergency: str | None
    over: bool
    may_give_back: bool
    """True while the holder may say 我来不了了."""
    disclosure: DisclosureView | None
    """The five disclosures that were in force when the number was taken."""
    at_local: str
    """Hall time of this answer: `09:41:07`."""


def phone_ticket(r: Read, token: str, *, forecast: Forecast | None = None) -> PhoneTicket | None:
    """Return the ticket of a public address, or None: unknown, or of another day (dead).

    Args:
        r: the hall.
        token: the secret part of the address.
        forecast: the newest one, for the range.
    """
    ticket = tickets.by_token(r, token)
    if ticket is None or ticket.date != r.hall.date:
        return None
    queue = r.config.queue_by_id[ticket.queue_id]
    item = None if ticket.item_id is None else r.config.item_by_id.get(ticket.item_id)
    ahead = tickets.ahead_of(r, ticket)
    where = r.config.counter_by_id.get(ticket.counter_id or -1)
    pause, until = _pause(r, queue.code)
    said = None
    if ticket.state is State.WAITING and forecast is not None and forecast.date == r.hall.date:
        said = forecast.of(queue.id, ahead)
    return PhoneTicket(
        hall_name=r.hall.name,
        number=ticket.number,
        state=ticket.state.value,
        state_zh=STATE_ZH[ticket.state],
        queue_name=queue.name,
        item="" if item is None else item.code,
        item_name="" if item is None else item.name,
        ahead=ahead,
        rough=said is not None and said.rough,
        wait="" if said is None else _in_words(said),
        served=counters.line(r, queue.id).open_counters > 0,
        pause=pause,
        pause_until=until,
        counters=tuple(c.name for c in r.config.counters_of_queue[queue.id]),
        counter="" if where is None else where.name,
        calls=ticket.calls,
        no_show_rule=r.config.rules.no_show_rule,
        emergency=r.hall.emergency,
        over=ticket.state in OVER,
        may_give_back=(ticket.state, Verb.CANCEL) in TRANSITIONS
        and ticket.state is not State.NO_SHOW,
        disclosure=None if item is None else catalogue.revision(r, item.id, ticket.revision),
        at_local=f"{r.local_now:%H:%M:%S}",
    )


def _pause(r: Read, queue: str) -> tuple[str, str]:
    now, today = r.local_now, r.local_now.date()
    spans = r.config.spans(queue, today)
    moment = now.timetz().replace(tzinfo=None)
    if r.config.rules.always_open or any(a <= moment < b for a, b in spans):
        return "", ""
    later = opening.next_opening(today, partial(r.config.spans, queue), now.tzinfo)
    told = opening.outside(now, spans, later)
    until = "" if told.resumes_at is None else when_words(told.resumes_at, now)
    if told.reason == "lunch_break":
        return "lunch", until
    begins = told.resumes_at is not None and told.resumes_at.date() == today
    return ("before" if begins else "over"), until


def _in_words(said: Estimate) -> str:
    figure, unit = wait_words(said.low_min, said.high_min)
    return f"{about(unit)}{figure} {unit}" if figure else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """An item's guide 办事指南: its name, place and five disclosures."""

    hall_name: str
    code: str
    name: str
    department: str
    counters: tuple[str, ...]
    consult_only: bool
    disclosure: DisclosureView
    published_local: str
    """Hall date of the revision: `2026-11-23`; empty when unknown."""
    url: str
    """Public address of this guide, for paper."""


def guide(r: Read, code: str) -> Guide | None:
    """Return the guide of an item, or None when there is no such item."""
    item = r.config.item_by_code.get(code)
    if item is None:
        return None
    view = catalogue.revision(r, item.id, item.revision)
    if view is None:
        return None
    queue = r.config.queue_by_id[item.queue_id]
    return Guide(
        hall_name=r.hall.name,
        code=item.code,
        name=item.name,
        department=r.config.department_by_id[item.department_id].name,
        counters=tuple(c.name for c in r.config.counters_of_queue[queue.id]),
        consult_only=item.consult_only or queue.consult_only,
        disclosure=view,
        published_local=_date(r, view.published_at),
        url=f"{r.hall.public_url}/g/{item.code}",
    )


def _date(r: Read, at: str) -> str:
    return f"{local(instant(at), r.hall.tz):%Y-%m-%d}" if at else ""
