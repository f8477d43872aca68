"""/edge for devices and /staff for people: who may connect, and how a client learns the truth.

A client is accepted or refused at connect. Accepted, it joins its rooms first and only then is the
log read, so that no event falls between: what it gets twice it drops by number. `welcome` brings
the events it missed, or a whole board when that is too much or another day.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import flask
import gevent
import msgspec
from flask_socketio import Namespace, SocketIO
from msgspec import Struct
from socketio.exceptions import ConnectionRefusedError as Turned

from server.actions.pads import COOKIE
from server.kit.announcing import EVENT, Report
from server.kit.contract import codec
from server.kit.contract.reasons import REASONS, Refused
from server.reads.voice import Plan
from server.realtime.fanout import Source, public_room, staff_room
from server.realtime.greeting import Greeter
from server.realtime.presence import DeviceIdentity, Presence, Transition
from server.realtime.said import Ack, Hello, Output, StaffHello, Sync
from server.realtime.voice import Voices
from server.realtime.wire import manager_of

CHECK_AGAIN_S = 30.0
"""Who is connected is asked again for its right after this long: another process may have revoked
a device, and a person may have signed out in another window."""

__all__ = ["DeviceOf", "Edge", "OnOutputs", "OnTransition", "Output", "Realtime", "Staff"]
__all__ += ["StaffIdentity", "StaffOf"]

_log = logging.getLogger("hall.realtime")

T = TypeVar("T", bound=Struct)
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffIdentity:
    """A signed-in person."""

    uid: str
    hall: str


@dataclass(slots=True)
class _Person:
    identity: StaffIdentity
    claims: Mapping[str, Any]
    check_at: float


DeviceOf = Callable[[str], DeviceIdentity | None]
"""Token → device, None when unknown or revoked; may raise `Refused`."""

StaffOf = Callable[[Mapping[str, Any]], StaffIdentity | None]
"""`auth` of the connect → person; called inside the Flask request context of the handshake, so
`flask.session` is at hand; None when nobody is signed in; raises `Refused("csrf")` for a wrong
token."""

OnOutputs = Callable[[DeviceIdentity, list[Output]], None]
"""Writes down which device brought which call to people."""

OnTransition = Callable[[Transition], None]
"""Publishes `device.changed`."""

VoiceOf = Callable[[str], Plan]
"""What is set of a hall's voice."""


@dataclass(slots=True)
class _Session:
    device: DeviceIdentity
    token: str
    check_at: float


class _Space(Namespace):
    """What both namespaces do alike: greet, answer, say goodbye."""

    namespace: str
    socketio: Any  # the published stubs leave this attribute of flask_socketio.Namespace out

    def __init__(self, name: str, greeter: Greeter, *, public: bool) -> None:
        super().__init__(name)
        self._greeter = greeter
        self._public = public
        self.malformed = 0
        """Messages that were dropped because they were not in the contract."""

    def bye(self, reason: str, to: str | None = None) -> None:
        """Say `bye`: `revoked`, `upgrade_needed` or `shutting_down`; to everybody without *to*."""
        self.socketio.emit("bye", {"reason": reason}, namespace=self.namespace, to=to)

    def _greet(self, sid: str, hall: str, since: int | None, rooms: list[str]) -> None:
        """Join the rooms, then read, then tell. Runs in a greenlet of its own after the connect.

        It starts when the acceptance has gone out: a client expects that first.
        """
        server = self.socketio.server
        told = False
        try:
            if not server.manager.is_connected(sid, self.namespace):
                return  # gone before it was greeted
            for room in rooms:
                server.enter_room(sid, room, namespace=self.namespace)
            self._answer(sid, hall, since)
            told = True
        finally:
            if not told:  # it waits for a welcome that will not come: let it try again
                self._cut([sid])

    def _answer(self, sid: str, hall: str, since: int | None) -> None:
        welcome = self._greeter.welcome(hall, since, public=self._public)
        self.socketio.emit("welcome", welcome, namespace=self.namespace, to=sid)

    def _cut(self, sids: list[str]) -> None:
        for sid in sids:
            self.socketio.server.disconnect(sid, namespace=self.namespace)

    def _read(self, payload: Any, kind: type[T]) -> T | None:
        try:
            return msgspec.convert(payload, kind)
        except msgspec.ValidationError as problem:
            self.malformed += 1
            _log.warning("dropped a malformed %s: %s", kind.__name__, problem)
            return None


class Edge(_Space):
    """/edge: kiosks, displays and pads."""

    def __init__(
        self,
        *,
        greeter: Greeter,
        presence: Presence,
        now: Callable[[], datetime],
        device_of: DeviceOf,
        on_outputs: OnOutputs,
        voice_of: VoiceOf,
        check_again_s: float,
    ) -> None:
        super().__init__("/edge", greeter, public=True)
        self.voices = Voices(ask=voice_of, tell=self._tell_voice, now=now)
        self._check_again_s = check_again_s
        self._presence = presence
        self._now = now
        self._device_of = device_of
        self._on_outputs = on_outputs
        self._sessions: dict[str, _Session] = {}

    def on_connect(self, auth: Any) -> None:
        """Accept an enrolled device that speaks our contract; refuse everybody else."""
        hello = _hello(auth, Hello)
        # The page of a rater holds its token in a cookie that its script cannot read.
        token = hello.token or flask.request.cookies.get(COOKIE, "")[:512]
        device = _asked(lambda: self._device_of(token)) if token else None
        if device is None:
            raise _turned("device_unknown")
        if codec.VERSION not in hello.contract:
            raise _turned("contract_too_old")
        sid = _sid()
        self._sessions[sid] = _Session(device, token, time.monotonic() + self._check_again_s)
        self._presence.joined(device, sid, hello.software, self._now())
        self.voices.joined(device, sid)
        rooms = [
            public_room(device.hall),
            f"zone:{device.hall}:{device.zone}",
            f"device:{device.uid}",
        ]
        since = self._greeter.common(hello.since, hello.run)
        gevent.spawn(self._greet, sid, device.hall, since, rooms)

    def on_disconnect(self, reason: object = None) -> None:
        """Note that the connection ended."""
        session = self._sessions.pop(_sid(), None)
        if session is not None:
            self._presence.left(session.device.uid, _sid(), self._now())
            self.voices.left(session.device, _sid())

    def on_sync(self, payload: Any = None) -> None:
        """Tell the truth again, after a gap."""
        session = self._sessions.get(_sid())
        sync = self._read(payload, Sync)
        if session is not None and sync is not None:
            self._answer(_sid(), session.device.hall, sync.since)

    def on_ack(self, payload: Any = None) -> None:
        """Note what the device shows and which calls it brought to people."""
        session = self._sessions.get(_sid())
        ack = self._read(payload, Ack)
        if session is None or ack is None:
            return
        device = session.device
        if time.monotonic() >= session.check_at:
            session.check_at = time.monotonic() + self._check_again_s
            if self._device_of(session.token) is None:
                self.revoke(device.uid)
                return
        self._presence.acked(
            device.uid,
            seq=ack.seq,
            content=ack.content,
            faults=tuple(sorted(ack.status.faults)),
            parts=tuple(ack.status.parts),
            now=self._now(),
        )
        for output in ack.outputs:
            self._presence.heard_by(device.uid, output.call, output.times, output.output)
        self.voices.sounding(device, ack.status.sound)
        if ack.outputs:
            self._on_outputs(device, ack.outputs)

    def on_voice(self, payload: Any = None) -> None:
        """Take what the display that speaks for a zone says of its announcements."""
        session = self._sessions.get(_sid())
        report = self._read(payload, Report)
        if session is not None and report is not None:
            self.voices.reported(session.device, report)

    def _tell_voice(self, uid: str, turn: dict[str, Any]) -> None:
        self.socketio.emit(EVENT, turn, namespace=self.namespace, to=f"device:{uid}")

    def revoke(self, uid: str) -> None:
        """Say goodbye to a device that is no longer enrolled, and cut it off."""
        self.bye("revoked", to=f"device:{uid}")
        self._cut([s for s, session in self._sessions.items() if session.device.uid == uid])


class Staff(_Space):
    """/staff: clerks', managers' and supervisors' pages."""

    def __init__(self, *, greeter: Greeter, staff_of: StaffOf, check_again_s: float) -> None:
        super().__init__("/staff", greeter, public=False)
        self._staff_of = staff_of
        self._check_again_s = check_again_s
        self._people: dict[str, _Person] = {}

    def on_connect(self, auth: Any) -> None:
        """Accept a person who is signed in; refuse everybody else."""
        hello = _hello(auth, StaffHello)
        claims = dict(auth or {})
        person = _asked(lambda: self._staff_of(claims))
        if person is None:
            raise _turned("sign_in_required")
        if codec.VERSION not in hello.contract:
            raise _turned("contract_too_old")
        sid = _sid()
        self._people[sid] = _Person(person, claims, time.monotonic() + self._check_again_s)
        rooms = [staff_room(person.hall), f"person:{person.uid}"]
        if hello.counter:
            rooms.append(f"counter:{person.hall}:{hello.counter}")
        gevent.spawn(self._greet, sid, person.hall, hello.since, rooms)

    def on_disconnect(self, reason: object = None) -> None:
        """Forget the page."""
        self._people.pop(_sid(), None)

    def on_sync(self, payload: Any = None) -> None:
        """Tell the truth again, after a gap."""
        known = self._people.get(_sid())
        sync = self._read(payload, Sync)
        if known is not None and sync is not None:
            self._answer(_sid(), known.identity.hall, sync.since)

    def sign_out(self, uid: str) -> None:
        """Cut off all pages of a person at once, who lost a role or was locked."""
        self.bye("revoked", to=f"person:{uid}")
        self._cut([s for s, known in self._people.items() if known.identity.uid == uid])

    def recheck(self) -> None:
        """Cut off pages whose person has signed out since."""
        at = time.monotonic()
        for sid, known in list(self._people.items()):
            if at < known.check_at:
                continue
            known.check_at = at + self._check_again_s
            if self._who(sid, known.claims) != known.identity:
                self.bye("revoked", to=sid)
                self._cut([sid])

    def _who(self, sid: str, claims: Mapping[str, Any]) -> StaffIdentity | None:
        environ = self.socketio.server.get_environ(sid, namespace=self.namespace)
        if environ is None:
            return None
        with environ["flask.app"].request_context(environ):  # with the cookie of the handshake
            try:
                return self._staff_of(claims)
            except Refused:
                return None


class Realtime:
    """Both namespaces and presence, wired: what the composition root makes and the rest asks."""

    def __init__(
        self,
        *,
        socketio: SocketIO,
        source: Source,
        now: Callable[[], datetime],
        device_of: DeviceOf,
        staff_of: StaffOf,
        on_outputs: OnOutputs,
        on_transition: OnTransition,
        voice_of: VoiceOf = lambda _: Plan(),
        check_again_s: float = CHECK_AGAIN_S,
    ) -> None:
        greeter = Greeter(source, now)
        self.presence = Presence()
        self.edge = Edge(
            greeter=greeter,
            presence=self.presence,
            now=now,
            device_of=device_of,
            on_outputs=on_outputs,
            voice_of=voice_of,
            check_again_s=check_again_s,
        )
        self.staff = Staff(greeter=greeter, staff_of=staff_of, check_again_s=check_again_s)
        self._socketio = socketio
        self._now = now
        self._on_transition = on_transition
        socketio.on_namespace(self.edge)
        socketio.on_namespace(self.staff)

    def chores(self) -> None:
        """Publish who came and went, and close connections of strangers; the fan-out calls this."""
        manager = manager_of(self._socketio)
        if manager is not None:
            manager.sweep()
        self.staff.recheck()
        todo = self.presence.due(self._now())
        try:
            while todo:
                self._on_transition(todo[0])
                todo.pop(0)
        finally:
            for transition in todo:  # those that failed are due again next time
                self.presence.again(transition)

    def farewell(self) -> None:
        """Tell everybody that the server stops; they come back by themselves."""
        self.edge.bye("shutting_down")
        self.staff.bye("shutting_down")


def _hello(auth: Any, kind: type[T]) -> T:
    try:
        return msgspec.convert(auth if auth is not None else {}, kind)
    except msgspec.ValidationError as problem:
        raise _turned("malformed", problem=str(problem)) from None


def _asked(question: Callable[[], R]) -> R:
    """Return the answer; a refusal becomes the reason for which the connection is turned away."""
    try:
        return question()
    except Refused as refusal:
        raise _turned(refusal.code, **refusal.context) from None


def _turned(code: str, **context: object) -> Turned:
    """Return the refusal of a connection; the client sees the code as its message."""
    refusal = Refused(code, **context)
    return Turned(code, {"code": code, "status": REASONS[code].status, "detail": refusal.zh})


def _sid() -> str:
    sid: str = flask.request.sid  # type: ignore[attr-defined]  # Flask-SocketIO puts it there
    return sid
