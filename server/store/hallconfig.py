"""What managers set and commands read: queues, counters, items, rules, hours, calendar.

It is read as a whole and kept until the hall's version changes, so that a hot command asks the
database only for what moves.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from server.domain.opening import Hours, Span, span
from server.domain.rules import HallRules
from server.kit.contract.reasons import Refused
from server.kit.contract.views import DisclosureView
from server.store import tables
from server.store.shown import Shown, shown
from server.store.sql import Link, Sql

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneInfo:
    """A zone."""

    id: int
    code: str
    name: str
    floor: str
    name_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentInfo:
    """A department."""

    id: int
    code: str
    name: str
    short_name: str
    name_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueInfo:
    """The part of a queue that managers set."""

    id: int
    code: str
    name: str
    prefix: str
    digits: int
    first_no: int
    last_no: int
    service_setting_s: int
    consult_only: bool
    finish_when_called: bool
    department_id: int
    zone_id: int
    name_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterInfo:
    """The part of a counter that managers set."""

    id: int
    code: str
    name: str
    zone_id: int
    department_id: int
    name_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemInfo:
    """An item with the disclosures in force."""

    id: int
    code: str
    name: str
    short_name: str
    department_id: int
    queue_id: int
    mode: str
    keywords: tuple[str, ...]
    common: bool
    consult_only: bool
    revision: int
    disclosure: DisclosureView | None
    name_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityInfo:
    """A priority class."""

    code: str
    name: str
    rank: int
    needs_reason: bool


@dataclass(frozen=True, kw_only=True)
class HallConfig:
    """Everything that changes seldom, by code and by id."""

    zones: tuple[ZoneInfo, ...]
    departments: tuple[DepartmentInfo, ...]
    queues: tuple[QueueInfo, ...]
    counters: tuple[CounterInfo, ...]
    items: tuple[ItemInfo, ...]
    priorities: tuple[PriorityInfo, ...]
    serves: Mapping[int, Mapping[int, int]]
    """Counter id → queue id → weight."""
    settings: Mapping[str, Any]
    hours: Mapping[tuple[str, str], Hours]
    """(scope, code) → hours; scope hall has code ""."""
    calendar: Mapping[str, str]
    """Date → kind of day."""
    shown: Shown = field(default_factory=Shown)
    rules: HallRules = field(default_factory=HallRules)

    @cached_property
    def zone_by_id(self) -> dict[int, ZoneInfo]:
        """Zones by id."""
        return {z.id: z for z in self.zones}

    @cached_property
    def department_by_id(self) -> dict[int, DepartmentInfo]:
        """Departments by id."""
        return {d.id: d for d in self.departments}

    @cached_property
    def queue_by_id(self) -> dict[int, QueueInfo]:
        """Queues by id."""
        return {q.id: q for q in self.queues}

    @cached_property
    def queue_by_code(self) -> dict[str, QueueInfo]:
        """Queues by code."""
        return {q.code: q for q in self.queues}

    @cached_property
    def counter_by_code(self) -> dict[str, CounterInfo]:
        """Counters by code."""
        return {c.code: c for c in self.counters}

    @cached_property
    def counter_by_id(self) -> dict[int, CounterInfo]:
        """Counters by id."""
        return {c.id: c for c in self.counters}

    @cached_property
    def item_by_code(self) -> dict[str, ItemInfo]:
        """Items by code."""
        return {i.code: i for i in self.items}

    @cached_property
    def item_by_id(self) -> dict[int, ItemInfo]:
        """Items by id."""
        return {i.id: i for i in self.items}

    @cached_property
    def counters_of_queue(self) -> dict[int, tuple[CounterInfo, ...]]:
        """Counters that serve a queue, in the hall's order."""
        return {
            q.id: tuple(c for c in self.counters if q.id in self.serves.get(c.id, {}))
            for q in self.queues
        }

    def queue(self, code: str) -> QueueInfo:
        """Return a queue by code; raises `Refused("not_found")`."""
        return _found(self.queue_by_code.get(code), f"排队业务 {code}")

    def counter(self, code: str) -> CounterInfo:
        """Return a counter by code; raises `Refused("not_found")`."""
        return _found(self.counter_by_code.get(code), f"窗口 {code}")

    def item(self, code: str) -> ItemInfo:
        """Return an item by code; raises `Refused("not_found")`."""
        return _found(self.item_by_code.get(code), f"事项 {code}")

    def priority(self, code: str) -> PriorityInfo:
        """Return a priority class by code; raises `Refused("not_found")`."""
        found = next((p for p in self.priorities if p.code == code), None)
        return _found(found, f"优先类别 {code}")

    def spans(self, queue_code: str, day: date) -> tuple[Span, ...]:
        """Return the hours of a queue on *day*: its own, else the hall's."""
        hours = self.hours.get(("queue", queue_code)) or self.hours.get(("hall", ""))
        kind = self.calendar.get(day.isoformat(), "")
        return hours.on(day, kind) if hours is not None else ()

    def counter_spans(self, counter_code: str, day: date) -> tuple[Span, ...]:
        """Return the hours of a counter on *day*, lunch 午餐 being a gap: its own, else the hall's."""
        hours = self.hours.get(("counter", counter_code)) or self.hours.get(("hall", ""))
        kind = self.calendar.get(day.isoformat(), "")
        return hours.on(day, kind) if hours is not None else ()

    def setting(self, key: str, default: Any) -> Any:
        """Return a setting that is not one of the rules."""
        return self.settings.get(key, default)


def _found(thing: _T | None, what: str) -> _T:
    if thing is None:
        raise Refused("not_found", what=what)
    return thing


class ConfigCache:
    """Keeps the config of each hall at its newest committed version."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[int, HallConfig]] = {}
        self._lock = threading.Lock()

    def of(self, link: Link, hall_id: int, version: int) -> HallConfig:
        """Return the config of *version*, reading it when it is not kept."""
        kept = self._kept.get(hall_id)
        if kept is not None and kept[0] == version:
            return kept[1]
        config = self.fresh(link, hall_id)
        with self._lock:
            self._kept[hall_id] = (version, config)
        return config

    def fresh(self, link: Link, hall_id: int) -> HallConfig:
        """Read the config; nothing is kept."""
        return _read(link, hall_id)


def _of(table: sa.Table, *columns: str, active: bool = False, order: str = "sort") -> Sql:
    query = sa.select(*(table.c[c] for c in columns))
    query = query.where(table.c.hall_id == sa.bindparam("hall_id"))
    if active:
        query = query.where(table.c.active)
    return Sql(query.order_by(table.c[order], table.c.id))


_ZONES = _of(tables.zone, "id", "code", "name", "floor", "name_en", order="code")
_DEPARTMENTS = _of(tables.department, "id", "code", "name", "short_name", "name_en", active=True)
_QUEUE_FIELDS = tuple(f.name for f in fields(QueueInfo))
_QUEUES = _of(tables.queue, *_QUEUE_FIELDS, active=True)
_COUNTER_FIELDS = tuple(f.name for f in fields(CounterInfo))
_COUNTERS = _of(tables.counter, *_COUNTER_FIELDS)
_PRIORITIES = _of(tables.priority_class, "code", "name", "rank", "needs_reason", order="rank")
_I, _D = tables.item.c, tables.disclosure_revision.c
_ITEMS = Sql(
    sa.select(
        _I.id,
        _I.code,
        _I.name,
        _I.short_name,
        _I.department_id,
        _I.queue_id,
        _I.mode,
        _I.keywords,
        _I.common,
        _I.consult_only,
        _I.current_revision,
        _D.body,
        _I.name_en,
    )
    .select_from(
        tables.item.outerjoin(
            tables.disclosure_revision,
            (_D.item_id == _I.id) & (_D.revision == _I.current_revision),
        )
    )
    .where(_I.hall_id == sa.bindparam("hall_id"), _I.active)
    .order_by(_I.sort, _I.id)
)
_SERVES = Sql(
    sa.select(
        tables.counter_queue.c.counter_id,
        tables.counter_queue.c.queue_id,
        tables.counter_queue.c.weight,
    )
    .select_from(tables.counter_queue.join(tables.counter))
    .where(tables.counter.c.hall_id == sa.bindparam("hall_id"))
)
_SETTINGS = Sql(
    sa.select(tables.setting.c.key, tables.setting.c.value).where(
        tables.setting.c.hall_id == sa.bindparam("hall_id")
    )
)
_O = tables.opening.c
_OPENINGS = Sql(
    sa.select(_O.scope, _O.scope_code, _O.weekday, _O.from_, _O.to_)
    .where(_O.hall_id == sa.bindparam("hall_id"))
    .order_by(_O.from_)
)
_CALENDAR = Sql(
    sa.select(tables.workday.c.date, tables.workday.c.kind).where(
        tables.workday.c.hall_id == sa.bindparam("hall_id")
    )
)


def _read(link: Link, hall_id: int) -> HallConfig:
    def rows(sql: Sql) -> list[Any]:
        return link.execute(sql, {"hall_id": hall_id}).fetchall()

    settings = {k: msgspec.json.decode(v) for k, v in rows(_SETTINGS)}
    serves: dict[int, dict[int, int]] = {}
    for counter_id, queue_id, weight in rows(_SERVES):
        serves.setdefault(counter_id, {})[queue_id] = weight
    return HallConfig(
        zones=tuple(
            ZoneInfo(id=a, code=b, name=c, floor=d, name_en=e) for a, b, c, d, e in rows(_ZONES)
        ),
        departments=tuple(
            DepartmentInfo(id=a, code=b, name=c, short_name=d, name_en=e)
            for a, b, c, d, e in rows(_DEPARTMENTS)
        ),
        queues=tuple(_queue(r) for r in rows(_QUEUES)),
        counters=tuple(
            CounterInfo(**dict(zip(_COUNTER_FIELDS, r, strict=True))) for r in rows(_COUNTERS)
        ),
        items=tuple(_item(r) for r in rows(_ITEMS)),
        priorities=tuple(
            PriorityInfo(code=a, name=b, rank=c, needs_reason=bool(d))
            for a, b, c, d in rows(_PRIORITIES)
        ),
        serves=serves,
        settings=settings,
        hours=_hours(rows(_OPENINGS)),
        calendar=dict(rows(_CALENDAR)),
        shown=shown(rows),
        rules=_rules(settings),
    )


def _queue(row: tuple[Any, ...]) -> QueueInfo:
    values = dict(zip(_QUEUE_FIELDS, row, strict=True))
    for flag in ("consult_only", "finish_when_called"):
        values[flag] = bool(values[flag])
    return QueueInfo(**values)


def _item(row: tuple[Any, ...]) -> ItemInfo:
    body = row[11]
    return ItemInfo(
        id=row[0],
        code=row[1],
        name=row[2],
        short_name=row[3],
        department_id=row[4],
        queue_id=row[5],
        mode=row[6],
        keywords=tuple(msgspec.json.decode(row[7], type=list[str])),
        common=bool(row[8]),
        consult_only=bool(row[9]),
        revision=row[10],
        disclosure=None if body is None else msgspec.json.decode(body, type=DisclosureView),
        name_en=row[12],
    )


def _rules(settings: Mapping[str, Any]) -> HallRules:
    known = {f.name for f in fields(HallRules)}
    return HallRules(**{k: v for k, v in settings.items() if k in known})


def _hours(rows: list[Any]) -> dict[tuple[str, str], Hours]:
    days: dict[tuple[str, str], dict[int, tuple[Span, ...]]] = {}
    for scope, code, weekday, from_, to_ in rows:
        by_day = days.setdefault((scope, code), {})
        by_day[weekday] = (*by_day.get(weekday, ()), span(from_, to_))
    return {k: Hours(by_weekday=v) for k, v in days.items()}
