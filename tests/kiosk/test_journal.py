"""The journal: what was noted survives, what was not is not believed."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import msgspec
import pytest

from kiosk import journal as jn
from kiosk.journal import Journal, JournalBusy, JournalFull, Record, line_of, read
from tests.kiosk.hall import slip

INTENT = Record(id="t1", step="intent", at=1000.0, body={"item": "MZ-01"})
ISSUED = msgspec.structs.replace(INTENT, step="issued", slip=msgspec.to_builtins(slip()))
SENDING = msgspec.structs.replace(ISSUED, step="sending")
OUTCOME = msgspec.structs.replace(ISSUED, step="outcome", state="printed", result_key="k")
DONE = msgspec.structs.replace(ISSUED, step="done")


def reopened(path: Path) -> tuple[Record, ...]:
    journal = Journal(path)
    try:
        return journal.open_records
    finally:
        journal.close()


def test_the_last_step_of_each_is_there_after_a_restart(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.begin(INTENT)
    journal.note(ISSUED)
    journal.begin(msgspec.structs.replace(INTENT, id="t2"))
    journal.close()

    assert [(r.id, r.step) for r in reopened(tmp_path / "journal")] == [
        ("t1", "issued"),
        ("t2", "intent"),
    ]


def test_what_is_done_is_gone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.begin(INTENT)
    for step in (ISSUED, SENDING, OUTCOME, DONE):
        journal.note(step)
    journal.close()

    assert reopened(tmp_path / "journal") == ()


@pytest.mark.parametrize("laid_out", [b"", bytes(4096)], ids=["bare", "zeros behind"])
def test_cut_at_any_byte_the_last_whole_line_counts(laid_out: bytes) -> None:
    lines = [line_of(r) for r in (INTENT, ISSUED, SENDING, OUTCOME)]
    whole = b"".join(lines)
    ends = [sum(len(x) for x in lines[: i + 1]) for i in range(4)]

    for cut in range(len(whole) + 1):
        records, end, damaged = read(whole[:cut] + laid_out)

        written = [
            s
            for s, e in zip(("intent", "issued", "sending", "outcome"), ends, strict=True)
            if e <= cut
        ]
        assert [r.step for r in records.values()] == written[-1:]
        assert end == max([e for e in ends if e <= cut], default=0)
        assert damaged == 0


def test_after_a_torn_line_the_next_one_lands_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    torn = line_of(SENDING)[:-20]
    path.write_bytes(line_of(INTENT) + line_of(ISSUED) + torn + bytes(4096))

    journal = Journal(path)
    before = journal.record("t1")
    journal.note(SENDING)
    journal.close()

    assert before is not None
    assert before.step == "issued"
    assert [r.step for r in reopened(path)] == ["sending"]


def test_sectors_that_arrived_out_of_order_are_no_line() -> None:
    """The end of a line may reach the disk before its beginning."""
    line = bytearray(line_of(ISSUED))
    line[:100] = bytes(100)

    assert read(line_of(INTENT) + bytes(line)) == ({"t1": INTENT}, len(line_of(INTENT)), 0)


def test_a_damaged_line_in_the_middle_is_left_out_and_counted() -> None:
    bad = line_of(ISSUED).replace(b"A012", b"A013", 1)

    records, _, damaged = read(
        line_of(INTENT) + bad + line_of(msgspec.structs.replace(INTENT, id="t2"))
    )

    assert [r.step for r in records.values()] == ["intent", "intent"]
    assert damaged == 1


@pytest.mark.parametrize("junk", [b"\xff" * 300, b"\n\n\n", b"nonsense\n", b"00000000 {}\n"])
def test_junk_does_not_stop_the_start(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "journal"
    path.write_bytes(junk)

    journal = Journal(path)
    journal.begin(INTENT)
    journal.close()

    assert reopened(path) == (INTENT,)


def test_the_file_stays_small_over_a_thousand_takes(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    journal.begin(msgspec.structs.replace(INTENT, id="open"))
    for i in range(1000):
        journal.begin(msgspec.structs.replace(INTENT, id=f"t{i}"))
        journal.note(msgspec.structs.replace(ISSUED, id=f"t{i}"))
        journal.note(msgspec.structs.replace(DONE, id=f"t{i}"))
    journal.close()

    assert path.stat().st_size < jn.COMPACT_AT + 3 * jn.CHUNK
    assert [r.id for r in reopened(path)] == ["open"]


def test_a_kiosk_that_delivers_nothing_stops_taking_in_time(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    for i in range(jn.MAX_OPEN):
        journal.begin(msgspec.structs.replace(INTENT, id=f"t{i}"))

    with pytest.raises(JournalFull):
        journal.begin(INTENT)
    journal.close()


def test_two_kiosks_cannot_share_a_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")

    with pytest.raises(JournalBusy):
        Journal(tmp_path / "journal")
    journal.close()
    Journal(tmp_path / "journal").close()


def run_child(code: str, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *args],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def test_on_a_full_disk_a_take_does_not_begin_and_one_begun_can_be_finished(tmp_path: Path) -> None:
    """The limit of a file's size stands for the full disk: both make the kernel refuse."""
    child = run_child(
        """
        import resource, signal, sys
        from pathlib import Path
        import msgspec
        from kiosk.journal import Journal, JournalFull, Record
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        journal = Journal(Path(sys.argv[1]))
        begun = Record(id="begun", step="intent", at=1.0)
        journal.begin(begun)
        size = Path(sys.argv[1]).stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        refused = 0
        for i in range(300):
            try:
                journal.begin(Record(id=f"t{i}", step="intent", at=1.0, body={"item": "x" * 400}))
            except JournalFull:
                refused += 1
        for step in ("issued", "sending", "outcome"):
            journal.note(msgspec.structs.replace(begun, step=step, body={"item": "x" * 1500}))
        print(refused > 0, len(journal.open_records) + refused)
        """,
        str(tmp_path / "journal"),
    )
    said, _ = child.communicate(timeout=60)

    assert said.split() == ["True", "301"]
    records = {r.id: r.step for r in reopened(tmp_path / "journal")}
    assert records["begun"] == "outcome"
    assert set(records.values()) == {"outcome", "intent"}


def test_killed_at_any_moment_everything_it_said_is_there(tmp_path: Path) -> None:
    """A process notes steps and says each once it is noted; it is killed while it does."""
    for n in range(6):
        path = tmp_path / f"journal{n}"
        child = run_child(
            """
            import sys
            from pathlib import Path
            from kiosk.journal import Journal, Record
            journal = Journal(Path(sys.argv[1]))
            for i in range(10**6):
                journal.begin(Record(id=f"t{i}", step="intent", at=1.0, body={"item": "MZ-01"}))
                print(f"t{i} intent", flush=True)
                journal.note(Record(id=f"t{i}", step="sending", at=1.0, body={"item": "MZ-01"}))
                print(f"t{i} sending", flush=True)
                if i > 3:
                    journal.note(Record(id=f"t{i-3}", step="done", at=1.0))
                    print(f"t{i-3} done", flush=True)
            """,
            str(path),
        )
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(20 + 37 * n)]
        child.send_signal(signal.SIGKILL)
        rest, _ = child.communicate(timeout=60)
        # What was said counts; the last line of a killed process may be half.
        lines = "".join(said) + rest
        last: dict[str, str] = {}
        for entry in lines[: lines.rfind("\n")].splitlines():
            record_id, step = entry.split()
            last[record_id] = step

        found = {r.id: r.step for r in reopened(path)}

        order = ["intent", "sending", "done"]
        for record_id, step in last.items():
            assert order.index(found.get(record_id, "done")) >= order.index(step)


def test_the_limit_of_this_process_is_untouched() -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
