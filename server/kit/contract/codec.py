"""The envelope on the wire: strict when writing, lenient when reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from server.kit.contract.messages import BY_TYPE, STAFF, EventWithheld, Message

VERSION = 1
"""The contract's major number; see docs/contract.md."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A message with its place in the hall's sequence."""

    hall: str
    seq: int
    """Gapless within the hall, in commit order, from 1."""
    at: str
    """UTC, ISO-8601 with milliseconds: `2026-11-23T01:15:07.412Z`."""
    message: Message


def dump(event: Event) -> dict[str, Any]:
    """Return the envelope of *event*, ready for JSON.

    Raises:
        TypeError: the message's class is not in the contract.
    """
    return {
        "v": VERSION,
        "hall": event.hall,
        "seq": event.seq,
        "at": event.at,
        "type": _type_of(event.message),
        "data": msgspec.to_builtins(event.message),
    }


def public(event: Event) -> Event:
    """Return *event* as a public client may see it: itself, or a withheld one of the same number."""
    if event.message.AUDIENCE == STAFF:
        return msgspec.structs.replace(event, message=EventWithheld())
    return event


def load(envelope: Mapping[str, Any]) -> Event | None:
    """Return the event in *envelope*, or None when its type is newer than this reader.

    Unknown fields are skipped. A missing or wrongly typed known field raises
    `msgspec.ValidationError`, and so does another major version.
    """
    head = msgspec.convert(envelope, _Head)
    if head.v != VERSION:
        msg = f"contract version {head.v}, this reader speaks {VERSION}"
        raise msgspec.ValidationError(msg)
    kind = BY_TYPE.get(head.type)
    if kind is None:
        return None
    message = load_message(kind, head.data)
    return Event(hall=head.hall, seq=head.seq, at=head.at, message=message)


def load_message(kind: type[Message], data: Mapping[str, Any]) -> Message:
    """Return *data* as a message of *kind*, without the fields that this reader does not know."""
    known = {k: v for k, v in data.items() if k in kind.__struct_fields__}
    return msgspec.convert(known, kind)


def encode_message(message: Message) -> str:
    """Return *message* as JSON text for the log; the same message always gives the same text."""
    _type_of(message)
    return msgspec.json.encode(message).decode()


class _Head(msgspec.Struct, frozen=True):
    v: int
    hall: str
    seq: int
    at: str
    type: str
    data: dict[str, Any]


def _type_of(message: Message) -> str:
    if BY_TYPE.get(message.TYPE) is not type(message):
        msg = f"{type(message).__name__} is not in the contract"
        raise TypeError(msg)
    return message.TYPE
