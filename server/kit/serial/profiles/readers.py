"""Card readers 身份证阅读器: how a number reaches the kiosk. No number is ever written into a profile."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from server.kit.serial.profiles.common import Id, Part, Positive, Verified


class ReaderProfile(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of reader."""

    id: Id
    name: str
    verified: Verified
    driver: Literal["wedge", "http", "websocket"]
    """`wedge`: the reader types like a keyboard; the others ask the maker's own local service."""
    number_path: tuple[str, ...] = ()
    """Keys that lead to the number in the service's JSON answer."""
    ok_path: tuple[str, ...] = ()
    ok: str | int | bool | None = None
    """What stands at `ok_path` when a card was read."""
    open_path: str = ""
    """Path of the request that reads a card, `/readcard`; of a WebSocket the one to connect to."""
    ask: str = ""
    """Text sent over a WebSocket to read a card; empty = it speaks by itself."""
    poll_ms: Positive = 700
    timeout_ms: Positive = 3000
    ends_with: Annotated[str, msgspec.Meta(max_length=8)] = "enter"
    """Of a wedge: the key that ends a number."""
    within_ms: Positive = 500
    """Of a wedge: a number's keys come this fast; slower ones are a person typing."""
    sources: dict[str, str]

    def faults(self) -> list[str]:
        """Return what cannot work, as `key: words`."""
        if self.driver != "wedge" and not self.number_path:
            return ["number_path: 要写明号码在应答里的位置"]
        return []
