"""The staff code: none by default, kept as a hash, guarded against trying."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from kiosk.machine import CLOSED_ZH, FAILED_ZH, FAULTS_ZH, NO_COMMAND_ZH, Machine, facts_of
from kiosk.printing.status import FAULTS
from kiosk.staff import LOCK_S, Attempts, CodeError, code_set, is_code, write_code

CODE = "852017"


def machine(path: Path, *command: str) -> Machine:
    return Machine(code_file=path, close_command=command, facts=lambda: (("服务器", "正常"),))


def test_a_kiosk_as_it_comes_has_no_code_and_no_way_out(tmp_path: Path) -> None:
    path = tmp_path / "exit-code"

    assert not code_set(path)
    for guess in ("", "0000", "1234", "123456", "000000"):
        assert not is_code(path, guess)
        assert not machine(path).try_code(guess, 0)


def test_a_code_is_kept_as_a_hash_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "exit-code"
    write_code(path, CODE)

    assert CODE not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert is_code(path, CODE)
    assert not is_code(path, CODE + "0")
    assert not is_code(path, CODE[:-1])


def test_two_kiosks_with_one_code_keep_different_hashes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_code(tmp_path / name, CODE)

    assert (tmp_path / "a").read_text() != (tmp_path / "b").read_text()


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567890123", "85201a", "111111", "123456", "987654", "８５２０１７"]
)
def test_a_code_that_anybody_would_guess_is_not_taken(tmp_path: Path, code: str) -> None:
    with pytest.raises(CodeError):
        write_code(tmp_path / "exit-code", code)

    assert not (tmp_path / "exit-code").exists()


def test_a_torn_file_is_no_code(tmp_path: Path) -> None:
    path = tmp_path / "exit-code"
    for text in ("", "scrypt$", "scrypt$zz$zz", "plain$00$00"):
        path.write_text(text)

        assert not code_set(path)
        assert not is_code(path, CODE)


def test_after_five_wrong_codes_nothing_is_tried_for_five_minutes(tmp_path: Path) -> None:
    path = tmp_path / "exit-code"
    write_code(path, CODE)
    box = machine(path)
    for second in range(5):
        assert not box.try_code("000001", second)

    assert box.view(10).locked_min == 5
    assert not box.try_code(CODE, 10)
    assert box.try_code(CODE, 5 + LOCK_S)


def test_the_right_code_forgets_the_wrong_ones() -> None:
    tried = Attempts()
    for _ in range(4):
        tried = tried.after(right=False, now=0)

    assert tried.after(right=True, now=0) == Attempts()


def test_closing_runs_the_command_and_says_what_became_of_it(tmp_path: Path) -> None:
    mark = tmp_path / "closed"
    said = {}
    for name, command in {
        "none": (),
        "well": (sys.executable, "-c", f"open({str(mark)!r}, 'w')"),
        "badly": (sys.executable, "-c", "raise SystemExit(3)"),
        "nowhere": (str(tmp_path / "nowhere"),),
    }.items():
        box = machine(tmp_path / "exit-code", *command)
        box.close_browser()
        said[name] = box.view(0).said

    assert said == {
        "none": NO_COMMAND_ZH,
        "well": CLOSED_ZH,
        "badly": FAILED_ZH,
        "nowhere": FAILED_ZH,
    }
    assert mark.exists()


def test_the_staff_page_says_how_the_machine_is_in_words() -> None:
    health = {
        "link": "live",
        "faults": ["paper_out"],
        "near_end": False,
        "undelivered": 2,
        "can_speak": False,
    }

    assert facts_of(health, printer=True) == (
        ("服务器", "正常"),
        ("打印机", "缺纸"),
        ("没送到的打印结果", "2"),
        ("朗读", "没有语音或没有喇叭"),
    )
    assert set(FAULTS_ZH) == set(FAULTS)
