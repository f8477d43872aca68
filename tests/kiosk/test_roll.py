"""The estimate of the paper left: from a new roll on, over restarts and power cuts."""

from __future__ import annotations

from pathlib import Path

from kiosk.roll import KEEP_EVERY_MM, LOW_MM, Roll

AT = "2026-11-25T01:41:00.000Z"


def roll(folder: Path, full_mm: int = 50_000) -> Roll:
    return Roll(folder / "roll.json", full_mm=full_mm, at=lambda: AT)


def test_nobody_knows_how_much_is_left_until_a_roll_was_put_in(tmp_path: Path) -> None:
    paper = roll(tmp_path)
    paper.look(fed_mm=9000, out=False)

    assert (paper.left_mm, paper.low, paper.began_at) == (-1, False, "")
    assert list(tmp_path.iterdir()) == []


def test_what_is_printed_after_a_new_roll_is_taken_off_it(tmp_path: Path) -> None:
    paper = roll(tmp_path)
    paper.look(fed_mm=500, out=False)
    paper.new()
    paper.look(fed_mm=620, out=False)

    assert (paper.left_mm, paper.began_at) == (50_000 - 120, AT)


def test_a_sensor_that_is_content_again_has_got_a_new_roll(tmp_path: Path) -> None:
    paper = roll(tmp_path)
    paper.look(fed_mm=100, out=True)
    paper.look(fed_mm=100, out=True)
    assert paper.left_mm == -1
    paper.look(fed_mm=100, out=False)

    assert paper.left_mm == 50_000


def test_the_estimate_survives_a_restart_and_is_written_rarely(tmp_path: Path) -> None:
    paper = roll(tmp_path)
    paper.new()
    first = (tmp_path / "roll.json").read_bytes()
    paper.look(fed_mm=KEEP_EVERY_MM - 1, out=False)
    assert (tmp_path / "roll.json").read_bytes() == first
    paper.look(fed_mm=KEEP_EVERY_MM, out=False)

    again = roll(tmp_path)
    again.look(fed_mm=80, out=False)  # the new process counts from nothing
    assert again.left_mm == 50_000 - KEEP_EVERY_MM - 80


def test_less_than_three_metres_is_low_and_never_below_nothing(tmp_path: Path) -> None:
    paper = roll(tmp_path, full_mm=5000)
    paper.new()
    said = []
    for fed_mm in (5000 - LOW_MM, 5001 - LOW_MM, 90_000):
        paper.look(fed_mm=fed_mm, out=False)
        said.append((paper.left_mm, paper.low))

    assert said == [(LOW_MM, False), (LOW_MM - 1, True), (0, True)]


def test_a_file_that_is_torn_or_absurd_counts_as_none(tmp_path: Path) -> None:
    for text in ("", "{", '{"began_at":"x","used_mm":-1}', '{"began_at":"x","used_mm":1e12}'):
        (tmp_path / "roll.json").write_text(text)

        assert roll(tmp_path).left_mm == -1


def test_a_disk_that_takes_nothing_costs_the_estimate_only(tmp_path: Path) -> None:
    paper = Roll(tmp_path / "gone" / "roll.json", full_mm=50_000, at=lambda: AT)
    paper.new()

    assert paper.left_mm == 50_000
