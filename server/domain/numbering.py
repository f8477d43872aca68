"""Numbers 票号: a prefix and digits, restarting every day, never given twice."""

from __future__ import annotations

from server.kit.contract.reasons import Refused


def next_no(last_no: int | None, *, first: int, last: int, queue: str) -> int:
    """Return the number after *last_no* (None: nothing given today).

    Raises:
        Refused: `numbers_used_up` past the end of the series; numbers never wrap within a day.
    """
    number = first if last_no is None else last_no + 1
    if number > last:
        raise Refused("numbers_used_up", queue=queue)
    return number


def number_text(prefix: str, no: int, digits: int) -> str:
    """Return what is printed: `A012`; a longer number keeps all its digits."""
    return f"{prefix}{no:0{digits}d}"
