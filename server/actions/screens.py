"""Screens 屏幕: what each device is told to be."""

from __future__ import annotations

import msgspec

from server.actions import pads
from server.actions.devices import LONGEST_NAME
from server.actions.settings import noted
from server.domain.people import Permission, Staff
from server.kit.contract.messages import DeviceAssigned
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import (
    ORIENTATIONS,
    REGIONS,
    ROLES,
    THEMES,
    DeviceSetup,
    Layout,
)
from server.kit.contract.views import Done
from server.store import devices
from server.store.devices import Device
from server.store.work import Work

MOST_ROWS = 9
"""More rows than that would be too small to read from the seats."""


def setup_of(device: Device) -> DeviceSetup:
    """Return what *device* is told to be."""
    return DeviceSetup(
        device=device.uid,
        version=device.version,
        kind=device.kind,
        name=device.name,
        zone=device.zone,
        layout=device.layout,
    )


def assign(
    w: Work,
    uid: str,
    *,
    name: str,
    zone: str,
    layout: Layout,
    expected: int,
    staff: Staff,
    reason: str = "",
) -> Done:
    """Tell a device what it is; it takes it over within a moment, without a restart.

    Args:
        w: the command's work.
        uid: the device.
        name: its name for staff.
        zone: code of its zone, empty for the whole hall.
        layout: what it shows.
        expected: version that the page showed.
        staff: who does it.
        reason: why, for the history.

    Raises:
        Refused: `forbidden`, `not_found`, `stale`, `malformed` naming what is wrong.
    """
    staff.require(Permission.CONFIGURE)
    device = devices.by_uid(w, uid)
    if device is None or device.revoked:
        raise Refused("not_found", what=f"设备 {uid}")
    return set_up(w, device, name=name, zone=zone, layout=layout, expected=expected, reason=reason)


def set_up(
    w: Work,
    device: Device,
    *,
    name: str,
    zone: str,
    layout: Layout,
    expected: int,
    reason: str = "",
) -> Done:
    """Tell *device* what it is, as `assign` does, for whoever may do so already.

    Raises:
        Refused: `not_found`, `stale`, `malformed` naming what is wrong.
    """
    label = name.strip()
    if not label or len(label) > LONGEST_NAME:
        raise Refused("malformed", problem=f"设备名称要有 1 到 {LONGEST_NAME} 个字")
    zones = {z.code: z.id for z in w.config.zones}
    if zone and zone not in zones:
        raise Refused("not_found", what=f"分区 {zone}")
    if device.kind == "pad":
        problem = pads.pad_problem(w, layout)
    else:
        problem = layout_problem(w, layout) or pads.box_problem(w, device, layout)
    if problem:
        raise Refused("malformed", problem=problem)
    if not devices.set_up(
        w, device, name=label, zone_id=zones.get(zone), layout=layout, was=expected
    ):
        raise Refused("stale", number=device.name)
    now = devices.by_uid(w, device.uid)
    assert now is not None
    noted(
        w,
        f"device:{device.uid}",
        was=msgspec.to_builtins(setup_of(device)),
        value=msgspec.to_builtins(setup_of(now)),
        reason=reason,
    )
    w.publish(DeviceAssigned(device=device.uid, version=now.version))
    return Done(state="assigned", version=now.version)


def layout_problem(w: Work, layout: Layout) -> str:
    """Return in words what is wrong with *layout* in this hall; empty when nothing is."""
    zones = {z.code for z in w.config.zones}
    logos = {m.digest for m in w.config.shown.media if m.kind == "logo"}
    for wrong, problem in (
        (layout.role not in ROLES, "没有这种屏幕"),
        (any(z not in zones for z in layout.zones), "分区不存在"),
        (
            layout.role == "counter" and layout.counter not in w.config.counter_by_code,
            "窗口屏要选一个窗口",
        ),
        (any(r not in REGIONS for r in layout.regions), "没有这种显示内容"),
        (len(set(layout.regions)) != len(layout.regions), "显示内容重复"),
        (layout.rows == 1 or not 0 <= layout.rows <= MOST_ROWS, f"行数是 0 或 2 到 {MOST_ROWS}"),
        (layout.orientation not in ORIENTATIONS, "没有这种方向"),
        (layout.theme not in THEMES, "没有这种主题"),
        (bool(layout.logo) and layout.logo not in logos, "标志图片不存在"),
        (not 5 <= layout.screen_inch <= 300, "屏幕尺寸是 5 到 300 英寸"),
        (not 0.5 <= layout.distance_m <= 50, "观看距离是 0.5 到 50 米"),
    ):
        if wrong:
            return problem
    return ""
