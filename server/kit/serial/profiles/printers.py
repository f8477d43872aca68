"""What differs between ticket printers 小票打印机, as far as a queue ticket needs it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from server.kit.serial.profiles.common import Count, Hex, Id, Link, Part, Positive, Verified

FaultCode = Literal["paper_out", "cover_open", "cutter", "jam", "offline"]
"""Faults that a printer itself reports; `silent` and `no_port` are ours to see."""
Query = Annotated[int, msgspec.Meta(ge=1, le=20)]


class Paper(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The roll: what fits on one line."""

    width_mm: Literal[58, 80]
    dots: Positive
    columns: Positive
    """Cells of font A (12×24 dots) on one line; a hanzi takes two."""
    roll_m: Annotated[float, msgspec.Meta(gt=0)] = 50.0
    """Length of a full roll in metres, for the estimate of what is left."""


class Text(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which characters the printer's own font has."""

    charset: Literal["gb2312", "gbk", "gb18030", "none"]
    """`none`: no Chinese font at all; every slip is sent as a picture."""
    four_byte: bool
    """True when the firmware prints four-byte GB18030 codes; otherwise they would be garbage."""
    start: Hex
    """Sent first in every job: reset and Chinese mode."""
    rare: Literal["glyph", "raster", "mark"] = "raster"
    """A character without a glyph: `glyph` loads it by `FS 2` 造字, `raster` sends its line as a
    picture, `mark` prints `〓`."""
    glyphs: Count = 0
    """How many user glyphs (from `FE A1` on) the printer keeps, for `rare = "glyph"`."""


class Qr(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a QR code 二维码 is printed."""

    mode: Literal["native", "raster", "masung", "star"]
    """`native`: `GS ( k`; `masung`: `13 50 48 …`; `star`: `ESC GS y`; `raster`: we send its dots."""
    module_dots: Annotated[int, msgspec.Meta(ge=2, le=16)]
    level: Literal["L", "M", "Q", "H"]


class Cut(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the paper is parted; the same bytes mean opposite things on different makes."""

    bytes: Hex
    feed: Hex | None = None
    """Sent before `bytes` where these cut at the head instead of feeding to the cutter first."""
    present: Hex | None = None
    """Sent after `bytes`: pushes the slip out of the mouth."""
    retract: Hex | None = None
    """Takes back a slip that nobody took, after `retract_s`."""
    retract_s: Count = 0
    """0 = never."""


class StatusBit(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One meaning in an answer: set when any bit of *mask* is set."""

    query: Query
    """n of the `DLE EOT n` that is answered; with `status.kind = "star"` the byte of the ASB, 1 = first."""
    byte: Annotated[int, msgspec.Meta(ge=0, le=8)] = 0
    """Which byte of the answer, 0 = the only or first one; of `DLE EOT 20` 2–5 are p u r x."""
    mask: Annotated[int, msgspec.Meta(ge=1, le=255)]
    means: FaultCode | Literal["near_end"]


class Taken(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the printer says that the slip is still in its mouth."""

    query: Query
    byte: Annotated[int, msgspec.Meta(ge=0, le=8)] = 0
    mask: Annotated[int, msgspec.Meta(ge=1, le=255)]
    there_when: Literal["set", "clear"] = "set"
    """Whether the slip is there while a bit of *mask* is set, or while none is."""


class Status(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the printer says how it is."""

    kind: Literal["dle_eot", "star"] = "dle_eot"
    """`dle_eot`: `DLE EOT n` is asked (n = 20: Custom's full status of six bytes). `star`: `ESC ACK
    SOH` is asked and ASB of 7–9 bytes is heard."""
    queries: Annotated[tuple[Query, ...], msgspec.Meta(min_length=1)]
    """The n of the `DLE EOT n` asked, in this order, one at a time; `[1]` for `star`."""
    bits: tuple[StatusBit, ...]
    asb: bool = False
    """True when automatic status (`GS a`) is switched on as well; never beside query 20."""
    answer_ms: Positive
    """How long one answer may take."""
    poll_ms: Positive
    """How often an idle printer is asked."""
    taken: Taken | None = None


class Confirm(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts as the proof that a slip was printed, strongest first."""

    kind: Literal["process_id", "star_etb", "asb", "gs_r", "dle_eot", "none"]
    """`process_id`: `GS ( H` answers after printing. `star_etb`: the ETB counter moved on after
    printing. `asb`: `GS r` was answered and the automatic status was clean after it. `gs_r`: the
    buffer was worked off. `dle_eot`: the printer was alive and without fault during and after the
    slip; weak. `none`: nothing can be known, every slip stays unknown."""
    print_ms: Positive
    """How long a slip needs from its last byte to the cut."""
    timeout_ms: Positive
    """How long a healthy printer may take to confirm, from the last byte on."""
    offline_ms: Positive
    """How long a job waits for paper or a closed cover before its fate is called unknown."""


class Recover(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent before the next job after one whose fate is unknown."""

    stub: Hex
    """Resets the printer and parts whatever stub of a slip stands in it."""
    clear: Hex | None = None
    """Sent before `stub` when a job broke off in the middle: clears the printer's buffers."""


class Identify(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the printer says of itself, by which `printer check` finds the profile."""

    ask: Hex = "1D4943"
    """`GS I 67` asks for the model's name."""
    models: tuple[str, ...] = ()
    """Beginnings of the answers that speak for this profile."""
    makers: tuple[str, ...] = ()
    """The same of `GS I 66`, the maker's name."""


class PrinterProfile(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that differs between printers, as far as a queue ticket needs it."""

    id: Id
    name: str
    """For people, Chinese."""
    verified: Verified
    """How far the values have been proved on this very family of printers."""
    commands: Literal["escpos", "star"] = "escpos"
    """The language of sizes, alignment and pictures: ESC/POS, or Star line mode."""
    link: Link
    paper: Paper
    text: Text
    qr: Qr
    cut: Cut
    status: Status
    confirm: Confirm
    recover: Recover
    identify: Identify = Identify()
    sources: dict[str, str]
    """Where each value comes from, by dotted path; `link` covers all of `link.*`."""

    def faults(self) -> list[str]:
        """Return what cannot be true of any printer, as `key: words`; empty when nothing is wrong."""
        found = []
        asked = set(self.status.queries)
        bits = {bit.query for bit in self.status.bits}
        if self.status.kind == "dle_eot" and bits - asked:
            found.append(f"status.bits: 用到了没有查询的状态 {sorted(bits - asked)}")
        if not any(bit.means == "paper_out" for bit in self.status.bits):
            found.append("status.bits: 没有说明哪一位表示缺纸 paper_out")
        if self.status.asb and 20 in asked:
            found.append("status.asb: 不能与查询 20（全状态）同时使用")
        if self.confirm.kind == "asb" and not self.status.asb:
            found.append('confirm.kind: "asb" 须同时打开 status.asb')
        star = (self.status.kind == "star", self.commands == "star")
        if self.confirm.kind == "star_etb" and star != (True, True):
            found.append('confirm.kind: "star_etb" 只用于 Star 行模式')
        if self.commands == "star" and (self.text.rare != "mark" or self.text.charset == "none"):
            found.append('commands: Star 行模式不发图片，须 rare = "mark"，charset 不能是 "none"')
        if (self.qr.mode == "star") != (self.commands == "star"):
            found.append('qr.mode: "star" 与 commands = "star" 须一起使用')
        if self.text.rare == "glyph" and not self.text.glyphs:
            found.append("text.glyphs: 造字数量不能是 0")
        if self.cut.retract_s and self.cut.retract is None:
            found.append("cut.retract: 设了 retract_s 就要写明回收指令")
        return found
