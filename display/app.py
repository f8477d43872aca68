"""The running display: one link to the server, one screen, its pages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from display.media import MediaShelf
from display.screen import DEFAULT, Called, Screen
from display.view import BoardView
from server.kit.contract.moments import moment
from server.kit.contract.screens import DeviceSetup, Layout
from server.kit.contract.views import Catalogue
from server.kit.link import Change, LinkStatus, Output

PULSE_S = 2.0
"""A page hears at least this often, so that it can tell a still hall from a dead agent."""


_log = logging.getLogger("hall.display")


def keep_pulsing(pulse: Callable[[], object], sleep: Callable[[], object]) -> None:
    """Call *pulse* for ever, with a *sleep* after each."""
    while True:
        try:
            pulse()
        except Exception:
            # A broad except, as in the link: pages count their freshness from it, and a screen
            # must heal without a person, whatever the fault of one round was.
            _log.exception("a round failed, the next one follows")
        sleep()


class DisplayLink(Protocol):
    """The part of the link that a display needs."""

    @property
    def board_at(self) -> datetime | None:
        """When the board was last known to be true."""
        ...

    @property
    def catalogue(self) -> Catalogue | None:
        """The newest catalogue."""
        ...

    @property
    def setup(self) -> DeviceSetup | None:
        """What this device is told to be."""
        ...

    @property
    def clock_ahead_s(self) -> float:
        """By how much the server's clock is ahead of ours."""
        ...

    @property
    def status(self) -> LinkStatus:
        """How the link stands."""
        ...

    def ack(self, outputs: Sequence[Output], status: dict[str, object] | None = None) -> None:
        """Tell the server which calls reached people."""
        ...


class Display:
    """All that lives in a display process. One thread (greenlet) at a time may be inside.

    Args:
        link: where the truth comes from.
        screen: what is shown.
        now: this machine's time of day, aware; it is corrected by the server's.
        broadcast: sends a view to every page of this display.
        announce: takes the cues as they come: the place of the voice 语音 and of LED panels.
        media: the pictures and films of this screen; None = it shows none.
        layout: what the screen is until a manager has said what it shall be: the local settings.
    """

    def __init__(
        self,
        *,
        link: DisplayLink,
        screen: Screen,
        now: Callable[[], datetime],
        broadcast: Callable[[dict[str, Any]], None],
        announce: Callable[[tuple[Called, ...]], None] | None = None,
        media: MediaShelf | None = None,
        layout: Layout = DEFAULT,
    ) -> None:
        self.link = link
        self.screen = screen
        self._clock = now
        self._broadcast = broadcast
        self._announce = announce
        self._sent: BoardView | None = None
        self._sent_at: datetime | None = None
        self._painted: dict[tuple[str, int], str] = {}
        """Calls a page has painted -> when, while they are on the board."""
        self._acked: set[tuple[str, int]] = set()
        self.media = media
        self._layout = layout
        self._spoken = ""
        self._test: tuple[str, datetime] | None = None
        """What staff want to see here, and until when."""
        self._status: dict[str, object] = {"faults": []}
        """What staff are told of this screen with every acknowledgement."""
        self._furnish(link.catalogue)
        self._take_on(link.setup)

    def changed(self, change: Change) -> None:
        """Take what the link found out; `HallLink.start` gets this function."""
        now = self._now()
        catalogue = self.link.catalogue
        if change.catalogue_changed or self.screen.catalogue is None:
            self._furnish(catalogue)
        if change.setup_changed:
            self._take_on(self.link.setup)
        cues: tuple[Called, ...] = ()
        if change.board is not None:
            if change.fresh or self.screen.board is None:
                self.screen.reset(change.board)
            else:
                cues = self._follow(change, now)
        if cues:
            self._test = None  # people who are called come first
        if cues and self._announce is not None:
            self._announce(cues)
        self.pulse(force=True)
        self._acknowledge()

    def _furnish(self, catalogue: Catalogue | None) -> None:
        if catalogue is None:
            return
        self.screen.furnish(catalogue)
        if self.media is not None:
            self.media.want(catalogue.media)

    def _take_on(self, setup: DeviceSetup | None) -> None:
        """Be what the manager said, or, while nobody has, what the local settings say.

        Version 1 is the setup a device gets by being enrolled: nobody has chosen it.
        """
        if setup is None:
            return
        chosen = setup.version > 1
        self.screen.assign(setup.layout if chosen else self._layout, setup.zone)

    def tell(self, **status: object) -> None:
        """Tell staff how this screen is: `faults` (codes), `sound`; what is not named stays."""
        if self._status | status != self._status:
            self._status |= status
            self.link.ack((), dict(self._status))

    def complain(self, code: str, *, on: bool) -> None:
        """Tell staff of the fault *code* of this screen, or that it is over."""
        faults = self._status["faults"]
        assert isinstance(faults, list)
        others = [f for f in faults if f != code]
        self.tell(faults=sorted([*others, code]) if on else others)

    def _follow(self, change: Change, now: datetime) -> tuple[Called, ...]:
        try:
            return self.screen.fold(change.events, now)
        except ValueError:
            # Events are missing between our board and the link's: its board is the truth.
            assert change.board is not None
            self.screen.reset(change.board)
            return ()

    def view(self) -> BoardView:
        """Return what the pages show now."""
        truth = self.link.board_at
        view = self.screen.view(
            self._now(),
            status=self.link.status.value,
            truth=None if truth is None else truth + self._ahead(),
        )
        testing = self._testing(view)
        name = self.link.setup.name if testing and self.link.setup else ""
        return msgspec.structs.replace(view, speaking=self._spoken, test=testing, test_name=name)

    def try_out(self, what: str, seconds: float) -> bool:
        """Show the name of this screen (`identify`) or a test picture (`show_test`) over everything.

        It ends with the next call. In an emergency nothing is shown, and False returned.
        """
        if self.view().state == "emergency":
            return False
        self._test = (what, self._now() + timedelta(seconds=seconds))
        self.pulse(force=True)
        return True

    def _testing(self, view: BoardView) -> str:
        if self._test is None or view.state == "emergency" or self._now() >= self._test[1]:
            self._test = None
            return ""
        return self._test[0]

    def speaking(self, call: str) -> None:
        """Show which call is being spoken here; empty = none."""
        self._spoken = call
        self.pulse()

    def now(self) -> datetime:
        """Return the server's time."""
        return self._now()

    def _now(self) -> datetime:
        """Return the server's time: minutes of serving and the clock do not follow a wrong box."""
        return self._clock() + self._ahead()

    def _ahead(self) -> timedelta:
        return timedelta(seconds=self.link.clock_ahead_s)

    def pulse(self, *, force: bool = False) -> None:
        """Send the view when it changed or `PULSE_S` have passed; called every second."""
        view = self.view()
        now = self._now()
        due = self._sent_at is None or abs((now - self._sent_at).total_seconds()) >= PULSE_S
        if force or due or _still(view) != _still(self._sent):
            self._sent, self._sent_at = view, now
            self._broadcast(msgspec.to_builtins(view))

    def painted(self, calls: Iterable[tuple[str, int]]) -> None:
        """Take from a page that these calls (identity, times) are on the glass."""
        at = moment(self._now())
        for call, times in calls:
            if self.screen.shown(call, times):
                self._painted.setdefault((call, times), at)
        self._acknowledge()

    def _acknowledge(self) -> None:
        """Tell the server once of every painted call; what it could not hear is told later."""
        here = {k: at for k, at in self._painted.items() if self.screen.shown(*k)}
        self._painted = here
        self._acked &= here.keys()
        if self.link.status is not LinkStatus.LIVE:
            return
        new = [k for k in here if k not in self._acked]
        if new:
            self._acked.update(new)
            self.link.ack([Output(call=c, times=t, output="page", at=here[c, t]) for c, t in new])


def _still(view: BoardView | None) -> BoardView | None:
    """Return *view* without what runs by itself on the page."""
    if view is None:
        return None
    return msgspec.structs.replace(
        view, now_ms=0, time="", seconds="", truth_ms=None, truth_time=""
    )
