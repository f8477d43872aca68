"""声音: how calls are spoken, zone by zone, with 试听 before anything is saved."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from server.actions import settings as acts
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import DIGITS, QuietHours, Spoken, ZoneVoice
from server.kit.voice.faults import VoiceFault
from server.reads.screens import device_list
from server.reads.settings import language_words
from server.store import settings
from server.store.work import Read
from server.web.manage.fields import Fields
from server.web.manage.frame import Page, Stale, attempt, bp, saved, show, stale_since
from server.web.services import services

LANGUAGES = 4
"""So many rows for languages; a call in more is longer than the way to the counter."""
QUIET = 3
EVERYWHERE = "all"
"""Stands for the hall in an address, where a zone's code stands otherwise."""
DIGIT_HINTS = (
    ("yao", "幺", "A01 读作 A 零幺"),
    ("yi", "一", "A01 读作 A 零一"),
    ("whole", "整数", "A123 读作 A 一百二十三"),
)


@bp.get("/voice")
def voice() -> str:
    """The zones, how each speaks, and which screens speak for it."""
    hall = services()

    def read(r: Read) -> dict[str, Any]:
        rules = settings.voice_of(r.config.settings)
        own = {v.zone: v for v in rules}
        found = device_list(r, hall.presence)
        zones = [("", "全大厅", True)] + [(z.code, z.name, z.code in own) for z in r.config.zones]
        return {
            "zones": [
                {
                    "code": code,
                    "name": name,
                    "own": has,
                    "rules": own.get(code) or own.get("") or ZoneVoice(),
                    "screens": [
                        d for d in found.displays
                        if d.layout.voice and code and code in (d.layout.zones or (d.zone,))
                    ],
                }
                for code, name, has in zones
            ],
            "roaming": [
                d for d in found.displays
                if d.layout.voice and not d.layout.zones and not d.zone
            ],
        }  # fmt: skip

    return show("voice.html", "voice", language_words=language_words, **hall.read(read))


@bp.route("/voice/<zone>", methods=["GET", "POST"])
def zone_voice(zone: str) -> Page:
    """How calls are spoken in one zone, or everywhere that has nothing of its own."""
    hall = services()
    code = "" if zone == EVERYWHERE else zone
    rules, version, names = hall.read(_stored)
    if code not in names:
        raise Refused("not_found", what="这个分区")
    now = {v.zone: v for v in rules}
    if request.method == "GET":
        shown = now.get(code) or now.get("") or ZoneVoice()
        return _page(zone, names[code], _typed(shown, version), own=code in now)
    fields = Fields(request.form)
    drop = fields.get("do") == "inherit" and bool(code)
    wanted = None if drop else read_rules(fields, code)
    others = tuple(v for v in rules if v.zone != code)
    value = others if wanted is None else (*others, wanted)
    try:
        done = attempt(
            Fields({}) if drop else fields,
            lambda w, staff: acts.set_voice(
                w,
                tuple(sorted(value, key=lambda v: v.zone)),
                staff=staff,
                expected=fields.expected(),
                reason=fields.get("reason"),
            ),
        )
    except Refused as refused:
        if refused.code != "stale":
            raise
        version = hall.read(_stored)[1]
        changed = stale_since("voice", fields.expected(), version)
        return (
            _page(zone, names[code], fields, own=code in now, stale=changed, version=version),
            409,
        )
    if done is None:
        return (_page(zone, names[code], fields, own=code in now), 422)
    words = "跟全大厅一样" if drop else "按新的设置播报"
    return saved(f"已保存：{names[code]}{words}。", "manage.voice")


def _stored(r: Read) -> tuple[tuple[ZoneVoice, ...], int, dict[str, str]]:
    found = settings.stored(r, settings.VOICE)
    names = {"": "全大厅", **{z.code: z.name for z in r.config.zones}}
    return (settings.voice_of(r.config.settings), 0 if found is None else found[1], names)


def _typed(rules: ZoneVoice, version: int) -> Fields:
    values = {
        "expected": str(version),
        "on": "on" if rules.on else "",
        "repeat": str(rules.repeat),
        "gap_ms": str(rules.gap_ms),
        "chime": "on" if rules.chime else "",
        "volume": str(rules.volume),
        "digits": rules.digits,
        "max_age_s": str(rules.max_age_s),
    }
    for n, spoken in enumerate(rules.languages):
        values |= {f"lang_{n}": spoken.lang, f"pack_{n}": spoken.pack}
    for n, quiet in enumerate(rules.quiet):
        values |= {f"quiet_from_{n}": quiet.from_at, f"quiet_to_{n}": quiet.to_at}
        values[f"quiet_volume_{n}"] = str(quiet.volume)
    return Fields(values)


def read_rules(fields: Fields, zone: str) -> ZoneVoice:
    """Return the rules that are typed; what is wrong is said at its field."""
    languages = [
        Spoken(lang=lang, pack=fields.get(f"pack_{n}").strip()[:40])
        for n in range(LANGUAGES)
        if (lang := fields.get(f"lang_{n}").strip().lower()[:8])
    ]
    if not languages:
        fields.fail("lang_0", "至少要选一种语言")
    quiet = []
    for n in range(QUIET):
        begin, end = fields.get(f"quiet_from_{n}").strip(), fields.get(f"quiet_to_{n}").strip()
        if not begin and not end:
            continue
        if not begin or not end:
            fields.fail(f"quiet_from_{n}", "安静时段的开始和结束都要填")
        volume = fields.whole(f"quiet_volume_{n}", "安静时段的音量", 0, 100)
        quiet.append(QuietHours(from_at=begin[:5], to_at=end[:5], volume=volume))
    return ZoneVoice(
        zone=zone,
        on=fields.has("on"),
        languages=tuple(languages) or (Spoken(),),
        repeat=fields.whole("repeat", "播报遍数", 1, 3),
        gap_ms=fields.whole("gap_ms", "间隔", 0, 5000),
        chime=fields.has("chime"),
        volume=fields.whole("volume", "音量", 0, 100),
        quiet=tuple(quiet),
        digits=fields.choice("digits", "数字读法", DIGITS),
        max_age_s=fields.whole("max_age_s", "过时不播", 10, 600),
    )


def _page(
    zone: str,
    name: str,
    fields: Fields,
    *,
    own: bool,
    stale: Stale | None = None,
    version: int = 0,
) -> str:
    studio = services().studio
    languages = [("", "（不用）"), ("zh", "普通话"), ("en", "英语")]
    known = {code for code, _ in languages}
    for n in range(LANGUAGES):  # a language of a voice pack, as it was set
        code = fields.get(f"lang_{n}")
        if code not in known:
            known.add(code)
            languages.append((code, code))
    counters = services().read(lambda r: r.config.counters)
    return show(
        "voice_zone.html",
        "voice",
        crumbs=[(name, "")],
        zone=zone,
        zone_name=name,
        own=own,
        f=fields,
        stale=stale,
        expected=version if stale else fields.expected(),
        languages=languages,
        language_rows=range(LANGUAGES),
        quiet_rows=range(QUIET),
        packs=studio.packs(),
        problem=studio.problem(),
        credits=studio.credits(),
        digits=DIGIT_HINTS,
        counters=counters,
        sound_url=url_for("manage.sound"),
    )


@bp.route("/sound", methods=["GET", "POST"])
def sound() -> Response:
    """A call as the rules in the query or form speak it: WAV, 22 050 Hz, one channel.

    Nothing is saved; a browser without script sends the whole form, which a query should not hold.

    Raises:
        Refused: `malformed`, in words, when it cannot be spoken.
    """
    fields = Fields(request.form if request.method == "POST" else request.args)
    rules = read_rules(fields, "")
    number = fields.text("number", "号码", most=8)
    counter = fields.text("counter", "窗口", most=40)
    if not fields.well:
        raise Refused("malformed", problem=next(iter(fields.errors.values())))
    try:
        whole = services().studio.hear(number, counter, rules)
    except VoiceFault as fault:
        raise Refused("malformed", problem=str(fault).rstrip("。")) from fault
    return Response(whole, content_type="audio/wav")
