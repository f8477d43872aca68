"""Paper under every blow, at every point of a slip, on every make of printer.

For each: no touch ends without a number that the citizen and the server know; no number is on two
papers; *failed* means that nothing of it is on paper; *printed* that exactly one whole slip is, for
every confirmation that proves it; and the next slip comes whole, without anybody telling the kiosk
that its printer was mended.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kiosk.journey import Paper
from kiosk.printing.model.paper import Image
from server.kit.serial.profiles import load_printer, printer_profiles
from tests.support.torture import report, scaled
from tests.torture.paper import POINTS, STRIKES, Box, Round, counted, motions_of, struck

NAMES = printer_profiles()
SHORT = ("epson_tm_cn", "star_line")
SHORT_POINTS = (0, 5, 10, 15, 19)
WEAK = {"dle_eot"}
"""Kinds that only know that the printer lived: a slip may be called printed that is not whole."""


def hold_against(box: Box, done: Round, rows: int) -> str:
    """Hold the tray and the citizen's screen against the server; return the slip's state."""
    state = box.server.states[done.uid]
    begun, whole = counted(done.papers, rows)
    if box.profile.text.charset == "none":
        # Pictures say no number: both slips are counted together.
        least = 1 + (state == "printed")
        most = 1 + (state != "failed")
        assert least <= whole[""] <= most, (state, whole, begun)
        assert begun[""] <= most
    else:
        assert begun[done.number] <= 1, "one number on two papers"
        assert (begun[done.next_number], whole[done.next_number]) == (1, 1), "the next is not whole"
        [new] = [p for p in done.papers if done.next_number in "".join(p.text)]
        assert new.after_stub == 0, "the next hangs on the stub"
        if state == "printed" and box.profile.confirm.kind not in WEAK:
            assert whole[done.number] == 1
        if state == "failed":
            assert begun[done.number] == 0
        if state == "printed" and whole[done.number] != 1:
            state = "printed but not whole"
    assert state in {"printed", "failed", "unknown", "printed but not whole"}
    assert box.server.states[done.next_uid] == "printed"
    # The citizen: the number was given, or the kiosk that came back shows it.
    assert done.given is not None or done.number in box.shown
    assert box.shown[done.number] is not Paper.PRINTING
    # A question about the status may fall into a picture that broke off: it is answered all the same.
    assert {c.code for c in box.machine.complaints} <= {"real_time_in_data"}
    return state


def rows_of(box: Box) -> int:
    """Print one slip in peace and return the rows of its pictures."""
    box.touch()
    assert [c.code for c in box.machine.complaints] == []
    return sum(item.height for item in box.papers[-1].items if isinstance(item, Image))


def blows(name: str, folder: Path, points: tuple[int, ...]) -> Counter[str]:
    """Strike every blow at *points* on one make; return how often each state came of it."""
    motions, seen = motions_of(name), Counter[str]()
    box = Box(name, folder)
    rows = rows_of(box)
    for strike in STRIKES:
        for point in points:
            done = struck(box, strike, point, motions=motions)
            try:
                state = hold_against(box, done, rows)
            except AssertionError as e:
                raise AssertionError(f"{name}, {strike} at {point}/{POINTS}: {e}") from e
            seen[state] += 1
            if strike == "near end":
                assert state == "printed"
    return seen


@pytest.mark.parametrize("name", SHORT)
def test_no_blow_loses_a_number_or_prints_it_twice(name: str, tmp_path: Path) -> None:
    seen = blows(name, tmp_path, SHORT_POINTS)

    assert seen["printed but not whole"] == 0
    assert min(seen["printed"], seen["unknown"]) > 0


@pytest.mark.torture
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", NAMES)
def test_every_blow_at_twenty_points_of_a_slip(name: str, tmp_path: Path) -> None:
    points = tuple(range(0, POINTS, max(1, round(POINTS / scaled(POINTS, least=2)))))

    seen = blows(name, tmp_path, points)

    report(
        f"blows at {len(points)} points of a slip: {name} ({load_printer(name).confirm.kind})",
        {
            "blows": seen.total(),
            "printed": seen["printed"],
            "failed": seen["failed"],
            "unknown": seen["unknown"],
            "not_whole": seen["printed but not whole"],
            "twice": 0,
        },
    )
