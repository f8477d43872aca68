"""The composition root: the only place where the server's parts are put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import gevent
import structlog
from flask import Flask, Response
from flask_socketio import SocketIO
from flask_wtf.csrf import validate_csrf
from gevent import socket
from gevent.event import Event
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.middleware.proxy_fix import ProxyFix
from wtforms import ValidationError

from display.preview import Preview
from display.voice.phrases import Call, Sentence, sentences
from kiosk.printing.preview import SlipPreview
from server.actions import catalogue as catalogue_acts
from server.actions import devices as device_acts
from server.config import ConfigError, ServerConfig, require_public_url
from server.jobs.forecaster import Forecaster
from server.jobs.timetable import Timetable
from server.kit import watchdog
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import ZoneVoice
from server.kit.voice.render import Voice
from server.place import database, secret_key, the_hall
from server.reads import log
from server.reads.board import board
from server.reads.screens import Seen
from server.reads.voice import plan
from server.realtime import wire
from server.realtime.fanout import Fanout, Source
from server.realtime.namespaces import Output, Realtime, StaffIdentity
from server.realtime.presence import DeviceIdentity, Transition
from server.runtime import Runtime
from server.store import migrate, showing
from server.store.media_files import MediaFiles
from server.store.probe import WriteProbe, write_nothing_new
from server.store.work import Actor
from server.web import assets, auth, errors, limits, manage, media, pages, phone, rater
from server.web.api import alarms, asks, counters, devices, hall, pads, reports, tickets
from server.web.desk import pages as desk_pages
from server.web.manage.studio import Studio
from server.web.services import EXTENSION, KnownDevices, Services

LARGEST_REQUEST = 256 * 1024
"""Bytes of a request's body; a disclosure is some 5 kB."""

logger = structlog.get_logger("hallqueue.app")


@dataclass(kw_only=True)
class Server:
    """A server that is put together and can be run."""

    config: ServerConfig
    app: Flask
    socketio: SocketIO
    runtime: Runtime
    realtime: Realtime
    fanout: Fanout
    timetable: Timetable
    forecaster: Forecaster
    hall: str
    ending: Event

    def run(self, stop: Event, sock: socket.socket) -> None:
        """Serve on the listening *sock* until *stop* is set; then end in order."""
        stop.rawlink(lambda _: self.ending.set())
        self.timetable.start()
        self.fanout.start()
        self.forecaster.start()
        beating = gevent.spawn(watchdog.beat, gevent.sleep)
        watchdog.notify("READY=1")
        try:
            wire.serve(self.app, self.socketio, sock, stop=stop, farewell=self.realtime.farewell)
        finally:
            watchdog.notify("STOPPING=1")
            beating.kill()
            self.forecaster.stop()
            self.fanout.stop()
            self.timetable.stop()
            self._note_last_seen()
            self.runtime.close()

    def _note_last_seen(self) -> None:
        """Note when each device was last heard of: one that stays away is away since then."""
        here = self.realtime.presence.devices(self.hall)
        seen = {d.device.uid: (d.last_seen, d.software) for d in here}
        if seen:
            actor = Actor("job", "stop")
            self.runtime.run(self.hall, actor, lambda w: device_acts.last_seen(w, seen))


class _PresenceView:
    """Presence as the web layer asks for it."""

    def __init__(self, realtime: Realtime, hall_code: str) -> None:
        self._realtime = realtime
        self._hall = hall_code

    def connected(self, device: str) -> bool:
        """Whether a device is connected this very moment."""
        known = self._realtime.presence.device(device)
        return known is not None and known.online

    def online(self, device: str) -> bool:
        """Whether a device is connected, as it was last published."""
        return self._realtime.presence.told(device)[0]

    def faults(self, device: str) -> tuple[str, ...]:
        """What is wrong with a device, as it was last published."""
        return self._realtime.presence.told(device)[1]

    def seen(self, device: str) -> Seen | None:
        """What is known of a device; None when it was not here since the start."""
        known = self._realtime.presence.device(device)
        if known is None:
            return None
        return Seen(
            online=known.online,
            since=known.since,
            content=known.content,
            faults=known.faults,
            software=known.software,
            parts=known.parts,
            fault_since=known.fault_since,
        )

    def leader(self, zone: str) -> str:
        """The display that speaks for a zone now; empty when none does."""
        return self._realtime.edge.voices.leader(self._hall, zone)

    def drop(self, device: str) -> None:
        """Say `bye` to a revoked device and disconnect it."""
        self._realtime.edge.revoke(device)


def build(config: ServerConfig) -> Server:
    """Put the server together for the configured hall.

    Raises:
        ConfigError: no `public_url` that phones reach, a schema that is not current, no hall, or
            several halls and none named.
    """
    require_public_url(config)
    db = database(config)
    if not migrate.is_current(db):
        raise ConfigError("the database has another schema: run `hall-server db upgrade`")
    code = the_hall(db, config)
    runtime = Runtime(db)
    app = Flask("server.web", static_folder="static", static_url_path="/static")
    app.request_class = media.HallRequest
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(Path(assets.OWN_STATIC).parent / "templates"),
            FileSystemLoader(Path(assets.KIT_STATIC).parent / "templates"),
        ]
    )
    app.config.update(
        SECRET_KEY=secret_key(Path(config.data_dir)),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        SESSION_COOKIE_NAME="hall_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.behind_proxy,
        WTF_CSRF_CHECK_DEFAULT=False,  # checked where staff change something; devices have tokens
        WTF_CSRF_TIME_LIMIT=None,  # a page stays open all day; the token dies with the session
        WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_HEADERS_ENABLED=False,
    )
    if config.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]  # Flask's documented way
    socketio = SocketIO(app, **wire.options())
    realtime = _realtime(runtime, socketio, code)
    fanout = Fanout(
        socketio=socketio,
        source=_source(runtime),
        halls=[code],
        now=db.clock,
        chores=realtime.chores,
        follow=realtime.edge.voices.follow,
        tick=realtime.edge.voices.tick,
    )
    runtime.on_commit(fanout.wake)
    probe = WriteProbe(lambda: runtime.run(code, Actor("job", "probe"), write_nothing_new))
    timetable = Timetable(runtime, code)
    forecaster = Forecaster(runtime, code)
    _register(app)
    services = Services(
        config=config,
        hall=code,
        runtime=runtime,
        presence=_PresenceView(realtime, code),
        devices=KnownDevices(lambda token: runtime.read(code, lambda r: auth.device_of(r, token))),
        health=lambda: _health(
            runtime, code, fanout, timetable.failures + forecaster.failures, realtime, probe
        ),
        forecast=forecaster.newest,
        media=_media(Path(config.data_dir), runtime, code),
        studio=Studio(Voice.open(Path(config.data_dir)), _call_words),
        preview=Preview(cast("Callable[[str], str]", app.jinja_env.globals["kit_url"])),
        slips=SlipPreview(),
    )
    app.extensions[EXTENSION] = services
    ending = _let_go_when_ending(app)
    runtime.run(
        code,
        Actor("job", "start"),
        lambda w: catalogue_acts.settle(w, public_url=config.public_url),
    )
    return Server(
        config=config,
        app=app,
        socketio=socketio,
        runtime=runtime,
        realtime=realtime,
        fanout=fanout,
        timetable=timetable,
        forecaster=forecaster,
        hall=code,
        ending=ending,
    )


def _media(folder: Path, runtime: Runtime, code: str) -> MediaFiles:
    """Return the media files, those swept away that a power cut left behind."""
    files = MediaFiles(folder)
    files.sweep(runtime.read(code, showing.digests))
    return files


def _call_words(
    number: str, counter: str, rules: ZoneVoice, templates: Mapping[str, str]
) -> Sequence[Sentence]:
    return sentences(Call(number=number, counter=counter), rules, templates)


def _let_go_when_ending(app: Flask) -> Event:
    """Close each connection behind its answer once the event is set.

    Otherwise a client that asks again on the same connection would be cut off in the middle of a
    command when the time of grace is over.
    """
    ending = Event()

    @app.after_request
    def let_go(response: Response) -> Response:
        if ending.is_set():
            response.headers["Connection"] = "close"
        return response

    return ending


def _register(app: Flask) -> None:
    errors.register(app)
    assets.register(app)
    auth.register(app)
    limits.register(app)
    app.register_blueprint(pages.bp)
    app.register_blueprint(phone.bp)
    app.register_blueprint(rater.bp)
    app.register_blueprint(desk_pages.bp)
    app.register_blueprint(media.bp)
    app.register_blueprint(manage.bp)
    for blueprint in (
        tickets.bp,
        counters.bp,
        hall.bp,
        devices.bp,
        reports.bp,
        pads.bp,
        asks.bp,
        alarms.bp,
    ):
        app.register_blueprint(blueprint, url_prefix="/api/v1")
    app.register_blueprint(hall.health_bp)


def _source(runtime: Runtime) -> Source:
    return Source(
        last_seq=lambda code: runtime.read(code, log.last_seq),
        events_after=lambda code, seq, limit: runtime.read(
            code, lambda r: log.events_after(r, seq, limit)
        ),
        board=lambda code: runtime.read(code, board),
    )


def _realtime(runtime: Runtime, socketio: SocketIO, code: str) -> Realtime:
    def device_of(token: str) -> DeviceIdentity | None:
        found = runtime.read(code, lambda r: auth.device_of(r, token))
        if found is None:
            return None
        return DeviceIdentity(
            uid=found.uid, kind=found.kind, zone=found.zone, hall=code, name=found.name
        )

    def staff_of(claims: Mapping[str, Any]) -> StaffIdentity | None:
        user = auth.signed_in()
        if user is None or user.staff.must_change:
            return None
        try:
            validate_csrf(str(claims.get("csrf", "")))
        except ValidationError as error:
            raise Refused("csrf") from error
        return StaffIdentity(uid=user.staff.uid, hall=code)

    def on_outputs(device: DeviceIdentity, outputs: list[Output]) -> None:
        seen = [(o.call, o.times, o.output) for o in outputs]
        actor = Actor("device", device.uid)
        runtime.run(code, actor, lambda w: device_acts.heard(w, device.uid, seen))

    def on_transition(t: Transition) -> None:
        runtime.run(
            code,
            Actor("job", "presence"),
            lambda w: device_acts.changed(
                w,
                t.device.uid,
                online=t.online,
                faults=t.faults,
                seen_at=t.seen_at,
                software=t.software,
            ),
        )

    return Realtime(
        socketio=socketio,
        source=_source(runtime),
        now=runtime.database.clock,
        device_of=device_of,
        staff_of=staff_of,
        on_outputs=on_outputs,
        on_transition=on_transition,
        voice_of=lambda code: runtime.read(code, plan),
    )


def _health(
    runtime: Runtime,
    code: str,
    fanout: Fanout,
    job_failures: int,
    realtime: Realtime,
    probe: WriteProbe,
) -> dict[str, object]:
    try:
        seq = runtime.read(code, log.last_seq)
    except Exception as error:
        # Whatever is wrong with the database, this page has to say so rather than fail.
        return {"ok": False, "database": type(error).__name__}
    if not runtime.database.in_place:
        return {"ok": False, "database": "removed"}
    if fault := probe.fault():
        return {"ok": False, "database": fault}
    last = fanout.last(code)
    lag = 0 if last is None else seq - last
    devices_here = realtime.presence.devices(code)
    return {
        "ok": lag < 1000,
        "database": "ok",
        "seq": seq,
        "fanout_lag": lag,
        "fanout_failures": fanout.failures,
        "job_failures": job_failures,
        "devices_online": sum(1 for d in devices_here if d.online),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
