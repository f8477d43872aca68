"""What clients say over Socket.IO; whatever does not fit these shapes is dropped or refused."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from server.kit.contract import codec
from server.kit.contract.devices import Part

Code = Annotated[str, Meta(max_length=64)]
Token = Annotated[str, Meta(max_length=512)]


class Hello(Struct, frozen=True, kw_only=True):
    """What a device says when it connects."""

    token: Token = ""
    contract: Annotated[list[int], Meta(max_length=16)] = msgspec.field(default_factory=list)
    since: int | None = None
    run: Code | None = None
    """`run` of the last welcome; None from a device that knows none."""
    content: Code = ""
    software: Code = ""


class StaffHello(Struct, frozen=True, kw_only=True):
    """What a staff page says when it connects; who it is stands in the session."""

    csrf: Token = ""
    contract: Annotated[list[int], Meta(max_length=16)] = msgspec.field(
        default_factory=lambda: [codec.VERSION]
    )
    since: int | None = None
    counter: Code = ""


class Sync(Struct, frozen=True, kw_only=True):
    """A client asks for what follows `since`, or for everything."""

    since: int | None = None


class Output(Struct, frozen=True, kw_only=True):
    """A call was brought to people by one output of a device."""

    call: Code
    times: int = 1
    output: Code
    """`page`, `voice` or `panel`."""
    at: Code
    """UTC."""


class DeviceStatus(Struct, frozen=True, kw_only=True):
    """How a device is."""

    faults: Annotated[list[Code], Meta(max_length=16)] = msgspec.field(default_factory=list)
    sound: Code = ""
    """Whether a display can be heard: `ok`, `muted`, `failed` or `none`; empty = it does not say."""
    parts: Annotated[list[Part], Meta(max_length=80)] = msgspec.field(default_factory=list)
    """What hangs on it."""


class Ack(Struct, frozen=True, kw_only=True):
    """What a device shows, every 10 s and after each call."""

    seq: int = 0
    content: Code = ""
    outputs: Annotated[list[Output], Meta(max_length=100)] = msgspec.field(default_factory=list)
    status: DeviceStatus = msgspec.field(default_factory=DeviceStatus)
