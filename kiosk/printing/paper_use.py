"""How much paper a job uses, for the estimate of what is left on the roll.

Pure. Lengths follow from the operations, not from the bytes, so that they are alike for text and
for pictures: at 203 dpi a millimetre is 8 dots.
"""

from __future__ import annotations

from collections.abc import Sequence

import qrcode

from kiosk.printing.layout import Cut, Gap, Line, Op, QrCode, Rule
from server.kit.serial.profiles import PrinterProfile

DOTS_PER_MM = 8
LINE_DOTS = 34
"""Feed of a line of single height: the default of a sixth of an inch (Epson `ESC 2`)."""
CHARACTER_DOTS = 24
CUTTER_MM = 12.0
"""From the print head to the knife: fed at each cut, and white at the head of the next slip.
Source: Epson ESC/POS reference, `GS V`: the cutter sits about 12 mm behind the head."""


def fed_mm(ops: Sequence[Op], profile: PrinterProfile) -> float:
    """Return the millimetres of paper that *ops* take on the printer of *profile*."""
    dots = sum(_dots(op, profile) for op in ops)
    return round(dots / DOTS_PER_MM, 1)


def _dots(op: Op, profile: PrinterProfile) -> float:
    match op:
        case Line(height=height):
            return max(LINE_DOTS, CHARACTER_DOTS * height)
        case Gap(lines=lines):
            return LINE_DOTS * lines
        case QrCode(data=data):
            return _side(data, profile) + LINE_DOTS
        case Rule():
            return LINE_DOTS
        case Cut():
            return CUTTER_MM * DOTS_PER_MM


def _side(data: str, profile: PrinterProfile) -> int:
    levels = {"L": 1, "M": 0, "Q": 3, "H": 2}  # the numbers of ISO 18004, as the library has them
    code = qrcode.QRCode(error_correction=levels[profile.qr.level], border=0)
    code.add_data(data.encode())
    modules = 17 + 4 * code.best_fit(start=1)
    return min(modules * profile.qr.module_dots, profile.paper.dots)
