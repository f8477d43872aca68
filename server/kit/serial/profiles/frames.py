"""Frames on a line as data: what is sent to an LED bar 条屏, a call pad 呼叫器 or a rater 评价器.

A frame is a list of fields evaluated in order; one key of each field says what it is.
`server/kit/serial/templates.py` makes bytes of it and reads answers by it.
"""

from __future__ import annotations

from string import Formatter
from typing import Annotated, Literal

import msgspec

from server.kit.serial.profiles.common import Count, Hex, Id, Link, Part, Positive, Verified

FieldName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]
HexByte = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-F]{2}$")]
Pattern = Annotated[
    str, msgspec.Meta(pattern=r"^([0-9A-F]{2}|\.\.|@addr|@code)( ([0-9A-F]{2}|\.\.|@addr|@code))*$")
]
"""Bytes parted by blanks: a hex pair, `..` any byte, `@addr` the device's address, `@code` why."""

WORDS = ("number", "digits", "counter", "name", "reason", "slogan", "text", "waiting", "code")
"""What a `Show` may name in braces: ticket number 票号, its digits alone, code and name of the
counter 窗口, why it pauses, the slogan 标语, a text such as that of an emergency, how many wait in
the counter's queues, and the short code of a refusal on a call pad."""
State = Literal[
    "call", "serving", "paused", "closed", "idle", "emergency", "refused", "away", "evaluate"
]
WIDEST = {"u8": 0xFF, "u16le": 0xFFFF, "u16be": 0xFFFF, "u32le": 0xFFFFFFFF}


class Field(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field of a frame: exactly one of the first group of keys is given."""

    hex: Hex | None = None
    """Literal bytes."""
    ascii: str | None = None
    """Literal ASCII text."""
    param: FieldName | None = None
    """A parameter's own ASCII text."""
    u8: FieldName | int | None = None
    u16le: FieldName | int | None = None
    u16be: FieldName | int | None = None
    u32le: FieldName | int | None = None
    digits: FieldName | None = None
    """A number as ASCII digits, `width` of them, padded on the left by `pad`."""
    bytes: Literal["text"] | None = None
    """The encoded text."""
    len: FieldName | None = None
    """Length in bytes of the group of this name, or of `text`, written as `as`."""
    group: FieldName | None = None
    """A named run of `fields`, for lengths and check sums."""

    as_: Literal["u8", "u16le", "u16be", "u32le"] = msgspec.field(name="as", default="u8")
    div: Positive = 1
    """A length is divided by this (Modbus counts registers)."""
    plus: int = 0
    """Added to a length after dividing."""
    width: Count = 0
    pad: Annotated[str, msgspec.Meta(pattern=r"^[ 0]$")] = "0"
    fields: tuple[Field, ...] = ()

    def __post_init__(self) -> None:
        given = [n for n in KINDS if getattr(self, n) is not None]
        if len(given) != 1:
            raise ValueError(f"一个字段只能写一种内容（{'、'.join(KINDS)}），这里写了 {given}")

    @property
    def uses(self) -> str | None:
        """Return the name of the parameter that it shows, None when it shows none."""
        named = (self.param, self.u8, self.u16le, self.u16be, self.u32le, self.digits)
        return next((n for n in named if isinstance(n, str)), None)


KINDS = (
    "hex",
    "ascii",
    "param",
    "u8",
    "u16le",
    "u16be",
    "u32le",
    "digits",
    "bytes",
    "len",
    "group",
)


class Param(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value that a site or a state of the bar sets."""

    default: int | str
    low: int | None = None
    high: int | None = None
    broadcast: int | None = None
    """The value that speaks to all devices at once."""
    words: str = ""
    """What it is, for people."""

    def fault(self, value: int | str) -> str:
        """Return why *value* cannot be, in words; empty = it can."""
        if isinstance(value, str) != isinstance(self.default, str):
            kind = "文字" if isinstance(self.default, str) else "整数"
            return f"不能是 {value!r}；允许：{kind}"
        if isinstance(value, str):
            return "" if value.isascii() and value.isprintable() else "只能用可见的 ASCII 字符"
        if value == self.broadcast:
            return ""
        low = 0 if self.low is None else self.low
        if value < low or (self.high is not None and value > self.high):
            high = "" if self.high is None else f" 到 {self.high}"
            return f"不能是 {value}；允许：整数 {low}{high or ' 以上'}"
        return ""


class Check(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The check sum behind the body."""

    alg: Literal["none", "sum8", "sum16", "xor8", "crc16"] = "none"
    init: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)] = 0
    """Of `crc16` (polynomial A001h reflected): 0 is CRC-16/ARC, 65535 CRC-16/MODBUS."""
    over: FieldName | None = None
    """Group that is summed; None = the whole body."""
    order: Literal["le", "be"] = "le"
    form: Literal["binary", "hex_upper"] = "binary"
    """`hex_upper`: as ASCII hexadecimal digits, the most significant first."""

    @property
    def width(self) -> int:
        """Return how many bytes it takes in a frame."""
        size = {"none": 0, "sum8": 1, "xor8": 1, "sum16": 2, "crc16": 2}[self.alg]
        return size * (2 if self.form == "hex_upper" else 1)


class Frame(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands around body and check sum."""

    pre: Hex | None = None
    head: tuple[Field, ...] = ()
    """Fields between `pre` and the body that no check sum covers."""
    post: Hex | None = None
    escape: dict[HexByte, Hex] = msgspec.field(default_factory=dict)
    """Byte (`A5`) → what is sent for it, in body and check sum."""


class Coding(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How text becomes bytes."""

    encoding: Literal["ascii", "gb2312", "gbk", "gb18030", "digits", "none"] = "none"
    max_bytes: Count = 0
    """Longer text is cut at a whole character and reported; 0 = no limit."""
    columns: Count = 0
    """Cells that the bar shows at once, two for a hanzi; 0 = unknown. A site sets its own by a
    parameter `columns`, or by `columns_per` and the parameter that `columns_by` names."""
    columns_by: FieldName | None = None
    """Parameter that holds the bar's width, such as `w`."""
    columns_per: Positive = 1
    """Units of that parameter for one cell (a cell of 8 pixels: 1 when it counts bytes, else 8)."""
    pad_to: Count = 0
    """Padded with blanks to so many bytes, so that nothing old stays behind it."""
    replace: dict[str, str] = msgspec.field(default_factory=dict)
    """Characters that mean something else to the device → what is shown instead."""


class Reply(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the device answers to a frame: `start`, then `ok` or `nak`, its check sum, `end`.

    Where the frame has an escape map the answer is what stands between `start` and `end`, however
    long, and `ok` and `nak` are its beginning; else both are the whole of it.
    """

    start: Hex | None = None
    """First bytes of every answer; repeated ones are taken as one."""
    end: Hex | None = None
    at: Count = 0
    """Bytes of any value before `ok` and `nak` (a header)."""
    ok: Pattern
    nak: Pattern | None = None
    """The answer that says no."""
    check: bool = False
    """True when the answer carries the same check sum as the frame, over all before it."""
    start_in_check: bool = False
    """True when `start` is summed too."""
    timeout_ms: Positive = 500
    retries: Count = 2


class Timing(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Manners on a shared line."""

    gap_ms: Count = 20
    """Silence before the next frame of anybody."""
    echo: bool = False
    """True when the adapter hears its own bytes."""
    poll_ms: Count = 0
    """How often the device must be asked; 0 = never."""
    answer_ms: Positive = 40
    """How long the answer to a poll may take, from the last byte of the question to its own last."""
    repeat_s: Count = 60
    """State is sent again after so long, for bars that forget when their power fails; 0 = never."""
    written_counts: bool = False
    """Of a bar that never answers: True when a call that was written to it counts as brought to
    people. Only where somebody has seen that it shows what it is sent."""


class Event(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a device says by itself or when polled: bytes with blanks for fields."""

    start: Hex
    length: Positive
    """Bytes of the whole, from `start` on; or its shortest length when `length_at` is given."""
    length_at: Count | None = None
    """Byte that holds the number of bytes between the `length_plus` bytes behind it and the check
    sum: the whole is `length_at + 1 + length_plus + that + check sum + tail`."""
    length_plus: Count = 0
    address_at: Count | None = None
    key_at: Count | None = None
    check: Literal["none", "sum8", "xor8"] = "none"
    check_from: Count = 0
    """First byte that the check sum covers; it ends before the check sum."""
    tail: Count = 0
    """Bytes behind the check sum."""
    keys: dict[HexByte, str] = msgspec.field(default_factory=dict)
    """Byte (`01`) → `next`, `recall`, `no_show`, `start`, `finish`, `pause`, `1` … `5` for raters."""
    idle: tuple[HexByte, ...] = ()
    """Key bytes that say that nothing was pressed."""


class FrameProfile(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device that is driven by frames."""

    id: Id
    name: str
    verified: Verified
    kind: Literal["led", "pad", "rater"]
    link: Link
    timing: Timing = Timing()
    text: Coding = Coding()
    params: dict[FieldName, Param] = msgspec.field(default_factory=dict)
    body: tuple[Field, ...] = ()
    check: Check = Check()
    frame: Frame = Frame()
    reply: Reply | None = None
    shows: dict[State, Show] = msgspec.field(default_factory=dict)
    """State → what is shown then; one that is not given is shown as `idle`, `serving` as `call`.
    Of a pad also `refused` (a key that did nothing) and `away` (no server); of a rater `evaluate`
    (the service just ended)."""
    poll: Show | None = None
    """The frame that asks a pad or rater whether a key was pressed."""
    event: Event | None = None
    sources: dict[str, str]

    def faults(self) -> list[str]:
        """Return what cannot work, as `key: words`."""
        from server.kit.serial.profiles.sound import faults  # it reads these types

        return faults(self)

    def wrong_params(self, params: dict[str, int | str]) -> list[str]:
        """Return what a site's *params* for this device cannot be, as `key: words`."""
        found = []
        for name, value in params.items():
            if name not in self.params:
                known = "、".join(sorted(self.params)) or "（没有）"
                found.append(f"{name}: 没有这个参数；允许：{known}")
            elif words := self.params[name].fault(value):
                found.append(f"{name}: {words}")
        return found


class Show(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent for a state: a text and values of parameters."""

    text: str = ""
    """With `{number}` 票号, `{counter}` 窗口, `{reason}`, `{slogan}` and others of `WORDS`."""
    params: dict[FieldName, int | str] = msgspec.field(default_factory=dict)
    """A text may name a value: `{digits}` is the number's digits alone."""
    wide: dict[FieldName, int | str] = msgspec.field(default_factory=dict)
    """Values that go before `params` when the text is wider than the bar, such as `scroll`."""
    before: Hex | None = None
    """Bytes in front of the text that are a command to the device, such as a colour."""


def named(text: str) -> set[str]:
    """Return the words that *text* names in braces.

    Raises:
        ValueError: its braces do not pair.
    """
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
