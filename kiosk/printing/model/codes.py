"""QR codes by command: GS ( k of Epson and its relatives, 13 50 48 of MASUNG's boards."""

from kiosk.printing.model.head import Head, Program
from kiosk.printing.model.paper import Qr
from kiosk.printing.model.symbols import content_of, modules


def stored_symbol(head: Head, data: bytes, evidence: bytes) -> Program:
    """GS ( k with cn = 31h: 41 model, 43 size, 45 level, 50 store, 51 print."""
    store, function, rest = head.symbol, data[1], data[2:]
    if function == 0x41 and len(rest) == 2:
        if rest[0] != 0x32:
            head.complain("not_modelled", "模型只画二维码模式 2", evidence)
    elif function == 0x43 and len(rest) == 1 and 1 <= rest[0] <= 16:
        store.module = rest[0]
    elif function == 0x45 and len(rest) == 1 and 0x30 <= rest[0] <= 0x33:
        store.level = "LMQH"[rest[0] - 0x30]
    elif function == 0x50 and len(rest) >= 2 and rest[0] == 0x30:
        store.content = rest[1:]
    elif function == 0x51 and rest == b"0":
        yield from draw_symbol(head, evidence)
    else:
        head.complain("bad_value", "二维码命令的参数不对", evidence)


def draw_symbol(head: Head, evidence: bytes) -> Program:
    """Print the stored symbol, aligned; complain where a printer would print nothing."""
    store = head.symbol
    content, level, module = content_of(store.content), store.level, store.module
    side = modules(content, level) * module if store.content else 0
    if not head.at_line_start():
        head.complain("not_at_line_start", "行里还有字时不能印二维码", evidence)
    elif not side or side > head.dots:
        head.complain("no_symbol", "二维码没有内容、太长或比纸宽，不印", evidence)
    else:
        align = head.style.align
        x = (0, (head.dots - side) // 2, head.dots - side)[align]
        yield from head.draw(
            lambda y: Qr(
                y=y,
                height=side,
                x=x,
                align=("left", "centre", "right")[align],
                content=content,
                module=module,
                level=level,
            ),
            side,
        )


def masung_symbol(head: Head) -> Program:
    """`13 50 48` and a function: 01 n and 02 n settings, 03 n dots of a module, 04 text 00, 05 print.

    Source: MASUNG PrintCmd.java as republished in kim-company/masung_flutter; the text is GB2312.
    """
    two = yield from head.take(2)
    if two != b"PH" or "masung" not in head.make.qr:
        head.complain("unknown_control", "不认识的控制字符", b"\x13" + two)
        return
    function = yield from head.byte()
    evidence = b"\x13PH" + bytes((function,))
    if function in (1, 2):
        yield from head.byte()
    elif function == 3:
        head.symbol.module = max(1, min(16, (yield from head.byte())))
    elif function == 4:
        content = bytearray()
        while byte := (yield from head.byte()):
            content.append(byte)
        head.symbol.content, head.symbol.level = bytes(content), "M"
    elif function == 5:
        yield from draw_symbol(head, evidence)
    else:
        head.complain("bad_value", "二维码命令的参数不对", evidence)
