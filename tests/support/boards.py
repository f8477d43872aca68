"""Boards of a small hall."""

from __future__ import annotations

from server.kit.contract.board import Board, CounterLine, QueueLine


def empty_board(hall: str = "main") -> Board:
    """Return the board of two queues and seventeen counters before the first event."""
    return Board(
        hall=hall,
        seq=0,
        date="2026-11-23",
        day_state="open",
        digest="d0",
        emergency=None,
        queues=tuple(
            QueueLine(code=code, waiting=0, issuing=True, reason="", resumes_at=None, service_s=600)
            for code in "AB"
        ),
        counters=tuple(
            CounterLine(
                code=str(n),
                name=f"{n}号窗口",
                zone="1F",
                state="open",
                reason="",
                until=None,
                clerk_label="",
                ticket=None,
            )
            for n in range(1, 18)
        ),
        calls=(),
    )
