"""Devices that say what the test wants: a connection to a hall and acknowledgements, no more."""

from __future__ import annotations

import queue
from collections.abc import Sequence
from typing import Any

import msgspec

from server.kit.connection import Connection
from server.kit.contract import codec
from server.kit.contract.devices import Part, PartFault
from tests.support.hall import Client, RunningHall


class Standing:
    """An enrolled device that comes, says how it is, and goes."""

    def __init__(self, hall: RunningHall, kind: str, name: str, zone: str = "") -> None:
        self.hall = hall
        self.name = name
        self.client: Client = hall.enrol(kind, zone, name)
        self.uid: str = self.client.device  # type: ignore[attr-defined]
        self.inbox: queue.SimpleQueue[tuple[Any, str, Any]] = queue.SimpleQueue()
        self._connection: Connection | None = None

    def come(self, software: str = "1.4.0") -> Standing:
        """Connect."""
        connection = Connection(self.hall.url, self.inbox)
        hello = {"token": self.client.token, "contract": [codec.VERSION], "software": software}
        connection.open(hello, 5.0)
        self._connection = connection
        return self

    def say(
        self, *faults: str, parts: Sequence[Part] = (), content: str = "", sound: str = ""
    ) -> Standing:
        """Acknowledge with these faults and parts."""
        assert self._connection is not None
        status = {
            "faults": list(faults),
            "parts": [msgspec.to_builtins(p) for p in parts],
            "sound": sound,
        }
        ack = {"seq": 1, "content": content, "outputs": [], "status": status}
        self._connection.say("ack", ack)
        return self

    def go(self) -> None:
        """Be cut off."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def part(key: str, *faults: tuple[str, str], **more: Any) -> Part:
    """Return a part with faults given as (code, since in UTC)."""
    role = key.partition(":")[0]
    usual: dict[str, Any] = {
        "role": role,
        "name": {"printer": "打印机"}.get(role, key),
        "profile": {"printer": "epson_tm_cn", "led": "stx_etx_numeric"}.get(role, "generic"),
        "profile_name": {"printer": "Epson TM 中文机型", "led": "数码条屏"}.get(role, "通用"),
        "verified": "published_document",
        "port": "/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0",
    }
    found = tuple(PartFault(code=code, since=since) for code, since in faults)
    return Part(key=key, faults=found, **(usual | more))
