"""The printer without its cable and its clock: bytes in, answers out, paper in pieces.

`receive` is the UART: it fills the receive buffer and obeys real-time commands at once. `start`
begins the next mechanical step and says how many seconds it takes, `finish` completes it. The
caller owns time; with nobody waiting in between the printer is infinitely fast, which is how the
tests run it.

    receive(bytes) -> buffer -> program -> motion: start ... finish -> paper, answers

Source of every status bit and answer: hardware facts 2.3.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime

from kiosk.printing.model import senses as status
from kiosk.printing.model import star
from kiosk.printing.model.charset import Charset
from kiosk.printing.model.commands import program as escpos_program
from kiosk.printing.model.faults import Complaint, Faults
from kiosk.printing.model.head import Head, Motion, Want, Wires
from kiosk.printing.model.makes import EPSON, GENERIC, Dialect, Make
from kiosk.printing.model.paper import (
    DOTS_PER_MM,
    HEAD_TO_CUTTER,
    PRINT_DOTS,
    Item,
    Keeper,
    Slip,
    lines_of,
    symbols_of,
)
from kiosk.printing.model.senses import Senses
from kiosk.printing.model.unasked import Unasked

RECEIVE_BUFFER = 4096
"""Bytes, the default of the TM-T88 series (hardware facts 3.2)."""
CUT_S = 0.3
SPEED_MM_S = {80: 150.0, 58: 90.0}
"""Printing speed by paper width; *assumed* typical."""
MAX_COMPLAINTS = 100
MAX_ANSWERS = 4096
"""Bytes of answers kept for a host that does not read; more are lost."""

CLEAR = bytes.fromhex("10140801031401060208")
"""DLE DC4 8: clear the buffers."""


class Machine:
    """A thermal printer with 80 or 58 mm paper."""

    def __init__(
        self,
        *,
        paper_mm: int,
        keeper: Keeper,
        now: Callable[[], datetime],
        dialect: Dialect = Dialect.EPSON,
        make: Make | None = None,
        charset: Charset | None = None,
        speed_mm_s: float | None = None,
    ) -> None:
        self.paper_mm = paper_mm
        self.make = make or (EPSON if dialect is Dialect.EPSON else GENERIC)
        usual = Charset.GB18030 if self.make.dialect is Dialect.EPSON else Charset.GBK
        self.charset = charset or self.make.charset or usual
        self.speed_mm_s = speed_mm_s or SPEED_MM_S[paper_mm]
        self.complaints: deque[Complaint] = deque(maxlen=MAX_COMPLAINTS)
        self.complaints_total = 0
        self.received = 0
        """Bytes received since the model was started."""
        self.answers = bytearray()
        """Waiting for the cable; the caller takes them with `take_answers`."""
        self.answered = 0

        self.power = True
        self.silent = False
        self.slow = False
        self.paper = "ok"
        self.cover_open = False
        self.jam = False
        self.cutter: bool | str = False
        self.at_exit = False
        """A cut slip stands in the mouth and was not taken yet."""
        self.retracted = 0
        """Slips that were taken back because nobody took them."""
        self.stub = 0
        """Number of the stub that hangs from the uncut paper, 0 for none."""
        self._cutter_sticks_next = False
        self._lines_left = -1
        self._auto_recoverable = False

        self._keeper = keeper
        self._now = now
        self._unasked = Unasked(self.make)
        self._window = b""
        self._motion: Motion | None = None
        self.moving = False
        """True between `start` and `finish`."""
        self.head = Head(
            dots=self.make.dots or PRINT_DOTS[paper_mm],
            make=self.make,
            charset=self.charset,
            wires=Wires(
                answer=self._answer,
                complain=self.complain,
                cut=self._cut,
                paper_status=self._paper_status,
                watch=lambda items: self._answer(self._unasked.watch(items, self.senses)),
                notice=self._set_notice,
                present=self._present,
                count=lambda on: self._answer(self._unasked.count(self.senses, forward=on)),
            ),
        )
        star_line = self.make.dialect is Dialect.STAR
        self._firmware = star.program if star_line else escpos_program
        self._program = self._firmware(self.head)

    # -- the cable -------------------------------------------------------------------------------

    @property
    def free(self) -> int:
        """Bytes that still fit into the receive buffer; a printer without power swallows all."""
        return RECEIVE_BUFFER - len(self.head.inbox) if self.power else RECEIVE_BUFFER

    def receive(self, data: bytes) -> None:
        """Takes bytes from the wire: real-time commands at once, everything into the buffer.

        More than `free` bytes are an overrun: the rest is lost, as on metal, and complained of.
        """
        self.received += len(data)
        if not self.power:
            return
        for byte in data:
            if self.free <= 0:
                self.complain("overrun", "接收缓冲区溢出，后面的字节丢失", bytes((byte,)))
                break
            self.head.inbox.append(byte)
            if not self.silent:
                self._window = (self._window + bytes((byte,)))[-len(CLEAR) :]
                self._obey()

    def take_answers(self, limit: int = MAX_ANSWERS) -> bytes:
        """Hands over what the printer wants to say, oldest first."""
        taken = bytes(self.answers[:limit])
        del self.answers[:limit]
        return taken

    def _obey(self) -> None:
        """Executes the real-time command that has just been completed, if any."""
        if self.make.dialect is Dialect.STAR:
            if self._window[-3:] == star.ASK:
                self._answer(self._unasked.now(self.senses))
        elif self._window[-3:-1] == b"\x10\x04":
            n = self._window[-1]
            if n in self.make.real_time:
                cashino = self.make.presenter == "cashino"
                self._answer(status.real_time(self.senses, n, mouth_in_1=cashino))
            else:
                self.complain("unknown_real_time", "没有这种实时状态", self._window[-3:])
        elif self._window[-3:-1] == b"\x10\x05":
            if self._window[-1] in (1, 2):
                self._recover(clear=self._window[-1] == 2)
        elif self._window == CLEAR:
            self._clear()
            self._answer(b"\x37\x25\x00")

    # -- mechanics -------------------------------------------------------------------------------

    def start(self) -> float | None:
        """Begins the next step; returns the seconds it takes, or None when nothing can move."""
        if not self.power or self.silent or self.senses.offline:
            return None
        if self._motion is None:
            wanted = next(self._program)
            if wanted is Want.FUSE:
                self.power_off()
                return None
            if not isinstance(wanted, Motion):
                return None
            self._motion = wanted
        self.moving = True
        self.at_exit = False
        speed = self.speed_mm_s / (10 if self.slow else 1)
        return CUT_S if self._motion.kind == "cut" else self._motion.dots / DOTS_PER_MM / speed

    def finish(self) -> None:
        """Completes the step begun last, unless something came between; then it is tried again."""
        self.moving = False
        if self._motion is None or not self.power or self.silent or self.senses.offline:
            return
        motion = self._motion
        if motion.kind == "cut" and self._cutter_sticks_next:
            self._cutter_sticks_next, self.cutter = False, "once"
            self._changed()
            return
        self._motion = None
        motion.do()
        if motion.kind == "line" and self._lines_left > 0:
            self._lines_left -= 1
            if self._lines_left == 0:
                self._lines_left, self.paper = -1, "out"
        self._changed()

    def run(self) -> None:
        """Works until nothing can move any more, taking no time."""
        while self.start() is not None:
            self.finish()

    # -- what happens to it ----------------------------------------------------------------------

    def control(self, faults: Faults) -> None:
        """Does to the printer what the message says."""
        if faults.recover:
            self._heal()
        if faults.power == "off":
            self.power_off()
        elif faults.power == "on":
            self._power_on()
        if faults.paper is not None:
            self.paper, self._lines_left = faults.paper, -1
        if faults.cover is not None:
            self._set_cover(opened=faults.cover == "open")
        if faults.jam is not None:
            self.jam = faults.jam
        if faults.cutter == "next":
            self._cutter_sticks_next = True
        elif faults.cutter is not None:
            self.cutter, self._cutter_sticks_next = faults.cutter, False
        if faults.silent is not None:
            self.silent = faults.silent
        if faults.slow is not None:
            self.slow = faults.slow
        if faults.taken:
            self.at_exit = False
        if faults.paper_out_after is not None:
            self._lines_left = faults.paper_out_after
            if self._lines_left >= 0:
                self.paper = "near_end" if self._lines_left else "out"
        if faults.power_off_after_bytes is not None:
            self.head.fuse = faults.power_off_after_bytes
        self._changed()

    def power_off(self) -> None:
        """Everything in memory is lost; half-printed paper stays in the exit as a stub."""
        if not self.power:
            return
        self.power = self.moving = False
        self.answers.clear()
        strip = self.head.strip
        if strip.items:
            self._file("none", tuple(strip.items), strip.head, strip.bytes)
            strip.items, strip.head, strip.bytes, strip.hangs = [], HEAD_TO_CUTTER, 0, True
        self._forget()

    def _power_on(self) -> None:
        if not self.power:
            self.power = True
            self._forget()

    def _forget(self) -> None:
        self._motion = None
        self._window = b""
        self._auto_recoverable = False
        self._lines_left = -1
        if self.cutter == "once":
            self.cutter = False
        self.head.switched_on()
        self._program = self._firmware(self.head)
        self._unasked.switched_on(self.senses)

    def _heal(self) -> None:
        self._power_on()
        self.paper = "ok"
        self._lines_left = self.head.fuse = -1
        self.jam = self.cutter = self.silent = self.slow = self._cutter_sticks_next = False
        self._set_cover(opened=False)

    def _set_cover(self, *, opened: bool) -> None:
        if opened and not self.cover_open and self._motion is not None:
            self._auto_recoverable = True
        if not opened:
            self._auto_recoverable = False
        self.cover_open = opened

    def _recover(self, *, clear: bool) -> None:
        """DLE ENQ 1 goes on from the failed line, DLE ENQ 2 clears the buffers first."""
        if self.cutter == "once":
            self.cutter = False
            if clear:
                self._clear()
            self._changed()

    def _clear(self) -> None:
        """Receive buffer, print buffer and everything not printed yet are gone."""
        self.head.inbox.clear()
        self.head.pushed = -1
        self.head.line.cells.clear()
        self.head.line.used = 0
        self._motion = None
        self._window = b""
        self._program = self._firmware(self.head)

    # -- what it says ----------------------------------------------------------------------------

    @property
    def senses(self) -> Senses:
        """The sensors now."""
        return Senses(
            cover_open=self.cover_open,
            paper_end=self.paper == "out",
            near_end=self.paper != "ok",
            mechanical=self.jam,
            cutter=bool(self.cutter),
            auto_recoverable=self._auto_recoverable,
            at_exit=self.at_exit,
            drawer=self.make.drawer,
        )

    @property
    def busy(self) -> bool:
        """True while something received is not on paper yet."""
        return self._motion is not None or bool(self.head.inbox or self.head.line.cells)

    @property
    def asb(self) -> int:
        """Items of Automatic Status Back that are enabled, 0 = off."""
        return self._unasked.items

    def _answer(self, data: bytes) -> None:
        if not data or not self.power or self.silent:
            return
        if len(self.answers) + len(data) > MAX_ANSWERS:
            self.complain("answer_lost", "主机不收回答，状态丢失", data)
            return
        self.answered += len(data)
        self.answers += data

    def complain(self, code: str, words: str, evidence: bytes) -> None:
        """Keeps a complaint; the oldest give way."""
        self.complaints_total += 1
        self.complaints.append(
            Complaint(
                code=code, words=words, bytes=evidence.hex(" "), at_byte=self.head.interpreted
            )
        )

    def _paper_status(self, n: int) -> None:
        senses = self.senses
        self._answer(status.paper_sensor(senses) if n == 1 else bytes((senses.drawer,)))

    def _set_notice(self, kind: int) -> None:
        self._unasked.notice = kind

    def _changed(self) -> None:
        """Tells the host of a change, as far as it asked for it."""
        if self.power:
            self._answer(self._unasked.changed(self.senses))

    # -- paper -----------------------------------------------------------------------------------

    def _cut(self, kind: str) -> None:
        used = self.head.strip.bytes
        fallen, length, through = self.head.strip.cut()
        if through:
            self.complain("cut_through", "切刀从印好的内容中间切过", b"")
        if self.head.strip.items:
            self.complain("cut_too_early", "走纸不够，最后几行留在下一张上", b"")
        self._file(kind, fallen, length, used)
        self.at_exit = True

    def _present(self, step: str) -> None:
        """The ejector holds the last slip, lets it fall out, or takes it back."""
        if step == "present":
            return  # it stands in the mouth since the cut
        if step == "retract" and self.at_exit:
            self.retracted += 1
        self.at_exit = False

    def _file(self, cut: str, items: tuple[Item, ...], length: int, used: int) -> None:
        slip = Slip(
            n=self._keeper.next_number(),
            at=self._now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            paper_mm=self.paper_mm,
            width=self.head.dots,
            length=length,
            cut=cut,
            after_stub=self.stub,
            bytes=used,
            text=lines_of(items),
            qr=symbols_of(items),
            items=items,
        )
        self.stub = slip.n if cut == "none" else 0
        self._keeper.keep(slip)
