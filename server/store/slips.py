"""What is printed on a slip and said of an item in one line."""

from __future__ import annotations

from server.domain.forecast.outlook import Estimate
from server.domain.moments import instant, local
from server.domain.tickets import Ticket
from server.kit.contract.views import DisclosureView, Limit, TicketSlip
from server.kit.contract.words import limit_words
from server.store.work import Read


def slip(
    r: Read,
    ticket: Ticket,
    *,
    ahead: int,
    estimate: Estimate | None,
    reprint: int = 0,
) -> TicketSlip:
    """Return everything that is printed for *ticket*."""
    info = r.config.queue_by_id[ticket.queue_id]
    item = None if ticket.item_id is None else r.config.item_by_id.get(ticket.item_id)
    klass = next((p for p in r.config.priorities if p.code == ticket.priority), None)
    disclosure = None if item is None else item.disclosure
    return TicketSlip(
        uid=ticket.uid,
        number=ticket.number,
        queue=info.code,
        queue_name=info.name,
        department=r.config.department_by_id[info.department_id].short_name,
        item="" if item is None else item.code,
        item_name="" if item is None else item.name,
        hall_name=r.hall.name,
        ahead=ahead,
        low_min=None if estimate is None else estimate.low_min,
        high_min=None if estimate is None else estimate.high_min,
        counters=tuple(c.name for c in r.config.counters_of_queue[info.id]),
        issued_at=ticket.queued_at,
        issued_local=_local_text(r, ticket.queued_at),
        no_show_rule=r.config.rules.no_show_rule,
        url=f"{r.hall.public_url}/t/{ticket.token}",
        promise="" if disclosure is None else promise_line(disclosure),
        consult_only=info.consult_only or (item is not None and item.consult_only),
        priority="" if klass is None else klass.name,
        rough=estimate is not None and estimate.rough,
        reprint=reprint,
    )


def _local_text(r: Read, at: str) -> str:
    return f"{local(instant(at), r.hall.tz):%Y-%m-%d %H:%M}"


def limit_text(limit: Limit) -> str:
    """Return a limit in words without spaces: `5个工作日（示例）`, `当场办结`, `没有规定时限`."""
    text = limit_words(limit).replace(" ", "")
    return f"{text}（示例）" if limit.example else text


def fee_text(disclosure: DisclosureView) -> str:
    """Return the fee in a word or, when something is charged, in the words of the disclosure."""
    return disclosure.fee.text if disclosure.fee.charged else "不收费"


def promise_line(disclosure: DisclosureView) -> str:
    """Return promise and fee in one line: `承诺5个工作日（示例）·不收费`."""
    limit = disclosure.promised
    counted = "承诺" if limit.n > 0 else ""
    fee = "收费" if disclosure.fee.charged else "不收费"
    return f"{counted}{limit_text(limit)}·{fee}"
