"""A TCP relay between a client and a server that a test can cut, stall or reset."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
from collections.abc import Callable, Iterator

CHUNK = 65536


class Relay:
    """Listens on `port` of loopback and relays to *target*; runs in a thread of its own.

    `cut` closes what stands and refuses what comes, like a pulled cable at the server;
    `stall` keeps every connection open, accepts new ones, and moves no byte, like a switch that
    hangs; `reset` breaks what stands with RST and goes on relaying; `heal` ends cut and stall.
    *heard* is given all that passes.
    """

    def __init__(
        self,
        target: tuple[str, int],
        host: str = "127.0.0.1",
        *,
        heard: Callable[[bytes], object] = len,
    ) -> None:
        self._target = target
        self._heard = heard
        self._address = (host, 0)
        self._selector = selectors.DefaultSelector()
        self._orders, self._wake = socket.socketpair()
        self._lock = threading.Lock()
        self._todo: list[tuple[str, threading.Event]] = []
        self._peers: dict[socket.socket, socket.socket] = {}
        self._waiting: dict[socket.socket, bytes] = {}
        self._stalled = False
        self._listener: socket.socket | None = None
        self._running = True
        self.accepted = 0
        """Connections accepted since the start."""
        self._open()
        self._selector.register(self._orders, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port clients connect to."""
        return self._address[1]

    @property
    def url(self) -> str:
        """The address of the relay for HTTP."""
        return f"http://{self._address[0]}:{self.port}"

    def cut(self) -> None:
        """Close all connections and refuse new ones."""
        self._order("cut")

    def stall(self) -> None:
        """Move no byte in either direction; connections stay, new ones are accepted."""
        self._order("stall")

    def reset(self) -> None:
        """Break all connections with RST; new ones are relayed at once."""
        self._order("reset")

    def heal(self) -> None:
        """Relay again, what waits first."""
        self._order("heal")

    def close(self) -> None:
        """End the relay."""
        self._order("close")
        self._thread.join(5)

    def _order(self, name: str) -> None:
        done = threading.Event()
        with self._lock:
            self._todo.append((name, done))
        self._wake.send(b".")
        if not done.wait(5):
            msg = f"the relay did not {name}"
            raise AssertionError(msg)

    def _open(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(self._address)
        listener.listen(512)
        listener.setblocking(False)
        self._address = listener.getsockname()
        self._listener = listener
        self._selector.register(listener, selectors.EVENT_READ)

    def _run(self) -> None:
        while self._running:
            for key, _ in self._selector.select(0.5):
                sock = key.fileobj
                if sock is self._orders:
                    self._orders.recv(4096)
                    self._obey()
                elif sock is self._listener:
                    self._accept()
                elif isinstance(sock, socket.socket) and sock in self._peers:
                    self._move(sock)
        for sock in [*self._peers, self._orders, self._wake]:
            sock.close()
        self._selector.close()

    def _obey(self) -> None:
        with self._lock:
            todo, self._todo = self._todo, []
        for name, done in todo:
            getattr(self, f"_{name}")()
            done.set()

    def _accept(self) -> None:
        assert self._listener is not None
        try:
            client, _ = self._listener.accept()
        except BlockingIOError:
            return
        self.accepted += 1
        try:
            server = socket.create_connection(self._target, timeout=2)
        except OSError:
            _break(client)
            return
        for sock, peer in ((client, server), (server, client)):
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._peers[sock] = peer
            if not self._stalled:
                self._selector.register(sock, selectors.EVENT_READ)

    def _move(self, sock: socket.socket) -> None:
        peer = self._peers[sock]
        try:
            data = sock.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(sock)
            return
        self._heard(data)
        peer.setblocking(True)  # a slow reader slows its sender, as TCP does
        peer.settimeout(5)
        try:
            peer.sendall(data)
        except OSError:
            self._drop(sock)
            return
        peer.setblocking(False)

    def _drop(self, sock: socket.socket, *, hard: bool = False) -> None:
        peer = self._peers.pop(sock, None)
        for end in (sock, peer):
            if end is None:
                continue
            self._peers.pop(end, None)
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(end)
            if hard:
                _break(end)
            else:
                end.close()

    def _cut(self) -> None:
        if self._listener is not None:
            self._selector.unregister(self._listener)
            self._listener.close()
            self._listener = None
        for sock in list(self._peers):
            self._drop(sock)

    def _stall(self) -> None:
        self._stalled = True
        for sock in self._peers:
            with contextlib.suppress(KeyError):
                self._selector.unregister(sock)

    def _reset(self) -> None:
        for sock in list(self._peers):
            self._drop(sock, hard=True)

    def _heal(self) -> None:
        if self._listener is None:
            self._open()
        if self._stalled:
            self._stalled = False
            for sock in self._peers:
                self._selector.register(sock, selectors.EVENT_READ)

    def _close(self) -> None:
        self._cut()
        self._running = False


def _break(sock: socket.socket) -> None:
    """Close with RST: what was sent and not yet read is lost."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


@contextlib.contextmanager
def relay(target_port: int) -> Iterator[Relay]:
    """Run a relay to a loopback port for the length of a block."""
    running = Relay(("127.0.0.1", target_port))
    try:
        yield running
    finally:
        running.close()
