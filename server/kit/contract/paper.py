"""How a hall's slips 小票 look, and how it asks for identity: data that managers edit, frozen."""

from __future__ import annotations

import msgspec


class SlipBlock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One part of a slip, from top to bottom. What is empty for a ticket is left out by itself."""

    what: str
    """One of `SLIP_BLOCKS`."""
    size: int = 1
    """Times the size of running text, 1 to 8; printed smaller where it does not fit."""
    tall: bool = False
    """Twice as high as wide."""
    left: bool = False
    """At the left edge instead of centred."""
    bold: bool = False
    gap: bool = False
    """A blank line before it; where it is left out, before what comes next."""
    text: str = ""
    """Own words, for `text`; the caption under a `qr`."""


class SlipLayout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands on a slip; empty = the layout that ships with the product."""

    blocks: tuple[SlipBlock, ...] = ()


SLIP_BLOCKS = (
    "hall_name",
    "department",
    "queue",
    "item",
    "number",
    "reprint",
    "ahead",
    "counters",
    "consult_only",
    "priority",
    "promise",
    "materials",
    "qr",
    "no_show_rule",
    "issued",
    "complaint",
    "text",
    "rule",
)
"""`reprint`, `number` and `issued` are always printed: a layout without them is refused. `rule` is a
line across the paper; `complaint` the hall's telephone for complaints."""
SLIP_ALWAYS = ("reprint", "number", "issued")
"""What no layout may be without."""

DEFAULT_SLIP = SlipLayout(
    blocks=(
        SlipBlock(what="hall_name", size=2),
        SlipBlock(what="item", size=2, gap=True),
        SlipBlock(what="reprint", tall=True, gap=True),
        SlipBlock(what="number", size=4, gap=True),
        SlipBlock(what="ahead", tall=True, gap=True),
        SlipBlock(what="counters", tall=True),
        SlipBlock(what="consult_only", gap=True),
        SlipBlock(what="priority"),
        SlipBlock(what="promise"),
        SlipBlock(what="qr", text="扫码看进度", gap=True),
        SlipBlock(what="no_show_rule"),
        SlipBlock(what="issued"),
    )
)
"""The layout that ships with the product, at most 300 bytes on 80 mm paper."""


class RealName(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Taking a number with an identity card 实名取号. The card's number never leaves the kiosk."""

    queues: tuple[str, ...] = ()
    """Codes of the queues that ask for a card."""
    required: bool = False
    """True where the hall gives no number without a card; otherwise 不刷身份证也能取号."""
    a_day: int = 0
    """Numbers of one queue that a person may take on a day; 0 = any, but one open at a time."""
    notice: str = "身份证只用来防止重复取号：号码不离开本机，不保存姓名和号码，当天结束后无法还原。"
    """Stands beside the reader, at most 80 characters."""
