"""Commands that may be repeated: the same key gives the same answer and does nothing again.

The seven cases: (1) actor and key seen: the same answer, marked as a replay. (2) The same key with
another body: refused. (3) The record is written in the transaction of the work, so both exist or
neither. (4) Refusals are not recorded: a repeated refused request is judged again. (5) No answer
or a fault of the server: the client repeats with the same key. (6) Twins at the same time wait for
the hall's lock, the second gets the first's answer. (7) Records live 48 hours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from server.domain.moments import moment
from server.kit.contract.reasons import Refused
from server.store import log
from server.store.work import Work

KEPT = timedelta(hours=48)
"""How long an answer is kept."""


@dataclass(frozen=True, slots=True)
class Answer:
    """JSON text of an answer, and whether it was given before."""

    text: str
    replayed: bool


def request_hash(path: str, body: bytes) -> str:
    """Return what identifies a request besides its key: SHA-256 of path and body."""
    return hashlib.sha256(path.encode() + b"\0" + body).hexdigest()


def once(w: Work, *, key: str, digest: str, do: Callable[[Work], msgspec.Struct]) -> Answer:
    """Do *do* unless this actor already gave this key, and return the answer.

    Args:
        w: the command's work; its actor owns the key.
        key: UUID chosen by the client when the person decided.
        digest: `request_hash` of the request.
        do: the command.

    Raises:
        Refused: `key_reused` when the key came with another request.
    """
    before = log.answer_given(w, key)
    if before is not None:
        if before[0] != digest:
            raise Refused("key_reused")
        return Answer(before[1], replayed=True)
    text = msgspec.json.encode(do(w)).decode()
    log.remember_answer(w, key, request_hash=digest, answer=text)
    return Answer(text, replayed=False)


def forget(w: Work) -> int:
    """Delete answers older than 48 hours; return how many."""
    return log.forget_answers(w, moment(w.now - KEPT))
