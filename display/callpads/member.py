"""A call pad 呼叫器 or rater 评价器 on a line: its keys are told, the state of its counter is shown.

    pad = KeyDevice(profile, counter="3", params={"addr": 3}, pressed=queue_it)
    bus = Bus([pad], profile.link)
    pad.show(face_of(board, catalogue, "3", live=True)); worker.wake()

What it shows is always the newest truth: nothing is queued, a retry sends what is true then, and
after a reconnect, a silence or `repeat_s` it is sent again, for pads forget when their power fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from display.callpads.keys import Keys
from display.callpads.shown import AWAY, Face
from server.kit.serial.answers import Answers, Event, Nak
from server.kit.serial.bus import Exchange, Outcome, Silence, Standing, Written, exchange
from server.kit.serial.profiles.frames import FrameProfile, Show
from server.kit.serial.templates import encode, filled

ANSWER_S = 3.0
"""How long the answer to a key stands before the counter's state is shown again."""
TURNAROUND_S = 0.05
"""How long a pad may think before it answers, with the 16 ms by which a USB adapter holds bytes back
(FTDI latency timer, its factory setting); the time of the answer on the wire comes on top."""
REFUSED_PAUSE_S = 5.0
"""A device that refuses what it is to show is not asked at once again."""


@dataclass(frozen=True, slots=True)
class Press:
    """A key that was pressed just now."""

    counter: str
    name: str
    """What the profile calls the key: `next`, …, or `1` … `9` of a rater."""
    at: float
    """By the port's clock."""


class KeyDevice:
    """A `Member` of a bus. `show` and `answer` may be called from any thread; wake the worker then.

    Args:
        profile: how it speaks.
        counter: code of its counter.
        params: the site's values, such as its address.
        pressed: is given each press, on the port's thread, and must return at once.
    """

    def __init__(
        self,
        profile: FrameProfile,
        *,
        counter: str,
        params: Mapping[str, int | str] | None = None,
        pressed: Callable[[Press], object],
    ) -> None:
        self.profile = profile
        self.counter = counter
        self.standing = Standing()
        self.polls = profile.timing.poll_ms > 0 and profile.poll is not None
        """True where it must be asked; the bus asks such members first."""
        self.presses = 0
        """Presses that counted, for a check by hand."""
        self.last_key = ""
        """The last key heard, in hex, also one that the profile does not know."""
        self.replaced: tuple[str, ...] = ()
        """Characters of what it shows that it cannot show."""
        self._params = dict(params or {})
        self._pressed = pressed
        self._answers = Answers(profile)
        address = self._params.get("addr")
        if address is None and "addr" in profile.params:
            address = profile.params["addr"].default
        tells = profile.event is not None and profile.event.address_at is not None
        self._address = address if tells and isinstance(address, int) else None
        idle = bool(profile.event.idle) if profile.event else False
        self._keys = Keys(polled=self.polls, tells_idle=idle)
        self._face = AWAY
        self._answer: Face | None = None
        self._answer_until = float("-inf")
        self._answer_fresh = False
        self._shown: Face | None = None
        self._sending: Face | None = None
        self._shown_at = float("-inf")
        self._pause_until = float("-inf")
        self._poll_at = float("-inf")
        self._polled_last = False
        self._silent = False
        """True while a device that must be asked does not answer: nothing is shown to it then."""

    # -- from other threads

    def show(self, face: Face) -> None:
        """Show *face* from now on."""
        self._face = face

    def answer(self, face: Face) -> None:
        """Show *face* for a moment: what became of a key."""
        self._answer = face
        self._answer_fresh = True

    # -- Member

    def opened(self, now: float) -> None:
        """Begin anew: what it shows is unknown, and what was pressed meanwhile is not obeyed."""
        self._keys.reset()
        self._answers.reset()
        self._shown = None
        self._answer = None
        self._pause_until = float("-inf")
        self._poll_at = now
        self._silent = False
        self.standing.became("", now)

    def lost(self, now: float) -> None:
        """Take note that the port is gone."""
        self._shown = None
        self.standing.became("no_port", now)

    def next_s(self, now: float) -> float:
        """Return the seconds until it must be asked or shown something."""
        moments = []
        if self.polls:
            moments.append(self._poll_at - now)
        face, until = self._wanted(now)
        if self._show_of(face) is not None and not self._silent:
            if face != self._shown:
                moments.append(self._pause_until - now)
            elif self.profile.timing.repeat_s:
                moments.append(self._shown_at + self.profile.timing.repeat_s - now)
            moments.append(until - now)
        return min(moments, default=5.0)

    def due(self, now: float) -> Exchange | None:
        """Return the frame that is due: a new state between two questions, else the question."""
        face, _ = self._wanted(now)
        asks = self.polls and now >= self._poll_at
        if self._is_stale(face, now) and (self._polled_last or not asks):
            self._sending = face
            self._polled_last = False
            return self._frame(self._show_of(face), face)
        if asks:
            self._polled_last = True
            self._poll_at = now + self.profile.timing.poll_ms / 1000
            return self._frame(self.profile.poll, face, poll=True)
        return None

    def done(self, exchange: Exchange, outcome: Outcome, now: float) -> None:
        """Take what became of a frame."""
        if not (self.polls and isinstance(outcome, Written)):  # that a pad lives its answers say
            self.standing.after(outcome, now)
        if isinstance(outcome, Event):
            self._silent = False
            self._take(outcome, now)
        if isinstance(outcome, Silence):
            self._silent = self.polls
            self._shown = None  # whatever it is doing, it is told again when it is back
            return
        if exchange.poll:
            return
        if isinstance(outcome, Nak):
            self._pause_until = now + REFUSED_PAUSE_S
            return
        self._shown, self._shown_at = self._sending, now

    def heard(self, event: Event, now: float) -> None:
        """Take a key that came unasked, if it is this device's."""
        if self._address is None or event.address in (None, self._address):
            self.standing.after(event, now)
            self._take(event, now)

    # -- within

    def _take(self, event: Event, now: float) -> None:
        if event.name == "idle":
            self._keys.idle(now)
            return
        self.last_key = event.key
        if self._keys.pressed(event.key, now) and event.name:
            self.presses += 1
            self._pressed(Press(self.counter, event.name, now))

    def _wanted(self, now: float) -> tuple[Face, float]:
        """Return what is to be seen now, and until when at most."""
        if self._answer_fresh:
            self._answer_fresh = False
            self._answer_until = now + ANSWER_S
        answer = self._answer
        if answer is not None and now < self._answer_until:
            return answer, self._answer_until
        return self._face, float("inf")

    def _show_of(self, face: Face) -> Show | None:
        shows = self.profile.shows
        found = shows.get(face.state)
        if found is None and face.state == "serving":
            found = shows.get("call")
        return found if found is not None else shows.get("idle")

    def _is_stale(self, face: Face, now: float) -> bool:
        if self._show_of(face) is None or self._silent or now < self._pause_until:
            return False
        repeat = self.profile.timing.repeat_s
        return face != self._shown or bool(repeat and now >= self._shown_at + repeat)

    def _frame(self, show: Show | None, face: Face, *, poll: bool = False) -> Exchange:
        assert show is not None
        params, text, before = filled(self.profile, show, face.words, self._params)
        made = encode(self.profile, params, text, before=before)
        if not poll:
            self.replaced = made.replaced
        sent = exchange(self.profile, made.data, self._answers, address=self._address, poll=poll)
        if poll and self.profile.reply is None and self.profile.event is not None:
            answer_s = self.profile.link.wire_s(self.profile.event.length)
            sent = replace(sent, timeout_s=TURNAROUND_S + answer_s)
        return sent
