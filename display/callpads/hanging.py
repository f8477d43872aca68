"""All call pads, keypads and raters of this box: told the truth, their keys sent to the server.

pads = CallPads(link=link, now=display.now)
member = pads.member(hung, wake)       # for a line that somebody else owns
pads.keyboard(line)                    # a keypad of its own
pads.refresh(board, catalogue, live=True)
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from display.callpads.member import KeyDevice, Press
from display.callpads.presses import PadLink, Presses
from display.callpads.shown import Face, face_of
from display.hung import HungDevice, HungLine, Moments, part_of
from server.kit.contract.board import Board
from server.kit.contract.devices import Part
from server.kit.contract.views import Catalogue
from server.kit.serial.answers import Answers
from server.kit.serial.bus import Bus
from server.kit.serial.worker import PortWorker, open_port

__all__ = ["EVALUATE_S", "CallPads"]

EVALUATE_S = 20.0
"""How long a rater asks after a service has ended, unless the next person is called."""

_log = logging.getLogger("hall.display.pads")


@dataclass(slots=True)
class _Hung:
    hung: HungDevice
    device: KeyDevice
    wake: Callable[[], object]
    port: str
    face: Face | None = None
    ended_at: float | None = None
    """Of a rater: when the last service ended."""


class CallPads:
    """The pads and raters of a box. Greenlets of one hub call it; the ports have their own threads.

    Args:
        link: the way to the server.
        now: the server's time.
        clock: the clock of the ports.
    """

    def __init__(
        self,
        *,
        link: PadLink,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._moments = Moments(clock, now)
        self._clock = clock
        self._hung: list[_Hung] = []
        self._keyboards: list[_Hung] = []
        self._workers: list[PortWorker] = []
        self._presses = Presses(link=link, now=now, answered=self._answered, clock=clock)

    def member(self, hung: HungDevice, wake: Callable[[], object]) -> KeyDevice:
        """Return the pad or rater *hung* as a member of its line."""
        device = KeyDevice(
            hung.profile,
            counter=hung.device.counter,
            params=hung.device.params,
            pressed=self._rated if hung.device.role == "rater" else self._presses.put,
        )
        self._hung.append(_Hung(hung, device, wake, port=""))
        return device

    def keyboard(self, line: HungLine) -> None:
        """Take a keypad that is a keyboard to the system; it has its port for itself."""
        hung = line.devices[0]
        device = self.member(hung, lambda: None)
        one = self._hung[-1]
        one.port = line.port.address
        bus = Bus([device], line.link, listens=Answers(hung.profile))
        worker = PortWorker(one.port, bus, partial(open_port, one.port, line.link))
        one.wake = worker.wake
        self._keyboards.append(one)
        self._workers.append(worker)

    def start(self) -> None:
        """Begin to send keys."""
        self._presses.start()
        for worker in self._workers:
            worker.start()

    def stop(self) -> None:
        """End."""
        self._presses.stop()
        for worker in self._workers:
            worker.stop()

    def refresh(self, board: Board | None, catalogue: Catalogue | None, *, live: bool) -> None:
        """Show the truth on all pads and raters; called at every change and now and then."""
        for one in self._hung:
            face = face_of(board, catalogue, one.hung.device.counter, live=live)
            if one.hung.device.role == "rater":
                face = self._asking(one, face)
            if face != one.face:
                one.face = face
                one.device.show(face)
                one.wake()

    def _asking(self, one: _Hung, face: Face) -> Face:
        """Return `evaluate` for a while after a service has ended, else *face*."""
        before = one.face
        quiet = face.state in ("idle", "paused", "closed")
        if quiet and before is not None and before.state == "serving":
            one.ended_at = self._clock()
        if not quiet:
            one.ended_at = None
        if one.ended_at is None or self._clock() - one.ended_at >= EVALUATE_S:
            one.ended_at = None
            return face
        return Face(state="evaluate", words=face.words)

    def parts(self) -> tuple[Part, ...]:
        """Return the keyboards as staff are told of them."""
        return tuple(
            part_of(one.hung, one.device.standing, port=one.port, moments=self._moments)
            for one in self._keyboards
        )

    def _answered(self, counter: str, face: Face) -> None:
        for one in self._hung:
            if one.hung.device.role == "pad" and one.hung.device.counter == counter:
                one.device.answer(face)
                one.wake()

    def _rated(self, press: Press) -> None:
        # What a rating is worth comes with the issue on ratings; the device is proved to speak.
        _log.info("rater of counter %s: key %s", press.counter, press.name)
