"""屏幕: what each display is told to be, with a live preview; and the emergency text."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response, redirect, request, send_from_directory, url_for
from werkzeug.wrappers import Response as AnyResponse

from server.actions import catalogue as catalogue_acts
from server.actions import screens as acts
from server.actions.devices import LONGEST_NAME
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import ORIENTATIONS, REGIONS, ROLES, THEMES, Layout
from server.reads.board import board
from server.reads.catalogue import catalogue
from server.reads.screens import REGION_ZH, ROLE_ZH, device_list, line
from server.store import devices, showing
from server.store.work import Read
from server.web.assets import PREVIEW_CSP
from server.web.commands import json_of
from server.web.manage.fields import Fields
from server.web.manage.frame import Page, Stale, attempt, bp, change, saved, show, stale_since
from server.web.services import services

LEAVING = ("请听从工作人员指引，有序离开大厅", "请到大厅外空地集合，不要乘坐电梯")
"""Texts at hand in an emergency; any other may be written."""
ROLE_HINTS = {
    "board": "叫号、各队列等候，旁边可放五公开、宣传和公告",
    "disclosures": "全部事项的五公开，挂墙或触摸",
    "counter": "一个窗口的号码、名称和办什么",
    "guide": "入口处：各楼层、窗口、办什么、等几人",
    "leaders": "今日坐班领导一览",
}
SIZES = {"landscape": (1920, 1080), "portrait": (1080, 1920)}


@bp.get("/screens")
def screens() -> str:
    """All displays."""
    hall = services()
    return show("screens.html", "screens", found=hall.read(lambda r: device_list(r, hall.presence)))


@bp.route("/screens/<uid>", methods=["GET", "POST"])
def screen(uid: str) -> Page:
    """One display: what it is told to be, beside what that looks like."""
    if request.method == "GET":
        device = services().read(lambda r: _display(r, uid))
        return _page(uid, _typed(device.name, device.zone, device.layout, device.version))
    fields = Fields(request.form)
    layout = read_layout(fields)
    name = fields.text("name", "名称", most=LONGEST_NAME)
    try:
        done = attempt(
            fields,
            lambda w, staff: acts.assign(
                w,
                uid,
                name=name,
                zone=fields.get("zone"),
                layout=layout,
                expected=fields.expected(),
                staff=staff,
                reason=fields.get("reason"),
            ),
        )
    except Refused as refused:
        if refused.code != "stale":
            raise
        now = services().read(lambda r: _display(r, uid)).version
        changed = stale_since(f"device:{uid}", fields.expected(), now)
        return (_page(uid, fields, stale=changed), 409)
    if done is None:
        return (_page(uid, fields), 422)
    return saved(f"“{name}”已保存，屏幕马上就换。", "manage.screen", uid=uid)


def _display(r: Read, uid: str) -> devices.Device:
    found = devices.by_uid(r, uid)
    if found is None or found.revoked or found.kind != "display":
        raise Refused("not_found", what="这块屏幕")
    return found


def _typed(name: str, zone: str, layout: Layout, version: int) -> Fields:
    values: dict[str, Any] = {"name": name, "zone": zone, "expected": str(version)}
    for key, value in msgspec.structs.asdict(layout).items():
        match value:
            case bool():
                values[key] = "on" if value else ""
            case tuple():
                values[key] = list(value)
            case float():
                values[key] = f"{value:g}"
            case _:
                values[key] = str(value)
    return Fields(values)


def read_layout(fields: Fields) -> Layout:
    """Return the layout that is typed; what is wrong is said at its field and replaced."""
    zones, counters, logos = services().read(
        lambda r: (
            {z.code for z in r.config.zones},
            set(r.config.counter_by_code),
            {m.digest for m in r.config.shown.media if m.kind == "logo"},
        )
    )
    role = fields.choice("role", "用途", ROLES)
    rows = fields.whole("rows", "行数", 0, acts.MOST_ROWS)
    if rows == 1:
        fields.fail("rows", "一行太少：请填 0（自动）或 2 以上")
    if role == "counter" and fields.get("counter") not in counters:
        fields.fail("counter", "窗口屏要选一个窗口")
    chosen = fields.choices("regions", "显示内容", REGIONS)
    order = {name: _place(fields.get(f"order_{name}")) for name in chosen}
    return Layout(
        role=role,
        zones=fields.choices("zones", "分区", zones),
        counter=fields.get("counter") if fields.get("counter") in counters else "",
        regions=tuple(sorted(chosen, key=lambda name: (order[name], REGIONS.index(name)))),
        rows=0 if rows == 1 else rows,
        orientation=fields.choice("orientation", "方向", ORIENTATIONS),
        theme=fields.choice("theme", "主题", THEMES),
        logo=fields.choice("logo", "标志", ("", *logos)),
        touch=fields.has("touch"),
        screen_inch=fields.decimal("screen_inch", "屏幕尺寸", 5, 300),
        distance_m=fields.decimal("distance_m", "观看距离", 0.5, 50),
        voice=fields.has("voice"),
        pads=fields.choices("pads", "呼叫器的窗口", counters),
    )


def _place(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 99


def _page(uid: str, fields: Fields, *, stale: Stale | None = None) -> str:
    hall = services()

    def read(r: Read) -> dict[str, Any]:
        device = _display(r, uid)
        regions = list(device.layout.regions)
        return {
            "device": line(r, device, hall.presence),
            "zones": r.config.zones,
            "counters": r.config.counters,
            "logos": [m for m in showing.media(r) if m.kind == "logo"],
            "regions": [*regions, *(x for x in REGIONS if x not in regions)],
        }

    found = hall.read(read)
    device = found["device"]
    return show(
        "screen.html",
        "screens",
        crumbs=[(device.name, "")],
        f=fields,
        stale=stale,
        expected=device.version if stale else fields.expected(),
        roles=[(r, ROLE_ZH[r], ROLE_HINTS[r]) for r in ROLES],
        region_zh=REGION_ZH,
        preview=url_for("manage.preview", uid=uid, **_query(device.zone, device.layout)),
        **found,
    )


def _query(zone: str, layout: Layout) -> dict[str, Any]:
    """Return the query of a preview: the fields of the form without name, token and version."""
    typed = _typed("", zone, layout, 0)
    names = ("zone", *Layout.__struct_fields__)
    found = {n: [v for v in typed.every(n) if v] for n in names}
    places = {f"order_{name}": str(n) for n, name in enumerate(layout.regions)}
    return {n: v for n, v in found.items() if v} | places


@bp.post("/screens/<uid>/preview")
def show_preview(uid: str) -> AnyResponse:
    """The preview of what is typed, for a browser without script: nothing is saved."""
    fields = Fields(request.form)
    query = _query(fields.get("zone"), read_layout(fields))
    return redirect(url_for("manage.preview", uid=uid, **query), code=303)


@bp.get("/screens/<uid>/preview")
def preview(uid: str) -> Response:
    """The display's own page, as the layout in the query makes it."""
    hall = services()
    query = request.query_string.decode("ascii", "replace")
    now, shown, at = hall.read(lambda r: (board(r), catalogue(r), _at(r, uid)))
    fields = Fields(request.args)
    html = hall.preview.html(
        read_layout(fields),
        shown,
        now,
        at,
        zone=fields.get("zone"),
        static_url=url_for("manage.preview_file", name="x").removesuffix("x"),
        view_url=f"{url_for('manage.preview_view', uid=uid)}?{query}",
    )
    return Response(html, headers={"Content-Security-Policy": PREVIEW_CSP})


@bp.get("/screens/<uid>/preview/view")
def preview_view(uid: str) -> Response:
    """What the preview shows now; it asks every two seconds."""
    hall = services()
    fields = Fields(request.args)
    now, shown, at = hall.read(lambda r: (board(r), catalogue(r), _at(r, uid)))
    return json_of(hall.preview.view(read_layout(fields), shown, now, at, zone=fields.get("zone")))


def _at(r: Read, uid: str) -> Any:
    _display(r, uid)
    return r.now


@bp.get("/preview/static/<path:name>")
def preview_file(name: str) -> Response:
    """A file of the display's own pages."""
    return send_from_directory(services().preview.STATIC, name)


@bp.route("/emergency", methods=["GET", "POST"])
def emergency() -> Page:
    """Turn every screen and the voice to the evacuation text, or give all back; asked twice."""
    if request.method == "GET":
        return show(
            "emergency.html", "screens", crumbs=[("紧急疏散", "")], f=Fields({}), texts=LEAVING
        )
    fields = Fields(request.form)
    on = fields.get("do") == "on"
    text = fields.get("text") if fields.get("text") in LEAVING else ""
    if on and not text:
        text = fields.text("own", "疏散通知", most=catalogue_acts.LONGEST_EMERGENCY)
    if not fields.has("sure"):
        fields.fail("sure", "请先勾选确认")
    if not fields.well:
        page = show("emergency.html", "screens", crumbs=[("紧急疏散", "")], f=fields, texts=LEAVING)
        return (page, 422)
    change(lambda w, staff: catalogue_acts.set_emergency(w, staff=staff, text=text if on else None))
    words = "所有屏幕已换成疏散通知，并停止取号。" if on else "已解除紧急，屏幕和取号恢复正常。"
    return saved(words, "manage.emergency")
