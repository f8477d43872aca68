"""Keys become commands: one press, one command, now or never.

A press comes from a port's thread and is sent by a greenlet of the hub. The same key of the request
goes with its one repetition, so that a lost answer never calls a second person. While the server is
away no press is sent and none is kept: what was pressed then is not done later. The moment of the
press goes with it, and the server refuses one that lay on the way for too long.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

import gevent

from display.callpads.member import Press
from display.callpads.shown import Face, refusal
from server.kit.commands import Calling
from server.kit.contract.moments import moment
from server.kit.http import Unreachable
from server.kit.link import LinkStatus, Refused

OLD_S = 2.0
"""A press that could not be sent for so long is dropped."""
ATTEMPT_S = 1.5
MOST_WAITING = 2
"""Presses of one counter that may wait for the answer to another one."""

_log = logging.getLogger("hall.display.pads")


class PadLink(Calling, Protocol):
    """The part of the link that pads need."""

    @property
    def status(self) -> LinkStatus:
        """How the link stands."""
        ...


class Presses:
    """Takes presses from any thread and sends each counter's in order.

    Args:
        link: the way to the server.
        now: the server's time.
        answered: is given counter and what its pad shows for a moment.
        clock: the clock of the ports.
    """

    def __init__(
        self,
        *,
        link: PadLink,
        now: Callable[[], datetime],
        answered: Callable[[str, Face], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._link = link
        self._now = now
        self._answered = answered
        self._clock = clock
        self._came: deque[Press] = deque()
        self._waiting: dict[str, deque[Press]] = {}
        self._bell: Any = None

    def start(self) -> None:
        """Begin to send; called on the hub."""
        # The loop's async watcher is the one thing of gevent that another thread may touch.
        self._bell = gevent.get_hub().loop.async_()
        self._bell.start(self._sort)

    def stop(self) -> None:
        """Send no more."""
        if self._bell is not None:
            self._bell.stop()
            self._bell = None

    def put(self, press: Press) -> None:
        """Take a press; called on a port's thread."""
        self._came.append(press)
        bell = self._bell
        if bell is not None:
            bell.send()

    def _sort(self) -> None:
        while self._came:
            press = self._came.popleft()
            line = self._waiting.get(press.counter)
            if line is not None:
                if len(line) <= MOST_WAITING:  # the first is on its way
                    line.append(press)
                continue
            self._waiting[press.counter] = deque([press])
            gevent.spawn(self._work, press.counter)

    def _work(self, counter: str) -> None:
        line = self._waiting[counter]
        try:
            while line:
                self._send(line[0])
                line.popleft()
        finally:
            del self._waiting[counter]

    def _send(self, press: Press) -> None:
        age = self._clock() - press.at
        if age > OLD_S:
            return
        if self._link.status is not LinkStatus.LIVE:
            self._answered(press.counter, refusal("unreachable"))
            return
        pressed_at = self._now() - timedelta(seconds=age)
        body = {"counter": press.counter, "key": press.name, "pressed_at": moment(pressed_at)}
        try:
            done = self._link.call(
                "/api/v1/pads/presses", body, key=str(uuid.uuid4()), timeout_s=ATTEMPT_S
            )
        except Refused as refused:
            _log.info("key %s of counter %s: %s", press.name, press.counter, refused.code)
            self._answered(press.counter, refusal(refused.code))
            return
        except Unreachable as problem:
            _log.warning("key %s of counter %s: %s", press.name, press.counter, problem)
            self._answered(press.counter, refusal("unreachable"))
            return
        if done.get("state") == "called":
            number = str(done.get("number", ""))
            digits = "".join(ch for ch in number if ch.isdigit())
            words = {"counter": press.counter, "number": number, "digits": digits}
            self._answered(press.counter, Face(state="call", words=words))
