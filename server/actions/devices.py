"""Devices: enrolment, revocation, presence, acknowledgements, and calls for help."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from server.domain.moments import moment
from server.domain.people import Permission, Staff
from server.kit.contract.codec import VERSION
from server.kit.contract.messages import DeviceChanged, HelpAnswered, HelpRequested
from server.kit.contract.reasons import Refused
from server.store import devices, log
from server.store.devices import Device
from server.store.work import Work

ENROLMENT_LIVES = timedelta(minutes=30)
"""How long a one-time token may be used."""
KINDS = ("kiosk", "display", "pad")
LONGEST_NAME = 40


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to an enrolment: the only time the device's token is ever shown."""

    device: str
    token: str
    kind: str
    zone: str
    hall: str


class Nothing(msgspec.Struct, frozen=True):
    """An answer that says only that it was done."""


def token_hash(token: str) -> str:
    """Return what is kept of a token. Tokens are 128 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_enrolment(w: Work, *, kind: str, zone: str) -> str:
    """Return a one-time token for a new device, good for half an hour.

    Raises:
        Refused: `malformed` for an unknown kind, `not_found` for an unknown zone.
    """
    if kind not in KINDS:
        raise Refused("malformed", problem=f"设备种类 {kind}")
    zone_id = None
    if zone:
        found = next((z for z in w.config.zones if z.code == zone), None)
        if found is None:
            raise Refused("not_found", what=f"分区 {zone}")
        zone_id = found.id
    token = secrets.token_hex(16)  # people type it, and no option of a command line begins like it
    devices.add_enrolment(
        w,
        token_hash=token_hash(token),
        kind=kind,
        zone_id=zone_id,
        expires_at=moment(w.now + ENROLMENT_LIVES),
    )
    return token


def enrol(w: Work, *, token: str, name: str, software: str, contract: Sequence[int]) -> Enrolled:
    """Exchange a one-time token for the device's own.

    Raises:
        Refused: `contract_too_old`, `enrolment_invalid`, `malformed` for a name too long.
    """
    if VERSION not in contract:
        raise Refused("contract_too_old")
    label = name.strip() or "未命名设备"
    if len(label) > LONGEST_NAME or len(software) > LONGEST_NAME:
        raise Refused("malformed", problem="设备名称过长")
    good = devices.use_enrolment(w, token_hash(token))
    if good is None:
        raise Refused("enrolment_invalid")
    kind, zone_id, zone = good
    own, uid = secrets.token_urlsafe(32), w.new_uid()
    devices.add(
        w,
        uid=uid,
        kind=kind,
        zone_id=zone_id,
        name=label,
        token_hash=token_hash(own),
        software=software,
    )
    w.publish(DeviceChanged(device=uid, kind=kind, name=label, online=False, faults=()))
    return Enrolled(device=uid, token=own, kind=kind, zone=zone, hall=w.hall.code)


def revoke(w: Work, uid: str) -> Device:
    """Make a device's token worthless.

    Raises:
        Refused: `not_found`.
    """
    device = devices.by_uid(w, uid)
    if device is None or device.revoked:
        raise Refused("not_found", what=f"设备 {uid}")
    devices.revoke(w, device.id)
    w.publish(
        DeviceChanged(device=uid, kind=device.kind, name=device.name, online=False, faults=())
    )
    return device


def changed(
    w: Work,
    uid: str,
    *,
    online: bool,
    faults: tuple[str, ...],
    seen_at: datetime | None = None,
    software: str = "",
) -> None:
    """Publish that a device came, went or reported other faults; note when it was last heard of."""
    device = devices.by_uid(w, uid)
    if device is None:
        return
    devices.seen(
        w,
        device.id,
        at=moment(seen_at or w.now),
        software=software[:LONGEST_NAME] or device.software,
    )
    w.publish(
        DeviceChanged(device=uid, kind=device.kind, name=device.name, online=online, faults=faults)
    )


def last_seen(w: Work, seen: Mapping[str, tuple[datetime, str]]) -> None:
    """Note when devices were last heard of: the server stops and will not see them go.

    Args:
        w: the command's work.
        seen: uid of a device → when, and the software it runs.
    """
    for device in devices.every(w):
        if device.uid in seen:
            at, software = seen[device.uid]
            software = software[:LONGEST_NAME] or device.software
            devices.seen(w, device.id, at=moment(at), software=software)


def heard(w: Work, uid: str, outputs: Sequence[tuple[str, int, str]]) -> None:
    """Record that outputs of a device brought calls to people.

    Args:
        w: the command's work.
        uid: the device.
        outputs: (call, times, output) with output `page`, `voice` or `panel`.
    """
    device = devices.by_uid(w, uid)
    if device is None:
        return
    for call, times, output in outputs:
        log.add_ack(w, call=call, times=times, device_id=device.id, output=output, at=w.at)


def request_help(w: Work, device: Device) -> Nothing:
    """A citizen at *device* asks for a person 找工作人员; asking again rings again."""
    if not any(uid == device.uid for uid, _, _ in devices.open_help(w)):
        devices.add_help(w, device.id)
    w.publish(HelpRequested(device=device.uid, name=device.name, zone=device.zone))
    return Nothing()


def answer_help(w: Work, uid: str, *, staff: Staff) -> Nothing:
    """Somebody goes to the device that asked; anyone on duty may.

    Raises:
        Refused: `forbidden`, `not_found`.
    """
    if not (staff.may(Permission.GUIDE) or staff.may(Permission.SERVE)):
        raise Refused("forbidden")
    device = devices.by_uid(w, uid)
    if device is None:
        raise Refused("not_found", what=f"设备 {uid}")
    if devices.answer_help(w, device.id, staff.id):
        w.publish(HelpAnswered(device=uid))
    return Nothing()
