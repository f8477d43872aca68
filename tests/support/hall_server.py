"""The hall of `hall_process` as a test drives it, and raw clients of its Socket.IO."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import websocket

SCRIPT = Path(__file__).with_name("hall_process.py")

ISSUED = {"ticket": "A00#", "queue": "A", "waiting": 1}


class HallServer:
    """A running `hall_process`."""

    def __init__(self, port: int = 0, environ: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(port)],
            stdout=subprocess.PIPE,
            cwd=SCRIPT.parents[2],
            env=environ,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the hall did not start"
        self.port = int(line)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def post(self, path: str, **body: Any) -> Any:
        request = urllib.request.Request(
            self.url + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def publish(self, kind: str = "ticket.issued", count: int = 1, **data: Any) -> int:
        """Publish *count* events and return the number of the last; `#` becomes its index."""
        wake = data.pop("wake", True)
        seq = self.post("/test/publish", type=kind, count=count, data=data or ISSUED, wake=wake)
        return int(seq["seq"])

    def assign(self, *, tell: str) -> int:
        """Give every device a new setup and tell *tell* of it; return its version."""
        return int(self.post("/test/assign", tell=tell))

    def state(self, call: str = "") -> Any:
        with urllib.request.urlopen(f"{self.url}/test/state?call={call}", timeout=30) as answer:
            return json.load(answer)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextlib.contextmanager
def hall_server(**kwargs: Any) -> Iterator[HallServer]:
    server = HallServer(**kwargs)
    try:
        yield server
    finally:
        server.stop()


class Socket:
    """A Socket.IO client that sees every packet."""

    def __init__(
        self,
        port: int,
        auth: object = None,
        *,
        namespace: str = "/edge",
        connect: bool = True,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.namespace = namespace
        self.ws = websocket.create_connection(
            f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket",
            timeout=10,
            header=headers or {},
        )
        self.open = json.loads(self.ws.recv()[1:])
        self.answer: Any = None
        if connect:
            self.ws.send(f"40{namespace}," + ("" if auth is None else json.dumps(auth)))
            self.answer = self.packet()

    @classmethod
    def device(cls, port: int, token: str = "display-token", since: int | None = None) -> Socket:
        hello = {"token": token, "contract": [1], "since": since, "content": "", "software": "t"}
        return cls(port, hello)

    @property
    def accepted(self) -> bool:
        return isinstance(self.answer, str) and self.answer.startswith("40")

    @property
    def refusal(self) -> Any:
        assert self.answer.startswith("44"), self.answer
        return json.loads(self.answer.split(",", 1)[1])

    def packet(self) -> str:
        """Return the next packet; pings are answered on the way."""
        while True:
            text = self.ws.recv()
            if text == "2":
                self.ws.send("3")
                continue
            return str(text)

    def event(self, name: str, *, deadline_s: float = 10.0) -> Any:
        """Return the payload of the next event *name*, skipping others."""
        end = time.monotonic() + deadline_s
        while time.monotonic() < end:
            text = self.packet()
            if text.startswith("42"):
                found, *payload = json.loads(text.split(",", 1)[1])
                if found == name:
                    return payload[0] if payload else None
        raise AssertionError(f"no {name} within {deadline_s} s")

    def seqs(self, last: int, *, deadline_s: float = 30.0) -> list[int]:
        """Return the numbers of all events up to *last*, as they came."""
        numbers: list[int] = []
        while not numbers or numbers[-1] < last:
            numbers += [e["seq"] for e in self.event("event", deadline_s=deadline_s)]
        return numbers

    def say(self, name: str, payload: object) -> None:
        self.ws.send(f"42{self.namespace}," + json.dumps([name, payload]))

    def closed(self, *, deadline_s: float = 15.0) -> bool:
        """Read until the server closes; return False when it does not in time."""
        end = time.monotonic() + deadline_s
        try:
            while (left := end - time.monotonic()) > 0:
                self.ws.settimeout(left)
                if self.packet() == "":
                    return True
        except websocket.WebSocketTimeoutException:
            return False
        except (websocket.WebSocketConnectionClosedException, OSError):
            return True
        return False

    def close(self) -> None:
        with contextlib.suppress(OSError, websocket.WebSocketException):
            self.ws.close(timeout=1)
