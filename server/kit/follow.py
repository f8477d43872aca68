"""How a client follows the log: fold what comes next, notice what is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from server.kit.contract import codec
from server.kit.contract.board import Board, evolve
from server.kit.contract.codec import Event
from server.kit.contract.messages import EventWithheld


class Follower:
    """A board and the rule by which it stays true.

    An event that was seen is dropped, the next one is folded, any later one means that something
    is missing and the server must be asked.
    """

    def __init__(self, board: Board | None) -> None:
        self.board = board
        self.run: str | None = None
        """Run of the server from which the board is known, as its welcome said."""
        self._trusted = board is not None

    @property
    def since(self) -> int | None:
        """What to ask the server for: the events after this one, or (None) everything."""
        return self.board.seq if self.board is not None and self._trusted else None

    def distrust(self) -> None:
        """Ask for everything next time: what is known may be wrong. It is still shown."""
        self._trusted = False

    def behind(self, seq: int) -> bool:
        """Return whether events up to *seq* are missing here."""
        return self.board is None or self.board.seq < seq

    def welcome(self, payload: Mapping[str, Any]) -> tuple[Event, ...] | None:
        """Take the server's truth; return the events of a replay, or None when it does not fit."""
        if payload["mode"] == "snapshot":
            self.board = msgspec.convert(payload["board"], Board)
            self._trusted = True
            self.run = payload.get("run")
            return ()
        fits = self.board is not None and self.board.hall == payload["hall"] and self._trusted
        events = self.fold(payload["events"]) if fits else None
        if events is None:
            self._trusted = False
        return events

    def fold(self, envelopes: Sequence[Mapping[str, Any]]) -> tuple[Event, ...] | None:
        """Fold the events that are new and return them; None, and no change, when one is missing."""
        board = self.board
        if board is None:
            return None
        new = []
        for envelope in envelopes:
            event = codec.load(envelope) or _unknown(envelope)
            if event.seq <= board.seq:
                continue
            if event.seq != board.seq + 1:
                return None
            board = evolve(board, event)
            new.append(event)
        self.board = board
        return tuple(new)


def _unknown(envelope: Mapping[str, Any]) -> Event:
    """Stand in for an event whose type is newer than this reader: it counts, and changes nothing."""
    return Event(
        hall=str(envelope["hall"]),
        seq=int(envelope["seq"]),
        at=str(envelope["at"]),
        message=EventWithheld(),
    )
