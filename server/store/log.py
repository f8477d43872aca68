"""The log of the hall: reading it, proving it whole, and answers already given."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa

from server.kit.contract import codec
from server.kit.contract.codec import Event
from server.kit.contract.messages import BY_TYPE
from server.store import tables
from server.store.sql import Sql
from server.store.work import Read, Work, chained

E, K, A = tables.hall_event.c, tables.idempotency_record.c, tables.call_ack.c

_AFTER = Sql(
    sa.select(E.seq, E.at, E.type, E.data)
    .where(E.hall_id == sa.bindparam("h"), E.seq > sa.bindparam("since"))
    .order_by(E.seq)
    .limit(sa.bindparam("most"))
)
_ROWS_AFTER = Sql(
    sa.select(*E)
    .where(E.hall_id == sa.bindparam("h"), E.seq > sa.bindparam("since"))
    .order_by(E.seq)
    .limit(sa.bindparam("most"))
)
_FIND = Sql(
    sa.select(K.request_hash, K.answer).where(
        K.actor == sa.bindparam("who"), K.key == sa.bindparam("idem")
    )
)
_REMEMBER = Sql(
    sa.insert(tables.idempotency_record),
    ["actor", "key", "request_hash", "status", "answer", "at"],
)
_FORGET = Sql(sa.delete(tables.idempotency_record).where(K.at < sa.bindparam("before")))
_ACKED = Sql(
    sa.select(A.device_id).where(
        A.call_uid == sa.bindparam("call"),
        A.times == sa.bindparam("n"),
        A.device_id == sa.bindparam("dev"),
        A.output == sa.bindparam("out"),
    )
)
_ADD_ACK = Sql(sa.insert(tables.call_ack), ["call_uid", "times", "device_id", "output", "at"])
_ACKS = Sql(
    sa.select(A.output, sa.func.count())
    .where(A.call_uid == sa.bindparam("call"), A.times == sa.bindparam("n"))
    .group_by(A.output)
)


def events_after(r: Read, seq: int, limit: int) -> list[Event]:
    """Return up to *limit* events after *seq*, in order; types unknown here are a bug."""
    rows = r.all(_AFTER, h=r.hall.id, since=seq, most=limit)
    return [
        Event(
            hall=r.hall.code,
            seq=n,
            at=at,
            message=codec.load_message(BY_TYPE[kind], msgspec.json.decode(data)),
        )
        for n, at, kind, data in rows
    ]


def verify(r: Read) -> Iterator[str]:
    """Walk the whole log and yield a sentence for each fault; nothing = the log is whole.

    A missing or repeated number, a changed, inserted or deleted row, or a wrong last value in the
    hall's own row is found.
    """
    chain, seq = "", 0
    while True:
        rows = r.all(_ROWS_AFTER, h=r.hall.id, since=seq, most=5000)
        if not rows:
            break
        for row in rows:
            if row[1] != seq + 1:
                yield f"event {seq + 1} is missing before {row[1]}"
            chain, seq = chained(chain, list(row[:-1])), row[1]
            if chain != row[-1]:
                yield f"event {seq} was altered"
                chain = row[-1]
    if (seq, chain) != (r.hall.event_seq, r.hall.chain):
        yield f"the hall's row says {r.hall.event_seq}, the log ends at {seq}"


def answer_given(w: Work, key: str) -> tuple[str, str] | None:
    """Return (request hash, answer) recorded for this actor and key, or None."""
    row = w.one(_FIND, who=w.actor.key, idem=key)
    return None if row is None else (row[0], row[1])


def remember_answer(w: Work, key: str, *, request_hash: str, answer: str) -> None:
    """Record an answer in the transaction of the work itself."""
    w.run(
        _REMEMBER,
        actor=w.actor.key,
        key=key,
        request_hash=request_hash,
        status=200,
        answer=answer,
        at=w.at,
    )


def forget_answers(w: Work, before: str) -> int:
    """Delete answers older than a moment and return how many."""
    return w.run(_FORGET, before=before)


def add_ack(w: Work, *, call: str, times: int, device_id: int, output: str, at: str) -> None:
    """Record that an output of a device brought a call to people; again changes nothing."""
    if w.one(_ACKED, call=call, n=times, dev=device_id, out=output) is None:
        w.run(_ADD_ACK, call_uid=call, times=times, device_id=device_id, output=output, at=at)


def acks(r: Read, call: str, times: int) -> dict[str, int]:
    """Return how many devices acknowledged a call, by output."""
    return dict(r.all(_ACKS, call=call, n=times))
