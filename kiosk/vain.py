"""What citizens type in vain is told to the hall: a word that finds nothing is a word to add.

Fire and forget: it never delays a page, is dropped while the server is away, and nothing that could
be a number of a person ever leaves.
"""

from __future__ import annotations

import re
import threading
import unicodedata
import uuid
from collections.abc import Callable

import structlog

from kiosk.search import folded
from server.kit.commands import Calling
from server.kit.contract.reasons import Refused
from server.kit.http import Unreachable

SHORTEST = 2
LONGEST = 24
DIGITS = re.compile(r"(?:\d[\s\-_.]*){6,}")
"""Six digits in a row may be the beginning of an identity or phone number: never sent."""
AT_ONCE = 4
"""So many reports are under way at most; more are dropped."""

log = structlog.get_logger(__name__)


def worth_telling(text: str) -> str:
    """Return what may be told of a search that found nothing; empty for nothing."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    if not len(folded(plain)) >= SHORTEST or len(plain) > LONGEST or DIGITS.search(plain):
        return ""
    return plain


class VainSearches:
    """Tells the server.

    Args:
        reachable: whether the server answers now; without it nothing is kept.
        spawn: runs a function beside the caller.
    """

    def __init__(
        self,
        link: Calling,
        *,
        reachable: Callable[[], bool],
        spawn: Callable[[Callable[[], None]], object],
    ) -> None:
        self._link = link
        self._reachable = reachable
        self._spawn = spawn
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    def tell(self, text: str, language: str) -> None:
        """Report a search that was given up with nothing found; returns at once."""
        wanted = worth_telling(text)
        if not wanted or not self._reachable() or not self._slots.acquire(blocking=False):
            return
        self._spawn(lambda: self._send({"text": wanted, "language": language}))

    def _send(self, body: dict[str, object]) -> None:
        try:
            self._link.call("/api/v1/searches", body, key=str(uuid.uuid4()), tries=1)
        except (Refused, Unreachable) as e:
            # What was typed stays out of the log.
            log.info("search.untold", reason=getattr(e, "code", "unreachable"))
        finally:
            self._slots.release()
