"""Fetches the catalogue and the device's setup when they changed, and keeps them on disk."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping

import msgspec

from server.kit.contract.reasons import Refused
from server.kit.contract.screens import DeviceSetup
from server.kit.contract.views import Catalogue
from server.kit.http import ServerHttp, Unreachable, answered
from server.kit.keeping import Keeping, known_fields

PAUSE_S = 2.0
"""Between two attempts."""

_log = logging.getLogger("hall.link")


class CatalogueFetcher:
    """One thread that has the catalogue of the digest asked for, sooner or later.

    Args:
        headers: the device's credentials now; raises `Refused` while it is not enrolled.
        found: called from this thread with every new catalogue.
    """

    def __init__(
        self,
        *,
        http: ServerHttp,
        keeping: Keeping,
        headers: Callable[[], Mapping[str, str]],
        found: Callable[[Catalogue], None],
    ) -> None:
        self._http = http
        self._keeping = keeping
        self._headers = headers
        self._found = found
        self._known = keeping.catalogue()
        self._digest = ""
        self._wanted = threading.Event()
        self._stopping = False

    @property
    def known(self) -> Catalogue | None:
        """The newest catalogue fetched or kept."""
        return self._known

    def start(self) -> None:
        """Begin to work."""
        threading.Thread(target=self._run, name="hall-catalogue", daemon=True).start()

    def stop(self) -> None:
        """End after the request under way."""
        self._stopping = True
        self._wanted.set()

    def want(self, digest: str) -> None:
        """Have the catalogue of *digest*; does nothing when it is known."""
        self._digest = digest
        if not self._satisfied():
            self._wanted.set()

    def _satisfied(self) -> bool:
        return self._known is not None and self._known.digest == self._digest

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._stopping:
                return
            try:
                found = self._fetched()
            except (Unreachable, Refused, msgspec.ValidationError) as problem:
                _log.warning("the catalogue could not be fetched: %s", problem)
                found = None
            if found is not None:
                self._known = found
                self._keeping.keep_catalogue(found)
                self._found(found)
            if not self._satisfied():
                time.sleep(PAUSE_S)
                self._wanted.set()

    def _fetched(self) -> Catalogue | None:
        """Return the catalogue in force, None when it is the known one (304 by its ETag)."""
        headers = dict(self._headers())
        if self._known is not None:
            headers["If-None-Match"] = f'"{self._known.digest}"'
        answer = self._http.send("GET", "/api/v1/catalogue", None, headers, timeout_s=5.0)
        if answer.status == 304:
            return None
        return msgspec.convert(known_fields(answered(answer), Catalogue), Catalogue)


class SetupFetcher:
    """One thread that has what this device is told to be, sooner or later after each `want`.

    Args:
        headers: the device's credentials now; raises `Refused` while it is not enrolled.
        found: called from this thread with every setup that is another than the known one.
    """

    def __init__(
        self,
        *,
        http: ServerHttp,
        keeping: Keeping,
        headers: Callable[[], Mapping[str, str]],
        found: Callable[[DeviceSetup], None],
    ) -> None:
        self._http = http
        self._keeping = keeping
        self._headers = headers
        self._found = found
        self.known = keeping.setup()
        """The newest setup fetched or kept."""
        self._wanted = threading.Event()
        self._stopping = False

    def start(self) -> None:
        """Begin to work."""
        threading.Thread(target=self._run, name="hall-setup", daemon=True).start()

    def stop(self) -> None:
        """End after the request under way."""
        self._stopping = True
        self._wanted.set()

    def want(self) -> None:
        """Ask the server soon."""
        self._wanted.set()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._stopping:
                return
            try:
                found = self._fetched()
            except (Unreachable, Refused, msgspec.ValidationError) as problem:
                _log.warning("the setup could not be fetched: %s", problem)
                time.sleep(PAUSE_S)
                self._wanted.set()
                continue
            if found != self.known:
                self.known = found
                self._keeping.keep_setup(found)
                self._found(found)

    def _fetched(self) -> DeviceSetup:
        answer = self._http.send("GET", "/api/v1/devices/me", None, self._headers(), timeout_s=5.0)
        return msgspec.convert(known_fields(answered(answer), DeviceSetup), DeviceSetup)
