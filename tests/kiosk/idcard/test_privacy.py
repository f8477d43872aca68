"""A number by card, through real processes; afterwards the card's number is nowhere to be found.

Searched are all files of server and kiosk (databases, write-ahead logs, journals, logs, caches), what
the kiosk sent to the server, and every page; for the number itself and for what is made of it without
the key of the day.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import logging
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.idcard import model
from kiosk.idcard.card import Reading
from kiosk.idcard.service import ServiceReader
from server.kit import logs
from server.kit.serial.keys import DOWN, UP, key_event
from server.kit.serial.profiles import load_reader
from tests.kiosk.box import Finger, RunningKiosk, running_kiosk
from tests.kiosk.idcard.rule import ITEM, ask_for_cards, seen_empty
from tests.support.hall import RunningHall, running_hall
from tests.support.relay import Relay

PERSON = {"http": 0, "websocket": 1, "wedge": 2}
CODES = {**{str((n + 1) % 10): n + 2 for n in range(10)}, "X": 45, "\n": 28}


def forms(number: str) -> dict[str, bytes]:
    """What would give a person away."""
    plain = number.encode()
    return {
        "number": plain,
        "birth and serial": plain[6:17],
        "base64": base64.b64encode(plain)[:20],
        "hex": plain.hex().encode(),
        "md5": hashlib.md5(plain, usedforsecurity=False).hexdigest().encode(),
        "sha1": hashlib.sha1(plain, usedforsecurity=False).hexdigest().encode(),
        "sha256": hashlib.sha256(plain).hexdigest().encode(),
    }


def found(number: str, folder: Path, *texts: bytes) -> list[str]:
    """Where any form of *number* stands: below *folder*, or in *texts*."""
    places = [
        f"{file.relative_to(folder)}: {name}"
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.is_fifo()
        for name, form in forms(number).items()
        if form in file.read_bytes()
    ]
    return places + [
        f"text {n}: {name}"
        for n, text in enumerate(texts)
        for name, form in forms(number).items()
        if form in text
    ]


class Hall:
    """A hall on whose line everything is written down."""

    def __init__(self, hall: RunningHall, folder: Path, line: Relay, sent: bytearray) -> None:
        self.hall, self.folder, self.line, self.sent = hall, folder, line, sent


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    folder = tmp_path_factory.mktemp("place")
    sent = bytearray()
    with running_hall(folder / "hall") as hall:
        line = Relay(("127.0.0.1", hall.port), heard=sent.extend)
        ask_for_cards(hall)
        yield Hall(hall, folder, line, sent)
        line.close()


class Desk:
    """A reader of one kind and a hand that lays cards on it."""

    def __init__(self, driver: str, folder: Path) -> None:
        self.driver = driver
        self.line = folder / "event0"
        self.service = None if driver == "wedge" else model.serve()
        self._keep = -1
        if driver == "wedge":
            os.mkfifo(self.line)
            self._keep = os.open(self.line, os.O_RDWR | os.O_NONBLOCK)

    @property
    def settings(self) -> dict[str, str]:
        address = f"input:{self.line}"
        if self.service is not None:
            url = self.service.url
            address = url if self.driver == "http" else url.replace("http:", "ws:")
        profile = self.driver if self.driver == "wedge" else f"{self.driver}_service"
        return {"HALL_KIOSK_READER_PROFILE": profile, "HALL_KIOSK_READER_ADDRESS": address}

    def lay(self, person: int) -> None:
        if self.service is not None:
            seen_empty(self.service)
            self.service.lies = str(person)
            return
        for sign in model.number_of(person) + "\n":
            os.write(self._keep, key_event(CODES[sign], DOWN) + key_event(CODES[sign], UP))

    def take_away(self) -> None:
        if self.service is not None:
            self.service.lies = "none"

    def close(self) -> None:
        if self.service is not None:
            self.service.shutdown()
            self.service.server_close()
        else:
            os.close(self._keep)


@contextmanager
def running_desk(place: Hall, driver: str) -> Iterator[tuple[Desk, RunningKiosk]]:
    folder = place.folder / driver
    folder.mkdir()
    desk = Desk(driver, folder)
    more = {**desk.settings, "HALL_KIOSK_SERVER_URL": place.line.url}
    try:
        with running_kiosk(place.hall, folder / "kiosk", more=more) as kiosk:
            yield desk, kiosk
    finally:
        desk.close()


def at_the_step(kiosk: RunningKiosk, pages: list[str]) -> Finger:
    finger = kiosk.finger()
    finger.until(lambda f: f'value="choose item:{ITEM}"' in f.html)
    for act in (f"choose item:{ITEM}", "take", "take"):
        if finger.screen != "card":
            finger.press(act)
        pages.append(finger.html)
    assert finger.screen == "card"
    return finger


def seen(finger: Finger, pages: list[str]) -> str:
    """Keep the page that stands there and return its name."""
    pages.append(finger.html)
    return finger.screen


@pytest.mark.parametrize("driver", PERSON)
def test_a_card_becomes_a_number_and_is_nowhere_afterwards(place: Hall, driver: str) -> None:
    person = PERSON[driver]
    pages: list[str] = []
    number = model.number_of(person)
    with running_desk(place, driver) as (desk, kiosk):
        finger = at_the_step(kiosk, pages)
        assert "不刷身份证也能取号" in finger.html
        assert "身份证只用来防止重复取号" in finger.html

        desk.lay(person)
        finger.until(lambda f: seen(f, pages) == "number")
        mine = finger.number
        desk.take_away()

        again = at_the_step(kiosk, pages)
        desk.lay(person)
        again.until(lambda f: seen(f, pages) == "refused")
        assert again.found(r"data-held>([^<]+)<") == mine
        health = json.dumps(kiosk.wait(lambda h: True)).encode()
        everything = "\n".join(pages).encode()
        assert found(number, place.folder, everything, health, bytes(place.sent)) == []
    assert found(number, place.folder) == [], "and after the kiosk has ended"
    # The search can fail: what may be kept is where it may be.
    holders = re.findall(rb'"holder":"([0-9a-f]{64})"', bytes(place.sent))
    assert len(set(holders)) == list(PERSON).index(driver) + 1
    journal = (place.folder / driver / "kiosk" / "state" / "journal").read_bytes()
    assert holders[-1] in journal
    assert model.number_of(person) not in "".join(pages)


def test_where_a_card_is_required_and_no_reader_works_the_guide_desk_is_named(
    place: Hall,
) -> None:
    ask_for_cards(place.hall, required=True)
    with running_kiosk(place.hall, place.folder / "bare") as kiosk:
        finger = at_the_step(kiosk, [])

        assert 'data-card="faulty"' in finger.html
        assert "请到导办台取号" in finger.html
        assert 'value="without"' not in finger.html
    ask_for_cards(place.hall)


def test_a_fault_in_the_middle_of_a_reading_logs_no_number() -> None:
    service, out = model.serve(), io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logs.configure("debug")
    root.handlers[0].setStream(out)  # type: ignore[attr-defined]  # it is a StreamHandler

    def broken(reading: Reading) -> None:
        raise RuntimeError(f"a bug that prints what it has: {reading} {reading!r}")

    reader = ServiceReader(
        load_reader("http_service"),
        service.url,
        now=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
        spawn=lambda work: work,
    )
    try:
        service.lies = "3"
        reader.ask()
        reader._turn(broken)
    finally:
        root.handlers[:], root.level = before
        service.shutdown()
        service.server_close()
    text = out.getvalue()

    assert "a bug that prints" in text
    assert not [f for f in forms(model.number_of(3)).values() if f.decode() in text]


def test_a_reader_beyond_this_box_stops_the_start_in_words(tmp_path: Path) -> None:
    environ = {
        "HALL_KIOSK_STATE_DIR": str(tmp_path / "state"),
        "HALL_KIOSK_READER_PROFILE": "http_service",
        "HALL_KIOSK_READER_ADDRESS": "http://192.168.1.5:8104",
    }

    done = RunningKiosk(tmp_path, 0, environ).command("run", "--port", "0")

    assert done.returncode == 1
    assert "只能在本机" in done.stderr
