"""宣传: the pictures, films, honour cards and logos, and how their files arrive."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator

import gevent
from flask import g, request
from gevent.lock import RLock

from server.actions import media as media_acts
from server.domain.pictures import NotTakenError, kind_of
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import MEDIA_KINDS, Media
from server.reads.settings import MEDIA_ZH
from server.store import showing
from server.store.media_files import Arriving, DiskFullError
from server.store.showing import Medium
from server.web.manage.fields import Fields, typed_moment
from server.web.manage.frame import (
    OPENED,
    Page,
    Stale,
    attempt,
    bp,
    change,
    once_for,
    saved,
    show,
    stale_since,
)
from server.web.manage.shown import ask_once_more, in_order, typed_zone
from server.web.services import services

MB = 1024 * 1024
LARGEST = {"picture": 8 * MB, "video": 200 * MB, "honour": 8 * MB, "logo": 2 * MB}
"""Bytes of a file by kind; a picture of a 4K screen is about 3 MB."""
LARGEST_BODY = 208 * MB
"""Bytes of the largest request: a film and the fields beside it."""
HINTS = {
    "picture": "PNG、JPEG 或 WebP，最大 8 MB",
    "video": "MP4（H.264）或 WebM，最大 200 MB；叫号播报时静音",
    "honour": "标题和文字，可配一张图片",
    "logo": "PNG 或 JPEG，最大 2 MB；背景最好透明",
}
FULL = "服务器磁盘快满了，这个文件没有保存。请清理磁盘后再传"

_files = RLock()
"""Between a file's arrival and its row's commit no other request may delete the file."""


@bp.post("/media/<uid>/move")
def move_media(uid: str) -> Page:
    """Show a medium one place earlier or later."""
    up = Fields(request.form).get("to") == "up"
    change(lambda w, staff: media_acts.move(w, uid, up=up, staff=staff))
    return saved("顺序已改。", "manage.shown")


def receive() -> None:
    """Let the body of this request be large, and write its file to the disk as it comes."""
    length = request.content_length or 0
    request.max_content_length = LARGEST_BODY
    g.arriving = services().media.arriving(LARGEST["video"], length)


OPENED["manage.medium"] = receive
OPENED["manage.new_medium"] = receive


@bp.teardown_request
def let_go(_: BaseException | None) -> None:
    """Leave nothing of a file behind that was not kept."""
    arriving: Arriving | None = g.pop("arriving", None)
    if arriving is not None:
        arriving.__exit__(None, None, None)


@bp.errorhandler(DiskFullError)
def on_disk_full(_: DiskFullError) -> tuple[str, int]:
    """Say that there is no room; nothing half is kept."""
    return (show("full.html", "shown", crumbs=[("没有保存", "")], words=FULL), 507)


@bp.route("/media/new/<kind>", methods=["GET", "POST"])
def new_medium(kind: str) -> Page:
    """A new picture, film, honour card or logo."""
    if kind not in MEDIA_KINDS:
        raise Refused("not_found", what="这种宣传内容")
    if request.method == "GET":
        typed = {"seconds": "12", "touch": secrets.token_hex(16)}
        return _media_page(kind, None, Fields(typed))
    return _save_medium(kind, None)


@bp.route("/media/<uid>", methods=["GET", "POST"])
def medium(uid: str) -> Page:
    """One medium."""
    there, tz = services().read(lambda r: (media_acts.by_uid(r, uid), r.hall.tz))
    if request.method == "GET":
        typed = {
            "title": there.title,
            "text": there.text,
            "zone": there.zone,
            "seconds": str(there.seconds),
            "from_at": typed_moment(there.from_at, tz),
            "to_at": typed_moment(there.to_at, tz),
            "expected": str(there.version),
        }
        return _media_page(there.kind, there, Fields(typed))
    return _save_medium(there.kind, there)


def _save_medium(kind: str, there: Medium | None) -> Page:
    fields = Fields(request.form)
    wanted = _read_medium(kind, there, fields)
    there_uid = "" if there is None else there.uid
    status = 422
    stale: Stale | None = None
    with _placed(wanted, fields) as placed:
        try:
            done = attempt(
                fields,
                (
                    lambda w, s: media_acts.change(
                        w, there_uid, placed, staff=s, expected=fields.expected()
                    )
                )
                if there_uid
                else once_for(fields, placed, lambda w, s: media_acts.add(w, placed, staff=s)),
                at="file",
            )
        except Refused as refused:
            if refused.code != "stale" or there is None:
                raise
            done, status = None, 409
            there = services().read(lambda r: media_acts.by_uid(r, there_uid))
            stale = stale_since(f"media:{there_uid}", fields.expected(), there.version)
    if done is not None:
        if there is not None and there.digest != placed.digest:
            _forget(there.digest)
        return saved(f"“{placed.title}”已保存，屏幕取到文件后换上。", "manage.shown")
    return (_media_page(kind, there, fields, stale=stale), status)


def _read_medium(kind: str, there: Medium | None, fields: Fields) -> Media:
    """Return what is typed; a new file counts when it is one, else the old one stays."""
    tz = services().read(lambda r: r.hall.tz)
    from_at = fields.moment("from_at", "开始时间", tz)
    to_at = fields.moment("to_at", "结束时间", tz)
    in_order(fields, from_at, to_at)
    wanted = Media(
        uid="",
        kind=kind,
        title=fields.text("title", "标题", most=media_acts.LONGEST_TITLE),
        text=fields.text("text", "文字", most=media_acts.LONGEST_TEXT, least=0),
        seconds=fields.whole("seconds", "停留时间", 3, 120) if kind != "video" else 12,
        zone=typed_zone(fields),
        from_at=from_at,
        to_at=to_at,
    )
    arriving: Arriving = g.arriving
    if not arriving.size:
        if there is not None:
            return _with_file(wanted, there.digest, there.mime, there.size)
        if kind != "honour":
            fields.fail("file", "请选一个文件")
        return wanted
    if arriving.too_large or arriving.size > LARGEST[kind]:
        fields.fail("file", f"文件太大：{HINTS[kind]}")
        return wanted
    try:
        found = kind_of(arriving.file)
    except NotTakenError as error:
        fields.fail("file", str(error))
        return wanted
    if found.mime not in media_acts.TAKES[kind]:
        fields.fail("file", f"这里要的是{MEDIA_ZH[kind]}的文件：{HINTS[kind]}")
        return wanted
    return _with_file(wanted, arriving.digest, found.mime, arriving.size)


def _with_file(media: Media, digest: str, mime: str, size: int) -> Media:
    return Media(
        uid=media.uid,
        kind=media.kind,
        title=media.title,
        text=media.text,
        digest=digest,
        mime=mime,
        size=size,
        seconds=media.seconds,
        zone=media.zone,
        from_at=media.from_at,
        to_at=media.to_at,
    )


@contextlib.contextmanager
def _placed(media: Media, fields: Fields) -> Iterator[Media]:
    """Put the new file in its place while the row is written; take it back if it was not."""
    arriving: Arriving = g.arriving
    if not fields.well or not arriving.size or arriving.digest != media.digest:
        yield media
        return
    gevent.get_hub().threadpool.apply(arriving.settle)
    with _files:
        arriving.keep()
        try:
            yield media
        finally:
            _forget(media.digest)


def _forget(digest: str) -> None:
    """Delete a file that no row names."""
    hall = services()
    with _files:
        if digest and digest not in hall.read(showing.digests):
            hall.media.remove(digest)


def _media_page(
    kind: str, there: Medium | None, fields: Fields, *, stale: Stale | None = None
) -> str:
    zones = services().read(lambda r: r.config.zones)
    return show(
        "medium.html",
        "shown",
        crumbs=[(f"修改{MEDIA_ZH[kind]}" if there else f"新{MEDIA_ZH[kind]}", "")],
        f=fields,
        kind=kind,
        kind_zh=MEDIA_ZH[kind],
        hint=HINTS[kind],
        accept=",".join(sorted(media_acts.TAKES[kind])),
        largest=LARGEST[kind],
        medium=there,
        zones=zones,
        stale=stale,
        expected=there.version if stale and there else fields.expected(),
    )


@bp.route("/media/<uid>/delete", methods=["GET", "POST"])
def delete_media(uid: str) -> Page:
    """Ask once more, then delete a medium and its file."""
    hall = services()
    if request.method == "GET":
        one = hall.read(lambda r: media_acts.by_uid(r, uid))
        return ask_once_more(
            "删除宣传内容", one.title, one.version, "它会从所有屏幕上消失，文件也会删除。"
        )
    fields = Fields(request.form)
    one_or_none = hall.read(lambda r: next((m for m in showing.media(r) if m.uid == uid), None))
    if one_or_none is None:
        return saved("这一项已经删除了。", "manage.shown")
    one = one_or_none
    try:
        change(lambda w, s: media_acts.remove(w, uid, staff=s, expected=fields.expected()))
    except Refused as refused:
        if refused.code == "malformed":
            words = f"现在不能删：{refused.context.get('problem', '')}。"
            return (ask_once_more("删除宣传内容", one.title, one.version, words), 422)
        if refused.code != "stale":
            raise
        page = ask_once_more("删除宣传内容", one.title, one.version, "它刚刚被改过，请再看一眼。")
        return (page, 409)
    _forget(one.digest)
    return saved(f"“{one.title}”已删除。", "manage.shown")
