"""What is in force on a screen at a moment: notices 公告, the 宣传 region, leaders on duty 坐班领导.
Pure: the catalogue holds past and future too, and time comes in as an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from display.slides import notice_pages
from display.view import LeaderRow, Promo
from display.words import department_words
from server.kit.contract.moments import moment
from server.kit.contract.screens import Media, Post
from server.kit.contract.views import Catalogue

REGION_KINDS = ("picture", "video", "honour")
"""A logo is no part of the region."""
MIN_SECONDS, MAX_SECONDS = 5, 120
"""A picture stands at least so long, to be looked at, and at most, so that the next has its turn."""
LEADER_DEPARTMENT_CHARS = 9
"""Longer names of departments stand with their short one beside a leader."""


def in_force(thing: Post | Media, now: str, zones: Sequence[str]) -> bool:
    """Return whether *thing* is to be shown at *now*, a UTC text, on a screen of *zones*.

    A screen of no zone in particular shows what is for one zone too: it hangs where all pass.
    """
    here = not thing.zone or not zones or thing.zone in zones
    begun = thing.from_at is None or thing.from_at <= now
    return here and begun and (thing.to_at is None or now < thing.to_at)


def notices(catalogue: Catalogue, now: datetime, zones: Sequence[str]) -> tuple[str, ...]:
    """Return the pages of notices in force."""
    at = moment(now)
    texts = [p.text for p in catalogue.posts if in_force(p, at, zones)]
    if not catalogue.posts:
        texts = list(catalogue.notices)  # a server from before notices had dates
    return notice_pages(texts)


def promotion(
    catalogue: Catalogue, now: datetime, zones: Sequence[str], has: Callable[[str], bool]
) -> tuple[Promo, ...]:
    """Return what turns in the 宣传 region: nothing whose file *has* not come, whole, to this screen.

    Args:
        has: whether the file of a digest can be shown now.
    """
    at = moment(now)
    return tuple(
        Promo(
            key=f"{m.uid}/{m.digest[:12]}",
            kind=m.kind,
            title=m.title,
            text=m.text,
            src=f"/media/{m.digest}" if m.digest and has(m.digest) else "",
            seconds=min(MAX_SECONDS, max(MIN_SECONDS, m.seconds)),
        )
        for m in catalogue.media
        if m.kind in REGION_KINDS
        and in_force(m, at, zones)
        and (m.kind == "honour" or (m.digest and has(m.digest)))
    )


def logo(catalogue: Catalogue, digest: str, has: Callable[[str], bool]) -> str:
    """Return the path of the logo *digest*, empty when the catalogue does not name it, or it is
    not here yet."""
    named = any(m.digest == digest for m in catalogue.media)
    return f"/media/{digest}" if digest and named and has(digest) else ""


def leaders(catalogue: Catalogue, today: str) -> tuple[LeaderRow, ...]:
    """Return who is on duty on *today*, a hall-local date, in the roster's order."""
    departments = {d.code: d for d in catalogue.departments}
    rows = []
    for n, leader in enumerate(catalogue.leaders):
        if leader.date != today:
            continue
        known = departments.get(leader.department)
        rows.append(
            LeaderRow(
                key=f"{leader.date}/{n}",
                department=department_words(known, LEADER_DEPARTMENT_CHARS) if known else "",
                post=leader.post,
                place=leader.place,
            )
        )
    return tuple(rows)
