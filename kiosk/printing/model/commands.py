"""The ESC/POS commands: what follows each prefix, byte for byte.

Sources: hardware facts 1.1, 1.4, 2.3, 2.4; Epson ESC/POS application programming guide for the
lengths. What is understood but has no effect on this model's paper is read to its exact length;
what is not modelled or not known becomes a complaint, never silence.
"""

import base64

from kiosk.printing.model.codes import masung_symbol, stored_symbol
from kiosk.printing.model.head import Head, Program
from kiosk.printing.model.paper import HEAD_TO_CUTTER, Image

LF, HT, FF, CR, CAN, DLE, ESC, FS, GS = 0x0A, 0x09, 0x0C, 0x0D, 0x18, 0x10, 0x1B, 0x1C, 0x1D
BAND = 24
"""Raster rows printed in one motion."""
MAX_IMAGE_ROWS = 8000
"""A metre of paper: rows beyond it are read and dropped with a complaint."""

_QUIET_ESC = {0x52: 1, 0x70: 3, 0x63: 2, 0x55: 1}
"""ESC R country, ESC p drawer, ESC c sensors and buttons, ESC U direction: nothing to be seen."""
_SKIPPED_ESC = {0x56: 1, 0x7B: 1, 0x24: 2, 0x5C: 2, 0x25: 1, 0x3F: 1, 0x72: 1}
"""ESC V turn, ESC { upside down, ESC $ and \\ positions, ESC % and ? own characters, ESC r red."""
_QUIET_GS = {0x62: 1, 0x68: 1, 0x77: 1, 0x48: 1, 0x66: 1, 0x50: 2}
"""GS b smoothing, GS h w H f bar code settings, GS P motion units."""


def program(head: Head) -> Program:
    """The firmware's endless loop: one command or character after the other."""
    while True:
        byte = yield from head.byte()
        match byte:
            case 0x0A:
                yield from head.print_line()
            case 0x09:
                head.line.tab(head.style)
            case 0x10:
                yield from _dle(head)
            case 0x1B:
                yield from _esc(head)
            case 0x1C:
                yield from _fs(head)
            case 0x1D:
                yield from _gs(head)
            case 0x00 | 0x0D | 0x18:
                pass  # NUL; CR with automatic line feed off; CAN works in page mode only
            case 0x13 if head.make.qr == {"masung"}:
                yield from masung_symbol(head)
            case _ if byte < 0x20 or byte == 0x7F:
                head.complain("unknown_control", "不认识的控制字符", bytes((byte,)))
            case _:
                yield from head.character(byte)


def _digit(n: int) -> int:
    """Many commands take 1 and "1" alike."""
    return n - 0x30 if 0x30 <= n <= 0x39 else n


def _dle(head: Head) -> Program:
    """Real-time commands were obeyed at reception; here their bytes only pass by.

    They belong to no slip: a slip's bytes are those that print it.
    """
    before = head.strip.bytes - 1
    second = yield from head.byte()
    if second in (0x04, 0x05):
        yield from head.byte()
    elif second == 0x14:
        function = yield from head.byte()
        yield from head.take(7 if function == 8 else 2)
    else:
        head.complain("unknown_command", "不认识的 DLE 命令", bytes((DLE, second)))
    head.strip.bytes = before


def _esc(head: Head) -> Program:
    code = yield from head.byte()
    style = head.style
    match code:
        case 0x40:
            head.reset()
        case 0x21:
            n = yield from head.byte()
            style.font = "B" if n & 1 else "A"
            style.bold, style.underline = bool(n & 8), bool(n & 0x80)
            style.height, style.width = 2 if n & 0x10 else 1, 2 if n & 0x20 else 1
        case 0x61:
            n = _digit((yield from head.byte()))
            if not head.at_line_start():
                head.complain(
                    "not_at_line_start", "行中间的对齐命令不起作用", bytes((ESC, code, n))
                )
            elif n > 2:
                head.complain("bad_value", "对齐方式只有 0、1、2", bytes((ESC, code, n)))
            else:
                style.align = n
        case 0x64:
            yield from _feed_lines(head, (yield from head.byte()))
        case 0x4A:
            n = yield from head.byte()
            if not head.at_line_start():
                yield from head.print_line(feed=False)
            yield from head.feed(n)
        case 0x32:
            style.line_spacing = 34
        case 0x33:
            style.line_spacing = yield from head.byte()
        case 0x20:
            style.spacing = yield from head.byte()
        case 0x45 | 0x47:
            style.bold = bool((yield from head.byte()) & 1)
        case 0x2D:
            style.underline = bool((yield from head.byte()) & 3)
        case 0x4D:
            style.font = "B" if (yield from head.byte()) & 1 else "A"
        case 0x69:
            yield from _short_cut(head, head.make.esc_i)
        case 0x6D:
            yield from _short_cut(head, head.make.esc_m)
        case 0x74:
            n = yield from head.byte()
            if n:
                head.complain("not_modelled", "模型只有 437 码页", bytes((ESC, code, n)))
        case 0x3D:
            n = yield from head.byte()
            if not n & 1:
                head.complain("not_modelled", "模型不能被 ESC = 停用", bytes((ESC, code, n)))
        case 0x2A:
            mode, low, high = yield from head.take(3)
            columns = low + 256 * high
            yield from head.block(columns * (3 if mode in (32, 33) else 1))
            head.complain("not_modelled", "模型不画 ESC * 位图", bytes((ESC, code, mode)))
        case 0x28:
            yield from _long(head, ESC)
        case _ if code in _QUIET_ESC:
            yield from head.take(_QUIET_ESC[code])
        case _ if code in _SKIPPED_ESC:
            data = yield from head.take(_SKIPPED_ESC[code])
            if any(data):
                head.complain("not_modelled", "模型不支持这个 ESC 命令", bytes((ESC, code)) + data)
        case _:
            head.complain("unknown_command", "不认识的 ESC 命令", bytes((ESC, code)))


def _feed_lines(head: Head, count: int) -> Program:
    if not head.at_line_start():
        yield from head.print_line(feed=False)
    dots = count * head.style.line_spacing
    if count:
        yield from head.feed(dots)
    if not head.make.knife and dots >= HEAD_TO_CUTTER and (head.strip.items or head.strip.hangs):
        yield from head.cut("torn")  # the citizen tears it off at the bar


def _short_cut(head: Head, kind: str) -> Program:
    """ESC i and ESC m: the same bytes, opposite meanings; MASUNG's take a parameter."""
    if head.make.cut_parameter:
        yield from head.byte()
    yield from _cut_here(head, kind)


def _cut_here(head: Head, kind: str) -> Program:
    if not head.make.knife:
        head.complain("no_knife", "这种打印机没有切刀", b"")
    elif head.at_line_start():
        yield from head.cut(kind)
    else:
        head.complain("not_at_line_start", "行中间的切纸命令不起作用", b"")


def _fs(head: Head) -> Program:
    code = yield from head.byte()
    style = head.style
    match code:
        case 0x26:
            style.kanji = True
        case 0x2E:
            style.kanji = False
        case 0x21:
            n = yield from head.byte()
            style.hanzi_width, style.hanzi_height = 2 if n & 4 else 1, 2 if n & 8 else 1
            style.hanzi_underline = bool(n & 0x80)
        case 0x57:
            n = yield from head.byte()
            style.hanzi_width = style.hanzi_height = 2 if n & 1 else 1
        case 0x53:
            style.hanzi_left, style.hanzi_right = yield from head.take(2)
        case 0x2D:
            style.hanzi_underline = bool((yield from head.byte()) & 3)
        case 0x32:
            place = yield from head.take(2)
            head.glyphs[place] = yield from head.take(72)
            if place[0] != 0xFE or not 0xA1 <= place[1] <= head.make.last_glyph:
                del head.glyphs[place]
                head.complain("bad_value", "这里放不了自造字", bytes((FS, code)) + place)
        case 0x3F:
            head.glyphs.pop((yield from head.take(2)), None)
        case 0x43:
            yield from head.byte()
        case 0x28:
            yield from _long(head, FS)
        case _:
            head.complain("unknown_command", "不认识的 FS 命令", bytes((FS, code)))


def _gs(head: Head) -> Program:
    code = yield from head.byte()
    style = head.style
    match code:
        case 0x21:
            n = yield from head.byte()
            if n & 0x88:
                head.complain("bad_value", "字号超过 8 倍", bytes((GS, code, n)))
            else:
                style.width = style.hanzi_width = (n >> 4) + 1
                style.height = style.hanzi_height = (n & 7) + 1
        case 0x56:
            yield from _cut(head)
        case 0x42:
            style.reverse = bool((yield from head.byte()) & 1)
        case 0x4C:
            low, high = yield from head.take(2)
            style.left_margin = min(low + 256 * high, head.dots - 24)
        case 0x57:
            low, high = yield from head.take(2)
            style.area = max(24, min(low + 256 * high, head.dots))
        case 0x72:
            n = yield from head.byte()
            if _digit(n) in (1, 2):
                head.wires.paper_status(_digit(n))
            else:
                head.complain("bad_value", "没有这种状态可查", bytes((GS, code, n)))
        case 0x61:
            n = yield from head.byte()
            if head.make.asb:
                head.wires.watch(n)
            else:
                head.complain("not_in_dialect", "这种打印机没有自动状态返回", bytes((GS, code, n)))
        case 0x65 if head.make.presenter == "custom":
            yield from _ejector(head)
        case 0x52 if head.make.presenter == "citizen":
            yield from _timed_presenter(head)
        case 0x49:
            _identify(head, (yield from head.byte()))
        case 0x76:
            yield from _raster(head)
        case 0x6B:
            yield from _bar_code(head)
        case 0x28:
            yield from _long(head, GS)
        case _ if code in _QUIET_GS:
            yield from head.take(_QUIET_GS[code])
        case _:
            head.complain("unknown_command", "不认识的 GS 命令", bytes((GS, code)))


def _cut(head: Head) -> Program:
    """GS V: 00/30 full and 01/31 partial at the knife; 41 n full, 42 n partial after feeding."""
    mode = yield from head.byte()
    kind = "full" if mode in (0x00, 0x30, 0x41) else "partial"
    if mode in (0x00, 0x01, 0x30, 0x31):
        yield from _cut_here(head, kind)
    elif mode in (0x41, 0x42):
        n = yield from head.byte()
        if not head.make.knife:
            head.complain("no_knife", "这种打印机没有切刀", bytes((GS, 0x56, mode, n)))
        elif head.at_line_start():
            yield from head.cut(kind, feed=n)
        else:
            head.complain(
                "not_at_line_start", "行中间的切纸命令不起作用", bytes((GS, 0x56, mode, n))
            )
    else:
        head.complain("unknown_command", "不认识的切纸方式", bytes((GS, 0x56, mode)))


def _identify(head: Head, n: int) -> None:
    """GS I: one id byte for 1-3, `5F text 00` for 65-69."""
    names = {
        65: b"1.00 ESC/POS",
        66: head.make.maker,
        67: head.make.name,
        68: b"MODEL00001",
        69: b"CHINA " + head.charset.value.upper().encode(),
    }
    single = {1: b"\x20", 2: b"\x03", 3: b"\x04"}
    if _digit(n) in single:
        head.wires.answer(single[_digit(n)])
    elif n in names:
        head.wires.answer(b"\x5f" + names[n] + b"\x00")
    else:
        head.complain("bad_value", "没有这项身份可查", bytes((GS, 0x49, n)))


def _ejector(head: Head) -> Program:
    """GS e of Custom KPM210/216: 2 retract, 3 m present m steps, 5 eject, 6 status of the ejector."""
    n = yield from head.byte()
    if n == 3:
        yield from head.byte()
        head.wires.present("present")
    elif n in (2, 5):
        head.wires.present("retract" if n == 2 else "eject")
    else:
        head.complain("not_modelled", "模型没有这个出纸器命令", bytes((GS, 0x65, n)))


def _timed_presenter(head: Head) -> Program:
    """GS R of Citizen PMU: 0 retract now, 1 n retract by itself after n seconds (not modelled)."""
    n = yield from head.byte()
    if n == 0:
        head.wires.present("retract")
    else:
        yield from head.byte()


def _raster(head: Head) -> Program:
    """GS v 0 m xL xH yL yH rows: printed band by band, clipped to the paper."""
    zero, m, xl, xh, yl, yh = yield from head.take(6)
    across, rows, m = xl + 256 * xh, yl + 256 * yh, _digit(m)
    prefix = bytes((GS, 0x76, zero, m, xl, xh, yl, yh))
    if zero != 0x30 or m > 3:
        head.complain("unknown_command", "不认识的光栅图方式", prefix)
        return
    started = head.at_line_start()
    if not started:
        head.complain("not_at_line_start", "行里还有字时不能印光栅图", prefix)
    sx, sy = 2 if m & 1 else 1, 2 if m & 2 else 1
    fitting = min(across, head.dots // 8 // sx)
    if across > fitting:
        head.complain("too_wide", "光栅图比纸宽，右边被裁掉", prefix)
    if rows > MAX_IMAGE_ROWS:
        head.complain("too_long", "光栅图太长", prefix)
    for top in range(0, rows, BAND):
        height = min(BAND, rows - top)
        band = b""
        for _ in range(height):
            row = yield from head.block(across)
            band += row[:fitting]
        if started and fitting and top < MAX_IMAGE_ROWS:
            bits, width = base64.b64encode(band).decode(), fitting * 8 * sx
            x = (0, (head.dots - width) // 2, head.dots - width)[head.style.align]
            yield from head.draw(
                lambda y, x=x, width=width, height=height, bits=bits: Image(  # type: ignore[misc]
                    y=y, height=height * sy, x=x, width=width, scale_x=sx, scale_y=sy, bits=bits
                ),
                height * sy,
            )


def _bar_code(head: Head) -> Program:
    m = yield from head.byte()
    if m <= 6:
        while (yield from head.byte()):
            pass
    else:
        yield from head.take((yield from head.byte()))
    head.complain("not_modelled", "模型不画条码", bytes((GS, 0x6B, m)))


def _long(head: Head, prefix: int) -> Program:
    """`prefix ( letter pL pH data`: the length is always known, whatever the letter."""
    letter, low, high = yield from head.take(3)
    data = yield from head.block(low + 256 * high)
    evidence = bytes((prefix, 0x28, letter, low, high)) + data[:4]
    if prefix == GS and letter == 0x6B and "gsk" not in head.make.qr:
        head.complain("not_in_dialect", "这种打印机不会自己画二维码", evidence)
    elif prefix == GS and letter == 0x6B and data[:1] == b"1" and len(data) >= 2:
        yield from stored_symbol(head, data, evidence)
    elif prefix == GS and letter == 0x48:
        _report(head, data, evidence)
    elif prefix == GS and letter == 0x41:
        for char in "SELF TEST":
            yield from head.put(char, wide=False)
        yield from head.print_line()
    else:
        head.complain("unknown_command", "不认识或模型不支持的扩展命令", evidence)


def _report(head: Head, data: bytes, evidence: bytes) -> None:
    """GS ( H fn 48: answer `37 22 id 00` now that everything before is done; fn 49: notices."""
    if not head.make.process_id:
        head.complain("not_in_dialect", "这种打印机不会回报打印完成", evidence)
    elif data[:2] == b"00" and len(data) == 6 and all(0x20 <= b <= 0x7E for b in data[2:]):
        head.wires.answer(b"\x37\x22" + data[2:] + b"\x00")
    elif data[:2] == b"10" and len(data) == 3 and _digit(data[2]) <= 2:
        head.wires.notice(_digit(data[2]))
    else:
        head.complain("bad_value", "打印完成回报的参数不对", evidence)
