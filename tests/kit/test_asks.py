"""What staff ask from afar is done at most once, and what came of it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from server.kit.asks import Asks, Deed
from server.kit.contract.codec import Event
from server.kit.contract.messages import DeviceAsked
from server.kit.contract.reasons import Refused
from server.kit.http import Unreachable


class Server:
    """The two addresses as a link sees them."""

    device = "d1"

    def __init__(self, *asks: dict[str, str]) -> None:
        self.open = list(asks)
        self.said: list[tuple[str, str, str]] = []
        self.keys: set[str] = set()
        self.over: set[str] = set()
        self.away = False
        self.heard_last = False
        """Whether the list still came before the line broke."""

    def get(self, path: str) -> dict[str, Any]:
        assert path == "/api/v1/devices/me/asks"
        if self.away and not self.heard_last:
            raise Unreachable("away")
        return {"asks": self.open}

    def call(self, path: str, body: Mapping[str, object], *, key: str) -> dict[str, Any]:
        if self.away:
            raise Unreachable("away")
        ask = path.rpartition("/")[2]
        if ask in self.over:
            raise Refused("not_found", what=ask)
        if key not in self.keys:
            self.keys.add(key)
            self.said.append((ask, str(body["state"]), str(body["detail"])))
        return {}


def asked(ask: str, what: str = "test_page", state: str = "asked") -> dict[str, str]:
    return {"ask": ask, "what": what, "part": "printer", "state": state, "asked_at": "x"}


def told(device: str = "d1") -> Event:
    message = DeviceAsked(device=device, ask="a1", what="test_page", part="")
    return Event(hall="main", seq=1, at="x", message=message)


class Box:
    """What is done, without a thread."""

    def __init__(self, server: Server, **deeds: Deed) -> None:
        self.done: list[str] = []
        self.left = 0
        known: dict[str, Deed] = {"test_page": self.print, "restart": lambda _: (True, "")}
        self.asks = Asks(server, {**known, **deeds}, spawn=now, leave=self.leave)

    def print(self, part: str) -> tuple[bool, str]:
        self.done.append(part)
        return True, ""

    def leave(self) -> None:
        self.left += 1


def now(work: Callable[[], None]) -> None:
    work()


def test_a_wish_is_begun_done_and_told() -> None:
    server = Server(asked("a1"))
    box = Box(server)
    box.asks.heard([told()], fresh=False)

    assert box.done == ["printer"]
    assert server.said == [("a1", "begun", ""), ("a1", "done", "")]


def test_an_event_that_comes_twice_is_done_once() -> None:
    server = Server(asked("a1"))
    box = Box(server)
    for _ in range(3):
        box.asks.heard([told()], fresh=False)

    assert box.done == ["printer"]


def test_wishes_to_another_box_are_not_fetched() -> None:
    server = Server(asked("a1"))
    box = Box(server)
    box.asks.heard([told("d2")], fresh=False)

    assert box.done == []


def test_after_a_reconnect_what_was_missed_is_done() -> None:
    server = Server(asked("a1"))
    box = Box(server)
    box.asks.heard([], fresh=True)

    assert box.done == ["printer"]


def test_what_the_server_does_not_agree_to_is_not_done() -> None:
    """It was too old when `begun` arrived, or another run of this box was faster."""
    server = Server(asked("a1"))
    server.over = {"a1"}
    box = Box(server)
    box.asks.fetch()

    assert (box.done, server.said) == ([], [])


def test_nothing_is_done_while_the_server_is_away_and_once_when_it_is_back() -> None:
    server = Server(asked("a1"))
    box = Box(server)
    server.away = server.heard_last = True
    box.asks.fetch()
    assert box.done == []
    server.away = False
    box.asks.fetch()
    box.asks.fetch()

    assert box.done == ["printer"]


def test_what_could_not_be_told_is_told_later() -> None:
    server = Server(asked("a1"))

    def cut(_part: str) -> tuple[bool, str]:
        server.away = True
        return False, "paper_out"

    box = Box(server, test_page=cut)
    box.asks.fetch()
    server.away = False
    box.asks.tend()
    box.asks.tend()

    assert server.said == [("a1", "begun", ""), ("a1", "failed", "paper_out")]


def test_a_restart_is_done_by_the_run_after_it() -> None:
    server = Server(asked("a1", "restart"))
    box = Box(server)
    box.asks.fetch()
    assert (box.left, server.said) == (1, [("a1", "begun", "")])

    server.open = [asked("a1", "restart", "begun")]
    again = Box(server)
    again.asks.heard([], fresh=True)
    assert (again.left, server.said[-1]) == (0, ("a1", "done", ""))


def test_a_restart_that_does_not_suit_is_refused_with_a_word() -> None:
    server = Server(asked("a1", "restart"))
    box = Box(server, restart=lambda _: (False, "busy"))
    box.asks.fetch()

    assert (box.left, server.said[-1]) == (0, ("a1", "failed", "busy"))


def test_what_an_earlier_run_began_is_not_done_again() -> None:
    """A kiosk killed in the middle of a test page does not know whether it came out."""
    server = Server(asked("a1", "test_page", "begun"))
    box = Box(server)
    box.asks.fetch()

    assert (box.done, server.said) == ([], [("a1", "failed", "interrupted")])


def test_what_this_box_cannot_do_is_said() -> None:
    server = Server(asked("a1", "identify"))
    box = Box(server)
    box.asks.fetch()

    assert server.said[-1] == ("a1", "failed", "unsupported")
