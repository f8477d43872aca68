"""What an LED bar 条屏 shows, from the board: pure. A bar belongs to a counter, else to a zone.

The first of these that is true is shown: emergency, a called number, a number being served, paused
with its reason, closed, the slogan. Yesterday's numbers are void even while the server is away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from display.checked import of_today
from server.kit.contract.board import Board, CallLine
from server.kit.serial.profiles.frames import State

__all__ = ["SLOGAN", "Sign", "sign_of"]

SLOGAN = "欢迎光临"
"""What a bar shows while nobody is called and the site's file says nothing else."""
LEAVE = "请听从工作人员指挥，有序撤离"
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What a bar shows: a state of its profile and the words of it."""

    state: State
    words: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    call: tuple[str, int] | None = None
    """Identity and times of the call that it brings to people."""


def sign_of(
    board: Board | None, *, today: str = "", counter: str = "", zone: str = "", slogan: str = ""
) -> Sign:
    """Return what the bar of *counter*, or where that is empty of *zone*, shows.

    Args:
        board: the newest truth as the screen has it, None before the first.
        today: hall-local date while the server is away: a board of an earlier day has no numbers;
            empty = the server is there, and its word counts.
        counter: code of the bar's counter.
        zone: code of the zone of a bar without a counter; empty = the whole hall.
        slogan: what it shows while nobody is called; empty = the usual one.
    """
    idle = Sign(state="idle", words=MappingProxyType({"slogan": slogan or SLOGAN}))
    if board is None:
        return idle
    if today:
        board = of_today(board, today)
    if board.emergency is not None:
        return Sign(state="emergency", words=MappingProxyType({"text": board.emergency or LEAVE}))
    if not counter:
        return _of_zone(board, zone, idle)
    return _of_counter(board, counter, idle)


def _of_counter(board: Board, code: str, idle: Sign) -> Sign:
    line = next((c for c in board.counters if c.code == code), None)
    call = _foremost(c for c in board.calls if c.counter == code)
    if call is not None:
        return _at(call)
    if line is None:
        return idle  # the catalogue does not know it (yet)
    about = {"counter": code, "name": line.name, "reason": line.reason}
    if line.state == "paused":
        return Sign(state="paused", words=MappingProxyType(about))
    if line.state != "open" or board.day_state == "closed":
        return Sign(state="closed", words=MappingProxyType(about))
    return Sign(state="idle", words=MappingProxyType({**about, **idle.words}))


def _of_zone(board: Board, zone: str, idle: Sign) -> Sign:
    """A zone's bar shows whoever was called last and is still on the way, else the slogan."""
    here = (c for c in board.calls if (not zone or c.zone == zone) and c.state == "called")
    call = _foremost(here)
    if call is not None:
        return _at(call)
    if board.day_state == "closed":
        return Sign(state="closed")
    return idle


def _foremost(calls: Iterable[CallLine]) -> CallLine | None:
    """Return who is on the way before who is being served; the board lists the newest first."""
    found = list(calls)
    called = [c for c in found if c.state == "called"]
    return next(iter([*called, *found]), None)


def _at(call: CallLine) -> Sign:
    words = {
        "number": call.ticket,
        "digits": "".join(ch for ch in call.ticket if ch.isdecimal()),
        "counter": call.counter,
        "name": call.counter_name,
    }
    if call.state == "called":
        return Sign(state="call", words=MappingProxyType(words), call=(call.call, call.times))
    return Sign(state="serving", words=MappingProxyType(words))
