"""The seven cases of idempotency, on both databases."""

from __future__ import annotations

import uuid

import msgspec
import pytest

from server.actions import tickets
from server.actions.once import Answer, forget, once, request_hash
from server.kit.contract.reasons import Refused
from server.kit.contract.views import TicketSlip
from server.store.work import Actor
from tests.support.bench import Bench

KIOSK = Actor("device", "k1")


def take(bench: Bench, key: str, *, body: bytes = b"{}", actor: Actor = KIOSK) -> Answer:
    """One request for a number under *key*."""
    digest = request_hash("/api/v1/tickets", body)
    return bench.run(
        lambda w: once(
            w,
            key=key,
            digest=digest,
            do=lambda w: tickets.issue(w, item="MZ-01", source="staff"),
        ),
        actor,
    )


def number(answer: Answer) -> str:
    return msgspec.json.decode(answer.text, type=TicketSlip).number


def test_the_same_key_gives_the_same_answer_and_no_second_number(bench: Bench) -> None:
    key = str(uuid.uuid4())

    first, second = take(bench, key), take(bench, key)

    assert first.text == second.text
    assert (first.replayed, second.replayed) == (False, True)
    assert next(q.waiting for q in bench.board().queues if q.code == "A") == 1


def test_the_same_key_for_another_request_is_refused(bench: Bench) -> None:
    key = str(uuid.uuid4())
    take(bench, key)

    with pytest.raises(Refused) as refused:
        take(bench, key, body=b'{"item":"SP-02"}')

    assert refused.value.code == "key_reused"


def test_a_key_belongs_to_who_made_it(bench: Bench) -> None:
    key = str(uuid.uuid4())

    first, other = take(bench, key), take(bench, key, actor=Actor("device", "k2"))

    assert number(first) != number(other)


def test_a_refusal_is_not_remembered_and_is_judged_again(bench: Bench) -> None:
    key = str(uuid.uuid4())
    bench.run(lambda w: tickets_stopped(w, ["A"]))
    with pytest.raises(Refused):
        take(bench, key)
    bench.run(lambda w: tickets_stopped(w, []))

    assert number(take(bench, key)) == "A001"


def tickets_stopped(w: object, queues: list[str]) -> None:
    """Stop queues by hand."""
    from server.store import catalogue

    catalogue.set_setting(w, "stopped_queues", queues)  # type: ignore[arg-type]
    w.changed_config()  # type: ignore[attr-defined]


def test_an_answer_is_forgotten_after_48_hours(bench: Bench) -> None:
    key = str(uuid.uuid4())
    take(bench, key)
    bench.clock.move(hours=47)
    assert bench.run(forget) == 0
    bench.clock.move(hours=2)

    assert bench.run(forget) == 1


def test_the_work_and_its_record_are_both_there_or_neither(bench: Bench) -> None:
    key = str(uuid.uuid4())

    def fails(w: object) -> TicketSlip:
        tickets.issue(w, item="MZ-01", source="staff")  # type: ignore[arg-type]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bench.run(lambda w: once(w, key=key, digest="d", do=fails), KIOSK)

    assert number(take(bench, key)) == "A001"
    bench.whole()
