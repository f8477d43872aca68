"""What staff ask of this box from afar, each done at most once.

    asks = Asks(link, {"test_page": print_test}, spawn=gevent.spawn, leave=agent.stop)
    asks.heard(change.events, fresh=change.fresh)

The event is only a bell: what is open is fetched, also after each reconnect. Before anything is
done the server has to agree to `begun`; when it does not, because the wish is too old, was carried
out already or is not for this box, nothing happens. A wish that an earlier run of this process began
is not done again: a restart has thereby succeeded, everything else counts as interrupted.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from server.kit.contract.codec import Event
from server.kit.contract.messages import DeviceAsked
from server.kit.contract.reasons import Refused
from server.kit.http import Unreachable

RESTART_STATUS = 75
"""Exit status of a process that staff asked to start anew (EX_TEMPFAIL of sysexits.h); its
supervisor starts it again: `RestartForceExitStatus=75` in a systemd unit."""
RESTART = "restart"

_log = logging.getLogger("hall.asks")

Deed = Callable[[str], tuple[bool, str]]
"""Does what was asked of the part with this key; returns whether it went well, and a code of what
came of it (empty = as expected)."""


class Asking(Protocol):
    """The part of the link that is needed here."""

    @property
    def device(self) -> str:
        """Uid of this device."""
        ...

    def call(self, path: str, body: Mapping[str, object], *, key: str) -> dict[str, Any]:
        """POST; raises `Refused` or `Unreachable`."""
        ...

    def get(self, path: str) -> dict[str, Any]:
        """GET; raises `Refused` or `Unreachable`."""
        ...


class Asks:
    """Carries out what staff ask of this box.

    Args:
        link: to the server.
        deeds: what may be asked → how it is done, on a greenlet of its own. That of `restart` waits
            until the box is free and returns True to be restarted by *leave*.
        spawn: runs a function beside the caller.
        leave: ends the process with `RESTART_STATUS`.
    """

    def __init__(
        self,
        link: Asking,
        deeds: Mapping[str, Deed],
        *,
        spawn: Callable[[Callable[[], None]], object],
        leave: Callable[[], None],
    ) -> None:
        self._link = link
        self._deeds = dict(deeds)
        self._spawn = spawn
        self._leave = leave
        self._known: set[str] = set()
        """Wishes this run has dealt with, or is dealing with."""
        self._untold: dict[str, tuple[str, str]] = {}
        """Wish → (state, detail) that the server could not be told yet."""
        self._fetching = threading.Lock()

    def heard(self, events: Sequence[Event], *, fresh: bool) -> None:
        """Look for what is to be done when an event says so, and after each (re)connect."""
        mine = any(
            isinstance(e.message, DeviceAsked) and e.message.device == self._link.device
            for e in events
        )
        if (mine or fresh) and self._link.device:
            self._spawn(self.fetch)

    def fetch(self) -> None:
        """Ask the server what is open, and begin each that is new here."""
        with self._fetching:
            self.tend()
            try:
                listed = self._link.get("/api/v1/devices/me/asks").get("asks")
            except (Refused, Unreachable) as e:
                _log.warning("what staff ask could not be fetched: %s", e)
                return
            for entry in listed if isinstance(listed, list) else []:
                ask, what = str(entry["ask"]), str(entry["what"])
                if ask in self._known:
                    continue
                self._known.add(ask)
                if entry["state"] == "begun":
                    again = what == RESTART
                    self._tell(ask, "done" if again else "failed", "" if again else "interrupted")
                else:
                    self._begin(ask, what, str(entry["part"]))

    def tend(self) -> None:
        """Tell the server again what it could not be told."""
        for ask, (state, detail) in list(self._untold.items()):
            self._tell(ask, state, detail)

    def _begin(self, ask: str, what: str, part: str) -> None:
        try:
            self._say(ask, "begun", "")
        except Refused as refused:
            _log.info("%s is not done: %s", what, refused)
            return
        except Unreachable as e:
            _log.warning("%s is not begun: %s", what, e)
            self._known.discard(ask)  # the same key again: begun once
            return
        self._spawn(lambda: self._do(ask, what, part))

    def _do(self, ask: str, what: str, part: str) -> None:
        _log.info("staff ask from afar: %s %s", what, part)
        deed = self._deeds.get(what)
        well, detail = deed(part) if deed else (False, "unsupported")
        if well and what == RESTART:
            self._leave()  # `done` is said by the run that comes after
            return
        self._tell(ask, "done" if well else "failed", detail)

    def _tell(self, ask: str, state: str, detail: str) -> None:
        self._untold[ask] = (state, detail)
        try:
            self._say(ask, state, detail)
        except Unreachable as e:
            _log.warning("what came of a wish could not be told yet: %s", e)
            return
        except Refused as refused:
            _log.warning("what came of a wish was not wanted: %s", refused)
        self._untold.pop(ask, None)

    def _say(self, ask: str, state: str, detail: str) -> None:
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"hallqueue:ask:{ask}:{state}"))
        body = {"state": state, "detail": detail}
        self._link.call(f"/api/v1/devices/me/asks/{ask}", body, key=key)
