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


class _Fetcher:
    """One thread that asks the server when it is wanted, and again until the answer will do."""

    NAME = ""
    """What is fetched, for the thread and the log."""

    def __init__(
        self, *, http: ServerHttp, keeping: Keeping, headers: Callable[[], Mapping[str, str]]
    ) -> None:
        self._http = http
        self._keeping = keeping
        self._headers = headers
        self._wanted = threading.Event()
        self._stopping = False

    def start(self) -> None:
        """Begin to work."""
        threading.Thread(target=self._run, name=f"hall-{self.NAME}", daemon=True).start()

    def stop(self) -> None:
        """End after the request under way."""
        self._stopping = True
        self._wanted.set()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._stopping:
                return
            try:
                done = self._fetch()
            except (Unreachable, Refused, msgspec.ValidationError) as problem:
                _log.warning("the %s could not be fetched: %s", self.NAME, problem)
                done = False
            if not done:
                time.sleep(PAUSE_S)
                self._wanted.set()

    def _fetch(self) -> bool:
        """Ask once; return whether that will do for now."""
        raise NotImplementedError


class CatalogueFetcher(_Fetcher):
    """Has the catalogue of the digest asked for, sooner or later.

    Args:
        headers: the device's credentials now; raises `Refused` while it is not enrolled.
        found: called from the fetching thread with every new catalogue.
    """

    NAME = "catalogue"

    def __init__(
        self,
        *,
        http: ServerHttp,
        keeping: Keeping,
        headers: Callable[[], Mapping[str, str]],
        found: Callable[[Catalogue], None],
    ) -> None:
        super().__init__(http=http, keeping=keeping, headers=headers)
        self._found = found
        self._known = keeping.catalogue()
        self._digest = ""

    @property
    def known(self) -> Catalogue | None:
        """The newest catalogue fetched or kept."""
        return self._known

    def want(self, digest: str) -> None:
        """Have the catalogue of *digest*; does nothing when it is known."""
        self._digest = digest
        if not self._satisfied():
            self._wanted.set()

    def _satisfied(self) -> bool:
        return self._known is not None and self._known.digest == self._digest

    def _fetch(self) -> bool:
        found = self._fetched()
        if found is not None:
            self._known = found
            self._keeping.keep_catalogue(found)
            self._found(found)
        return self._satisfied()

    def _fetched(self) -> Catalogue | None:
        """Return the catalogue in force, None when it is the known one (304 by its ETag)."""
        headers = dict(self._headers())
        if self._known is not None:
            headers["If-None-Match"] = f'"{self._known.digest}"'
        answer = self._http.send("GET", "/api/v1/catalogue", None, headers, timeout_s=5.0)
        if answer.status == 304:
            return None
        return msgspec.convert(known_fields(answered(answer), Catalogue), Catalogue)


class SetupFetcher(_Fetcher):
    """Has what this device is told to be, sooner or later after each `want`.

    Args:
        headers: the device's credentials now; raises `Refused` while it is not enrolled.
        found: called from the fetching thread with every setup that is another than the known one.
    """

    NAME = "setup"

    def __init__(
        self,
        *,
        http: ServerHttp,
        keeping: Keeping,
        headers: Callable[[], Mapping[str, str]],
        found: Callable[[DeviceSetup], None],
    ) -> None:
        super().__init__(http=http, keeping=keeping, headers=headers)
        self._found = found
        self.known = keeping.setup()
        """The newest setup fetched or kept."""

    def want(self) -> None:
        """Ask the server soon."""
        self._wanted.set()

    def _fetch(self) -> bool:
        answer = self._http.send("GET", "/api/v1/devices/me", None, self._headers(), timeout_s=5.0)
        found = msgspec.convert(known_fields(answered(answer), DeviceSetup), DeviceSetup)
        if found != self.known:
            self.known = found
            self._keeping.keep_setup(found)
            self._found(found)
        return True
