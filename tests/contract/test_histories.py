"""Random days of a hall: whatever people do, the events tell it and nothing is lost or doubled.

Each step is one action with random arguments, allowed or not. After each, the board of before with
the events folded in equals a fresh board; at the end the log is whole, every number exists once,
and no ticket is at two counters.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.actions import calling, catalogue, counters, days, tickets
from server.domain.people import Role, Staff
from server.domain.tickets import State
from server.kit.contract.reasons import Refused
from server.store import tickets as rows
from server.store.work import Work
from tests.support.bench import Bench, opened, prepare
from tests.support.torture import scaled

ITEMS = ("MZ-01", "SP-02", "WS-01")
COUNTERS = ("1", "2", "12")
QUEUES = ("A", "B", "M")

steps = st.lists(
    st.tuples(
        st.sampled_from(
            (
                *("issue", "next", "start", "finish") * 6,
                *("call", "recall", "no_show", "hold", "resume", "transfer") * 2,
                *("send_back", "reinstate", "cancel", "open", "pause", "unpause", "close"),
                *("tick", "hours", "midnight", "stop", "end", "reopen", "emergency", "calm"),
            )
        ),
        st.integers(0, 7),
        st.integers(0, 7),
    ),
    min_size=25,
    max_size=45,
)


def play(bench: Bench, history: list[tuple[str, int, int]]) -> None:
    """Do every step of *history* and prove its events."""
    clerks = [bench.staff(f"c{n}") for n in range(3)]
    manager = bench.staff("manager", (Role.MANAGER, ""))
    for counter, clerk in zip(COUNTERS, clerks, strict=True):
        bench.run(lambda w, c=counter, p=clerk: counters.open_counter(w, c, staff=p))
    for name, a, b in history:
        bench.clock.move(seconds=b * 20)
        before = bench.board()
        try:
            _step(bench, name, a, b, clerks, manager)
        except Refused:
            assert bench.board().seq == before.seq, "a refusal left something behind"
            continue
        bench.prove(before, changes=False)
    bench.whole()
    _numbers_once(bench)


def _step(bench: Bench, name: str, a: int, b: int, clerks: list[Staff], manager: Staff) -> None:
    clerk, counter = clerks[a % 3], COUNTERS[a % 3]
    ticket = _fitting(bench, name, counter) if b else _any_ticket(bench, a)
    uid, version = (ticket.uid, ticket.version) if ticket is not None else ("none", 1)
    do: dict[str, Callable[[Work], Any]] = {
        "issue": lambda w: tickets.issue(
            w,
            item=ITEMS[a % 3],
            source="staff",
            priority="elderly" if b == 1 else "",
            priority_reason="",
        ),
        "open": lambda w: counters.open_counter(w, counter, staff=clerk),
        "next": lambda w: calling.call_next(w, counter, staff=clerk, expected=None),
        "call": lambda w: calling.call(
            w, counter, uid, staff=clerk, expected=None, reason="情况特殊"
        ),
        "recall": lambda w: calling.recall(w, uid, version=version, staff=clerk),
        "start": lambda w: calling.start(w, uid, version=version, staff=clerk),
        "finish": lambda w: calling.finish(w, uid, version=version, staff=clerk),
        "no_show": lambda w: calling.no_show(w, uid, version=version, staff=clerk),
        "hold": lambda w: calling.hold(w, uid, version=version, staff=clerk, reason="复印"),
        "resume": lambda w: calling.resume(
            w, uid, version=version, staff=clerk, counter_code=counter
        ),
        "transfer": lambda w: calling.transfer(
            w,
            uid,
            version=version,
            staff=clerk,
            queue=QUEUES[b % 3],
            come_back=b > 3,
            reason="",
        ),
        "send_back": lambda w: calling.send_back(
            w, uid, version=version, staff=clerk, reason="走错了"
        ),
        "reinstate": lambda w: tickets.reinstate(w, uid, version=version),
        "cancel": lambda w: tickets.cancel(w, uid, version=version, reason="不办了"),
        "pause": lambda w: counters.pause(
            w, counter, staff=clerk, expected=None, reason="会议", until=None
        ),
        "unpause": lambda w: counters.resume_counter(w, counter, staff=clerk, expected=None),
        "close": lambda w: counters.close(
            w, counter, staff=clerk, expected=None, reason="" if b < 4 else "提前下班"
        ),
        "tick": days.tick,
        "hours": lambda w: catalogue.set_rules(w, always_open=b < 4),
        "stop": days.stop_issuing,
        "end": lambda w: days.close_day(w, reason="" if b < 4 else "停电"),
        "reopen": days.open_day,
        "emergency": lambda w: catalogue.set_emergency(w, staff=manager, text="请离开"),
        "calm": lambda w: catalogue.set_emergency(w, staff=manager, text=None),
    }
    if name == "midnight":
        bench.clock.move(hours=16)
        name = "tick"
    bench.run(do[name])


AT_COUNTER = ("recall", "start", "finish", "no_show", "hold", "transfer", "send_back")


def _fitting(bench: Bench, name: str, counter: str) -> Any:
    """A ticket for which the step may well be allowed."""
    if name in AT_COUNTER:
        at = next((c.ticket for c in bench.board().counters if c.code == counter), None)
        return None if at is None else bench.read(lambda r: rows.by_number(r, at))
    wanted = {"resume": "HELD", "reinstate": "NO_SHOW"}.get(name)
    if wanted is None:
        return _any_ticket(bench, 0)
    found = bench.read(lambda r: rows.in_states(r, State[wanted]))
    return found[-1] if found else None


def _any_ticket(bench: Bench, nth: int) -> Any:
    with bench.db.engine().connect() as connection:
        found = connection.exec_driver_sql("SELECT uid FROM ticket ORDER BY id DESC").all()
    if not found:
        return None
    uid = found[nth % len(found)][0]
    return bench.read(lambda r: rows.by_uid(r, uid))


def _numbers_once(bench: Bench) -> None:
    """Every number that was told exists once, and each series runs from 1 without a gap."""
    told = sum(e.message.TYPE == "ticket.issued" for e in bench.events())
    with bench.db.engine().connect() as connection:
        stored = connection.exec_driver_sql(
            "SELECT date, series_queue_id, no FROM ticket ORDER BY date, series_queue_id, no"
        ).all()
    series: dict[tuple[str, int], list[int]] = {}
    for date, queue, no in stored:
        series.setdefault((date, queue), []).append(no)

    assert len(stored) == told
    for numbers in series.values():
        assert numbers == list(range(1, len(numbers) + 1))


@given(history=steps)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_days_on_sqlite(prepared_file: Path, history: list[tuple[str, int, int]]) -> None:
    """60 random days on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hall.db"
        shutil.copy(prepared_file, path)
        with opened(f"sqlite:///{path}") as bench:
            play(bench, history)


@given(history=steps)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_days_on_postgresql(postgres: Any, history: list[tuple[str, int, int]]) -> None:
    """15 random days on PostgreSQL."""
    url = postgres.fresh_database(template="hall", prepare=prepare)
    with opened(url) as bench:
        play(bench, history)
    postgres.drop(url)


@pytest.mark.torture
@given(history=steps)
@settings(
    max_examples=scaled(1500, least=15), deadline=None, suppress_health_check=list(HealthCheck)
)
def test_many_random_days_on_sqlite(
    prepared_file: Path, history: list[tuple[str, int, int]]
) -> None:
    """1,500 random days on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hall.db"
        shutil.copy(prepared_file, path)
        with opened(f"sqlite:///{path}") as bench:
            play(bench, history)
