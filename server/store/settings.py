"""Settings 设置 of a hall that have a shape of their own, and their history.

A setting is one JSON value under a key; its Struct stands in the contract, so that what is stored
is what devices receive. A value that this version cannot read, say after a downgrade, counts as the
default: a hall must not stop because of the colour of a screen.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from server.kit.contract.paper import RealName, SlipLayout
from server.kit.contract.screens import KioskRules, ZoneVoice
from server.store import tables
from server.store.sql import Sql
from server.store.work import Read, Work

T = TypeVar("T")
X, G = tables.setting.c, tables.setting_change.c

VOICE, KIOSK, SLIP, REAL_NAME = "voice", "kiosk", "slip", "real_name"
"""Keys of the settings whose Structs the catalogue carries."""
COMMON = "common_items"
"""Key of what is learnt, not set: codes of the items taken most."""
COMPLAINT_PHONE = "complaint_phone"
"""Key of the telephone for complaints, a JSON string."""
DEFAULT_VOICE: tuple[ZoneVoice, ...] = (ZoneVoice(),)

_log = logging.getLogger("hallqueue.settings")

_SETTING = Sql(
    sa.select(X.value, X.version).where(
        X.hall_id == sa.bindparam("h"), X.key == sa.bindparam("name")
    )
)
_ADD_SETTING = Sql(sa.insert(tables.setting), ["hall_id", "key", "value"])
_SET_SETTING = Sql(
    sa.update(tables.setting)
    .where(
        X.hall_id == sa.bindparam("h"),
        X.key == sa.bindparam("name"),
        X.version == sa.bindparam("was"),
    )
    .values(value=sa.bindparam("b_value"), version=X.version + 1)
)
_LAST_CHANGE = Sql(
    sa.select(sa.func.coalesce(sa.func.max(G.version), 0)).where(
        G.hall_id == sa.bindparam("h"), G.key == sa.bindparam("name")
    )
)
_ADD_CHANGE = Sql(
    sa.insert(tables.setting_change),
    ["hall_id", "key", "version", "was", "value", "at", "actor", "reason"],
)
_COLUMNS = (G.key, G.version, G.was, G.value, G.at, G.actor, G.reason)
_HISTORY = Sql(
    sa.select(*_COLUMNS)
    .where(G.hall_id == sa.bindparam("h"))
    .order_by(G.id.desc())
    .limit(sa.bindparam("most"))
)
_HISTORY_OF = Sql(
    sa.select(*_COLUMNS)
    .where(G.hall_id == sa.bindparam("h"), G.key == sa.bindparam("name"))
    .order_by(G.id.desc())
    .limit(sa.bindparam("most"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """One line of the history of settings."""

    key: str
    version: int
    was: str | None
    """JSON; None = the default was in force."""
    value: str
    at: str
    actor: str
    """`person:uid`."""
    reason: str


def voice_of(settings: Mapping[str, Any]) -> tuple[ZoneVoice, ...]:
    """Return how the zones' voices are set; the first entry without a zone is for all others."""
    return _read(settings, VOICE, tuple[ZoneVoice, ...], DEFAULT_VOICE)


def kiosk_of(settings: Mapping[str, Any]) -> KioskRules:
    """Return how kiosks are set."""
    return _read(settings, KIOSK, KioskRules, KioskRules())


def slip_of(settings: Mapping[str, Any]) -> SlipLayout:
    """Return what stands on a slip; no blocks = the layout that ships with the product."""
    return _read(settings, SLIP, SlipLayout, SlipLayout())


def real_name_of(settings: Mapping[str, Any]) -> RealName:
    """Return which queues ask for an identity card."""
    return _read(settings, REAL_NAME, RealName, RealName())


def complaint_phone_of(settings: Mapping[str, Any]) -> str:
    """Return the telephone for complaints, empty when none is named."""
    return _read(settings, COMPLAINT_PHONE, str, "")


def common_of(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the codes of the items that were taken most; empty until enough was taken."""
    return _read(settings, COMMON, tuple[str, ...], ())


def as_json(value: object) -> str:
    """Return *value* as a setting is stored."""
    return msgspec.json.encode(value).decode()


def _read(settings: Mapping[str, Any], key: str, kind: Any, default: T) -> T:
    if key not in settings:
        return default
    try:
        found: T = msgspec.convert(settings[key], kind)
    except msgspec.ValidationError as problem:
        _log.warning("setting %s is not readable and counts as the default: %s", key, problem)
        return default
    return found


def stored(r: Read, key: str) -> tuple[str, int] | None:
    """Return (JSON, version) of a setting, None while the default is in force (version 0)."""
    row = r.one(_SETTING, h=r.hall.id, name=key)
    return None if row is None else (row[0], row[1])


def store(w: Work, key: str, value: str, *, was_version: int) -> bool:
    """Store a setting's JSON; False when it is no longer at *was_version* (0 = not stored yet)."""
    known = stored(w, key)
    if (0 if known is None else known[1]) != was_version:
        return False
    if known is None:
        w.run(_ADD_SETTING, hall_id=w.hall.id, key=key, value=value)
        return True
    return w.run(_SET_SETTING, h=w.hall.id, name=key, was=was_version, b_value=value) == 1


def note_change(w: Work, key: str, *, was: str | None, value: str, reason: str = "") -> int:
    """Add a line to the history and return its number among the changes of *key*, from 1."""
    version = int(w.scalar(_LAST_CHANGE, h=w.hall.id, name=key)) + 1
    w.run(
        _ADD_CHANGE,
        hall_id=w.hall.id,
        key=key,
        version=version,
        was=was,
        value=value,
        at=w.at,
        actor=w.actor.key,
        reason=reason,
    )
    return version


def history(r: Read, key: str = "", *, most: int = 200) -> list[SettingChange]:
    """Return the newest changes, of one key or of all, newest first."""
    rows = (
        r.all(_HISTORY_OF, h=r.hall.id, name=key, most=most)
        if key
        else r.all(_HISTORY, h=r.hall.id, most=most)
    )
    names = [c.name for c in _COLUMNS]
    return [SettingChange(**dict(zip(names, row, strict=True))) for row in rows]
