"""What a hall tells its screens, its voice and its kiosks to be: frozen, without behaviour.

Managers edit these as data 管理; devices receive them with the catalogue, and each device its own
`DeviceSetup`. Times of day are hall-local `HH:MM`, moments UTC text.
"""

from __future__ import annotations

import msgspec


class Spoken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One language in which every call is spoken."""

    lang: str = "zh"
    """`zh`, `en`, or the language of a voice pack."""
    pack: str = ""
    """Name of the voice pack 语音包; empty = the default of the language."""


class QuietHours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A time of every day at which the voice is softer, or silent with volume 0."""

    from_at: str
    to_at: str
    """The first minute that is loud again; earlier than `from_at` = over midnight."""
    volume: int
    """Percent."""


class ZoneVoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How calls are spoken 语音叫号 in a zone."""

    zone: str = ""
    """Empty = every zone that has no entry of its own."""
    on: bool = True
    languages: tuple[Spoken, ...] = (Spoken(),)
    """Spoken one after the other, in this order, within one announcement."""
    repeat: int = 2
    """How often the whole is said; 1 while three or more others wait to be spoken."""
    gap_ms: int = 700
    """Silence between two announcements, and between two repetitions."""
    chime: bool = True
    volume: int = 80
    """Percent."""
    quiet: tuple[QuietHours, ...] = ()
    digits: str = "yao"
    """How digits are read: `yao` 幺, `yi` 一, `whole` as one number 一百二十三."""
    max_age_s: int = 60
    """A call that could not be spoken within so many seconds is shown only."""


class KioskRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How kiosks 取号机 of the hall behave."""

    idle_s: int = 60
    """Without a touch for so long it asks 还在办理吗?."""
    idle_large_s: int = 90
    """The same in 大字 mode."""
    ask_s: int = 15
    """So long it asks before it goes home."""
    long_wait_min: int = 60
    """A longer estimated wait is said and asked about before the number is given."""
    long_ahead: int = 30
    """The same by people ahead, where nothing honest can be said about minutes."""


class Post(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice 公告, shown from a moment to a moment; None = open on that side."""

    text: str
    zone: str = ""
    """Empty = the whole hall."""
    from_at: str | None = None
    to_at: str | None = None


class Media(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture, film or honour card 先进窗口 of the 宣传 region."""

    uid: str
    kind: str
    """`picture`, `video`, `honour` or `logo`."""
    title: str
    text: str = ""
    """An honour card's own words; what a picture or film shows, for those who cannot see it."""
    digest: str = ""
    """SHA-256 of the file in hexadecimal, its name at `/media/{digest}`; empty without a file."""
    mime: str = ""
    size: int = 0
    """Bytes."""
    seconds: int = 12
    """So long a picture or card stands; a film plays to its end."""
    zone: str = ""
    from_at: str | None = None
    to_at: str | None = None


class DutyLeader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An office-holder on duty 今日坐班领导, as the centre publishes the roster 政务公开."""

    date: str
    """Hall-local."""
    department: str
    """Code."""
    post: str
    """`局长`, `副局长`, as on the roster; the centre decides whether the family name stands with it.
    It is published office, never a citizen."""
    place: str = ""
    """Where to find them: `2号窗口`, `二楼会商室`."""


class ServiceHours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Opening hours of the hall on a weekday, 0 = Monday."""

    weekday: int
    from_at: str
    to_at: str


class Layout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one screen shows and how; a county changes it without touching code."""

    role: str = "board"
    """`board` 综合屏, `disclosures` 五公开公示屏, `counter` 窗口屏, `guide` 导览屏 or `leaders`
    今日坐班领导."""
    zones: tuple[str, ...] = ()
    """Zones it shows; empty = the device's own, or the whole hall."""
    counter: str = ""
    """Code of the counter of a 窗口屏, a call pad or a rater."""
    regions: tuple[str, ...] = ("queues", "disclosures", "notices")
    """Beside the calls of a 综合屏, which are always there: `queues`, `disclosures`, `promotion`
    宣传, `leaders`, `notices`."""
    rows: int = 0
    """Calls on one page, the newest included; 0 = as many as there is room for."""
    orientation: str = "auto"
    """`auto`, `landscape` or `portrait`."""
    theme: str = "hall"
    """`hall` 深色 or `light` 浅色."""
    logo: str = ""
    """Digest of a logo among the media; empty = none."""
    touch: bool = False
    """True for a 五公开公示屏 on a touch table."""
    screen_inch: float = 55.0
    """Diagonal of the picture."""
    distance_m: float = 8.0
    """From the screen to the farthest seat; characters are at least distance ÷ 250 high
    (Chinese signage practice, *assumed*)."""
    voice: bool = True
    """Whether this screen has a loudspeaker that may speak for its zones."""
    pads: tuple[str, ...] = ()
    """Codes of the counters whose call pads 呼叫器 hang on this box; their keys alone are obeyed."""


class DeviceSetup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a device is told to be; it asks `GET /api/v1/devices/me` after `device.assigned`."""

    device: str
    """Its uid."""
    version: int
    kind: str
    name: str
    """The device's name 一楼大屏, given by staff."""
    zone: str
    layout: Layout


ROLES = ("board", "disclosures", "counter", "guide", "leaders")
REGIONS = ("queues", "disclosures", "promotion", "leaders", "notices")
PAD_ROLES = ("pad", "rater")
"""What a device of kind `pad` is at its counter: 呼叫器 or 评价器; its layout has `counter` alone."""
ORIENTATIONS = ("auto", "landscape", "portrait")
THEMES = ("hall", "light")
MEDIA_KINDS = ("picture", "video", "honour", "logo")
DIGITS = ("yao", "yi", "whole")
