"""An LED bar 条屏 on a line: shows its sign, again after a reconnect, a silence and `repeat_s`.

    bar = Bar(profile, params={"addr": 3}, lit=note)
    bus = Bus([bar], profile.link)
    bar.show(sign_of(board, today=today, counter="3")); worker.wake()

What it shows is always the newest truth: nothing is queued, a retry sends what is true then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from display.led.panels import Sign
from server.kit.serial.answers import Answers, Event, Nak, Ok
from server.kit.serial.bus import Exchange, Outcome, Silence, Standing, Written, exchange
from server.kit.serial.profiles.frames import FrameProfile, Show
from server.kit.serial.templates import Encoded, encode, filled

__all__ = ["Bar", "frame_of"]

REFUSED_PAUSE_S = 5.0
"""A bar that refuses what it is to show is not asked at once again."""
NEVER = float("-inf")


def frame_of(profile: FrameProfile, sign: Sign, params: Mapping[str, int | str]) -> Encoded:
    """Return the frame that shows *sign* on a bar of *profile* with the site's *params*.

    A state that the profile does not know is shown as `idle`, `serving` as `call`.
    """
    values, text, before = filled(profile, show_of(profile, sign), sign.words, params)
    return encode(profile, values, text, before=before)


def show_of(profile: FrameProfile, sign: Sign) -> Show:
    """Return the show that *profile* has for the state of *sign*."""
    shows = profile.shows
    found = shows.get(sign.state)
    if found is None and sign.state == "serving":
        found = shows.get("call")
    return found if found is not None else shows["idle"]


class Bar:
    """A `Member` of a bus. `show` and `try_out` may be called from any thread; wake the worker then.

    Args:
        profile: how it speaks.
        params: the site's values, such as its address.
        lit: told, on the port's thread, of a call (identity, times) that the bar has confirmed, or
            that was written to a bar whose profile says `timing.written_counts`.
    """

    polls = False

    def __init__(
        self,
        profile: FrameProfile,
        *,
        params: Mapping[str, int | str] | None = None,
        lit: Callable[[tuple[str, int]], object] = lambda _call: None,
    ) -> None:
        self.profile = profile
        self.standing = Standing()
        self.replaced: tuple[str, ...] = ()
        """Characters of what it shows that it cannot show."""
        self.cut = False
        """True when what it shows does not fit whole."""
        self._params = dict(params or {})
        self._lit = lit
        self._answers = Answers(profile)
        self._address = _address(profile, self._params)
        self._sign: Sign | None = None
        self._test: tuple[Sign, float] | None = None
        """What is shown for a test instead, and for how long."""
        self._test_until = NEVER
        self._shown: Sign | None = None
        self._sending: Sign | None = None
        self._sent_at = NEVER
        self._shown_at = NEVER
        self._pause_until = NEVER

    @property
    def settled(self) -> bool:
        """Return whether it shows, as far as anybody can know, what it is to show."""
        return self._sign is not None and self._shown == self._sign

    # -- from other threads

    def show(self, sign: Sign) -> bool:
        """Show *sign* from now on; return whether that is news."""
        news = sign != self._sign
        self._sign = sign
        return news

    def try_out(self, sign: Sign, seconds: float) -> None:
        """Show *sign* for so long, then the truth again."""
        self._test_until = NEVER
        self._test = (sign, seconds)

    # -- Member

    def opened(self, now: float) -> None:
        """Begin anew: what it shows is unknown."""
        self._shown = None
        self._pause_until = NEVER
        self.standing.became("", now)

    def lost(self, now: float) -> None:
        """Take note that the port is gone."""
        self._shown = None
        self.standing.became("no_port", now)

    def next_s(self, now: float) -> float:
        """Return the seconds until it must be shown something."""
        wanted, until = self._wanted(now)
        if wanted is None:
            return until - now
        if wanted != self._shown:
            return self._pause_until - now
        repeat = self.profile.timing.repeat_s
        again = self._shown_at + repeat if repeat else float("inf")
        return min(again, until) - now

    def due(self, now: float) -> Exchange | None:
        """Return the frame of the newest sign when the bar does not show it, or not surely."""
        sign, _ = self._wanted(now)
        if sign is None or self.next_s(now) > 0:
            return None
        made = frame_of(self.profile, sign, self._params)
        self.replaced, self.cut = made.replaced, made.cut
        self._sending, self._sent_at = sign, now
        return exchange(
            self.profile,
            made.data,
            None if self._speaks_to_all() else self._answers,
            address=self._address,
        )

    def done(self, exchange: Exchange, outcome: Outcome, now: float) -> None:
        """Take what became of a frame."""
        self.standing.after(outcome, now)
        match outcome:
            case Silence():
                self._shown = None  # it is told again when it is back, whatever it shows by then
            case Nak():
                self._pause_until = now + REFUSED_PAUSE_S
            case Ok() | Written():
                self._shown, self._shown_at = self._sending, now
                if isinstance(outcome, Ok):
                    self.standing.took_s = now - self._sent_at
                self._tell(sure=isinstance(outcome, Ok))
            case Event():  # a bar has no keys
                pass

    def heard(self, event: Event, now: float) -> None:
        """Do nothing: a bar has no keys."""

    # -- within

    def _tell(self, *, sure: bool) -> None:
        call = self._shown.call if self._shown is not None else None
        if call is not None and (sure or self.profile.timing.written_counts):
            self._lit(call)

    def _wanted(self, now: float) -> tuple[Sign | None, float]:
        """Return what is to be seen now, and until when at most."""
        test = self._test
        sign = self._sign
        if sign is not None and sign.state == "emergency":
            test = self._test = None  # nothing goes before it
        if test is not None:
            if self._test_until == NEVER:
                self._test_until = now + test[1]
            if now < self._test_until:
                return test[0], self._test_until
            self._test = None
            self._test_until = NEVER
        return sign, float("inf")

    def _speaks_to_all(self) -> bool:
        return any(
            param.broadcast is not None and self._params.get(name, param.default) == param.broadcast
            for name, param in self.profile.params.items()
        )


def _address(profile: FrameProfile, params: Mapping[str, int | str]) -> int | None:
    """Return the address that answers must name, None where they name none."""
    reply = profile.reply
    if reply is None or "@addr" not in f"{reply.ok} {reply.nak}" or "addr" not in profile.params:
        return None
    value = params.get("addr", profile.params["addr"].default)
    return value if isinstance(value, int) else None
