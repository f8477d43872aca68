"""The power goes in the midst of a slip and the kiosk is killed at the same moment: real processes.

A server, a kiosk and the printer's model on a pseudo terminal; the tray on disk is the witness. The
power goes when the printer has interpreted a share of the slip's bytes; the kiosk dies by SIGKILL
as soon as that is seen; then both come back.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from kiosk.printing.escpos import encode
from kiosk.printing.layout import layout
from kiosk.printing.model.paper import Image
from kiosk.printing.model.testing import running_model
from server.kit.serial.profiles import load_printer, printer_profiles
from tests.hall.test_kiosk_kills import ITEM, Box, settled, touch
from tests.kiosk.box import running_kiosk
from tests.kiosk.printing.slips import SAMPLE
from tests.support.hall import RunningHall, running_hall
from tests.support.torture import report, scaled
from tests.torture.paper import POINTS, counted

LATE_S = 10.0
SEEN_WITHIN_S = 8.0
"""By then a slip whose fuse lay behind its end has been printed whole."""


def one_blow(box: Box, at_byte: int) -> str:
    """Touch; let the power go at that byte and kill the kiosk; return the state of the paper."""
    before = box.tickets()
    box.model.control(power_off_after_bytes=at_byte)
    finger = box.kiosk.finger().press("department civil").press(f"choose item:{ITEM}")
    told: list[str] = []
    tap = threading.Thread(target=touch, args=(finger, told))
    tap.start()
    until = time.monotonic() + SEEN_WITHIN_S
    while box.model.state()["power"] and time.monotonic() < until:
        time.sleep(0.005)
    box.kiosk.kill()
    tap.join()
    box.model.control(power_off_after_bytes=-1, power="on")
    box.kiosk.start()
    box.kiosk.wait(lambda h: h["faults"] == [])
    shown = box.kiosk.finger()
    if shown.screen == "number":
        shown.until(lambda f: f.paper != "printing")
        told.append(shown.number)
    settled(box)
    given = {n: s for n, s in box.tickets().items() if n not in before}

    assert len(given) == 1, f"one touch, not one number: {given}; the page: {shown.screen}"
    assert set(told) == set(given), "the citizen was told another number, or none"
    box.told += told
    return next(state for _, state in given.values())


def hold_against(box: Box, told: list[str], *, with_text: bool, rows: int) -> None:
    """The tray against what the server believes of the numbers of this kiosk.

    A weak proof is a matter of time: on a starved machine the model's paper may fall a moment later.
    The rest of a slip that was on the wire when the printer came back is rubbish to it, as on metal;
    what the repair and the next slip make of it is what counts.
    """
    until = time.monotonic() + LATE_S
    while (faults := found_against(box, told, with_text=with_text, rows=rows)) and (
        time.monotonic() < until
    ):
        time.sleep(0.2)
    assert faults == []


def found_against(box: Box, told: list[str], *, with_text: bool, rows: int) -> list[str]:
    """What does not agree, in words."""
    begun, whole = counted(tuple(box.model.slips()), rows)
    states = {n: s for n, (_, s) in box.tickets().items() if n in told}
    if not with_text:
        printed = sum(s == "printed" for s in states.values())
        agrees = printed <= whole[""] <= len(states)
        return [] if agrees else [f"{printed} printed, {whole['']} whole of {len(states)}"]
    return [
        f"{n}: {s}, {begun[n]} on paper, {whole[n]} whole"
        for n, s in states.items()
        if begun[n] > 1 or (s == "printed" and whole[n] != 1) or (s == "failed" and begun[n])
    ] + [f"{n}: never given" for n in set(begun) - set(states)]


def blows(hall: RunningHall, folder: Path, name: str, points: list[int]) -> Counter[str]:
    """Strike one make at *points* of its slip, then print a slip in peace."""
    profile = load_printer(name)
    data = encode(layout(SAMPLE, profile.paper.columns), profile, pid="0001").data
    seen: Counter[str] = Counter()
    with (
        running_model(folder / "model", profile=name, baud=profile.link.baud, fast=False) as model,
        running_kiosk(hall, folder / "kiosk", printer=model.port, profile=name) as kiosk,
    ):
        kiosk.wait(lambda h: h["faults"] == [])
        box = Box(hall, model, kiosk, hall.client("guide"))
        for point in points:
            seen[one_blow(box, max(1, len(data) * point // POINTS))] += 1
        finger = kiosk.finger().press("department civil").press(f"choose item:{ITEM}").press("take")
        finger.until(lambda f: f.paper != "printing", within_s=40)
        box.told.append(finger.number)
        settled(box)
        # A weak proof does not stand a question that a starved machine answered late.
        good = {"printed", "unknown"} if profile.confirm.kind == "dle_eot" else {"printed"}
        state = box.tickets()[finger.number][1]
        assert state in good, f"{name}, mended: {state}, not printed"
        rows = max(
            sum(item.height for item in paper.items if isinstance(item, Image))
            for paper in model.slips()
        )
        hold_against(box, box.told, with_text=profile.text.charset != "none", rows=rows)
        last = model.slips()[-1]
        assert not last.text or finger.number in "".join(last.text)
        assert (last.cut != "none", last.after_stub) == (True, 0)
    return seen


def test_power_lost_and_kiosk_killed_in_the_midst_of_a_slip(tmp_path: Path) -> None:
    with running_hall(tmp_path / "hall") as hall:
        hall.person("guide", "guide")
        seen = blows(hall, tmp_path, "epson_tm_cn", [9])

    assert seen == {"unknown": 1}


@pytest.mark.torture
@pytest.mark.timeout(7200)
def test_power_lost_and_kiosk_killed_at_twenty_points_on_every_make(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    step = max(1, round(POINTS / scaled(POINTS, least=1)))
    points = list(range(1, POINTS + 1, step))
    for name in printer_profiles():
        # A hall of its own for each: a queue of the sample hall gives only so many numbers a day.
        with running_hall(tmp_path / name / "hall") as hall:
            hall.person("guide", "guide")
            seen += blows(hall, tmp_path / name, name, points)
    report(
        "power lost and kiosk killed in the midst of a slip",
        {
            "profiles": len(printer_profiles()),
            "kills": seen.total(),
            "printed": seen["printed"],
            "failed": seen["failed"],
            "unknown": seen["unknown"],
            "twice": 0,
        },
    )
