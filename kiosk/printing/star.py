"""From operations to the bytes of a Star printer in line mode 行模式.

Pure. Commands:

    ESC @             1B 40                     reset
    ESC GS a n        1B 1D 61 n                0 left, 1 centre
    ESC i n1 n2       1B 69 h-1 w-1             size, 0 to 5 each
    ESC E   ESC F     1B 45   1B 46             bold on, off
    ESC GS y S 0 n    1B 1D 79 53 30 n          QR model, 2
    ESC GS y S 1 n    1B 1D 79 53 31 n          level, 0 L 1 M 2 Q 3 H
    ESC GS y S 2 n    1B 1D 79 53 32 n          dots of a module, 1 to 8
    ESC GS y D 1 0 nL nH d  1B 1D 79 44 31 00 … data
    ESC GS y P        1B 1D 79 50               print it
    ETB               17                        waits for the printing before it, counts, sends ASB

Source: Star line mode specification. ETB and the status are read from it; the other commands are
*assumed* from general knowledge of it and were never proved on metal. Two-byte Chinese is a memory
switch of the printer and not a command.
"""

from __future__ import annotations

from kiosk.printing.pen import Pen, Style
from server.kit.serial.profiles import Qr

MAX_SIZE = 6
MAX_MODULE = 8


class StarPen(Pen):
    """Writes operations in Star line mode."""

    def opening(self) -> bytes:
        """Return the command that centres; `ESC @` has set the left edge."""
        return bytes.fromhex("1B1D6101")

    def setting(self, old: Style, new: Style) -> bytes:
        """Return the commands that lead from *old* to *new*."""
        commands = b""
        if new.left != old.left:
            commands += bytes([0x1B, 0x1D, 0x61, 0 if new.left else 1])
        if (new.width, new.height) != (old.width, old.height):
            height, width = min(new.height, MAX_SIZE), min(new.width, MAX_SIZE)
            commands += bytes([0x1B, 0x69, height - 1, width - 1])
        if new.bold != old.bold:
            commands += bytes([0x1B, 0x45 if new.bold else 0x46])
        return commands

    def qr(self, content: str) -> bytes:
        """Return the commands that print a QR code of *content*."""
        return star_qr(content, self.profile.qr)


def star_qr(data: str, qr: Qr) -> bytes:
    """Return the five commands that make the printer draw a QR code of *data*."""
    content = data.encode()
    head = bytes.fromhex("1B1D79")
    return (
        head
        + bytes.fromhex("533002")
        + head
        + bytes([0x53, 0x31, "LMQH".index(qr.level)])
        + head
        + bytes([0x53, 0x32, min(qr.module_dots, MAX_MODULE)])
        + head
        + bytes.fromhex("443100")
        + len(content).to_bytes(2, "little")
        + content
        + head
        + bytes([0x50])
    )
