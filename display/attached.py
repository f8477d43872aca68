"""What hangs on this box: bars, call pads and raters on their ports, told the truth, watched.

    attached = AttachedDevices(hung_lines(path), display=display, link=link)
    attached.start()
    link.start(lambda change: (display.changed(change), attached.refresh()))

Each port has its own thread and one `Bus`; a stuck port holds up nothing else. A call is
acknowledged with output `panel` once its bar has confirmed it. A bar whose protocol has no answer
proves nothing: its calls are acknowledged only where its profile says `timing.written_counts`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib import import_module
from types import MappingProxyType
from typing import Protocol

import gevent
import msgspec

from display.app import DisplayLink, keep_pulsing
from display.hung import HungDevice, HungLine, Moments, part_of
from display.led.bars import Bar
from display.led.panels import Sign, sign_of
from display.screen import Screen
from server.kit.contract.board import Board
from server.kit.contract.devices import Part
from server.kit.contract.moments import moment
from server.kit.contract.views import Catalogue
from server.kit.link import LinkStatus, Output
from server.kit.serial.answers import Answers
from server.kit.serial.bus import Bus, Member, Standing
from server.kit.serial.profiles import FrameProfile
from server.kit.serial.worker import PortWorker, open_port

__all__ = ["AttachedDevices", "HungMember", "Keys", "port_worker"]

TICK_S = 0.2
KEYS_MODULE = "display.callpads.hanging"
"""Imported only on a box where pads or raters hang."""
TELL_S = 5.0
"""Staff are told of mere confirmations no more often than this; of faults at once."""


class HungMember(Member, Protocol):
    """A member of a bus that staff can be told of."""

    profile: FrameProfile
    standing: Standing

    @property
    def replaced(self) -> tuple[str, ...]:
        """Characters that it cannot show."""
        ...


class Keys(Protocol):
    """All pads and raters of the box, `display.callpads.hanging.CallPads`; made only where there are any.

    Made by `CallPads(link=HallLink, now=server's time)`.
    """

    def member(self, hung: HungDevice, wake: Callable[[], object]) -> HungMember:
        """Return the pad or rater *hung* as a member of its line; *wake* makes the line look at it."""
        ...

    def keyboard(self, line: HungLine) -> None:
        """Take a keypad that is a keyboard to the system (`input:` addresses), one device each."""
        ...

    def parts(self) -> tuple[Part, ...]:
        """Return the keyboards as staff are told of them; members of lines are told here."""
        ...

    def refresh(self, board: Board | None, catalogue: Catalogue | None, *, live: bool) -> None:
        """Show the truth on all pads."""
        ...

    def start(self) -> None:
        """Begin to send keys."""
        ...

    def stop(self) -> None:
        """End."""
        ...


class ShownHere(Protocol):
    """The part of the display that devices need."""

    screen: Screen

    def now(self) -> datetime:
        """Return the server's time."""
        ...

    def tell(self, **status: object) -> None:
        """Tell staff."""
        ...


def port_worker(line: HungLine, bus: Bus) -> PortWorker:
    """Return the worker that owns the port of *line*."""
    opener = partial(open_port, line.port.address, line.link, rs485=line.port.rs485)
    return PortWorker(line.port.address, bus, opener)


@dataclass(frozen=True, slots=True)
class _Hung:
    """A device with what drives it."""

    hung: HungDevice
    member: HungMember
    address: str
    wake: Callable[[], object]


class AttachedDevices:
    """All that hangs on the box. Greenlets of one hub call it; the drivers have their own threads.

    Args:
        lines: what hangs here, by `display.hung.hung_lines`.
        display: where the truth is.
        link: whom confirmations are told.
        worker: makes the worker of a line.
        clock: the clock of the ports.
    """

    def __init__(
        self,
        lines: Sequence[HungLine],
        *,
        display: ShownHere,
        link: DisplayLink,
        worker: Callable[[HungLine, Bus], PortWorker] = port_worker,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._display = display
        self._link = link
        self._clock = clock
        self._lit: deque[tuple[str, int]] = deque(maxlen=500)
        """Calls that a bar has just confirmed; filled by the ports' threads."""
        self._lit_at: dict[tuple[str, int], str] = {}
        self._acked: set[tuple[str, int]] = set()
        self._told: list[Part] = []
        self._told_at = float("-inf")
        self._moments = Moments(clock, display.now)
        self._keys: Keys | None = None
        self._workers: list[PortWorker] = []
        self._hung: list[_Hung] = []
        for line in lines:
            if line.is_input:
                self._need_keys().keyboard(line)
            else:
                self._hang(line, worker)

    def _hang(self, line: HungLine, make: Callable[[HungLine, Bus], PortWorker]) -> None:
        workers: list[PortWorker] = []  # the members need the worker that needs the members

        def wake() -> None:
            for worker in workers:
                worker.wake()

        members: list[HungMember] = []
        for hung in line.devices:
            if hung.device.role == "led":
                member: HungMember = Bar(
                    hung.profile, params=hung.device.params, lit=self._lit.append
                )
            else:
                member = self._need_keys().member(hung, wake)
            members.append(member)
            self._hung.append(_Hung(hung, member, line.port.address, wake))
        workers.append(make(line, Bus(members, line.link, listens=speaks_by_itself(line))))
        self._workers += workers

    def _need_keys(self) -> Keys:
        if self._keys is None:
            made: Keys = import_module(KEYS_MODULE).CallPads(link=self._link, now=self._display.now)
            self._keys = made
        return self._keys

    def start(self) -> None:
        """Open the ports and show the truth from now on."""
        self.refresh()
        for worker in self._workers:
            worker.start()
        if self._keys is not None:
            self._keys.start()
        gevent.spawn(keep_pulsing, self.tick, lambda: gevent.sleep(TICK_S))

    def stop(self) -> None:
        """Close the ports; the bars keep what they show."""
        if self._keys is not None:
            self._keys.stop()
        for worker in self._workers:
            worker.stop()

    def refresh(self) -> None:
        """Give every device the newest truth; called at every change."""
        screen, live = self._display.screen, self._link.status is LinkStatus.LIVE
        today = "" if live else screen.today(self._display.now())
        for one in self._hung:
            device = one.hung.device
            if isinstance(one.member, Bar):
                sign = sign_of(
                    screen.board,
                    today=today,
                    counter=device.counter,
                    zone=device.zone,
                    slogan=device.slogan,
                )
                if one.member.show(sign):
                    one.wake()
        if self._keys is not None:
            self._keys.refresh(screen.board, screen.catalogue, live=live)

    def try_out(self, key: str, seconds: float, text: str = "") -> bool:
        """Show *text*, or its own key, on the bar *key* for so long; False when there is none."""
        for one in self._hung:
            if one.hung.key == key and isinstance(one.member, Bar):
                one.member.try_out(pattern(one.hung, text), seconds)
                one.wake()
                return True
        return False

    def tick(self) -> None:
        """Tell the server what was confirmed and staff how the devices are."""
        self.refresh()  # midnight passes without an event while the server is away
        self._acknowledge()
        parts = list(self.parts())
        if parts == self._told:
            return
        urgent = [_of_note(p) for p in parts] != [_of_note(p) for p in self._told]
        if urgent or self._clock() - self._told_at >= TELL_S:
            self._told, self._told_at = parts, self._clock()
            self._display.tell(parts=[msgspec.to_builtins(p) for p in parts])

    def parts(self) -> tuple[Part, ...]:
        """Return the devices as staff are told of them."""
        own = tuple(self._part(one) for one in self._hung)
        return own if self._keys is None else (*own, *self._keys.parts())

    def health(self) -> list[dict[str, object]]:
        """Return how the devices are, for `/healthz`."""
        return [
            {"key": p.key, "faults": [f.code for f in p.faults], "confirmed_at": p.confirmed_at}
            for p in self.parts()
        ]

    def _part(self, one: _Hung) -> Part:
        return part_of(
            one.hung,
            one.member.standing,
            port=one.address,
            moments=self._moments,
            replaced=one.member.replaced,
        )

    def _acknowledge(self) -> None:
        """Tell the server once of every call that a bar confirmed, as long as it stands."""
        now = moment(self._display.now())
        while self._lit:
            self._lit_at.setdefault(self._lit.popleft(), now)
        board = self._display.screen.board
        calls = board.calls if board is not None else ()
        here = {(c.call, c.times) for c in calls if c.state == "called"}
        self._lit_at = {k: at for k, at in self._lit_at.items() if k in here}
        self._acked &= self._lit_at.keys()
        if self._link.status is not LinkStatus.LIVE:
            return
        new = [k for k in self._lit_at if k not in self._acked]
        if new:
            self._acked.update(new)
            self._link.ack(
                [Output(call=c, times=t, output="panel", at=self._lit_at[c, t]) for c, t in new]
            )


def speaks_by_itself(line: HungLine) -> Answers | None:
    """Return what reads the devices that speak by themselves, None where none does."""
    for hung in line.devices:
        if hung.profile.event is not None and not hung.profile.timing.poll_ms:
            return Answers(hung.profile)
    return None


def pattern(hung: HungDevice, text: str) -> Sign:
    """Return the sign that shows *text* for a test, or without one the device's own counter."""
    digits = "".join(ch for ch in text if ch.isdecimal()) or "888"
    word = "TEST " if hung.profile.text.encoding == "ascii" else "测试"
    shown = text or f"{word}{hung.device.counter or hung.device.zone}"
    words = {"number": shown, "text": shown, "slogan": shown, "reason": shown, "digits": digits}
    about = {"counter": hung.device.counter, "name": hung.name}
    # The slogan stands alone where a bar has one; numbers stand in `call` only.
    alone = "{slogan}" in hung.profile.shows["idle"].text
    return Sign(state="idle" if alone else "call", words=MappingProxyType(words | about))


def _of_note(part: Part) -> Part:
    """Return *part* without what changes by itself."""
    return msgspec.structs.replace(part, confirmed_at="", confirm_ms=0)
