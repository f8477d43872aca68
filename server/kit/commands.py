"""What an agent asks of its hall by HTTP: enrolment, commands with their key, questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from server.kit.contract import codec
from server.kit.contract.reasons import Refused
from server.kit.http import ServerHttp
from server.kit.keeping import Keeping


class Calling(Protocol):
    """Whoever gives commands needs no more of a link."""

    def call(
        self,
        path: str,
        body: Mapping[str, object],
        *,
        key: str,
        timeout_s: float = 2.0,
        tries: int = 2,
    ) -> dict[str, Any]:
        """Give a command, as `Commands.call`."""
        ...


class Calls(Calling, Protocol):
    """Commands, and questions."""

    def get(self, path: str) -> dict[str, Any]:
        """Ask a question, as `Commands.get`."""
        ...


class Commands:
    """The half of a link that needs no connection kept open.

    Args:
        url: `http://10.0.0.5:8100`, without trailing slash.
        keeping: where the device's token is kept.
        software: version of the agent's software.
    """

    def __init__(self, url: str, keeping: Keeping, software: str) -> None:
        self._url = url
        self._keeping = keeping
        self._software = software
        self._device = keeping.device()
        self.http = ServerHttp(url)

    def _enrolled(self) -> None:
        """Go on at once as the device that this now is."""

    def enrol(self, token: str, name: str) -> None:
        """Exchange a one-time token for this device's own, kept in a file of mode 0600.

        Raises:
            Refused: the token is wrong, used or expired.
            Unreachable: no usable answer; the token may have been used up.
            OSError: the answer could not be kept; nothing was asked.
        """
        self._keeping.try_out()
        body: dict[str, object] = {"token": token, "name": name}
        body |= {"software": self._software, "contract": [codec.VERSION]}
        answer = self.http.ask("POST", "/api/v1/devices/enrol", body, {}, timeout_s=5.0)
        self._device = self._keeping.keep_device(answer)
        self._enrolled()

    def call(
        self,
        path: str,
        body: Mapping[str, object],
        *,
        key: str,
        timeout_s: float = 2.0,
        tries: int = 2,
    ) -> dict[str, Any]:
        """Give a command; repeated with the same *key* it is done once and answered alike.

        Raises:
            Refused: the server said no (4xx) and why.
            Unreachable: no usable answer after *tries*.
        """
        headers = {**self.credentials(), "Idempotency-Key": key}
        return self.http.ask("POST", path, body, headers, timeout_s=timeout_s, tries=tries)

    def get(self, path: str) -> dict[str, Any]:
        """Ask a question; raises as `call`."""
        return self.http.ask("GET", path, None, self.credentials(), timeout_s=2.0, tries=2)

    def credentials(self) -> dict[str, str]:
        """Return the header that proves who this device is; raises `Refused` before it is enrolled."""
        if self._device is None:
            raise Refused("device_unknown")
        return {"Authorization": f"Bearer {self._device.token}"}
