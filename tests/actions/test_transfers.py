"""Transfers 转移: who was sent away to come back does come back."""

from __future__ import annotations

from server.actions import calling
from server.domain.people import Staff
from server.kit.contract.views import Done
from server.store import tickets as rows
from tests.support.bench import Bench


def _served(bench: Bench, counter: str, staff: Staff) -> Done:
    called = bench.run(lambda w: calling.call_next(w, counter, staff=staff, expected=None))
    return bench.run(lambda w: calling.start(w, called.ticket, version=called.version, staff=staff))


def _sent(bench: Bench, ticket: Done, staff: Staff, queue: str, *, come_back: bool) -> None:
    bench.run(
        lambda w: calling.transfer(
            w,
            ticket.ticket,
            version=ticket.version,
            staff=staff,
            queue=queue,
            come_back=come_back,
            reason="",
        )
    )


def test_a_ticket_that_is_sent_on_still_returns_to_where_it_is_expected(bench: Bench) -> None:
    first, second, third = (bench.open(code, f"c0{code}") for code in "123")
    issued = bench.issue()
    home = bench.read(lambda r: rows.by_uid(r, issued.uid)).queue_id

    _sent(bench, _served(bench, "1", first), first, "B", come_back=True)
    _sent(bench, _served(bench, "2", second), second, "C", come_back=False)
    done = _served(bench, "3", third)
    bench.run(lambda w: calling.finish(w, done.ticket, version=done.version, staff=third))

    ticket = bench.read(lambda r: rows.by_uid(r, issued.uid))
    assert (ticket.state.value, ticket.queue_id) == ("waiting", home)
    bench.whole()


def test_a_ticket_that_is_sent_home_early_ends_there(bench: Bench) -> None:
    first, second = (bench.open(code, f"c0{code}") for code in "12")
    issued = bench.issue()

    _sent(bench, _served(bench, "1", first), first, "B", come_back=True)
    _sent(bench, _served(bench, "2", second), second, "A", come_back=False)
    done = _served(bench, "1", first)
    bench.run(lambda w: calling.finish(w, done.ticket, version=done.version, staff=first))

    ticket = bench.read(lambda r: rows.by_uid(r, issued.uid))
    assert ticket.state.value == "done"
    bench.whole()
