"""What the board page shows, whole, in one frozen value: the page paints it and computes nothing.

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


class Cue(msgspec.Struct, frozen=True, kw_only=True):
    """A call that has just been made: it flashes once, and the voice reads it."""

    id: str
    """`{call}/{times}`: the page never flashes the same one twice."""
    call: str
    times: int


class BoardView(msgspec.Struct, frozen=True, kw_only=True):
    """The whole screen at one moment."""

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
