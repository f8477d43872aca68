"""A display whose hall lives a day in a row of HTTP requests; see screen_day.py.

Run as a script with a port. `POST /play {"seconds": n}` lets *n* seconds of the hall pass, ten events
and a view in each, and answers when the page has taken the last of them. As in a hall, a page that is
busy with one view gets the newest one next; it is never more than `BEHIND_S` seconds behind.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import gevent
from flask import jsonify, request

from display.app import Display
from display.pages import painted, routes
from display.screen import Screen
from server.kit.agent import Agent
from server.kit.contract.board import Board
from server.kit.contract.codec import Event
from server.kit.contract.messages import (
    Message,
    QueueForecast,
    TicketCalled,
    TicketIssued,
    TicketLeft,
    TicketServing,
)
from server.kit.contract.moments import moment
from server.kit.contract.screens import Layout
from server.kit.contract.views import Catalogue
from server.kit.link import Change, LinkStatus, Output
from tools.gallery_screens import ALL, Scene, board_of, catalogue_of

PER_S = 10
"""Events in a second of the hall."""
BEHIND_S = 10
BEGIN = datetime(2026, 11, 23, tzinfo=UTC)


class Still:
    """A link that says nothing by itself."""

    setup = None
    clock_ahead_s = 0.0
    status = LinkStatus.LIVE

    def __init__(self, catalogue: Catalogue, board: Board) -> None:
        self.catalogue: Catalogue | None = catalogue
        self.board = board
        self.board_at: datetime | None = BEGIN
        self.acks = 0

    def ack(self, outputs: Sequence[Output], status: dict[str, object] | None = None) -> None:
        self.acks += len(outputs)


def life(catalogue: Catalogue) -> Iterator[Message]:
    """Yield what happens in a busy hall, for ever: at every counter one ticket after the other is
    taken, called, served and gone, and each queue's forecast moves."""
    queues = {q.code: q for q in catalogue.queues}
    counters = [
        (c, next(q for q in queues.values() if c.code in q.counters)) for c in catalogue.counters
    ]
    waiting = dict.fromkeys(queues, 6)
    for n in count():
        for step in range(4):
            for counter, queue in counters:
                ticket = f"{queue.prefix}{n % 1000:03d}"
                if step == 0:
                    waiting[queue.code] = 3 + (n + len(ticket)) % 9
                    yield TicketIssued(ticket=ticket, queue=queue.code, waiting=waiting[queue.code])
                elif step == 1:
                    yield TicketCalled(
                        call=f"call-{n}-{counter.code}", ticket=ticket, queue=queue.code,
                        counter=counter.code, counter_name=counter.name, zone=counter.zone,
                        times=1, speak=True, waiting=waiting[queue.code],
                    )  # fmt: skip
                elif step == 2:
                    yield TicketServing(ticket=ticket, counter=counter.code)
                    yield QueueForecast(
                        queue=queue.code,
                        low_min=5 * (n % 7),
                        high_min=5 * (n % 7) + 15,
                        rough=n % 3 == 0,
                    )
                else:
                    yield TicketLeft(
                        ticket=ticket, queue=queue.code, counter=counter.code, reason="done",
                        waiting=waiting[queue.code],
                    )  # fmt: skip


def main(port: int) -> None:
    """Serve until the end."""
    catalogue = catalogue_of()
    board = board_of(catalogue, Scene(calls=0), BEGIN)
    link = Still(catalogue, board)
    agent = Agent("display", "display")
    clock = [BEGIN]
    screen = Screen(Layout(regions=ALL))
    display = Display(link=link, screen=screen, now=lambda: clock[0], broadcast=agent.broadcast)
    agent.app.register_blueprint(routes(display))
    agent.on("painted", lambda message: display.painted(painted(message)))
    messages = life(catalogue)
    views = [0]
    line = agent._page
    answered = line._seen

    def seen(sid: str) -> None:
        views[0] += 1
        answered(sid)

    line._seen = seen  # type: ignore[method-assign]  # counts, and goes on
    seq = count(board.seq + 1)
    display.changed(
        Change(board=board, events=(), fresh=True, catalogue_changed=False, status=link.status)
    )

    @agent.app.post("/play")
    def play() -> Any:
        """Let so many seconds pass; every view of them is taken by the page."""
        seconds = int(request.get_json()["seconds"])
        for second in range(1, seconds + 1):
            clock[0] += timedelta(seconds=1)
            link.board_at = clock[0]
            at = moment(clock[0])
            events = tuple(
                Event(hall="main", seq=next(seq), at=at, message=next(messages))
                for _ in range(PER_S)
            )
            display.changed(
                Change(
                    board=screen.board, events=events, fresh=False, catalogue_changed=False,
                    status=link.status,
                )
            )  # fmt: skip
            gevent.sleep(0)
            if second % BEHIND_S == 0 or second == seconds:
                taken(agent)
        return jsonify(acks=link.acks, views=views[0])

    agent.run("127.0.0.1", port, ready=lambda: print(agent.port, flush=True))


def taken(agent: Agent) -> None:
    """Wait until no page has a view that it did not answer."""
    while any(p.asked_at is not None for p in agent._page._pages.values()):
        gevent.sleep(0.0005)


if __name__ == "__main__":
    main(int(sys.argv[1]))
