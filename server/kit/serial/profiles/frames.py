"""Frames on a line as data: what is sent to an LED bar 条屏, a call pad 呼叫器 or a rater 评价器.

A frame is a list of fields evaluated in order; one key of each field says what it is.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from server.kit.serial.profiles.common import Count, Hex, Id, Link, Part, Positive, Verified

FieldName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]


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
    pad: str = "0"
    fields: tuple[Field, ...] = ()

    def __post_init__(self) -> None:
        given = [n for n in KINDS if getattr(self, n) is not None]
        if len(given) != 1:
            raise ValueError(f"一个字段只能写一种内容（{'、'.join(KINDS)}），这里写了 {given}")


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


class Check(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The check sum behind the body."""

    alg: Literal["none", "sum8", "sum16", "xor8", "crc16"] = "none"
    init: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)] = 0
    """Of `crc16` (polynomial A001h reflected): 0 is CRC-16/ARC, 65535 CRC-16/MODBUS."""
    over: FieldName | None = None
    """Group that is summed; None = the whole body."""
    order: Literal["le", "be"] = "le"
    form: Literal["binary", "hex_upper"] = "binary"
    """`hex_upper`: as ASCII hexadecimal digits."""


class Frame(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands around body and check sum."""

    pre: Hex | None = None
    head: tuple[Field, ...] = ()
    """Fields between `pre` and the body that no check sum covers."""
    post: Hex | None = None
    escape: dict[str, Hex] = msgspec.field(default_factory=dict)
    """Byte (`A5`) → what is sent for it, in body and check sum."""


class Coding(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How text becomes bytes."""

    encoding: Literal["ascii", "gb2312", "gbk", "gb18030", "digits", "none"] = "none"
    max_bytes: Count = 0
    """Longer text is cut at a whole character and reported; 0 = no limit."""
    columns: Count = 0
    """Cells that the bar shows; 0 = unknown."""
    pad_to: Count = 0
    """Padded with blanks to so many bytes."""
    replace: dict[str, str] = msgspec.field(default_factory=dict)
    """Characters that mean something else to the device → what is shown instead."""


class Reply(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the device answers to a frame."""

    start: Hex
    """First bytes of every answer."""
    end: Hex | None = None
    length: Count = 0
    """Bytes of an answer without `end`."""
    ok_at: Count = 0
    ok: Hex | None = None
    nak: Hex | None = None
    """Bytes at `ok_at` that say no; the byte behind them is the reason."""
    check: bool = False
    """True when the answer carries the same check sum as the frame."""
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
    repeat_s: Count = 60
    """State is sent again after so long, for bars that forget when their power fails; 0 = never."""


class Event(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a device says by itself or when polled: bytes with blanks for fields."""

    start: Hex
    length: Positive
    """Bytes of the whole, from `start` on; or its shortest length when `length_at` is given."""
    length_at: Count | None = None
    """Byte that holds the length of what is between it (plus `length_plus`) and the check sum."""
    length_plus: int = 0
    address_at: Count | None = None
    key_at: Count | None = None
    check: Literal["none", "sum8", "xor8"] = "none"
    check_from: Count = 0
    """First byte that the check sum covers; it ends before the check sum."""
    tail: Count = 0
    """Bytes behind the check sum."""
    keys: dict[str, str] = msgspec.field(default_factory=dict)
    """Byte (`01`) → `next`, `recall`, `no_show`, `start`, `finish`, `pause`, `1` … `5` for raters."""
    idle: tuple[Hex, ...] = ()
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
    shows: dict[str, Show] = msgspec.field(default_factory=dict)
    """State (`call`, `serving`, `paused`, `closed`, `idle`, `emergency`) → what is shown then."""
    poll: Show | None = None
    """The frame that asks a pad or rater whether a key was pressed."""
    event: Event | None = None
    sources: dict[str, str]

    def faults(self) -> list[str]:
        """Return what cannot work, as `key: words`."""
        found = []
        if self.kind == "led" and not {"call", "idle"} <= set(self.shows):
            found.append("shows: 至少要写明 call 和 idle 两种状态")
        known = set(self.params)
        used = _used(self.body) | _used(self.frame.head)
        found += [f"params: 缺少参数 {name}" for name in sorted(used - known)]
        for state, show in self.shows.items():
            found += [f"shows.{state}.params: 没有参数 {n}" for n in show.params if n not in known]
        if self.timing.poll_ms and (self.poll is None or self.event is None):
            found.append("timing.poll_ms: 要轮询就要写明 poll 和 event")
        return found


class Show(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent for a state: a text and values of parameters."""

    text: str = ""
    """With `{number}` 票号, `{counter}` 窗口, `{reason}`, `{slogan}` and `{text}` filled in."""
    params: dict[FieldName, int | str] = msgspec.field(default_factory=dict)
    """A text may name a value: `{digits}` is the number's digits alone."""


def _used(fields: tuple[Field, ...]) -> set[str]:
    found: set[str] = set()
    for field in fields:
        for value in (field.param, field.u8, field.u16le, field.u16be, field.u32le, field.digits):
            if isinstance(value, str):
                found.add(value)
        found |= _used(field.fields)
    return found
