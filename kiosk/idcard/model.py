"""A model of a maker's card service 读卡服务模型, for tests and rehearsals: invented people only.

    python -m kiosk.idcard.model --http 127.0.0.1:8104

* `/` a page on which a card is laid down and taken away;
* `GET /readcard` what lies there, as JSON; `/ws` the same over a WebSocket;
* `POST /lay`, form field `card`: `0` … one of the people, `none`, `unreadable`, or a fault:
  `silent`, `garbled`, `huge`, `wrong_type`, `refused`.

Prints `{"http": …}` when it is ready. It imports nothing of the readers.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import socket
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

REGION = "530923"
"""永德县. Whoever has such a number in truth is not meant: the serials are chosen, not issued."""
PEOPLE = (
    ("示例甲（70 岁）", "19560818", "901"),
    ("示例乙（36 岁）", "19900307", "902"),
    ("示例丙（28 岁）", "19980214", "903"),
    ("示例丁（45 岁）", "19811123", "904"),
)
FAULTS = {
    "none": "拿开身份证",
    "unreadable": "放一张读不出的卡",
    "silent": "读卡器不应答",
    "garbled": "应答是乱码",
    "huge": "应答太长",
    "wrong_type": "号码类型不对",
    "refused": "服务出错",
}
SILENT_S = 8.0
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455, 1.3."""


def number_of(person: int) -> str:
    """Return the invented number of a person, with its right check digit (GB 11643)."""
    _, born, serial = PEOPLE[person]
    body = REGION + born + serial
    total = sum(int(d) * (2 ** (17 - i) % 11) for i, d in enumerate(body))
    return body + str((12 - total) % 11).replace("10", "X")


class Service(ThreadingHTTPServer):
    """The service, with what lies on the reader."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, _Handler)
        self.lies = "none"
        """A person's index as text, or a key of `FAULTS`."""
        self.asked = 0
        """How often a card was read."""
        self.lines: list[socket.socket] = []
        """Open WebSockets."""

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self) -> bytes:
        """Return what the service says now."""
        self.asked += 1
        match self.lies:
            case "none":
                return _json({"state": "none"})
            case "unreadable":
                return _json({"state": "read", "card": {"number": "530923900307001"}})
            case "garbled":
                return b"\xff\xfe<html>\x00 530923"
            case "wrong_type":
                return _json({"state": "read", "card": {"number": 530923}})
            case "huge":
                return b'{"state":"read","photo":"' + b"A" * (2 << 20) + b'"}'
            case "silent":
                time.sleep(SILENT_S)
                return b""
            case person:
                name = PEOPLE[int(person)][0]
                card = {"number": number_of(int(person)), "name": name, "photo": "A" * 40_000}
                return _json({"state": "read", "card": card})


class _Handler(BaseHTTPRequestHandler):
    server: Service
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/ws" and self.headers.get("Upgrade", "").lower() == "websocket":
            self._talk()
        elif self.path == "/readcard":
            broken = self.server.lies == "refused"
            status = HTTPStatus.INTERNAL_SERVER_ERROR if broken else HTTPStatus.OK
            self._send(b"{}" if broken else self.server.answer(), "application/json", status)
        elif self.path == "/":
            self._send(_page(self.server.lies).encode(), "text/html; charset=utf-8")
        else:
            self._send(b"", "text/plain", HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length", "0")), 1000)
        wanted = parse_qs(self.rfile.read(length).decode()).get("card", ["none"])[0]
        if wanted in FAULTS or (wanted.isdigit() and int(wanted) < len(PEOPLE)):
            self.server.lies = wanted
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _talk(self) -> None:
        """Answer each text of a client with what lies there, until it hangs up."""
        key = self.headers.get("Sec-WebSocket-Key", "").encode()
        accept = b64encode(hashlib.sha1(key + GUID, usedforsecurity=False).digest()).decode()
        self.send_response(HTTPStatus.SWITCHING_PROTOCOLS)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        self.close_connection = True
        self.server.lines.append(self.connection)
        while (opcode := self._hear()) not in {None, 8}:
            if opcode == 1:
                if self.server.lies == "refused":
                    return
                self.wfile.write(_frame(self.server.answer()))

    def _hear(self) -> int | None:
        """Read one frame of a client and return its kind; short ones only, all masked."""
        head = self.rfile.read(2)
        if len(head) < 2:
            return None
        length = head[1] & 0x7F
        if length >= 126:
            return None
        self.rfile.read(4 + length)
        return head[0] & 0x0F

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's name
        """Write no log: an address of a request may hold anything."""


def _frame(text: bytes) -> bytes:
    """Return one whole text frame of a server: FIN and text | length | payload."""
    size = len(text)
    if size < 126:
        length = bytes([size])
    elif size < 1 << 16:
        length = bytes([126]) + size.to_bytes(2)
    else:
        length = bytes([127]) + size.to_bytes(8)
    return b"\x81" + length + text


def _json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _page(lies: str) -> str:
    people = {str(i): f"放上身份证：{name}" for i, (name, _, _) in enumerate(PEOPLE)}
    buttons = "".join(
        f'<p><button name="card" value="{key}"{" disabled" if key == lies else ""}>'
        f"{html.escape(words)}</button></p>"
        for key, words in {**people, **FAULTS}.items()
    )
    now = html.escape({**people, **FAULTS, "none": "没有卡"}[lies])
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>读卡器模型</title>'
        f"<h1>读卡器模型</h1><p>示例：这里的人和号码都是编的。</p><p>现在：<b>{now}</b></p>"
        f'<form method="post" action="/lay">{buttons}</form></html>'
    )


def serve(host: str = "127.0.0.1", port: int = 0) -> Service:
    """Start the model beside the caller and return it; `shutdown` ends it."""
    service = Service((host, port))
    threading.Thread(target=service.serve_forever, args=(0.05,), daemon=True).start()
    return service


def main(argv: list[str] | None = None) -> int:
    """Run until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.idcard.model", description="读卡器模型")
    parser.add_argument("--http", default="127.0.0.1:8104", help="地址 HOST:PORT")
    host, _, port = parser.parse_args(argv).http.rpartition(":")
    try:
        service = Service((host, int(port)))
    except (OSError, ValueError) as error:
        print(f"读卡器模型的地址用不了：{error}", file=sys.stderr)
        return 2
    print(json.dumps({"http": service.url}), flush=True)
    service.serve_forever()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
