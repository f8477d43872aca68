"""The seed: a whole hall in one TOML file, checked before a row of it is written.

A seed carries what a hall is set up with: zones, departments, queues, counters, items with their
five disclosures 五公开, priority classes, opening hours, notices and rules. People and devices are
not in it; `hall-server` makes them with their secrets.

`server/samples/` holds the seeds that ship with the product; they are data, not code.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import resources
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from server.domain.disclosures import FIVE, UNITS
from server.kit.contract.reasons import Refused
from server.kit.contract.views import DisclosureView, Limit
from server.store import tables
from server.store.seed_parts import Disclosure, Item, Opening, Seed
from server.store.seed_shown import insert_shown

__all__ = ["SAMPLES", "Seed", "insert", "parse", "sample"]

SAMPLES = ("2026", "2007")
"""Seeds that ship with the product: a present county hall, and the hall of the founding essay."""

APPROVED_BY = "seed"
"""Who approved a first revision: nobody in the hall has, it came with the seed."""


def sample(name: str) -> Seed:
    """Return the seed *name* of `SAMPLES`.

    Raises:
        Refused: `not_found` for any other name.
    """
    if name not in SAMPLES:
        raise Refused("not_found", what=f"示例大厅“{name}”")
    return parse((resources.files("server") / "samples" / f"{name}.toml").read_text("utf-8"))


def parse(text: str) -> Seed:
    """Return the seed in *text*, sound in itself: what it refers to exists, what it publishes is
    complete.

    Raises:
        Refused: `malformed`; `problem` names the place of every fault, such as
            `items[3]（SP-02）.disclosure`.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise Refused("malformed", problem=f"不是有效的 TOML 文件（{e}）") from e
    try:
        seed = msgspec.convert(raw, Seed)
    except msgspec.ValidationError as e:
        raise Refused("malformed", problem=_in_words(str(e), raw)) from e
    if problems := list(_problems(seed)):
        raise Refused("malformed", problem="；".join(problems))
    return seed


# --- faults of one value, in words ---

_KINDS = {
    "int": "整数",
    "float": "小数",
    "str": "文字",
    "bool": "true 或 false",
    "array": "列表",
    "object": "表",
}
_FAULTS = (
    (r"Object missing required field `(.+)`", "缺少“{0}”"),
    (r"Object contains unknown field `(.+)`", "有不认识的“{0}”"),
    (r"Invalid enum value (.+)", "{0} 不是允许的值"),
    (r"Expected `(.+)`, got `(.+)`", "应是{0}，写成了{1}"),
    (r"Expected `int` (.+)", "应 {0}"),
    (r"Expected `array` of length >= (\d+)", "至少要有 {0} 个"),
    (r"Expected `str` of length <= (\d+)", "最多 {0} 个字"),
    (r"Expected `str` matching regex .+", "是空的或写法不对"),
)


def _in_words(fault: str, raw: dict[str, Any]) -> str:
    """Return msgspec's *fault* in Chinese, its path with the code of the part it lies in."""
    what, _, path = fault.partition(" - at `$")
    for pattern, words in _FAULTS:
        if found := re.fullmatch(pattern, what, re.DOTALL):
            what = words.format(*(_KINDS.get(g, g) for g in found.groups()))
            break
    place = ""
    node: Any = raw
    for name, index in re.findall(r"\.([^.\[\]`]+)|\[(\d+)\]", path):
        node = node[int(index) if index else name]
        place += f"[{index}]" if index else f".{name}"
        if index and isinstance(node, dict) and "code" in node:
            place += f"（{node['code']}）"
    return f"{place.lstrip('.')} {what}" if place else what


# --- faults between values ---


def _problems(seed: Seed) -> Iterator[str]:
    """Yield every fault that no single value shows."""
    try:
        ZoneInfo(seed.hall.tz)
    except (KeyError, ValueError, OSError):
        yield f"hall.tz 没有“{seed.hall.tz}”这个时区"
    for part, required in (
        ("zones", True),
        ("departments", True),
        ("queues", True),
        ("counters", True),
        ("items", True),
        ("priority_classes", False),
    ):
        codes = [p.code for p in getattr(seed, part)]
        yield from _repeated(part, "code", codes)
        if required and not codes:
            yield f"{part} 是空的"
    yield from _repeated("queues", "prefix", [q.prefix for q in seed.queues])
    yield from _dangling(seed)
    yield from _unserved(seed)
    for i, item in enumerate(seed.items):
        yield from _incomplete(_place("items", i, item.code), item)
    yield from _wrong_hours(seed.openings)


def _place(part: str, index: int, code: str) -> str:
    return f"{part}[{index}]（{code}）"


def _repeated(part: str, field: str, values: Sequence[str]) -> Iterator[str]:
    for i, value in enumerate(values):
        if value in values[:i]:
            yield f"{part}[{i}].{field} “{value}”重复"


def _dangling(seed: Seed) -> Iterator[str]:
    known = {
        "zone": {z.code for z in seed.zones},
        "department": {d.code for d in seed.departments},
        "queue": {q.code for q in seed.queues},
        "counter": {c.code for c in seed.counters},
    }
    names = {"zone": "分区", "department": "部门", "queue": "队列", "counter": "窗口"}
    references: list[tuple[str, str, str]] = []
    for i, q in enumerate(seed.queues):
        at = _place("queues", i, q.code)
        references += [
            (f"{at}.department", "department", q.department),
            (f"{at}.zone", "zone", q.zone),
        ]
    for i, c in enumerate(seed.counters):
        at = _place("counters", i, c.code)
        references += [
            (f"{at}.department", "department", c.department),
            (f"{at}.zone", "zone", c.zone),
        ]
        references += [(f"{at}.queues[{n}]", "queue", s.queue) for n, s in enumerate(c.queues)]
    for i, item in enumerate(seed.items):
        at = _place("items", i, item.code)
        references += [
            (f"{at}.department", "department", item.department),
            (f"{at}.queue", "queue", item.queue),
        ]
    references += [
        (f"notices[{i}].zone", "zone", n.zone) for i, n in enumerate(seed.notices) if n.zone
    ]
    references += [
        (f"honours[{i}].zone", "zone", h.zone) for i, h in enumerate(seed.honours) if h.zone
    ]
    references += [
        (f"leaders[{i}].department", "department", leader.department)
        for i, leader in enumerate(seed.leaders)
    ]
    references += [
        (f"openings[{i}].of", o.scope, o.of)
        for i, o in enumerate(seed.openings)
        if o.scope != "hall"
    ]
    for at, kind, code in references:
        if code not in known[kind]:
            yield f"{at} 指向不存在的{names[kind]}“{code}”"


def _unserved(seed: Seed) -> Iterator[str]:
    served: set[str] = set()
    for i, c in enumerate(seed.counters):
        at = _place("counters", i, c.code)
        if not c.queues:
            yield f"{at}.queues 是空的：窗口至少要办理一个队列"
        yield from _repeated(f"{at}.queues", "queue", [s.queue for s in c.queues])
        served.update(s.queue for s in c.queues)
    consult = {q.code for q in seed.queues if q.consult_only}
    for i, q in enumerate(seed.queues):
        if q.code not in served:
            yield f"{_place('queues', i, q.code)} 没有窗口办理"
        if q.first_no > q.last_no:
            yield f"{_place('queues', i, q.code)}.first_no 大于 last_no"
    for i, item in enumerate(seed.items):
        if item.queue in consult and not item.consult_only:
            at = _place("items", i, item.code)
            yield f"{at}.consult_only 应为 true：队列“{item.queue}”仅提供咨询"


def _incomplete(at: str, item: Item) -> Iterator[str]:
    d = item.disclosure
    if d is None:
        return
    missing = d.missing()
    if missing:
        yield f"{at}.disclosure 五公开不完整，还缺：{'、'.join(FIVE[m] for m in missing)}"
    for name, values in (("steps", d.steps), ("materials", [m.name for m in d.materials])):
        for n, value in enumerate(values):
            if not value.strip():
                yield f"{at}.disclosure.{name}[{n}] 是空的"
    if d.statutory.unit not in UNITS:
        yield f"{at}.disclosure.statutory.unit “{d.statutory.unit}”不是允许的值"
    elif _contradicts(d.statutory):
        yield f"{at}.disclosure.statutory.n 与单位“{d.statutory.unit}”不符"
    if "promised" not in missing and _contradicts(d.promised):
        yield f"{at}.disclosure.promised.n 与单位“{d.promised.unit}”不符"


def _contradicts(limit: Limit) -> bool:
    """Return whether a number stands where the unit counts no time, or is lacking where it does."""
    return (limit.n < 1) if limit.unit in {"workday", "day", "month"} else (limit.n != 0)


def _wrong_hours(openings: Iterable[Opening]) -> Iterator[str]:
    days: dict[tuple[str, str, int], list[tuple[str, str]]] = {}
    for i, o in enumerate(openings):
        if o.from_ >= o.to:
            yield f"openings[{i}] 的 from “{o.from_}”不早于 to “{o.to}”"
        if o.scope == "hall" and o.of:
            yield f"openings[{i}].of 应为空：scope 是 hall"
        for weekday in o.weekdays:
            days.setdefault((o.scope, o.of, weekday), []).append((o.from_, o.to))
    for (scope, of, weekday), hours in days.items():
        if any(later[0] < earlier[1] for earlier, later in pairwise(sorted(hours))):
            yield f"openings 中 {scope}{of} 星期 {weekday} 的时段重叠"


# --- into the tables ---


def insert(conn: sa.Connection, seed: Seed, *, now: str, new_uid: Callable[[], str]) -> int:
    """Insert the hall of a parsed *seed* and return its id; the caller commits.

    The first revision of every disclosure is published at *now*; whoever builds the catalogue
    computes `hall.catalogue_digest`. No event is written: a hall without a past starts at event 0.

    Args:
        new_uid: makes outside identities, of the honour cards.

    Raises:
        Refused: `already_exists` when there is a hall of this code; nothing is changed then.
    """
    t = tables
    code = seed.hall.code
    if conn.scalar(sa.select(t.hall.c.id).where(t.hall.c.code == code)) is not None:
        raise Refused("already_exists", what=f"大厅“{code}”")
    hall_id = _add(
        conn, t.hall, code=code, name=seed.hall.name, name_en=seed.hall.name_en, tz=seed.hall.tz
    )

    def add(table: sa.Table, **values: object) -> int:
        return _add(conn, table, hall_id=hall_id, **values)

    zones = {z.code: add(t.zone, **msgspec.structs.asdict(z)) for z in seed.zones}
    departments = {
        d.code: add(t.department, sort=n, **msgspec.structs.asdict(d))
        for n, d in enumerate(seed.departments)
    }
    queues = {}
    for n, q in enumerate(seed.queues):
        values = msgspec.structs.asdict(q)
        department_id = departments[values.pop("department")]
        zone_id = zones[values.pop("zone")]
        queues[q.code] = add(
            t.queue,
            sort=n,
            department_id=department_id,
            zone_id=zone_id,
            service_setting_s=q.service_s,
            **values,
        )
    for n, c in enumerate(seed.counters):
        counter_id = add(
            t.counter,
            code=c.code,
            name=c.name,
            name_en=c.name_en,
            zone_id=zones[c.zone],
            department_id=departments[c.department],
            sort=n,
        )
        for s in c.queues:
            conn.execute(
                sa.insert(t.counter_queue).values(
                    counter_id=counter_id, queue_id=queues[s.queue], weight=s.weight
                )
            )
    for n, item in enumerate(seed.items):
        item_id = add(
            t.item,
            code=item.code,
            name=item.name,
            name_en=item.name_en,
            short_name=item.short_name,
            department_id=departments[item.department],
            queue_id=queues[item.queue],
            mode=item.mode,
            keywords=_json(item.keywords),
            common=item.common,
            consult_only=item.consult_only,
            current_revision=0 if item.disclosure is None else 1,
            sort=n,
        )
        if item.disclosure is not None:
            _publish(conn, item_id, item.code, item.disclosure, now)
    for p in seed.priority_classes:
        add(t.priority_class, **msgspec.structs.asdict(p))
    for o in seed.openings:
        for weekday in o.weekdays:
            add(t.opening, scope=o.scope, scope_code=o.of, weekday=weekday, from_=o.from_, to_=o.to)
    for n, notice in enumerate(seed.notices):
        values = msgspec.structs.asdict(notice)
        add(t.notice, sort=n, zone_id=zones.get(values.pop("zone")), **values)
    insert_shown(seed, now, new_uid, add, zones, departments)
    for key, value in msgspec.to_builtins(seed.settings).items():
        conn.execute(sa.insert(t.setting).values(hall_id=hall_id, key=key, value=_json(value)))
    return hall_id


def _add(conn: sa.Connection, table: sa.Table, **values: object) -> int:
    key = conn.execute(sa.insert(table).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _publish(conn: sa.Connection, item_id: int, item: str, d: Disclosure, now: str) -> None:
    view = DisclosureView(item=item, revision=1, published_at=now, **msgspec.structs.asdict(d))
    body = msgspec.json.encode(view).decode()
    conn.execute(
        sa.insert(tables.disclosure_revision).values(
            item_id=item_id,
            revision=1,
            body=body,
            digest=hashlib.sha256(body.encode()).hexdigest(),
            approved_by=APPROVED_BY,
            published_at=now,
        )
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
