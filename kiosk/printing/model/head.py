"""The print head and its program: bytes of the receive buffer become characters and motions.

The program is a generator that takes one byte at a time, as the firmware does: an image larger
than the receive buffer passes through it band by band, and whatever stands still (paper out,
cover open, no byte left) stops it exactly where it is.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import StrEnum

from kiosk.printing.model import charset as chars
from kiosk.printing.model.charset import Charset
from kiosk.printing.model.line import LINE_SPACING, Line, Style, cell_width
from kiosk.printing.model.makes import Dialect, Make
from kiosk.printing.model.paper import HEAD_TO_CUTTER, Item, Strip
from kiosk.printing.model.symbols import SymbolStore

STAR_SPACING = 32
"""Star feeds 4 mm a line."""


class Want(StrEnum):
    """Why the program stands without a motion."""

    BYTE = "byte"
    """The receive buffer is empty."""
    FUSE = "fuse"
    """The power goes here: the fuse told to blow after so many bytes has blown."""


@dataclass(frozen=True, slots=True)
class Motion:
    """One mechanical step: how far the paper moves, and what is true once it has moved."""

    kind: str
    """`line`, `feed` or `cut`."""
    dots: int
    do: Callable[[], None]


Program = Generator[Motion | Want, None, None]
OneByte = Generator[Motion | Want, None, int]
Block = Generator[Motion | Want, None, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wires:
    """Where the head reports to."""

    answer: Callable[[bytes], None]
    """Bytes for the host, after everything before them is done."""
    complain: Callable[[str, str, bytes], None]
    """Code, words in Chinese, the bytes in question."""
    cut: Callable[[str], None]
    """The knife has come down: `full` or `partial`."""
    paper_status: Callable[[int], None]
    """GS r n is executed."""
    watch: Callable[[int], None]
    """GS a n is executed; also n = 0 by ESC @."""
    notice: Callable[[int], None]
    """GS ( H fn 49 d is executed; also d = 0 by ESC @."""
    present: Callable[[str], None]
    """The presenter moves: `present`, `eject` or `retract`."""
    count: Callable[[bool], None]
    """Star's ETB counter moves on (True) or is set to 0 (False)."""


class Head:
    """State between commands: buffer, style, the line being collected, the uncut paper."""

    def __init__(self, *, dots: int, make: Make, charset: Charset, wires: Wires) -> None:
        self.dots = dots
        self.make = make
        self.charset = charset
        self.wires = wires
        self.strip = Strip()
        self.switched_on()

    def switched_on(self) -> None:
        """Everything electronic as after power-on; the paper stays where it is."""
        self.inbox = bytearray()
        self.fuse = -1
        self.interpreted = 0
        self.pushed = -1
        self.reset()

    def reset(self) -> None:
        """ESC @: styles, print buffer, symbol and user glyphs; the receive buffer stays.

        ASB ends too: "effective until ESC @ is executed" (TM-T88III programming guide p. 317).
        """
        star = self.make.dialect is Dialect.STAR
        # Star has Chinese by a memory switch and no command for it.
        self.style = Style(kanji=star, line_spacing=STAR_SPACING if star else LINE_SPACING)
        self.line = Line()
        self.symbol = SymbolStore()
        self.glyphs: dict[bytes, bytes] = {}
        self.wires.watch(0)
        self.wires.notice(0)

    # -- bytes -----------------------------------------------------------------------------------

    def byte(self) -> OneByte:
        """The next byte; stands still while there is none."""
        if self.pushed >= 0:
            value, self.pushed = self.pushed, -1
            return value
        while True:
            if self.fuse == 0:
                yield Want.FUSE
            elif self.inbox:
                break
            else:
                yield Want.BYTE
        self.fuse -= self.fuse > 0
        self.interpreted += 1
        self.strip.bytes += 1
        return self.inbox.pop(0)

    def take(self, count: int) -> Block:
        """The next `count` bytes."""
        got = bytearray()
        while len(got) < count:
            got.append((yield from self.byte()))
        return bytes(got)

    def block(self, count: int) -> Block:
        """The next `count` bytes as data of a command.

        Complains when a real-time command hides in them: a printer executes it at reception all
        the same (hardware facts 3.1).
        """
        data = yield from self.take(count)
        for code in (b"\x10\x04", b"\x10\x05", b"\x10\x14"):
            at = data.find(code)
            if at >= 0:
                self.complain(
                    "real_time_in_data", "数据里藏着实时命令，打印机会当场执行", data[at : at + 3]
                )
        return data

    def complain(self, code: str, words: str, evidence: bytes) -> None:
        """Reports what a real printer would silently do wrong."""
        self.wires.complain(code, words, evidence)

    # -- paper -----------------------------------------------------------------------------------

    def print_line(self, *, feed: bool = True) -> Program:
        """Prints what is collected and feeds one line; an empty line only feeds."""
        line, style = self.line, self.style
        self.line = Line()
        printed = line.printed(y=0, style=style, dots=self.dots)
        dots = max(style.line_spacing, printed.height) if feed else printed.height

        def done() -> None:
            if line.cells:
                self.strip.add(line.printed(y=self.strip.head, style=style, dots=self.dots))
            self.strip.feed(dots)

        yield Motion("line", dots, done)

    def feed(self, dots: int) -> Program:
        """Moves the paper without printing."""
        yield Motion("feed", dots, lambda: self.strip.feed(dots))

    def draw(self, make: Callable[[int], Item], height: int) -> Program:
        """Prints something `height` dots high; `make(y)` builds it for its place on the paper."""

        def done() -> None:
            self.strip.add(make(self.strip.head))
            self.strip.feed(height)

        yield Motion("line", height, done)

    def cut(self, kind: str, *, feed: int | None = None) -> Program:
        """Cuts here, or feeds the last line `feed` dots past the knife and cuts."""
        if feed is not None:
            yield from self.feed(HEAD_TO_CUTTER + feed)
        yield Motion("cut", 0, lambda: self.wires.cut(kind))

    def at_line_start(self) -> bool:
        """True when nothing is collected: many commands work only then."""
        return not self.line.cells

    # -- characters ------------------------------------------------------------------------------

    def put(self, text: str, *, wide: bool, glyph: bytes = b"") -> Program:
        """Collects one character, wrapping to the next line when it does not fit any more."""
        room = min(self.style.area or self.dots, self.dots - self.style.left_margin)
        if self.line.cells and self.line.used + cell_width(self.style, wide=wide) > room:
            yield from self.print_line()
        self.line.put(text, self.style, wide=wide, glyph=glyph)

    def character(self, first: int) -> Program:
        """Prints a byte that is no command, with the bytes that belong to it."""
        if first < 0x80:
            yield from self.put(chr(first), wide=False)
        elif not self.style.kanji:
            self.complain("not_kanji_mode", "未进入汉字模式就收到汉字字节", bytes((first,)))
            yield from self.put(chars.single(first), wide=False)
        elif not chars.is_lead(first):
            self.complain("no_glyph", "字库里没有这个编码", bytes((first,)))
            yield from self.put(" ", wide=False)
        else:
            yield from self._long_character(first)

    def _long_character(self, first: int) -> Program:
        second = yield from self.byte()
        if 0x30 <= second <= 0x39 and self.charset is Charset.GB18030:
            code = bytes((first, second)) + (yield from self.take(2))
            char = chars.long_hanzi(code)
        elif chars.is_trail(second):
            code = bytes((first, second))
            if code in self.glyphs:
                yield from self.put("〓", wide=True, glyph=self.glyphs[code])
                return
            char = chars.hanzi(code, self.charset)
        else:
            self.complain(
                "broken_code", "不是本机字库的汉字编码，会印成乱码", bytes((first, second))
            )
            self.pushed = second
            yield from self.put(" ", wide=False)
            return
        if char is None:
            self.complain("no_glyph", "字库里没有这个字，印成空白", code)
        yield from self.put(char or chars.BLANK, wide=True)
