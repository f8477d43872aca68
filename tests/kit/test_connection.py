"""An attempt to connect has one deadline, whatever the other side does."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from server.kit.connection import Connection, ConnectionLost
from tests.support.ports import free_port


@contextlib.contextmanager
def rude_server(talk: bytes, pause_s: float) -> Iterator[int]:
    """Run a server that accepts and sends *talk* byte by byte, without end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                with contextlib.suppress(OSError):
                    client, _ = listener.accept()
                    with client:
                        while not stop.wait(pause_s):
                            for byte in talk:
                                client.sendall(bytes([byte]))
                                if stop.wait(pause_s):
                                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stop.set()
            thread.join(5)


@pytest.mark.parametrize(
    "talk",
    [
        pytest.param(b"", id="silent"),
        pytest.param(b"HTTP/1.1 101 Switching Protocols\r\nX: y\r\n", id="a header without end"),
        pytest.param(b"\x00\xff" * 10, id="garbage"),
    ],
)
def test_an_attempt_ends_in_time(talk: bytes):
    with rude_server(talk, 0.1) as port:
        began = time.monotonic()

        with pytest.raises(ConnectionLost):
            Connection(f"http://127.0.0.1:{port}", queue.SimpleQueue()).open({}, 0.6)

        assert time.monotonic() - began < 1.2


def test_nobody_there_is_said_at_once():
    connection = Connection(f"http://127.0.0.1:{free_port()}", queue.SimpleQueue())

    with pytest.raises(ConnectionLost):
        connection.open({}, 1.0)


def test_a_closed_connection_swallows_what_is_said():
    connection = Connection("http://127.0.0.1:1", queue.SimpleQueue())
    connection.close()

    connection.say("ack", {})
