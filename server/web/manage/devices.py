"""设备: what is enrolled, whether it is here, what is wrong with it; enrolling and revoking."""

from __future__ import annotations

import io

import qrcode
from flask import request

from server.actions import alarms as alarm_acts
from server.actions import asks
from server.actions import devices as acts
from server.actions import screens as screen_acts
from server.kit.contract.reasons import Refused
from server.reads.alarms import Alarm, alarms
from server.reads.devices import ASK_ZH, Card, Group, ask_lines, card, cards, grouped
from server.reads.reprints import reprint_lines
from server.reads.screens import KIND_ZH
from server.store import devices as rows
from server.store.devices import Device
from server.store.work import Read
from server.web.manage.fields import Fields
from server.web.manage.frame import Page, Stale, attempt, bp, change, saved, show, stale_since
from server.web.services import services

COMMANDS = {"kiosk": "hall-kiosk", "display": "hall-display"}
"""Kind → the command that enrols it, and the user it runs as: docs/install.md."""
NAMES = {"kiosk": "取号机", "display": "屏幕"}


@bp.get("/devices")
def devices() -> str:
    """All devices, the worst first, and what needs a person now."""
    hall = services()
    by = "kind" if request.args.get("by") == "kind" else "place"
    which = "wrong" if request.args.get("show") == "wrong" else "all"

    def now(r: Read) -> tuple[tuple[Card, ...], tuple[Group, ...], tuple[Alarm, ...]]:
        found = cards(r, hall.presence)
        shown = found if which == "all" else tuple(c for c in found if c.state != "ok")
        return found, grouped(r, shown, by=by), alarms(r, hall.presence, found)

    found, groups, wanted = hall.read(now)
    return show(
        "devices.html",
        "devices",
        groups=groups,
        alarms=wanted,
        total=len(found),
        new=sum(1 for c in found if c.state == "new"),
        wrong=sum(1 for c in found if c.state != "ok"),
        by=by,
        show=which,
    )


@bp.post("/alarms/known")
def know_alarm() -> Page:
    """Somebody on duty has seen an alarm."""
    hall = services()
    key, since = request.form.get("key", "")[:200], request.form.get("since", "")[:40]
    present = {a.key for a in hall.read(lambda r: alarms(r, hall.presence))}
    change(
        lambda w, staff: alarm_acts.acknowledge(w, key, since=since, present=present, staff=staff)
    )
    back = request.form.get("back", "")
    return saved(
        "已记下：您已知晓。",
        back if back in {"manage.overview", "manage.devices"} else "manage.devices",
    )


@bp.post("/devices/<uid>/ask")
def ask_device(uid: str) -> Page:
    """Ask something of a device from afar; what came of it stands on its page."""
    what, part = request.form.get("what", ""), request.form.get("part", "")
    found = services().read(lambda r: _device(r, uid))
    change(lambda w, staff: asks.ask(w, uid, what=what, part=part, staff=staff))
    return saved(
        f"已告诉“{found.name}”：{ASK_ZH.get(what, '')}。结果显示在下面。", "manage.device", uid=uid
    )


@bp.route("/devices/enrol", methods=["GET", "POST"])
def enrol() -> Page:
    """Make a one-time token for a new device; it is shown this once and kept nowhere."""
    zones = services().read(lambda r: r.config.zones)
    zones_zh = {z.code: z.name for z in zones}
    crumbs = [("登记新设备", "")]
    kinds = [(k, KIND_ZH[k]) for k in ("kiosk", "display")]
    fields = Fields({"kind": "display"} if request.method == "GET" else request.form)
    if request.method == "POST":
        kind = fields.choice("kind", "种类", [k for k, _ in kinds])
        zone = fields.choice("zone", "分区", ["", *(z.code for z in zones)])
        token = attempt(fields, lambda w, _: acts.create_enrolment(w, kind=kind, zone=zone))
        if token is not None:
            server = services().config.public_url
            name = NAMES[kind] if not zone else zones_zh[zone] + NAMES[kind]
            command = (
                f"sudo -u {COMMANDS[kind]} /opt/hallqueue/bin/{COMMANDS[kind]} enrol --server {server}"
                f" --token {token} --name {name} --config /etc/hallqueue/{kind}.toml"
            )
            return show(
                "token.html",
                "devices",
                crumbs=crumbs,
                token=token,
                command=command,
                kind_zh=KIND_ZH[kind],
                minutes=int(acts.ENROLMENT_LIVES.total_seconds() // 60),
                qr=qr_path(command),
            )
        return (
            show("enrol.html", "devices", crumbs=crumbs, f=fields, zones=zones, kinds=kinds),
            422,
        )
    return show("enrol.html", "devices", crumbs=crumbs, f=fields, zones=zones, kinds=kinds)


def qr_path(text: str) -> str:
    """Return the path of a QR code as SVG path data in a field of its own size: `size path`."""
    code = qrcode.QRCode(border=2, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    out = io.StringIO()
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                out.write(f"M{x} {y}h1v1h-1z")
    return f"{len(matrix)} {out.getvalue()}"


@bp.route("/devices/<uid>", methods=["GET", "POST"])
def device(uid: str) -> Page:
    """One device: its name and zone."""
    found = services().read(lambda r: _device(r, uid))
    if request.method == "GET":
        typed = {"name": found.name, "zone": found.zone, "expected": str(found.version)}
        return _page(found, Fields(typed))
    fields = Fields(request.form)
    name = fields.text("name", "名称", most=acts.LONGEST_NAME)
    codes = services().read(lambda r: ["", *(z.code for z in r.config.zones)])
    zone = fields.choice("zone", "分区", codes)
    try:
        done = attempt(
            fields,
            lambda w, staff: screen_acts.assign(
                w,
                uid,
                name=name,
                zone=zone,
                layout=found.layout,
                expected=fields.expected(),
                staff=staff,
                reason=fields.get("reason"),
            ),
            at="name",
        )
    except Refused as refused:
        if refused.code != "stale":
            raise
        found = services().read(lambda r: _device(r, uid))
        changed = stale_since(f"device:{uid}", fields.expected(), found.version)
        return (_page(found, fields, stale=changed), 409)
    if done is None:
        return (_page(found, fields), 422)
    return saved(f"“{name}”已保存。", "manage.devices")


def _device(r: Read, uid: str) -> Device:
    found = rows.by_uid(r, uid)
    if found is None or found.revoked:
        raise Refused("not_found", what="这台设备，可能已停用")
    return found


def _page(found: Device, fields: Fields, *, stale: Stale | None = None) -> str:
    hall = services()
    zones, now, asked, again = hall.read(
        lambda r: (
            r.config.zones,
            card(r, found, hall.presence),
            ask_lines(r, found),
            reprint_lines(r, found),
        )
    )
    return show(
        "device.html",
        "devices",
        crumbs=[(found.name, "")],
        f=fields,
        device=now.line,
        card=now,
        asks=asked,
        reprints=again,
        zones=zones,
        stale=stale,
        expected=found.version if stale else fields.expected(),
    )


@bp.route("/devices/<uid>/revoke", methods=["GET", "POST"])
def revoke(uid: str) -> Page:
    """Ask once more, then make a device's token worthless and disconnect it."""
    hall = services()
    if request.method == "POST":
        if hall.read(lambda r: (d := rows.by_uid(r, uid)) is not None and d.revoked):
            return saved("这台设备已经停用了。", "manage.devices")
        gone = change(lambda w, _: acts.revoke(w, uid))
        hall.presence.drop(uid)
        return saved(f"“{gone.name}”已停用，要再用请重新登记。", "manage.devices")
    found = hall.read(lambda r: _device(r, uid))
    return show(
        "sure.html",
        "devices",
        crumbs=[("停用设备", "")],
        title=f"停用{KIND_ZH[found.kind]}",
        what=found.name,
        words="停用后它马上断开，不能取号也不能显示；要再用须重新登记。",
        verb="停用",
        expected=found.version,
    )
