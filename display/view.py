"""What a screen's page shows, whole, in one frozen value: the page paints it and computes nothing.

Field by field the same shape stands in `static/view.d.ts`; a test compares the two.
"""

from __future__ import annotations

import msgspec


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket at a counter, newest call first in the view."""

    call: str
    """Identity of the call; the row's element lives as long as it."""
    ticket: str
    counter: str
    """The counter's name as people read it on the wall: `3号窗口`."""
    about: str
    """Whose counter it is: `民政局 婚姻登记`."""
    state: str
    """`called` or `serving`: shape and colour, beside the words."""
    words: str
    """`请到窗口办理`, `已呼叫 2 次`, `办理中 3 分`."""
    times: int


class QueueRow(msgspec.Struct, frozen=True, kw_only=True):
    """A queue: who, where, how many wait, how long."""

    code: str
    letter: str
    """The prefix of its numbers."""
    name: str
    """The department's short name, or the queue's own when there is none."""
    detail: str
    """The queue's name where it says more than `name`."""
    counters: str
    """`3号窗口`, `11、12号窗口`."""
    state: str
    """`open`, `paused` or `closed`."""
    main: str
    """The large words: `6 人`, `暂停至 10:30`, `午休`, `未开窗`."""
    sub: str
    """The small words: `约 20–35 分`, `6 人等候`."""
    tag: str
    """`停止取号`, `号已取完`, `只咨询` or empty."""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One of the five disclosures 五公开 on a slide."""

    kind: str
    """`content`, `steps`, `materials`, `promised` or `fee`."""
    label: str
    text: str
    note: str = ""
    parts: tuple[str, ...] = ()
    """The steps one by one; empty for the other kinds."""
    example: bool = False
    """True when the value is a sample 示例 and must say so."""
    large: bool = False
    """True when the text is short enough to be written large."""


class Slide(msgspec.Struct, frozen=True, kw_only=True):
    """One face of an item in the disclosure region."""

    key: str
    item: str
    name: str
    department: str
    facts: tuple[Fact, ...]
    kinds: tuple[str, ...]
    """The kinds on this face: the page marks them among the five words."""
    revision: str
    """`第3版 · 2026-11-20` or empty."""
    qr: str
    """Path of the QR picture on this agent, empty when the hall has no public address."""


class Promo(msgspec.Struct, frozen=True, kw_only=True):
    """A picture, film or honour card 先进窗口 of the 宣传 region."""

    key: str
    kind: str
    """`picture`, `video` or `honour`."""
    title: str
    text: str
    """An honour card's words; what the picture shows, for those who cannot see it."""
    src: str
    """Path of the file on this agent, empty for a card without a picture."""
    seconds: int


class LeaderRow(msgspec.Struct, frozen=True, kw_only=True):
    """A leader on duty 坐班领导: published office, never a citizen."""

    key: str
    department: str
    post: str
    place: str


class WallItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item with its five disclosures, whole, on a 五公开公示屏."""

    code: str
    name: str
    department: str
    """Code."""
    department_name: str
    revision: str
    facts: tuple[Fact, ...]
    """The five, in their order."""
    more: tuple[Fact, ...]
    """Legal basis, result and the like: only in the item's own sheet."""
    qr: str
    find: str
    """What a search looks in: names, keywords, pinyin and initials, lower case."""


class WallDepartment(msgspec.Struct, frozen=True, kw_only=True):
    """A department with items to show."""

    code: str
    name: str
    count: int


class Wall(msgspec.Struct, frozen=True, kw_only=True):
    """The 五公开公示屏."""

    key: str
    """Changes with the items; the page then asks for them again."""
    touch: bool
    departments: tuple[WallDepartment, ...]
    items: tuple[WallItem, ...]
    """Empty in a running display, whose page fetches `/items.json`; whole in a preview."""


class OwnCounter(msgspec.Struct, frozen=True, kw_only=True):
    """The counter of a 窗口屏."""

    number: str
    """`3`, empty where the counter's name holds no number."""
    name: str
    department: str
    queues: str
    clerk: str
    """The clerk's work number, as the hall shows it; empty = nobody, or not shown."""
    state: str
    """`unset`, `closed`, `paused`, `free`, `called` or `serving`."""
    ticket: str
    call: str
    times: int
    words: str
    """`请到本窗口办理`, `正在办理`, `暂停服务`, `暂未开放`."""
    more: str
    """`10:30 恢复`, `3 人等候`."""


class GuideRow(msgspec.Struct, frozen=True, kw_only=True):
    """A counter on the guide 导览屏."""

    code: str
    counter: str
    department: str
    about: str
    state: str
    """`open`, `paused` or `closed`."""
    main: str
    sub: str


class GuideZone(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the hall on the guide."""

    code: str
    name: str
    floor: str
    waiting: int
    rows: tuple[GuideRow, ...]


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """The guide 导览屏."""

    zones: tuple[GuideZone, ...]
    qr: str
    """Path of the QR picture that leads to the hall's own pages; empty without a public address."""


class Cue(msgspec.Struct, frozen=True, kw_only=True):
    """A call that has just been made: it flashes once, and the voice reads it."""

    id: str
    """`{call}/{times}`: the page never flashes the same one twice."""
    call: str
    times: int


class BoardView(msgspec.Struct, frozen=True, kw_only=True):
    """The whole screen at one moment, whatever its role is."""

    role: str
    """`board`, `disclosures`, `counter`, `guide` or `leaders`; a page of another role loads again."""
    theme: str
    regions: tuple[str, ...]
    """Regions of a board beside the calls that have something to show."""
    logo: str
    """Path of the logo, empty for none."""
    screen_inch: float
    distance_m: float

    state: str
    """`connecting` before there is any truth, `board`, `emergency`, or `unusable`: the reason is in
    `problem`."""
    problem: str
    """Why the screen cannot be used, and what to do; empty otherwise."""
    hall: str
    zone: str
    date: str
    weekday: str
    time: str
    seconds: str
    now_ms: int
    """The moment of this view, milliseconds since 1970 UTC."""
    utc_offset_s: int
    """The hall's distance from UTC now, east positive."""
    truth_ms: int | None
    """When the server was last heard; the page counts the age of the picture from it."""
    truth_time: str
    """The same in hall time, `09:41:07`; empty when never."""
    seq: int
    day: str
    """`open`, `closing`, `before`, `lunch` or `over`."""
    day_words: str
    """What people should know about the day; empty while it is open."""
    welcome: tuple[str, ...]
    """Shown where the calls stand while nobody is called: a headline, then steps."""
    calls: tuple[CallRow, ...]
    queues: tuple[QueueRow, ...]
    waiting: int
    """People waiting in all queues of this screen."""
    slide: Slide | None
    notice: str
    notice_place: str
    """`2/3`, empty when there is one notice only."""
    emergency: str
    cues: tuple[Cue, ...]
    rows: int
    """Calls on one page, the newest included; 0 = as many as the layout has room for."""
    orientation: str
    """`auto`, `landscape` or `portrait`."""
    speaking: str = ""
    """The call that this display is speaking now, empty when it is silent."""
    test: str = ""
    """Staff asked from afar: `identify` shows the name over everything, `show_test` a test picture."""
    test_name: str = ""
    """The screen's name for staff."""
    promotion: tuple[Promo, ...]
    leaders: tuple[LeaderRow, ...]
    wall: Wall | None
    own: OwnCounter | None
    guide: Guide | None
