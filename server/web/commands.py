"""How a request becomes a command: key, body, once, answer."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec
from flask import Response, request

from server.actions.once import Answer, once, request_hash
from server.kit.contract.reasons import Refused
from server.store.work import Actor, Work
from server.web.services import services

B = TypeVar("B", bound=msgspec.Struct)
Words = Annotated[str, msgspec.Meta(max_length=200)]
"""Text in a command: a code, or a reason in words."""
LARGEST_INTEGER = 2**31
"""Beyond it no column holds a number; versions and ids stay far below."""


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request body without fields."""


def body_as(kind: type[B]) -> B:
    """Return the JSON body as *kind*; an empty body counts as `{}`.

    Raises:
        Refused: `malformed`, naming the field.
    """
    raw = request.get_data() or b"{}"
    try:
        body = msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("malformed", problem=_words(error)) from error
    if not _storable(body):
        raise Refused("malformed", problem="内容里有不能保存的字符或数字")
    return body


def _words(error: Exception) -> str:
    """Return what is wrong with a body, for the person who wrote the client."""
    text = str(error)
    if not isinstance(error, msgspec.ValidationError):
        return "不是正确的 JSON"
    if missing := re.search(r"missing required field `(\w+)`", text):
        return f"缺少“{missing[1]}”"
    if unknown := re.search(r"unknown field `(.*?)`", text, re.DOTALL):
        return f"没有“{unknown[1][:40]}”这一项"
    if where := re.search(r"at `\$\.?([^`]+)`", text):
        return f"“{where[1]}”的内容不对"
    return "应是一个 JSON 对象"


def _storable(value: object) -> bool:
    """Say whether both databases can hold *value*: no NUL in a text, no endless number."""
    match value:
        case str():
            return "\0" not in value
        case int():
            return -LARGEST_INTEGER < value < LARGEST_INTEGER
        case tuple():
            return all(_storable(one) for one in value)
        case msgspec.Struct():
            return all(_storable(getattr(value, name)) for name in value.__struct_fields__)
        case _:
            return True


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
