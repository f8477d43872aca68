"""Devices on a shared line, as `bus.py` drives them: exchanges, outcomes, how each stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from server.kit.serial.answers import Answer, Answers, Event, Nak
from server.kit.serial.profiles import FrameProfile


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing that could be understood came in time, after all retries."""


@dataclass(frozen=True, slots=True)
class Written:
    """The frame has left and no answer is foreseen: nobody knows what became of it."""


Outcome = Answer | Silence | Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A frame to be sent and what is awaited; made by `exchange` from a profile."""

    data: bytes
    answers: Answers | None = None
    """What reads the answer; None = none is awaited."""
    address: int | None = None
    """Answers that name another address are not this one's."""
    poll: bool = False
    """True for a question to a pad: it goes before everything else and any answer ends it."""
    timeout_s: float = 0.5
    """From the last byte on the wire."""
    retries: int = 0
    gap_s: float = 0.02
    """Silence afterwards."""
    echo: bool = False


def exchange(
    profile: FrameProfile,
    data: bytes,
    answers: Answers | None = None,
    *,
    address: int | None = None,
    poll: bool = False,
) -> Exchange:
    """Return the exchange of *data* by the manners of *profile*.

    Args:
        profile: whose timing and reply count.
        data: the frame.
        answers: reads the answer; None = none is awaited, as for a broadcast.
        address: only an answer from it counts.
        poll: True for a question to a pad or rater.
    """
    reply, timing = profile.reply, profile.timing
    awaited = answers if poll or reply is not None else None
    return Exchange(
        data=data,
        answers=awaited,
        address=address,
        poll=poll,
        timeout_s=(reply.timeout_ms if reply and not poll else timing.answer_ms) / 1000,
        retries=reply.retries if reply and not poll else 0,
        gap_s=timing.gap_ms / 1000,
        echo=timing.echo,
    )


class Member(Protocol):
    """A device on a shared line."""

    @property
    def polls(self) -> bool:
        """Return whether it keeps a poll time, so that it goes before the others."""
        ...

    def due(self, now: float) -> Exchange | None:
        """Return what is to be sent now, None when nothing is. Asked again until `done`, so that a
        retry sends the newest truth."""
        ...

    def done(self, exchange: Exchange, outcome: Outcome, now: float) -> None:
        """Take what became of *exchange*; a `Silence` comes after all retries."""
        ...

    def heard(self, event: Event, now: float) -> None:
        """Take a key that the device told unasked, or while something else was awaited."""
        ...

    def opened(self, now: float) -> None:
        """Begin anew: the port is open; what the device shows is unknown."""
        ...

    def lost(self, now: float) -> None:
        """Take note that the port is gone; may come again and again."""
        ...

    def next_s(self, now: float) -> float:
        """Return the seconds until something is due; 0 or less when it is due now."""
        ...


@dataclass(slots=True)
class Standing:
    """How a member is, kept for staff by the members themselves; times are the port's clock."""

    fault: str = "no_port"
    """Empty, `no_port`, `silent` or `refused`; a box that has just started has no port yet."""
    code: int = 0
    """The device's own reason when it refused."""
    since: float | None = None
    """When the fault began."""
    confirmed: float | None = None
    """When it last answered as it should."""
    took_s: float = 0.0

    def became(self, fault: str, now: float, code: int = 0) -> None:
        """Take *fault* (empty = none); the moment stays while the fault does."""
        if self.fault != fault or self.since is None:
            self.fault, self.since = fault, now
        self.code = code

    def after(self, outcome: Outcome, now: float) -> None:
        """Take what became of an exchange; what is merely written ends a fault and proves nothing."""
        match outcome:
            case Silence():
                self.became("silent", now)
            case Nak(code=code):
                self.became("refused", now, code)
            case Written():
                self.became("", now)
            case _:
                self.became("", now)
                self.confirmed = now
