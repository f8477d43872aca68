"""What a kiosk can offer now: the catalogue made ready, and the board read as plain statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.search import Entry, Index
from server.kit.contract.board import Board, QueueLine
from server.kit.contract.views import (
    Catalogue,
    CatalogueDepartment,
    CatalogueItem,
    CatalogueQueue,
    DisclosureView,
)

COMMON_SHOWN = 8
"""Tiles of common items 常办事项 on the home page."""
SHORT_FEE = 9
"""A fee text of at most so many characters stands on a tile; a longer one says 收费."""

STOPPED = (
    "hall_closed",
    "lunch_break",
    "stopped",
    "queue_closed",
    "quota_reached",
    "numbers_used_up",
    "day_closed",
)
"""Why a queue may give no numbers; the words stand in the language files."""
CLOSING = "closing"
"""Stands for a day that gives no more numbers while those who hold one are still served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a number is taken for: an item, or a queue alone (咨询). Exactly one is set."""

    item: str = ""
    queue: str = ""

    @property
    def value(self) -> str:
        """The choice as one word for a button: `item:MZ-01` or `queue:A`."""
        return f"item:{self.item}" if self.item else f"queue:{self.queue}"

    @property
    def body(self) -> dict[str, str]:
        """The choice as the body of a take."""
        return {"item": self.item} if self.item else {"queue": self.queue}

    @classmethod
    def of(cls, value: str) -> Choice:
        """Return the choice of a button's *value*; raises `ValueError` for anything else."""
        kind, _, code = value.partition(":")
        if kind not in {"item", "queue"} or not code:
            msg = f"not a choice: {value!r}"
            raise ValueError(msg)
        return cls(item=code) if kind == "item" else cls(queue=code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing a citizen can choose."""

    choice: Choice
    name: str
    short_name: str
    department: str
    """Code of the department."""
    department_name: str
    queue: str
    counters: tuple[str, ...]
    """Names of the counters that serve it."""
    consult_only: bool
    fee: str
    """For a tile: 不收费, a short price, or 收费."""
    disclosure: DisclosureView | None
    name_en: str = ""
    department_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department with all it offers here."""

    code: str
    name: str
    short_name: str
    offers: tuple[Offer, ...]
    name_en: str = ""


class Content:
    """A catalogue made ready for the pages; never changes.

    Args:
        catalogue: the server's.
        zone: only queues of this zone are offered; empty for the whole hall.
        also: further names of items by code, one mapping for each language of the kiosk's own;
            they are found by the search.
    """

    def __init__(
        self, catalogue: Catalogue, *, zone: str = "", also: Iterable[Mapping[str, str]] = ()
    ) -> None:
        self.catalogue = catalogue
        self.digest = catalogue.digest
        self.tz = ZoneInfo(catalogue.tz)
        queues = {q.code: q for q in catalogue.queues if not zone or q.zone == zone}
        self._queues = queues
        self._counter_names = {c.code: c.name for c in catalogue.counters}
        names = {d.code: d for d in catalogue.departments}
        offers: list[Offer] = []
        for item in catalogue.items:
            if item.queue in queues:
                dep = names.get(item.department)
                offers.append(self._item(item, dep, queues[item.queue]))
        with_items = {o.queue for o in offers}
        for queue in queues.values():
            if queue.code not in with_items:
                dep = names.get(queue.department)
                offers.append(self._bare(queue, dep))
        self._offers = {o.choice: o for o in offers}
        self.departments = tuple(
            Department(
                code=d.code,
                name=d.name,
                short_name=d.short_name or d.name,
                offers=mine,
                name_en=d.name_en,
            )
            for d in catalogue.departments
            if (mine := tuple(o for o in offers if o.department == d.code))
        )
        items = [o for o in offers if o.choice.item]
        taken = {code: n for n, code in enumerate(catalogue.common_items)}
        common = taken or {i.code: n for n, i in enumerate(catalogue.items) if i.common}
        chosen = [o for o in items if o.choice.item in common] or items or offers
        chosen.sort(key=lambda o: common.get(o.choice.item, 0))
        self.common = tuple(chosen[:COMMON_SHOWN])
        keywords = {i.code: i.keywords for i in catalogue.items}
        self.suggestions = tuple(
            dict.fromkeys(
                k for o in self.common for k in keywords.get(o.choice.item, ())[:1] if len(k) <= 6
            )
        )
        """Everyday words worth trying, for the search page."""
        self.consulting = tuple(o for o in offers if o.consult_only)
        """Everything that is consultation 咨询 here."""
        others = tuple(also)
        self._index = Index(
            Entry(
                key=o.choice.value,
                names=tuple(
                    n
                    for n in (
                        o.name,
                        o.short_name,
                        o.name_en,
                        *(m.get(o.choice.item, "") for m in others),
                    )
                    if n
                ),
                keywords=keywords.get(o.choice.item, ()),
                departments=(o.department_name, names[o.department].name)
                if o.department in names
                else (),
            )
            for o in offers
        )

    def offer(self, choice: Choice) -> Offer | None:
        """Return the offer of *choice*, None when it is not (or no longer) offered."""
        return self._offers.get(choice)

    def department(self, code: str) -> Department | None:
        """Return a department that offers something."""
        return next((d for d in self.departments if d.code == code), None)

    def search(self, query: str) -> tuple[Offer, ...]:
        """Return what fits *query*, best first."""
        return tuple(self._offers[Choice.of(key)] for key in self._index.find(query))

    @property
    def offers(self) -> tuple[Offer, ...]:
        """Everything that is offered here."""
        return tuple(self._offers.values())

    @property
    def queues(self) -> tuple[str, ...]:
        """Codes of the queues that are offered here."""
        return tuple(self._queues)

    def queue(self, code: str) -> CatalogueQueue | None:
        """Return a queue by code."""
        return self._queues.get(code)

    def _item(
        self, item: CatalogueItem, department: CatalogueDepartment | None, queue: CatalogueQueue
    ) -> Offer:
        return Offer(
            choice=Choice(item=item.code),
            name=item.name,
            short_name=item.short_name or item.name,
            department=item.department,
            department_name=department.short_name if department else "",
            department_en=department.name_en if department else "",
            name_en=item.name_en,
            queue=item.queue,
            counters=self._names(queue),
            consult_only=item.consult_only or queue.consult_only,
            fee=fee_line(item.disclosure),
            disclosure=item.disclosure,
        )

    def _bare(self, queue: CatalogueQueue, department: CatalogueDepartment | None) -> Offer:
        word = "咨询" if queue.consult_only else "现场办理"
        name = queue.name if word in queue.name else f"{queue.name}{word}"
        return Offer(
            choice=Choice(queue=queue.code),
            name=name,
            short_name=name,
            department=queue.department,
            department_name=department.short_name if department else "",
            department_en=department.name_en if department else "",
            name_en=queue.name_en,
            queue=queue.code,
            counters=self._names(queue),
            consult_only=queue.consult_only,
            fee="",
            disclosure=None,
        )

    def _names(self, queue: CatalogueQueue) -> tuple[str, ...]:
        return tuple(self._counter_names.get(c, f"{c}号窗口") for c in queue.counters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is known of a queue now."""

    giving: bool = True
    """False when the server would refuse a number now."""
    why: str = ""
    """Why not: one of `STOPPED`, or `CLOSING`; the words stand in the language files."""
    resumes: str = ""
    """Hall time `14:30` when numbers are given again, `+1 08:30` tomorrow, `2026-11-26 08:30` on a
    later day; empty when unknown."""
    people: int | None = None
    """Waiting now; None when it is not known now."""
    low: int | None = None
    """The likely wait in minutes; None when there is nothing honest to say."""
    high: int | None = None
    """None while `low` is given: that long or longer."""
    rough: bool = False
    """True while the range is not yet learnt from the hall's own days."""
    open_counters: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """The hall as one page shows it: what is offered, and how long the lines are."""

    content: Content
    board: Board | None
    fresh: bool
    """False when the last beat is too old: then no count is shown as truth."""
    reads_cards: bool = False
    """Whether this kiosk has a card reader that can read now."""

    def line(self, queue_code: str) -> Line:
        """Return what is known of a queue; without a fresh board nothing is claimed."""
        queue = self.content.queue(queue_code)
        if self.board is None or not self.fresh or queue is None:
            return Line()
        row = next((q for q in self.board.queues if q.code == queue_code), None)
        if row is None:
            return Line()
        states = {c.code: c.state for c in self.board.counters}
        serving = sum(1 for c in queue.counters if states.get(c) == "open")
        if self.board.day_state == "closed" or not row.issuing:
            return self._stopped(row, serving)
        return Line(
            people=row.waiting,
            low=row.low_min if serving else None,
            high=row.high_min if serving else None,
            rough=row.rough,
            open_counters=serving,
        )

    @property
    def pause(self) -> Line | None:
        """Why no queue here gives a number now, when it is one reason for all; else None."""
        lines = [self.line(code) for code in self.content.queues]
        if not lines or any(known.giving for known in lines):
            return None
        first = lines[0]
        same = all((x.why, x.resumes) == (first.why, first.resumes) for x in lines)
        return first if same and first.why not in {"quota_reached", "numbers_used_up"} else None

    def _stopped(self, row: QueueLine, serving: int) -> Line:
        code = row.reason if row.reason in STOPPED else "queue_closed"
        if self.board is not None and self.board.day_state == "closed" and row.issuing:
            code = "day_closed"
        if code == "day_closed" and self.board is not None and self.board.day_state == "closing":
            code = CLOSING
        return Line(
            giving=False,
            why=code,
            resumes=self._clock(row.resumes_at),
            people=row.waiting,
            open_counters=serving,
        )

    def _clock(self, moment: str | None) -> str:
        if not moment:
            return ""
        local = datetime.fromisoformat(moment).astimezone(self.content.tz)
        today = date.fromisoformat(self.board.date) if self.board and self.board.date else None
        if today == local.date():
            return f"{local:%H:%M}"
        tomorrow = today is not None and today + timedelta(days=1) == local.date()
        return f"+1 {local:%H:%M}" if tomorrow else f"{local:%Y-%m-%d %H:%M}"


def fee_line(disclosure: DisclosureView | None) -> str:
    """Return the fee for a tile: 不收费, a short price, or 收费; empty when nothing is published."""
    if disclosure is None:
        return ""
    if not disclosure.fee.charged:
        return "不收费"
    text = disclosure.fee.text.strip()
    return text if 0 < len(text) <= SHORT_FEE else "收费"
