"""Synonyms 同义词 of an item: how people call what the law calls otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from server.actions import searches
from server.actions.settings import noted
from server.domain.people import Permission, Staff
from server.kit.contract.reasons import Refused
from server.kit.contract.views import Done
from server.store import showing
from server.store.work import Work

LONGEST_WORD = searches.LONGEST_SEARCH
MOST_WORDS = 60


def set_keywords(w: Work, item: str, words: Sequence[str], *, staff: Staff, expected: int) -> Done:
    """Replace the synonyms of an item; kiosks find it by them after the next home page.

    Raises:
        Refused: `forbidden`, `not_found`, `stale`, `malformed` naming what is wrong.
    """
    info = w.config.item(item)
    staff.require(Permission.CONFIGURE)
    found = list(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))
    if len(found) > MOST_WORDS:
        raise Refused("malformed", problem=f"一个事项最多 {MOST_WORDS} 个同义词")
    if any(not any(c.isalnum() for c in word) for word in found):
        raise Refused("malformed", problem="同义词里至少要有一个字")
    long = next((word for word in found if len(word) > LONGEST_WORD), None)
    if long is not None:
        raise Refused(
            "malformed", problem=f"“{long[:LONGEST_WORD]}…”太长，一个词最多 {LONGEST_WORD} 个字"
        )
    if not showing.set_keywords(w, info.id, found, was=expected):
        raise Refused("stale", number=info.name)
    if list(info.keywords) != found:
        noted(w, f"keywords:{item}", was=list(info.keywords), value=found)
    return Done(state="saved", version=expected + 1)


def adopt(w: Work, item: str, word: str, *, miss: int, staff: Staff) -> Done:
    """Add what citizens typed in vain to an item, and take it off the list.

    Raises:
        Refused: `forbidden`, `not_found`, `malformed`.
    """
    info = w.config.item(item)
    now = showing.item_version(w, info.id)
    done = Done(state="saved", version=now)
    if word not in info.keywords:
        done = set_keywords(w, item, [*info.keywords, word], staff=staff, expected=now)
    searches.settle(w, miss, staff=staff)
    return done
