"""One WebSocket to a service on this box (RFC 6455), every wait and every length bounded."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from kiosk.idcard.answers import MAX_ANSWER

CHUNK = 16 * 1024
DROP_S = 0.1
"""Who goes on speaking for so long while nobody listens never stops."""
HEAR_S = 0.2
"""A service that speaks by itself is listened to for so long before the next look."""
MAX_HANDSHAKE = 64 * 1024
NOT_UNDERSTOOD = frozenset({1002, 1003, 1007, 1009})
"""Codes of RFC 6455, 7.4.1, with which a line ends whose bytes one side could not understand."""


class Silent(Exception):  # noqa: N818  names the condition
    """No whole answer came in time."""


class Garbled(Exception):  # noqa: N818  names the condition
    """What came is not what the profile says."""


class Talk:
    """An open WebSocket.

    Args:
        sock: connected.
        host: for the handshake.
        path: likewise.
        timeout_s: how long the handshake may take.
        monotonic: seconds.

    Raises:
        Silent, Garbled, OSError: no WebSocket came of it.
    """

    def __init__(
        self,
        sock: socket.socket,
        host: str,
        path: str,
        timeout_s: float,
        monotonic: Callable[[], float],
    ) -> None:
        self.over = False
        """True once the other side has hung up."""
        self._socket = sock
        self._monotonic = monotonic
        self._ws = WSConnection(ConnectionType.CLIENT)
        self._message = bytearray()
        self._whole: bytes | None = None
        self._open = False
        sock.sendall(self._ws.send(Request(host=host, target=path)))
        ends = monotonic() + timeout_s
        received = 0
        while not self._open:
            received += self._take(ends)
            if received > MAX_HANDSHAKE or self.over:
                raise Garbled

    def say(self, text: str) -> None:
        """Send *text*."""
        self._socket.settimeout(1.0)
        self._socket.sendall(self._ws.send(TextMessage(data=text)))

    def hear(self, timeout_s: float, *, needed: bool) -> bytes:
        """Return the next message; empty when none begins in time and none is *needed*.

        Raises:
            Silent, Garbled, OSError.
        """
        ends = self._monotonic() + (timeout_s if needed else HEAR_S)
        while self._whole is None:
            if self.over:
                raise ConnectionResetError
            try:
                self._take(ends)
            except Silent:
                if needed:
                    raise
                return b""
        whole, self._whole = self._whole, None
        return whole

    def drop(self) -> None:
        """Throw away what was said unasked; answer pings.

        Raises:
            Garbled: it does not stop speaking; OSError.
        """
        began = self._monotonic()
        with contextlib.suppress(Silent):
            while not self.over:
                self._take(self._monotonic())
                if self._monotonic() - began > DROP_S:
                    raise Garbled
        self._whole = None
        self._message.clear()

    def close(self) -> None:
        """Hang up; never raises."""
        with contextlib.suppress(OSError, LocalProtocolError):
            self._socket.settimeout(0.2)
            self._socket.sendall(self._ws.send(CloseConnection(code=1000)))
        with contextlib.suppress(OSError):
            self._socket.close()

    def _take(self, ends: float) -> int:
        """Take what arrives before *ends*, at most one piece; return its length."""
        self._socket.settimeout(max(0.001, ends - self._monotonic()))
        try:
            data = self._socket.recv(CHUNK)
        except TimeoutError:
            raise Silent from None
        if not data:
            self.over = True
            return 0
        try:
            self._ws.receive_data(data)
            for event in self._ws.events():
                self._note(event)
        except (RemoteProtocolError, LocalProtocolError):
            raise Garbled from None
        if self._monotonic() > ends and self._whole is None:
            raise Silent
        return len(data)

    def _note(self, event: Event) -> None:
        match event:
            case AcceptConnection():
                self._open = True
            case RejectConnection():
                raise Garbled
            case Ping():
                self._socket.sendall(self._ws.send(event.response()))
            case CloseConnection(code=code):
                self.over = True
                if code in NOT_UNDERSTOOD:
                    raise Garbled
            case TextMessage() | BytesMessage():
                data = event.data
                self._message += data.encode() if isinstance(data, str) else data
                if len(self._message) > MAX_ANSWER:
                    raise Garbled
                if event.message_finished:
                    self._whole = bytes(self._message)
                    self._message.clear()
