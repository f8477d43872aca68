"""Call pads 呼叫器: a key press is a command."""

from __future__ import annotations

from typing import Literal

import msgspec
from flask import Blueprint, Response

from server.actions import pads
from server.store.work import Actor
from server.web.auth import require_device
from server.web.commands import Words, body_as, command

bp = Blueprint("pads", __name__)


class PressBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key of a counter's pad was pressed."""

    counter: Words
    key: Literal["next", "recall", "start", "finish", "no_show", "pause", "resume"]
    expected: int | None = None
    """The counter's version as the pad showed it; None skips the check."""
    pressed_at: Words | None = None
    """UTC by the server's clock; a press that lay on the way for too long is refused."""


@bp.post("/pads/presses")
def press() -> Response:
    """Do what the pressed key asks for, for the clerk who has the counter open."""
    device = require_device("display", "pad")
    body = body_as(PressBody)
    return command(
        Actor("device", device.uid),
        lambda w: pads.press(
            w,
            device,
            counter=body.counter,
            key=body.key,
            expected=body.expected,
            pressed_at=body.pressed_at,
        ),
    )
