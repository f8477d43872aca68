"""The bounded outbox of every WebSocket, and the sockets that use it.

With `wire` the only place that reaches into gevent-websocket. Every byte to a client passes its
outbox (it is the socket's `raw_write`), so frames stay whole and in order whoever sends them.
"""

from __future__ import annotations

import errno
import logging
import socket as stdlib_socket
import struct
from collections import deque
from typing import Any

import gevent
from gevent import socket
from geventwebsocket.exceptions import FrameTooLargeException, ProtocolError, WebSocketError
from geventwebsocket.handler import WebSocketHandler
from geventwebsocket.websocket import Header, Stream, WebSocket

MAX_MESSAGE = 64 * 1024
"""Bytes of one message that a client may send; acks and greetings are a few hundred."""

OUTBOX_BYTES = 1024 * 1024
"""Bytes that may wait for a client beyond the kernel's own buffer; about fifty snapshots."""

OUTBOX_FRAMES = 1000
"""Frames that may wait for a client."""

STALL_S = 20.0
"""A client that takes no byte of a waiting frame for this long is disconnected."""

IDLE_S = 75.0
"""A connection on which no request comes for this long is closed: phones leave the hall without
saying so, and each would keep a file of the process for ever."""

HEADERS_S = 20.0
"""A request's headers have this long from their first line to their last."""

STILL_S = 30.0
"""A request's body, or an answer, that does not move at all for this long is given up."""

_log = logging.getLogger("hall.wire")


class Outbox:
    """What waits to be sent on one WebSocket: whole frames in order, or a disconnect.

    Used only on the gevent hub's thread; `write` never yields.
    """

    __slots__ = ("_bytes", "_frames", "_raw", "_send", "_writer", "dead")

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._send = raw.send
        self._frames: deque[bytes | memoryview] = deque()
        self._bytes = 0
        self._writer: gevent.Greenlet[[], None] | None = None
        self.dead = False
        """True once the client was given up; every write then raises `OSError`."""

    def write(self, frame: bytes) -> None:
        """Send *frame* now as far as the socket takes it and keep the rest.

        Raises:
            OSError: the client is gone, or it was disconnected because too much waits for it.
        """
        if self.dead:
            raise OSError(errno.EPIPE, "client is gone")
        rest: bytes | memoryview = frame
        if not self._frames:
            try:
                sent = self._send(frame)
            except BlockingIOError:
                sent = 0
            except OSError:
                self.close()
                raise
            if sent == len(frame):
                return
            rest = memoryview(frame)[sent:]
        # A first frame may be of any size: refusing it would refuse the client for ever.
        if self._frames and (
            self._bytes + len(rest) > OUTBOX_BYTES or len(self._frames) >= OUTBOX_FRAMES
        ):
            _log.warning("client too slow: %d frames, %d bytes", len(self._frames), self._bytes)
            self.close()
            raise OSError(errno.ENOBUFS, "client too slow")
        self._frames.append(rest)
        self._bytes += len(rest)
        if self._writer is None:
            self._writer = gevent.spawn(self._drain)

    def close(self) -> None:
        """Give the client up: what waits is dropped and both directions are shut.

        The reader greenlet sees the end of the stream and takes the connection down in order.
        """
        if self.dead:
            return
        self.dead = True
        self._frames.clear()
        self._bytes = 0
        if self._writer is not None and self._writer is not gevent.getcurrent():
            self._writer.kill(block=False)
        try:
            self._raw.shutdown(stdlib_socket.SHUT_RDWR)
        except OSError:
            return  # already closed by the peer

    @property
    def waiting(self) -> int:
        """Bytes that wait for the client."""
        return self._bytes

    def _drain(self) -> None:
        try:
            while self._frames and (fileno := self._raw.fileno()) >= 0:
                socket.wait_write(fileno, timeout=STALL_S)
                self._push()
        except OSError:  # the peer is gone, or the stall ran out (gevent's timeout is an OSError)
            self.close()
        finally:
            self._writer = None

    def _push(self) -> None:
        while self._frames:
            head = self._frames[0]
            try:
                sent = self._send(head)
            except BlockingIOError:
                return
            self._bytes -= sent
            if sent < len(head):
                self._frames[0] = memoryview(head)[sent:]
                return
            self._frames.popleft()


class HallWebSocket(WebSocket):  # type: ignore[misc]  # geventwebsocket ships no types
    """gevent-websocket's socket with an outbox, a limit for messages, and fast unmasking."""

    __slots__ = ("outbox",)

    def __init__(self, environ: Any, stream: Any, handler: Any) -> None:
        super().__init__(environ, stream, handler)
        self.outbox: Outbox | None = None
        raw = getattr(handler.socket, "_sock", None)
        # Only a plain gevent socket: under TLS the inner socket would bypass the encryption.
        if type(handler.socket) is socket.socket and raw is not None:
            self.outbox = Outbox(raw)
            self.raw_write = self.outbox.write  # type: ignore[misc]  # a slot of the base class

    def read_frame(self) -> tuple[Any, bytes]:
        """Return the next frame, unmasked; one over `MAX_MESSAGE` is refused before it is read."""
        header = Header.decode_header(self.stream)
        if header.flags:
            raise ProtocolError("reserved bits are set")
        if header.length > MAX_MESSAGE:
            raise FrameTooLargeException(f"{header.length} bytes")
        payload: bytes = self.raw_read(header.length) if header.length else b""
        if len(payload) != header.length:
            raise WebSocketError("stream ended inside a frame")
        return header, _unmasked(payload, header.mask) if header.mask else payload

    def read_message(self) -> str | bytes | None:
        """Return the next message, or None after a close frame."""
        opcode = 0
        message = bytearray()
        while True:
            header, payload = self.read_frame()
            match header.opcode:
                case self.OPCODE_PING:
                    self.handle_ping(header, payload)
                    continue
                case self.OPCODE_PONG:
                    continue
                case self.OPCODE_CLOSE:
                    self.handle_close(header, payload)
                    return None
                case self.OPCODE_TEXT | self.OPCODE_BINARY if not opcode:
                    opcode = header.opcode
                case self.OPCODE_CONTINUATION if opcode:
                    pass
                case _:
                    raise ProtocolError(f"unexpected opcode {header.opcode}")
            message += payload
            if len(message) > MAX_MESSAGE:
                raise FrameTooLargeException(f"{len(message)} bytes")
            if header.fin:
                return message.decode() if opcode == self.OPCODE_TEXT else bytes(message)

    def close(self, code: int = 1000, message: bytes = b"") -> None:
        """Send the close frame if the client still takes it, and let go of the outbox."""
        super().close(code, message)
        if self.outbox is not None:
            self.outbox.close()


class HallHandler(WebSocketHandler):  # type: ignore[misc]  # geventwebsocket ships no types
    """Serves HTTP and WebSockets, quietly, and waits for nobody without end."""

    def read_requestline(self) -> str:
        """Return the first line of the next request, empty when none comes in time."""
        self.socket.settimeout(None)
        line: str = gevent.with_timeout(IDLE_S, super().read_requestline, timeout_value="")
        self.socket.settimeout(STILL_S)
        return line

    def read_request(self, raw_requestline: str) -> bool:
        """Read the headers; False, which is answered with 400, when they do not end in time."""
        read = super().read_request
        return bool(gevent.with_timeout(HEADERS_S, read, raw_requestline, timeout_value=False))

    def upgrade_connection(self) -> Any:
        """Answer the handshake and put our socket in the place of the stock one."""
        answer = super().upgrade_connection()
        self.socket.settimeout(None)  # from here on pings tell whether anybody is there
        stock = getattr(self, "websocket", None)
        if stock is not None:
            stock.closed = True  # its __del__ would send a close frame
            self.websocket = HallWebSocket(self.environ, Stream(self), self)
            self.environ["wsgi.websocket"] = self.websocket
        return answer

    def log_request(self) -> None:
        """Write no access log: addresses and paths of citizens' phones are nobody's business."""


def text_frame(text: str) -> bytes:
    """Return *text* as one unmasked WebSocket frame: `0x81 | length 1, 3 or 9 | UTF-8` (RFC 6455)."""
    payload = text.encode()
    n = len(payload)
    if n < 126:
        return bytes((0x81, n)) + payload
    if n < 65536:
        return struct.pack("!BBH", 0x81, 126, n) + payload
    return struct.pack("!BBQ", 0x81, 127, n) + payload


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    n = len(payload)
    key = (mask * (n // 4 + 1))[:n]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")).to_bytes(n, "little")
