# ruff: noqa: E402  gevent patches before anything is imported
"""A display process whose link is told by the test what the server said.

Agent, display, screen, pages and `/page` are the product's; only the network to the server is
missing. Run as a script with a port (0 = a free one); prints the port on the first line.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import gevent
import msgspec
from flask import jsonify, request

from display.app import Display
from display.pages import TOO_SMALL, legible, painted, routes
from display.screen import Screen
from server.kit.agent import Agent
from server.kit.contract.board import Board, evolve
from server.kit.contract.codec import Event
from server.kit.contract.messages import (
    BY_TYPE,
    TicketCalled,
    TicketIssued,
    TicketLeft,
    TicketServing,
)
from server.kit.contract.moments import moment
from server.kit.contract.screens import DeviceSetup, Layout, Media
from server.kit.contract.views import Catalogue
from server.kit.link import Change, LinkStatus, Output
from tests.display.halls import board, catalogue


class Told:
    """A link that knows what the test told it."""

    def __init__(self) -> None:
        self.board: Board | None = None
        self.board_at: datetime | None = None
        self.clock_ahead_s = 0.0
        self.catalogue: Catalogue | None = None
        self.setup: DeviceSetup | None = None
        self.status = LinkStatus.CONNECTING
        self.acks: list[Output] = []
        self.told: dict[str, object] = {}

    def ack(self, outputs: Sequence[Output], status: dict[str, object] | None = None) -> None:
        self.acks += outputs
        if status is not None:
            self.told = status


class Folder:
    """A media shelf whose files the test put into *folder*."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._mimes: dict[str, str] = {}

    def want(self, media: Sequence[Media]) -> None:
        self._mimes = {m.digest: m.mime for m in media}

    def has(self, digest: str) -> bool:
        return self.path(digest) is not None

    def path(self, digest: str) -> tuple[Path, str] | None:
        path = self._folder / digest
        return (path, self._mimes[digest]) if digest in self._mimes and path.is_file() else None


def now() -> datetime:
    return datetime.now(UTC)


def main(port: int, orientation: str = "auto", media_folder: str = "/nowhere") -> None:
    link = Told()
    agent = Agent("display", "display")
    shelf = Folder(media_folder)
    layout = Layout(orientation=orientation)
    display = Display(
        link=link,
        screen=Screen(layout, has=shelf.has),
        now=now,
        broadcast=agent.broadcast,
        media=shelf,  # type: ignore[arg-type]  # the same three questions
        layout=layout,
    )
    agent.app.register_blueprint(routes(display))
    agent.on("painted", lambda message: display.painted(painted(message)))
    agent.on("legible", lambda message: display.complain(TOO_SMALL, on=not legible(message)))
    state = {"age_s": 0.0, "quiet": False}

    def change(events: tuple[Event, ...] = (), *, fresh: bool = False) -> None:
        display.changed(
            Change(
                board=link.board,
                events=events,
                fresh=fresh,
                catalogue_changed=fresh,
                status=link.status,
            )
        )

    def take(*messages: Any) -> None:
        events = []
        for message in messages:
            assert link.board is not None
            event = Event(hall="main", seq=link.board.seq + 1, at=moment(now()), message=message)
            link.board = evolve(link.board, event)
            events.append(event)
        change(tuple(events))

    @agent.app.post("/test/fresh")
    def fresh() -> Any:
        """Give the display a truth: {"board": changes, "catalogue": changes, "waiting": n}."""
        body = request.get_json()
        today = f"{now() + timedelta(hours=8):%Y-%m-%d}"
        base = board(date=today, waiting=body.get("waiting", 0))
        if body.get("counter_names"):
            base = msgspec.structs.replace(
                base,
                counters=tuple(
                    msgspec.structs.replace(c, name=body["counter_names"]) for c in base.counters
                ),
            )
        known = msgspec.to_builtins(base) | body.get("board", {})
        link.board = msgspec.convert(known, Board)
        here = msgspec.to_builtins(catalogue()) | body.get("catalogue", {})
        link.catalogue = msgspec.convert(here, Catalogue)
        link.status = LinkStatus.LIVE
        change(fresh=True)
        return jsonify({})

    @agent.app.post("/test/layout")
    def layout_changed() -> Any:
        """A manager chose another layout for this screen."""
        version = link.setup.version + 1 if link.setup else 2
        chosen = msgspec.convert(request.get_json(), Layout)
        link.setup = DeviceSetup(
            device="d", version=version, kind="display", name="一楼大屏", zone="", layout=chosen
        )
        display.changed(
            Change(
                board=link.board, events=(), fresh=False, catalogue_changed=False,
                setup_changed=True, status=link.status,
            )
        )  # fmt: skip
        return jsonify({})

    @agent.app.get("/test/told")
    def told() -> Any:
        return jsonify(link.told)

    @agent.app.post("/test/events")
    def events() -> Any:
        take(*[msgspec.convert(e["data"], BY_TYPE[e["type"]]) for e in request.get_json()])
        return jsonify(seq=link.board.seq if link.board else 0)

    @agent.app.post("/test/truth")
    def truth() -> Any:
        """Make the last word of the server `age_s` old, and let it stay so."""
        state["age_s"] = request.get_json()["age_s"]
        link.status = LinkStatus.LOST if state["age_s"] else LinkStatus.LIVE
        change()
        return jsonify({})

    @agent.app.post("/test/tickets")
    def tickets() -> Any:
        """Play the life of so many tickets, four events each, one change to the page for each."""
        body = request.get_json()
        for n in range(body["from"], body["from"] + body["count"]):
            ticket, counter = f"A{n % 1000:03d}", str(n % 17 + 1)
            call = TicketCalled(
                call=f"call{n}", ticket=ticket, queue="A", counter=counter,
                counter_name=f"{counter}号窗口", zone="1F", times=1, speak=True, waiting=0,
            )  # fmt: skip
            take(TicketIssued(ticket=ticket, queue="A", waiting=1))
            take(call)
            gevent.sleep(0.001)  # the line to the page gets its turn
            take(TicketServing(ticket=ticket, counter=counter))
            take(TicketLeft(ticket=ticket, queue="A", counter=counter, reason="done", waiting=0))
        return jsonify({})

    @agent.app.get("/test/acks")
    def acks() -> Any:
        return jsonify([[a.call, a.times, a.output] for a in link.acks])

    def tick() -> None:
        while True:
            if link.status is not LinkStatus.CONNECTING:
                link.board_at = now() - timedelta(seconds=state["age_s"])
            display.pulse()
            gevent.sleep(0.5)

    def ready() -> None:
        gevent.spawn(tick)
        print(agent.port, flush=True)

    agent.run("127.0.0.1", port, ready=ready)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
