"""Asks from afar: staff want a test page, a restart, a sign of life; the device says what came of it.

The event only wakes the device. It fetches what is open, says `begun` before it does anything, and
does nothing the server does not agree to: so one wish is done at most once, however often the event
arrives, and one that nobody fetched within `LIVES` is over. A printer that comes back on Monday
prints no test page of Friday.
"""

from __future__ import annotations

from datetime import timedelta

from server.domain.moments import moment
from server.domain.people import Permission, Staff
from server.kit.contract.devices import Asked, OpenAsk, OpenAsks
from server.kit.contract.messages import DeviceAnswered, DeviceAsked
from server.kit.contract.reasons import Refused
from server.store import asks, devices
from server.store.asks import LIVES, Ask
from server.store.devices import Device
from server.store.work import Read, Work

BEGUN_LIVES = timedelta(hours=1)
"""A device that began says within so long what came of it; a restart needs a minute."""
ASKABLE = {
    "kiosk": ("test_page", "new_roll", "restart"),
    "display": ("identify", "show_test", "restart"),
    "pad": (),
}
"""Kind of a device → what may be asked of it."""
STATES = ("begun", "done", "failed")
LONGEST_DETAIL = 64
MOST_OPEN = 5
"""Wishes that a device may have before it; more would print a roll of test pages."""


def ask(w: Work, uid: str, *, what: str, part: str = "", staff: Staff) -> Asked:
    """Ask something of a device; what is asked already and not yet begun is not asked twice.

    Raises:
        Refused: `forbidden`, `not_found`, `malformed` for something that such a device cannot
            do, `too_many_requests` while it has five before it.
    """
    staff.require(Permission.CONFIGURE)
    device = devices.by_uid(w, uid)
    if device is None or device.revoked:
        raise Refused("not_found", what="这台设备，可能已停用")
    if what not in ASKABLE.get(device.kind, ()) or len(part) > LONGEST_DETAIL:
        raise Refused("malformed", problem="这种设备做不了这件事")
    waiting = next(
        (a for a in _open(w, device) if (a.what, a.part, a.state) == (what, part, "asked")), None
    )
    if waiting is not None:
        return Asked(ask=waiting.uid, state=waiting.state)
    if len(_open(w, device)) >= MOST_OPEN:
        raise Refused("too_many_requests")
    new = w.new_uid()
    asks.add(w, uid=new, device_id=device.id, what=what, part=part, asked_by=staff.uid)
    w.publish(DeviceAsked(device=uid, ask=new, what=what, part=part))
    return Asked(ask=new, state="asked")


def open_asks(r: Read, device: Device) -> OpenAsks:
    """Return what *device* has yet to do."""
    return OpenAsks(
        asks=tuple(
            OpenAsk(ask=a.uid, what=a.what, part=a.part, state=a.state, asked_at=a.asked_at)
            for a in _open(r, device)
        )
    )


def answer(w: Work, device: Device, uid: str, *, state: str, detail: str) -> Asked:
    """Record what became of a wish, as its device says; the last word stands.

    Args:
        w: the command's work.
        device: who answers.
        uid: the wish.
        state: `begun` before anything is done, then `done` or `failed`.
        detail: code of what came of it, such as a fault of the printer.

    Raises:
        Refused: `forbidden` for a wish to another device, `malformed`, and `not_found` for one that
            is over, or a `begun` of one that was begun already: then nothing is to be done.
    """
    known = asks.by_uid(w, uid)
    if known is None:
        raise Refused("not_found", what="这项要求")
    if known.device_id != device.id:
        raise Refused("forbidden")
    if state not in STATES:
        raise Refused("malformed", problem=f"没有状态 {state}")
    over = known.state not in asks.OPEN
    late = known.state == "asked" and known.asked_at < moment(w.now - LIVES)
    if over or late or (state == "begun" and known.state == "begun"):
        raise Refused("not_found", what="这项要求，可能已做完或已过时")
    detail = detail[:LONGEST_DETAIL]
    asks.set_state(w, known, state=state, detail=detail)
    w.publish(DeviceAnswered(device=device.uid, ask=uid, state=state, detail=detail))
    return Asked(ask=uid, state=state)


def _open(r: Read, device: Device) -> list[Ask]:
    return asks.open_of(
        r, device.id, since=moment(r.now - LIVES), begun_since=moment(r.now - BEGUN_LIVES)
    )
