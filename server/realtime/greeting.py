"""What a client that connects is told: the events it missed, or the whole board."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from server.kit.contract import codec
from server.kit.contract.messages import HallDay
from server.kit.contract.moments import moment
from server.realtime.fanout import Source

REPLAY_MAX = 500
"""A client that missed more events gets a snapshot instead: it is smaller."""


class Greeter:
    """Answers "what is the truth?" by replay or snapshot."""

    def __init__(self, source: Source, now: Callable[[], datetime]) -> None:
        self._source = source
        self._now = now
        self._run = secrets.token_urlsafe(9)

    def common(self, since: int | None, run: str | None) -> int | None:
        """Return *since* if what a client saw up to it is what this log holds, else None.

        Args:
            since: the last event that the client has seen.
            run: what the `welcome` said from which the client knows; None says nothing.

        The log of another run of the server may have been replaced by a backup since, and have
        grown beyond *since* with other events.
        """
        return since if run in {None, self._run} else None

    def welcome(self, hall: str, since: int | None, *, public: bool) -> dict[str, Any]:
        """Return the payload of `welcome` for a client that has seen everything up to *since*."""
        head = {
            "contract": codec.VERSION,
            "hall": hall,
            "now": moment(self._now()),
            "run": self._run,
        }
        events = None if since is None else self._missed(hall, since)
        if events is None:
            board = msgspec.to_builtins(self._source.board(hall))
            return {**head, "mode": "snapshot", "board": board}
        shown = [codec.dump(codec.public(e) if public else e) for e in events]
        return {**head, "mode": "replay", "events": shown}

    def _missed(self, hall: str, since: int) -> list[codec.Event] | None:
        """Return the events after *since*, None when a snapshot serves better."""
        if not 0 <= self._source.last_seq(hall) - since <= REPLAY_MAX:
            return None
        events = list(self._source.events_after(hall, since, REPLAY_MAX + 1))
        another_day = any(
            isinstance(e.message, HallDay) and e.message.state == "open" for e in events
        )
        return None if another_day or len(events) > REPLAY_MAX else events
