"""Commands and questions to the server by HTTP: short time-outs, kept connections, clear refusals."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import msgspec
import urllib3

from server.kit.contract.reasons import REASONS, Refused

TRY_PAUSE_S = 0.2
"""Between two attempts of one request."""


class Unreachable(Exception):  # noqa: N818  the design's word
    """The server gave no answer that can be used; the same key may be tried again at any time.

    Attributes:
        said: why, when the server did answer, with a failure of its own (5xx); None when it did not.
    """

    def __init__(self, problem: str, said: Refused | None = None) -> None:
        super().__init__(problem)
        self.said = said


class ServerHttp:
    """The server at *url*. Connections are kept alive and send at once (urllib3 sets TCP_NODELAY)."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(maxsize=8, retries=False)

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None,
        headers: Mapping[str, str],
        *,
        timeout_s: float,
        tries: int = 1,
    ) -> dict[str, Any]:
        """Return the answer's JSON object.

        Raises:
            Refused: the server said no (4xx).
            Unreachable: no usable answer after *tries*, each at most *timeout_s*.
        """
        for attempt in range(1, tries + 1):
            try:
                return answered(self.send(method, path, body, headers, timeout_s=timeout_s))
            except Unreachable:
                if attempt == tries:
                    raise
                time.sleep(TRY_PAUSE_S)
        raise ValueError("tries must be at least 1")

    def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None,
        headers: Mapping[str, str],
        *,
        timeout_s: float,
    ) -> urllib3.BaseHTTPResponse:
        """Return the answer whatever its status; raises `Unreachable` when there is none."""
        try:
            return self._pool.request(
                method,
                self._url + path,
                body=None if body is None else msgspec.json.encode(body),
                headers={"Content-Type": "application/json", **headers},
                timeout=urllib3.Timeout(total=timeout_s),
                redirect=False,
            )
        except (urllib3.exceptions.HTTPError, OSError) as problem:
            raise Unreachable(str(problem)) from None


def answered(answer: urllib3.BaseHTTPResponse) -> dict[str, Any]:
    """Return the answer's JSON object; a refusal is raised, anything else is `Unreachable`."""
    try:
        data = msgspec.json.decode(answer.data) if answer.data else {}
    except msgspec.DecodeError:
        data = None
    if 400 <= answer.status < 500:
        raise _refused(data if isinstance(data, dict) else {})
    if not 200 <= answer.status < 300 or not isinstance(data, dict):
        told = isinstance(data, dict) and data.get("code") in REASONS
        raise Unreachable(f"status {answer.status}", _refused(data) if told and data else None)
    return data


def _refused(problem: Mapping[str, Any]) -> Refused:
    """Return the refusal of a problem; a code newer than this reader keeps the server's words."""
    code = str(problem.get("code", ""))
    context = problem.get("context")
    if code in REASONS:
        return Refused(code, **(context if isinstance(context, dict) else {}))
    return Refused("malformed", problem=str(problem.get("detail", code)))
