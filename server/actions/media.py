"""Media 宣传: pictures, films, honour cards and logos; the files themselves lie beside the data."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from server.actions import showing as checks
from server.actions.settings import noted
from server.domain.people import Permission, Staff
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import MEDIA_KINDS, Media
from server.kit.contract.views import Done
from server.store import devices, showing
from server.store.media_files import NAME
from server.store.showing import Medium
from server.store.work import Read, Work

LONGEST_TITLE = 40
LONGEST_TEXT = 200
MOST_MEDIA = 60
"""Each stands for some seconds; more than that come round too seldom to be seen."""
PICTURES = frozenset({"image/png", "image/jpeg", "image/webp"})
FILMS = frozenset({"video/mp4", "video/webm"})
TAKES = {
    "picture": PICTURES,
    "video": FILMS,
    "honour": PICTURES,
    "logo": frozenset({"image/png", "image/jpeg"}),
}
"""Kind → types of its file. No SVG: it can carry script."""


def add(w: Work, media: Media, *, staff: Staff) -> Done:
    """Add a medium behind the others; its file, if any, is in its place already.

    Args:
        w: the command's work.
        media: what it is; its `uid` is given here.
        staff: who does it.

    Raises:
        Refused: `forbidden`, `not_found`, `malformed` naming what is wrong.
    """
    staff.require(Permission.CONFIGURE)
    zone = _checked(w, media)
    there = showing.media(w)
    if len(there) >= MOST_MEDIA:
        raise Refused("malformed", problem=f"宣传内容最多 {MOST_MEDIA} 项，请先删去旧的")
    uid = w.new_uid()
    row = _row(media, id=0, uid=uid, sort=1 + max((m.sort for m in there), default=-1))
    showing.add_medium(w, row, zone_id=zone)
    now = by_uid(w, uid)
    noted(w, f"media:{uid}", was=None, value=media_of(now))
    return Done(state="added", number=uid, version=now.version)


def change(w: Work, uid: str, media: Media, *, staff: Staff, expected: int) -> Done:
    """Change a medium; its kind stays.

    Raises:
        Refused: `forbidden`, `not_found`, `stale`, `malformed` naming what is wrong.
    """
    staff.require(Permission.CONFIGURE)
    before = by_uid(w, uid)
    same_kind = msgspec.structs.replace(media, kind=before.kind, uid=uid)
    zone = _checked(w, same_kind)
    if before.kind == "logo" and before.digest != media.digest:
        _require_unused(w, before)
    row = _row(same_kind, id=before.id, uid=uid, sort=before.sort)
    if not showing.set_medium(w, row, zone_id=zone, was=expected):
        raise Refused("stale", number=before.title)
    now = by_uid(w, uid)
    noted(w, f"media:{uid}", was=media_of(before), value=media_of(now))
    return Done(state="saved", number=uid, version=now.version)


def remove(w: Work, uid: str, *, staff: Staff, expected: int) -> Done:
    """Delete a medium; the caller deletes its file when nothing shows it any more.

    Raises:
        Refused: `forbidden`, `not_found`, `stale`, `malformed` for a logo in use.
    """
    staff.require(Permission.CONFIGURE)
    before = by_uid(w, uid)
    _require_unused(w, before)
    if not showing.drop_medium(w, before.id, was=expected):
        raise Refused("stale", number=before.title)
    noted(w, f"media:{uid}", was=media_of(before), value=None)
    return Done(state="removed")


def move(w: Work, uid: str, *, up: bool, staff: Staff) -> Done:
    """Show a medium one place earlier or later.

    Raises:
        Refused: `forbidden`, `not_found`.
    """
    staff.require(Permission.CONFIGURE)
    there = showing.media(w)
    before = [m.id for m in there]
    after = checks.moved(before, by_uid(w, uid).id, up=up)
    if after != before:
        showing.sort_media(w, after)
        uids = {m.id: m.uid for m in there}
        noted(w, "media", was=[uids[k] for k in before], value=[uids[k] for k in after])
    return Done(state="moved")


def by_uid(r: Read, uid: str) -> Medium:
    """Return a medium; raises `Refused("not_found")`."""
    found = next((m for m in showing.media(r) if m.uid == uid), None)
    if found is None:
        raise Refused("not_found", what="这项宣传内容")
    return found


def media_of(row: Medium) -> Media:
    """Return a medium as screens know it."""
    return Media(
        uid=row.uid,
        kind=row.kind,
        title=row.title,
        text=row.text,
        digest=row.digest,
        mime=row.mime,
        size=row.size,
        seconds=row.seconds,
        zone=row.zone,
        from_at=row.from_at,
        to_at=row.to_at,
    )


def _row(media: Media, *, id: int, uid: str, sort: int) -> Medium:  # noqa: A002  the column's name
    row = Medium(
        id=id,
        uid=uid,
        kind=media.kind,
        title=media.title.strip(),
        text=media.text.strip(),
        digest=media.digest,
        mime=media.mime,
        size=media.size,
        seconds=media.seconds,
        zone=media.zone,
        from_at=media.from_at,
        to_at=media.to_at,
        sort=sort,
        version=1,
    )
    return row if media.digest else replace(row, mime="", size=0)


def _checked(w: Work, media: Media) -> int | None:
    for wrong, problem in (
        (media.kind not in MEDIA_KINDS, "没有这种宣传内容"),
        (not 0 < len(media.title.strip()) <= LONGEST_TITLE, f"标题要有 1 到 {LONGEST_TITLE} 个字"),
        (len(media.text.strip()) > LONGEST_TEXT, f"文字最多 {LONGEST_TEXT} 个字"),
        (not 3 <= media.seconds <= 120, "停留时间是 3 到 120 秒"),
        (media.kind != "honour" and not media.digest, "请选一个文件"),
        (bool(media.digest) and not NAME.fullmatch(media.digest), "文件不对"),
    ):
        if wrong:
            raise Refused("malformed", problem=problem)
    if media.digest and media.mime not in TAKES[media.kind]:
        raise Refused("malformed", problem="文件的种类和宣传内容的种类不符")
    checks.require_order(media.from_at, media.to_at)
    return checks.zone_id(w, media.zone)


def _require_unused(w: Work, row: Medium) -> None:
    """Refuse to take a logo away from a screen that shows it."""
    using = [d.name for d in devices.every(w) if row.kind == "logo" and d.layout.logo == row.digest]
    if using:
        raise Refused("malformed", problem=f"“{using[0]}”正在用这个标志，请先在屏幕里换掉")
