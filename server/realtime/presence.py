"""Who is connected, what each device has seen, and whether a call reached a screen.

Plain bookkeeping in memory: it knows no socket and no clock; moments come in as arguments. What
must outlive a restart is written by actions through the callbacks of `namespaces`.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.kit.contract.devices import Part
from server.kit.contract.views import Heard

GRACE = timedelta(seconds=10)
"""A device that comes back within this time was never away: Wi-Fi blinks, pages reload."""

LATE = timedelta(seconds=5)
"""A call that no screen acknowledged for this long is *not announced*."""

TELL_EVERY = timedelta(seconds=4)
"""A device whose faults come and go is told so often on the average, and no fault is left out."""

BURST = 2
"""So many transitions of one device are told without a wait: what breaks and what is mended."""

CALLS_KEPT = 500
"""Calls whose acknowledgements are kept; a busy hall makes about 150 an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceIdentity:
    """An enrolled device, as its token proved."""

    uid: str
    kind: str
    """`kiosk`, `display` or `pad`."""
    zone: str
    """Code of its zone; empty for the whole hall."""
    hall: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A device came, went, or its faults changed; an action publishes it as `device.changed`."""

    device: DeviceIdentity
    online: bool
    faults: tuple[str, ...]
    seen_at: datetime | None = field(default=None, compare=False)
    """When the device was last heard of."""
    software: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceState:
    """What is known of a device now."""

    device: DeviceIdentity
    online: bool
    acked_seq: int
    content: str
    """Digest of the catalogue that it shows."""
    faults: tuple[str, ...]
    software: str
    last_seen: datetime
    since: datetime
    """When it came; of one that is away, when its last connection ended."""
    parts: tuple[Part, ...] = ()
    """What hangs on it, as it said last."""
    fault_since: Mapping[str, datetime] = field(default_factory=dict)
    """Fault of the device itself → when it was first heard of."""


@dataclass(slots=True, kw_only=True)
class _Known:
    device: DeviceIdentity
    last_seen: datetime
    since: datetime
    software: str = ""
    sids: set[str] = field(default_factory=set)
    acked_seq: int = 0
    content: str = ""
    faults: tuple[str, ...] = ()
    fault_since: dict[str, datetime] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    heard: set[tuple[str, str]] = field(default_factory=set)
    """(part, fault) heard of since the last transition, also those that have gone again."""
    told: tuple[bool, tuple[str, ...]] | None = None
    """What the last transition said; None before the first."""
    told_parts: frozenset[tuple[str, str]] = frozenset()
    """(part, fault) at the last transition."""
    told_at: deque[datetime] = field(default_factory=lambda: deque(maxlen=BURST))

    def now_wrong(self) -> set[tuple[str, str]]:
        """What is wrong now, as (part, fault); the part of the device itself has no key."""
        found = {("", code) for code in self.faults}
        return found | {(part.key, fault.code) for part in self.parts for fault in part.faults}


class Presence:
    """Keeps the devices of all halls that this process serves."""

    def __init__(self) -> None:
        self._devices: dict[str, _Known] = {}
        self._acks: OrderedDict[tuple[str, int], dict[str, set[str]]] = OrderedDict()

    def joined(self, device: DeviceIdentity, sid: str, software: str, now: datetime) -> None:
        """Record that *device* is connected by *sid*; several at once are one device."""
        known = self._devices.get(device.uid)
        if known is None:
            known = self._devices[device.uid] = _Known(device=device, last_seen=now, since=now)
        if not known.sids:
            known.since = now
        known.device = device
        known.software = software
        known.last_seen = now
        known.sids.add(sid)

    def left(self, uid: str, sid: str, now: datetime) -> None:
        """Record that the connection *sid* ended."""
        known = self._devices.get(uid)
        if known is not None:
            known.sids.discard(sid)
            known.last_seen = now
            if not known.sids:
                known.since = now

    def acked(
        self,
        uid: str,
        *,
        seq: int,
        content: str,
        faults: tuple[str, ...],
        now: datetime,
        parts: tuple[Part, ...] = (),
    ) -> None:
        """Record what a device says that it shows."""
        known = self._devices.get(uid)
        if known is not None:
            known.last_seen = now
            known.acked_seq = seq
            known.content = content
            known.faults = faults
            known.fault_since = {code: known.fault_since.get(code, now) for code in faults}
            known.parts = parts
            known.heard |= known.now_wrong()

    def heard_by(self, uid: str, call: str, times: int, output: str) -> None:
        """Record that *uid* brought a call (and this repetition of it) to people."""
        outputs = self._acks.setdefault((call, times), {})
        self._acks.move_to_end((call, times))
        outputs.setdefault(output, set()).add(uid)
        while len(self._acks) > CALLS_KEPT:
            self._acks.popitem(last=False)

    def heard(
        self, hall: str, zone: str, *, call: str, times: int, called_at: datetime, now: datetime
    ) -> Heard:
        """Return whether a call reached the screens of its zone; a display without zone counts."""
        outputs = self._acks.get((call, times), {})
        shown = len(outputs.get("page", set()) | outputs.get("panel", set()))
        screens = sum(
            1
            for known in self._devices.values()
            if known.sids
            and known.device.kind == "display"
            and known.device.hall == hall
            and known.device.zone in {"", zone}
        )
        return Heard(
            call=call,
            times=times,
            screens=screens,
            shown=shown,
            spoken=bool(outputs.get("voice")),
            late=not shown and now - called_at >= LATE,
        )

    def due(self, now: datetime) -> list[Transition]:
        """Return the transitions to publish now; each is returned once.

        A device is offline `GRACE` after its last connection ended.
        """
        changes = []
        for known in self._devices.values():
            if known.sids:
                online = True
            elif now - known.last_seen >= GRACE:
                online = False
            else:
                continue
            wrong = known.now_wrong() | known.heard
            faults = tuple(sorted(code for part, code in wrong if not part))
            parts = frozenset(one for one in wrong if one[0])
            if (known.told, known.told_parts) == ((online, faults), parts):
                known.heard.clear()
                continue
            flaps = known.told is not None and known.told[0] == online
            if (
                flaps
                and len(known.told_at) == BURST
                and now - known.told_at[0] < BURST * TELL_EVERY
            ):
                continue
            known.told, known.told_parts = (online, faults), parts
            known.told_at.append(now)
            known.heard.clear()
            changes.append(
                Transition(
                    device=known.device,
                    online=online,
                    faults=faults,
                    seen_at=known.last_seen,
                    software=known.software,
                )
            )
        return changes

    def again(self, transition: Transition) -> None:
        """Take back that *transition* was told, because publishing it failed."""
        known = self._devices.get(transition.device.uid)
        if known is not None and known.told == (transition.online, transition.faults):
            known.told = None
            known.heard |= {("", code) for code in transition.faults}

    def told(self, uid: str) -> tuple[bool, tuple[str, ...]]:
        """Return (online, faults) as the last transition said them.

        This is what staff's pages show. They ask again at an event only: a fault that went before
        it was told would stay on a page that happened to ask in between.
        """
        known = self._devices.get(uid)
        if known is None:
            return False, ()
        return known.told or (bool(known.sids), known.faults)

    def device(self, uid: str) -> DeviceState | None:
        """Return what is known of a device, None when it was never here since the start."""
        known = self._devices.get(uid)
        return None if known is None else _state(known)

    def devices(self, hall: str) -> list[DeviceState]:
        """Return all devices of *hall* that were here since the start, by name."""
        found = [_state(k) for k in self._devices.values() if k.device.hall == hall]
        return sorted(found, key=lambda s: (s.device.name, s.device.uid))


def _state(known: _Known) -> DeviceState:
    return DeviceState(
        device=known.device,
        online=bool(known.sids),
        acked_seq=known.acked_seq,
        content=known.content,
        faults=known.faults,
        software=known.software,
        last_seen=known.last_seen,
        since=known.since,
        parts=known.parts,
        fault_since=dict(known.fault_since),
    )
