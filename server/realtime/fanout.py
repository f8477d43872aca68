"""Tails the log of each hall and emits what was committed, in order. THE ONLY emitter.

Emitting from the requests that commit would deliver neighbours out of order and lose events of a
process that dies between commit and emit; the log has neither fault.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import gevent
from flask_socketio import SocketIO
from gevent.event import Event as Signal

from server.kit.contract import codec
from server.kit.contract.board import Board
from server.kit.contract.codec import Event
from server.kit.contract.moments import moment

BEAT_S = 2.0
"""Between two beats; a client that hears none for three of them reconnects."""

TICK_S = 0.5
"""Between two looks at who speaks: a silent leader is noticed that much later."""

POLL_S = 1.0
"""Longest wait for an event that another process wrote: it can wake nobody here."""

BATCH = 200
"""Events in one emission, about 60 kB."""

RETRY_S = 0.5
"""Pause after a failed read of the log."""

_log = logging.getLogger("hall.fanout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the realtime part asks of the store; each question is one short read."""

    last_seq: Callable[[str], int]
    """Number of the hall's newest event, 0 when there is none."""
    events_after: Callable[[str, int, int], Sequence[Event]]
    """(hall, seq, limit): the events after *seq*, ascending, without a gap, at most *limit*."""
    board: Callable[[str], Board]
    """The hall's public truth now."""


def public_room(hall: str) -> str:
    """Return the room of the hall's devices on `/edge`."""
    return f"hall:{hall}:public"


def staff_room(hall: str) -> str:
    """Return the room of the hall's people on `/staff`."""
    return f"hall:{hall}:staff"


class Fanout:
    """One per process; `wake` after each commit, everything else happens by itself.

    Args:
        halls: codes of the halls whose log is tailed here.
        chores: called every *beat_s* in a greenlet of its own; it may wait for the store.
        follow: called with what has just been sent, in order; it must not wait.
        tick: called every `TICK_S`, as *chores*.
    """

    def __init__(
        self,
        *,
        socketio: SocketIO,
        source: Source,
        halls: Sequence[str],
        now: Callable[[], datetime],
        chores: Callable[[], None] = lambda: None,
        follow: Callable[[str, Sequence[Event]], None] = lambda *_: None,
        tick: Callable[[], None] = lambda: None,
        beat_s: float = BEAT_S,
        poll_s: float = POLL_S,
    ) -> None:
        self._socketio = socketio
        self._source = source
        self._now = now
        self._chores = chores
        self._follow = follow
        self._tick = tick
        self._beat_s = beat_s
        self._poll_s = poll_s
        self._wakes = {hall: Signal() for hall in halls}
        self._last: dict[str, int] = {}
        self._greenlets: list[gevent.Greenlet[..., None]] = []
        self.emitted = 0
        """Events that went out, counted once however many clients there are."""
        self.failures = 0
        """Rounds that failed and were repeated; anything but 0 is worth an alarm."""

    def start(self) -> None:
        """Begin after the newest event of each hall: whoever connects later reads the rest."""
        for hall in self._wakes:
            self._greenlets.append(gevent.spawn(self._tail, hall))
        self._greenlets.append(gevent.spawn(self._every, self._beat_s, self._beat))
        self._greenlets.append(gevent.spawn(self._every, self._beat_s, self._chores))
        self._greenlets.append(gevent.spawn(self._every, TICK_S, self._tick))

    def stop(self) -> None:
        """End all greenlets; events not yet emitted are read by the clients when they return."""
        gevent.killall(self._greenlets)
        self._greenlets.clear()

    def wake(self, hall: str) -> None:
        """Look at the log of *hall* now; called on the hub's thread after a commit."""
        signal = self._wakes.get(hall)
        if signal is not None:
            signal.set()

    def last(self, hall: str) -> int | None:
        """Return the number of the last emitted event, None before the first read of the log."""
        return self._last.get(hall)

    def _tail(self, hall: str) -> None:
        signal = self._wakes[hall]
        while True:
            try:
                self._catch_up(hall)
            except Exception:
                # One of the three broad excepts: the database may be away for a while, and a hall
                # whose fan-out died would stand still without anybody knowing. `_last` only moves
                # after an emission, so nothing is skipped; what goes out twice, clients drop.
                self.failures += 1
                _log.exception("reading the log failed, trying again")
                gevent.sleep(RETRY_S)
                continue
            signal.wait(timeout=self._poll_s)
            signal.clear()  # before reading: a commit during the read sets it again

    def _catch_up(self, hall: str) -> None:
        last = self._last.get(hall)
        if last is None:
            self._last[hall] = self._source.last_seq(hall)
            return
        while events := self._source.events_after(hall, last, BATCH):
            if [e.seq for e in events] != list(range(last + 1, last + 1 + len(events))):
                raise LookupError(f"the log of {hall} has a gap after {last}")
            self._send(hall, events)
            last = self._last[hall] = events[-1].seq
            self.emitted += len(events)
            self._follow(hall, events)
            if len(events) < BATCH:
                return  # the end of the log: whoever commits from now on wakes us

    def _send(self, hall: str, events: Iterable[Event]) -> None:
        full: list[dict[str, Any]] = []
        public: list[dict[str, Any]] = []
        for event in events:
            shown = codec.public(event)
            full.append(codec.dump(event))
            public.append(full[-1] if shown is event else codec.dump(shown))
        self._socketio.emit("event", public, namespace="/edge", to=public_room(hall))
        self._socketio.emit("event", full, namespace="/staff", to=staff_room(hall))

    def _every(self, seconds: float, task: Callable[[], None]) -> None:
        while True:
            gevent.sleep(seconds)
            try:
                task()
            except Exception:
                # As above: screens count their freshness from the beat, so it must not end; and
                # presence must not stop because one publication failed.
                self.failures += 1
                _log.exception("a round failed, the next one follows")

    def _beat(self) -> None:
        now = moment(self._now())
        for hall, last in list(self._last.items()):
            beat = {"seq": last, "now": now}
            self._socketio.emit("beat", beat, namespace="/edge", to=public_room(hall))
            self._socketio.emit("beat", beat, namespace="/staff", to=staff_room(hall))
