"""The maker's own service on this box, over HTTP or WebSocket. Loopback only.

While a card is wanted the service is asked every `poll_ms`; at any other moment it is only looked
whether somebody listens there, so that staff know of a fault before a citizen does. What is wrong:
`no_port` nobody listens, `silent` no whole answer in time, `garbled` an answer that the profile does
not fit.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

import structlog

from kiosk.idcard.answers import MAX_ANSWER, Lying, Nothing, judged
from kiosk.idcard.card import Card
from kiosk.idcard.reader import Health, Heard
from kiosk.idcard.talk import Garbled, Silent, Talk
from server.kit.contract.devices import Part
from server.kit.serial.profiles import ReaderProfile

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LOOK_S = 5.0
"""How often it is looked whether the service is there while nobody wants a card."""
CHUNK = 16 * 1024

log = structlog.get_logger(__name__)


def place_of(profile: ReaderProfile, address: str) -> SplitResult:
    """Return where the service is.

    Raises:
        ValueError: the address is not one of this box, in words.
    """
    scheme = {"http": "http", "websocket": "ws"}[profile.driver]
    try:
        place = urlsplit(address)
        port = place.port
    except ValueError:
        place, port = urlsplit(""), None
    if place.scheme != scheme or port is None:
        raise ValueError(f"读卡器地址要写成 {scheme}://127.0.0.1:端口")
    if place.hostname not in LOOPBACK:
        raise ValueError("读卡服务只能在本机：地址写 127.0.0.1，身份证号码不经过网络")
    return place


class Way(Protocol):
    """One way to ask a service."""

    def look(self) -> None:
        """Find out whether it is there; raises OSError."""
        ...

    def read(self) -> bytes:
        """Ask once and return the answer; raises OSError, `Silent`, `Garbled`."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class HttpWay:
    """`GET open_path`, one connection an answer."""

    def __init__(
        self, profile: ReaderProfile, place: SplitResult, monotonic: Callable[[], float]
    ) -> None:
        self._place = place
        self._path = profile.open_path or "/"
        self._timeout_s = profile.timeout_ms / 1000
        self._monotonic = monotonic

    def look(self) -> None:
        """Connect and say nothing."""
        connect(self._place, self._timeout_s).close()

    def read(self) -> bytes:
        """Ask once. The whole answer, its head too, has the profile's time, however slowly it comes."""
        ends = self._monotonic() + self._timeout_s
        line = HTTPConnection(self._place.hostname or "", self._place.port or 0)
        line.sock = sock = connect(self._place, self._timeout_s)
        # Each byte of a head that drips is in time; only hanging up ends the wait for its last one.
        over = threading.Timer(self._timeout_s, hang_up, [sock])
        over.daemon = True
        over.start()
        try:
            headers = {"Host": self._place.netloc, "Connection": "close"}
            line.request("GET", self._path, headers=headers)
            return self._body(line.getresponse(), ends)
        except HTTPException:
            raise (Silent if self._monotonic() >= ends else Garbled) from None
        finally:
            over.cancel()
            line.close()

    def _body(self, answer: HTTPResponse, ends: float) -> bytes:
        if answer.status != 200:
            raise Garbled
        body = bytearray()
        while piece := answer.read1(CHUNK):
            body += piece
            if len(body) > MAX_ANSWER:
                raise Garbled
        if self._monotonic() >= ends:
            raise Silent
        if answer.length:  # it ended before what it promised
            raise Garbled
        return bytes(body)

    def close(self) -> None:
        """Do nothing: no line stays open."""


class SocketWay:
    """One WebSocket that stays open."""

    def __init__(
        self, profile: ReaderProfile, place: SplitResult, monotonic: Callable[[], float]
    ) -> None:
        self._place = place
        self._path = profile.open_path or "/"
        self._ask = profile.ask
        self._timeout_s = profile.timeout_ms / 1000
        self._monotonic = monotonic
        self._talk: Talk | None = None

    def look(self) -> None:
        """Keep the line open, and throw away what is said on it unasked."""
        self._line().drop()

    def read(self) -> bytes:
        """Ask, unless it speaks by itself, and return what it says; empty when it says nothing."""
        try:
            talk = self._line()
            if self._ask:
                talk.drop()
                talk.say(self._ask)
            return talk.hear(self._timeout_s, needed=bool(self._ask))
        except (OSError, Silent, Garbled):
            self.close()
            raise

    def close(self) -> None:
        """Hang up."""
        if self._talk is not None:
            self._talk.close()
            self._talk = None

    def _line(self) -> Talk:
        if self._talk is None or self._talk.over:
            self.close()
            sock = connect(self._place, self._timeout_s)
            try:
                self._talk = Talk(
                    sock, self._place.netloc, self._path, self._timeout_s, self._monotonic
                )
            except BaseException:
                sock.close()
                raise
        return self._talk


def connect(place: SplitResult, timeout_s: float) -> socket.socket:
    """Return a connection; raises OSError."""
    return socket.create_connection((place.hostname or "", place.port or 0), timeout=timeout_s)


def hang_up(sock: socket.socket) -> None:
    """End the talk on *sock* while somebody waits on it; never raises."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


class ServiceReader:
    """A maker's service.

    Args:
        profile: its facts.
        address: `http://127.0.0.1:port` or `ws://127.0.0.1:port`.
        now: the time of day, aware.
        monotonic: seconds.
        spawn: runs a function beside the caller.

    Raises:
        ValueError: the address is not one of this box.
    """

    def __init__(
        self,
        profile: ReaderProfile,
        address: str,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        spawn: Callable[[Callable[[], None]], object],
    ) -> None:
        self._profile = profile
        self._address = address
        self._spawn = spawn
        place = place_of(profile, address)
        kind = HttpWay if profile.driver == "http" else SocketWay
        self._way: Way = kind(profile, place, monotonic)
        self._health = Health(now)
        self._lying = Lying()
        self._asked = False
        self._over = False
        self._bell = threading.Event()

    def start(self, heard: Heard) -> None:
        """Begin to look whether the service is there."""

        def run() -> None:
            while not self._over:
                self._bell.clear()
                wait_s = self._turn(heard)
                self._bell.wait(wait_s)
            self._way.close()

        self._spawn(run)

    def stop(self) -> None:
        """End after the question under way."""
        self._over, self._asked = True, False
        self._bell.set()

    def ask(self) -> None:
        """Read from now on."""
        if not self._asked:
            self._asked = True
            self._lying.asked()
            self._bell.set()

    def rest(self) -> None:
        """Read no more; a card in an answer under way is forgotten."""
        self._asked = False

    def status(self) -> tuple[str, ...]:
        """Return what is wrong with it."""
        return self._health.faults

    def part(self) -> Part:
        """Return it for staff."""
        return self._health.part(self._profile, self._address)

    def _turn(self, heard: Heard) -> float:
        """Do what is due and return the seconds until the next turn."""
        asked = self._asked
        try:
            if asked:
                self._read(heard)
            else:
                self._way.look()
                self._health.are()
        except Silent:
            self._health.are("silent")
        except Garbled:
            self._health.are("garbled")
        except TimeoutError:
            self._health.are("silent")
        except OSError:
            self._health.are("no_port")
        except Exception:
            # A broad except: a bug here must not end the only loop that reads cards. No value is in
            # the message of any exception of this package.
            log.exception("reader failed", driver=self._profile.driver)
            self._health.are("garbled")
        return self._profile.poll_ms / 1000 if self._asked else LOOK_S

    def _read(self, heard: Heard) -> None:
        answer = self._way.read()
        if not answer:
            self._health.are()
            return
        found = judged(answer, self._profile)
        if found is Nothing.GARBLED:
            raise Garbled
        self._health.are()
        new = self._lying.seen(found)
        if new is None:
            return
        if not self._asked:
            if isinstance(new, Card):
                new.forget()
            return
        if isinstance(new, Card):
            self._asked = False
            self._health.has_read()
        with contextlib.ExitStack() as stack:
            if isinstance(new, Card):
                stack.callback(new.forget)
            heard(new)
