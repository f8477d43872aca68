"""What an agent's disk remembers may be anything: what cannot be true is left out before it is shown.

A board from the server is sound by its contract; one from a file that another program, a failing
card or an old version wrote must not keep a screen dark until the server is back.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from msgspec.structs import replace

from server.kit.contract.board import Board

LONG_AGO = "0001-01-01"
"""In place of a business day that is no date: older than any, so that its numbers are void."""
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def checked(board: Board) -> Board:
    """Return *board* without moments that are none: a call without its time is not shown, a pause
    has no end, a queue says no hour."""
    return replace(
        board,
        date=board.date if _is_date(board.date) else LONG_AGO,
        calls=tuple(
            replace(c, serving_at=_sound(c.serving_at)) for c in board.calls if _sound(c.called_at)
        ),
        counters=tuple(replace(c, until=_sound(c.until)) for c in board.counters),
        queues=tuple(replace(q, resumes_at=_sound(q.resumes_at)) for q in board.queues),
    )


def of_today(board: Board, today: str) -> Board:
    """Return *board*, emptied when it is of an earlier date: yesterday's numbers are void.

    For a screen whose server is away over midnight; from a living server `hall.day` says the same,
    and its word counts more than this machine's date.
    """
    if board.date >= today:
        return board
    return replace(
        board,
        day_state="closed",
        calls=(),
        queues=tuple(replace(q, waiting=0) for q in board.queues),
        counters=tuple(
            replace(c, state="closed", reason="", until=None, ticket=None) for c in board.counters
        ),
    )


def _sound(utc: str | None) -> str | None:
    """Return *utc* when it is a moment of the wire between the years 2 and 9998: a time zone's
    distance must not lead out of what a date can say."""
    if utc is None or not MOMENT.fullmatch(utc):
        return None
    try:
        year = datetime.fromisoformat(utc).year
    except ValueError:
        return None
    return utc if 2 <= year <= 9998 else None


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
