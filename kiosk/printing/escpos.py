"""From operations to the bytes of a printer; here ESC/POS, in `star` the language of Star.

Text is GB18030 in Chinese mode, sizes by `GS !` (the one that works for hanzi and ASCII
alike), no code page is ever chosen. Commands, all from the Epson ESC/POS reference:

    ESC @   1B 40                       reset
    FS &    1C 26                       Chinese mode
    ESC a n 1B 61 n                     0 left, 1 centre
    GS ! n  1D 21 (w-1)<<4 | (h-1)      size
    ESC E n 1B 45 n                     bold, 1 on
    GS ( k  1D 28 6B pL pH 31 fn …      QR code: 41 model, 43 module, 45 level, 50 store, 51 print
    GS r 1  1D 72 01                    paper status, answered in its turn
    GS ( H  1D 28 48 06 00 30 30 d1-d4  answers 37 22 d1-d4 00 when all before it is printed
    GS a n  1D 61 n                     automatic status
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.printing.glyphs import encode_char
from kiosk.printing.layout import Cut, Op
from kiosk.printing.pen import Pen, Style
from kiosk.printing.picture import slip_picture
from kiosk.printing.raster import qr_raster, raster
from kiosk.printing.star import StarPen
from server.kit.serial.profiles import PrinterProfile, Qr

__all__ = ["ASB_ON", "ASK_PAPER", "Job", "confirmation", "encode", "encode_char", "native_qr"]

ASB_ON = bytes.fromhex("1D610E")
"""Automatic status for on/offline, error and roll sensor."""
ASK_PAPER = bytes.fromhex("1D7201")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The bytes of one slip, ready for the wire."""

    data: bytes
    replaced: tuple[str, ...]
    """Characters that this printer has no glyph for, each once; `〓` stands in their place."""


def encode(ops: Sequence[Op], profile: PrinterProfile, *, pid: str) -> Job:
    """Return *ops* as bytes for *profile*, with the request to confirm at their end.

    Args:
        ops: lines that already fit the paper.
        profile: the printer's facts.
        pid: four characters 20h–7Eh that name this job in the printer's answer.

    Raises:
        ValueError: *pid* cannot be sent.
    """
    pen = _pen(profile)
    for op in ops:
        pen.draw(op)
    if isinstance(pen, PicturePen):
        pen.flush()
    return Job(data=bytes(pen.out) + confirmation(profile, pid), replaced=tuple(pen.replaced))


def _pen(profile: PrinterProfile) -> Pen:
    if profile.commands == "star":
        return StarPen(profile)
    return PicturePen(profile) if profile.text.charset == "none" else EscPosPen(profile)


def confirmation(profile: PrinterProfile, pid: str) -> bytes:
    """Return the request that the printer answers when it has come so far, empty where nothing is asked."""
    if len(pid) != 4 or not all(" " <= ch <= "~" for ch in pid):
        raise ValueError(f"a process id is four printable ASCII characters, not {pid!r}")
    match profile.confirm.kind:
        case "process_id":
            return bytes.fromhex("1D284806003030") + pid.encode("ascii")
        case "gs_r" | "asb":
            return ASK_PAPER
        case "star_etb":
            return b"\x17"
        case "dle_eot" | "none":
            return b""


def native_qr(data: str, qr: Qr) -> bytes:
    """Return the five `GS ( k` commands that make the printer draw a QR code of *data*."""
    content = data.encode()
    length = (len(content) + 3).to_bytes(2, "little")
    return (
        bytes.fromhex("1D286B0400 3141 3200")  # model 2
        + bytes.fromhex("1D286B0300 3143")
        + bytes([qr.module_dots])
        + bytes.fromhex("1D286B0300 3145")
        + bytes([0x30 + "LMQH".index(qr.level)])
        + bytes.fromhex("1D286B")
        + length
        + bytes.fromhex("315030")
        + content
        + bytes.fromhex("1D286B0300 3151 30")
    )


def masung_qr(data: str, qr: Qr) -> bytes:
    """Return the five commands `13 50 48 …` by which MASUNG's boards draw a QR code of *data*.

    Source: MASUNG PrintCmd.java; that `03 n` is the size of a module is *assumed*, and so are the
    constants `01 01` and `02 01`, which the maker's program sends as they stand here.
    """
    head = bytes.fromhex("135048")
    return (
        head
        + bytes.fromhex("0101")
        + head
        + bytes.fromhex("0201")
        + head
        + bytes([0x03, qr.module_dots])
        + head
        + bytes([0x04])
        + data.encode("gb18030")
        + b"\x00"
        + head
        + bytes([0x05])
    )


class EscPosPen(Pen):
    """Writes operations in ESC/POS."""

    def opening(self) -> bytes:
        """Return automatic status, which a reset may have switched off, and the centring."""
        return (ASB_ON if self.profile.status.asb else b"") + bytes.fromhex("1B6101")

    def setting(self, old: Style, new: Style) -> bytes:
        """Return the commands that lead from *old* to *new*."""
        commands = b""
        if new.left != old.left:
            # Taken at the beginning of a line only, which is where every line begins.
            commands += bytes([0x1B, 0x61, 0x00 if new.left else 0x01])
        if (new.width, new.height) != (old.width, old.height):
            commands += bytes([0x1D, 0x21, (new.width - 1) << 4 | (new.height - 1)])
        if new.bold != old.bold:
            commands += bytes([0x1B, 0x45, 0x01 if new.bold else 0x00])
        return commands

    def qr(self, content: str) -> bytes:
        """Return the commands that print a QR code of *content* in the profile's way."""
        qr = self.profile.qr
        match qr.mode:
            case "native":
                return native_qr(content, qr)
            case "masung":
                return masung_qr(content, qr)
            case _:
                dots = self.profile.paper.dots
                return qr_raster(content, module_dots=qr.module_dots, level=qr.level, dots=dots)


class PicturePen(EscPosPen):
    """Sends the whole slip as one picture, for printers without a Chinese font."""

    def __init__(self, profile: PrinterProfile) -> None:
        super().__init__(profile)
        self._ops: list[Op] = []

    def opening(self) -> bytes:
        """Return automatic status; the picture is as wide as the paper and needs no centring."""
        return ASB_ON if self.profile.status.asb else b""

    def draw(self, op: Op) -> None:
        """Keep *op* until the cut, which prints all before it."""
        if not isinstance(op, Cut):
            self._ops.append(op)
            return
        self.flush()
        self.cut()

    def flush(self) -> None:
        """Write what has been kept."""
        picture, lacking = slip_picture(self._ops, self.profile)
        self.replaced |= dict.fromkeys(lacking)
        if picture.rows:
            self.out += raster(picture.trimmed(), dots=self.profile.paper.dots)
        self._ops = []
