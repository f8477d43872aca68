"""Group commit, refusals within a group, lost transactions, snapshots, and the append-only log."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from psycopg import sql

from server.actions import tickets
from server.kit.contract.reasons import Refused
from server.reads import log
from server.store import counters
from server.store.engine import Database, Job
from server.store.work import Actor, Work
from tests.support.bench import Bench, opened, prepare
from tests.support.postgres import Cluster

JOB = Actor("job", "test")


def issue(w: Work) -> str:
    return tickets.issue(w, item="MZ-01", source="staff").number


def unknown(w: Work) -> str:
    issue(w)
    raise Refused("not_found", what="x")


def jobs_of(bench: Bench, *fns: Any) -> list[Job[Any]]:
    return [Job(bench.hall, JOB, fn) for fn in fns]


@pytest.fixture
def sqlite_bench(prepared_file: Path, tmp_path: Path) -> Iterator[Bench]:
    """The sample hall on SQLite alone: group commit and its files are SQLite's."""
    shutil.copy(prepared_file, tmp_path / "hall.db")
    with opened(f"sqlite:///{tmp_path / 'hall.db'}") as found:
        yield found


def test_many_commands_share_one_commit_and_each_has_its_number(sqlite_bench: Bench) -> None:
    link = sqlite_bench.db.writer()
    commits: list[str] = []
    link.driver.set_trace_callback(commits.append)
    jobs = jobs_of(sqlite_bench, *[issue] * 50)

    sqlite_bench.db.run_together(link, jobs)

    assert [j.result() for j in jobs] == [f"A{n:03d}" for n in range(1, 51)]
    assert sum(c == "COMMIT" for c in commits) == 1
    sqlite_bench.whole()
    link.driver.close()


def test_a_refusal_undoes_its_own_command_and_no_other(sqlite_bench: Bench) -> None:
    link = sqlite_bench.db.writer()
    jobs = jobs_of(sqlite_bench, issue, unknown, issue)

    sqlite_bench.db.run_together(link, jobs)

    assert (jobs[0].result(), jobs[2].result()) == ("A001", "A002")
    with pytest.raises(Refused):
        jobs[1].result()
    sqlite_bench.whole()
    link.driver.close()


def test_a_full_disk_fails_the_whole_group_in_words_and_stores_nothing(
    sqlite_bench: Bench,
) -> None:
    link = sqlite_bench.db.writer()
    pages = link.driver.execute("PRAGMA page_count").fetchone()[0]
    link.driver.execute(f"PRAGMA max_page_count = {pages}")
    jobs = jobs_of(sqlite_bench, *[issue] * 400)

    sqlite_bench.db.run_together(link, jobs)

    for job in jobs:
        with pytest.raises(Refused) as refused:
            job.result()
        assert refused.value.code == "storage_full"
    assert all(q.waiting == 0 for q in sqlite_bench.board().queues)
    link.driver.execute("PRAGMA max_page_count = 1000000")
    again = jobs_of(sqlite_bench, issue)
    sqlite_bench.db.run_together(link, again)
    assert again[0].result() == "A001"
    sqlite_bench.whole()
    link.driver.close()


def test_a_held_file_is_a_refusal_to_try_again(sqlite_bench: Bench) -> None:
    path = str(sqlite_bench.db.url.database)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    link = sqlite_bench.db.writer()
    link.driver.execute("PRAGMA busy_timeout = 10")
    jobs = jobs_of(sqlite_bench, issue)

    sqlite_bench.db.run_together(link, jobs)
    with pytest.raises(Refused) as refused:
        jobs[0].result()
    other.execute("ROLLBACK")

    assert refused.value.code == "busy"
    again = jobs_of(sqlite_bench, issue)
    sqlite_bench.db.run_together(link, again)
    assert again[0].result() == "A001"
    link.driver.close()
    other.close()


def test_a_bug_in_a_command_reaches_its_caller_and_leaves_nothing(bench: Bench) -> None:
    def bug(w: Work) -> None:
        issue(w)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bench.run(bug)

    bench.whole()
    assert all(q.waiting == 0 for q in bench.board().queues)


def test_a_question_sees_one_moment_while_others_write(bench: Bench) -> None:
    seen: list[tuple[int, int]] = []
    other = Bench(str(bench.db.url.render_as_string(hide_password=False)), bench.clock)

    def question(r: Any) -> None:
        first = counters.line(r, r.config.queue("A").id).waiting
        thread = threading.Thread(target=lambda: other.run(issue))
        thread.start()
        thread.join()
        seen.append((first, counters.line(r, r.config.queue("A").id).waiting))

    bench.read(question)
    other.close()

    assert seen == [(0, 0)]
    assert next(q.waiting for q in bench.board().queues if q.code == "A") == 1


def test_the_log_can_only_grow(bench: Bench) -> None:
    for statement in (
        "UPDATE hall_event SET note = 'x' WHERE seq = 1",
        "DELETE FROM hall_event WHERE seq = 1",
        "UPDATE disclosure_revision SET body = '{}'",
    ):
        with pytest.raises(sa.exc.DBAPIError), bench.db.engine().begin() as connection:
            connection.execute(sa.text(statement))


def test_an_altered_log_is_found(sqlite_bench: Bench) -> None:
    for _ in range(3):
        sqlite_bench.run(issue)
    assert sqlite_bench.read(log.faults) == []
    last = sqlite_bench.board().seq
    with sqlite_bench.db.engine().begin() as connection:
        connection.execute(sa.text("DROP TRIGGER hall_event_no_update"))
        connection.execute(sa.text(f"UPDATE hall_event SET at = '1' WHERE seq = {last - 1}"))

    faults = sqlite_bench.read(log.faults)

    assert any(str(last - 1) in fault for fault in faults)


def test_a_deleted_last_row_is_found(sqlite_bench: Bench) -> None:
    sqlite_bench.run(issue)
    with sqlite_bench.db.engine().begin() as connection:
        connection.execute(sa.text("DROP TRIGGER hall_event_no_delete"))
        connection.execute(
            sa.text("DELETE FROM hall_event WHERE seq = (SELECT max(seq) FROM hall_event)")
        )

    assert sqlite_bench.read(log.faults) != []


def test_a_change_of_the_rules_by_another_process_is_seen_by_the_next_command(
    bench: Bench,
) -> None:
    from server.actions import catalogue

    other = Bench(str(bench.db.url.render_as_string(hide_password=False)), bench.clock)
    assert bench.read(lambda r: r.config.rules.min_calls) == 1
    other.run(lambda w: catalogue.set_rules(w, min_calls=2))
    other.close()

    assert bench.read(lambda r: r.config.rules.min_calls) == 2
    assert bench.run(lambda w: w.config.rules.min_calls) == 2


def test_a_file_of_the_embedded_database_is_safe_against_a_power_cut(
    sqlite_bench: Bench, tmp_path: Path
) -> None:
    link = sqlite_bench.db.writer()

    assert link.driver.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert link.driver.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert link.driver.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    link.driver.close()


def test_no_number_is_given_into_a_file_that_was_removed(
    sqlite_bench: Bench, tmp_path: Path
) -> None:
    sqlite_bench.issue()
    (tmp_path / "hall.db").rename(tmp_path / "moved.db")

    with pytest.raises(Refused) as refused:
        sqlite_bench.issue()

    assert refused.value.code == "busy"
    assert not sqlite_bench.db.in_place
    (tmp_path / "moved.db").rename(tmp_path / "hall.db")
    assert sqlite_bench.issue().number == "A002"


@pytest.fixture
def postgres_bench(postgres: Cluster) -> Iterator[Bench]:
    """The sample hall on PostgreSQL alone: only there a connection can be lost."""
    url = postgres.fresh_database(template="hall_2026", prepare=prepare)
    with opened(url) as found:
        yield found
    postgres.drop(url)


def cut_off(postgres: Cluster) -> None:
    """End every connection, as a restart of the database does."""
    postgres.execute(
        sql.SQL(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    )


def test_a_question_outlives_a_restart_of_the_database(
    postgres: Cluster, postgres_bench: Bench
) -> None:
    seq = postgres_bench.read(log.last_seq)
    cut_off(postgres)

    assert postgres_bench.read(log.last_seq) == seq


def test_a_restart_of_the_database_costs_one_command_its_answer_and_no_more(
    postgres: Cluster, postgres_bench: Bench
) -> None:
    database = postgres_bench.db
    held = [database.engine().raw_connection() for _ in range(4)]
    for connection in held:
        connection.close()
    cut_off(postgres)

    with pytest.raises(Refused) as refused:
        postgres_bench.issue()

    assert refused.value.code == "busy"
    assert [postgres_bench.issue().number for _ in range(3)] == ["A001", "A002", "A003"]


def test_a_question_to_a_database_that_is_down_is_refused_in_words() -> None:
    gone = Database(
        "postgresql+psycopg://hall@/hall?host=/nonexistent", clock=lambda: datetime.now(UTC)
    )

    with pytest.raises(Refused) as refused:
        gone.read("yongde", log.last_seq)

    assert refused.value.code == "busy"
