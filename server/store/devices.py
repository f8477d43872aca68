"""Rows of devices, enrolments, print jobs and calls for help."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import sqlalchemy as sa

from server.kit.contract.screens import Layout
from server.store import tables
from server.store.sql import Sql
from server.store.work import Read, Work

D, N, P, H = tables.device.c, tables.enrolment.c, tables.print_job.c, tables.help_request.c
Z = tables.zone.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """An enrolled kiosk, display or pad."""

    id: int
    uid: str
    kind: str
    name: str
    zone: str
    """Code of its zone; empty = the whole hall."""
    revoked: bool
    layout: Layout = field(default_factory=Layout)
    """What it shows and how, for a display."""
    version: int = 1
    software: str = ""
    enrolled_at: str = ""
    last_seen_at: str = ""
    """When it last came or went, UTC; empty = never."""

    def shows_calls(self, zone: str, counter: str) -> bool:
        """Say whether a call to *counter* in *zone* is to be seen on this display."""
        if self.kind != "display":
            return False
        if self.layout.role == "counter":
            return self.layout.counter == counter
        zones = self.layout.zones or ((self.zone,) if self.zone else ())
        return self.layout.role == "board" and (not zones or zone in zones)


_COLUMNS = (
    D.id,
    D.uid,
    D.kind,
    D.name,
    Z.code,
    D.revoked_at,
    D.layout,
    D.version,
    D.software,
    D.enrolled_at,
    D.last_seen_at,
)
_FROM = tables.device.outerjoin(tables.zone, Z.id == D.zone_id)
_BY_TOKEN = Sql(
    sa.select(*_COLUMNS)
    .select_from(_FROM)
    .where(D.token_hash == sa.bindparam("tok"), D.hall_id == sa.bindparam("h"))
)
_BY_UID = Sql(
    sa.select(*_COLUMNS)
    .select_from(_FROM)
    .where(D.uid == sa.bindparam("device_uid"), D.hall_id == sa.bindparam("h"))
)
_ALL = Sql(
    sa.select(*_COLUMNS)
    .select_from(_FROM)
    .where(D.hall_id == sa.bindparam("h"), D.revoked_at.is_(None))
    .order_by(D.id)
)
_INSERT = Sql(
    sa.insert(tables.device).returning(D.id),
    ["uid", "hall_id", "zone_id", "kind", "name", "token_hash", "enrolled_at", "software"],
)
_SET_UP = Sql(
    sa.update(tables.device)
    .where(D.id == sa.bindparam("device_key"), D.version == sa.bindparam("was"))
    .values(
        name=sa.bindparam("b_name"),
        zone_id=sa.bindparam("b_zone"),
        layout=sa.bindparam("b_layout"),
        version=D.version + 1,
    )
)
_SEEN = Sql(
    sa.update(tables.device)
    .where(D.id == sa.bindparam("device_key"))
    .values(last_seen_at=sa.bindparam("b_at"), software=sa.bindparam("b_software"))
)
_REVOKE = Sql(
    sa.update(tables.device)
    .where(D.id == sa.bindparam("device_key"))
    .values(revoked_at=sa.bindparam("b_at"))
)
_ADD_ENROLMENT = Sql(
    sa.insert(tables.enrolment), ["token_hash", "hall_id", "kind", "zone_id", "expires_at"]
)
_ENROLMENT = Sql(
    sa.select(N.kind, N.zone_id, Z.code, N.expires_at, N.used_at)
    .select_from(tables.enrolment.outerjoin(tables.zone, Z.id == N.zone_id))
    .where(N.token_hash == sa.bindparam("tok"), N.hall_id == sa.bindparam("h"))
)
_USE_ENROLMENT = Sql(
    sa.update(tables.enrolment)
    .where(N.token_hash == sa.bindparam("tok"), N.used_at.is_(None))
    .values(used_at=sa.bindparam("b_at"))
)
_ADD_JOB = Sql(
    sa.insert(tables.print_job).returning(P.id),
    ["ticket_id", "device_id", "kind", "state", "fault", "requested_by", "reason", "at"],
)
_SET_JOB = Sql(
    sa.update(tables.print_job)
    .where(P.id == sa.bindparam("job_key"), P.device_id == sa.bindparam("dev"))
    .values(state=sa.bindparam("b_state"), fault=sa.bindparam("b_fault"))
)
_earlier = tables.print_job.alias("earlier")
_nth = (
    sa.select(sa.func.count())
    .where(_earlier.c.ticket_id == P.ticket_id, _earlier.c.kind == "reprint", _earlier.c.id <= P.id)
    .correlate(tables.print_job)
    .scalar_subquery()
)
_PENDING = Sql(
    sa.select(P.id, P.ticket_id, _nth)
    .where(P.device_id == sa.bindparam("dev"), P.state == "requested")
    .order_by(P.id)
)
_ADD_HELP = Sql(sa.insert(tables.help_request), ["hall_id", "device_id", "at"])
_OPEN_HELP = Sql(
    sa.select(D.uid, D.name, H.at, H.id)
    .select_from(tables.help_request.join(tables.device, D.id == H.device_id))
    .where(H.hall_id == sa.bindparam("h"), H.answered_at.is_(None))
    .order_by(H.id)
)
_ANSWER_HELP = Sql(
    sa.update(tables.help_request)
    .where(
        H.hall_id == sa.bindparam("h"),
        H.device_id == sa.bindparam("dev"),
        H.answered_at.is_(None),
    )
    .values(answered_at=sa.bindparam("b_at"), answered_by=sa.bindparam("b_by"))
)


def _device(row: tuple[object, ...] | None) -> Device | None:
    if row is None:
        return None
    key, uid, kind, name, zone, revoked_at, layout, version, software, enrolled_at, seen_at = row
    return Device(
        id=key,  # type: ignore[arg-type]  # columns of the table
        uid=str(uid),
        kind=str(kind),
        name=str(name),
        zone=str(zone or ""),
        revoked=revoked_at is not None,
        layout=_layout(str(layout)),
        version=int(version),  # type: ignore[call-overload]
        software=str(software),
        enrolled_at=str(enrolled_at),
        last_seen_at=str(seen_at or ""),
    )


def _layout(text: str) -> Layout:
    try:
        return msgspec.json.decode(text, type=Layout)
    except msgspec.ValidationError:  # of another version: a screen shows calls rather than nothing
        return Layout()


def set_up(
    w: Work, device: Device, *, name: str, zone_id: int | None, layout: Layout, was: int
) -> bool:
    """Store what a device is told to be; False when it is no longer at version *was*."""
    return (
        w.run(
            _SET_UP,
            device_key=device.id,
            was=was,
            b_name=name,
            b_zone=zone_id,
            b_layout=msgspec.json.encode(layout).decode(),
        )
        == 1
    )


def by_token_hash(r: Read, token_hash: str) -> Device | None:
    """Return the device that holds a token, also a revoked one."""
    return _device(r.one(_BY_TOKEN, tok=token_hash, h=r.hall.id))


def by_uid(r: Read, uid: str) -> Device | None:
    """Return a device of this hall."""
    return _device(r.one(_BY_UID, device_uid=uid, h=r.hall.id))


def every(r: Read) -> list[Device]:
    """Return the devices that are not revoked."""
    return [d for row in r.all(_ALL, h=r.hall.id) if (d := _device(row)) is not None]


def add(
    w: Work, *, uid: str, kind: str, zone_id: int | None, name: str, token_hash: str, software: str
) -> int:
    """Insert a device and return its id."""
    row = w.one(
        _INSERT,
        uid=uid,
        hall_id=w.hall.id,
        zone_id=zone_id,
        kind=kind,
        name=name,
        token_hash=token_hash,
        enrolled_at=w.at,
        software=software,
    )
    assert row is not None
    return int(row[0])


def seen(w: Work, device_id: int, *, at: str, software: str) -> None:
    """Note when a device was last heard of, and what it runs."""
    w.run(_SEEN, device_key=device_id, b_at=at, b_software=software)


def revoke(w: Work, device_id: int) -> None:
    """Make a device's token worthless."""
    w.run(_REVOKE, device_key=device_id, b_at=w.at)


def add_enrolment(
    w: Work, *, token_hash: str, kind: str, zone_id: int | None, expires_at: str
) -> None:
    """Store a one-time token's hash."""
    w.run(
        _ADD_ENROLMENT,
        token_hash=token_hash,
        hall_id=w.hall.id,
        kind=kind,
        zone_id=zone_id,
        expires_at=expires_at,
    )


def use_enrolment(w: Work, token_hash: str) -> tuple[str, int | None, str] | None:
    """Use a one-time token up and return (kind, zone id, zone code), or None if it is not good."""
    row = w.one(_ENROLMENT, tok=token_hash, h=w.hall.id)
    if row is None or row[4] is not None or row[3] < w.at:
        return None
    if w.run(_USE_ENROLMENT, tok=token_hash, b_at=w.at) != 1:
        return None
    return (row[0], row[1], row[2] or "")


def add_print_job(
    w: Work,
    *,
    ticket_id: int,
    device_id: int | None,
    kind: str,
    state: str,
    fault: str = "",
    requested_by: str = "",
    reason: str = "",
) -> int:
    """Record an attempt, or a wish, to put a ticket on paper; return its id."""
    row = w.one(
        _ADD_JOB,
        ticket_id=ticket_id,
        device_id=device_id,
        kind=kind,
        state=state,
        fault=fault,
        requested_by=requested_by,
        reason=reason,
        at=w.at,
    )
    assert row is not None
    return int(row[0])


def set_print_job(w: Work, job: int, *, device_id: int, state: str, fault: str) -> bool:
    """Record what became of a job of this device; False when there is no such job."""
    return w.run(_SET_JOB, job_key=job, dev=device_id, b_state=state, b_fault=fault) == 1


def pending_jobs(r: Read, device_id: int) -> list[tuple[int, int, int]]:
    """Return (job, ticket id, n) of the reprints that a kiosk has yet to print.

    *n* is the number of 补打 n: which wish for this ticket it is, whatever became of the others, so
    that no two papers say the same.
    """
    return [(a, b, c) for a, b, c in r.all(_PENDING, dev=device_id)]


def add_help(w: Work, device_id: int) -> None:
    """Record that a citizen asked for a person."""
    w.run(_ADD_HELP, hall_id=w.hall.id, device_id=device_id, at=w.at)


def open_help(r: Read) -> list[tuple[str, str, str]]:
    """Return (device uid, name, moment) of the calls for help nobody has answered."""
    return [(a, b, c) for a, b, c, _ in r.all(_OPEN_HELP, h=r.hall.id)]


def answer_help(w: Work, device_id: int, person_id: int) -> int:
    """Mark a device's calls for help as answered; return how many there were."""
    return w.run(_ANSWER_HELP, h=w.hall.id, dev=device_id, b_at=w.at, b_by=person_id)
