"""TCP settings that server and agents share: no Nagle delay, dead peers noticed within seconds."""

from __future__ import annotations

import socket as stdlib_socket

from gevent import socket

BACKLOG = 1024
"""Connections that may wait for accept: a whole hall reconnects at once after a restart."""

PEER_DEAD_MS = 10_000
"""A peer that acknowledges no byte for this long is gone; the beat gives it a byte every 2 s."""

SEND_BUFFER = 128 * 1024
"""Bytes that the kernel holds for a client that does not read (it doubles the figure). Left to
itself Linux lets each grow to 4 MB, and a slow client would be noticed only after that."""


def listen(host: str, port: int, *, backlog: int = BACKLOG) -> socket.socket:
    """Return a listening TCP socket whose accepted connections send at once.

    TCP_NODELAY is set on the listening socket and inherited by every accepted one: gevent's server
    writes headers and body apart, and with Nagle and delayed ACK an answer takes 44 ms instead of
    0.24 (measured). Port 0 takes a free port.

    Raises:
        OSError: the address is in use or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        no_delay(sock)
        sock.bind((host, port))
        sock.listen(backlog)
    except OSError:
        sock.close()
        raise
    return sock


def room_for_many() -> None:
    """Let this process have as many connections as the system allows it at most.

    Most systems begin with 1024 files, which is less than a hall's screens and phones.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def no_delay(sock: stdlib_socket.socket) -> None:
    """Send small messages at once and drop a dead peer after `PEER_DEAD_MS`."""
    sock.setsockopt(stdlib_socket.IPPROTO_TCP, stdlib_socket.TCP_NODELAY, 1)
    user_timeout = getattr(stdlib_socket, "TCP_USER_TIMEOUT", None)  # Linux only
    if user_timeout is not None:
        sock.setsockopt(stdlib_socket.IPPROTO_TCP, user_timeout, PEER_DEAD_MS)
