"""Ports: a serial line, a TCP or UDP peer, or the end of a pair in memory, all with one face.

Only this module imports pyserial and opens sockets to devices. No method of a port ever waits: waiting is the
worker's, on the port's file descriptor. A port lives on one native thread and never on the hub.

Facts it is built on (pyserial 3.5, Linux):

* `flush()` is `tcdrain()` without a time limit, so it is never called; `close()` of a stalled tty
  may block for `closing_wait`, so output is discarded first.
* `dsrdtr=True` does nothing on Linux: a DTR/DSR printer needs its DTR on our CTS and `rtscts`.
* `Serial.write()` with `write_timeout=0` returns the count, but spins for ever at full speed when
  the line takes nothing at all (EAGAIN); therefore bytes go out by `os.write`.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import sys
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

import serial
from gevent.monkey import get_original
from serial.rs485 import RS485Settings

from server.kit.serial.frames import DeviceFault
from server.kit.serial.keys import InputPort
from server.kit.serial.profiles import Link

READ_SIZE = 4096
CONNECT_S = 3.0
"""How long a TCP peer may take to accept; spent on the port's own thread."""
LISTEN_S = 0.05
"""Longest read where the system cannot wait on the port (Windows)."""

_ON_WINDOWS = sys.platform == "win32"


class Port(Protocol):
    """An open way to a device. Every method raises `DeviceFault("no_port")` once it is gone."""

    @property
    def name(self) -> str:
        """Return the address, for people and logs."""
        ...

    def fileno(self) -> int | None:
        """Return what to wait on for bytes to read, or None where the system cannot wait on it."""
        ...

    def read(self) -> bytes:
        """Return what has arrived, empty when nothing has."""
        ...

    def write(self, data: bytes) -> int:
        """Hand over as much of *data* as is taken right now and return how many bytes; maybe 0."""
        ...

    def pending(self) -> int:
        """Return how many bytes were taken and have not left yet, 0 where nobody can say."""
        ...

    def discard(self) -> None:
        """Throw away bytes that have not left yet."""
        ...

    def close(self) -> None:
        """Let go of the port; bytes that have not left yet are thrown away. Never raises."""
        ...


def open_port(address: str, link: Link, *, rs485: bool = False) -> Port:
    """Open *address*: `tcp://host:port`, `udp://host:port`, `input:/dev/input/by-id/…` for a keypad,
    else a serial device with *link*.

    With *rs485* the driver of an on-board UART switches the direction of the line.

    Raises:
        DeviceFault: `no_port`, permanent when the address itself is wrong.
    """
    if address.startswith("input:"):
        return InputPort(address)
    scheme, separator, _ = address.partition("://")
    if not separator:
        return SerialPort(address, link, rs485=rs485)
    kinds: dict[str, Callable[[str], Port]] = {"tcp": TcpPort, "udp": UdpPort}
    if scheme not in kinds:
        raise DeviceFault("no_port", permanent=True, evidence=address.encode())
    return kinds[scheme](address)


class SerialPort:
    """A tty or COM port, opened exclusively: two processes would interleave their bytes."""

    def __init__(self, device: str, link: Link, *, rs485: bool = False) -> None:
        self.name = device
        # A pty knows neither seven bits nor parity, and refuses them when it is opened again.
        plain = os.path.realpath(device).startswith("/dev/pts/")
        try:
            self._serial = serial.Serial(
                device,
                baudrate=link.baud,
                bytesize=8 if plain else link.bits,
                parity="N" if plain else link.parity,
                stopbits=link.stop,
                rtscts=link.flow == "rtscts",
                xonxoff=link.flow == "xonxoff",
                timeout=LISTEN_S if _ON_WINDOWS else 0,
                write_timeout=0,
                exclusive=None if _ON_WINDOWS else True,
            )
        except Exception as e:  # termios.error, of a driver that refuses a setting, is no OSError
            raise _gone(e) from e
        if rs485:
            self._switch_direction()

    def _switch_direction(self) -> None:
        """Let the driver raise RTS while it sends (TIOCSRS485, Linux Documentation/driver-api/serial).

        A USB adapter switches by itself and refuses this: `rs485` is then to be taken out.
        """
        try:
            self._serial.rs485_mode = RS485Settings(rts_level_for_tx=True, rts_level_for_rx=False)
        except (NotImplementedError, ValueError, OSError) as e:
            self.close()
            raise _gone(e, permanent=True) from e

    def fileno(self) -> int | None:
        """Return the tty's descriptor, None on Windows."""
        return None if _ON_WINDOWS else self._serial.fileno()

    def read(self) -> bytes:
        """Return what has arrived; an end of file on a tty means that it was unplugged."""
        try:
            if _ON_WINDOWS:
                data: bytes = self._serial.read(max(1, self._serial.in_waiting))
                return data
            fileno = self._serial.fileno()
            if not readable([fileno], 0.0):
                return b""  # pyserial sets VMIN 0: a read of nothing looks like the end of file
            data = os.read(fileno, READ_SIZE)
        except BlockingIOError:
            return b""
        except (serial.SerialException, OSError, TypeError) as e:
            raise _gone(e) from e
        if not data:
            raise DeviceFault("no_port")
        return data

    def write(self, data: bytes) -> int:
        """Hand over what the driver takes now; 0 while flow control or a full buffer holds it."""
        try:
            if _ON_WINDOWS:
                return self._serial.write(data) or 0
            return os.write(self._serial.fileno(), data)
        except BlockingIOError:
            return 0
        except (serial.SerialException, OSError, TypeError) as e:
            raise _gone(e) from e

    def pending(self) -> int:
        """Return the driver's output queue (`TIOCOUTQ`; always 0 on a pty)."""
        try:
            return int(self._serial.out_waiting)
        except (serial.SerialException, OSError, TypeError) as e:
            raise _gone(e) from e

    def discard(self) -> None:
        """Empty the driver's output queue."""
        try:
            self._serial.reset_output_buffer()
        except (serial.SerialException, OSError) as e:
            raise _gone(e) from e
        except Exception as e:  # termios.error is no OSError and does not exist on Windows
            raise _gone(e) from e

    def close(self) -> None:
        """Discard output, then close; an unplugged tty throws at both, which says nothing new."""
        with contextlib.suppress(DeviceFault):
            self.discard()
        with contextlib.suppress(Exception):
            self._serial.close()


class _SocketPort:
    """What TCP, UDP and pairs in memory share: a non-blocking socket."""

    def __init__(self, name: str, sock: socket.socket) -> None:
        self.name = name
        self._socket = sock
        sock.setblocking(False)

    def fileno(self) -> int | None:
        """Return the socket's descriptor."""
        return self._socket.fileno()

    def read(self) -> bytes:
        """Return what has arrived; the peer's end of stream is `no_port`."""
        try:
            data = self._socket.recv(READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError as e:
            raise _gone(e) from e
        if not data:
            raise DeviceFault("no_port")
        return data

    def write(self, data: bytes) -> int:
        """Hand over what the socket takes now."""
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0
        except OSError as e:
            raise _gone(e) from e

    def pending(self) -> int:
        """Return 0: what the peer has not read cannot be known."""
        return 0

    def discard(self) -> None:
        """Do nothing: what a socket has taken cannot be taken back."""

    def close(self) -> None:
        """Close at once; never raises."""
        with contextlib.suppress(OSError):
            self._socket.close()


class TcpPort(_SocketPort):
    """A device behind a network port, such as a printer's 9100 or a serial server."""

    def __init__(self, address: str) -> None:
        sock = _connected(address, socket.SOCK_STREAM)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        super().__init__(address, sock)


class UdpPort(_SocketPort):
    """A device that takes datagrams, such as an LED card: one write is one datagram."""

    def __init__(self, address: str) -> None:
        super().__init__(address, _connected(address, socket.SOCK_DGRAM))

    def read(self) -> bytes:
        """Return the next datagram; an empty one is nothing, not the end."""
        try:
            return self._socket.recv(READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError as e:
            raise _gone(e) from e


class VirtualPort(_SocketPort):
    """One end of a pair in memory; what is written at one end is read at the other."""

    @classmethod
    def pair(cls, name: str = "virtual") -> tuple[VirtualPort, VirtualPort]:
        """Return both ends; closing one makes the other `no_port`."""
        left, right = _plain_socketpair()
        return cls(f"{name}/a", left), cls(f"{name}/b", right)


def readable(descriptors: list[int], wait_s: float) -> list[int]:
    """Return those of *descriptors* that can be read or are gone, by the system's own wait.

    Blocks its thread for at most *wait_s*, even where gevent has replaced the select module.
    """
    if not hasattr(select, "poll"):
        ready: list[int] = get_original("select", "select")(descriptors, [], [], wait_s)[0]
        return ready
    poller = get_original("select", "poll")()
    for descriptor in descriptors:
        poller.register(descriptor, select.POLLIN)
    return [descriptor for descriptor, _ in poller.poll(wait_s * 1000)]


def _connected(address: str, kind: int) -> socket.socket:
    """Return a plain socket to *address*, even where gevent has replaced the socket module."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as e:
        raise DeviceFault("no_port", permanent=True, evidence=address.encode()) from e
    if not host or not port:
        raise DeviceFault("no_port", permanent=True, evidence=address.encode())
    plain: type[socket.socket] = get_original("socket", "socket")
    try:
        found = get_original("socket", "getaddrinfo")(host, port, 0, kind)
    except OSError as e:
        raise _gone(e) from e
    fault: Exception | None = None
    for family, type_, protocol, _, peer in found:
        sock = plain(family, type_, protocol)
        try:
            sock.settimeout(CONNECT_S)
            sock.connect(peer)
        except OSError as e:
            sock.close()
            fault = e
        else:
            return sock
    raise _gone(fault) from fault


def _plain_socketpair() -> tuple[socket.socket, socket.socket]:
    plain: type[socket.socket] = get_original("socket", "socket")
    left, right = socket.socketpair()
    return plain(fileno=left.detach()), plain(fileno=right.detach())


def _gone(error: Exception | None, *, permanent: bool = False) -> DeviceFault:
    return DeviceFault("no_port", permanent=permanent, evidence=str(error).encode())
