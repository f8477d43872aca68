"""`kill -9` of the kiosk between touch and paper; the printer model's tray is the witness.

A touch, or a reprint that staff asked for, is under way when the kiosk dies, at a random moment
between the finger and the knife. The printer is as slow as a real one, so that half of the kills
find it in the midst of a slip.
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import urllib3

from kiosk.printing.model.testing import RunningModel, running_model
from tests.kiosk.box import Finger, RunningKiosk, running_kiosk
from tests.support.hall import Client, RunningHall, running_hall
from tests.support.torture import report, scaled

ITEM = "MZ-02"
NUMBER = re.compile(r"[A-Z]\d{3}")
AGAIN = re.compile(r"补打 (\d+)")
FIRST_MOMENT_S, WHOLE_SLIP_S = 0.15, 1.4
"""So long until the number is given, and until its paper has surely fallen."""


@dataclass
class Box:
    """A kiosk with its printer before a server, and a guide who asks for reprints."""

    hall: RunningHall
    model: RunningModel
    kiosk: RunningKiosk
    guide: Client
    seen: Counter[str] = field(default_factory=Counter)
    """What became of each round."""
    told: list[str] = field(default_factory=list)
    """Every number the page said before or after a kill."""

    @property
    def device(self) -> str:
        path = self.kiosk.folder / "state" / "device.json"
        uid: str = json.loads(path.read_text())["device"]
        return uid

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        db = self.hall.database()
        try:
            with db.engine().connect() as connection:
                return [tuple(row) for row in connection.exec_driver_sql(sql).all()]
        finally:
            db.close()

    def tickets(self) -> dict[str, tuple[str, str]]:
        """Number → uid and what the server believes of its first paper."""
        found = self.rows("SELECT number, uid, print_state FROM ticket ORDER BY id")
        return {number: (uid, state) for number, uid, state in found}

    def reprints(self) -> dict[tuple[str, int], str]:
        """Number and which reprint → state of the job."""
        found: dict[tuple[str, int], str] = {}
        counted: Counter[str] = Counter()
        for number, state in self.rows(
            "SELECT t.number, j.state FROM print_job j JOIN ticket t ON t.id = j.ticket_id"
            " WHERE j.kind = 'reprint' ORDER BY j.id"
        ):
            counted[number] += 1
            found[number, counted[number]] = state
        return found

    def papers(self) -> tuple[Counter[tuple[str, int]], Counter[tuple[str, int]]]:
        """Number and reprint → how often on paper at all, and how often whole, cut and with QR.

        A slip that a kill interrupted falls with the next cut; its lines are told apart by the
        number, before which stands 补打.
        """
        begun: Counter[tuple[str, int]] = Counter()
        whole: Counter[tuple[str, int]] = Counter()
        for slip in self.model.slips():
            again, last = 0, None
            for line in slip.text:
                if (found := AGAIN.search(line)) is not None:
                    again = int(found[1])
                elif NUMBER.fullmatch(line.strip()):
                    last = (line.strip(), again)
                    begun[last] += 1
                    again = 0
            if last is not None and slip.qr and slip.cut in {"full", "partial"}:
                whole[last] += 1
        return begun, whole


def touch(finger: Finger, told: list[str]) -> None:
    """Touch 取号 and read the number, if there is one to read before the power goes."""
    with contextlib.suppress(urllib3.exceptions.HTTPError, AssertionError):
        number = finger.press("take").number
        if number:
            told.append(number)


def one_touch(box: Box, chance: random.Random) -> None:
    """Kill the kiosk somewhere after a touch; judge the one ticket it may have made."""
    before = box.tickets()
    finger = box.kiosk.finger().press("department civil").press(f"choose item:{ITEM}")
    told: list[str] = []
    tap = threading.Thread(target=touch, args=(finger, told))
    tap.start()
    time.sleep(chance.uniform(0, chance.choice((FIRST_MOMENT_S, WHOLE_SLIP_S))))
    again(box)
    tap.join()
    shown = box.kiosk.finger()
    if shown.screen == "number":
        shown.until(lambda f: f.paper != "printing")
        told.append(shown.number)
    settled(box)
    given = {n: s for n, s in box.tickets().items() if n not in before}

    assert len(given) <= 1, f"one touch, two numbers: {given}"
    assert set(told) <= set(given), "the page said a number that is not"
    box.told += told
    box.seen[next((s for _, s in given.values()), "no number")] += 1


def one_reprint(box: Box, chance: random.Random) -> None:
    """Kill the kiosk somewhere after staff asked for a reprint; it gives no new number."""
    before = box.tickets()
    uid = before[chance.choice(sorted(before))][0]
    body = {"device": box.device, "reason": "丢失"}
    answer = box.guide.post(f"/tickets/{uid}/reprint", body)
    assert answer.status == 200, answer.text
    time.sleep(chance.uniform(0, WHOLE_SLIP_S))
    again(box)
    settled(box)

    assert set(box.tickets()) == set(before)
    box.seen["reprint"] += 1


def again(box: Box) -> None:
    box.kiosk.kill()
    box.kiosk.start()


def settled(box: Box) -> None:
    """Wait until nothing of this box is under way any more."""
    until = time.monotonic() + 30
    while True:
        box.kiosk.wait(lambda h: h["undelivered"] == 0)
        open_ = [n for n, (_, s) in box.tickets().items() if s in {"none", "issued"}]
        open_ += [n for (n, _), s in box.reprints().items() if s == "requested"]
        if not open_:
            return
        assert time.monotonic() < until, f"never told what became of {open_}"
        time.sleep(0.05)


def hold_against(box: Box) -> None:
    """The tray against what the server believes, for every ticket and every reprint."""
    begun, whole = box.papers()
    believed = {(n, 0): s for n, (_, s) in box.tickets().items()} | box.reprints()
    faults = [
        f"{key}: {state}, {begun[key]} on paper, {whole[key]} whole"
        for key, state in believed.items()
        if begun[key] > 1
        or (state == "printed" and whole[key] != 1)
        or (state == "failed" and begun[key])
        or state not in {"printed", "failed", "unknown"}
    ]

    assert faults == []
    assert set(begun) <= set(believed), "a slip of a number that the server never gave"
    assert set(box.told) <= set(box.tickets())
    assert box.model.complaints() == []


def kill_often(folder: Path, *, times: int, seed: int) -> dict[str, object]:
    """Kill the kiosk so often and hold the tray against the server."""
    chance = random.Random(seed)
    with (
        running_hall(folder / "hall") as hall,
        running_model(folder / "model", baud=38400, fast=False) as model,
        running_kiosk(hall, folder / "kiosk", printer=model.port) as kiosk,
    ):
        kiosk.wait(lambda h: h["faults"] == [])
        hall.person("guide", "guide")
        box = Box(hall, model, kiosk, hall.client("guide"))
        for n in range(times):
            if n % 4 == 3 and box.tickets():
                one_reprint(box, chance)
            else:
                one_touch(box, chance)
        hold_against(box)
        return {
            "kills": times,
            "numbers": len(box.tickets()),
            "slips": len(model.slips()),
            **{k.replace(" ", "_"): v for k, v in sorted(box.seen.items())},
        }


def test_killed_between_touch_and_paper_nothing_is_twice(tmp_path: Path) -> None:
    kill_often(tmp_path, times=6, seed=3)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_killing_the_kiosk_two_hundred_times(tmp_path: Path) -> None:
    figures = kill_often(tmp_path, times=scaled(200, least=4), seed=17)
    report("kill -9 kiosk", figures)
