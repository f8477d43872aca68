"""Notices 公告: what screens say beside the calls, from a moment to a moment."""

from __future__ import annotations

from server.actions import showing as checks
from server.actions.settings import noted
from server.domain.people import Permission, Staff
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import Post
from server.kit.contract.views import Done
from server.store import showing
from server.store.showing import Notice
from server.store.work import Work

LONGEST_NOTICE = 120
"""Characters; a screen shows a notice as a still page, readable from the seats."""
MOST_NOTICES = 30
"""More are read by nobody: each stands for some seconds."""


def add(w: Work, post: Post, *, staff: Staff) -> Done:
    """Add a notice behind the others.

    Raises:
        Refused: `forbidden`, `not_found`, `malformed` naming what is wrong.
    """
    staff.require(Permission.CONFIGURE)
    zone = _checked(w, post)
    there = showing.notices(w)
    if len(there) >= MOST_NOTICES:
        raise Refused("malformed", problem=f"公告最多 {MOST_NOTICES} 条，请先删去过期的")
    key = showing.add_notice(
        w,
        text=post.text.strip(),
        zone_id=zone,
        from_at=post.from_at,
        to_at=post.to_at,
        sort=1 + max((n.sort for n in there), default=-1),
    )
    return _noted(w, key, was=None, state="added")


def change(w: Work, key: int, post: Post, *, staff: Staff, expected: int) -> Done:
    """Change a notice.

    Raises:
        Refused: `forbidden`, `not_found`, `stale`, `malformed` naming what is wrong.
    """
    staff.require(Permission.CONFIGURE)
    before = by_id(w, key)
    zone = _checked(w, post)
    if not showing.set_notice(
        w,
        key,
        text=post.text.strip(),
        zone_id=zone,
        from_at=post.from_at,
        to_at=post.to_at,
        was=expected,
    ):
        raise Refused("stale", number="公告")
    return _noted(w, key, was=before, state="saved")


def remove(w: Work, key: int, *, staff: Staff, expected: int) -> Done:
    """Delete a notice; the history keeps its words.

    Raises:
        Refused: `forbidden`, `not_found`, `stale`.
    """
    staff.require(Permission.CONFIGURE)
    before = by_id(w, key)
    if not showing.drop_notice(w, key, was=expected):
        raise Refused("stale", number="公告")
    noted(w, f"notice:{key}", was=post_of(before), value=None)
    return Done(state="removed")


def move(w: Work, key: int, *, up: bool, staff: Staff) -> Done:
    """Put a notice one place earlier or later.

    Raises:
        Refused: `forbidden`, `not_found`.
    """
    staff.require(Permission.CONFIGURE)
    before = [n.id for n in showing.notices(w)]
    after = checks.moved(before, key, up=up)
    if after != before:
        showing.sort_notices(w, after)
        noted(w, "notices", was=before, value=after)
    return Done(state="moved")


def by_id(w: Work, key: int) -> Notice:
    """Return a notice; raises `Refused("not_found")`."""
    found = next((n for n in showing.notices(w) if n.id == key), None)
    if found is None:
        raise Refused("not_found", what="这条公告")
    return found


def post_of(notice: Notice) -> Post:
    """Return a notice as screens know it."""
    return Post(text=notice.text, zone=notice.zone, from_at=notice.from_at, to_at=notice.to_at)


def _checked(w: Work, post: Post) -> int | None:
    if not 0 < len(post.text.strip()) <= LONGEST_NOTICE:
        raise Refused("malformed", problem=f"公告要有 1 到 {LONGEST_NOTICE} 个字")
    checks.require_order(post.from_at, post.to_at)
    return checks.zone_id(w, post.zone)


def _noted(w: Work, key: int, *, was: Notice | None, state: str) -> Done:
    now = by_id(w, key)
    noted(w, f"notice:{key}", was=None if was is None else post_of(was), value=post_of(now))
    return Done(state=state, number=str(key), version=now.version)
