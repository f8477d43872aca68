"""The maker's service over HTTP and WebSocket: cards are read while asked, faults are told in time."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import msgspec
import pytest

from kiosk.idcard import model
from kiosk.idcard.card import Card, Reading, Unread
from kiosk.idcard.opening import open_reader
from kiosk.idcard.service import ServiceReader
from server.kit.serial.profiles import load_reader

KEY = bytes(32)
DRIVERS = ("http", "websocket")


def profile(driver: str, **changes: object) -> object:
    found = load_reader(f"{driver}_service")
    return msgspec.structs.replace(found, poll_ms=20, timeout_ms=400, **changes)


def thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()


def reader_at(driver: str, url: str, **changes: object) -> ServiceReader:
    address = url if driver == "http" else url.replace("http:", "ws:")
    return ServiceReader(
        profile(driver, **changes),  # type: ignore[arg-type]  # replace() returns object here
        address,
        now=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
        spawn=thread,
    )


class Heard:
    """Hashes each card as the kiosk does."""

    def __init__(self) -> None:
        self.all: list[str | Unread] = []

    def __call__(self, reading: Reading) -> None:
        self.all.append(reading.hashed(KEY) if isinstance(reading, Card) else reading)

    def wait(self, count: int = 1) -> None:
        until(lambda: len(self.all) >= count)


def until(true: Callable[[], bool], within_s: float = 8.0) -> None:
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.01)


@pytest.fixture
def service() -> Iterator[model.Service]:
    found = model.serve()
    yield found
    found.shutdown()
    found.server_close()


def right(person: int) -> str:
    return Card(model.number_of(person).encode()).hashed(KEY)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_card_is_read_once_while_somebody_asks(driver: str, service: model.Service) -> None:
    reader, heard = reader_at(driver, service.url), Heard()
    service.lies = "1"
    reader.start(heard)
    try:
        until(lambda: reader.status() == ())
        time.sleep(0.1)
        assert service.asked == 0, "a card that lies there unasked is not read"
        reader.ask()
        heard.wait()
        reader.rest()
        assert heard.all == [right(1)]
        assert reader.part().confirmed_at

        reader.ask()
        heard.wait(2)
        assert heard.all[1:] == [Unread.LEFT]
        service.lies = "none"
        seen = service.asked
        until(lambda: service.asked > seen + 1)
        service.lies = "2"
        heard.wait(3)
        assert heard.all[2:] == [right(2)]
    finally:
        reader.stop()


FAULTS = {
    "silent": "silent",
    "garbled": "garbled",
    "huge": "garbled",
    "wrong_type": "garbled",
    "refused": "garbled",
}


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_its_word_and_ends(
    driver: str, fault: str, service: model.Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "SILENT_S", 0.8)
    reader, heard = reader_at(driver, service.url), Heard()
    service.lies = fault
    expected = "no_port" if (driver, fault) == ("websocket", "refused") else FAULTS[fault]
    reader.start(heard)
    reader.ask()
    try:
        until(lambda: reader.status() == (expected,))
        assert heard.all == []
        service.lies = "0"
        heard.wait()
        assert heard.all == [right(0)]
        assert reader.status() == ()
    finally:
        reader.stop()


@pytest.mark.parametrize("driver", DRIVERS)
def test_what_cannot_be_read_is_told(driver: str, service: model.Service) -> None:
    reader, heard = reader_at(driver, service.url), Heard()
    service.lies = "unreadable"
    reader.start(heard)
    reader.ask()
    try:
        heard.wait()
        assert heard.all == [Unread.UNREADABLE]
    finally:
        reader.stop()


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_service_that_is_not_there_is_seen_before_anybody_asks(driver: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    reader = reader_at(driver, f"http://127.0.0.1:{port}")
    reader.start(Heard())
    try:
        until(lambda: reader.status() == ("no_port",))
        assert reader.part().faults[0].since
    finally:
        reader.stop()


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_service_that_goes_and_comes_back_reads_again(driver: str) -> None:
    service = model.serve()
    port = service.server_address[1]
    reader, heard = reader_at(driver, service.url), Heard()
    reader.start(heard)
    reader.ask()
    try:
        until(lambda: service.asked > 0)
        service.shutdown()
        service.server_close()
        for line in service.lines:
            line.shutdown(socket.SHUT_RDWR)
        until(lambda: reader.status() == ("no_port",))
        again = model.serve(port=port)
        again.lies = "1"
        heard.wait()
        assert heard.all == [right(1)]
        assert reader.status() == ()
        again.shutdown()
        again.server_close()
    finally:
        reader.stop()


HOSTILE = {
    "hangs up at once": b"",
    "is no HTTP": b"\x00\xff" * 200,
    "never ends its head": b"HTTP/1.1 200 OK\r\nX: ",
    "promises more than it sends": b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{",
    "is endless": b"HTTP/1.1 200 OK\r\n\r\n" + b"A" * (2 << 20),
    "sends elsewhere": b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\n\r\n",
    "frames endlessly": (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
         b"\x81\x7f\x7f" + b"\xff" * 400
    ),
}  # fmt: skip


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("way", HOSTILE)
def test_a_hostile_service_is_a_fault_and_no_more(driver: str, way: str) -> None:
    reader, heard = reader_at(driver, f"http://127.0.0.1:{serve_bytes(HOSTILE[way])}"), Heard()
    reader.start(heard)
    reader.ask()
    try:
        until(lambda: bool(reader.status()))
        assert reader.status()[0] in {"no_port", "silent", "garbled"}
        assert heard.all == []
    finally:
        reader.stop()


def serve_bytes(answer: bytes) -> int:
    """A service that says *answer* to everybody and then holds the line."""
    server = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def run() -> None:
        while True:
            try:
                peer, _ = server.accept()
                peer.sendall(answer)
            except OSError:
                return
            if answer:
                held.append(peer)
            else:
                peer.close()
            if len(held) > 30:
                server.close()

    thread(run)
    return int(server.getsockname()[1])


def test_a_drip_of_bytes_does_not_hold_it_up() -> None:
    server = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        peer, _ = server.accept()
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(100):
            try:
                peer.sendall(b" ")
            except OSError:
                return
            time.sleep(0.05)

    thread(run)
    reader = reader_at("http", f"http://127.0.0.1:{server.getsockname()[1]}")
    began = time.monotonic()
    reader.start(Heard())
    reader.ask()
    try:
        until(lambda: reader.status() == ("silent",))
        assert time.monotonic() - began < 3
    finally:
        reader.stop()
        server.close()


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("http_service", "http://192.168.1.9:8000"),
        ("http_service", "http://reader.example:8000"),
        ("http_service", "ws://127.0.0.1:8000"),
        ("http_service", "http://127.0.0.1"),
        ("websocket_service", "http://127.0.0.1:8000"),
        ("websocket_service", "ws://0.0.0.0:8000"),
        ("http_service", "http://[::1"),
        ("wedge", ""),
        ("nothing", "http://127.0.0.1:8000"),
    ],
)
def test_a_reader_beyond_this_box_is_refused_at_the_start(name: str, address: str) -> None:
    with pytest.raises(ValueError, match=r"[一-鿿]"):
        open_reader(
            name,
            address,
            now=lambda: datetime.now(UTC),
            monotonic=time.monotonic,
            spawn=thread,
        )


def test_a_box_with_a_reader_writes_no_memory_to_disk_when_it_crashes() -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(
        resource.RLIMIT_CORE, (min(1, before[1]) if before[1] >= 0 else 1, before[1])
    )
    try:
        open_reader(
            "http_service",
            "http://127.0.0.1:8000",
            now=lambda: datetime.now(UTC),
            monotonic=time.monotonic,
            spawn=thread,
        )
        assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
