"""Call pads 呼叫器 and raters 评价器: a key press is the clerk's command, from the counter's hardware.

A pad has no session. It acts for whoever has its counter open, under the same rules as the clerk's
page, and only for the counters that a manager has given to its box. Each press is in the log with
the device as its actor, and with the words that it came from a pad and for which work number.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from server.actions import calling, counters, devices
from server.actions.devices import ENROLMENT_LIVES, LONGEST_NAME, Enrolled, token_hash
from server.domain.counters import Counter
from server.domain.moments import instant, moment
from server.domain.people import Permission, Staff
from server.domain.tickets import Ticket
from server.kit.contract.messages import DeviceAssigned
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import PAD_ROLES, Layout
from server.kit.contract.views import Done
from server.store import counters as counter_rows
from server.store import devices as device_rows
from server.store import people, tickets
from server.store.devices import Device
from server.store.work import Work

KEYS = ("next", "recall", "start", "finish", "no_show", "pause", "resume")
"""What a key may ask for. What cannot be undone or needs words (关窗、转移、挂起) stays on the page."""
PAD_ZH = {"pad": "呼叫器", "rater": "评价器"}
PAUSE_REASON = "短暂离开"
"""Reason of a pause by key, for a pad has no list to choose from; screens show it where the hall's
own list has it, else 其他原因."""
PRESS_GOOD_S = 6.0
"""A press that comes later lay in a line or a server that stood still: nobody means it any more."""
COOKIE = "hall_rater"
"""Cookie in which the browser of a rater keeps its device token; no script can read it."""
BY_PAD = "呼叫器按键，工号 {label}"
"""How the log names a press."""


def press(
    w: Work,
    device: Device,
    *,
    counter: str,
    key: str,
    expected: int | None = None,
    pressed_at: str | None = None,
) -> Done:
    """Do what *key* asks for at *counter*, for the clerk who has it open.

    Args:
        w: the command's work; its actor is the device.
        device: the box that the pad hangs on, or the pad itself.
        counter: code of the counter.
        key: one of `KEYS`.
        expected: version of the counter as the pad showed it; None skips the check.
        pressed_at: when the key was pressed; one that is older than `PRESS_GOOD_S`, or as far ahead, is `stale`.

    Raises:
        Refused: `forbidden` for a counter that was not given to this device, `counter_closed`,
            `stale`, `no_ticket`, `malformed` for another key, and those of the clerk's page.
    """
    if counter not in counters_of(w, device):
        raise Refused("forbidden")
    if key not in KEYS:
        raise Refused("malformed", problem=f"没有按键 {key}")
    found = counter_rows.by_code(w, counter)
    if found.clerk_id is None:
        raise Refused("counter_closed", counter=found.name)
    staff = people.staff(w, people.by_id(w, found.clerk_id))
    calling.own_counter(w, counter, staff, expected)
    if pressed_at is not None and abs(_age_s(w, pressed_at)) > PRESS_GOOD_S:
        raise Refused("stale", number=found.name)
    w.said = BY_PAD.format(label=staff.label)
    return _act(w, found, key, staff)


def _age_s(w: Work, pressed_at: str) -> float:
    try:
        return (w.now - instant(pressed_at)).total_seconds()
    except ValueError as error:
        raise Refused("malformed", problem="按键时间的格式不对") from error


def _act(w: Work, counter: Counter, key: str, staff: Staff) -> Done:
    match key:
        case "next":
            return calling.call_next(w, counter.code, staff=staff, expected=None)
        case "pause":
            return counters.pause(
                w, counter.code, staff=staff, expected=None, reason=PAUSE_REASON, until=None
            )
        case "resume":
            return counters.resume_counter(w, counter.code, staff=staff, expected=None)
        case _:
            ticket = _held(w, counter)
            verb = {
                "recall": calling.recall,
                "start": calling.start,
                "finish": calling.finish,
                "no_show": calling.no_show,
            }[key]
            return verb(w, ticket.uid, version=ticket.version, staff=staff)


def _held(w: Work, counter: Counter) -> Ticket:
    if counter.ticket_id is None:
        raise Refused("no_ticket", counter=counter.name)
    return tickets.by_id(w, counter.ticket_id)


def counters_of(w: Work, device: Device) -> tuple[str, ...]:
    """Return the counters whose keys are obeyed from *device*, as they are set this moment."""
    now = device_rows.by_uid(w, device.uid)
    if now is None or now.revoked:
        return ()
    if now.kind == "display":
        return now.layout.pads
    if now.kind == "pad" and now.layout.role == "pad" and now.layout.counter:
        return (now.layout.counter,)
    return ()


# ---- enrolment ----------------------------------------------------------------------------------


def create_enrolment(w: Work, *, counter: str, role: str, staff: Staff) -> str:
    """Return a one-time token for a pad or rater of *counter*, good for half an hour.

    The token itself says what it is for: `<32 hex digits>.<role>.<counter>`. Only the hash of the
    whole is kept, so a token that was altered to name another counter is simply unknown.

    Raises:
        Refused: `forbidden`, `not_found` for an unknown counter, `malformed` for an unknown role.
    """
    staff.require(Permission.ADMINISTER)
    if role not in PAD_ROLES:
        raise Refused("malformed", problem=f"用途 {role}")
    place = w.config.counter_by_code.get(counter)
    if place is None:
        raise Refused("not_found", what=f"窗口 {counter}")
    token = f"{secrets.token_hex(16)}.{role}.{counter}"
    device_rows.add_enrolment(
        w,
        token_hash=token_hash(token),
        kind="pad",
        zone_id=place.zone_id,
        expires_at=moment(w.now + ENROLMENT_LIVES),
    )
    return token


def enrol(w: Work, *, token: str, name: str, software: str, contract: Sequence[int]) -> Enrolled:
    """Exchange a one-time token of any kind; a pad knows its counter from then on.

    Raises:
        Refused: as `devices.enrol`.
    """
    layout = _meant(token)
    if layout is not None and not name.strip():
        place = w.config.counter_by_code.get(layout.counter)
        name = f"{'' if place is None else place.name}{PAD_ZH[layout.role]}"[:LONGEST_NAME]
    enrolled = devices.enrol(w, token=token, name=name, software=software, contract=contract)
    if enrolled.kind == "pad" and layout is not None:
        device = device_rows.by_uid(w, enrolled.device)
        assert device is not None
        zone_id = next((z.id for z in w.config.zones if z.code == device.zone), None)
        device_rows.set_up(
            w, device, name=device.name, zone_id=zone_id, layout=layout, was=device.version
        )
        w.publish(DeviceAssigned(device=device.uid, version=device.version + 1))
    return enrolled


def role_of(token: str) -> str:
    """Return what a one-time token is for, `pad` or `rater`; empty for another device's token."""
    layout = _meant(token)
    return "" if layout is None else layout.role


def _meant(token: str) -> Layout | None:
    _, _, rest = token.partition(".")
    role, _, counter = rest.partition(".")
    return Layout(role=role, counter=counter) if role in PAD_ROLES else None


def pad_problem(w: Work, layout: Layout) -> str:
    """Return in words what is wrong with the setup of a pad or rater; empty when nothing is."""
    if layout.role not in PAD_ROLES:
        return "用途只能是呼叫器或评价器"
    if layout.counter and layout.counter not in w.config.counter_by_code:
        return "窗口不存在"
    return ""


def box_problem(w: Work, device: Device, layout: Layout) -> str:
    """Return in words what is wrong with the call pads of a box; empty when nothing is."""
    unknown = [code for code in layout.pads if code not in w.config.counter_by_code]
    if unknown:
        return f"窗口 {unknown[0]} 不存在"
    if len(set(layout.pads)) != len(layout.pads):
        return "同一个窗口的呼叫器只写一次"
    for other in device_rows.every(w):
        if other.uid == device.uid or other.kind != "display":
            continue
        both = [code for code in layout.pads if code in other.layout.pads]
        if both:
            name = w.config.counter_by_code[both[0]].name
            return f"{name}的呼叫器已接在“{other.name}”上，请先在那里取消"
    return ""
