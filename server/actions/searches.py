"""Searches in vain 没找到的词: what citizens call things that we call otherwise."""

from __future__ import annotations

import re

from server.actions.devices import Nothing
from server.actions.settings import noted
from server.domain.people import Permission, Staff
from server.kit.contract.messages import SearchMissed
from server.kit.contract.reasons import Refused
from server.kit.contract.views import Done
from server.store import searches
from server.store.devices import Device
from server.store.work import Work

LONGEST_SEARCH = 24
"""Characters; nobody stands at a kiosk to type more."""
MOST_KEPT = 5000
"""Different texts of a hall; a list longer than that is read by nobody."""
NUMBER = re.compile(r"\d[\d\s-]{4,}[\dXx]")
"""What may be an identity, phone or account number: never kept."""


def record(w: Work, device: Device, *, text: str, language: str) -> Nothing:
    """Count a search that found nothing; what looks like a number of a person is not kept.

    Raises:
        Refused: `malformed` for an empty or too long text or language.
    """
    words = " ".join(text.split())
    if not words or len(words) > LONGEST_SEARCH or not re.fullmatch(r"[a-z]{2,8}", language):
        raise Refused("malformed", problem="搜索的词")
    if not NUMBER.search(words):
        searches.add(w, words, language, most=MOST_KEPT)
    w.publish(SearchMissed(device=device.uid))
    return Nothing()


def settle(w: Work, key: int, *, staff: Staff) -> Done:
    """Take a text off the list: somebody added the synonym, or it means nothing.

    Raises:
        Refused: `forbidden`, `not_found`.
    """
    staff.require(Permission.CONFIGURE)
    if not searches.settle(w, key):
        raise Refused("not_found", what="这个词")
    noted(w, f"search:{key}", was=None, value="settled")
    return Done(state="settled")
