"""How a request becomes a command: key, body, once, answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TypeVar

import msgspec
from flask import Response, request

from server.actions.once import Answer, once, request_hash
from server.kit.contract.reasons import Refused
from server.store.work import Actor, Work
from server.web.services import services

B = TypeVar("B", bound=msgspec.Struct)


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request body without fields."""


def body_as(kind: type[B]) -> B:
    """Return the JSON body as *kind*; an empty body counts as `{}`.

    Raises:
        Refused: `malformed`, naming the field.
    """
    raw = request.get_data() or b"{}"
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("malformed", problem=str(error)) from error


def require_key() -> str:
    """Return the request's Idempotency-Key, a UUID in lower case.

    Raises:
        Refused: `key_required`.
    """
    try:
        return str(uuid.UUID(request.headers.get("Idempotency-Key", "")))
    except ValueError as error:
        raise Refused("key_required") from error


def command(actor: Actor, do: Callable[[Work], msgspec.Struct]) -> Response:
    """Run *do* once for this key and answer with its JSON."""
    key = require_key()
    digest = request_hash(request.path, request.get_data())
    answer = services().run(actor, lambda w: once(w, key=key, digest=digest, do=do))
    return answered(answer)


def answered(answer: Answer) -> Response:
    """Return an answer as a response; a replay says so in its header."""
    response = Response(answer.text, content_type="application/json")
    if answer.replayed:
        response.headers["Idempotent-Replay"] = "true"
    return response


def json_of(value: object) -> Response:
    """Return *value* as JSON."""
    return Response(msgspec.json.encode(value), content_type="application/json")
