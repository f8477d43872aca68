"""Star line mode: its commands, and its status of nine bytes.

Source: Star line mode specification. ETB, ESC RS E and the status are quoted in hardware facts
2.3; the lengths and meanings of the other commands are *assumed* from general knowledge of it.

    ESC @   ESC E / ESC F bold   ESC i h w size, 0-5 or 30h-35h   ESC a n feed n lines
    ESC d n cut: 0 full, 1 partial, 2 and 3 the same after feeding   ESC z n line of 3 or 4 mm
    ESC GS a n align   ESC GS y S f n, D 1 m nL nH d, P   ESC RS E n counter   ESC RS a n ASB
    ESC ACK SOH status now   ETB counter on, after everything before it is printed
"""

from kiosk.printing.model.codes import draw_symbol
from kiosk.printing.model.head import STAR_SPACING, Head, Program
from kiosk.printing.model.senses import Senses

ASK = b"\x1b\x06\x01"
LARGEST = 5


def status_back(senses: Senses, counter: int) -> bytes:
    """Nine bytes; the first, 0010 0011, says so: b5 b3 b2 b1 are the length, b0 marks it.

    3  b3 offline  b5 cover open      4  b2 mechanical  b3 cutter      6  b2 near end  b3 end
    8  the ETB counter: b6 b5 b3 b2 b1 are its bits 4 to 0
    """
    third = senses.offline << 3 | senses.cover_open << 5
    fourth = senses.mechanical << 2 | senses.cutter << 3
    sixth = senses.near_end << 2 | senses.paper_end << 3
    eighth = (counter & 0x07) << 1 | (counter & 0x18) << 2
    return bytes((0x23, 0x06, third, fourth, 0, sixth, 0, eighth, 0))


def program(head: Head) -> Program:
    """The firmware's endless loop: one command or character after the other."""
    while True:
        byte = yield from head.byte()
        match byte:
            case 0x0A:
                yield from head.print_line()
            case 0x17:
                if not head.at_line_start():
                    yield from head.print_line()
                head.wires.count(True)
            case 0x1B:
                yield from _escape(head)
            case 0x00 | 0x0D | 0x18:
                pass
            case _ if byte < 0x20 or byte == 0x7F:
                head.complain("unknown_control", "不认识的控制字符", bytes((byte,)))
            case _:
                yield from head.character(byte)


def _escape(head: Head) -> Program:
    code = yield from head.byte()
    style = head.style
    match code:
        case 0x40:
            head.reset()
        case 0x45 | 0x46:
            style.bold = code == 0x45
        case 0x69:
            height, width = ((n & 0x0F) for n in (yield from head.take(2)))
            if max(height, width) > LARGEST:
                head.complain("bad_value", "字号超过 6 倍", bytes((0x1B, code, height, width)))
                return
            style.width = style.hanzi_width = width + 1
            style.height = style.hanzi_height = height + 1
        case 0x61:
            n = yield from head.byte()
            yield from head.feed(n * style.line_spacing)
        case 0x64:
            yield from _cut(head)
        case 0x7A:
            n = yield from head.byte()
            style.line_spacing = STAR_SPACING if n & 1 else 24
        case 0x06:
            yield from head.byte()  # answered at reception
        case 0x1D:
            yield from _escape_gs(head)
        case 0x1E:
            yield from _escape_rs(head)
        case _:
            head.complain("unknown_command", "不认识的 ESC 命令", bytes((0x1B, code)))


def _cut(head: Head) -> Program:
    n = (yield from head.byte()) & 0x0F
    kind = "full" if n in (0, 2) else "partial"
    if n > 3:
        head.complain("bad_value", "切纸方式只有 0–3", bytes((0x1B, 0x64, n)))
    elif not head.at_line_start():
        head.complain("not_at_line_start", "行中间的切纸命令不起作用", bytes((0x1B, 0x64, n)))
    else:
        yield from head.cut(kind, feed=0 if n >= 2 else None)


def _escape_gs(head: Head) -> Program:
    code = yield from head.byte()
    if code == 0x61:
        n = (yield from head.byte()) & 0x0F
        if n > 2:
            head.complain("bad_value", "对齐方式只有 0、1、2", bytes((0x1B, 0x1D, code, n)))
        else:
            head.style.align = n
    elif code == 0x79:
        yield from _symbol(head)
    else:
        head.complain("unknown_command", "不认识的 ESC GS 命令", bytes((0x1B, 0x1D, code)))


def _symbol(head: Head) -> Program:
    step = yield from head.byte()
    evidence = b"\x1b\x1dy" + bytes((step,))
    if step == 0x53:
        function, n = yield from head.take(2)
        if function == 0x31 and n < 4:
            head.symbol.level = "LMQH"[n]
        elif function == 0x32 and 1 <= n <= 8:
            head.symbol.module = n
        elif function != 0x30:
            head.complain("bad_value", "二维码命令的参数不对", evidence + bytes((function, n)))
    elif step == 0x44:
        _, _, low, high = yield from head.take(4)
        head.symbol.content = yield from head.block(low + 256 * high)
    elif step == 0x50:
        yield from draw_symbol(head, evidence)
    else:
        head.complain("bad_value", "二维码命令的参数不对", evidence)


def _escape_rs(head: Head) -> Program:
    code, n = yield from head.take(2)
    if code == 0x45:
        head.wires.count(False)
    elif code != 0x61:
        head.complain("unknown_command", "不认识的 ESC RS 命令", bytes((0x1B, 0x1E, code, n)))
