"""One open page of the kiosk and the citizen before it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from kiosk.content import Content
from kiosk.journey import Journey


@dataclass(slots=True)
class Page:
    """One open page and the citizen before it."""

    token: str
    journey: Journey
    content: Content | None
    """The catalogue this citizen sees; a new one comes in at the next home page."""
    acting: threading.Lock = field(default_factory=threading.Lock)


class UnknownPage(LookupError):  # noqa: N818  names the condition
    """This page was opened before the last start, or too many were opened since."""
