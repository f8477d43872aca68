"""Reading and changing one hall: `Read`, `Work`, and what a command may do.

A command is a function of a `Work`. It contains no I/O but its own SQL: no HTTP, no emit, no
sleep, no second connection; a greenlet that yields inside a write transaction would stop the hall.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec
import sqlalchemy as sa

from server.domain.moments import Moment, local, moment
from server.kit.contract import codec
from server.kit.contract.codec import Event
from server.kit.contract.messages import Message
from server.kit.contract.reasons import Refused
from server.store import tables
from server.store.hallconfig import ConfigCache, HallConfig
from server.store.sql import Link, Row, Sql


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a device, a person or a job, by its uid; never a name."""

    kind: str
    id: str

    @property
    def key(self) -> str:
        """Text for the idempotency record."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HallState:
    """The hall's own row: what every command reads first and writes last."""

    id: int
    code: str
    name: str
    name_en: str
    tz: str
    event_seq: int
    chain: str
    date: str
    day_state: str
    public_url: str
    catalogue_digest: str
    emergency: str | None
    version: int


_H = tables.hall.c
_HALL_COLUMNS = (
    _H.id,
    _H.code,
    _H.name,
    _H.name_en,
    _H.tz,
    _H.event_seq,
    _H.chain,
    _H.date,
    _H.day_state,
    _H.public_url,
    _H.catalogue_digest,
    _H.emergency,
    _H.version,
)
_HALL_NAMES = tuple(c.name for c in _HALL_COLUMNS)
_READ_HALL = Sql(sa.select(*_HALL_COLUMNS).where(_H.code == sa.bindparam("hall_code")))
_LOCK_HALL = Sql(
    sa.select(*_HALL_COLUMNS)
    .where(_H.code == sa.bindparam("hall_code"))
    .with_for_update(key_share=True)
)
_WRITE_HALL = Sql(
    sa.update(tables.hall)
    .where(_H.id == sa.bindparam("hall_id"))
    .values(
        event_seq=sa.bindparam("b_seq"),
        chain=sa.bindparam("b_chain"),
        date=sa.bindparam("b_date"),
        day_state=sa.bindparam("b_day_state"),
        catalogue_digest=sa.bindparam("b_digest"),
        emergency=sa.bindparam("b_emergency"),
        version=sa.bindparam("b_version"),
    )
)
_ADD_EVENT = Sql(sa.insert(tables.hall_event), [c.name for c in tables.hall_event.c])


def load_hall(link: Link, code: str, *, lock: bool = False) -> HallState:
    """Return the hall's row; with *lock*, hold it until the transaction ends (PostgreSQL).

    Raises:
        Refused: `not_found`.
    """
    row = link.execute(_LOCK_HALL if lock else _READ_HALL, {"hall_code": code}).fetchone()
    if row is None:
        raise Refused("not_found", what=f"大厅 {code}")
    return HallState(**dict(zip(_HALL_NAMES, row, strict=True)))


def write_hall(link: Link, state: HallState) -> None:
    """Store the hall's row at the end of a transaction."""
    link.execute(
        _WRITE_HALL,
        {
            "hall_id": state.id,
            "b_seq": state.event_seq,
            "b_chain": state.chain,
            "b_date": state.date,
            "b_day_state": state.day_state,
            "b_digest": state.catalogue_digest,
            "b_emergency": state.emergency,
            "b_version": state.version,
        },
    )


class Read:
    """One consistent look at one hall."""

    def __init__(self, link: Link, hall: HallState, now: datetime, configs: ConfigCache) -> None:
        self.link = link
        self.hall = hall
        self.now = now
        """UTC, aware."""
        self._configs = configs

    @cached_property
    def at(self) -> Moment:
        """This moment as text."""
        return moment(self.now)

    @cached_property
    def local_now(self) -> datetime:
        """This moment in the hall's time."""
        return local(self.now, self.hall.tz)

    @cached_property
    def today(self) -> str:
        """The hall's calendar date now; the business day in force is `hall.date`."""
        return self.local_now.date().isoformat()

    @property
    def config(self) -> HallConfig:
        """What managers set: queues, counters, items, rules."""
        return self._configs.of(self.link, self.hall.id, self.hall.version)

    def all(self, sql: Sql, **params: object) -> list[Row]:
        """Return all rows of a question."""
        return self.link.execute(sql, params).fetchall()

    def one(self, sql: Sql, **params: object) -> Row | None:
        """Return the first row, or None."""
        row: Row | None = self.link.execute(sql, params).fetchone()
        return row

    def scalar(self, sql: Sql, **params: object) -> Any:
        """Return the first column of the first row, or None."""
        row = self.one(sql, **params)
        return None if row is None else row[0]


class Work(Read):
    """One command on one hall, under its lock."""

    def __init__(
        self,
        link: Link,
        hall: HallState,
        now: datetime,
        configs: ConfigCache,
        *,
        actor: Actor,
        new_uid: Callable[[], str],
    ) -> None:
        super().__init__(link, hall, now, configs)
        self.actor = actor
        self.new_uid = new_uid
        self.published: list[Event] = []
        self.said = ""
        """Stands in the note of everything that this command publishes: by which way it came."""
        self._rows: list[dict[str, object]] = []
        self._config_version = hall.version

    @property
    def config(self) -> HallConfig:
        """What managers set; read afresh, and not kept, once this command has changed it."""
        if self.hall.version != self._config_version:
            return self._configs.fresh(self.link, self.hall.id)
        return super().config

    def run(self, sql: Sql, **params: object) -> int:
        """Run a change and return how many rows it met."""
        return self.link.execute(sql, params).rowcount

    def publish(
        self,
        message: Message,
        *,
        ticket_id: int | None = None,
        counter_id: int | None = None,
        queue_id: int | None = None,
        item_id: int | None = None,
        state_from: str = "",
        state_to: str = "",
        note: str = "",
    ) -> None:
        """Add *message* to the hall's log; it reaches the screens after the commit.

        Only `server/actions` call this. `note` is a reason in words for the log; it never leaves
        the server and never holds a name or identity number.
        """
        seq = self.hall.event_seq + 1
        row: dict[str, object] = {
            "hall_id": self.hall.id,
            "seq": seq,
            "type": message.TYPE,
            "at": self.at,
            "date": self.hall.date,
            "actor_kind": self.actor.kind,
            "actor_id": self.actor.id,
            "ticket_id": ticket_id,
            "counter_id": counter_id,
            "queue_id": queue_id,
            "item_id": item_id,
            "state_from": state_from,
            "state_to": state_to,
            "v": codec.VERSION,
            "data": codec.encode_message(message),
            "note": "；".join(words for words in (self.said, note) if words),
        }
        chain = chained(self.hall.chain, list(row.values()))
        self._rows.append({**row, "chain": chain})
        self.hall = replace(self.hall, event_seq=seq, chain=chain)
        self.published.append(Event(hall=self.hall.code, seq=seq, at=self.at, message=message))

    def changed_hall(self, **changes: Any) -> None:
        """Change fields of the hall's row (date, day state, digest, emergency)."""
        self.hall = replace(self.hall, **changes)

    def changed_config(self) -> None:
        """Say that something in `config` changed: every cache of it is stale after the commit."""
        self.hall = replace(self.hall, version=self.hall.version + 1)

    def write_events(self) -> None:
        """Write what was published; the runner calls this once, when the command has succeeded."""
        if len(self._rows) == 1:
            self.link.execute(_ADD_EVENT, self._rows[0])
        elif self._rows:
            self.link.executemany(_ADD_EVENT, self._rows)
        self._rows = []


def chained(previous: str, row: Sequence[object]) -> str:
    """Return the chain value of a log row: SHA-256 of the value before it and the row as JSON.

    Args:
        previous: chain value of the row before, empty for the first.
        row: all columns but `chain`, in the table's order.
    """
    text = msgspec.json.encode(row)
    return hashlib.sha256(previous.encode() + text).hexdigest()
