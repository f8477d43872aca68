"""From operations to the bytes of an ESC/POS printer with a Chinese font.

Pure. Text is GB18030 in Chinese mode, sizes by `GS !` (the one that works for hanzi and ASCII
alike), no code page is ever chosen. Commands, all from the Epson ESC/POS reference:

    ESC @   1B 40                       reset
    FS &    1C 26                       Chinese mode
    ESC a n 1B 61 n                     0 left, 1 centre
    GS ! n  1D 21 (w-1)<<4 | (h-1)      size
    GS ( k  1D 28 6B pL pH 31 fn …      QR code: 41 model, 43 module, 45 level, 50 store, 51 print
    GS r 1  1D 72 01                    paper status, answered in its turn
    GS ( H  1D 28 48 06 00 30 30 d1-d4  answers 37 22 d1-d4 00 when all before it is printed
    GS a n  1D 61 n                     automatic status
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.printing.layout import REPLACEMENT, Cut, Gap, Line, Op, QrCode, normalise
from kiosk.printing.raster import qr_raster
from server.kit.serial.profiles import PrinterProfile, Qr

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
    pen = _Pen(profile)
    for op in ops:
        pen.draw(op)
    return Job(data=pen.finished(pid), replaced=tuple(pen.replaced))


def confirmation(profile: PrinterProfile, pid: str) -> bytes:
    """Return the request that the printer answers when it has come so far, empty for `dle_eot`."""
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


def encode_char(ch: str, profile: PrinterProfile) -> bytes | None:
    """Return one normalised character in the printer's charset, None when it has no glyph."""
    code = ch.encode("gb18030")
    if len(code) == 1:
        return code
    if len(code) == 4:
        return code if profile.text.four_byte and profile.text.charset == "gb18030" else None
    match profile.text.charset:
        case "gb18030":
            return None if "\ue000" <= ch <= "\uf8ff" else code
        case "gbk":
            try:
                return code if ch.encode("gbk") == code else None
            except UnicodeEncodeError:
                return None
        case "gb2312":
            # Rows 1-9 are marks, 16-87 hanzi; both bytes have their high bit set.
            row, column = code[0] - 0xA0, code[1] - 0xA0
            known = 1 <= column <= 94 and (1 <= row <= 9 or 16 <= row <= 87)
            return code if known else None
        case "none":
            return None


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


class _Pen:
    """Writes operations and sends a setting only when it changes, to keep slips short."""

    def __init__(self, profile: PrinterProfile) -> None:
        self._profile = profile
        self._out = bytearray(bytes.fromhex(profile.text.start))
        if profile.status.asb:
            self._out += ASB_ON  # the reset before it may have switched it off
        self._out += bytes.fromhex("1B6101")
        self._left = False
        self._size = 0x00
        self.replaced: dict[str, None] = {}

    def draw(self, op: Op) -> None:
        match op:
            case Line():
                self._line(op)
            case Gap():
                self._out += b"\n" * op.lines
            case QrCode():
                self._set_left(False)
                self._set_size(1, 1)
                self._out += self._qr(op.data) + b"\n"
            case Cut():
                cut = self._profile.cut
                self._out += bytes.fromhex(cut.feed or "") + bytes.fromhex(cut.bytes)

    def finished(self, pid: str) -> bytes:
        return bytes(self._out) + confirmation(self._profile, pid)

    def _line(self, line: Line) -> None:
        self._set_left(line.left)
        self._set_size(line.width, line.height)
        for ch in normalise(line.text):
            code = encode_char(ch, self._profile)
            if code is None:
                self.replaced[ch] = None
                code = REPLACEMENT.encode("gb18030")
            self._out += code
        self._out += b"\n"

    def _qr(self, data: str) -> bytes:
        content = "".join(ch for ch in data if ch.isprintable())  # no command hides in a code
        qr = self._profile.qr
        if qr.mode == "native":
            return native_qr(content, qr)
        dots = self._profile.paper.dots
        return qr_raster(content, module_dots=qr.module_dots, level=qr.level, dots=dots)

    def _set_left(self, left: bool) -> None:
        if left != self._left:
            # Taken at the beginning of a line only, which is where every line begins.
            self._out += bytes([0x1B, 0x61, 0x00 if left else 0x01])
            self._left = left

    def _set_size(self, width: int, height: int) -> None:
        size = (width - 1) << 4 | (height - 1)
        if size != self._size:
            self._out += bytes([0x1D, 0x21, size])
            self._size = size
