"""A maker's service that never comes to an end: it holds up nothing, and staff know of it."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import msgspec
import pytest

from kiosk.idcard.model import GUID
from kiosk.idcard.service import ServiceReader
from kiosk.idcard.talk import Garbled, Talk
from server.kit.serial.profiles import load_reader

TIMEOUT_S = 0.3


def drip_head(line: socket.socket) -> None:
    line.recv(4096)
    line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        line.sendall(b"x")
        time.sleep(TIMEOUT_S / 6)


def drip_body(line: socket.socket) -> None:
    line.recv(4096)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
    while True:
        line.sendall(b"x")
        time.sleep(TIMEOUT_S / 6)


def break_off(line: socket.socket) -> None:
    line.recv(4096)
    line.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{"retCode": ')
    line.close()


def babble(line: socket.socket) -> None:
    line.recv(4096)
    line.sendall(b"5309231990 no HTTP at all\r\n\r\n")
    line.close()


def flood(line: socket.socket) -> None:
    asked = line.recv(4096).split(b"\r\n")
    key = next(x for x in asked if x.lower().startswith(b"sec-websocket-key")).split(b": ")[1]
    accept = b64encode(hashlib.sha1(key + GUID).digest())
    line.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )
    while True:
        line.sendall(b"\x81\x02{}" * 4000)


@contextmanager
def serving(answer: Callable[[socket.socket], None]) -> Iterator[socket.socket]:
    """Run a service that answers every line in its own thread."""

    def one(line: socket.socket) -> None:
        with suppress(OSError), line:
            answer(line)

    def run() -> None:
        with suppress(OSError):
            while True:
                line, _ = listening.accept()
                threading.Thread(target=one, args=(line,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=run, daemon=True).start()
        yield listening
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (drip_head, "silent"),
        (drip_body, "silent"),
        (break_off, "garbled"),
        (babble, "garbled"),
    ],
)
def test_an_answer_that_does_not_end_is_a_fault_in_time(
    answer: Callable[[socket.socket], None], fault: str
) -> None:
    profile = msgspec.structs.replace(
        load_reader("http_service"), poll_ms=50, timeout_ms=int(TIMEOUT_S * 1000)
    )
    with serving(answer) as listening:
        reader = ServiceReader(
            profile,
            f"http://127.0.0.1:{listening.getsockname()[1]}",
            now=lambda: datetime.now(UTC),
            monotonic=time.monotonic,
            spawn=lambda work: threading.Thread(target=work, daemon=True).start(),
        )
        reader.start(lambda _reading: None)
        reader.ask()
        try:
            end = time.monotonic() + 10
            while reader.status() != (fault,):
                assert time.monotonic() < end, reader.status()
                time.sleep(0.02)
        finally:
            reader.stop()


def test_a_service_that_never_stops_speaking_holds_nobody_up() -> None:
    with serving(flood) as listening:
        address = listening.getsockname()
        with socket.create_connection(address) as line:
            talk = Talk(line, "127.0.0.1", "/", 5.0, time.monotonic)
            began = time.monotonic()
            with pytest.raises(Garbled):
                talk.drop()
            assert time.monotonic() - began < 5.0
