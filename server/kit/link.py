"""HallLink: how a kiosk or display knows the truth of its hall and gives its commands.

Events come by Socket.IO, commands go by HTTP with an idempotency key. The link heals alone: without
a beat for `LOST_AFTER_S` it drops the connection and tries again for ever, each attempt bounded, so
that the truth is back within 3 s of the network's return after an outage of any length.

Everything that changes is handed to one callback from one thread, in order. Under gevent's
monkey-patching the threads are greenlets; nothing here needs gevent.
"""

from __future__ import annotations

import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from server.kit.change import TURNED_AWAY, Change, LinkStatus, Output
from server.kit.commands import Commands
from server.kit.connection import Connection, ConnectionLost, TurnedAway
from server.kit.contract import codec
from server.kit.contract.board import Board
from server.kit.contract.codec import Event
from server.kit.contract.messages import DeviceAssigned, Message
from server.kit.contract.moments import instant
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import DeviceSetup
from server.kit.contract.views import Catalogue
from server.kit.fetching import CatalogueFetcher, SetupFetcher
from server.kit.follow import Follower
from server.kit.http import Unreachable
from server.kit.keeping import BoardShelf, Keeping

LOST_AFTER_S = 6.0
"""Three beats: a link that hears none for this long is dropped."""

ATTEMPT_S = 1.4
"""A whole attempt, TCP to acceptance. With the pause it bounds how late the truth is back."""

PAUSE_S = (0.3, 1.2)
"""Between two attempts, drawn evenly: a hall full of screens must not come back in one instant."""

WELCOME_S = 3.0
"""How long an accepted client waits for the truth; a busy server may need a moment."""

UNKNOWN_PAUSE_S = 10.0
"""Between attempts of a device that was revoked, or speaks no version the server speaks."""

ACK_S = 10.0
"""Between two acknowledgements when nothing happens."""

__all__ = ["Change", "HallLink", "LinkStatus", "Output", "Refused", "Unreachable"]

_log = logging.getLogger("hall.link")


class HallLink(Commands):
    """The link of one agent to its hall.

    Args:
        server_url: `http://10.0.0.5:8100`.
        state_dir: where the device's token, board and catalogue are kept.
        kind: `kiosk` or `display`.
        software: version of the agent's software.
        now: the agent's clock.
    """

    def __init__(
        self,
        *,
        server_url: str,
        state_dir: Path,
        kind: str,
        software: str,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(server_url.rstrip("/"), Keeping(state_dir), software)
        self._kind = kind
        self._now = now
        self._inbox: queue.SimpleQueue[tuple[Connection | None, str, Any]] = queue.SimpleQueue()
        self._fetcher = CatalogueFetcher(
            http=self.http,
            keeping=self._keeping,
            headers=self.credentials,
            found=lambda found: self._inbox.put((None, "catalogue", found)),
        )
        self._setups = SetupFetcher(
            http=self.http,
            keeping=self._keeping,
            headers=self.credentials,
            found=lambda found: self._inbox.put((None, "setup", found)),
        )
        self._connection: Connection | None = None
        self._on_change: Callable[[Change], None] | None = None
        self.on_message: Callable[[str, Any], None] = _ignored
        """Called, from the same thread as *on_change*, with what the server says to this device
        alone: name and payload."""
        self._stopping = False
        self._report: Mapping[str, object] = {"faults": []}
        self._beat_mono: float | None = None
        self._shelf = BoardShelf(self._keeping)
        kept = self._keeping.board()
        self._follower = Follower(kept[0] if kept else None)
        self._follower.distrust()  # shown at once; the hall may have gone back to a backup since
        self.board_at: datetime | None = kept[1] if kept else None
        """When the board was last known to be true."""
        self.catalogue: Catalogue | None = self._fetcher.known
        self.setup: DeviceSetup | None = self._setups.known
        """What this device is told to be; None before the server was first asked."""
        self.status = LinkStatus.CONNECTING
        self.last_beat: datetime | None = None
        self.clock_ahead_s = 0.0
        """By how much the server's clock is ahead of ours, as of the last beat: a box on a wall often
        has no battery for its own."""
        self.failures = 0
        """Errors of our own that the link survived by starting over; anything but 0 is a bug."""

    @property
    def board(self) -> Board | None:
        """The hall's public truth as far as it is known."""
        return self._follower.board

    @property
    def enrolled(self) -> bool:
        """True when this device has a token; whether the server still accepts it, `status` says."""
        return self._device is not None

    @property
    def device(self) -> str:
        """Uid of this device; empty before it is enrolled."""
        return self._device.device if self._device else ""

    @property
    def zone(self) -> str:
        """Code of this device's zone; empty before it is enrolled, or for the whole hall."""
        return self._device.zone if self._device else ""

    def beat_age_s(self) -> float | None:
        """Return the seconds since the server was last heard, None before the first beat."""
        return None if self._beat_mono is None else _age(self._beat_mono)

    def _enrolled(self) -> None:
        self._inbox.put((None, "enrolled", None))

    def start(self, on_change: Callable[[Change], None]) -> None:
        """Connect and stay connected; *on_change* is called from one thread, in order."""
        self._on_change = on_change
        threading.Thread(target=self._run, name="hall-link", daemon=True).start()
        self._fetcher.start()
        self._setups.start()

    def stop(self) -> None:
        """End the link and keep the board."""
        self._stopping = True
        self._inbox.put((None, "stop", None))
        self._fetcher.stop()
        self._setups.stop()
        connection = self._connection
        if connection is not None:
            connection.close()

    def ack(self, outputs: Sequence[Output], status: Mapping[str, object] | None = None) -> None:
        """Tell the server which calls reached people and how this device is.

        *status* is remembered for the acknowledgements that the link sends by itself. Without a
        connection nothing is sent: the server asks by what it shows as *not announced*.
        """
        if status is not None:
            self._report = status
        connection = self._connection
        board = self.board
        if connection is None or board is None or self.status is not LinkStatus.LIVE:
            return
        payload = {
            "seq": board.seq,
            "content": self.catalogue.digest if self.catalogue else "",
            "outputs": [msgspec.to_builtins(o) for o in outputs],
            "status": dict(self._report),
        }
        connection.say("ack", payload)

    def say(self, name: str, payload: Mapping[str, object]) -> None:
        """Tell the server something; nothing is sent while the link is not live."""
        connection = self._connection
        if connection is not None and self.status is LinkStatus.LIVE:
            connection.say(name, payload)

    # ---- the link's own thread ------------------------------------------------------------------

    def _run(self) -> None:
        started = time.monotonic()
        self._tell(fresh=True)  # what the disk still knows
        while not self._stopping:
            try:
                pause = self._attempt(started)
                self._shelf.keep(self.board, self.board_at)
                self._rest(pause)
            except Exception:
                # A broad except, as in the fan-out: a screen must heal without a person, whatever
                # the fault was. What is in memory may be wrong, so it asks for a whole board.
                self.failures += 1
                self.status = LinkStatus.LOST
                self._follower.distrust()
                _log.exception("the link failed and starts over")
                time.sleep(PAUSE_S[1])

    def _attempt(self, started: float) -> float:
        """Connect, follow the hall until that ends, and return how long to pause."""
        try:
            self._session()
        except TurnedAway as turned:
            _log.warning("the server turned this device away: %s", turned.code)
            self._turn(TURNED_AWAY.get(turned.code, LinkStatus.LOST))
            if turned.code in TURNED_AWAY:
                return UNKNOWN_PAUSE_S
        except ConnectionLost as lost:
            _log.info("no connection: %s", lost)
            if self.status is not LinkStatus.CONNECTING or _age(started) > LOST_AFTER_S:
                self._turn(LinkStatus.LOST)
        return random.uniform(*PAUSE_S)  # noqa: S311  jitter, no secret

    def _session(self) -> None:
        """Connect and stay until the connection is lost (always ends by raising)."""
        if self._device is None:
            raise TurnedAway("device_unknown")
        auth = {
            "token": self._device.token,
            "contract": [codec.VERSION],
            "since": self._follower.since,
            "run": self._follower.run,
            "content": self.catalogue.digest if self.catalogue else "",
            "software": self._software,
        }
        connection = Connection(self._url, self._inbox)
        self._connection = connection
        try:
            connection.open(auth, ATTEMPT_S)
            self._live(connection)
        finally:
            self._connection = None
            connection.close()

    def _live(self, connection: Connection) -> None:
        """Follow the hall until the connection is lost."""
        told_by: float | None = time.monotonic() + WELCOME_S  # None: the truth is here
        heard = time.monotonic()
        ack_at = heard + ACK_S
        early: list[Mapping[str, Any]] = []
        while not self._stopping:
            at = time.monotonic()
            if at - heard > LOST_AFTER_S:
                raise ConnectionLost(f"no beat for {LOST_AFTER_S:g} s")
            if told_by is not None and at > told_by:
                raise ConnectionLost("no welcome")
            if at >= ack_at:
                self.ack(())
                ack_at = at + ACK_S
            self._shelf.keep_if_due(self.board, self.board_at)
            limits = (heard + LOST_AFTER_S, ack_at, told_by or ack_at, self._shelf.due_at)
            name, payload = self._next(connection, min(limits) - at)
            match name:
                case "welcome":
                    heard = self._beat(payload)
                    told_by = None
                    if not self._welcomed(payload) or not self._follow(early):
                        told_by = time.monotonic() + WELCOME_S
                        self._sync(connection)
                    early.clear()
                case "event" if told_by is not None:
                    early.extend(payload)
                case "event":
                    if not self._follow(payload):
                        told_by = time.monotonic() + WELCOME_S
                        self._sync(connection)
                case "beat":
                    heard = self._beat(payload)
                    if told_by is None and self._follower.behind(payload["seq"]):
                        told_by = time.monotonic() + WELCOME_S
                        self._sync(connection)
                    elif told_by is None:
                        self.board_at = self.last_beat
                case "bye":
                    self._bye(str(payload.get("reason", "")))
                case "lost":
                    raise ConnectionLost(str(payload))
                case "":
                    continue  # nothing in time
                case _:
                    self.on_message(name, payload)

    def _sync(self, connection: Connection) -> None:
        connection.say("sync", {"since": self._follower.since})

    def _bye(self, reason: str) -> None:
        if reason == "revoked":
            raise TurnedAway("device_unknown")
        if reason == "upgrade_needed":
            raise TurnedAway("contract_too_old")
        raise ConnectionLost(reason)

    def _beat(self, payload: Mapping[str, Any]) -> float:
        self.last_beat = self._now()
        self.clock_ahead_s = (instant(str(payload["now"])) - self.last_beat).total_seconds()
        self._beat_mono = time.monotonic()
        return self._beat_mono

    def _welcomed(self, payload: Mapping[str, Any]) -> bool:
        """Take the truth; return False when the replay does not fit what we know."""
        events = self._follower.welcome(payload)
        if events is None:
            return False
        self.status = LinkStatus.LIVE
        self.board_at = self.last_beat
        self._changed(events, fresh=True)
        self.ack(())
        return True

    def _follow(self, envelopes: Sequence[Mapping[str, Any]]) -> bool:
        """Fold live events and tell the agent; return False when one before them is missing."""
        events = self._follower.fold(envelopes)
        if events:
            self._changed(events, fresh=False)
        return events is not None

    def _changed(self, events: tuple[Event, ...], *, fresh: bool) -> None:
        self._shelf.changed()
        self._tell(events, fresh=fresh)
        if self.board is not None:
            self._fetcher.want(self.board.digest)
        if fresh or any(_assigns(e.message, self.device) for e in events):
            self._setups.want()

    def _tell(
        self,
        events: tuple[Event, ...] = (),
        *,
        fresh: bool = False,
        catalogue: bool = False,
        setup: bool = False,
    ) -> None:
        change = Change(
            board=self.board,
            events=events,
            fresh=fresh,
            catalogue_changed=catalogue,
            setup_changed=setup,
            status=self.status,
        )
        if self._on_change is not None:
            self._on_change(change)

    def _turn(self, status: LinkStatus) -> None:
        if status is not self.status:
            self.status = status
            self._tell()

    def _next(self, connection: Connection | None, wait_s: float) -> tuple[str, Any]:
        """Return what comes next on *connection*, ("", None) when nothing comes in time."""
        try:
            source, name, payload = self._inbox.get(timeout=max(0.0, wait_s))
        except queue.Empty:
            return "", None
        if name == "catalogue":
            self.catalogue = payload
            self._tell(catalogue=True)
            return "", None
        if name == "setup":
            self.setup = payload
            self._tell(setup=True)
            return "", None
        if source is not None and source is not connection:
            return "", None  # a connection already given up still speaks
        return name, payload

    def _rest(self, seconds: float) -> None:
        """Wait before the next attempt; a new enrolment ends the wait."""
        end = time.monotonic() + seconds
        while not self._stopping and (left := end - time.monotonic()) > 0:
            if self._next(None, left)[0] in {"enrolled", "stop"}:
                return


def _ignored(name: str, payload: Any) -> None:
    """Pass over what this agent has no use for."""


def _assigns(message: Message, device: str) -> bool:
    return isinstance(message, DeviceAssigned) and message.device == device


def _age(since: float) -> float:
    return time.monotonic() - since
