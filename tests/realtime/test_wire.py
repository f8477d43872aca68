"""The wire itself: frames once per broadcast, whole or not at all, and nobody waits for a slow one."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest
import websocket

from server.realtime import wire
from server.realtime.outbox import MAX_MESSAGE, text_frame
from tests.support.hall_server import HallServer, Socket, hall_server
from tests.support.ports import wait_until

BIG = {"on": True, "text": "疏散" * 10_000}
"""About 60 kB on the wire: more than a kernel buffer holds of a few hundred."""


@pytest.fixture(scope="module")
def hall() -> Iterator[HallServer]:
    with hall_server() as server:
        yield server


def raw_handshake(port: int, *, receive_buffer: int = 4096) -> socket.socket:
    """Return a raw WebSocket to /edge with a small receive buffer, accepted and welcomed."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.settimeout(20)
    sock.connect(("127.0.0.1", port))
    sock.sendall(
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" % port
    )
    while b"\r\n\r\n" not in (head := sock.recv(65536, socket.MSG_PEEK)):
        time.sleep(0.01)
    sock.recv(head.index(b"\r\n\r\n") + 4)
    hello = b"40/edge," + json.dumps({"token": "display-token", "contract": [1]}).encode()
    sock.sendall(struct.pack("!BB", 0x81, 0x80 | len(hello)) + bytes(4) + hello)
    return sock


def whole_frames(sock: socket.socket) -> tuple[list[str], bytes]:
    """Read to the end; return the texts of all whole frames and the bytes of a last broken one."""
    data = bytearray()
    try:
        while chunk := sock.recv(1 << 20):
            data += chunk
    except OSError:
        pass  # reset is an end too
    texts, at = [], 0
    while at + 2 <= len(data):
        first, length = data[at], data[at + 1]
        assert first in {0x81, 0x88}, f"not the start of a frame: {data[at : at + 20]!r}"
        start = at + 2
        if length == 126:
            length, start = struct.unpack("!H", data[at + 2 : at + 4])[0], at + 4
        elif length == 127:
            length, start = struct.unpack("!Q", data[at + 2 : at + 10])[0], at + 10
        if start + length > len(data):
            break
        if first == 0x81:
            texts.append(data[start : start + length].decode())
        at = start + length
    return texts, bytes(data[at:])


def test_a_frame_carries_its_length_in_1_3_or_9_bytes():
    lengths = [len(text_frame("x" * n)) - n for n in (0, 125, 126, 65535, 65536)]

    assert lengths == [2, 2, 4, 4, 10]
    assert text_frame("号") == b"\x81\x03\xe5\x8f\xb7"


def test_broadcasts_take_the_fast_way_with_the_libraries_installed(hall: HallServer):
    """Fails when an upgrade of engineio or gevent-websocket changed what `wire` reaches into."""
    clients = [Socket.device(hall.port) for _ in range(20)]
    for client in clients:
        client.event("welcome")
    before = hall.state()

    last = hall.publish(count=1)

    for client in clients:
        assert [last] == client.seqs(last)
    after = hall.state()
    assert after["stocked"] == before["stocked"]
    assert after["framed"] - before["framed"] >= 20
    for client in clients:
        client.close()


def test_a_polling_client_gets_the_same_events_the_stock_way(hall: HallServer):
    import urllib.request

    base = f"{hall.url}/socket.io/?EIO=4&transport=polling"
    sid = json.loads(urllib.request.urlopen(base).read()[1:])["sid"]
    hello = "40/edge," + json.dumps({"token": "display-token", "contract": [1]})
    urllib.request.urlopen(f"{base}&sid={sid}", data=hello.encode()).read()
    got = ""
    while "welcome" not in got:
        got += urllib.request.urlopen(f"{base}&sid={sid}", timeout=20).read().decode()
    before = hall.state()["stocked"]

    last = hall.publish()
    while f'"seq":{last}' not in got or '"event"' not in got:
        got += urllib.request.urlopen(f"{base}&sid={sid}", timeout=20).read().decode()

    assert hall.state()["stocked"] > before


def test_two_hundred_clients_get_every_event_in_order(hall: HallServer):
    clients = [Socket.device(hall.port, f"many-{i}") for i in range(200)]
    for client in clients:
        client.event("welcome")
    first = hall.publish() + 1
    for client in clients:
        client.seqs(first - 1)
    got: list[list[int]] = [[] for _ in clients]

    def read(some: range) -> None:
        for i in some:
            got[i] = clients[i].seqs(first + 199)

    readers = [threading.Thread(target=read, args=(range(n, 200, 8),)) for n in range(8)]
    for reader in readers:
        reader.start()
    for _ in range(20):
        hall.publish(count=10)
    for reader in readers:
        reader.join(60)

    assert [list(range(first, first + 200))] * 200 == got
    for client in clients:
        client.close()


def test_who_comes_in_the_middle_of_a_storm_misses_nothing(hall: HallServer):
    """Acceptance, welcome and events keep their order however they were sent."""
    stop = threading.Event()

    def storm() -> None:
        while not stop.is_set():
            hall.publish(count=3)

    wind = threading.Thread(target=storm)
    wind.start()
    try:
        for n in range(15):
            client = Socket.device(hall.port, f"many-{n}")
            assert client.accepted, "nothing comes before the acceptance"
            packets = [json.loads(p[p.index("[") :]) for p in (client.packet() for _ in range(8))]
            names = [name for name, _ in packets if name != "beat"]
            known = packets[names.index("welcome")][1]["board"]["seq"]
            for name, payload in packets:
                for event in payload if name == "event" else ():
                    assert event["seq"] <= known + 1, "an event is missing"
                    known = max(known, event["seq"])
            client.close()
    finally:
        stop.set()
        wind.join()


def test_a_slow_reader_gets_whole_frames_or_a_disconnect_and_harms_nobody(hall: HallServer):
    slow = raw_handshake(hall.port)
    good = Socket.device(hall.port)
    good.event("welcome")

    began = time.monotonic()
    last = 0
    for _ in range(60):
        last = hall.publish("hall.emergency", **BIG)
        assert good.seqs(last)[-1] == last
    took = time.monotonic() - began

    wait_until(lambda: hall.state()["lanes"] == 1, "the slow reader was given up")
    texts, rest = whole_frames(slow)
    assert took < 20, "the good client waited for the slow one"
    numbers = [e["seq"] for t in texts if '"event"' in t for e in json.loads(t[t.index("[") :])[1]]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert numbers[-1] < last, "it was cut off before the end"
    assert len(rest) < 70_000, "at most one frame is broken, by the end of the stream"
    good.close()
    slow.close()


def test_a_reader_that_is_only_late_misses_nothing(hall: HallServer):
    late = raw_handshake(hall.port)
    for _ in range(10):
        last = hall.publish("hall.emergency", **BIG)
    time.sleep(0.3)  # it reads nothing for a while; ten big frames wait in its outbox

    numbers: list[int] = []
    buffer = b""
    late.settimeout(10)
    while not numbers or numbers[-1] < last:
        buffer += late.recv(1 << 16)
        while len(buffer) >= 10:
            length, start = buffer[1], 2
            if length == 126:
                length, start = struct.unpack("!H", buffer[2:4])[0], 4
            elif length == 127:
                length, start = struct.unpack("!Q", buffer[2:10])[0], 10
            if len(buffer) < start + length:
                break
            text = buffer[start : start + length].decode()
            buffer = buffer[start + length :]
            if '"event"' in text[:30]:
                numbers += [e["seq"] for e in json.loads(text[text.index("[") :])[1]]

    assert numbers == list(range(last - 9, last + 1))
    late.close()


def test_a_client_that_was_too_slow_comes_back_complete(hall: HallServer):
    slow = raw_handshake(hall.port)
    wait_until(lambda: hall.state()["lanes"] == 1, "it is connected")
    seen = hall.publish()
    for _ in range(60):
        last = hall.publish("hall.emergency", **BIG)
    wait_until(lambda: hall.state()["lanes"] == 0, "it was given up")
    slow.close()

    back = Socket.device(hall.port, since=seen)
    # 60 large events are far beyond a client's message limit, not beyond the server's.
    welcome = back.event("welcome")

    assert [e["seq"] for e in welcome["events"]] == list(range(seen + 1, last + 1))
    back.close()


def test_the_listening_socket_hands_nodelay_to_accepted_ones():
    with wire.listen("127.0.0.1", 0) as listener:
        client = socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()

        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        accepted.close()
        client.close()


def test_an_answer_is_not_held_back_for_40_ms(hall: HallServer):
    import http.client

    line = http.client.HTTPConnection("127.0.0.1", hall.port)
    took = []
    for _ in range(20):
        began = time.perf_counter()
        line.request("POST", "/api/v1/tickets", b"{}", {
            "Authorization": "Bearer kiosk-token", "Idempotency-Key": "k", "Content-Type": "application/json",
        })  # fmt: skip
        line.getresponse().read()
        took.append(time.perf_counter() - began)

    assert sorted(took)[10] < 0.03


@pytest.mark.parametrize(
    "hello",
    [
        pytest.param(None, id="anonymous"),
        pytest.param({}, id="empty"),
        pytest.param({"token": "wrong", "contract": [1]}, id="unknown token"),
        pytest.param({"token": "", "contract": [1]}, id="empty token"),
    ],
)
def test_an_unknown_device_is_refused_at_connect(hall: HallServer, hello: object):
    client = Socket(hall.port, hello)

    assert client.refusal["message"] == "device_unknown"
    assert "登记" in client.refusal["data"]["detail"]
    client.close()


@pytest.mark.parametrize(
    "hello",
    [
        pytest.param(["token"], id="a list"),
        pytest.param("token", id="a string"),
        pytest.param({"token": 7}, id="a number for the token"),
        pytest.param({"token": "x" * 600}, id="a token without end"),
        pytest.param({"token": "display-token", "contract": "1"}, id="contract is text"),
        pytest.param({"token": "display-token", "contract": [1], "since": "1"}, id="since is text"),
        pytest.param({"token": "display-token", "contract": [1] * 100}, id="a hundred versions"),
    ],
)
def test_a_garbled_hello_is_refused(hall: HallServer, hello: object):
    client = Socket(hall.port, hello)

    assert client.refusal["message"] == "malformed"
    client.close()


def test_a_device_of_another_contract_is_told_to_upgrade(hall: HallServer):
    client = Socket(hall.port, {"token": "display-token", "contract": [7]})

    assert client.refusal["message"] == "contract_too_old"
    client.close()


def test_an_oversized_message_ends_the_connection_before_it_is_read(hall: HallServer):
    client = Socket.device(hall.port)
    before = hall.state()["rss_kb"]

    # A frame that claims 1 GB: its length alone must be enough.
    client.ws.sock.sendall(struct.pack("!BBQ", 0x81, 0xFF, 1 << 30) + bytes(4) + b"x" * 1000)

    assert client.closed(deadline_s=5)
    assert hall.state()["rss_kb"] - before < 50_000


def test_a_message_in_endless_pieces_ends_the_connection(hall: HallServer):
    client = Socket.device(hall.port)
    piece = b"x" * 60_000

    client.ws.sock.sendall(struct.pack("!BBH", 0x01, 0x80 | 126, len(piece)) + bytes(4) + piece)
    client.ws.sock.sendall(struct.pack("!BBH", 0x00, 0x80 | 126, len(piece)) + bytes(4) + piece)

    assert len(piece) < MAX_MESSAGE < 2 * len(piece)
    assert client.closed(deadline_s=5)


@pytest.mark.parametrize(
    "text", ["", "x", "4", "42/edge,", "42/edge,[", '42/edge,["ack",' + "[" * 2000, "9", "4\0"]
)
def test_garbage_after_the_handshake_harms_nobody(hall: HallServer, text: str):
    rude = Socket.device(hall.port)
    good = Socket.device(hall.port)
    good.event("welcome")

    rude.ws.send(text)
    rude.close()

    last = hall.publish()
    assert good.seqs(last)[-1] == last
    good.close()


def test_text_that_is_not_utf8_ends_the_connection(hall: HallServer):
    client = Socket.device(hall.port)

    client.ws.send(b"\xff\xfe", opcode=websocket.ABNF.OPCODE_TEXT)

    assert client.closed()


def test_a_browser_page_of_another_origin_gets_nothing(hall: HallServer):
    page = websocket.create_connection(
        f"ws://127.0.0.1:{hall.port}/socket.io/?EIO=4&transport=websocket",
        origin="http://evil.example",
        timeout=5,
    )

    with contextlib.suppress(websocket.WebSocketConnectionClosedException):
        assert page.recv() == ""


def test_a_stranger_that_never_says_who_it_is_is_closed(hall: HallServer):
    silent = Socket(hall.port, connect=False)
    refused = Socket(hall.port, {"token": "wrong", "contract": [1]})
    known = Socket.device(hall.port)

    assert silent.closed(deadline_s=25)
    assert refused.closed(deadline_s=25)
    known.event("beat")
    known.close()


def test_everybody_is_told_when_the_server_stops():
    with hall_server() as server:
        client = Socket.device(server.port)
        client.event("welcome")

        server.process.terminate()

        assert client.event("bye") == {"reason": "shutting_down"}
        assert client.closed()
        assert server.process.wait(10) == 0


def test_a_connection_without_a_request_is_closed_in_time():
    """Phones leave the hall without saying so; their connections must not stay for ever."""
    with impatient() as hall, socket.create_connection(("127.0.0.1", hall.port)) as phone:
        phone.settimeout(10)
        phone.sendall(b"GET /socket.io/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        while phone.recv(65536):  # the answer, then the end
            pass


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"POST /test/publish HTT",
        b"POST /test/publish HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        b"POST /test/publish HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{",
    ],
    ids=["nothing", "line", "headers", "body"],
)
def test_a_request_that_never_ends_is_given_up(begun: bytes):
    with impatient() as hall, socket.create_connection(("127.0.0.1", hall.port)) as slow:
        slow.settimeout(10)
        slow.sendall(begun)
        with contextlib.suppress(ConnectionResetError):
            while slow.recv(65536):
                pass


def test_a_quiet_screen_is_not_cut_off():
    with impatient() as hall:
        screen = Socket.device(hall.port)
        screen.event("welcome")
        screen.ws.settimeout(2.5)
        time.sleep(2)
        last = hall.publish()

        assert screen.seqs(last)[-1] == last


@contextlib.contextmanager
def impatient() -> Iterator[HallServer]:
    """A hall that waits for one second where the real one waits for half a minute."""
    with hall_server(environ={**os.environ, "HALL_TEST_PATIENCE_S": "1"}) as server:
        yield server
