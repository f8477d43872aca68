"""Changes of what a hall is told to be, each with its line in the history of settings 设置记录."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from server.actions import catalogue
from server.domain.people import Permission, Staff
from server.kit.contract.messages import SettingChanged
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import DIGITS, KioskRules, ZoneVoice
from server.kit.contract.views import Done
from server.store import settings
from server.store.work import Work

LONGEST_REASON = 200
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
PACK = re.compile(r"[a-z0-9_-]{0,40}")
"""Names of languages and of voice packs, which are folders on a display."""


def noted(w: Work, key: str, *, was: object, value: object, reason: str = "") -> int:
    """Write a change into the history, tell staff pages, and refresh the catalogue.

    Args:
        w: the command's work.
        key: what changed: `voice`, `kiosk`, `notice:ID`, `notices`, `media:uid`, `media`, `device:uid`,
            `keywords:CODE`, `search:ID` or `leaders`.
        was: what it was, anything msgspec can write; None = the default, or nothing.
        value: what it is now; None = removed.
        reason: why, in the person's words.
    """
    version = settings.note_change(
        w,
        key,
        was=None if was is None else _json(was),
        value=_json(value),
        reason=reason.strip()[:LONGEST_REASON],
    )
    catalogue.refresh(w)
    w.publish(SettingChanged(key=key, version=version))
    return version


def set_voice(
    w: Work, value: tuple[ZoneVoice, ...], *, staff: Staff, expected: int, reason: str = ""
) -> Done:
    """Change how calls are spoken in the zones.

    Raises:
        Refused: `forbidden`, `stale`, `malformed` naming what is wrong.
    """
    staff.require(Permission.CONFIGURE)
    known = {"", *(z.code for z in w.config.zones)}
    seen: set[str] = set()
    for one in value:
        if one.zone not in known or one.zone in seen:
            raise Refused("malformed", problem=f"分区“{one.zone}”不存在或重复")
        seen.add(one.zone)
        if problem := _voice_problem(one):
            raise Refused("malformed", problem=problem)
    if "" not in seen:
        raise Refused("malformed", problem="缺少全大厅的语音设置")
    return store_setting(w, settings.VOICE, value, expected=expected, reason=reason)


def _voice_problem(one: ZoneVoice) -> str:
    clocks = [t for q in one.quiet for t in (q.from_at, q.to_at)]
    volumes = [one.volume, *(q.volume for q in one.quiet)]
    for wrong, problem in (
        (not one.languages, "至少要有一种语言"),
        (len(set(one.languages)) != len(one.languages), "同一种语言和语音包选了两次"),
        (
            any(
                not LANGUAGE.fullmatch(s.lang) or not PACK.fullmatch(s.pack) for s in one.languages
            ),
            "语音包的名称只能用小写字母、数字、- 和 _",
        ),
        (not 1 <= one.repeat <= 3, "播报遍数是 1 到 3"),
        (not 0 <= one.gap_ms <= 5000, "间隔是 0 到 5 秒"),
        (any(not 0 <= v <= 100 for v in volumes), "音量是 0 到 100"),
        (one.digits not in DIGITS, "数字读法只有“幺”“一”和整数三种"),
        (not 10 <= one.max_age_s <= 600, "过时不播的时间是 10 到 600 秒"),
        (any(not _is_clock(t) for t in clocks), "安静时段要写成 12:30 这样的时间"),
        (any(q.from_at == q.to_at for q in one.quiet), "安静时段的起止时间相同"),
    ):
        if wrong:
            return problem
    return ""


def _is_clock(text: str) -> bool:
    hours, colon, minutes = text.partition(":")
    return (
        len(text) == 5
        and bool(colon)
        and hours.isascii()
        and (hours + minutes).isdigit()
        and int(hours) < 24
        and int(minutes) < 60
    )


def set_kiosk(w: Work, value: KioskRules, *, staff: Staff, expected: int, reason: str = "") -> Done:
    """Change how kiosks behave.

    Raises:
        Refused: `forbidden`, `stale`, `malformed` naming what is wrong.
    """
    staff.require(Permission.CONFIGURE)
    for wrong, problem in (
        (not 30 <= value.idle_s <= 600, "无操作时间是 30 到 600 秒"),
        (not 60 <= value.idle_large_s <= 900, "大字模式的无操作时间是 60 到 900 秒"),
        (not 5 <= value.ask_s <= 60, "询问的时间是 5 到 60 秒"),
        (not 5 <= value.long_wait_min <= 600, "久等提醒是 5 到 600 分钟"),
        (not 1 <= value.long_ahead <= 999, "久等提醒的人数是 1 到 999"),
    ):
        if wrong:
            raise Refused("malformed", problem=problem)
    return store_setting(w, settings.KIOSK, value, expected=expected, reason=reason)


def store_setting(w: Work, key: str, value: object, *, expected: int, reason: str) -> Done:
    """Store a checked value under *key* and note the change; raises `Refused("stale")`."""
    before = settings.stored(w, key)
    text = _json(value)
    if not settings.store(w, key, text, was_version=expected):
        raise Refused("stale", number="设置")
    noted(
        w,
        key,
        was=None if before is None else msgspec.Raw(before[0].encode()),
        value=msgspec.Raw(text.encode()),
        reason=reason,
    )
    return Done(state="saved", version=expected + 1)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
