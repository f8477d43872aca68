"""One line, several devices, one owner: LED bars and call pads share an RS-485 pair in peace.

    bus = Bus([bar_3, bar_4, pad_3], link)
    PortWorker(address, bus, opener).start()

One exchange at a time: a frame, the window in which its answer may come, a silence. Polls go before
everything else, the one that is most overdue first; other frames, and the retries of all, are
slipped in between, one for each round of polls at least, so that no pad waits longer than its own
time (or a whole round, where the line has no more room) and one exchange. A member that does not
answer is asked ever more rarely and slows nobody.

A member (`Member`) never waits and never writes: it says what is due and hears what came of it. All
methods run on the port's thread and see one clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from server.kit.serial.answers import Answer, Answers, Event, Nak, Ok
from server.kit.serial.frames import DeviceFault
from server.kit.serial.members import (
    Exchange,
    Member,
    Outcome,
    Silence,
    Standing,
    Written,
    exchange,
)
from server.kit.serial.profiles import Link
from server.kit.serial.worker import Outlet

__all__ = ["Bus", "Exchange", "Member", "Outcome", "Silence", "Standing", "Written", "exchange"]

BACKOFF_S = (1.0, 2.0, 5.0, 10.0)
"""How long a member that did not answer is left alone; the last repeats."""
STUCK_S = 2.0
"""A frame that the port does not take for so long is given up."""
NOISE_S = 0.3
"""How long bytes that nobody asked for may put off the next frame."""
TORN_S = 0.5
"""An unfinished message that nothing followed for so long is dropped: a later one must not end it."""
IDLE_S = 5.0
TICK_S = 0.001
"""Shortest wait between two exchanges: a member that is due and has nothing to send spins nobody."""


@dataclass(slots=True)
class _Place:
    """What the bus keeps of a member."""

    member: Member
    attempts: int = 0
    silences: int = 0
    asleep_until: float = 0.0
    turn: int = 0
    """Counts exchanges: who was served last comes last."""


@dataclass(slots=True)
class _Running:
    """The exchange on the line."""

    place: _Place
    exchange: Exchange
    began: float
    left: bytes
    moved: float
    """When the port last took a byte."""
    echo: bytes = b""
    ends: float | None = None
    """When the answer's window closes; None while bytes are still to be handed over."""
    said: list[Answer] = field(default_factory=list)
    over: bool = False
    """True when the window has closed and only what is already at the port may still count."""


class Bus:
    """A `Driver` that owns a line and gives its members their turns.

    Args:
        members: the devices on the line.
        link: its speed, for the time that frames take on the wire.
        listens: reads what comes unasked, such as a rater that speaks by itself.
        on_turn: called with the time at each turn, to hand over what other threads left.
    """

    def __init__(
        self,
        members: Sequence[Member],
        link: Link,
        *,
        listens: Answers | None = None,
        on_turn: Callable[[float], object] | None = None,
    ) -> None:
        self.skipped = 0
        """Bytes that nobody understood."""
        self._link = link
        self._listens = listens
        self._on_turn = on_turn
        self._places = [_Place(member) for member in members]
        self._running: _Running | None = None
        self._quiet_until = 0.0
        self._gap_s = 0.0
        self._ended_at = 0.0
        self._heard_at = 0.0
        self._count = 0
        self._polls_in_row = 0
        """Polls since something else was sent: a line that polls fill still shows its calls."""

    def opened(self, now: float) -> None:
        """Begin anew; every member sends its state again."""
        self._running = None
        self._quiet_until = now
        for place in self._places:
            place.attempts = place.silences = 0
            place.asleep_until = 0.0
            place.member.opened(now)

    def lost(self, fault: DeviceFault, now: float) -> None:
        """Tell every member."""
        self._running = None
        for place in self._places:
            place.member.lost(now)

    def received(self, data: bytes, now: float) -> None:
        """Give *data* to whoever awaits it."""
        running = self._running
        if running is not None and running.echo:
            data = self._without_echo(running, data)
        if running is None or running.exchange.answers is None:
            self._unasked(data, now)
            return
        answers = running.exchange.answers
        before = answers.skipped
        running.said += answers.feed(data)
        self.skipped += answers.skipped - before

    def turn(self, out: Outlet, now: float) -> float:
        """Do what is due and return the seconds until the next turn."""
        if self._on_turn is not None:
            self._on_turn(now)
        if self._running is not None:
            self._go_on(self._running, out, now)
        if self._running is None and now >= self._quiet_until:
            self._begin(out, now)
        return self._wait_s(now)

    # -- one exchange

    def _begin(self, out: Outlet, now: float) -> None:
        for place in self._in_order(now):
            wanted = place.member.due(now)
            if wanted is None:
                continue
            self._count += 1
            self._polls_in_row = self._polls_in_row + 1 if place.member.polls else 0
            place.turn = self._count
            if wanted.answers is not None:
                wanted.answers.reset()
            self._running = _Running(
                place=place,
                exchange=wanted,
                began=now,
                left=wanted.data,
                moved=now,
                echo=wanted.data if wanted.echo else b"",
            )
            self._go_on(self._running, out, now)
            return

    def _in_order(self, now: float) -> list[_Place]:
        """Return the members that may be due: overdue polls first, then who waited longest."""
        awake = [p for p in self._places if now >= p.asleep_until]
        due = [(p.member.next_s(now), p) for p in awake]
        ready = [(late, p) for late, p in due if late <= 0]
        pads = sum(p.member.polls for p in self._places)
        starved = self._polls_in_row >= pads > 0
        ranked = sorted(ready, key=lambda r: (_rank(r[1], r[0], starved=starved), r[1].turn))
        return [p for _, p in ranked]

    def _go_on(self, running: _Running, out: Outlet, now: float) -> None:
        if running.left:
            taken = out.write(running.left)
            running.left = running.left[taken:]
            if taken:
                running.moved = now
            if running.left:
                if now - running.moved >= STUCK_S:
                    out.discard()
                    self._end(running, Silence(), now, whole=False)
                return
        if running.ends is None:
            wire = self._link.wire_s(len(running.exchange.data))
            left = max(now, running.began + wire)
            awaited = running.exchange.answers is not None
            running.ends = left + (running.exchange.timeout_s if awaited else 0.0)
        for answer in running.said:
            if self._is_answer(running.exchange, answer):
                self._end(running, answer, now)
                return
            if isinstance(answer, Event):
                self._tell(answer, now)
        running.said.clear()
        if now < running.ends:
            return
        if running.exchange.answers is None:
            self._end(running, Written(), now)
        elif running.over:
            self._end(running, Silence(), now)
        running.over = True  # a late thread reads first, then judges

    @staticmethod
    def _is_answer(wanted: Exchange, answer: Answer) -> bool:
        if None not in (wanted.address, answer.address) and wanted.address != answer.address:
            return False
        return wanted.poll or isinstance(answer, Ok | Nak)

    def _end(self, running: _Running, outcome: Outcome, now: float, *, whole: bool = True) -> None:
        self._running = None
        place, done = running.place, running.exchange
        self._gap_s = done.gap_s
        self._ended_at = now
        self._quiet_until = now + done.gap_s
        if done.answers is not None:
            before = done.answers.skipped
            done.answers.reset()
            self.skipped += done.answers.skipped - before
        if isinstance(outcome, Silence):
            place.attempts += 1
            # One that was silent before gets one attempt, and after a stuck port nobody gets more.
            if whole and place.attempts <= done.retries and not place.silences:
                return
            place.asleep_until = now + BACKOFF_S[min(place.silences, len(BACKOFF_S) - 1)]
            place.silences += 1
        else:
            place.silences = 0
        place.attempts = 0
        place.member.done(done, outcome, now)

    # -- what comes

    def _without_echo(self, running: _Running, data: bytes) -> bytes:
        """Take our own bytes off the front of *data* while they are the ones we sent."""
        same = 0
        for ours, theirs in zip(running.echo, data, strict=False):
            if ours != theirs:
                running.echo = b""  # it is no echo, or a broken one: the framer skips it
                break
            same += 1
        running.echo = running.echo[same:]
        return data[same:]

    def _unasked(self, data: bytes, now: float) -> None:
        if not data:
            return
        if self._running is None and now < self._quiet_until:
            # Somebody is still speaking; a line that never falls silent is noise.
            self._quiet_until = min(now + self._gap_s, self._ended_at + NOISE_S)
        if self._listens is None:
            self.skipped += len(data)
            return
        if now - self._heard_at > TORN_S:
            self._listens.reset()
        self._heard_at = now
        for answer in self._listens.feed(data):
            if isinstance(answer, Event):
                self._tell(answer, now)

    def _tell(self, event: Event, now: float) -> None:
        for place in self._places:
            place.member.heard(event, now)

    # -- time

    def _wait_s(self, now: float) -> float:
        running = self._running
        if running is not None:
            if running.left:
                return 0.005
            ends = running.ends if running.ends is not None else now
            return max(0.0, ends - now)
        moments = [max(p.asleep_until - now, p.member.next_s(now)) for p in self._places]
        soonest = min(moments, default=IDLE_S)
        return min(IDLE_S, max(TICK_S, self._quiet_until - now, soonest))


def _rank(place: _Place, late: float, *, starved: bool) -> tuple[int, float]:
    """Order of members that are due: polls first, the most overdue of them before the others; when
    every pad had its turn meanwhile, one of the others."""
    if place.member.polls:
        return (1, late)
    return (0 if starved else 2, 0.0)
