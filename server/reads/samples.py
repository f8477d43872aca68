"""Tickets to look at while a slip is laid out: of the hall's own queues and items, never issued."""

from __future__ import annotations

from server.kit.contract.views import Material, TicketSlip
from server.store.hallconfig import HallConfig, ItemInfo
from server.store.slips import promise_line
from server.store.work import Read

SAMPLES: tuple[tuple[str, str], ...] = (
    ("usual", "平常"),
    ("longest", "最长名称"),
    ("priority", "优先"),
    ("rough", "粗略"),
    ("unknown", "时间未知"),
    ("consult", "咨询"),
    ("reprint", "补打"),
)
"""Code of a sample → its name."""
TOKEN = "8Qm2vXkT4nRw9cJzLbGf1A"  # noqa: S105 - of no ticket, as long as any
"""Ends the address in the code of a sample."""
_TURN = 12


def sample(r: Read, code: str) -> tuple[TicketSlip, tuple[Material, ...]]:
    """Return a ticket as it might be issued now, and the materials of its item.

    Args:
        r: the hall.
        code: one of `SAMPLES`; anything else counts as the first.
    """
    c = r.config
    item = None if code == "unknown" else _item(c, code)
    queue = None if item is None else c.queue_by_id[item.queue_id]
    if queue is None and c.queues:
        queue = c.queues[0]
    disclosure = None if item is None else item.disclosure
    classes = sorted((p.name for p in c.priorities if p.name), key=len, reverse=True)
    prefix, digits = ("A", 3) if queue is None else (queue.prefix, queue.digits)
    known = code not in {"unknown", "consult"}
    slip = TicketSlip(
        uid=TOKEN,
        number=f"{prefix}{_TURN:0{digits}d}",
        queue="" if queue is None else queue.code,
        queue_name="" if queue is None else queue.name,
        department="" if queue is None else c.department_by_id[queue.department_id].short_name,
        item="" if item is None else item.code,
        item_name="" if item is None else item.name,
        hall_name=r.hall.name,
        ahead=6,
        low_min=20 if known else None,
        high_min=35 if known else None,
        counters=() if queue is None else tuple(x.name for x in c.counters_of_queue[queue.id]),
        issued_at=r.at,
        issued_local=f"{r.local_now:%Y-%m-%d %H:%M}",
        no_show_rule=c.rules.no_show_rule,
        url=f"{r.hall.public_url}/t/{TOKEN}",
        promise="" if disclosure is None else promise_line(disclosure),
        consult_only=code == "consult",
        priority=next(iter(classes), "军人依法优先") if code in {"priority", "longest"} else "",
        rough=code == "rough",
        reprint=2 if code == "reprint" else 0,
    )
    return slip, () if disclosure is None else disclosure.materials


def _item(c: HallConfig, code: str) -> ItemInfo | None:
    offered = [i for i in c.items if i.disclosure is not None]
    match code:
        case "longest":
            return max(offered, key=lambda i: len(i.name), default=None)
        case "consult":
            advice = [
                i for i in offered if i.consult_only or c.queue_by_id[i.queue_id].consult_only
            ]
            return next(iter([*advice, *offered]), None)
        case _:
            return next(iter([*(i for i in offered if i.common), *offered]), None)
